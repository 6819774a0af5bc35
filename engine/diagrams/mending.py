"""Mending: by hand a token is led out of the place where it stands, or put at another element of its scope.

Whatever is done here ends with the instance at rest and one that can be restored; else the run is broken, and the
state saved earlier counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.diagrams.elements import TASKS, Element, Flow, Kind, Trigger
from engine.diagrams.errors import EngineError
from engine.diagrams.run import Run
from engine.diagrams.spiff import gateways, specs
from engine.diagrams.spiff.tokens import Token

# Where a token can be put. Not at a gateway that waits for others: it would wait for those who have passed.
LANDING = frozenset({*TASKS, Kind.CATCH, Kind.THROW,
                     Kind.EXCLUSIVE, Kind.EVENT_BASED, Kind.SUBPROCESS, Kind.CALL, Kind.END})
# What may be passed over without being done.
PASSABLE = frozenset({*TASKS, Kind.CATCH, Kind.THROW,
                      Kind.EXCLUSIVE, Kind.EVENT_BASED, Kind.SUBPROCESS, Kind.CALL})


@dataclass(frozen=True)
class Place:
    """Where a token stands: which ways it can be led out, and at which elements it can be put instead."""

    token: int
    element: Element
    ways: tuple[Flow, ...]
    targets: tuple[Element, ...]


class CannotLeave(EngineError):
    """Nothing can be led out of “{element_id}” by hand."""


class CannotMove(EngineError):
    """The step cannot be moved to “{element_id}”: others would wait there for ever."""


def places(run: Run) -> list[Place]:
    """Every token that can be led out or put elsewhere, inner ones too."""
    return [Place(token.id, token.task_spec.element, tuple(ways_out(run, token.task_spec.element.id)),
                  tuple(target.element for target in _targets(token)))
            for token in run.standing() if _can_leave(token)]


def ways_out(run: Run, element_id: str) -> list[Flow]:
    """The flows among which somebody has to choose; none when the element has only one way to go."""
    flows = [flow for flow in run.bundle.flows if flow.source == element_id]
    kind = run.bundle.elements[element_id].kind
    is_choice = kind is Kind.EVENT_BASED or any(flow.condition or flow.is_default for flow in flows)
    return flows if is_choice and len(flows) > 1 else []


def leave(run: Run, token: int, *, flow: str = "") -> None:
    """Lead a token out of its element without doing it: along its only or default way, or the one that was chosen.

    Raises NotWaiting, CannotLeave, or EngineError when what follows does not come to rest.
    """
    with run.by_hand(token) as task:
        if not _can_leave(task):
            raise CannotLeave(element_id=task.task_spec.element.id, reason="")
        _empty(task)
        task.passes = flow
        run.run_task(task)
    _check_restorable(run)


def move(run: Run, token: int, *, to: str) -> None:
    """Cancel a token where it stands, with all that is armed there, and put it at another element of its scope.

    Raises NotWaiting, CannotMove, or EngineError when what follows does not come to rest.
    """
    with run.by_hand(token) as task:
        target = next((spec for spec in _targets(task) if spec.element.id == to), None)
        if target is None:
            raise CannotMove(element_id=to, reason="")
        scope, place = task.workflow, task.place
        scope.drop(task)
        scope.put(target, place=place)
    _check_restorable(run)


def _can_leave(token: Token) -> bool:
    spec = token.task_spec
    return spec.element.kind in PASSABLE and not isinstance(spec, (gateways.Join, specs.Handler))


def _empty(token: Token) -> None:
    """What runs inside a subprocess or a call goes with it."""
    inner = token.workflow.instance.subprocesses.pop(token.id, None)
    if inner is not None:
        inner.clear()


def _targets(token: Token) -> Iterator[Any]:
    """The elements of the token's scope at which it could stand without leaving a gateway to wait for ever."""
    scope = token.workflow
    here = token.task_spec.element.id
    drawn = {name: spec for name, spec in scope.spec.task_specs.items() if isinstance(spec, specs.Drawn)}
    if here not in drawn or token.place is not None:
        return
    is_alone = sum(1 for _ in scope.tokens()) == 1
    joins = [_Join.of(spec, drawn) for spec in drawn.values() if isinstance(spec, gateways.Join)]
    for name, spec in drawn.items():
        if name != here and _is_landing(spec) and all(join.allows(here, name, is_alone=is_alone) for join in joins):
            yield spec


def _is_landing(spec: Any) -> bool:
    element: Element = spec.element
    is_reached = not isinstance(spec, (specs.Handler, specs.HandlerStart, specs.BoundaryEvent, specs.StartEvent))
    is_quiet_end = element.kind is not Kind.END or element.trigger in (Trigger.NONE, Trigger.TERMINATE)
    return is_reached and is_quiet_end and element.kind in LANDING and element.trigger is not Trigger.LINK


@dataclass(frozen=True)
class _Join:
    """A gateway that waits for several tokens, and from where which of its flows can be reached."""

    flows: frozenset[str]
    reach: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, join: Any, drawn: Mapping[str, Any]) -> "_Join":
        ahead = {name: [*(way.target.name for way in spec.ways), *(one.name for one in spec.attached)]
                 for name, spec in drawn.items()}
        return cls(frozenset(join.incoming), gateways.reach_of(join.incoming, ahead, join.name))

    def allows(self, here: str, there: str, *, is_alone: bool) -> bool:
        """Whether the same tokens come to the gateway afterwards: the same as before, or all of them or none."""
        if len(self.flows) < 2:
            return True
        nothing: frozenset[str] = frozenset()
        before, after = self.reach.get(here, nothing), self.reach.get(there, nothing)
        return before == after or (is_alone and after in (nothing, self.flows))


def _check_restorable(run: Run) -> None:
    """A state that could not be read again would be worse than any incident."""
    Run.restore(run.bundle, state=run.dump(), variables=dict(run.variables), now=run.now, perform=_no_verb,
                reckon=run.reckon)


def _no_verb(verb: str, parameters: dict[str, object], element: Element, token: int) -> None:
    raise AssertionError("nothing is done by reading a state")
