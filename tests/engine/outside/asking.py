"""A process that asks another system, drawn in a few lines, and a desk at which it can be requested."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from engine.outside.answering import Reply
from engine.outside.calls import SystemCall
from engine.packages import ProcessContent
from engine.versions import publish
from helpdesk.catalogue import Classification, Service
from tests.desk import Desk

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="definitions" targetNamespace="http://example.gov.pl/desk">
  {definitions}
  <bpmn:process id="asking" name="Pytanie" isExecutable="true">
    <bpmn:laneSet id="lanes"><bpmn:lane id="first_line" name="Pierwsza linia">{english}{lane}</bpmn:lane></bpmn:laneSet>
    {process}
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="asking">{picture}</bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
PROPERTY = '<spiffworkflow:property name="{}" value="{}"/>'
ENGLISH = ('<bpmn:extensionElements><spiffworkflow:properties>'
           '<spiffworkflow:property name="name.en" value="English"/></spiffworkflow:properties>'
           '</bpmn:extensionElements>')
FORM: dict[str, Any] = {
    "type": "default", "id": "by_hand", "schemaVersion": 18,
    "components": [{"type": "textfield", "id": "remark", "key": "remark", "label": "Uwaga",
                    "properties": {"label.en": "Remark"}}]}
ACCOUNT = "clara@example.com"


def service(own: str, verb: str, *, result: str = "", **parameters: str) -> str:
    """A service task; parameters are FEEL."""
    given = "".join(f"<spiffworkflow:parameter id='{name}' type='any' value='{value}'/>"
                    for name, value in parameters.items())
    properties = PROPERTY.format("result", result) if result else ""
    return (f'<bpmn:serviceTask id="{own}" name="{own}"><bpmn:extensionElements>'
            f'<spiffworkflow:serviceTaskOperator id="{verb}"><spiffworkflow:parameters>{given}'
            f'</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator><spiffworkflow:properties>{properties}'
            '</spiffworkflow:properties></bpmn:extensionElements></bpmn:serviceTask>')


def call(own: str = "unlock", *, operation: str = '"unlock_account"', result: str = "") -> str:
    return service(own, "call_system", system='"directory"', operation=operation, login=f'"{ACCOUNT}"', result=result)


def task(own: str) -> str:
    properties = PROPERTY.format("name.en", own) + PROPERTY.format("form", "by_hand")
    return (f'<bpmn:userTask id="{own}" name="{own}"><bpmn:extensionElements><spiffworkflow:properties>{properties}'
            '</spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>')


def end(own: str) -> str:
    return f'<bpmn:endEvent id="{own}" name="{own}">{ENGLISH}</bpmn:endEvent>'


def error_at(host: str, own: str, code: str) -> str:
    return (f'<bpmn:boundaryEvent id="{own}" name="{own}" attachedToRef="{host}">'
            f'<bpmn:errorEventDefinition errorRef="error_{code}"/></bpmn:boundaryEvent>')


def timer_at(host: str, own: str, after: str) -> str:
    return (f'<bpmn:boundaryEvent id="{own}" name="{own}" attachedToRef="{host}"><bpmn:timerEventDefinition>'
            f'<bpmn:timeDuration>"{after}"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>')


def flow(source: str, target: str, condition: str = "") -> str:
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    english = ENGLISH if condition else ""
    return (f'<bpmn:sequenceFlow id="{source}_to_{target}" name="{source} {target}" sourceRef="{source}" '
            f'targetRef="{target}">{english}{inside}</bpmn:sequenceFlow>')


def draw(*parts: str, definitions: str = "") -> ProcessContent:
    """The process of these parts, everything in the lane of the first line; starts at `start`."""
    process = '<bpmn:startEvent id="start" name="start"/>' + "".join(parts)
    ids = re.findall(r'<bpmn:\w+ id="(\w+)"', process)
    nodes = re.findall(r'<bpmn:(?!sequenceFlow)\w+ id="(\w+)"', process)
    lane = "".join(f"<bpmn:flowNodeRef>{own}</bpmn:flowNodeRef>" for own in nodes)
    shape = '<bpmndi:BPMNShape bpmnElement="{}"><dc:Bounds x="1" y="1" width="9" height="9"/></bpmndi:BPMNShape>'
    text = HEAD.format(definitions=definitions, english=ENGLISH, lane=lane, process=process,
                       picture="".join(shape.format(own) for own in ids))
    return ProcessContent(key="asking", process_id="asking", name={"pl": "Pytanie", "en": "Question"},
                          description={}, diagrams={"asking.bpmn": text}, forms={"by_hand": FORM})


def error(code: str) -> str:
    return f'<bpmn:error id="error_{code}" name="{code}" errorCode="{code}"/>'


# start → unlock → look → done; when the account is closed → by_hand → refused
UNLOCKING = draw(
    call(), task("look"), end("done"), error_at("unlock", "is_closed", "closed"), task("by_hand"), end("refused"),
    flow("start", "unlock"), flow("unlock", "look"), flow("look", "done"), flow("is_closed", "by_hand"),
    flow("by_hand", "refused"), definitions=error("closed"))


def offer(desk: Desk, content: ProcessContent = UNLOCKING) -> None:
    """Publish the process and put it into the catalogue."""
    with desk.session() as session:
        publish(session, content, by=None, now=desk.now)
        service_id = session.scalars(select(Service.id).where(Service.key == "portal")).one()
        if session.scalar(select(Classification.id).where(Classification.key == content.key)) is None:
            session.add(Classification(service_id=service_id, key=content.key, name_pl="Pytanie", name_en="Question",
                                       request_type=content.key))


def request(desk: Desk, content: ProcessContent = UNLOCKING) -> str:
    """A ticket of the process, at its first waits."""
    offer(desk, content)
    return desk.submit({}, about=content.key)


def the_call(desk: Desk, number: str) -> SystemCall:
    """The ticket's one call."""
    call, = desk.rows(SystemCall, number)
    return call


class FakeSystem:
    """A system that says what it is told to, and remembers what it was asked, each time with the key."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, Any], str]] = []
        self.says: Callable[[], Reply] = lambda: Reply({"is_unlocked": True})

    def ask(self, _address: object, operation: str, payload: Mapping[str, Any], *, key: str) -> Reply:
        self.asked.append((operation, payload, key))
        return self.says()

    def refuses(self, code: str) -> None:
        self.says = lambda: Reply(refusal=code)

    def fails(self, error: Exception) -> None:
        def fail() -> Reply:
            raise error
        self.says = fail
