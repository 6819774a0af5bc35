"""Who hears an event: the waiting tasks a message, an escalation or an error goes to."""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.diagrams.elements import Trigger
from engine.diagrams.spiff.specs import BoundaryEvent, CatchEvent
from engine.diagrams.spiff.state import Instance


def message(instance: Instance, name: str) -> list[Any]:
    """Everything that waits for a message of this name."""
    return [task for task in _waiting(instance, Trigger.MESSAGE) if _code(task) == name]


def escalation_from_outside(instance: Instance, code: str) -> list[Any]:
    """Every boundary event that waits for the code, without those around an activity inside which another one does.

    On one activity the event that names the code goes before the one that takes every code.
    """
    found = [task for task in _waiting(instance, Trigger.ESCALATION) if _code(task) in (code, "")]
    by_host = {_host(task): task for task in sorted(found, key=lambda task: bool(_code(task)))}
    outer: set[int] = set()
    for task in found:
        caller = instance.caller_of(task.workflow)
        while caller is not None:
            outer.add(caller.id)
            caller = instance.caller_of(caller.workflow)
    return [task for task in found if by_host[_host(task)] is task and _host(task) not in outer]


def around(instance: Instance, scope: Any, trigger: Trigger, code: str) -> list[Any]:
    """The boundary event of the nearest subprocess or call around `scope` that catches what is thrown inside."""
    while (caller := instance.caller_of(scope)) is not None:
        if found := at(caller, trigger, code):
            return found
        scope = caller.workflow
    return []


def at(host: Any, trigger: Trigger, code: str) -> list[Any]:
    """The boundary event of this activity that catches the code: one that names it goes before one for every code."""
    near = [task for task in host.parent.children if _waits_for(task, trigger)]
    return sorted((task for task in near if _code(task) in (code, "")), key=lambda task: not _code(task))[:1]


def _waiting(instance: Instance, trigger: Trigger) -> list[Any]:
    return [task for task in instance.live_tasks() if _waits_for(task, trigger)]


def _waits_for(task: Any, trigger: Trigger) -> bool:
    is_catching = isinstance(task.task_spec, (CatchEvent, BoundaryEvent)) and task.state == TaskState.WAITING
    return is_catching and task.task_spec.element.trigger is trigger


def _code(task: Any) -> str:
    return str(task.task_spec.element.code)


def _host(task: Any) -> int:
    """The token of the activity a boundary event is attached to."""
    return next((int(t.id) for t in task.parent.children if not isinstance(t.task_spec, BoundaryEvent)), 0)
