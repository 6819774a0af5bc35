"""A sheet filled in by somebody: what was typed, what is wrong with it, and the answers once nothing is."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from wtforms.form import BaseForm

from feel import Expression
from forms.components import Kind, Part, Question, Repeated, questions, repeated, walk
from forms.conditions import Scope, in_row, is_hidden, is_true, nest, settle
from forms.display import Shown, problems, show
from forms.fields import Answer, Compiled, Fields, must_be_answered
from forms.messages import say, spoken
from forms.rows import Row, first_rows, rows_of
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
    """One filling of a sheet. `values` is what was typed, by field name; `answers` is empty unless it is valid.

    lacking: what has to be answered and was not, where that may be done later.
    """

    parts: Sequence[Part]
    language: str
    values: Mapping[str, Sequence[str]]
    scope: Scope
    errors: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, object] = field(default_factory=dict)
    newly_asked: Sequence[str] = ()
    required: Collection[str] = ()
    lacking: Sequence[str] = ()
    row_scopes: Mapping[str, Scope] = field(default_factory=dict)

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
         context: Mapping[str, object], files: Mapping[str, Sequence[str]], may_lack: bool = False) -> Filled:
    """Read and check what was sent; whatever it is, the result says so and nothing is raised.

    files: by field name, the ids of files that the caller keeps for this person; ids in `data` are not believed.
    may_lack: what is missing is no error and is told as `lacking`; what is there has to be right all the same.
    """
    raw = _collect(parts, data, language, files)
    page = _Page(parts, compiled, raw)
    scope = settle(parts, page.values, context, page.row_values)
    reading = _Reading(page, scope, set(_values(data, ASKED, language)), may_lack)
    for part, hides in walk(parts):
        if is_hidden(hides, scope):
            continue
        if isinstance(part, Question):
            reading.read(part, hides, page.form, None)
        elif isinstance(part, Repeated):
            reading.read_list(part, hides)
    is_right = not reading.errors and not reading.new
    return Filled(parts, spoken(language), _redisplay(page, raw, language), scope, reading.errors,
                  nest(reading.answers) if is_right else {}, tuple(reading.new), reading.required,
                  tuple(reading.lacking), page.scopes(scope))


class _Reading:
    """The questions that are asked, one after the other."""

    def __init__(self, page: "_Page", scope: Scope, asked: set[str], may_lack: bool) -> None:
        self.page, self.scope, self.asked, self.may_lack = page, scope, asked, may_lack
        self.errors: dict[str, str] = {}
        self.new: list[str] = []
        self.required: set[str] = set()
        self.lacking: list[str] = []
        self.answers: dict[tuple[str, ...], object] = {}

    def read(self, question: Question, hides: Sequence[Expression], form: BaseForm, row: Row | None) -> bool:
        """Whether the answer is as it should be; in a row it is left to the row to be written down."""
        name = row.field(question) if row else question.name
        scope = self.page.scope_of(row, self.scope) if row else self.scope
        is_required = _is_required(question, scope)
        if is_required:
            self.required.add(name)
        if self._is_new(name, hides) and not any(self.page.raw.get(name, ())):
            self.new.append(name)
            return False
        answer = cast(Answer, form[question.name])
        must = [must_be_answered] if is_required and not self.may_lack else []
        if not answer.validate(form, must):
            self.errors[name] = str(answer.errors[0])
        elif question.refused_if is not None and not answer.is_blank() and is_true(question.refused_if, scope):
            self.errors[name] = question.refusal[spoken(answer.language)]
        if row is None:
            self.answers[question.path] = answer.data
        if is_required and self.may_lack and answer.is_blank() and name not in self.errors:
            self.lacking.append(row.of.name if row else name)
        return name not in self.errors

    def read_list(self, part: Repeated, hides: Sequence[Expression]) -> None:
        """A list: rows in which nothing was written do not count, unless that many have to be there."""
        rows, language = self.page.rows[part.path], self.page.language
        written = [row for row in rows if not self.page.is_blank(row)]
        if self._is_new(part.name, hides) and not written:
            self.new.append(part.name)
            return
        lacks = part.fewest - len(written)
        if part.fewest:
            self.required.add(part.name)
        if len(written) > part.most:
            self.errors[part.name] = say("most_rows", language, n=part.most)
        for row in written:
            self._read_row(row)
        if lacks > 0 and self.may_lack:
            self.lacking.append(part.name)
        elif lacks > 0:
            empty = [row for row in rows if row not in written][:lacks]
            right = [self._read_row(row) for row in empty]
            if len(empty) < lacks or all(right):
                self.errors[part.name] = say("fewest_rows", language, n=part.fewest)
        self.answers[part.path] = [self.page.answers_of(row, self.scope) for row in written]
        self.lacking = list(dict.fromkeys(self.lacking))

    def _is_new(self, name: str, hides: Sequence[Expression]) -> bool:
        """Whether the page did not show this yet, as it depends on answers."""
        return bool(hides) and not self.may_lack and FROM_PAGE in self.asked and name not in self.asked

    def _read_row(self, row: Row) -> bool:
        scope = self.page.scope_of(row, self.scope)
        asked = [(part, own) for part, own in walk(row.of.parts)
                 if isinstance(part, Question) and not is_hidden(own, scope)]
        right = [self.read(question, own, self.page.forms[row.name], row) for question, own in asked]
        return all(right)


def blank(parts: Sequence[Part], compiled: Compiled, language: str, *, prefill: Mapping[str, object],
          context: Mapping[str, object], files: Mapping[str, Sequence[str]]) -> Filled:
    """The sheet before anything was sent, with what is already known filled in."""
    raw = as_typed(parts, prefill, language, defaults=True) | _kept(parts, files)
    page = _Page(parts, compiled, raw)
    scope = settle(parts, page.values, context, page.row_values)
    required = {question.name for question in questions(parts) if _is_required(question, scope)}
    return Filled(parts, spoken(language), _redisplay(page, raw, language), scope, required=required,
                  row_scopes=page.scopes(scope))


def as_typed(parts: Sequence[Part], answers: Mapping[str, object], language: str, *, defaults: bool = False) -> Raw:
    """Typed answers as the texts that a page would send for them."""
    raw: Raw = {}
    for question in questions(parts):
        value = find_answer(answers, question.path)
        if value is None and defaults:
            value = question.default
        raw[question.name] = _written(value, language)
    for part in repeated(parts):
        rows = find_answer(answers, part.path)
        if isinstance(rows, (list, tuple)) and rows:
            raw |= _rows_as_typed(part, [one for one in rows if isinstance(one, Mapping)], language)
        elif defaults:
            raw |= _rows_as_typed(part, [{} for _ in range(part.first)], language, defaults=True)
    return raw


def _rows_as_typed(part: Repeated, rows: Sequence[Mapping[str, object]], language: str, *,
                   defaults: bool = False) -> Raw:
    raw: Raw = {part.name: [str(number) for number in range(len(rows))]}
    for number, answers in enumerate(rows):
        for name, texts in as_typed(part.parts, answers, language, defaults=defaults).items():
            raw[f"{part.name}.{number}.{name}"] = texts
    return raw


def _written(value: object, language: str) -> list[str]:
    items = value if isinstance(value, (list, tuple)) else [value]
    return [text for text in (write(item, language) for item in items) if text]


def find_answer(answers: Mapping[str, object], path: Sequence[str]) -> object:
    """The answer at a path, or None."""
    value: object = answers
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _asked_fields(parts: Sequence[Part], raw: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Question]]:
    """Every field of the page by its name, those of the rows that were sent among them."""
    for question in questions(parts):
        yield question.name, question
    for part in repeated(parts):
        for row in rows_of(part, raw):
            for question in row.questions:
                yield row.field(question), question


def _collect(parts: Sequence[Part], data: Posted | Mapping[str, Any], language: str,
             files: Mapping[str, Sequence[str]]) -> Raw:
    # A list of which nothing is said was not shown yet.
    raw = {part.name: _values(data, part.name, language) or first_rows(part) for part in repeated(parts)}
    for name, question in _asked_fields(parts, raw):
        raw[name] = _ids(files, name) if question.kind is Kind.FILES else _values(data, name, language)
    return raw


def _kept(parts: Sequence[Part], files: Mapping[str, Sequence[str]]) -> Raw:
    """The ids of kept files, for questions that ask for files and no others."""
    return {question.name: _ids(files, question.name) for question in questions(parts) if question.kind is Kind.FILES}


def _ids(files: Mapping[str, Sequence[str]], name: str) -> list[str]:
    return [str(item) for item in files.get(name, ())]


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


class _Page:
    """What was sent, bound to the fields: one form for what is asked once, and one for each row."""

    def __init__(self, parts: Sequence[Part], compiled: Compiled, raw: Raw) -> None:
        self.raw = raw
        self.form = _bound(compiled.once, raw)
        self.language = compiled.language
        self.rows = {part.path: rows_of(part, raw) for part in repeated(parts)}
        self.forms = {row.name: _bound(compiled.lists[row.of.name], {
            question.name: raw.get(row.field(question), []) for question in row.questions})
            for many in self.rows.values() for row in many}
        self.values = _data(self.form)
        # Rows in which nothing was written are on the page, but not in the list that conditions read.
        self._written = {path: [row for row in many if not self.is_blank(row)] for path, many in self.rows.items()}
        self.row_values = {path: [_data(self.forms[row.name]) for row in many]
                           for path, many in self._written.items()}

    def is_blank(self, row: Row) -> bool:
        """Whether nothing was written into the row that was not there before."""
        return all(not any(text.strip() for text in self.raw.get(row.field(question), ()))
                   or self.raw[row.field(question)] == _written(question.default, self.language)
                   for question in row.questions)

    def scope_of(self, row: Row, scope: Scope) -> Scope:
        """What conditions in a row read."""
        written = self._written[row.of.path]
        if row in written:
            return in_row(scope, row.of.path, written.index(row))
        return {**scope, **nest(_data(self.forms[row.name]))}

    def scopes(self, scope: Scope) -> dict[str, Scope]:
        """The same for every row, by its name."""
        return {row.name: self.scope_of(row, scope) for many in self.rows.values() for row in many}

    def answers_of(self, row: Row, scope: Scope) -> dict[str, object]:
        own, form = self.scope_of(row, scope), self.forms[row.name]
        return nest({part.path: form[part.name].data for part, hides in walk(row.of.parts)
                     if isinstance(part, Question) and not is_hidden(hides, own)})


def _bound(fields: Fields, raw: Raw) -> BaseForm:
    form = BaseForm(fields)
    form.process(_Texts(raw))
    return form


def _data(form: BaseForm) -> dict[tuple[str, ...], object]:
    return {cast(Answer, answer).question.path: answer.data for answer in form}


def _is_required(question: Question, scope: Scope) -> bool:
    return question.required or (question.required_if is not None and is_true(question.required_if, scope))


def _redisplay(page: _Page, raw: Raw, language: str) -> Raw:
    """What was typed, safe to be shown; dates in the one form that the browser's own inputs accept."""
    shown: Raw = {name: list(texts) for name, texts in raw.items() if name in {
        ".".join(path) for path in page.rows}}
    fields = {answer.name: answer for answer in page.form}
    for many in page.rows.values():
        shown |= {row.of.name: [str(one.number) for one in many] for row in many[:1]}
        fields |= {row.field(cast(Answer, answer).question): answer for row in many for answer in page.forms[row.name]}
    for name, answer in fields.items():
        answer = cast(Answer, answer)
        if answer.question.kind in (Kind.DATE, Kind.TIME, Kind.MOMENT) and answer.data is not None:
            shown[name] = [write(answer.data, language)]
        elif name in raw:
            shown[name] = [displayable(text) for text in raw[name]]
    return shown
