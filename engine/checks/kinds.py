"""Which kinds of BPMN elements may be drawn, and by which rule each of the others is refused."""

from collections.abc import Iterator

from lxml import etree

from engine.checks.drawing import BPMN, EVENTS, FLOW_NODES, MARKERS, SPIFF, Drawn, Node, Package
from engine.checks.findings import Finding, found
from engine.diagrams.xml import local_name

REFUSED_NODES = {
    "task": "plain_task",
    "scriptTask": "script_task",
    "manualTask": "manual_task",
    "complexGateway": "complex_gateway",
    "adHocSubProcess": "ad_hoc_subprocess",
    "transaction": "transaction",
    "choreographyTask": "kind_not_allowed",
    "implicitThrowEvent": "kind_not_allowed",
    "event": "kind_not_allowed",
}
REFUSED_TRIGGERS = {
    "compensate": "compensation",
    "conditional": "conditional_event",
    "cancel": "cancel_event",
}
STARTS = {"timer": "timer_start", "message": "message_start"}
TRIGGERS = {
    "startEvent": {""},
    "endEvent": {"", "terminate", "error", "escalation", "message", "signal"},
    "boundaryEvent": {"timer", "escalation", "error", "message", "signal"},
    "intermediateCatchEvent": {"timer", "message", "signal", "link"},
    "intermediateThrowEvent": {"", "escalation", "message", "signal", "link"},
}
HANDLED = {"timer", "escalation", "error", "message", "signal"}  # what may start a subprocess
REPEATABLE = {"userTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "subProcess", "callActivity"}
REFUSED_PARTS = {
    "dataStoreReference": "data_store",
    "dataStore": "data_store",
    "dataInputAssociation": "data_arrow",
    "dataOutputAssociation": "data_arrow",
    "messageFlow": "message_flow",
    "correlationProperty": "correlation",
    "correlationSubscription": "correlation",
    "correlationKey": "correlation",
    "childLaneSet": "nested_lanes",
}
NOTES = {"documentation", "extensionElements", "textAnnotation", "association", "group"}
# What may stand directly inside what. Flow nodes have rules of their own.
INSIDE = {
    "definitions": {"process", "collaboration", "message", "error", "escalation", "signal", "category"},
    "collaboration": {"participant"},
    "process": {"laneSet", "sequenceFlow", "dataObject", "dataObjectReference"},
    "subProcess": {"incoming", "outgoing", "sequenceFlow", "dataObject", "dataObjectReference"},
    "laneSet": {"lane"},
    "lane": {"flowNodeRef"},
    "sequenceFlow": {"conditionExpression"},
    "participant": set[str](),
}
INSIDE_NODES = {"incoming", "outgoing"}
EXTENSIONS = {"properties", "property", "serviceTaskOperator", "parameters", "parameter"}
SCRIPTS = {"preScript", "postScript"}


def refused_as(node: Node) -> str | None:
    """The rule by which `node` may not be drawn at all, None when it may."""
    if node.kind in REFUSED_NODES:
        return REFUSED_NODES[node.kind]
    if node.xml.get("isForCompensation") == "true":
        return "compensation"
    is_odd = node.xml.get("eventGatewayType") == "Parallel" or node.xml.get("instantiate") in {"true", "1"}
    if is_odd and node.kind in {"eventBasedGateway", "receiveTask"}:
        return "event_gateway_kind"
    if node.rounds is not None and (node.kind not in REPEATABLE or node.is_handler):
        return "rounds_not_here"
    return _refused_trigger(node) if node.kind in TRIGGERS else None


def _refused_trigger(node: Node) -> str | None:
    if len(node.triggers) > 1:
        return "several_triggers"
    if node.trigger in REFUSED_TRIGGERS:
        return REFUSED_TRIGGERS[node.trigger]
    if node.begins_handler:
        return _refused_handler(node)
    if node.trigger in TRIGGERS[node.kind]:
        return None
    if node.kind == "startEvent":
        return STARTS.get(node.trigger, "triggered_start")
    return "event_without_trigger" if not node.trigger else "event_not_here"


def _refused_handler(start: Node) -> str | None:
    if start.trigger in HANDLED:
        return None
    return "handler_start" if not start.trigger else "handler_not_by_this"


def check_kinds(package: Package) -> Iterator[Finding]:
    """Every node of a kind that may not be drawn."""
    for node in package.nodes():
        rule = refused_as(node)
        if rule:
            yield found(rule, node, kind=node.kind, trigger=node.trigger)


def check_parts(file: str, root: etree._Element) -> Iterator[Finding]:
    """Everything else in a file that stands where it may not: pools, data arrows, scripts beside steps…"""
    for element in root.iter(f"{BPMN}*"):
        yield from _check_children(file, element)
    for pool in root.findall(f"{BPMN}collaboration/{BPMN}participant")[1:]:
        yield found("several_pools", Drawn(file, pool))
    for element in root.iter(f"{SPIFF}*"):
        name = local_name(element)
        if name not in EXTENSIONS:
            rule = "script_beside_step" if name in SCRIPTS else "extension_not_allowed"
            yield found(rule, Drawn(file, _bearer(element)), kind=name)


def _check_children(file: str, element: etree._Element) -> Iterator[Finding]:
    """The parts of `element` that may not be there, each marked at itself or, without an id, at its bearer."""
    kind = local_name(element)
    is_node = kind in FLOW_NODES
    if not is_node and kind not in INSIDE:
        return
    allowed = NOTES | INSIDE.get(kind, INSIDE_NODES)
    for child in element.iterchildren(f"{BPMN}*"):
        name = local_name(child)
        is_definition = kind in EVENTS and name.endswith("ventDefinition")
        if name in allowed or name in FLOW_NODES or (is_node and name in MARKERS) or is_definition:
            continue
        if kind in REFUSED_NODES:
            continue  # The node itself is refused already, whatever it holds.
        rule = REFUSED_PARTS.get(name, "kind_not_allowed")
        yield found(rule, Drawn(file, child if child.get("id") else _bearer(child)), kind=name)


def _bearer(element: etree._Element) -> etree._Element:
    """The nearest BPMN element with an id around `element`."""
    around = (x for x in element.iterancestors() if str(x.tag).startswith(BPMN) and x.get("id"))
    return next(around, element.getroottree().getroot())
