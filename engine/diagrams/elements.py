"""What is drawn in a diagram: elements and flows, read from the XML by us and not by the library."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict

from lxml import etree

from engine.diagrams.errors import BadDiagram
from engine.diagrams.xml import SPIFF, bpmn, is_bpmn, is_plain_id, line_of, local_name


class Kind(StrEnum):
    """The elements we run, by their BPMN name."""

    START = "startEvent"
    END = "endEvent"
    USER_TASK = "userTask"
    SERVICE_TASK = "serviceTask"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    BOUNDARY = "boundaryEvent"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    SUBPROCESS = "subProcess"
    CALL = "callActivity"


class Trigger(StrEnum):
    """What an event waits for or throws."""

    NONE = ""
    TIMER = "timer"
    MESSAGE = "message"
    ESCALATION = "escalation"
    ERROR = "error"
    TERMINATE = "terminate"


class Clockwork(StrEnum):
    """The three kinds of timers."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


TRIGGERS: Mapping[Kind, frozenset[Trigger]] = {
    Kind.START: frozenset({Trigger.NONE}),
    Kind.END: frozenset({Trigger.NONE, Trigger.TERMINATE, Trigger.ERROR, Trigger.ESCALATION, Trigger.MESSAGE}),
    Kind.BOUNDARY: frozenset({Trigger.TIMER, Trigger.ESCALATION, Trigger.ERROR, Trigger.MESSAGE}),
    Kind.CATCH: frozenset({Trigger.TIMER, Trigger.MESSAGE}),
    Kind.THROW: frozenset({Trigger.NONE, Trigger.ESCALATION, Trigger.MESSAGE}),
}
HOSTS = frozenset({Kind.USER_TASK, Kind.SERVICE_TASK, Kind.SUBPROCESS, Kind.CALL})
REFUSED_PARTS = {
    "multiInstanceLoopCharacteristics": "multiple instances of one step are not supported",
    "standardLoopCharacteristics": "a step that repeats itself is not supported",
    "ioSpecification": "data inputs and outputs are not supported",
    "dataInputAssociation": "data inputs are not supported",
    "dataOutputAssociation": "data outputs are not supported",
}
NOTES = frozenset({"documentation", "extensionElements", "textAnnotation", "association", "group"})
SILENT = NOTES | {"laneSet", "sequenceFlow", "incoming", "outgoing", "dataObject", "dataObjectReference"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One drawn element.

    lane: the team key, None when neither the element nor a subprocess around it lies in a lane (a called process
    takes the lane of its caller; `Wait.lane` knows). code: name of the message, code of the error or escalation,
    "" catches every code. timer: FEEL text. called: id of the called process. process: id of the process it is in.
    """

    id: str
    kind: Kind
    name: str
    names: Mapping[str, str]
    public: Mapping[str, str]
    file: str
    line: int
    process: str
    parent: str | None = None
    lane: str | None = None
    lane_name: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    attached_to: str | None = None
    trigger: Trigger = Trigger.NONE
    code: str = ""
    is_interrupting: bool = True
    clockwork: Clockwork | None = None
    timer: str = ""
    verb: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    called: str | None = None

    @property
    def result(self) -> str:
        """The variable that takes what comes of the element."""
        return self.properties.get("result") or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow; condition: FEEL text or None."""

    id: str
    source: str
    target: str
    name: str
    names: Mapping[str, str]
    public: Mapping[str, str]
    condition: str | None
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane: its id is the team's key, or `client`."""

    id: str
    name: str
    names: Mapping[str, str]
    public: Mapping[str, str]


class Wording(TypedDict):
    """How something is called, for people."""

    name: str
    names: Mapping[str, str]
    public: Mapping[str, str]


class ProcessReader:
    """Reads one process of one file."""

    def __init__(self, process: etree._Element, *, file: str) -> None:
        self.xml, self.file = process, file
        self.process_id = self._id(process)
        self._codes = _codes(process.getroottree().getroot())
        self.lanes: dict[str, Lane] = {}
        self._lane_of: dict[str, Lane] = {}
        for node in process.iter(bpmn("lane")):
            self._read_lane(node)

    def elements(self) -> Iterator[Element]:
        """All elements of the process, those inside subprocesses included."""
        yield from self._inside(self.xml, None)

    def flows(self) -> Iterator[Flow]:
        """All sequence flows of the process."""
        defaults = {node.get("default") for node in self.xml.iter() if node.get("default")}
        for node in self.xml.iter(bpmn("sequenceFlow")):
            condition = (node.findtext(bpmn("conditionExpression")) or "").strip()
            yield Flow(
                id=self._id(node),
                source=node.get("sourceRef", ""),
                target=node.get("targetRef", ""),
                condition=condition or None,
                is_default=node.get("id") in defaults,
                **_wording(node, properties_of(node)),
            )

    def _inside(self, scope: etree._Element, parent: Element | None) -> Iterator[Element]:
        for node in scope:
            if not is_bpmn(node) or local_name(node) in SILENT:
                continue
            element = self._element(node, parent)
            yield element
            if element.kind is Kind.SUBPROCESS:
                yield from self._inside(node, element)

    def _element(self, node: etree._Element, parent: Element | None) -> Element:
        kind = self._kind(node)
        properties = properties_of(node)
        lane = self._lane_of.get(node.get("id", ""))
        trigger, code, clockwork, timer = self._event(node, kind)
        verb, parameters = self._operator(node) if kind is Kind.SERVICE_TASK else (None, {})
        return Element(
            id=self._id(node),
            kind=kind,
            file=self.file,
            line=line_of(node),
            process=self.process_id,
            parent=parent.id if parent else None,
            lane=lane.id if lane else (parent.lane if parent else None),
            lane_name=lane.name if lane else (parent.lane_name if parent else None),
            properties=properties,
            attached_to=node.get("attachedToRef"),
            trigger=trigger,
            code=code,
            is_interrupting=node.get("cancelActivity", "true") != "false",
            clockwork=clockwork,
            timer=timer,
            verb=verb,
            parameters=parameters,
            called=node.get("calledElement") if kind is Kind.CALL else None,
            **_wording(node, properties),
        )

    def _kind(self, node: etree._Element) -> Kind:
        name = local_name(node)
        if name not in set(Kind):
            raise self._bad(node, f"{name} is not supported")
        for part in node:
            if is_bpmn(part) and local_name(part) in REFUSED_PARTS:
                raise self._bad(node, REFUSED_PARTS[local_name(part)])
        if node.get("triggeredByEvent") == "true":
            raise self._bad(node, "subprocesses started by an event are not supported")
        return Kind(name)

    def _event(self, node: etree._Element, kind: Kind) -> tuple[Trigger, str, Clockwork | None, str]:
        found = [child for child in node if is_bpmn(child) and local_name(child).endswith("EventDefinition")]
        name = local_name(found[0]).removesuffix("EventDefinition") if found else ""
        allowed = TRIGGERS.get(kind, frozenset({Trigger.NONE}))
        if len(found) > 1 or name not in allowed:
            raise self._bad(node, f"{kind} cannot be of the kind {name or 'none'} here")
        trigger = Trigger(name)
        if trigger is Trigger.TIMER:
            return trigger, "", *self._timer(found[0])
        return trigger, self._code(found[0], trigger) if found else "", None, ""

    def _code(self, definition: etree._Element, trigger: Trigger) -> str:
        reference = definition.get(f"{trigger}Ref")
        if reference is None and trigger is not Trigger.MESSAGE:
            return ""
        code = self._codes.get((trigger, reference or ""))
        if not code:
            raise self._bad(definition, f"the {trigger} has no name")
        return code

    def _timer(self, definition: etree._Element) -> tuple[Clockwork, str]:
        for child in definition:
            if local_name(child) in set(Clockwork) and (child.text or "").strip():
                return Clockwork(local_name(child)), (child.text or "").strip()
        raise self._bad(definition, "the timer says no time")

    def _operator(self, node: etree._Element) -> tuple[str, dict[str, str]]:
        found = node.find(f"{bpmn('extensionElements')}/{{{SPIFF}}}serviceTaskOperator")
        verb = found.get("id") if found is not None else None
        if found is None or not verb:
            raise self._bad(node, "the service task names no verb")
        return verb, {p.get("id", ""): p.get("value", "").strip() for p in found.iter(f"{{{SPIFF}}}parameter")}

    def _read_lane(self, node: etree._Element) -> None:
        lane = Lane(id=self._id(node), **_wording(node, properties_of(node)))
        self.lanes[lane.id] = lane
        for reference in node.iterchildren(bpmn("flowNodeRef")):
            self._lane_of[(reference.text or "").strip()] = lane

    def _id(self, node: etree._Element) -> str:
        found = node.get("id", "")
        if not is_plain_id(found):
            raise self._bad(node, f'the id "{found}" must be made of letters, digits, "_" and "-"')
        return found

    def _bad(self, node: etree._Element, reason: str) -> BadDiagram:
        return BadDiagram(file=self.file, line=line_of(node), reason=f"{node.get('id', local_name(node))}: {reason}")


def properties_of(node: etree._Element) -> dict[str, str]:
    """The `spiffworkflow:property` values of an element."""
    path = f"{bpmn('extensionElements')}/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    return {p.get("name", ""): (p.get("value") or "").strip() for p in node.iterfind(path)}


def _wording(node: etree._Element, properties: Mapping[str, str]) -> Wording:
    """Name, names and public wording; what is missing falls back from public to name and from English to Polish."""
    name = " ".join((node.get("name") or "").split())
    names = {"pl": name, "en": properties.get("name.en") or name}
    public = {language: properties.get(f"public.{language}") or names[language] for language in names}
    return {"name": name, "names": names, "public": public}


def _codes(root: etree._Element) -> dict[tuple[Trigger, str], str]:
    """Messages by name, errors and escalations by code (by name where no code is given)."""
    result = {}
    attributes = {Trigger.MESSAGE: "name", Trigger.ERROR: "errorCode", Trigger.ESCALATION: "escalationCode"}
    for trigger, attribute in attributes.items():
        for node in root.iterchildren(bpmn(trigger.value)):
            result[trigger, node.get("id", "")] = node.get(attribute) or node.get("name") or ""
    return result
