"""Questions compiled to WTForms fields: each reads what was typed and says what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wtforms import Field
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from forms.components import FILES_LIMIT, Kind, Part, Question, questions, repeated
from forms.messages import say
from forms.values import Unreadable, read_date, read_moment, read_number, read_shape, read_text, read_time, tell

TICKED = frozenset({"true", "on", "1", "yes"})
NOT_TICKED = frozenset({"", "false", "off", "0", "no"})
SHORT = 100  # characters that a number, a date or a time may have at most
BLANK: tuple[object, ...] = (None, "", [])


class Answer(Field):
    """The field of one question; `data` is the typed answer, or None when there is none."""

    def __init__(self, question: Question, language: str, **options: Any) -> None:
        super().__init__(label=question.label[language], description=question.hint[language], **options)
        self.question = question
        self.language = language

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; a ValueError becomes the field's error."""
        self.data = False if self.question.kind is Kind.TICK else None
        try:
            self.data = READERS[self.question.kind](self.question, valuelist, self.language)
        except Unreadable as error:
            raise ValueError(say(error.key, self.language, **error.facts)) from None

    def is_blank(self) -> bool:
        """Nothing was answered; a box that is not ticked counts as nothing."""
        return self.data in BLANK or self.data is False


Fields = Mapping[str, "UnboundField[Answer]"]


@dataclass(frozen=True)
class Compiled:
    """The fields of a sheet in one language: of what is asked once, and of one row of each list."""

    language: str
    once: Fields
    lists: Mapping[str, Fields]


def compile_parts(parts: Sequence[Part], language: str) -> Compiled:
    """The fields of a sheet's parts, built once."""
    def fields(asked: Sequence[Question]) -> Fields:
        return {question.name: compile_question(question, language) for question in asked}

    return Compiled(language, fields(questions(parts)),
                    {part.name: fields(questions(part.parts)) for part in repeated(parts)})


def compile_question(question: Question, language: str) -> "UnboundField[Answer]":
    """The WTForms field of a question, to be bound to a form for each reading."""
    checks = [check for wanted, check in _CHECKS if wanted(question)]
    return UnboundField(Answer, question, language, validators=checks, name=question.name)


def refuse(answer: Answer, key: str, **facts: object) -> StopValidation:
    """The exception with which a validator says that the answer is not good enough."""
    return StopValidation(say(key, answer.language, **facts))


def must_be_answered(_form: BaseForm, answer: Answer) -> None:
    """The validator of questions that have to be answered."""
    if answer.process_errors or not answer.is_blank():
        return
    raise refuse(answer, _REQUIRED.get(answer.question.kind, "required"))


_REQUIRED = {Kind.TICK: "tick", Kind.RADIO: "choose_one", Kind.SELECT: "choose_one",
             Kind.CHECKLIST: "choose_some", Kind.FILES: "add_file"}


# --- reading ---

Reader = Callable[[Question, Sequence[str], str], object]


def _text(question: Question, typed: Sequence[str], _language: str) -> object:
    text = read_text(_first(typed), question.limits.max_length, lines=question.kind is Kind.LONG_TEXT)
    return (read_shape(text, question.limits.shape) if question.limits.shape else text) if text else None


def _number(_question: Question, typed: Sequence[str], language: str) -> object:
    return read_number(text, language) if (text := _short(typed, "number")) else None


def _date(_question: Question, typed: Sequence[str], _language: str) -> object:
    return read_date(text) if (text := _short(typed, "date")) else None


def _time(_question: Question, typed: Sequence[str], _language: str) -> object:
    return read_time(text) if (text := _short(typed, "time")) else None


def _moment(_question: Question, typed: Sequence[str], _language: str) -> object:
    return read_moment(text) if (text := _short(typed, "datetime")) else None


def _tick(_question: Question, typed: Sequence[str], _language: str) -> object:
    # A page may send a hidden "false" before the box's own "true", so the last word counts.
    word = typed[-1].strip().lower() if typed else ""
    if word not in TICKED | NOT_TICKED:
        raise Unreadable("not_a_choice")
    return word in TICKED


def _choice(question: Question, typed: Sequence[str], _language: str) -> object:
    chosen = _first(typed)
    if chosen and chosen not in _offered(question):
        raise Unreadable("not_a_choice")
    return chosen or None


def _choices(question: Question, typed: Sequence[str], _language: str) -> object:
    chosen = {value for value in typed if value}
    if not chosen <= _offered(question):
        raise Unreadable("not_a_choice")
    return [option.value for option in question.options if option.value in chosen]


def _files(_question: Question, typed: Sequence[str], _language: str) -> object:
    return list(dict.fromkeys(typed))


READERS: Mapping[Kind, Reader] = {
    Kind.TEXT: _text, Kind.LONG_TEXT: _text, Kind.NUMBER: _number, Kind.TICK: _tick, Kind.RADIO: _choice,
    Kind.SELECT: _choice, Kind.CHECKLIST: _choices, Kind.DATE: _date, Kind.TIME: _time, Kind.MOMENT: _moment,
    Kind.FILES: _files,
}


def _first(typed: Sequence[str]) -> str:
    return typed[0] if typed else ""


def _short(typed: Sequence[str], key: str) -> str:
    text = _first(typed)
    if len(text) > SHORT:
        raise Unreadable(key)
    return text.strip()


def _offered(question: Question) -> set[str]:
    return {option.value for option in question.options}


# --- checking what was read ---

Check = Callable[[BaseForm, Answer], None]


def _long_enough(_form: BaseForm, answer: Answer) -> None:
    least = answer.question.limits.min_length
    if isinstance(answer.data, str) and len(answer.data) < least:
        raise refuse(answer, "too_short", n=least)


def _fits_pattern(_form: BaseForm, answer: Answer) -> None:
    pattern = answer.question.limits.pattern
    if isinstance(answer.data, str) and pattern is not None and not pattern.search(answer.data):
        raise refuse(answer, "pattern")


def _in_range(_form: BaseForm, answer: Answer) -> None:
    limits, number = answer.question.limits, answer.data
    if not isinstance(number, Decimal):
        return
    if limits.lowest is not None and number < limits.lowest:
        raise refuse(answer, "too_small", limit=tell(limits.lowest, answer.language))
    if limits.highest is not None and number > limits.highest:
        raise refuse(answer, "too_large", limit=tell(limits.highest, answer.language))


def _few_decimals(_form: BaseForm, answer: Answer) -> None:
    decimals, number = answer.question.limits.decimals, answer.data
    if not isinstance(number, Decimal) or decimals is None:
        return
    if number != round(number, decimals):
        raise refuse(answer, "decimals", n=decimals) if decimals else refuse(answer, "whole_number")


def _few_files(_form: BaseForm, answer: Answer) -> None:
    most = FILES_LIMIT if answer.question.many_files else 1
    if isinstance(answer.data, list) and len(answer.data) > most:
        raise refuse(answer, "one_file") if most == 1 else refuse(answer, "too_many_files", n=most)


_CHECKS: Sequence[tuple[Callable[[Question], bool], Check]] = (
    (lambda question: question.limits.min_length > 0, _long_enough),
    (lambda question: question.limits.pattern is not None, _fits_pattern),
    (lambda question: question.kind is Kind.NUMBER, _in_range),
    (lambda question: question.kind is Kind.NUMBER, _few_decimals),
    (lambda question: question.kind is Kind.FILES, _few_files),
)
