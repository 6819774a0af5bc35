"""A step of a process makes a decision: played through the use cases, from the package to the ticket."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.acts import StepFailed
from engine.packages import ProcessContent, built_in_folder, read_package
from engine.records import ProcessVersion
from engine.versions import PackageRefused, check_process, publish
from tests.desk import Desk
from tests.engine.decisions import drawn
from tests.engine.outside.asking import ENGLISH, PROPERTY, draw, end, flow, request, service, task

# The priority by the ticket's classification, then one rule about it.
RULES = drawn.model(
    drawn.item("tTicket", parts=drawn.item("classification", "string", tag="itemComponent")
               + drawn.item("priority", "string", tag="itemComponent")),
    drawn.given("ticket", "tTicket"),
    drawn.decision("hurry", drawn.table(
        "FIRST", {"ticket.classification": None, "ticket.priority": None}, {"priority": None, "hours": None},
        '"asking" | not("low") -> "urgent" | 2', '- | - -> "low" | 40'), needs=["ticket"]),
    drawn.decision("is_urgent", drawn.literal('hurry.priority = "urgent"'), needs=["hurry"], type_ref="boolean"),
)


def rule(own: str, decision: str, result: str = "") -> str:
    properties = PROPERTY.format("decision", decision) + (PROPERTY.format("result", result) if result else "")
    return (f'<bpmn:businessRuleTask id="{own}" name="{own}"><bpmn:extensionElements><spiffworkflow:properties>'
            f"{properties}</spiffworkflow:properties></bpmn:extensionElements></bpmn:businessRuleTask>")


def process(*parts: str, rules: bytes = RULES) -> ProcessContent:
    return replace(draw(*parts), decisions={"rules.dmn": rules.decode()})


# start → weigh → set → (urgent: look) → done
WEIGHING = process(
    rule("weigh", "hurry", "hurry"), rule("ask", "_is_urgent", "urgent"),
    service("set", "set_priority", priority="hurry.priority"),
    '<bpmn:exclusiveGateway id="how" name="how" default="how_to_done"/>', task("look"), end("done"),
    flow("start", "weigh"), flow("weigh", "ask"), flow("ask", "set"), flow("set", "how"),
    flow("how", "look", "urgent and hurry.hours &lt; 3"), flow("look", "done"),
    flow("how", "done").replace("></bpmn:sequenceFlow>", f">{ENGLISH}</bpmn:sequenceFlow>"))


def test_a_decision_is_made_from_variables_and_its_result_is_one(desk: Desk) -> None:
    number = request(desk, WEIGHING)

    assert desk.ticket(number).priority == "urgent"
    assert desk.item(number).element_id == "look"
    assert desk.instance(number).variables["hurry"] == {"priority": "urgent", "hours": 2}
    assert desk.instance(number).variables["urgent"] is True
    assert [step for step in desk.trail(number) if step[1] == "weigh"] == [("entered", "weigh"), ("left", "weigh")]


def test_a_result_without_a_name_is_called_as_the_decision(desk: Desk) -> None:
    content = process(rule("weigh", "is_urgent"), task("look"), end("done"), flow("start", "weigh"),
                      flow("weigh", "look"), flow("look", "done"))

    assert desk.instance(request(desk, content)).variables["_is_urgent"] is True


def test_a_decision_that_goes_wrong_stops_the_step_and_says_where(desk: Desk) -> None:
    twice = drawn.model(drawn.decision("d", drawn.table("UNIQUE", {"1": None}, {"x": None}, "1 -> 1", "- -> 2")))
    content = process(rule("weigh", "d"), task("look"), end("done"), flow("start", "weigh"), flow("weigh", "look"),
                      flow("look", "done"), rules=twice)

    with pytest.raises(StepFailed) as failed:
        request(desk, content)

    assert (failed.value.element_id, failed.value.reason) == (
        "weigh", "rules.dmn, line 1: d: 2 rules of a unique table match")


def test_a_decision_that_is_null_without_a_fault_is_a_result(desk: Desk) -> None:
    nothing = drawn.model(drawn.decision("d", drawn.table("UNIQUE", {"1": None}, {"x": None}, "2 -> 1")))
    content = process(rule("weigh", "d"), task("look"), end("done"), flow("start", "weigh"), flow("weigh", "look"),
                      flow("look", "done"), rules=nothing)

    assert desk.instance(request(desk, content)).variables["_d"] is None


def test_what_a_decision_gives_is_kept_as_variables_are(desk: Desk) -> None:
    kept = drawn.model(drawn.decision("d", drawn.literal(
        '{day: date("2026-11-16"), span: duration("P1DT2H"), half: 0.5, list: [1, null, true]}')))
    content = process(rule("weigh", "d", "d"), task("look"), end("done"), flow("start", "weigh"),
                      flow("weigh", "look"), flow("look", "done"), rules=kept)

    assert desk.instance(request(desk, content)).variables["d"] == {
        "day": "2026-11-16", "span": "P1DT2H", "half": 0.5, "list": [1, None, True]}


def test_another_decision_makes_another_version_and_the_same_one_does_not(desk: Desk) -> None:
    changed = replace(WEIGHING, decisions={"rules.dmn": RULES.decode().replace("40", "80")})
    with desk.session() as session:
        numbers = [publish(session, content, by=None, now=desk.now).number
                   for content in (WEIGHING, WEIGHING, changed)]
        stored = session.scalars(select(ProcessVersion.content).where(ProcessVersion.process_key == "asking"))

        assert numbers == [1, 1, 2]
        assert ["80" in content["decisions"]["rules.dmn"] for content in stored] == [False, True]


def test_content_without_decisions_keeps_the_digest_it_had() -> None:
    assert "decisions" not in draw(end("done"), flow("start", "done")).to_dict()


def test_a_package_holds_the_models_that_its_diagrams_name(tmp_path: Path) -> None:
    (tmp_path / "bpmn").mkdir()
    (tmp_path / "dmn").mkdir()
    (tmp_path / "bpmn" / "asking.bpmn").write_text(WEIGHING.diagrams["asking.bpmn"], encoding="utf-8")
    (tmp_path / "dmn" / "rules.dmn").write_bytes(RULES)
    (tmp_path / "dmn" / "other.dmn").write_bytes(drawn.model(drawn.decision("other", drawn.literal("1"))))
    (tmp_path / "package.toml").write_text(
        '[[processes]]\nkey = "asking"\nfile = "asking.bpmn"\nprocess_id = "asking"\nname = {pl = "P", en = "Q"}\n',
        encoding="utf-8")

    content, = read_package(tmp_path).processes

    assert list(content.decisions) == ["rules.dmn"]


def test_the_check_of_a_process_reads_its_models() -> None:
    check_process(WEIGHING, frozenset({"first_line"}))

    with pytest.raises(PackageRefused) as refused:
        check_process(replace(WEIGHING, decisions={}), frozenset({"first_line"}))

    assert [(one.rule, one.element) for one in refused.value.findings] == [
        ("unknown_decision", "weigh"), ("unknown_decision", "ask")]


def test_every_built_in_model_is_used_by_a_diagram() -> None:
    folder = built_in_folder() / "dmn"
    files = {one.name for one in folder.iterdir() if one.name.endswith(".dmn")} if folder.is_dir() else set()
    used = {file for content in read_package(built_in_folder(), built_in_folder()).processes
            for file in content.decisions}

    assert files == used
