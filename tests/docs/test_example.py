"""The example of the guide: it is checked, published and played to each of its ends, as the guide says."""

import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from engine.acts import BadAnswers
from engine.packages import read_package
from engine.versions import publish_package
from helpdesk.catalogue import load_catalogue
from helpdesk.conversation import Kind
from helpdesk.tickets import Status
from tests.desk import Desk
from web.check import check_package
from web.cli import commands

EXAMPLE = Path(__file__).parents[2] / "docs" / "example"
GUIDE = EXAMPLE.parents[1] / "CONTRIBUTING.md"
FORGOTTEN: dict[str, object] = {"login": "clara", "cause": "forgotten"}


@pytest.fixture
def with_example(desk: Desk) -> Desk:
    """The desk with the example published and standing in its catalogue."""
    def add(session: Session) -> None:
        publish_package(session, read_package(EXAMPLE), by=None, now=desk.now)
        load_catalogue(session, tomllib.loads((EXAMPLE / "catalogue.toml").read_text(encoding="utf-8")))
    desk.database.run(add)
    return desk


def spoil(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")


def ask(desk: Desk, **answers: object) -> str:
    return desk.submit({**FORGOTTEN, **answers}, about="password_reset")


def test_the_check_finds_nothing() -> None:
    assert check_package(EXAMPLE) == []


def test_the_check_finds_the_mistakes_of_the_guide(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "example")
    spoil(tmp_path / "example/bpmn/password_reset.bpmn", ".decision = ", ".decison = ")
    spoil(tmp_path / "example/bpmn/password_reset.bpmn", "P1D @ office", "P1D @ biuro")
    spoil(tmp_path / "example/forms/password_reset_request.json", '"label.en": "Login",', "")

    findings = check_package(tmp_path / "example")

    assert "\n".join(findings) in GUIDE.read_text(encoding="utf-8") and len(findings) == 3


def test_publishing_on_the_command_line_says_the_version_and_makes_no_second_one(tmp_path: Path) -> None:
    runner = CliRunner(env={"OKIENKO_DATA": str(tmp_path), "OKIENKO_DATABASE": ""})
    runner.invoke(commands, ["init-db"], catch_exceptions=False)

    first = runner.invoke(commands, ["process", "publish", str(EXAMPLE)], catch_exceptions=False)
    second = runner.invoke(commands, ["process", "publish", str(EXAMPLE)], catch_exceptions=False)

    assert f"$ okienko process publish password_reset\n{first.output}" in GUIDE.read_text(encoding="utf-8")
    assert second.output == first.output


def test_a_password_is_set(with_example: Desk) -> None:
    desk = with_example
    number = ask(desk)
    assert desk.item(number).element_id == "reset_password"
    assert desk.clock(number).is_running and desk.item(number).due_at is not None

    desk.complete(number, decision="reset", message="Nowe hasło przekazaliśmy telefonicznie.")

    ticket = desk.ticket(number)
    assert (ticket.status, ticket.outcome, ticket.solution) == (
        Status.CLOSED, "solved", "Nowe hasło przekazaliśmy telefonicznie.")
    assert desk.instance(number).end_element == "done"
    assert desk.open_items(number) == [] and desk.alarms(number) == []


def test_a_password_is_refused(with_example: Desk) -> None:
    desk = with_example
    number = ask(desk)

    desk.complete(number, decision="refuse", message="Nie udało się potwierdzić tożsamości.")

    assert (desk.ticket(number).status, desk.ticket(number).outcome) == (Status.CLOSED, "refused")
    assert desk.instance(number).end_element == "refused"
    assert (Kind.SOLUTION, "Nie udało się potwierdzić tożsamości.") in desk.messages(number)


def test_how_it_leaked_is_asked_only_of_those_whose_password_leaked(with_example: Desk) -> None:
    desk = with_example

    with pytest.raises(BadAnswers) as refused:
        ask(desk, cause="leaked")
    number = ask(desk, cause="leaked", leak="Wczoraj, przez fałszywą stronę.")

    assert list(refused.value.filled.errors) == ["leak"]
    assert desk.answers(number)[0].content["leak"] == "Wczoraj, przez fałszywą stronę."
