"""The stored form of a running instance: only what stands and listens, in a format of our own.

The library's own serialisation is not used: it evaluates strings found in old states.
"""

from typing import Any

import msgspec
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.bundle import Bundle
from engine.diagrams.elements import Trigger
from engine.diagrams.errors import StateRefused
from engine.diagrams.spiff import gateways, specs
from engine.diagrams.spiff.earlier import read_first
from engine.diagrams.spiff.rounds import Several
from engine.diagrams.spiff.rows import Row, ScopeRows, State
from engine.diagrams.spiff.scripting import FeelEngine
from engine.diagrams.spiff.tokens import SCOPE, Instance, Scope, Token

HEADER = b"okienko-run"
VERSION = 2
LISTENERS = (specs.BoundaryEvent, specs.HandlerStart)

# The one state in which a token of each kind may rest between two steps.
RESTING: dict[type, int] = {
    specs.UserTask: TaskState.READY,
    specs.ServiceTask: TaskState.STARTED,  # its answer comes from outside
    specs.Nested: TaskState.STARTED,
    specs.Event: TaskState.WAITING,
    gateways.Join: TaskState.WAITING,
    gateways.EventBasedGateway: TaskState.WAITING,
}

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(State)


def dump(instance: Instance, *, ends: list[str]) -> bytes:
    """The state of an instance that has come to rest."""
    scopes = [] if instance.completed else [_rows(scope) for scope in instance.scopes()]
    return HEADER + bytes([VERSION]) + _ENCODER.encode(State(bool(instance.completed), ends, scopes))


def _rows(scope: Scope) -> ScopeRows:
    rows = [
        Row(task.id, task.task_spec.name, task.host, task.armed, task.arrived, task.place, task.course, task.lane,
            task.flow if task.host else "")
        for task in scope.tasks.values()
    ]  # fmt: skip
    return ScopeRows(scope.caller.id if scope.caller else 0, scope.spec.name, rows)


def load(data: bytes) -> State:
    """The decoded state; raises StateRefused for everything that is in no format of ours."""
    size = len(HEADER)
    if data[:size] != HEADER:
        raise StateRefused(reason="it is not ours")
    version, body = data[size : size + 1], data[size + 1 :]
    try:
        if version == bytes([VERSION]):
            return _DECODER.decode(body)
        if version == b"\x01":
            return read_first(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, LookupError) as error:
        raise StateRefused(reason="it is damaged") from error
    raise StateRefused(reason="it has another version")


def restore(state: State, bundle: Bundle, engine: FeelEngine, run: Any) -> Instance:
    """The instance as it was; raises StateRefused if it does not fit the bundle."""
    instance = Instance(bundle, engine, run)
    if state.is_ended:
        instance.completed = True
        return instance
    if not state.scopes or state.scopes[0].process != bundle.process_id:
        raise StateRefused(reason=f"it does not belong to the process {bundle.process_id}")
    for position, rows in enumerate(state.scopes):
        _fill(instance if position == 0 else _inner(instance, rows), rows)
    for task in instance.live_tasks():
        if isinstance(task.task_spec, specs.Nested) and task.id not in instance.subprocesses:
            raise StateRefused(reason=f"what runs inside {task.task_spec.name} is missing")
        if isinstance(task.task_spec, gateways.EventBasedGateway) and not task.workflow.listeners(task.id):
            raise StateRefused(reason=f"what {task.task_spec.name} waits for is missing")
    return instance


def _inner(instance: Instance, rows: ScopeRows) -> Scope:
    caller = instance.find_task(rows.caller)
    spec = caller.task_spec if caller is not None else None
    if caller is None or not isinstance(spec, specs.Nested) or spec.process != rows.process:
        raise StateRefused(reason=f"nobody called the process {rows.process}")
    if caller.id in instance.subprocesses:
        raise StateRefused(reason=f"the process {rows.process} runs twice for one call")
    return instance.open(caller, rows.process)


def _fill(scope: Scope, rows: ScopeRows) -> None:
    instance = scope.instance
    for row in rows.rows:
        spec = scope.spec.task_specs.get(row.spec)
        if not isinstance(spec, specs.Drawn):
            raise StateRefused(reason=f"the element {row.spec} is not in the process {rows.process}")
        if row.token < 1 or instance.find_task(row.token) is not None:
            raise StateRefused(reason=f"the row of {row.spec} is damaged")
        if isinstance(spec, gateways.Join) and row.arrived is not None:
            row.arrived = spec.flows_from(row.arrived)
        if not _is_sound(scope, row, spec):
            raise StateRefused(reason=f"{row.spec} cannot be in this state")
        task = Token(scope, spec, state=next(s for kind, s in RESTING.items() if isinstance(spec, kind)), id=row.token)
        task.host, task.armed, task.arrived, task.place = row.host, row.armed, row.arrived, row.place
        task.course, task.lane, task.flow = row.course, row.lane, row.flow
        task.is_inside = row.host is None and not isinstance(spec, gateways.Join)


def _is_sound(scope: Scope, row: Row, spec: specs.Drawn) -> bool:
    """Whether a task can rest like this."""
    return (
        isinstance(spec, tuple(RESTING))
        and _is_in_place(scope, row, spec)
        and (row.armed is not None) == (spec.element.trigger is Trigger.TIMER and isinstance(spec, specs.Event))
        and _has_arrived(row, spec)
        and (row.course is not None) == isinstance(spec, Several)
        and (row.course is None or _is_whole(row.course, spec))
        and _is_round(scope, row, spec)
    )


def _is_in_place(scope: Scope, row: Row, spec: specs.Drawn) -> bool:
    """Tokens have no host; a boundary event has its activity, a start its scope, an event the gateway before it."""
    if row.host is None:
        return not isinstance(spec, LISTENERS)
    if row.host == SCOPE:
        return isinstance(spec, specs.HandlerStart)
    host = scope.tasks.get(row.host)
    if host is None or host.host is not None:
        return False
    if isinstance(spec, specs.BoundaryEvent):
        return spec in host.task_spec.attached
    is_behind = any(way.target is spec and way.flow == row.flow for way in host.task_spec.ways)
    return isinstance(host.task_spec, gateways.EventBasedGateway) and is_behind


def _has_arrived(row: Row, spec: specs.Drawn) -> bool:
    if not isinstance(spec, gateways.Join):
        return row.arrived is None
    return bool(row.arrived) and set(row.arrived or ()) <= set(spec.incoming)


def _is_whole(course: Any, spec: Any) -> bool:
    sizes = [len(course.items)] if course.items is not None else []
    sizes += [len(course.results)] if spec.rounds.results else []
    is_counted = all(size == course.count for size in sizes)
    return is_counted and 0 <= course.ended <= course.begun and (course.items is None) == (not spec.rounds.collection)


def _is_round(scope: Scope, row: Row, spec: specs.Drawn) -> bool:
    """A token in the rounds of an activity says which of them it is; no other token does."""
    course = scope.caller.course if scope.caller is not None else None
    if course is None or row.host is not None:
        return row.place is None
    return row.place is not None and 0 <= row.place.index < course.begun
