# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""From our own reading of a diagram to the library's specs: one for each process, subprocess and row of rounds."""

from collections.abc import Iterable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.diagrams.elements import TASKS, Element, Flow, Kind, Trigger
from engine.diagrams.errors import BadDiagram
from engine.diagrams.spiff import gateways, specs
from engine.diagrams.spiff.rounds import Several

CLASSES: Mapping[Kind, type[specs.Drawn]] = {
    Kind.START: specs.StartEvent,
    Kind.END: specs.EndEvent,
    Kind.BOUNDARY: specs.BoundaryEvent,
    Kind.CATCH: specs.CatchEvent,
    Kind.THROW: specs.ThrowEvent,
    Kind.USER_TASK: specs.UserTask,
    Kind.SERVICE_TASK: specs.ServiceTask,
    Kind.SEND_TASK: specs.SendTask,
    Kind.RECEIVE_TASK: specs.ReceiveTask,
    Kind.RULE_TASK: specs.RuleTask,
    Kind.EXCLUSIVE: gateways.ExclusiveGateway,
    Kind.PARALLEL: gateways.ParallelGateway,
    Kind.INCLUSIVE: gateways.InclusiveGateway,
    Kind.EVENT_BASED: gateways.EventBasedGateway,
    Kind.SUBPROCESS: specs.SubProcess,
    Kind.CALL: specs.CallActivity,
}
DECIDING = frozenset({*TASKS, Kind.SUBPROCESS, Kind.CALL, Kind.EXCLUSIVE, Kind.INCLUSIVE})
NO_WAY_IN = (specs.StartEvent, specs.BoundaryEvent, specs.Handler, specs.HandlerStart)
ROUNDS = " rounds"  # no id ends like this


class ProcessSpec(BpmnProcessSpec):
    """What runs in one scope. first: where the first token is put. listeners: starts of subprocesses that wait."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.first: Any = None
        self.listeners: list[Any] = []


def build_specs(
    process_id: str, elements: Mapping[str, Element], flows: Iterable[Flow]
) -> tuple[ProcessSpec, dict[str, ProcessSpec]]:
    """The spec of a process and those of everything it calls or contains, by name. Raises BadDiagram."""
    built: dict[str, ProcessSpec] = {}
    for process in sorted({element.process for element in elements.values()}):
        built[process] = ProcessSpec(process)
    for element in elements.values():
        if element.kind is Kind.SUBPROCESS:
            built[element.id] = ProcessSpec(element.id)
    for element in elements.values():
        _build(element, built)
        if element.kind is Kind.START and element.parent and elements[element.parent].is_started_by_event:
            _listen_for(element, elements[element.parent], built)
    by_source: dict[str, list[Flow]] = {}
    for flow in flows:
        by_source.setdefault(flow.source, []).append(flow)
    for scope in list(built.values()):
        _connect(scope, by_source)
    for name, scope in built.items():
        if scope.first is None and not name.endswith(ROUNDS):
            raise _no_start(name, elements)
    return built[process_id], {name: spec for name, spec in built.items() if name != process_id}


def _build(element: Element, built: dict[str, ProcessSpec]) -> None:
    scope = built[element.parent or element.process]
    if element.is_started_by_event:
        handler = specs.Handler(scope, element)
        handler.process = element.id
        return
    if element.kind is Kind.CATCH and element.trigger is Trigger.LINK:
        specs.Pass(scope, element)
    elif element.rounds is not None:
        several = Several(scope, element, element.rounds)
        several.process = element.id + ROUNDS
        built[several.process] = ProcessSpec(several.process)
        several.body = _plain(element, built[several.process])
    else:
        _plain(element, scope)


def _listen_for(start: Element, around: Element, built: dict[str, ProcessSpec]) -> None:
    """The start of a subprocess that an event starts waits in the scope around it."""
    scope = built[around.parent or around.process]
    listener = specs.HandlerStart(scope, start)
    listener.handler = scope.task_specs[around.id]
    scope.listeners.append(listener)


def _plain(element: Element, scope: ProcessSpec) -> specs.Drawn:
    spec = CLASSES[element.kind](scope, element)
    if isinstance(spec, specs.Nested):
        spec.process = element.called or element.id
    return spec


def _connect(scope: ProcessSpec, flows: Mapping[str, list[Flow]]) -> None:
    drawn = {name: spec for name, spec in scope.task_specs.items() if isinstance(spec, specs.Drawn)}
    if not scope.name.endswith(ROUNDS):
        for spec in drawn.values():
            # What listens for a start only stands for it; the start itself is inside.
            if not isinstance(spec, specs.HandlerStart):
                _connect_one(spec, drawn, flows)
    for spec in drawn.values():
        if isinstance(spec, gateways.Join):
            _tell_join(spec, drawn)
    starts = [spec for spec in drawn.values() if isinstance(spec, specs.StartEvent)]
    if len(starts) > 1:
        raise _bad(starts[1].element, "a second start")
    scope.first = starts[0] if starts else None


def _connect_one(spec: specs.Drawn, drawn: Mapping[str, specs.Drawn], flows: Mapping[str, list[Flow]]) -> None:
    element = spec.element
    is_deciding = element.kind in DECIDING
    ways = []
    for flow in flows.get(element.id, ()):
        target = drawn.get(flow.target)
        if target is None or isinstance(target, NO_WAY_IN):
            raise _bad(element, f"the flow {flow.id} leads to {flow.target or 'nothing'}")
        ways.append(specs.Way(flow.id, target, flow.condition, is_deciding and flow.is_default))
    if element.trigger is Trigger.LINK and element.kind is Kind.THROW:
        ways = [specs.Way("", _partner(spec, drawn))]
    may_end = element.kind is Kind.END or isinstance(spec, specs.Handler)
    if bool(ways) == may_end:
        raise _bad(element, "no flow leaves it" if not ways else "a flow leaves it")
    spec.ways = tuple(ways)
    spec.is_decided = is_deciding and any(way.condition or way.is_default for way in ways)
    for way in ways:
        spec.connect(way.target)
    spec.attached = tuple(one for one in drawn.values() if one.element.attached_to == element.id)
    if isinstance(spec, gateways.EventBasedGateway):
        _check_events(spec)


def _check_events(gateway: specs.Drawn) -> None:
    for way in gateway.ways:
        if not isinstance(way.target, (specs.CatchEvent, specs.ReceiveTask)):
            raise _bad(way.target.element, "an event-based gateway leads to it, and it waits for no event")


def _tell_join(join: gateways.Join, drawn: Mapping[str, specs.Drawn]) -> None:
    """Which flows lead to a gateway, and for an inclusive one who may still come."""
    sources = {way.flow: spec.name for spec in drawn.values() for way in spec.ways if way.target is join}
    join.incoming = sources
    if isinstance(join, gateways.InclusiveGateway):
        ahead = {
            name: [*(way.target.name for way in spec.ways), *(one.name for one in spec.attached)]
            for name, spec in drawn.items()
        }
        join.reach = gateways.reach_of(sources, ahead, join.name)


def _partner(spec: specs.Drawn, drawn: Mapping[str, specs.Drawn]) -> specs.Drawn:
    found = [one for one in drawn.values() if isinstance(one, specs.Pass) and one.element.code == spec.element.code]
    if len(found) != 1:
        raise _bad(spec.element, f"{len(found)} links are called {spec.element.code}")
    return found[0]


def _no_start(name: str, elements: Mapping[str, Element]) -> BadDiagram:
    if name in elements:
        return _bad(elements[name], "it has no start event")
    file = next((one.file for one in elements.values() if one.process == name), "")
    return BadDiagram(file=file, line=0, reason=f"{name}: it has no start event")


def _bad(element: Element, reason: str) -> BadDiagram:
    return BadDiagram(file=element.file, line=element.line, reason=f"{element.id}: {reason}")
