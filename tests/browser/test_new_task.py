"""A task drawn into a diagram and published is on every page, and nobody has written a line of code for it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.versions import publish
from tests.browser.conftest import Visit
from tests.browser.served import Served
from tests.browser.test_client_journey import register
from tests.engine.altered import altered, built_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]

TASK = """<bpmn:userTask id="call_back" name="Zadzwoń do klienta">
        <bpmn:extensionElements>
          <spiffworkflow:properties>
            <spiffworkflow:property name="name.en" value="Call the client" />
            <spiffworkflow:property name="public.pl" value="Dzwonimy do Ciebie" />
            <spiffworkflow:property name="public.en" value="We are calling you" />
            <spiffworkflow:property name="form" value="call_back" />
          </spiffworkflow:properties>
        </bpmn:extensionElements>
        <bpmn:incoming>handling_started_to_to_recognise</bpmn:incoming>
        <bpmn:outgoing>call_back_to_to_recognise</bpmn:outgoing>
      </bpmn:userTask>
      """
GATEWAY = '<bpmn:exclusiveGateway id="to_recognise">\n        <bpmn:incoming>'
FLOW = '<bpmn:sequenceFlow id="{}" sourceRef="{}" targetRef="{}" />'
OLD_FLOW = FLOW.format("handling_started_to_to_recognise", "handling_started", "to_recognise")
SHAPE = '<bpmndi:BPMNShape id="to_recognise_shape"'
CHANGES = (
    ("<bpmn:flowNodeRef>to_recognise<", "<bpmn:flowNodeRef>call_back</bpmn:flowNodeRef>\n"
                                        "        <bpmn:flowNodeRef>to_recognise<"),
    (GATEWAY + "handling_started_to_to_recognise<", TASK + GATEWAY + "call_back_to_to_recognise<"),
    (OLD_FLOW, FLOW.format("handling_started_to_to_recognise", "handling_started", "call_back")
     + FLOW.format("call_back_to_to_recognise", "call_back", "to_recognise")),
    (SHAPE, '<bpmndi:BPMNShape id="call_back_shape" bpmnElement="call_back">'
            '<dc:Bounds x="545" y="560" width="100" height="80" /></bpmndi:BPMNShape>'
            '<bpmndi:BPMNEdge id="call_back_to_to_recognise_edge" bpmnElement="call_back_to_to_recognise">'
            '<di:waypoint x="595" y="560" /><di:waypoint x="595" y="495" /></bpmndi:BPMNEdge>' + SHAPE),
)
SHEET = {"type": "default", "id": "call_back", "schemaVersion": 16, "components": [
    {"type": "textfield", "id": "Field_heard", "key": "heard", "label": "Co powiedział klient?",
     "properties": {"label.en": "What did the client say?"}, "validate": {"required": True}}]}


@pytest.fixture
def drawn(counter: Served) -> Iterator[None]:
    """The incident with one more task; afterwards the built-in one is current again."""
    content = altered("incident", *CHANGES)
    with counter.desk.session() as session:
        publish(session, replace(content, forms={**content.forms, "call_back": SHEET}), by=None, now=counter.desk.now)
    yield
    with counter.desk.session() as session:
        publish(session, built_in("incident"), by=None, now=counter.desk.now)


def test_a_task_added_to_the_diagram_is_on_path_drawing_and_worklist(visit: Visit, drawn: None) -> None:
    clara, amir = visit("clara"), visit("amir")
    number = register(clara)

    page = clara.go(f"/requests/{number}")
    assert "Dzwonimy do Ciebie" in page.locator(".path [aria-current=step]").inner_text()
    page.locator("[data-diagram]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-diagram][data-ready]")
    assert "is-current" in (page.locator("g[data-element-id=call_back]").get_attribute("class") or "")

    amir.go("/worklist?tab=unclaimed")
    row = amir.page.locator("tr", has_text=number)
    assert "Zadzwoń do klienta" in row.inner_text()
    amir.click(row.get_by_role("button"))
    amir.fill({"heard": "Działa od rana."})
    amir.press("Finish the step")

    clara.go(f"/requests/{number}")
    assert "Konsultant zapoznaje się ze sprawą" in page.locator(".path [aria-current=step]").inner_text()
    assert "Dzwonimy do Ciebie" in page.locator(".path__step--done").last.inner_text()
