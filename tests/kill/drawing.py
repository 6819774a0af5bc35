"""Drawing: small diagrams made by tests, as files that can be published."""

from collections.abc import Mapping
from html import escape
from itertools import pairwise
from typing import Any

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' id="diagram" targetNamespace="https://example.gov.pl/tests">'
    '<bpmn:escalation id="escalation_breach" name="Termin" escalationCode="solution_breach"/>'
)


def diagram(key: str, nodes: Mapping[str, str], ways: list[str], *, clients: set[str]) -> str:
    """A whole file. nodes: id → XML. ways: ids of steps that follow each other. clients: those in the client's lane."""
    flows = [pair for way in ways for pair in pairwise(way.split())]
    lanes = lane("client", clients) + lane("first_line", set(nodes) - clients)
    drawn = "".join(f'<bpmn:sequenceFlow id="{a}_to_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows)
    shapes = "".join(f'<bpmndi:BPMNShape id="{one}_shape" bpmnElement="{one}">'
                     '<dc:Bounds x="1" y="1" width="9" height="9"/></bpmndi:BPMNShape>' for one in nodes)
    edges = "".join(f'<bpmndi:BPMNEdge id="{a}_to_{b}_line" bpmnElement="{a}_to_{b}"><di:waypoint x="1" y="1"/>'
                    '<di:waypoint x="9" y="9"/></bpmndi:BPMNEdge>' for a, b in flows)
    return (f'{HEAD}<bpmn:process id="{key}" name="{key}" isExecutable="true">'
            f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>{"".join(nodes.values())}{drawn}</bpmn:process>'
            f'<bpmndi:BPMNDiagram id="picture"><bpmndi:BPMNPlane id="plane" bpmnElement="{key}">{shapes}{edges}'
            "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>")


def node(tag: str, own: str, attributes: str = "", inside: str = "", operator: str = "", **properties: str) -> str:
    """One element with its properties."""
    facts = "".join(f'<spiffworkflow:property name="{key}" value="{value}"/>'
                    for key, value in {"name.en": own, **properties}.items())
    return (f'<bpmn:{tag} id="{own}" name="{own}"{attributes}><bpmn:extensionElements><spiffworkflow:properties>{facts}'
            f"</spiffworkflow:properties>{operator}</bpmn:extensionElements>{inside}</bpmn:{tag}>")


def service(own: str, verb: str, **parameters: str) -> str:
    """A service task; its parameters are texts."""
    inside = "".join(f'<spiffworkflow:parameter id="{key}" type="any" value="{escape(f"{chr(34)}{value}{chr(34)}")}"/>'
                     for key, value in parameters.items())
    return node("serviceTask", own, operator=(
        f'<spiffworkflow:serviceTaskOperator id="{verb}"><spiffworkflow:parameters>{inside}'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"))


def boundary(own: str, host: str, interrupts: bool, trigger: str) -> str:
    more = "" if interrupts else ' cancelActivity="false"'
    return node("boundaryEvent", own, f' attachedToRef="{host}"{more}', trigger)


def timer(own: str, host: str, value: str, *, interrupts: bool, kind: str = "timeDuration") -> str:
    return boundary(own, host, interrupts, (
        f'<bpmn:timerEventDefinition id="{own}_event"><bpmn:{kind} xsi:type="bpmn:tFormalExpression">"{value}"'
        f"</bpmn:{kind}></bpmn:timerEventDefinition>"))


def lane(own: str, members: set[str]) -> str:
    return node("lane", own, inside="".join(
        f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in sorted(members)))


def forms(fields: Mapping[str, str]) -> dict[str, Any]:
    """Forms of one required line each: key of the form → key of the field."""
    return {key: {"type": "default", "id": key, "schemaVersion": 18, "components": [
        {"type": "textfield", "id": field, "key": field, "label": field, "validate": {"required": True},
         "properties": {"label.en": field}}]} for key, field in fields.items()}
