"""A small process whose timers and clock fall due within seconds, so that many alarms ring while workers are killed."""

from datetime import datetime
from html import escape
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from engine.packages import ProcessContent
from engine.versions import publish
from helpdesk.catalogue import load_catalogue
from tests.desk import CATALOGUE

KEY = "short"
PLACE = "/catalogue/portal/short"
REMIND_AFTER, BREACH_AFTER, LATE_AFTER, ASK_AFTER = "PT2S", "PT3S", "PT5S", "PT2S"

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' id="short_diagram" targetNamespace="https://example.gov.pl/short">'
    '<bpmn:escalation id="escalation_breach" name="Termin" escalationCode="solution_breach"/>'
)


def publish_short(session: Session, now: datetime) -> None:
    """Make the process a request type of the small catalogue."""
    publish(session, ProcessContent(
        key=KEY, process_id=KEY, name={"pl": "Krótka sprawa", "en": "Short matter"}, description={},
        diagrams={"short.bpmn": diagram()}, forms=_forms()), by=None, now=now)
    service = CATALOGUE["services"][0]
    place = {"key": "short", "name": {"pl": "Krótka", "en": "Short"}, "request_type": KEY}
    load_catalogue(session, {**CATALOGUE, "services": [{**service, "classifications": [place]}]})


def diagram() -> str:
    """An agent's step that reminds, breaches and expires; then the client's, which is asked for once more."""
    nodes = {
        "asked": _node("startEvent", "asked", form="short_report"),
        "start_solution_clock": _verb("start_solution_clock", "start_clock", clock="solution", allowed=BREACH_AFTER),
        "handle": _node("userTask", "handle", form="short_step"),
        "remind_due": _timer("remind_due", "handle", REMIND_AFTER, interrupts=False),
        "remind": _verb("remind", "notify", to="client", text="reminder"),
        "reminded": _node("endEvent", "reminded"),
        "breached": _boundary("breached", "handle", False, '<bpmn:escalationEventDefinition id="breached_event" '
                              'escalationRef="escalation_breach"/>'),
        "report_breach": _verb("report_breach", "notify", to="lead", text="breach"),
        "reported": _node("endEvent", "reported"),
        "too_late": _timer("too_late", "handle", LATE_AFTER, interrupts=True),
        "note_late": _verb("note_late", "add_note", text="too late"),
        "solved": _node("exclusiveGateway", "solved"),
        "stop_solution_clock": _verb("stop_solution_clock", "stop_clock", clock="solution"),
        "confirm": _node("userTask", "confirm", form="short_step"),
        "ask_due": _timer("ask_due", "confirm", ASK_AFTER, interrupts=False),
        "ask_again": _verb("ask_again", "notify", to="client", text="waiting_for_form"),
        "asked_again": _node("endEvent", "asked_again"),
        "close_accepted": _verb("close_accepted", "close", outcome="accepted"),
        "accepted": _node("endEvent", "accepted"),
    }
    ways = ["asked start_solution_clock handle solved stop_solution_clock confirm close_accepted accepted",
            "remind_due remind reminded", "breached report_breach reported", "too_late note_late solved",
            "ask_due ask_again asked_again"]
    flows = [pair for way in ways for pair in pairwise(way.split())]
    clients = {"asked", "confirm", "ask_due", "ask_again", "asked_again", "close_accepted", "accepted"}
    lanes = _lane("client", clients) + _lane("first_line", set(nodes) - clients)
    drawn = "".join(f'<bpmn:sequenceFlow id="{a}_to_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows)
    shapes = "".join(f'<bpmndi:BPMNShape id="{one}_shape" bpmnElement="{one}">'
                     '<dc:Bounds x="1" y="1" width="9" height="9"/></bpmndi:BPMNShape>' for one in nodes)
    edges = "".join(f'<bpmndi:BPMNEdge id="{a}_to_{b}_line" bpmnElement="{a}_to_{b}"><di:waypoint x="1" y="1"/>'
                    '<di:waypoint x="9" y="9"/></bpmndi:BPMNEdge>' for a, b in flows)
    return (f'{HEAD}<bpmn:process id="{KEY}" name="Krótka sprawa" isExecutable="true">'
            f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>{"".join(nodes.values())}{drawn}</bpmn:process>'
            f'<bpmndi:BPMNDiagram id="picture"><bpmndi:BPMNPlane id="plane" bpmnElement="{KEY}">{shapes}{edges}'
            "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>")


def _node(tag: str, own: str, attributes: str = "", inside: str = "", verb: str = "", **properties: str) -> str:
    facts = "".join(f'<spiffworkflow:property name="{key}" value="{value}"/>'
                    for key, value in {"name.en": own, **properties}.items())
    return (f'<bpmn:{tag} id="{own}" name="{own}"{attributes}><bpmn:extensionElements><spiffworkflow:properties>{facts}'
            f"</spiffworkflow:properties>{verb}</bpmn:extensionElements>{inside}</bpmn:{tag}>")


def _verb(own: str, verb: str, **parameters: str) -> str:
    inside = "".join(f'<spiffworkflow:parameter id="{key}" type="any" value="{escape(f"{chr(34)}{value}{chr(34)}")}"/>'
                     for key, value in parameters.items())
    return _node("serviceTask", own, verb=(
        f'<spiffworkflow:serviceTaskOperator id="{verb}"><spiffworkflow:parameters>{inside}'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"))


def _boundary(own: str, host: str, interrupts: bool, trigger: str) -> str:
    more = "" if interrupts else ' cancelActivity="false"'
    return _node("boundaryEvent", own, f' attachedToRef="{host}"{more}', trigger)


def _timer(own: str, host: str, value: str, *, interrupts: bool) -> str:
    return _boundary(own, host, interrupts, (
        f'<bpmn:timerEventDefinition id="{own}_event"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">"{value}"'
        "</bpmn:timeDuration></bpmn:timerEventDefinition>"))


def _lane(own: str, members: set[str]) -> str:
    return _node("lane", own, inside="".join(
        f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in sorted(members)))


def _forms() -> dict[str, Any]:
    return {key: {"type": "default", "id": key, "schemaVersion": 18, "components": [
        {"type": "textfield", "id": field, "key": field, "label": field, "validate": {"required": True},
         "properties": {"label.en": field}}]} for key, field in (("short_report", "subject"), ("short_step", "word"))}
