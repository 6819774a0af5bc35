"""A sheet filled in by somebody: what was typed, what is wrong with it, and the answers once nothing is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from wtforms.form import BaseForm

from forms.components import Kind, Part, Question, questions, walk
from forms.conditions import Scope, is_hidden, is_true, nest, settle
from forms.display import Shown, problems, show
from forms.fields import Answer, Compiled, must_be_answered
from forms.messages import say, spoken
from forms.values import displayable, write

ASKED = "_asked"  # the hidden fields in which a page tells which conditional questions it has shown
FROM_PAGE = "*"
MOST_VALUES = 200  # of one field; more come from no page of ours

Raw = dict[str, list[str]]


class Posted(Protocol):
    """What a request brings: several texts under one name."""

    def getlist(self, key: str, /) -> list[Any]: ...


@dataclass(frozen=True)
class Filled:
    """One filling of a sheet. `values` is what was typed, by field name; `answers` is empty unless it is valid."""

    parts: Sequence[Part]
    language: str
    values: Mapping[str, Sequence[str]]
    scope: Scope
    errors: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, object] = field(default_factory=dict)
    newly_asked: Sequence[str] = ()
    required: Collection[str] = ()

    @property
    def is_valid(self) -> bool:
        """Nothing is wrong, and every question that the answers lead to has been asked."""
        return not self.errors and not self.newly_asked

    @property
    def shown(self) -> list[Shown]:
        """The parts as a page shows them."""
        return show(self)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """For the summary of errors: where to go, the question, what is wrong."""
        return problems(self)

    def say(self, key: str, **facts: object) -> str:
        """A message of the sheet in the language in which it is filled in."""
        return say(key, self.language, **facts)


def read(parts: Sequence[Part], compiled: Compiled, data: Posted | Mapping[str, Any], language: str, *,
         context: Mapping[str, object], files: Mapping[str, Sequence[str]]) -> Filled:
    """Read and check what was sent; whatever it is, the result says so and nothing is raised.

    files: by field name, the ids of files that the caller keeps for this person; ids in `data` are not believed.
    """
    raw = _collect(parts, data, language, files)
    form = _process(compiled, raw)
    scope = settle(parts, _typed(form), context)
    asked = _values(data, ASKED, language)
    errors: dict[str, str] = {}
    new: list[str] = []
    required: set[str] = set()
    visible = [(q, hides) for q, hides in walk(parts) if isinstance(q, Question) and not is_hidden(hides, scope)]
    for question, hides in visible:
        if _is_required(question, scope):
            required.add(question.name)
        if hides and FROM_PAGE in asked and question.name not in asked and not any(raw[question.name]):
            new.append(question.name)
            continue
        answer = cast(Answer, form[question.name])
        if not answer.validate(form, [must_be_answered] if question.name in required else []):
            errors[question.name] = str(answer.errors[0])
        elif question.refused_if is not None and not answer.is_blank() and is_true(question.refused_if, scope):
            errors[question.name] = question.refusal[spoken(language)]
    answers = {} if errors or new else nest({q.path: form[q.name].data for q, _ in visible})
    shown = _redisplay(form, raw, language)
    return Filled(parts, spoken(language), shown, scope, errors, answers, tuple(new), required)


def blank(parts: Sequence[Part], compiled: Compiled, language: str, *, prefill: Mapping[str, object],
          context: Mapping[str, object], files: Mapping[str, Sequence[str]]) -> Filled:
    """The sheet before anything was sent, with what is already known filled in."""
    raw = as_typed(parts, prefill, language, defaults=True) | _kept(parts, files)
    form = _process(compiled, raw)
    scope = settle(parts, _typed(form), context)
    required = {question.name for question in questions(parts) if _is_required(question, scope)}
    return Filled(parts, spoken(language), _redisplay(form, raw, language), scope, required=required)


def as_typed(parts: Sequence[Part], answers: Mapping[str, object], language: str, *, defaults: bool = False) -> Raw:
    """Typed answers as the texts that a page would send for them."""
    raw: Raw = {}
    for question in questions(parts):
        value = find_answer(answers, question.path)
        if value is None and defaults:
            value = question.default
        items = value if isinstance(value, (list, tuple)) else [value]
        raw[question.name] = [text for text in (write(item, language) for item in items) if text]
    return raw


def find_answer(answers: Mapping[str, object], path: Sequence[str]) -> object:
    """The answer at a path, or None."""
    value: object = answers
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _collect(parts: Sequence[Part], data: Posted | Mapping[str, Any], language: str,
             files: Mapping[str, Sequence[str]]) -> Raw:
    return {question.name: [str(item) for item in files.get(question.name, ())] if question.kind is Kind.FILES
            else _values(data, question.name, language) for question in questions(parts)}


def _kept(parts: Sequence[Part], files: Mapping[str, Sequence[str]]) -> Raw:
    """The ids of kept files, for questions that ask for files and no others."""
    return {question.name: [str(item) for item in files.get(question.name, ())]
            for question in questions(parts) if question.kind is Kind.FILES}


def _values(data: Posted | Mapping[str, Any], name: str, language: str) -> list[str]:
    if not isinstance(data, Mapping) or hasattr(data, "getlist"):
        found = cast(Posted, data).getlist(name)
    else:
        single = data.get(name)
        found = list(single) if isinstance(single, (list, tuple)) else [] if single is None else [single]
    return [value if isinstance(value, str) else write(value, language) for value in found[:MOST_VALUES]]


class _Texts(dict[str, list[str]]):
    """The collected texts, as WTForms wants them."""

    def getlist(self, key: str) -> list[str]:
        return self.get(key, [])


def _process(compiled: Compiled, raw: Raw) -> BaseForm:
    form = BaseForm(compiled)
    form.process(_Texts(raw))
    return form


def _typed(form: BaseForm) -> dict[tuple[str, ...], object]:
    return {cast(Answer, answer).question.path: answer.data for answer in form}


def _is_required(question: Question, scope: Scope) -> bool:
    return question.required or (question.required_if is not None and is_true(question.required_if, scope))


def _redisplay(form: BaseForm, raw: Raw, language: str) -> Raw:
    """What was typed, safe to be shown; dates in the one form that the browser's own inputs accept."""
    shown: Raw = {}
    for name, texts in raw.items():
        if name not in form:
            continue
        answer = cast(Answer, form[name])
        if answer.question.kind in (Kind.DATE, Kind.TIME, Kind.MOMENT) and answer.data is not None:
            shown[name] = [write(answer.data, language)]
        else:
            shown[name] = [displayable(text) for text in texts]
    return shown
