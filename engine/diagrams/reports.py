"""What a run tells: where tokens stand, what they passed, what was thrown; and what it asks of its caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.diagrams.elements import Element
from engine.diagrams.errors import EngineError


class Later:
    """What a verb gives whose answer comes from outside: the token waits at the service task for `Run.answer`."""


LATER = Later()


class Perform(Protocol):
    """Does what a service task names; a mapping it returns is merged into the variables. May raise ThrowError."""

    def __call__(
        self, verb: str, parameters: dict[str, object], element: Element, token: int
    ) -> Mapping[str, object] | Later | None: ...


class Decide(Protocol):
    """Makes the decision a business rule task names; what it gives is merged into the variables."""

    def __call__(self, element: Element, inputs: Mapping[str, object]) -> Mapping[str, object]: ...


def no_decisions(element: Element, inputs: Mapping[str, object]) -> Mapping[str, object]:
    raise EngineError(element_id=element.id, reason="nobody makes decisions here")


@dataclass(frozen=True, slots=True)
class Round:
    """One of several times an activity is done. number: from 1. of: how many in all, 0 when nobody knows."""

    number: int
    of: int
    item: object = None

    @property
    def label(self) -> str:
        """What tells this time from the others: the item if it is a word or number, else which time it is."""
        if isinstance(self.item, str | int | float) and not isinstance(self.item, bool):
            return str(self.item)
        return f"{self.number}/{self.of}" if self.of else str(self.number)


@dataclass(frozen=True, slots=True)
class Wait:
    """A place where a token stands, or an event that may happen beside it.

    token: stable while it waits. kind: task, call, timer, message, signal or escalation. name: of the step, of the
    message or signal, or the code of the escalation. due_at: of a timer; it counts once per generation. round: the
    innermost round of a step that is done several times.
    """

    token: int
    element_id: str
    kind: str
    name: str
    due_at: datetime | None = None
    generation: int = 0
    lane: str | None = None
    round: Round | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An element was entered, left or cancelled; flows: the sequence flows taken when it was left."""

    element_id: str
    what: str
    token: int
    flows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message or escalation that nothing in the instance waited for, or any signal: others may wait for it."""

    kind: str
    name: str
    element_id: str


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one step may do before it counts as a hang."""

    steps: int = 10_000
    seconds: float = 5.0


USUAL = Budget()
