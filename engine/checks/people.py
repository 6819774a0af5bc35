"""What people see: lanes and forms of their steps, names in both languages, and the picture."""

from collections.abc import Iterator

from engine.checks.drawing import ACTIVITIES, BPMN, DI, Drawn, Node, Package, Process, Scope
from engine.checks.expressions import Answered, check_names, constant, read
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as
from engine.checks.known import CLIENT, PRIORITIES, Known
from engine.checks.structure import CHOOSING
from engine.diagrams.xml import local_name
from engine.four_eyes import NOT_BY_MAX, PARTIES, PROPERTY, read_not_by

ONE_CLICK, ONE_CLICK_MAX = "one_click", 200
REPLY_FIELD = "answer"  # where the text of a client's message goes when it completes a step
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"


def check_people(package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    """Lanes, forms and names of every process, and its picture."""
    for process in package.processes:
        yield from _check_lanes(process, known)
        for node in process.nodes():
            if node.properties.get("form") and node.properties["form"] not in known.forms:
                yield found("unknown_form", node, form=node.properties["form"])
            if node.kind == "userTask" and not refused_as(node):
                yield from _check_user_task(node, known)
                yield from _check_chosen_lane(node, package, known, answered)
            if ONE_CLICK in node.properties and not refused_as(node):
                yield from _check_one_click(node, known)
            if PROPERTY in node.properties and not refused_as(node):
                yield from _check_not_by(node, package)
        for scope in process.scope.all():
            yield from _check_names(scope)
    yield from _check_pictures(package)


def _check_user_task(node: Node, known: Known) -> Iterator[Finding]:
    form, priority = node.properties.get("form"), node.properties.get("priority")
    if not form:
        yield found("task_without_form", node)
    if priority and priority not in PRIORITIES:
        yield found("unknown_priority", node, priority=priority, choices=", ".join(PRIORITIES))
    fields = known.forms.get(form or "", frozenset({REPLY_FIELD}))
    if node.properties.get("completed_by_reply") == "true" and REPLY_FIELD not in fields:
        yield found("reply_without_answer", node, form=form, field=REPLY_FIELD)


def _check_one_click(node: Node, known: Known) -> Iterator[Finding]:
    """A step that one click answers says by which field of its form."""
    text = node.properties[ONE_CLICK]
    field = text.partition(":")[0].strip()
    fields = known.forms.get(node.properties.get("form", ""), frozenset({field}))
    if node.kind != "userTask" or not field or len(text) > ONE_CLICK_MAX:
        yield found("one_click_unreadable", node)
    elif field not in fields:
        yield found("one_click_unknown", node, field=field, form=node.properties.get("form"))


def _check_not_by(node: Node, package: Package) -> Iterator[Finding]:
    """A step that somebody else has to do says who is meant: by other human steps, or by a word we know."""
    steps = {other.id for other in package.nodes() if other.kind == "userTask" and other.id != node.id}
    text = node.properties[PROPERTY]
    words = read_not_by(text)
    if node.kind != "userTask" or not words or len(text) > NOT_BY_MAX:
        yield found("not_by_unreadable", node)
    for word in words:
        if word not in steps and word not in PARTIES:
            yield found("not_by_unknown", node, id=word)


def _check_chosen_lane(node: Node, package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    """A step may name its team itself, by an expression."""
    text = node.properties.get("lane")
    expression = read(node, text) if text else None
    if isinstance(expression, Finding):
        yield expression
    elif expression is not None:
        yield from check_names(expression, node, package, known, answered[node.id])
        value = constant(expression)
        if value is not None and value != CLIENT and value not in known.teams:
            yield found("step_for_unknown_team", node, lane=value)


def _check_lanes(process: Process, known: Known) -> Iterator[Finding]:
    lane_of: dict[str, Drawn] = {}
    for lane in process.lanes:
        if lane.id != CLIENT and lane.id not in known.teams:
            yield found("unknown_lane", lane, id=lane.id)
        yield from _check_both_names(lane)
        for reference in lane.xml.iterfind(f"{BPMN}flowNodeRef"):
            node_id = (reference.text or "").strip()
            if lane_of.setdefault(node_id, lane) is not lane:
                yield found("two_lanes", next((n for n in process.nodes() if n.id == node_id), lane))
    yield from _check_homeless(process.scope, set(lane_of), is_in_lane=False)


def _check_homeless(scope: Scope, in_lanes: set[str], *, is_in_lane: bool) -> Iterator[Finding]:
    """Human steps in no lane. What is inside a subprocess belongs to the lane of the subprocess."""
    for node in scope.nodes.values():
        has_lane = is_in_lane or node.id in in_lanes
        if node.kind == "userTask" and not has_lane and not refused_as(node):
            yield found("task_without_lane", node)
        if node.id in scope.inner:
            yield from _check_homeless(scope.inner[node.id], in_lanes, is_in_lane=has_lane)


def _check_names(scope: Scope) -> Iterator[Finding]:
    """Polish names of what people meet, English ones of what clients and agents read."""
    for node in scope.nodes.values():
        ways = scope.outgoing(node)
        if node.kind in CHOOSING and len(ways) > 1:
            yield from () if node.name else (found("name_missing", node),)
        is_deciding = node.kind in ACTIVITIES and any(flow.condition for flow in ways)
        if (node.kind in CHOOSING or is_deciding) and len(ways) > 1:
            for flow in ways:
                yield from _check_both_names(flow)
        if node.kind in {"userTask", "endEvent"} and not refused_as(node):
            yield from _check_both_names(node)


def _check_both_names(drawn: Drawn) -> Iterator[Finding]:
    if not drawn.name:
        yield found("name_missing", drawn)
    elif not drawn.name_en:
        yield found("english_name_missing", drawn)


def _check_pictures(package: Package) -> Iterator[Finding]:
    """Every node has a shape and every flow has a line, or nobody could see them."""
    pictured = set[str]()
    for file in package.files():
        for shape in package.roots[file].iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
            if local_name(shape) == "BPMNEdge" or shape.find(_BOUNDS) is not None:
                pictured.add(shape.get("bpmnElement") or "")
    for scope in package.scopes():
        for drawn in (*scope.nodes.values(), *scope.flows):
            if drawn.id not in pictured:
                yield found("no_picture", drawn)
