"""A diagram as it was drawn: processes, their scopes, nodes, flows and lanes, read from XML and nothing else."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from engine.diagrams.xml import BPMN as BPMN_NAMESPACE
from engine.diagrams.xml import SPIFF as SPIFF_NAMESPACE
from engine.diagrams.xml import line_of, local_name

# Namespaces as lxml writes them before a name.
BPMN = f"{{{BPMN_NAMESPACE}}}"
SPIFF = f"{{{SPIFF_NAMESPACE}}}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"

TASKS = frozenset({
    "task", "userTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "manualTask", "businessRuleTask",
    "choreographyTask",
})  # fmt: skip
SUBPROCESSES = frozenset({"subProcess", "adHocSubProcess", "transaction"})
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"}
)
EVENTS = frozenset({
    "startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent",
    "implicitThrowEvent", "event",
})  # fmt: skip
SAYING = frozenset({"sendTask", "receiveTask"})  # tasks that name a message
MARKERS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})
COUNTS = frozenset(
    {"loopCounter", "numberOfInstances", "numberOfCompletedInstances", "numberOfActiveInstances"}
)
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True, eq=False)
class Drawn:
    """Anything with an id in a diagram."""

    file: str
    xml: etree._Element

    @property
    def id(self) -> str:
        return self.xml.get("id") or ""

    @property
    def kind(self) -> str:
        """The BPMN name of the element, such as `userTask`."""
        return local_name(self.xml)

    @property
    def line(self) -> int:
        return line_of(self.xml)

    @property
    def name(self) -> str:
        return " ".join((self.xml.get("name") or "").split())

    @property
    def name_en(self) -> str:
        return self.properties.get("name.en", "")

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """The properties a process owner fills in at this element."""
        path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
        return {p.get("name") or "": (p.get("value") or "").strip() for p in self.xml.iterfind(path)}


@dataclass(frozen=True, eq=False)
class Flow(Drawn):
    """A sequence flow."""

    @property
    def source(self) -> str:
        return self.xml.get("sourceRef") or ""

    @property
    def target(self) -> str:
        return self.xml.get("targetRef") or ""

    @property
    def condition(self) -> str:
        """The condition as it was written, "" when there is none."""
        return (self.xml.findtext(f"{BPMN}conditionExpression") or "").strip()


@dataclass(frozen=True, eq=False)
class Node(Drawn):
    """A step, event or gateway."""

    @cached_property
    def triggers(self) -> tuple[etree._Element, ...]:
        """The event definitions of an event."""
        return tuple(x for x in self.xml if local_name(x).endswith("ventDefinition"))

    @property
    def trigger(self) -> str:
        """What an event or task waits for or throws: `timer`, `error`, `message`…; "" for none."""
        if self.kind in SAYING:
            return "message"
        return local_name(self.triggers[0]).removesuffix("EventDefinition") if self.triggers else ""

    @property
    def host_id(self) -> str:
        """The activity a boundary event is attached to."""
        return self.xml.get("attachedToRef") or ""

    @property
    def is_interrupting(self) -> bool:
        attribute = "isInterrupting" if self.kind == "startEvent" else "cancelActivity"
        return self.xml.get(attribute, "true") not in {"false", "0"}

    @property
    def is_handler(self) -> bool:
        """Whether it is a subprocess that an event starts."""
        return _is_handler(self.xml)

    @property
    def begins_handler(self) -> bool:
        """Whether it is the start of a subprocess that an event starts."""
        around = self.xml.getparent()
        return self.kind == "startEvent" and around is not None and _is_handler(around)

    @cached_property
    def rounds(self) -> etree._Element | None:
        """The marker that says that it is done several times."""
        return next((x for x in self.xml if local_name(x) in MARKERS), None)

    @property
    def item(self) -> str:
        """The variable a round sees its item in."""
        named = self.rounds.find(f"{BPMN}inputDataItem") if self.rounds is not None else None
        return (named.get("name") if named is not None else "") or self.properties.get("item") or "item"

    @property
    def names_of_round(self) -> frozenset[str]:
        """What each round of a step that is done several times sees, beside the variables."""
        if self.rounds is None:
            return frozenset()
        return COUNTS if local_name(self.rounds) == "standardLoopCharacteristics" else COUNTS | {self.item}

    def said_of_rounds(self, part: str, instead: str = "") -> str:
        """What a part of the marker says, else the property of the step that may say it instead."""
        text = self.rounds.findtext(f"{BPMN}{part}") if self.rounds is not None else ""
        return (text or "").strip() or self.properties.get(instead, "")

    @property
    def link(self) -> str | None:
        """The name of a link, None when it is none."""
        return (self.triggers[0].get("name") or "") if self.triggers and self.trigger == "link" else None

    @property
    def default(self) -> str:
        return self.xml.get("default") or ""


@dataclass(frozen=True, eq=False)
class Link(Flow):
    """The way from a link that throws to the one that catches, as if an arrow were drawn."""

    catch: Node

    @property
    def id(self) -> str:
        return f"{self.source} > {self.target}"

    @property
    def source(self) -> str:
        return self.xml.get("id") or ""

    @property
    def target(self) -> str:
        return self.catch.id

    @property
    def condition(self) -> str:
        return ""


@dataclass(frozen=True, eq=False)
class Scope:
    """A process or an embedded subprocess: what is drawn directly inside it."""

    owner: Drawn
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    inner: Mapping[str, "Scope"]

    @cached_property
    def linked(self) -> tuple[Flow, ...]:
        """The flows both ends of which are here, and the links."""
        drawn = (f for f in self.flows if f.source in self.nodes and f.target in self.nodes)
        caught = [n for n in self.of_kind("intermediateCatchEvent") if n.link]
        thrown = [n for n in self.of_kind("intermediateThrowEvent") if n.link]
        return (*drawn, *(Link(n.file, n.xml, c) for n in thrown for c in caught if n.link == c.link))

    @cached_property
    def _outgoing(self) -> Mapping[str, list[Flow]]:
        result: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.linked:
            result[flow.source].append(flow)
        return dict(result)

    @cached_property
    def _incoming(self) -> Mapping[str, list[Flow]]:
        result: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.linked:
            result[flow.target].append(flow)
        return dict(result)

    def outgoing(self, node: Node) -> list[Flow]:
        return self._outgoing.get(node.id, [])

    def incoming(self, node: Node) -> list[Flow]:
        return self._incoming.get(node.id, [])

    @cached_property
    def _attached(self) -> Mapping[str, list[Node]]:
        result: dict[str, list[Node]] = defaultdict(list)
        for node in self.of_kind("boundaryEvent"):
            result[node.host_id].append(node)
        return dict(result)

    def attached(self, host: Node) -> list[Node]:
        """The boundary events of an activity."""
        return self._attached.get(host.id, [])

    def of_kind(self, kind: str) -> Iterator[Node]:
        return (n for n in self.nodes.values() if n.kind == kind)

    @cached_property
    def handlers(self) -> tuple[Node, ...]:
        """The subprocesses here that events start."""
        return tuple(n for n in self.nodes.values() if n.is_handler)

    def start_of(self, handler: Node) -> Node | None:
        """The event that starts a subprocess."""
        return next(self.inner[handler.id].of_kind("startEvent"), None) if handler.id in self.inner else None

    def next_ids(self, node: Node) -> list[str]:
        """Where a token may go from `node`, its boundary events included."""
        return [f.target for f in self.outgoing(node)] + [b.id for b in self.attached(node)]

    def all(self) -> Iterator["Scope"]:
        """This scope and all that are drawn inside it."""
        yield self
        for scope in self.inner.values():
            yield from scope.all()


@dataclass(frozen=True, eq=False)
class Process(Drawn):
    """One process of a diagram."""

    scope: Scope
    lanes: tuple[Drawn, ...]

    def nodes(self) -> Iterator[Node]:
        """All nodes, those of subprocesses included."""
        for scope in self.scope.all():
            yield from scope.nodes.values()

    @property
    def start_form(self) -> str:
        """The form that registers the request, "" when the diagram does not name it."""
        return next((n.properties.get("form", "") for n in self.scope.of_kind("startEvent")), "")

    def form_keys(self) -> set[str]:
        """The forms this process asks people to fill in."""
        return {n.properties["form"] for n in self.nodes() if n.properties.get("form")}


@dataclass(frozen=True, eq=False)
class Package:
    """A process and every process it calls, from one or several files."""

    roots: Mapping[str, etree._Element]
    main: Process
    called: Mapping[str, Process] = field(default_factory=dict)

    @property
    def processes(self) -> tuple[Process, ...]:
        return (self.main, *self.called.values())

    def find_process(self, process_id: str) -> Process | None:
        return self.main if process_id == self.main.id else self.called.get(process_id)

    def files(self) -> list[str]:
        """The files that hold something of this package."""
        return sorted({p.file for p in self.processes})

    @cached_property
    def definitions(self) -> Mapping[tuple[str, str], Drawn]:
        """Errors, escalations, messages and signals, by file and id."""
        tags = [f"{BPMN}{tag}" for tag in ("error", "escalation", "message", "signal")]
        return {
            (file, x.get("id") or ""): Drawn(file, x)
            for file in self.files()
            for x in self.roots[file].iterchildren(*tags)
        }

    @cached_property
    def names_in_rounds(self) -> Mapping[str, frozenset[str]]:
        """By id of a step or arrow: the names that the rounds it is in give."""
        result: dict[str, frozenset[str]] = {}
        seen: set[tuple[str, frozenset[str]]] = set()

        def visit(scope: Scope, names: frozenset[str]) -> None:
            if (scope.owner.id, names) in seen:
                return
            seen.add((scope.owner.id, names))
            for flow in scope.flows:
                result[flow.id] = result.get(flow.id, frozenset()) | names
            for node in scope.nodes.values():
                own = names | node.names_of_round
                result[node.id] = result.get(node.id, frozenset()) | own
                inner = self.inner_scope(scope, node)
                if inner is not None:
                    visit(inner, own)

        visit(self.main.scope, frozenset())
        return result

    def inner_scope(self, scope: Scope, node: Node) -> Scope | None:
        """What runs inside a subprocess or call activity."""
        if node.kind == "callActivity":
            called = self.find_process(node.xml.get("calledElement") or "")
            return called.scope if called else None
        return scope.inner.get(node.id)

    def scopes(self) -> Iterator[Scope]:
        for process in self.processes:
            yield from process.scope.all()

    def nodes(self) -> Iterator[Node]:
        for process in self.processes:
            yield from process.nodes()


def _is_handler(xml: etree._Element) -> bool:
    return local_name(xml) in SUBPROCESSES and xml.get("triggeredByEvent") in {"true", "1"}


def read_scope(owner: Drawn) -> Scope:
    """What is drawn directly inside a process or subprocess."""
    inside = [x for x in owner.xml if str(x.tag).startswith(BPMN)]
    nodes = [Node(owner.file, x) for x in inside if local_name(x) in FLOW_NODES]
    return Scope(
        owner=owner,
        nodes={n.id: n for n in nodes},
        flows=tuple(Flow(owner.file, x) for x in inside if local_name(x) == "sequenceFlow"),
        inner={n.id: read_scope(n) for n in nodes if n.kind in SUBPROCESSES},
    )


def read_processes(roots: Mapping[str, etree._Element]) -> dict[str, Process]:
    """All processes of the files, by id."""
    result = {}
    for file, root in roots.items():
        for xml in root.iterchildren(f"{BPMN}process"):
            lanes = tuple(Drawn(file, x) for x in xml.iterfind(f"{BPMN}laneSet/{BPMN}lane"))
            result[xml.get("id") or ""] = Process(file, xml, read_scope(Drawn(file, xml)), lanes)
    return result
