"""One evaluation of a model: what it may still use, and what it noted on the way."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from engine.decisions.errors import DecisionRefused
from engine.decisions.records import Place
from feel.values import Value

MOST_WORK = 200_000  # expressions, cells and items looked at in one evaluation
MOST_CALLS = 50  # functions that call each other, one inside another
MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class Note:
    """Why a value became null, at its place."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place.file}, line {self.place.line}: {self.place.element}: {self.message}"


class Session:
    """Counts the work of one evaluation and keeps its notes."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._left = MOST_WORK
        self._calls = 0

    def spend(self, place: Place, work: int = 1) -> None:
        self._left -= work
        if self._left < 0:
            raise refused(place, "it would take too long")

    def note(self, place: Place, message: str) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(place, message))

    @contextmanager
    def calling(self, place: Place) -> Iterator[None]:
        """One call of a function, bounded in depth."""
        if self._calls >= MOST_CALLS:
            raise refused(place, "functions call each other too deeply")
        self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression sees, and the session it is evaluated in."""

    values: dict[str, Value]
    session: Session

    def within(self, values: Mapping[str, Value]) -> "Scope":
        return Scope({**self.values, **values}, self.session)


def refused(place: Place, reason: str) -> DecisionRefused:
    return DecisionRefused(file=place.file, line=place.line, element=place.element, reason=reason)
