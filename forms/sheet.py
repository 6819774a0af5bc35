"""A sheet of questions: compiled once for each version of a process, asked, read and told many times."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any

from forms import answers as filling
from forms.answers import Filled, Posted, find_answer
from forms.checks import SheetFinding, check_sheet
from forms.components import (
    TEXT_LIMIT,
    Group,
    Kind,
    Part,
    Question,
    Repeated,
    Words,
    questions,
    repeated,
    walk,
)
from forms.conditions import nest
from forms.fields import Compiled, compile_parts
from forms.messages import LANGUAGES, say, spoken
from forms.rows import Row, rows_of
from forms.schema import PLACE, Json, load, parts_of, subject_of
from forms.values import tell
from helpdesk.errors import DeskError

_MOMENTS: Mapping[Kind, Callable[[str], object]] = {
    Kind.DATE: date.fromisoformat, Kind.TIME: time.fromisoformat, Kind.MOMENT: datetime.fromisoformat}
_LONG = frozenset({Kind.LONG_TEXT, Kind.FILES, Kind.CHECKLIST})


class BadSheet(DeskError):
    """The sheet {key} cannot be used: {reason}"""

    findings: Sequence[SheetFinding]


@dataclass(frozen=True)
class Sheet:
    """The question sheet of one human step.

    subject: what the ticket is called that a start form makes, with places for answers; empty where none is given.
    """

    key: str
    parts: Sequence[Part]
    subject: Words = field(default_factory=dict)

    @cached_property
    def questions(self) -> Sequence[Question]:
        """Every question, in the order in which it is asked."""
        return questions(self.parts)

    @cached_property
    def _compiled(self) -> Mapping[str, Compiled]:
        return {language: compile_parts(self.parts, language) for language in LANGUAGES}

    @cached_property
    def lists(self) -> Sequence[Repeated]:
        """Every repeated part."""
        return repeated(self.parts)

    def fields(self, language: str) -> Compiled:
        """The WTForms fields by name, with their texts and messages in that language."""
        return self._compiled[spoken(language)]

    def blank(self, language: str, prefill: Mapping[str, object] | None = None, *,
              context: Mapping[str, object] | None = None, files: Mapping[str, Sequence[str]] | None = None) -> Filled:
        """The sheet as it is first shown; prefill holds typed answers, nested as in `Filled.answers`."""
        return filling.blank(self.parts, self.fields(language), language, prefill=prefill or {},
                             context=context or {}, files=files or {})

    def known_answers(self, facts: Mapping[str, str], *, service: str = "") -> dict[str, object]:
        """The answers that are known before anybody asks, to prefill the sheet with.

        facts: by purpose, as a question states it for the browser that fills it in: `email`, `given-name`, `tel`.
        service: the key of the one in the catalogue that the person has chosen.
        """
        told: dict[tuple[str, ...], object] = {
            one.path: facts[one.autocomplete] for one in self.questions if facts.get(one.autocomplete)}
        meant = {one.path: option.value for one in self.questions if one.kind in (Kind.RADIO, Kind.SELECT)
                 for option in one.options if service in option.services}
        return nest(told | meant)

    def read(self, data: Posted | Mapping[str, Any], language: str, context: Mapping[str, object] | None = None, *,
             files: Mapping[str, Sequence[str]] | None = None, may_lack: bool = False) -> Filled:
        """What was sent, read and checked. Never raises because of what was sent.

        context: what conditions may read besides the answers, for example {"ticket": {"priority": "high"}}.
        files: by field name, the ids of the files that the caller keeps for this person and this sheet.
        """
        return filling.read(self.parts, self.fields(language), data, language, context=context or {}, files=files or {},
                            may_lack=may_lack)

    def raw(self, answers: Mapping[str, object], language: str) -> dict[str, list[str]]:
        """Answers, typed or as they came back from JSON, as the texts that a page would send for them; no files."""
        return filling.as_typed(self.parts, self.revive(answers), language)

    def revive(self, answers: Mapping[str, object]) -> dict[str, object]:
        """Answers that came back from JSON as typed ones; no files, and nothing that the sheet does not ask."""
        known = _revived_ones(self.questions, answers)
        for part in self.lists:
            rows = find_answer(answers, part.path)
            if isinstance(rows, list):
                known[part.path] = [nest(_revived_ones(questions(part.parts), row)) for row in rows]
        return nest(known)

    def short_values(self, answers: Mapping[str, object]) -> dict[str, object]:
        """The answers that processes decide by: numbers, yes and no, dates and short texts, nested as they were."""
        short = _short_ones(self.questions, answers)
        for part in self.lists:
            rows = find_answer(answers, part.path)
            if isinstance(rows, list):
                short[part.path] = [nest(_short_ones(questions(part.parts), row)) for row in rows]
        return nest(short)

    def describe(self, answers: Mapping[str, object], language: str, *,
                 file_names: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
        """The answers in words, for summaries and histories: label and text; what was not answered is left out.

        answers: typed, or as they came back from JSON.
        file_names: names by file id; without them files are only counted.
        """
        return [(one.full_label, one.text) for one in self.tell(answers, language, file_names=file_names)]

    def tell(self, answers: Mapping[str, object], language: str, *,
             file_names: Mapping[str, str] | None = None) -> list["Told"]:
        """The same, each with the part of the sheet that it stands in and the field that it was typed into."""
        return list(_tell(self.parts, answers, spoken(language), file_names or {}))

    def subject_of(self, answers: Mapping[str, object], language: str, **known: str) -> str:
        """What the ticket of these answers is called, or nothing. known: places beside the answers."""
        template = self.subject.get(spoken(language), "")
        told = {**{one.field: one.text for one in self.tell(answers, language) if not one.row}, **known}
        # A place that nobody filled in takes the mark in front of it along.
        return PLACE.sub(lambda found: f"{found[1]}{told[found[2]]}" if told.get(found[2]) else "", template).strip()

    def label_of(self, name: str, language: str) -> str:
        """What a question or a list is called."""
        parts: list[Question | Repeated] = [*self.questions, *self.lists]
        return next(part for part in parts if part.name == name).label[spoken(language)]

    def tell_typed(self, typed: Mapping[str, Sequence[str]], language: str) -> list[tuple[str, str]]:
        """What was typed and not checked, in words, for those who have to read it once more."""
        told = []
        for name, label, question in self._typed_fields(typed, spoken(language)):
            texts = [question.option_label(text, spoken(language)) if question.options else text
                     for text in typed.get(name, []) if text.strip()]
            if texts:
                told.append((label, ", ".join(texts)))
        return told

    def _typed_fields(self, typed: Mapping[str, Sequence[str]], language: str) -> Iterator[tuple[str, str, Question]]:
        for part, _ in walk(self.parts):
            if isinstance(part, Question):
                yield part.name, part.label[language], part
            elif isinstance(part, Repeated):
                for row in rows_of(part, typed):
                    for question in row.questions:
                        yield row.field(question), f"{row.label(language)}: {question.label[language]}", question


@dataclass(frozen=True)
class Told:
    """One answer in words. section: the heading around it; row: which row of a list, like Document 2.

    field: the name on the page. files: ids, where the answer is files.
    """

    label: str
    text: str
    field: str
    section: str = ""
    row: str = ""
    files: Sequence[str] = ()

    @property
    def full_label(self) -> str:
        """The label with the row in front."""
        return f"{self.row}: {self.label}" if self.row else self.label


def _tell(parts: Sequence[Part], answers: Mapping[str, object], language: str, names: Mapping[str, str],
          section: str = "") -> Iterator[Told]:
    for part in parts:
        if isinstance(part, Group):
            yield from _tell(part.parts, answers, language, names, part.label[language] or section)
        elif isinstance(part, Repeated):
            rows = find_answer(answers, part.path)
            for place, row in enumerate(rows if isinstance(rows, list) else ()):
                one = Row(part, place, place)
                for told in _tell(part.parts, row, language, names):
                    yield replace(told, section=part.label[language], row=one.label(language),
                                  field=f"{one.name}.{told.field}")
        elif isinstance(part, Question):
            value = _revived(part, find_answer(answers, part.path))
            if value is not None and value != []:
                yield Told(part.label[language], _told(part, value, language, names), part.name, section,
                           files=tuple(value) if part.kind is Kind.FILES and isinstance(value, list) else ())


def _revived_ones(asked: Sequence[Question], answers: Mapping[str, object]) -> dict[tuple[str, ...], object]:
    return {question.path: _revived(question, value) for question in asked
            if question.kind is not Kind.FILES and (value := find_answer(answers, question.path)) is not None}


def _short_ones(asked: Sequence[Question], answers: Mapping[str, object]) -> dict[tuple[str, ...], object]:
    return {question.path: value for question in asked if question.kind not in _LONG
            if _is_short(value := find_answer(answers, question.path))}


def parse_sheet(source: bytes | str | Json) -> Sheet:
    """The sheet, ready for use. Raises UnreadableSheet, or BadSheet if check_sheet finds anything."""
    schema = load(source)
    if findings := check_sheet(schema):
        raise BadSheet(key=str(schema.get("id", "")), findings=findings, reason=" ".join(
            f"{finding.component}: {finding.en}" for finding in findings[:5]))
    return Sheet(schema["id"], parts_of(schema["components"]), subject_of(schema))


def _is_short(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= TEXT_LIMIT
    return isinstance(value, (bool, Decimal, date, time, datetime))


def _revived(question: Question, value: object) -> object:
    """The typed value of an answer that JSON has turned into text or a plain number."""
    if isinstance(value, str) and question.kind in _MOMENTS:
        return _MOMENTS[question.kind](value)
    if question.kind is Kind.NUMBER and isinstance(value, int | float):
        return Decimal(str(value))
    return value


def _told(question: Question, value: object, language: str, file_names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return say("yes" if value else "no", language)
    if question.kind is Kind.FILES and isinstance(value, (list, tuple)):
        names = ", ".join(file_names[item] for item in value if item in file_names)
        return names or say("files", language, n=len(value))
    if isinstance(value, (list, tuple)):
        return ", ".join(question.option_label(str(item), language) for item in value)
    if question.options:
        return question.option_label(str(value), language)
    words = (question.prefix.get(language, ""), tell(value, language), question.suffix.get(language, ""))
    return " ".join(word for word in words if word)
