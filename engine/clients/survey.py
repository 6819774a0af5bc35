"""The questions that process owners ask beside the stars: typed on a page, checked, and kept as a form of their own.

What a rating asks is put together from two forms. That of the process brings the stars, the remarks and whatever it
requires, for its diagram may decide by that; what it only offers gives way to the questions that an owner keeps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.clients.request_types import list_request_types
from engine.versions import LoadedVersion
from forms.components import Group, Kind, Part, Question, Repeated, questions
from forms.messages import LANGUAGES
from forms.sheet import Sheet, parse_sheet
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, demand
from helpdesk.ratings import surveys
from helpdesk.ratings.questions import Answered, QuestionKind, digest_of
from helpdesk.ratings.surveys import EVERY, SurveyVersion

RATING = "rating"
COMMENT_FIELD = "remark"
MOST_QUESTIONS, LABEL_MAX, OPTION_MAX, TEXT_MAX = 5, 150, 80, 1000
OPTIONS = range(2, 9)
YES_NO = ({"value": "yes", "pl": "tak", "en": "yes"}, {"value": "no", "pl": "nie", "en": "no"})
STARS = (
    {"value": "5", "pl": "5 – bardzo dobrze", "en": "5 – very good"},
    {"value": "4", "pl": "4 – dobrze", "en": "4 – good"},
    {"value": "3", "pl": "3 – przeciętnie", "en": "3 – average"},
    {"value": "2", "pl": "2 – źle", "en": "2 – poor"},
    {"value": "1", "pl": "1 – bardzo źle", "en": "1 – very poor"})
GIVEN: Mapping[QuestionKind, Sequence[Mapping[str, str]]] = {QuestionKind.YES_NO: YES_NO, QuestionKind.STARS: STARS}
COUNTED = {Kind.RADIO: QuestionKind.CHOICE, Kind.SELECT: QuestionKind.CHOICE, Kind.CHECKLIST: QuestionKind.CHOICE,
           Kind.TICK: QuestionKind.YES_NO, Kind.TEXT: QuestionKind.TEXT, Kind.LONG_TEXT: QuestionKind.TEXT,
           Kind.NUMBER: QuestionKind.TEXT}


class NoText(DeskError):
    """Write the question in Polish and in English."""


class OverlongText(DeskError):
    """This may have at most {most} characters."""


class BadOptions(DeskError):
    """Write from {fewest} to {most} different answers, one on each line, in both languages in the same order."""


class NotPlain(DeskError):
    """Write plain words: nothing may begin with “=” or hold double braces."""


class AskedTwice(DeskError):
    """This question is there already."""


class BadQuestions(DeskError):
    """Some questions are not right. What you typed is kept; correct the fields below."""

    problems: Mapping[str, DeskError]


class TooManyQuestions(DeskError):
    """A survey has at most {most} questions besides the stars; everything more is left unanswered."""


@dataclass(frozen=True)
class Asking:
    """One question as an owner types it. label: by language; options: by language, for a choice only."""

    kind: QuestionKind = QuestionKind.CHOICE
    label: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    required: bool = False

    @property
    def choices(self) -> Sequence[Mapping[str, str]]:
        if self.kind is not QuestionKind.CHOICE:
            return GIVEN.get(self.kind, ())
        pairs = zip(self.options.get("pl", ()), self.options.get("en", ()), strict=False)
        return [{"value": f"a{number}", "pl": polish, "en": english}
                for number, (polish, english) in enumerate(pairs, start=1)]

    @property
    def words(self) -> dict[str, Any]:
        return {"label": dict(self.label), "options": [dict(one) for one in self.choices]}


def list_rated(session: Session) -> list[LoadedVersion]:
    """The request types whose process asks for a rating."""
    return [version for version in list_request_types(session) if _is_rated(version)]


def demand_rated(session: Session, request_type: str) -> None:
    """Raise NotFound unless questions can be kept for this type."""
    if request_type != EVERY and request_type not in {version.content.key for version in list_rated(session)}:
        raise NotFound()


def keep(session: Session, request_type: str, asked: Sequence[Asking], *, by: Person, now: datetime) -> SurveyVersion:
    """Ask these questions from now on; ratings that can be given already keep theirs.

    Raises NotAllowed, NotFound, BadQuestions, TooManyQuestions.
    """
    demand(by, Act.PUBLISH)
    demand_rated(session, request_type)
    return surveys.keep(session, request_type, checked(asked), by=by, now=now)


def drop(session: Session, request_type: str, *, by: Person, now: datetime) -> None:
    """Let the questions of all types, or of the process, hold for this type again. Raises NotAllowed, NotFound."""
    demand(by, Act.PUBLISH)
    demand_rated(session, request_type)
    surveys.drop(session, request_type, by=by, now=now)


def checked(asked: Sequence[Asking]) -> dict[str, Any]:
    """The questions as a form. Raises BadQuestions, TooManyQuestions."""
    if len(asked) > MOST_QUESTIONS:
        raise TooManyQuestions(most=MOST_QUESTIONS)
    problems: dict[str, DeskError] = {}
    known: set[str] = set()
    for place, one in enumerate(asked):
        problems |= dict(_problems(place, one))
        digest = digest_of(one.kind.value, one.words)
        if digest in known:
            problems.setdefault(f"label_pl-{place}", AskedTwice())
        known.add(digest)
    if problems:
        raise BadQuestions(problems=problems)
    sheet = {"type": "default", "id": "questions", "schemaVersion": 18,
             "components": [_component(one) for one in asked]}
    parse_sheet(sheet)
    return sheet


def asked_in(sheet: Mapping[str, Any]) -> list[Asking]:
    """The questions of a kept form, as they were typed."""
    return [_asking(question) for question in parse_sheet(sheet).questions]


def with_questions(own: Sheet, stars: str, kept: Mapping[str, Any] | None) -> Sheet:
    """The form of a rating: that of the process, and in the place of what it only offers the owner's questions."""
    if kept is None:
        return own
    staying = [part for part in own.parts if _stays(part, stars)]
    place = next((number for number, part in enumerate(staying)
                  if isinstance(part, Question) and part.name == COMMENT_FIELD), len(staying))
    return Sheet(own.key, (*staying[:place], *parse_sheet(kept).parts, *staying[place:]))


def answered_in(sheet: Sheet, stars: str, answers: Mapping[str, Any]) -> Iterator[Answered]:
    """What was answered beside the stars and the remarks, with the questions as they are worded."""
    for question in sheet.questions:
        if question.name in {stars, COMMENT_FIELD} or question.kind not in COUNTED:
            continue
        value: Any = answers
        for name in question.path:
            value = value.get(name) if isinstance(value, Mapping) else None
        kind, words = worded(question)
        yield Answered(kind, words, _texts(value))


def worded(question: Question) -> tuple[QuestionKind, dict[str, Any]]:
    """What sort of question it is, and its words in both languages."""
    kind = COUNTED[question.kind]
    options: list[Mapping[str, str]] = [
        {"value": one.value, "pl": one.label["pl"], "en": one.label["en"]} for one in question.options]
    if kind is QuestionKind.YES_NO:
        options = list(YES_NO)
    values = {one["value"] for one in options}
    kind = next((given for given, those in GIVEN.items() if values == {one["value"] for one in those}), kind)
    return kind, {"label": {language: question.label[language] for language in LANGUAGES}, "options": options}


def _is_rated(version: LoadedVersion) -> bool:
    return any(RATING in element.properties for element in version.bundle.elements.values())


def _stays(part: Part, stars: str) -> bool:
    if isinstance(part, Question):
        return part.name in {stars, COMMENT_FIELD} or part.required or part.required_if is not None
    return not isinstance(part, Group | Repeated) or any(_stays(one, stars) for one in questions(part.parts))


def _problems(place: int, one: Asking) -> Iterator[tuple[str, DeskError]]:
    for language in LANGUAGES:
        text = one.label.get(language, "")
        if not text:
            yield f"label_{language}-{place}", NoText()
        elif len(text) > LABEL_MAX:
            yield f"label_{language}-{place}", OverlongText(most=LABEL_MAX)
        elif not _is_plain(text):
            yield f"label_{language}-{place}", NotPlain()
    if one.kind is not QuestionKind.CHOICE:
        return
    lists = [one.options.get(language, ()) for language in LANGUAGES]
    if len({len(those) for those in lists}) != 1 or any(
            len(those) not in OPTIONS or len(set(those)) != len(those) for those in lists):
        yield f"options_pl-{place}", BadOptions(fewest=OPTIONS.start, most=OPTIONS.stop - 1)
    elif any(len(text) > OPTION_MAX for those in lists for text in those):
        yield f"options_pl-{place}", OverlongText(most=OPTION_MAX)
    elif not all(_is_plain(text) for those in lists for text in those):
        yield f"options_pl-{place}", NotPlain()


def _is_plain(text: str) -> bool:
    """Whether no editor of forms would take it for an expression."""
    return not text.startswith("=") and "{{" not in text


def _component(one: Asking) -> dict[str, Any]:
    # The key comes from the words: other words are another question, so no answer is ever read under them.
    key = f"q_{digest_of(one.kind.value, one.words)}"
    rules: dict[str, Any] = {"required": one.required}
    component: dict[str, Any] = {"type": "radio", "id": key, "key": key, "label": one.label["pl"],
                                 "properties": {"label.en": one.label["en"]}, "validate": rules}
    if one.kind is QuestionKind.TEXT:
        rules["maxLength"] = TEXT_MAX
        return component | {"type": "textarea"}
    return component | {"values": [{"value": choice["value"], "label": choice["pl"], "label.en": choice["en"]}
                                   for choice in one.choices]}


def _asking(question: Question) -> Asking:
    kind, words = worded(question)
    options = {language: tuple(one[language] for one in words["options"]) for language in LANGUAGES}
    return Asking(kind, words["label"], options if kind is QuestionKind.CHOICE else {}, question.required)


def _texts(value: object) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
