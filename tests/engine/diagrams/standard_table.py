"""Arrows, data, pools and everything else of BPMN; and the whole table."""

from spiff_samples import end, flows, marked, start, user
from standard_drawing import drawn
from standard_events import INSIDE, edges, ends, handlers, intermediate, starts
from standard_rows import Row, activities, activity, alone, gateways, markers, processes, refused, refused_alone


def arrows():
    chosen = start() + user("x").replace('id="x"', 'id="x" default="x__b"', 1) + user("a") + user("b") + end()
    ways = flows("start > x", "x > a ? ticket.priority = \"high\"", "x > b", "a > end", "b > end")
    yield Row("Arrows", "sequence flow", "", **alone(user("x"), acts="complete x"))
    yield Row("Arrows", "conditional flow", "leaving a step", draw=lambda: drawn(chosen + ways),
              acts="high, complete x, complete a", trail="+start -start +x -x +a -a +end -end")  # fmt: skip
    yield Row("Arrows", "default flow", "leaving a step", draw=lambda: drawn(chosen + ways),
              acts="complete x, complete b", trail="+start -start +x -x +b -b +end -end")  # fmt: skip
    several_out = start() + user("x") + user("a") + user("b") + end() + end("e2") + flows(
        "start > x > a > end", "x > b > e2")  # fmt: skip
    yield Row("Arrows", "several arrows", "leaving a step", draw=lambda: drawn(several_out),
              acts="complete x, complete b, complete a", trail="+start -start +x -x +a +b -b +e2 -e2 -a +end -end")
    conditional = start() + user("x") + end() + flows("start > x ? ticket.priority = \"high\"", "x > end")
    yield Row("Arrows", "conditional flow", "leaving an event", **refused("condition_without_choice", conditional))
    pool = '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="p"/>{}</bpmn:collaboration>'
    flow = pool.format('<bpmn:messageFlow id="m" sourceRef="p1" targetRef="x"/>')
    yield Row("Arrows", "message flow", "", **refused_alone("message_flow", user("x"), flow))
    yield Row("Arrows", "association", "", **alone(
        user("x") + '<bpmn:textAnnotation id="t"><bpmn:text>why</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="l" sourceRef="x" targetRef="t"/>', acts="complete x"), note=PICTURE)  # fmt: skip


PICTURE = "a picture for people; nothing is read from it"


def other():
    yield Row("Data", "data object", "", **alone(
        user("x") + '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="r" dataObjectRef="d"/>',
        acts="complete x"), note=PICTURE)  # fmt: skip
    yield Row("Data", "data store", "", **refused_alone("data_store", user("x") +
              '<bpmn:dataStoreReference id="d"/>'))  # fmt: skip
    arrow = '<bpmn:{0} id="d"><bpmn:sourceRef>s</bpmn:sourceRef><bpmn:targetRef>x</bpmn:targetRef></bpmn:{0}>'
    for name, tag in (("data input association", "dataInputAssociation"),
                      ("data output association", "dataOutputAssociation")):  # fmt: skip
        for kind in ("user task", "service task", "call activity"):
            node = marked(activity(kind), arrow.format(tag))
            yield Row("Data", name, f"on a {kind}", **refused_alone("data_arrow", node, *processes(kind)))
        node = f'<bpmn:intermediateCatchEvent id="x">{arrow.format(tag)}{INSIDE["message"]}'
        yield Row("Data", name, "on an event", **refused_alone("data_arrow", node + "</bpmn:intermediateCatchEvent>"))
    io = '<bpmn:ioSpecification id="io"><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>'
    yield Row("Data", "data inputs and outputs", "of a step", **refused_alone(
        "kind_not_allowed", marked(user("x"), io)))  # fmt: skip
    pool = '<bpmn:participant id="{0}" name="{0}"/>'
    for rule, names in (("", ("p1",)), ("several_pools", ("p1", "p2"))):
        pools = f'<bpmn:collaboration id="c">{"".join(map(pool.format, names))}</bpmn:collaboration>'
        facts = refused_alone(rule, user("x"), pools) if rule else alone(user("x"), pools, acts="complete x")
        yield Row("Pools and lanes", "pool" if not rule else "second pool", "", **facts)
    lane = '<bpmn:laneSet id="l"><bpmn:lane id="first_line" name="L">{}{}</bpmn:lane></bpmn:laneSet>'
    refs = "".join(f"<bpmn:flowNodeRef>{x}</bpmn:flowNodeRef>" for x in ("start", "x", "end"))
    yield Row("Pools and lanes", "lane", "", **alone(lane.format(refs, "") + user("x"), acts="complete x"))
    inner = '<bpmn:childLaneSet id="c"><bpmn:lane id="y" name="Y"/></bpmn:childLaneSet>'
    yield Row("Pools and lanes", "lane in a lane", "", **refused_alone("nested_lanes", lane.format(refs, inner) +
              user("x")))  # fmt: skip
    yield Row("Pools and lanes", "group", "", **alone(user("x") + '<bpmn:group id="g"/>', acts="complete x"),
              note=PICTURE)  # fmt: skip


ROWS = [
    *activities(), *markers(), *gateways(), *starts(), *handlers(), *intermediate(), *ends(), *edges(), *arrows(),
    *other(),
]  # fmt: skip
