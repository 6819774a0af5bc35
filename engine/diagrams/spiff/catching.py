"""Who hears an event: what waits for a message, a signal, an escalation or an error."""

from collections.abc import Iterable, Iterator
from typing import Any

from engine.diagrams.elements import Trigger
from engine.diagrams.spiff.specs import Event
from engine.diagrams.spiff.tokens import SCOPE, Instance, Scope, Token


def named(instance: Instance, trigger: Trigger, name: str) -> list[Token]:
    """Everything in the instance that waits for a message or signal of this name."""
    return [task for task in _waiting(instance, trigger) if _code(task) == name]


def escalation_from_outside(instance: Instance, code: str) -> list[Token]:
    """Everything that waits for the code, without what is around something else that does.

    At one activity what names the code goes before what takes every code.
    """
    found = [task for task in _waiting(instance, Trigger.ESCALATION) if _code(task) in (code, "")]
    by_place = {_place(task): task for task in sorted(found, key=lambda task: bool(_code(task)))}
    outer = {place for task in by_place.values() for place in _around(task)}
    return [task for task in found if by_place[_place(task)] is task and _place(task) not in outer]


def near(task: Token, trigger: Trigger, code: str) -> list[Token]:
    """Who catches an error of the task itself: its own boundary event, else what is around it."""
    found = _best(task.workflow.listeners(task.id), trigger, code) or around(task.workflow, trigger, code)
    return [found] if found is not None else []


def around(scope: Scope, trigger: Trigger, code: str) -> Token | None:
    """Who catches what was thrown in `scope`: a subprocess that it starts there, a boundary event, or further out."""
    while True:
        caught = _best(scope.listeners(SCOPE), trigger, code)
        if caught is not None or scope.caller is None:
            return caught
        caller: Any = scope.caller
        scope = caller.workflow
        caught = _best(scope.listeners(caller.id), trigger, code)
        if caught is not None:
            return caught


def _best(listeners: Iterable[Token], trigger: Trigger, code: str) -> Token | None:
    """Of those that wait for the code the one that names it, else the one that takes every code."""
    found = [task for task in listeners if task.task_spec.element.trigger is trigger and _code(task) in (code, "")]
    return max(found, key=lambda task: bool(_code(task)), default=None)


def _waiting(instance: Instance, trigger: Trigger) -> list[Token]:
    return [
        task
        for task in instance.live_tasks()
        if isinstance(task.task_spec, Event) and task.task_spec.element.trigger is trigger
    ]


def _code(task: Token) -> str:
    return str(task.task_spec.element.code)


Place = tuple[int, bool]


def _place(task: Token) -> Place:
    """What a listener belongs to: an activity, or (True) all that runs inside one, 0 for the outermost process."""
    if task.host == SCOPE:
        caller = task.workflow.caller
        return (caller.id if caller is not None else 0), True
    return (task.host or task.id), False


def _around(task: Token) -> Iterator[Place]:
    """Everything around the place of a listener, from the inside to the outside."""
    scope: Any = task.workflow
    if task.host == SCOPE:
        if scope.caller is None:
            return
        yield scope.caller.id, False
        scope = scope.caller.workflow
    while scope.caller is not None:
        yield scope.caller.id, True
        yield scope.caller.id, False
        scope = scope.caller.workflow
    yield 0, True
