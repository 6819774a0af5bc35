"""Small changes to a sound diagram, which may leave it sound: what publishing lets through must still come to rest."""

from lxml import etree

from tests.reference.drawing import BPMN

GATES = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")


def damaged(data, random):
    """The diagram with one to three things changed."""
    root = etree.fromstring(data)
    for _ in range(random.randint(1, 3)):
        random.choice((_bend, _bend, _gate, _cut, _interrupt, _move_edge, _condition, _swap))(root, random)
    return etree.tostring(root)


def _some(root, random, *kinds):
    found = [x for kind in kinds for x in root.iter(f"{BPMN}{kind}")]
    return random.choice(found) if found else None


def _flow(root, random):
    """An arrow; a tiny diagram may have lost its last one, and then there is a new one that leads nowhere."""
    found = _some(root, random, "sequenceFlow")
    if found is None:
        found = etree.SubElement(root.find(f"{BPMN}process"), f"{BPMN}sequenceFlow", id="lost", targetRef="nowhere")
    return found


def _bend(root, random):
    """An arrow leads to another node of the same scope."""
    flow = _flow(root, random)
    nodes = [x.get("id") for x in flow.getparent() if x.get("id") and x.tag != flow.tag]
    flow.set("targetRef", random.choice(nodes))


def _swap(root, random):
    """Two arrows of a scope exchange their targets."""
    flow = _flow(root, random)
    other = random.choice([x for x in flow.getparent() if x.tag == flow.tag])
    one, two = flow.get("targetRef"), other.get("targetRef")
    flow.set("targetRef", two)
    other.set("targetRef", one)


def _gate(root, random):
    """A gateway becomes one of another kind."""
    gate = _some(root, random, *GATES)
    if gate is not None:
        gate.tag = f"{BPMN}{random.choice(GATES)}"


def _cut(root, random):
    """An arrow is gone."""
    flow = _flow(root, random)
    flow.getparent().remove(flow)


def _interrupt(root, random):
    """An event at an edge interrupts, or no longer does."""
    edge = _some(root, random, "boundaryEvent")
    if edge is not None:
        edge.set("cancelActivity", "false" if edge.get("cancelActivity") != "false" else "true")


def _move_edge(root, random):
    """An event stands at the edge of another step of the same scope."""
    edge = _some(root, random, "boundaryEvent")
    if edge is not None:
        hosts = [x.get("id") for x in edge.getparent() if x.tag.endswith(("Task", "subProcess", "callActivity"))]
        edge.set("attachedToRef", random.choice(hosts))


def _condition(root, random):
    """A condition holds at other times."""
    condition = _some(root, random, "conditionExpression")
    if condition is not None:
        condition.text = random.choice(("request.choice = 0", "request.choice >= 0", "request.more = false"))
