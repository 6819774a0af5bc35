"""What happens when an event happens: what it interrupts, and where tokens go on."""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.diagrams.errors import Blame
from engine.diagrams.spiff import specs
from engine.diagrams.spiff.timers import rearm
from engine.diagrams.spiff.tokens import Token


def fire(run: Any, task: Token) -> None:
    """The event that `task` waits for happens."""
    spec = task.task_spec
    with Blame(spec.element.id):
        if isinstance(spec, specs.HandlerStart):
            _start(run, task)
        elif isinstance(spec, specs.BoundaryEvent):
            _leave_activity(run, task)
        elif task.host is not None:
            _leave_gateway(run, task)
        else:
            run.run_task(task)


def _leave_activity(run: Any, task: Token) -> None:
    """A boundary event: the activity is cancelled, or goes on beside what begins."""
    scope, spec = task.workflow, task.task_spec
    if spec.element.is_interrupting:
        host = scope.tasks[task.host]
        task.host = None
        scope.drop(host)
    elif _stays(run, task):
        twin = Token(scope, spec, state=TaskState.WAITING)
        twin.origin, task = task.id, twin
    else:
        task.host = None
    run.run_task(task)


def _leave_gateway(run: Any, task: Token) -> None:
    """The first event behind a gateway: the others are withdrawn."""
    scope = task.workflow
    gateway = scope.tasks[task.host]
    task.host = None
    run.left(gateway, [way for way in gateway.task_spec.ways if way.flow == task.flow])
    scope.forget(gateway)
    run.run_task(task)


def _start(run: Any, task: Token) -> None:
    """The start of a subprocess that an event starts: alone in its scope, or beside the rest."""
    scope, spec = task.workflow, task.task_spec
    if spec.element.is_interrupting:
        scope.clear()
    elif not _stays(run, task):
        del scope.tasks[task.id]
    scope.put(spec.handler)


def _stays(run: Any, task: Token) -> bool:
    """Whether what does not interrupt may happen again; a timer does if it is a cycle with rounds left."""
    if task.armed is None:
        return True
    following = rearm(task.task_spec.element, task.armed, now=run.now, reckon=run.reckon)
    if following is not None:
        task.armed = following
    return following is not None
