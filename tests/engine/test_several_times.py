"""The new elements at the desk: steps that several teams do at once, and events that start subprocesses."""

from tests.desk import Desk
from tests.engine.outside.asking import PROPERTY, draw, end, flow, request, task

OPINION = (
    '<bpmn:userTask id="opinion" name="Opinia"><bpmn:extensionElements><spiffworkflow:properties>'
    + PROPERTY.format("name.en", "Opinion") + PROPERTY.format("form", "by_hand")
    + PROPERTY.format("collection", "[&quot;first_line&quot;, &quot;second_line&quot;]")
    + PROPERTY.format("item", "team") + PROPERTY.format("lane", "team")
    + PROPERTY.format("results", "opinions") + PROPERTY.format("round_result", "by_hand.remark")
    + "</spiffworkflow:properties></bpmn:extensionElements><bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>"
)
ASKING_TEAMS = draw(OPINION, task("decide"), end("done"), flow("start", "opinion"), flow("opinion", "decide"),
                    flow("decide", "done"))


def timer(after: str, kind: str = "timeDuration") -> str:
    return f'<bpmn:timerEventDefinition><bpmn:{kind}>"{after}"</bpmn:{kind}></bpmn:timerEventDefinition>'


def test_each_team_gets_its_own_step_and_the_opinions_are_put_together(desk: Desk) -> None:
    number = request(desk, ASKING_TEAMS)
    items = desk.open_items(number)
    assert [(item.name_pl, item.name_en) for item in items] == [
        ("Opinia · first_line", "Opinion · first_line"), ("Opinia · second_line", "Opinion · second_line")]
    assert items[0].team_id != items[1].team_id

    desk.finish(items[1].id, by="beth", remark="tak")
    assert desk.instance(number).variables["by_hand"] == {"remark": "tak"}
    desk.finish(items[0].id, by="amir", remark="nie")

    assert desk.instance(number).variables["opinions"] == ["nie", "tak"]
    assert desk.item(number).element_id == "decide"
    assert len(desk.answers(number)) == 2


REMINDING = draw(
    task("look"), end("done"), flow("start", "look"), flow("look", "done"),
    '<bpmn:subProcess id="remind" name="Przypomnij" triggeredByEvent="true">'
    f'<bpmn:startEvent id="each_day" name="Co dzień" isInterrupting="false">{timer("R2/P1D", "timeCycle")}'
    f'</bpmn:startEvent>{task("check")}{end("checked")}{flow("each_day", "check")}{flow("check", "checked")}'
    "</bpmn:subProcess>")


def test_a_timer_starts_a_subprocess_as_often_as_drawn(desk: Desk) -> None:
    number = request(desk, REMINDING)
    assert [alarm.element_id for alarm in desk.alarms(number)] == ["each_day"]

    for _ in range(3):
        desk.later(days=1)
        desk.tick()

    assert sorted(item.element_id for item in desk.open_items(number)) == ["check", "check", "look"]
    desk.complete(number, "look", remark="ok")
    assert desk.ticket(number).closed_at is None
    for item in desk.open_items(number):
        desk.finish(item.id, by="amir", remark="ok")
    assert desk.instance(number).ended_at is not None


RACING = draw(
    '<bpmn:eventBasedGateway id="which" name="Co pierwsze"/>',
    *(f'<bpmn:intermediateCatchEvent id="{own}" name="{own}">{timer(after)}</bpmn:intermediateCatchEvent>'
      for own, after in (("soon", "P1D"), ("later", "P3D"))),
    task("look"), end("done"), flow("start", "which"), flow("which", "soon"), flow("which", "later"),
    flow("soon", "look"), flow("later", "look"), flow("look", "done"))


def test_the_alarms_of_events_that_lost_are_withdrawn(desk: Desk) -> None:
    number = request(desk, RACING)
    assert sorted(alarm.element_id for alarm in desk.alarms(number)) == ["later", "soon"]

    desk.later(days=2)
    desk.tick()
    assert desk.item(number).element_id == "look"
    desk.later(days=5)
    desk.tick()

    assert [item.element_id for item in desk.open_items(number)] == ["look"]
