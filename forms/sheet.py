"""A sheet of questions: compiled once for each version of a process, asked, read and told many times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any

from forms import answers as filling
from forms.answers import Filled, Posted, find_answer
from forms.checks import SheetFinding, check_sheet
from forms.components import TEXT_LIMIT, Kind, Part, Question, questions
from forms.conditions import nest
from forms.fields import Compiled, compile_question
from forms.messages import LANGUAGES, say, spoken
from forms.schema import Json, load, parts_of
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
    """The question sheet of one human step."""

    key: str
    parts: Sequence[Part]

    @cached_property
    def questions(self) -> Sequence[Question]:
        """Every question, in the order in which it is asked."""
        return questions(self.parts)

    @cached_property
    def _compiled(self) -> Mapping[str, Compiled]:
        return {language: {question.name: compile_question(question, language) for question in self.questions}
                for language in LANGUAGES}

    def fields(self, language: str) -> Compiled:
        """The WTForms fields by name, with their texts and messages in that language."""
        return self._compiled[spoken(language)]

    def blank(self, language: str, prefill: Mapping[str, object] | None = None, *,
              context: Mapping[str, object] | None = None, files: Mapping[str, Sequence[str]] | None = None) -> Filled:
        """The sheet as it is first shown; prefill holds typed answers, nested as in `Filled.answers`."""
        return filling.blank(self.parts, self.fields(language), language, prefill=prefill or {},
                             context=context or {}, files=files or {})

    def read(self, data: Posted | Mapping[str, Any], language: str, context: Mapping[str, object] | None = None, *,
             files: Mapping[str, Sequence[str]] | None = None) -> Filled:
        """What was sent, read and checked. Never raises because of what was sent.

        context: what conditions may read besides the answers, for example {"ticket": {"priority": "high"}}.
        files: by field name, the ids of the files that the caller keeps for this person and this sheet.
        """
        return filling.read(self.parts, self.fields(language), data, language, context=context or {}, files=files or {})

    def raw(self, answers: Mapping[str, object], language: str) -> dict[str, list[str]]:
        """Answers, typed or as they came back from JSON, as the texts that a page would send for them; no files."""
        known = {question.path: _revived(question, value) for question in self.questions
                 if question.kind is not Kind.FILES and (value := find_answer(answers, question.path)) is not None}
        return filling.as_typed(self.parts, nest(known), language)

    def short_values(self, answers: Mapping[str, object]) -> dict[str, object]:
        """The answers that processes decide by: numbers, yes and no, dates and short texts, nested as they were."""
        short = {question.path: value for question in self.questions if question.kind not in _LONG
                 if _is_short(value := find_answer(answers, question.path))}
        return nest(short)

    def describe(self, answers: Mapping[str, object], language: str, *,
                 file_names: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
        """The answers in words, for summaries and histories: label and text; what was not answered is left out.

        answers: typed, or as they came back from JSON.
        file_names: names by file id; without them files are only counted.
        """
        told = []
        for question in self.questions:
            value = _revived(question, find_answer(answers, question.path))
            if value is not None and value != []:
                words = _told(question, value, spoken(language), file_names or {})
                told.append((question.label[spoken(language)], words))
        return told


def parse_sheet(source: bytes | str | Json) -> Sheet:
    """The sheet, ready for use. Raises UnreadableSheet, or BadSheet if check_sheet finds anything."""
    schema = load(source)
    if findings := check_sheet(schema):
        raise BadSheet(key=str(schema.get("id", "")), findings=findings, reason=" ".join(
            f"{finding.component}: {finding.en}" for finding in findings[:5]))
    return Sheet(schema["id"], parts_of(schema["components"]))


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
