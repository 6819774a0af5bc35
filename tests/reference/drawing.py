"""What is drawn in a BPMN file, read for the reference alone."""

from dataclasses import dataclass, field

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
ACTIVITIES = {"userTask", "serviceTask", "sendTask", "receiveTask", "subProcess", "callActivity"}
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
CODES = {"error": "errorCode", "escalation": "escalationCode", "message": "name", "signal": "name"}


class Drawn:
    """Never changes, so copies of a world share it."""

    def __deepcopy__(self, memo):
        return self


@dataclass(frozen=True)
class Flow(Drawn):
    id: str
    source: str
    target: str
    condition: str


@dataclass(frozen=True)
class Rounds(Drawn):
    """How often an activity is done: for each item of a list, one by one or all at once, or while a condition holds."""

    kind: str  # "one by one", "all at once", "while"
    collection: str = ""
    item: str = ""
    output: str = ""
    result: str = ""
    until: str = ""
    condition: str = ""
    asks_first: bool = False
    limit: int = 0


@dataclass(frozen=True)
class Node(Drawn):
    """A node of a diagram; code: of its message, signal, error, escalation or link, "" stands for every code."""

    id: str
    kind: str
    name: str
    trigger: str = ""
    code: str = ""
    clockwork: str = ""
    timer: str = ""
    host: str = ""
    interrupts: bool = True
    default: str = ""
    called: str = ""
    is_handler: bool = False
    lane: str = ""
    rounds: Rounds | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    properties: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_activity(self) -> bool:
        return self.kind in ACTIVITIES


class Scope(Drawn):
    """A process or a subprocess: its own nodes and flows, in the order of the file."""

    def __init__(self, xml, codes, lanes, lane=""):
        self.id, self.lane = xml.get("id"), lane
        self.nodes, self.flows, self.inner = {}, [], {}
        for part in xml:
            kind = part.tag.removeprefix(BPMN)
            if kind == "sequenceFlow":
                condition = (part.findtext(f"{BPMN}conditionExpression") or "").strip()
                self.flows.append(Flow(part.get("id"), part.get("sourceRef"), part.get("targetRef"), condition))
            elif kind in ACTIVITIES | EVENTS | GATEWAYS:
                node = self.nodes[part.get("id")] = _node(part, kind, codes, lanes.get(part.get("id"), lane))
                if kind == "subProcess":
                    self.inner[node.id] = Scope(part, codes, lanes, node.lane)

    def outgoing(self, node):
        return [flow for flow in self.flows if flow.source == node.id]

    def incoming(self, node):
        return [flow for flow in self.flows if flow.target == node.id]

    def boundaries(self, host):
        return [node for node in self.nodes.values() if node.kind == "boundaryEvent" and node.host == host.id]

    def handlers(self):
        """The event subprocesses."""
        return [node for node in self.nodes.values() if node.is_handler]

    def start(self):
        return next((node for node in self.nodes.values() if node.kind == "startEvent"), None)

    def link(self, name):
        """Where a link comes out."""
        return next(
            node
            for node in self.nodes.values()
            if (node.kind, node.trigger, node.code) == ("intermediateCatchEvent", "link", name)
        )


def read_processes(*files):
    """All processes of the files, by id."""
    result = {}
    for data in files:
        root = etree.fromstring(data)
        codes = {}
        for kind, attribute in CODES.items():
            for x in root.iterchildren(f"{BPMN}{kind}"):
                codes[kind, x.get("id")] = x.get(attribute) or x.get("name")
        for xml in root.iterchildren(f"{BPMN}process"):
            lanes = {x.text.strip(): lane.get("id") for lane in xml.iter(f"{BPMN}lane")
                     for x in lane.iterchildren(f"{BPMN}flowNodeRef")}
            result[xml.get("id")] = Scope(xml, codes, lanes)
    return result


def _node(xml, kind, codes, lane):
    facts = {"host": xml.get("attachedToRef") or "", "default": xml.get("default") or "", "lane": lane}
    facts["interrupts"] = "false" not in (xml.get("cancelActivity"), xml.get("isInterrupting"))
    facts |= _event(xml, codes)
    if kind in ("sendTask", "receiveTask"):
        facts |= {"trigger": "message", "code": codes["message", xml.get("messageRef")]}
    path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
    parameters = tuple((p.get("id"), p.get("value")) for p in xml.iterfind(f".//{SPIFF}parameter"))
    return Node(
        id=xml.get("id"),
        kind=kind,
        name=xml.get("name") or "",
        called=xml.get("calledElement") or "",
        is_handler=xml.get("triggeredByEvent") == "true",
        rounds=_rounds(xml),
        parameters=parameters if kind == "serviceTask" else (),
        properties={p.get("name"): p.get("value") for p in xml.iterfind(path)},
        **facts,
    )


def _event(xml, codes):
    found = [x for x in xml if x.tag.endswith("EventDefinition")]
    if not found:
        return {}
    definition, trigger = found[0], found[0].tag.removeprefix(BPMN).removesuffix("EventDefinition")
    if trigger == "timer":
        return {"trigger": trigger, "clockwork": definition[0].tag.removeprefix(BPMN), "timer": definition[0].text}
    if trigger == "link":
        return {"trigger": trigger, "code": definition.get("name")}
    return {"trigger": trigger, "code": codes.get((trigger, definition.get(f"{trigger}Ref")), "")}


def _rounds(xml):
    many = xml.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if many is not None:
        return _many(many)
    loop = xml.find(f"{BPMN}standardLoopCharacteristics")
    if loop is not None:
        return Rounds(
            kind="while",
            condition=(loop.findtext(f"{BPMN}loopCondition") or "").strip(),
            asks_first=loop.get("testBefore") == "true",
            limit=int(loop.get("loopMaximum") or 0),
        )
    return None


def _many(many):
    def text(name):
        return (many.findtext(f"{BPMN}{name}") or "").strip()

    item, output = (many.find(f"{BPMN}{name}") for name in ("inputDataItem", "outputDataItem"))
    return Rounds(
        kind="one by one" if many.get("isSequential") == "true" else "all at once",
        collection=text("loopDataInputRef") or text("loopCardinality"),
        item="" if item is None else item.get("name"),
        output=text("loopDataOutputRef"),
        result="" if output is None else output.get("name"),
        until=text("completionCondition"),
    )
