"""One evaluation of a model: what it may still use, and what it noted on the way."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from engine.decisions.errors import DecisionRefused
from engine.decisions.records import Place
from feel import Budget
from feel.errors import RefusedError
from feel.values import Value, weigh

MOST_WORK = 300_000  # items that formulas look at in one evaluation
MOST_STEPS = 100_000  # formulas, cells and items of lists in one evaluation
MOST_CALLS = 40  # functions that call each other, one inside another
MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class Note:
    """Why a value became null, at its place."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place.file}, line {self.place.line}: {self.place.element}: {self.message}"


class Session:
    """Counts the work of one evaluation and keeps its notes. now: for the functions that ask for it."""

    def __init__(self, now: datetime | None = None) -> None:
        self.notes: list[Note] = []
        self.budget = Budget(work=MOST_WORK, now=now)
        self._steps = MOST_STEPS
        self._calls = 0

    def spend(self, place: Place, steps: int = 1) -> None:
        self._steps -= steps
        if self._steps < 0:
            raise refused(place, "it would take too long")

    def weigh(self, place: Place, value: Value) -> Value:
        """The value itself, paid for by its size. Raises DecisionRefused when it is too large.

        Lists that hold each other many times would be small here and endless for whoever goes through them.
        """
        if type(value) in (list, dict):
            try:
                self.spend(place, weigh(value))
            except RefusedError as error:
                raise refused(place, error.message) from error
        return value

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
