"""Variables as somebody may mend them: short values with a kind, by name, as forms and results have left them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from engine.versions import LoadedVersion
from forms.components import Kind as QuestionKind
from forms.components import Option, Question
from helpdesk.errors import DeskError

TEXT_MOST, DIGITS_MOST = 500, 30
NOT_OURS = frozenset({"ticket"})
LONG = frozenset({QuestionKind.LONG_TEXT, QuestionKind.FILES, QuestionKind.CHECKLIST})


class Kind(StrEnum):
    """What sort of value a variable has."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"


KINDS: Mapping[QuestionKind, Kind] = {
    QuestionKind.NUMBER: Kind.NUMBER, QuestionKind.TICK: Kind.YES_NO, QuestionKind.RADIO: Kind.CHOICE,
    QuestionKind.SELECT: Kind.CHOICE, QuestionKind.DATE: Kind.DATE, QuestionKind.TIME: Kind.TIME,
    QuestionKind.MOMENT: Kind.MOMENT,
}
READERS: Mapping[Kind, Any] = {Kind.DATE: date.fromisoformat, Kind.TIME: time.fromisoformat,
                               Kind.MOMENT: datetime.fromisoformat}


class BadValue(DeskError):
    """“{text}” does not fit the variable {name}."""


@dataclass(frozen=True)
class Variable:
    """One short value. name: with dots. label: of the question, by language; empty for what no form asked."""

    name: str
    kind: Kind
    value: Any
    label: Mapping[str, str]
    options: tuple[Option, ...] = ()


def list_variables(version: LoadedVersion, variables: Mapping[str, Any]) -> list[Variable]:
    """What may be changed: the short answers of the forms that were answered, and results that are short values."""
    found: list[Variable] = []
    for name, value in sorted(variables.items()):
        if name in NOT_OURS:
            continue
        sheet = version.sheets.get(name)
        if sheet is not None:
            asked = (question for question in sheet.questions if question.kind not in LONG)
            found += [_of_question(name, question, _at(value, question.path)) for question in asked]
        else:
            found += _of_result(name, value)
    return found


def read_value(variable: Variable, text: str) -> Any:
    """The value that was typed, of the variable's kind; an empty text is no value. Raises BadValue."""
    text = text.replace("\x00", "").strip()
    if not text:
        return None
    try:
        if len(text) > TEXT_MOST:
            raise ValueError(text)
        if variable.kind is Kind.NUMBER:
            return _number(text)
        if variable.kind is Kind.YES_NO:
            return {"true": True, "false": False}[text]
        if variable.kind is Kind.CHOICE and text not in {option.value for option in variable.options}:
            raise ValueError(text)
        if variable.kind in READERS:
            READERS[variable.kind](text)
        return text
    except (ValueError, KeyError, InvalidOperation) as error:
        raise BadValue(text=text[:40], name=variable.name) from error


def write_value(variables: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The variables with one of them changed; those that were given stay as they are."""
    first, *rest = name.split(".")
    if not rest:
        return {**variables, first: value}
    inner = variables.get(first)
    return {**variables, first: write_value(inner if isinstance(inner, Mapping) else {}, ".".join(rest), value)}


def _of_question(form: str, question: Question, value: Any) -> Variable:
    return Variable(f"{form}.{question.name}", KINDS.get(question.kind, Kind.TEXT), value, question.label,
                    tuple(question.options) if question.kind in (QuestionKind.RADIO, QuestionKind.SELECT) else ())


def _of_result(name: str, value: Any) -> Iterator[Variable]:
    if isinstance(value, Mapping):
        for key, inner in sorted(value.items()):
            if "." not in key:
                yield from _of_result(f"{name}.{key}", inner)
    elif isinstance(value, bool):
        yield Variable(name, Kind.YES_NO, value, {})
    elif isinstance(value, int | float):
        yield Variable(name, Kind.NUMBER, value, {})
    elif value is None or isinstance(value, str):
        yield Variable(name, Kind.TEXT, value, {})


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _number(text: str) -> int | float:
    number = Decimal(text.replace(",", ".").replace(" ", ""))
    if not number.is_finite() or len(text) > DIGITS_MOST or abs(number.adjusted()) > DIGITS_MOST:
        raise ValueError(text)
    return int(number) if number == number.to_integral_value() else float(number)
