"""The first priority of an incident: the decision table that comes with the desk."""

import pytest

from engine.decisions.models import Models
from engine.packages import built_in_folder
from helpdesk.tickets import Priority
from tests.desk import INCIDENT, Desk

MODEL = built_in_folder() / "dmn" / "incident.dmn"


@pytest.mark.parametrize(("system", "environment", "channel", "wanted"), [
    ("ais_import", "production", "portal", "normal"), ("ais_import", "test", "portal", "low"),
    ("sent", "production", "mobile", "high"), ("rmpd", "production", "web_service_pull", "high"),
    ("sent", "test", "mobile", "low"), ("ncts2", "production", "bcp", "high"), ("other", "production", None, "normal")])
def test_what_waits_on_the_road_hurries_and_what_is_only_tried_out_does_not(
    system: str, environment: str, channel: str | None, wanted: str
) -> None:
    report = {"system": system, "environment": environment, "failed_channel": channel}

    outcome = Models({"incident.dmn": MODEL.read_bytes()}).decide("first_priority", {"incident_report": report})

    assert (outcome.value, outcome.notes) == (wanted, ())


def test_a_request_has_its_first_priority_before_anybody_looks_at_it(desk: Desk) -> None:
    hurried = desk.submit({**INCIDENT, "system": "sent"})
    tried_out = desk.submit({**INCIDENT, "environment": "test"})

    assert desk.ticket(hurried).priority == Priority.HIGH
    assert desk.ticket(tried_out).priority == Priority.LOW


def test_the_agent_may_see_it_differently(desk: Desk) -> None:
    number = desk.submit({**INCIDENT, "system": "sent"})

    desk.complete(number, "recognise", decision="hand_over", note="Nic pilnego.", priority="low")

    assert desk.ticket(number).priority == Priority.LOW
