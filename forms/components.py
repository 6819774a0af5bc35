"""The parts of a sheet: questions, passages of text, lines and groups, frozen once they are read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from feel import Expression

Words = Mapping[str, str]  # language -> text

TEXT_LIMIT = 200
LONG_TEXT_LIMIT = 10_000
LARGEST_LIMIT = 20_000
FILES_LIMIT = 10
ROWS_LIMIT = 20
MOST_ROWS = 50
MOST_CELLS = 400  # questions of all rows together


class Kind(StrEnum):
    """What sort of answer a question wants."""

    TEXT = "textfield"
    LONG_TEXT = "textarea"
    NUMBER = "number"
    TICK = "checkbox"
    RADIO = "radio"
    SELECT = "select"
    CHECKLIST = "checklist"
    DATE = "date"
    TIME = "time"
    MOMENT = "datetime"
    FILES = "filepicker"


CHOICES = frozenset({Kind.RADIO, Kind.SELECT, Kind.CHECKLIST})


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from. services: keys in the catalogue; whoever comes from one of them means it."""

    value: str
    label: Words
    services: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Limits:
    """What an answer must keep to, besides being there."""

    min_length: int = 0
    max_length: int = TEXT_LIMIT
    pattern: re.Pattern[str] | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    decimals: int | None = None
    shape: str = ""  # email, phone or one of the identifiers


@dataclass(frozen=True)
class Question:
    """One thing that is asked. `path` leads to its answer, for example ("address", "street")."""

    kind: Kind
    path: tuple[str, ...]
    label: Words
    hint: Words
    required: bool = False
    required_if: Expression | None = None
    refused_if: Expression | None = None
    refusal: Words = field(default_factory=dict)
    hide: Expression | None = None
    limits: Limits = field(default_factory=Limits)
    options: Sequence[Option] = ()
    default: object = None
    prefix: Words = field(default_factory=dict)
    suffix: Words = field(default_factory=dict)
    autocomplete: str = ""
    accept: str = ""
    many_files: bool = False

    @property
    def name(self) -> str:
        """The name of the field on the page: the path with dots."""
        return ".".join(self.path)

    def option_label(self, value: str, language: str) -> str:
        """What the chosen value is called; the value itself if it is not offered any more."""
        return next((option.label[language] for option in self.options if option.value == value), value)


@dataclass(frozen=True)
class Passage:
    """Text to read, in Markdown."""

    markdown: Words
    hide: Expression | None = None


@dataclass(frozen=True)
class Separator:
    """A line between two parts."""

    hide: Expression | None = None


@dataclass(frozen=True)
class Group:
    """Parts that belong together under one heading."""

    id: str
    label: Words
    hint: Words
    parts: Sequence["Part"]
    hide: Expression | None = None


@dataclass(frozen=True)
class Repeated:
    """Parts that are asked once for each of several things; the answer is a list, and paths inside begin at its row.

    row: what one of them is called. fewest, most: how many rows. first: how many are shown before any was filled in.
    """

    id: str
    path: tuple[str, ...]
    label: Words
    hint: Words
    row: Words
    parts: Sequence["Part"]
    fewest: int = 0
    most: int = ROWS_LIMIT
    first: int = 1
    hide: Expression | None = None

    @property
    def name(self) -> str:
        """The name of the list on the page; the fields of its rows begin with it."""
        return ".".join(self.path)


Part = Question | Passage | Separator | Group | Repeated


def walk(parts: Sequence[Part], hides: tuple[Expression, ...] = ()) -> Iterator[tuple[Part, tuple[Expression, ...]]]:
    """Every part, outer ones first, with all the conditions that hide it: its own and those around it.

    What a repeated part asks is not among them: it is walked row by row.
    """
    for part in parts:
        own = hides if part.hide is None else (*hides, part.hide)
        yield part, own
        if isinstance(part, Group):
            yield from walk(part.parts, own)


def questions(parts: Sequence[Part]) -> list[Question]:
    """Every question that is asked once, in the order in which it is asked."""
    return [part for part, _ in walk(parts) if isinstance(part, Question)]


def repeated(parts: Sequence[Part]) -> list[Repeated]:
    """Every repeated part, in order."""
    return [part for part, _ in walk(parts) if isinstance(part, Repeated)]
