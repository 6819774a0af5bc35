"""The shape of a process: starts, flows, ways in and out, gateways."""

from collections.abc import Callable, Iterable, Iterator

from engine.checks.drawing import ACTIVITIES, Node, Package, Scope
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as

_NO_WAY_IN = {"startEvent": "flow_into_start", "boundaryEvent": "flow_into_boundary"}
_THROWN = {"intermediateThrowEvent"}
CHOOSING = {"exclusiveGateway", "inclusiveGateway"}


def check_structure(package: Package) -> Iterator[Finding]:
    """Everything about the shape that has to be right before tokens can be moved."""
    everywhere = {n.id for n in package.nodes()}
    for scope in package.scopes():
        if isinstance(scope.owner, Node) and refused_as(scope.owner):
            continue
        flows = list(_check_flows(scope, everywhere))
        yield from flows
        yield from _check_starts(scope)
        yield from _check_events_after_gateways(scope)
        for node in scope.nodes.values():
            if not refused_as(node):
                yield from _check_ways(scope, node)
                yield from _check_conditions(scope, node)
        if not flows:
            yield from _check_reach(scope)


def _check_starts(scope: Scope) -> Iterator[Finding]:
    starts = list(scope.of_kind("startEvent"))
    if not starts:
        yield found("no_start", scope.owner)
    for extra in starts[1:]:
        yield found("second_start", extra)


def _check_flows(scope: Scope, everywhere: set[str]) -> Iterator[Finding]:
    for flow in scope.flows:
        missing = [x for x in (flow.source, flow.target) if x not in scope.nodes]
        if missing:
            rule = "flow_crosses_border" if missing[0] in everywhere else "flow_unknown_end"
            yield found(rule, flow, id=missing[0])
        elif why := _why_no_flow(scope.nodes[flow.source], scope.nodes[flow.target]):
            yield found(why, flow)


def _why_no_flow(source: Node, target: Node) -> str | None:
    if target.kind in _NO_WAY_IN:
        return _NO_WAY_IN[target.kind]
    if source.is_handler or target.is_handler:
        return "flow_at_handler"
    if source.kind == "endEvent":
        return "flow_out_of_end"
    is_at_link = target.link is not None and target.kind == "intermediateCatchEvent"
    return "flow_at_link" if is_at_link or (source.link is not None and source.kind in _THROWN) else None


def _check_events_after_gateways(scope: Scope) -> Iterator[Finding]:
    """Behind a gateway that waits for events stand events, each with that one way to it."""
    for gateway in scope.of_kind("eventBasedGateway"):
        for flow in scope.outgoing(gateway):
            target = scope.nodes[flow.target]
            is_event = target.kind == "receiveTask" or (target.kind == "intermediateCatchEvent" and not target.link)
            if not is_event or target.rounds is not None or scope.attached(target):
                yield found("no_event_after_gateway", target, gateway=gateway.name or gateway.id)
            elif len(scope.incoming(target)) > 1:
                yield found("event_after_gateway_shared", target, gateway=gateway.name or gateway.id)


def _check_ways(scope: Scope, node: Node) -> Iterator[Finding]:
    """Whether a flow leaves a node that needs one."""
    is_last = node.kind == "endEvent" or node.is_handler or (node.link is not None and node.kind in _THROWN)
    if not is_last and not any(f.source == node.id for f in scope.flows):
        yield found("no_way_out", node)
    if node.kind == "boundaryEvent" and not _is_activity(scope.nodes.get(node.host_id)):
        yield found("boundary_host", node)


def _is_activity(host: Node | None) -> bool:
    return host is not None and host.kind in ACTIVITIES and not host.is_handler


def _check_conditions(scope: Scope, node: Node) -> Iterator[Finding]:
    """Where conditions and default flows stand, and where they are missing."""
    ways = scope.outgoing(node)
    if node.kind in ACTIVITIES and (node.default or any(f.condition for f in ways)):
        is_sure = not node.default and any(not f.condition for f in ways)
    elif node.kind in CHOOSING and len(ways) > 1:
        is_sure = False
    else:
        yield from (found("condition_without_choice", f) for f in ways if f.condition)
        return
    if is_sure:
        return
    if not node.default:
        yield found("no_default_flow" if node.kind in CHOOSING else "step_without_default", node)
    elif node.default not in {f.id for f in ways}:
        yield found("default_flow_elsewhere", node, id=node.default)
    for flow in ways:
        if flow.id == node.default and flow.condition:
            yield found("default_flow_with_condition", flow)
        if flow.id != node.default and not flow.condition and node.default:
            yield found("flow_without_condition", flow)


# Reaching: one finding for each separate island, at its first node, not one for each node of it.


def _check_reach(scope: Scope) -> Iterator[Finding]:
    nodes = scope.nodes.values()
    refused = [n for n in nodes if refused_as(n)]
    starts = [n for n in nodes if n.kind == "startEvent" or n.is_handler]
    if not any(n.kind == "startEvent" for n in starts):
        return
    ahead: dict[str, list[str]] = {n.id: [x for x in scope.next_ids(n) if x in scope.nodes] for n in nodes}
    back: dict[str, list[str]] = {n.id: [] for n in nodes}
    for source, targets in ahead.items():
        for target in targets:
            back[target].append(source)
    lost_boundaries = [n for n in nodes if n.kind == "boundaryEvent" and n.host_id not in scope.nodes]
    reached = _closure([*starts, *refused, *lost_boundaries], ahead.__getitem__)
    yield from (found("unreachable", n) for n in _firsts(nodes, reached, back, ahead))
    stops = [n for n in nodes if n.kind == "endEvent" or not ahead[n.id]]
    ending = _closure([*stops, *refused], back.__getitem__)
    yield from (found("end_out_of_reach", n) for n in _firsts(nodes, ending | (set(ahead) - reached), ahead, back))
    yield from _check_loop_entries(scope, next(n for n in starts if n.kind == "startEvent"), ahead)


def _check_loop_entries(scope: Scope, start: Node, ahead: dict[str, list[str]]) -> Iterator[Finding]:
    """A parallel gateway that waits for a flow which can be taken only after the gateway itself."""
    for node in scope.of_kind("parallelGateway"):
        sources = {f.source for f in scope.incoming(node)}
        others = {x: [y for y in targets if y != node.id] for x, targets in ahead.items()}
        without = _closure([start], others.__getitem__)
        behind = _closure([node], ahead.__getitem__)
        if len(scope.incoming(node)) > 1 and any(s in behind and s not in without for s in sources):
            yield found("parallel_loop_entry", node)


def _closure(roots: Iterable[Node], step: Callable[[str], list[str]]) -> set[str]:
    todo = [n.id for n in roots]
    seen = set(todo)
    while todo:
        for found_id in step(todo.pop()):
            if found_id not in seen:
                seen.add(found_id)
                todo.append(found_id)
    return seen


def _firsts(
    nodes: Iterable[Node], fine: set[str], into: dict[str, list[str]], out: dict[str, list[str]]
) -> Iterator[Node]:
    """Of the nodes outside `fine`, the first one of each group that nothing else outside `fine` leads into."""
    told: set[str] = set()
    for node in nodes:
        if node.id in fine or node.id in told:
            continue
        before = _closure([node], lambda x: [y for y in into[x] if y not in fine])
        behind = _closure([node], lambda x: [y for y in out[x] if y not in fine])
        if before <= behind:  # nothing outside the group leads here: its source
            told |= before
            yield node
