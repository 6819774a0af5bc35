# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""The stored form of a running instance: only what still waits, in a format of our own.

A task tree is kept small by `prune`, which runs after every step, so an instance that was saved and one that was not
are the same thing. The library's own serialisation is not used: it evaluates strings found in old states.
"""

import logging
import secrets
from collections.abc import Iterator
from typing import Any

import msgspec
import SpiffWorkflow.task
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.bundle import Bundle
from engine.diagrams.elements import Trigger
from engine.diagrams.errors import StateRefused
from engine.diagrams.spiff.scripting import FeelEngine
from engine.diagrams.spiff.specs import (
    ARMED,
    ARRIVED,
    BoundaryEvent,
    CatchEvent,
    ExclusiveGateway,
    ParallelGateway,
    ServiceTask,
    UserTask,
)
from engine.diagrams.spiff.timers import Armed

HEADER = b"okienko-run"
VERSION = 1
LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED
ROOT = -1

# The library logs every change of state with all it knows of the task, and collects that even when nobody listens.
for _name in ("spiff", "spiff.task", "spiff.workflow"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
# Tokens are keys of rows, so they are numbers that fit into a BIGINT; hashing them is also cheaper than UUIDs.
SpiffWorkflow.task.uuid4 = lambda: secrets.randbits(63) or 1


class Row(msgspec.Struct, array_like=True):
    """One task; parent: index of an earlier row, or ROOT."""

    token: int
    parent: int
    spec: str
    state: int
    armed: Armed | None = None
    arrived: list[str] | None = None


class Scope(msgspec.Struct, array_like=True):
    """A process or subprocess that runs; caller: token of the task that started it, 0 for the outermost."""

    caller: int
    process: str
    rows: list[Row]


class State(msgspec.Struct, array_like=True):
    """A whole instance; ends: the end events of the outermost process that were reached."""

    is_ended: bool
    ends: list[str]
    scopes: list[Scope]


# The one state in which a task of each kind may rest between two steps.
RESTING = {
    UserTask: TaskState.READY,
    ServiceTask: TaskState.STARTED,  # its answer comes from outside
    SubWorkflowTask: TaskState.STARTED,
    CatchEvent: TaskState.WAITING,
    BoundaryEvent: TaskState.WAITING,
    ParallelGateway: TaskState.WAITING,
    _EndJoin: TaskState.WAITING,
    BoundaryEventSplit: TaskState.COMPLETED,
}

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(State)


class Instance(BpmnWorkflow):
    """The outermost workflow; `run` is who listens."""

    def __init__(self, bundle: Bundle, engine: FeelEngine, run: Any, *, is_restored: bool = False) -> None:
        self.run = run
        super().__init__(bundle.spec, bundle.inner_specs, engine, deserializing=is_restored)

    def scopes(self) -> Iterator[Any]:
        """The outermost workflow and all inner ones, callers first."""
        yield self
        yield from self.subprocesses.values()

    def live_tasks(self) -> Iterator[Any]:
        """All tasks at which a token stands."""
        for scope in self.scopes():
            yield from (task for task in scope.tasks.values() if task.state & LIVE)

    def find_task(self, token: int) -> Any:
        """The task with this token, or None."""
        return next((scope.tasks[token] for scope in self.scopes() if token in scope.tasks), None)

    def caller_of(self, scope: Any) -> Any:
        """The task that started an inner workflow, None for the outermost."""
        return None if scope is self else self.find_task(scope.parent_task_id)


def prepare(task: Any) -> None:
    """Creates the tasks that follow, as the library expects them to be there when `task` completes."""
    if not task._children and not isinstance(task.task_spec, ExclusiveGateway):
        task.task_spec._predict_hook(task)


def prune(instance: Instance) -> None:
    """Forgets everything that is over: what waits hangs directly under the root of its workflow.

    The only structure that still matters is an activity with its boundary events under their common split.
    """
    live: set[int] = set()
    for scope in list(instance.scopes()):
        if scope is not instance and scope.parent_task_id not in live:
            del instance.subprocesses[scope.parent_task_id]
        elif scope.task_tree.state == TaskState.COMPLETED:
            _prune_scope(scope)
            live.update(token for token, task in scope.tasks.items() if task.state & LIVE)
    instance.event_manager.tasks.clear()


def _prune_scope(scope: Any) -> None:
    root = scope.task_tree
    kept, top = {root.id: root}, []
    for task in scope.tasks.values():
        parent = task.parent
        if task is root or not task.state & LIVE:
            continue
        if parent is not None and isinstance(parent.task_spec, BoundaryEventSplit):
            if parent.id not in kept:
                kept[parent.id] = parent
                family = [child for child in parent.children if _belongs(child)]
                parent._children = [child.id for child in family]
                kept.update({child.id: child for child in family})
                top.append(parent)
        else:
            kept[task.id] = task
            top.append(task)
    for task in kept.values():
        if not isinstance(task.task_spec, BoundaryEventSplit):
            task._children = []
    for task in top:
        task._parent = root.id
    root._children = [task.id for task in top]
    scope.tasks = kept


def _belongs(child: Any) -> bool:
    """Whether a child of a split is still needed there: its activity always, an event only while it waits."""
    return bool(child.state & LIVE) or not isinstance(child.task_spec, BoundaryEvent)


def dump(instance: Instance, *, ends: list[str]) -> bytes:
    """The state of a pruned instance."""
    scopes = [Scope(getattr(s, "parent_task_id", 0) or 0, s.spec.name, _rows(s)) for s in instance.scopes()]
    body = State(bool(instance.completed), ends, [] if instance.completed else scopes)
    return HEADER + bytes([VERSION]) + _ENCODER.encode(body)


def _rows(scope: Any) -> list[Row]:
    rows: list[Row] = []
    index = {scope.task_tree.id: ROOT}
    for task in scope.tasks.values():
        if task is not scope.task_tree:
            index[task.id] = len(rows)
            inner = task.internal_data
            where = index[task._parent]
            rows.append(Row(task.id, where, task.task_spec.name, task.state, inner.get(ARMED), inner.get(ARRIVED)))
    return rows


def load(data: bytes) -> State:
    """The decoded state; raises StateRefused for everything that is not in the format of this version."""
    size = len(HEADER)
    if data[:size] != HEADER:
        raise StateRefused(reason="it is not ours")
    if data[size : size + 1] != bytes([VERSION]):
        raise StateRefused(reason="it has another version")
    try:
        return _DECODER.decode(data[size + 1 :])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StateRefused(reason="it is damaged") from error


def restore(state: State, bundle: Bundle, engine: FeelEngine, run: Any) -> Instance:
    """The instance as it was; raises StateRefused if it does not fit the bundle."""
    instance = Instance(bundle, engine, run, is_restored=True)
    if state.is_ended:
        _root(instance)
        instance.completed = True
        return instance
    if not state.scopes or state.scopes[0].process != bundle.process_id:
        raise StateRefused(reason=f"it does not belong to the process {bundle.process_id}")
    for position, scope in enumerate(state.scopes):
        workflow = instance if position == 0 else _inner(instance, scope)
        _root(workflow)
        _fill(workflow, scope)
    for task in instance.live_tasks():
        if isinstance(task.task_spec, SubWorkflowTask) and task.id not in instance.subprocesses:
            raise StateRefused(reason=f"what runs inside {task.task_spec.name} is missing")
    return instance


def _inner(instance: Instance, scope: Scope) -> Any:
    caller = instance.find_task(scope.caller)
    spec = caller.task_spec if caller is not None else None
    if not isinstance(spec, SubWorkflowTask) or spec.spec != scope.process or caller.state != TaskState.STARTED:
        raise StateRefused(reason=f"nobody called the process {scope.process}")
    workflow = BpmnSubWorkflow(instance.subprocess_specs[spec.spec], caller.id, instance, deserializing=True)
    workflow.completed_event.connect(spec._on_subworkflow_completed, caller)
    instance.subprocesses[caller.id] = workflow
    return workflow


def _root(workflow: Any) -> None:
    workflow.task_tree = Task(workflow, workflow.spec.start, state=TaskState.COMPLETED)


def _fill(workflow: Any, scope: Scope) -> None:
    tasks: list[Any] = []
    for row in scope.rows:
        spec = workflow.spec.task_specs.get(row.spec)
        if spec is None:
            raise StateRefused(reason=f"the element {row.spec} is not in the process {scope.process}")
        if not ROOT <= row.parent < len(tasks) or row.token < 1 or row.token in workflow.top_workflow.tasks:
            raise StateRefused(reason=f"the row of {row.spec} is damaged")
        parent = workflow.task_tree if row.parent == ROOT else tasks[row.parent]
        if not _is_sound(row, spec, parent.task_spec):
            raise StateRefused(reason=f"{row.spec} cannot be in this state")
        task = Task(workflow, spec, parent, state=row.state, id=row.token)
        if row.armed is not None:
            task.internal_data[ARMED] = row.armed
        if row.arrived is not None:
            task.internal_data[ARRIVED] = row.arrived
        tasks.append(task)


def _is_sound(row: Row, spec: Any, parent: Any) -> bool:
    """Whether a task can rest like this."""
    resting = next((state for kind, state in RESTING.items() if isinstance(spec, kind)), None)
    is_timer = isinstance(spec, (CatchEvent, BoundaryEvent)) and spec.element.trigger is Trigger.TIMER
    is_in_place = isinstance(parent, BoundaryEventSplit) and parent.name in spec._inputs
    if row.parent == ROOT:
        is_in_place = not isinstance(spec, BoundaryEvent)
    return (
        row.state == resting
        and is_in_place
        and is_timer == (row.armed is not None)
        and isinstance(spec, ParallelGateway) == (row.arrived is not None)
    )
