"""Elements and flows, read from the XML by us and not by the library."""

from collections.abc import Iterator, Mapping
from typing import TypedDict

from lxml import etree

from engine.diagrams.elements import (
    HANDLED,
    TASKS,
    TRIGGERS,
    Clockwork,
    Element,
    Flow,
    Kind,
    Lane,
    Rounds,
    Style,
    Trigger,
)
from engine.diagrams.errors import BadDiagram
from engine.diagrams.xml import SPIFF, bpmn, is_bpmn, is_plain_id, line_of, local_name

REFUSED_PARTS = {
    "ioSpecification": "data inputs and outputs are not supported",
    "dataInputAssociation": "data inputs are not supported",
    "dataOutputAssociation": "data outputs are not supported",
}
NOTES = frozenset({"documentation", "extensionElements", "textAnnotation", "association", "group"})
LOOP, SEVERAL = "standardLoopCharacteristics", "multiInstanceLoopCharacteristics"
SILENT = NOTES | {
    "laneSet", "sequenceFlow", "incoming", "outgoing", "dataObject", "dataObjectReference", LOOP, SEVERAL,
}  # fmt: skip
SAYING = frozenset({Kind.SEND_TASK, Kind.RECEIVE_TASK})  # tasks that name a message
NAMELESS = frozenset({Trigger.ERROR, Trigger.ESCALATION, Trigger.TERMINATE})  # no reference: every code
REPEATABLE = frozenset({*TASKS, Kind.SUBPROCESS, Kind.CALL})


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
        trigger, code, clockwork, timer = self._event(node, kind, parent)
        interrupts = node.get("isInterrupting" if kind is Kind.START else "cancelActivity", "true")
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
            is_interrupting=interrupts not in ("false", "0"),
            clockwork=clockwork,
            timer=timer,
            verb=verb,
            parameters=parameters,
            called=node.get("calledElement") if kind is Kind.CALL else None,
            is_started_by_event=_is_started_by_event(node),
            rounds=self._rounds(node, kind, properties),
            **_wording(node, properties),
        )

    def _kind(self, node: etree._Element) -> Kind:
        name = local_name(node)
        if name not in set(Kind):
            raise self._bad(node, f"{name} is not supported")
        for part in node:
            if is_bpmn(part) and local_name(part) in REFUSED_PARTS:
                raise self._bad(node, REFUSED_PARTS[local_name(part)])
        return Kind(name)

    def _event(
        self, node: etree._Element, kind: Kind, parent: Element | None
    ) -> tuple[Trigger, str, Clockwork | None, str]:
        if kind in SAYING:
            return Trigger.MESSAGE, self._code(node, Trigger.MESSAGE), None, ""
        found = [child for child in node if is_bpmn(child) and local_name(child).endswith("EventDefinition")]
        name = local_name(found[0]).removesuffix("EventDefinition") if found else ""
        allowed = TRIGGERS.get(kind, frozenset({Trigger.NONE}))
        if kind is Kind.START and parent is not None and parent.is_started_by_event:
            allowed = HANDLED
        if len(found) > 1 or name not in allowed:
            raise self._bad(node, f"{kind} cannot be of the kind {name or 'none'} here")
        trigger = Trigger(name)
        if trigger is Trigger.TIMER:
            return trigger, "", *self._timer(found[0])
        return trigger, self._code(found[0], trigger) if found else "", None, ""

    def _code(self, definition: etree._Element, trigger: Trigger) -> str:
        reference = definition.get(f"{trigger}Ref")
        if trigger is Trigger.LINK:
            code = definition.get("name")
        elif reference is None and trigger in NAMELESS:
            return ""
        else:
            code = self._codes.get((trigger, reference or ""))
        if not code:
            raise self._bad(definition, f"the {trigger} has no name")
        return code

    def _timer(self, definition: etree._Element) -> tuple[Clockwork, str]:
        for child in definition:
            if local_name(child) in set(Clockwork) and (child.text or "").strip():
                return Clockwork(local_name(child)), (child.text or "").strip()
        raise self._bad(definition, "the timer says no time")

    def _rounds(self, node: etree._Element, kind: Kind, properties: Mapping[str, str]) -> Rounds | None:
        found = [x for x in node if is_bpmn(x) and local_name(x) in (LOOP, SEVERAL)]
        if not found:
            return None
        if len(found) > 1 or kind not in REPEATABLE or _is_started_by_event(node):
            raise self._bad(node, "it cannot be done several times")
        if local_name(found[0]) == LOOP:
            return self._loop(node, found[0])
        rounds = _several(found[0], properties, default_result(kind, self._id(node), properties))
        if bool(rounds.collection) == bool(rounds.cardinality):
            raise self._bad(node, "it must say either for which items it is done or how many times")
        if rounds.results and not rounds.result:
            raise self._bad(node, "it does not say what each round gives")
        return rounds

    def _loop(self, node: etree._Element, loop: etree._Element) -> Rounds:
        condition, most = _text(loop, "loopCondition"), loop.get("loopMaximum")
        if not condition and most is None:
            raise self._bad(node, "it does not say how long it is repeated")
        if most is not None and not (most.isascii() and most.isdigit() and len(most) < 5 and int(most) > 0):
            raise self._bad(node, f"it cannot be repeated {most} times")
        is_tested_before = loop.get("testBefore") in ("true", "1")
        return Rounds(
            style=Style.LOOP,
            condition=condition,
            is_tested_before=is_tested_before,
            maximum=int(most) if most is not None else None,
        )

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


def _is_started_by_event(node: etree._Element) -> bool:
    return node.get("triggeredByEvent") in ("true", "1")


def _text(node: etree._Element, part: str) -> str:
    return (node.findtext(bpmn(part)) or "").strip()


def default_result(kind: str, element_id: str, properties: Mapping[str, str]) -> str:
    """What a round gives when nothing is said: the answers of a step, what came of a call; "" when nobody can guess."""
    if kind == Kind.USER_TASK:
        return properties.get("form", "")
    if kind == Kind.RULE_TASK:
        return properties.get("result") or properties.get("decision", "")
    gives_one = kind in {Kind.SERVICE_TASK, Kind.RECEIVE_TASK}
    return (properties.get("result") or element_id) if gives_one else ""


def _several(marker: etree._Element, properties: Mapping[str, str], default: str) -> Rounds:
    """What the marker says, else what the properties of the element say."""
    item, result = (marker.find(bpmn(part)) for part in ("inputDataItem", "outputDataItem"))
    is_sequential = marker.get("isSequential") in ("true", "1")
    return Rounds(
        style=Style.SEQUENTIAL if is_sequential else Style.PARALLEL,
        collection=_text(marker, "loopDataInputRef") or properties.get("collection", ""),
        cardinality=_text(marker, "loopCardinality"),
        item=(item.get("name") if item is not None else "") or properties.get("item") or "item",
        condition=_text(marker, "completionCondition"),
        results=_text(marker, "loopDataOutputRef") or properties.get("results", ""),
        result=(result.get("name") if result is not None else "") or properties.get("round_result") or default,
    )


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
    """Messages and signals by name, errors and escalations by code (by name where no code is given)."""
    result = {}
    attributes = {
        Trigger.MESSAGE: "name",
        Trigger.SIGNAL: "name",
        Trigger.ERROR: "errorCode",
        Trigger.ESCALATION: "escalationCode",
    }
    for trigger, attribute in attributes.items():
        for node in root.iterchildren(bpmn(trigger.value)):
            result[trigger, node.get("id", "")] = node.get(attribute) or node.get("name") or ""
    return result
