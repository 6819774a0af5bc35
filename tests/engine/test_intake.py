"""What a channel could not ask becomes the client's step; the process begins with the whole answers."""

from datetime import date

import pytest

from engine.acts import BadAnswers
from helpdesk.errors import NotFound
from helpdesk.tickets import Channel
from tests.desk import INCIDENT, Desk

KNOWN = {"subject": "Portal nie przyjmuje zgłoszenia", "environment": "production",
         "what_happened": "Po wysłaniu zgłoszenia widzę pustą stronę."}
REST = {"system": "ais_import", "failed_channel": "portal", "happened_at": "2026-11-16T08:30"}


def by_phone(desk: Desk, **changes: object) -> str:
    return desk.submit(KNOWN | changes, by="amir", client="clara", channel=Channel.PHONE)


def test_a_call_is_registered_at_once_and_the_client_is_asked_for_the_rest(desk: Desk) -> None:
    number = by_phone(desk)

    ticket = desk.ticket(number)
    assert (ticket.status, ticket.paused_because, ticket.due_at) == ("waiting_for_client", "waiting_for_client", None)
    assert [item.name_en for item in desk.open_items(number)] == ["Complete your request"]
    assert desk.trail(number) == []
    assert desk.letters(number, to="clara") == ["to_complete"]


@pytest.mark.parametrize("helper", ["clara", "amir"])
def test_with_the_rest_the_process_begins_with_all_answers(desk: Desk, helper: str) -> None:
    number = by_phone(desk)
    desk.later(days=1)

    desk.complete(number, by=helper, **REST)

    assert desk.ticket(number).status == "registered"
    assert desk.ticket(number).paused_because == ""
    assert [item.element_id for item in desk.open_items(number)] == ["recognise"]
    (answer,) = desk.answers(number)
    assert answer.content["subject"] == KNOWN["subject"] and answer.content["system"] == "ais_import"
    assert desk.instance(number).variables["incident_report"]["failed_channel"] == "portal"
    assert desk.clock(number).used < 0.01
    assert not [alarm for alarm in desk.alarms(number) if alarm.token == 0]
    desk.complete(number, "recognise", decision="solve", solution="Gotowe.", priority="normal")
    assert desk.ticket(number).status == "solved"


def test_what_is_still_lacking_is_asked_again_and_nothing_begins(desk: Desk) -> None:
    number = by_phone(desk)

    with pytest.raises(BadAnswers) as refused:
        desk.complete(number, by="clara", system="ais_import", failed_channel="portal")

    assert set(refused.value.filled.errors) == {"happened_at"}
    names = {part.name for part in refused.value.filled.shown}
    assert names == {"system", "failed_channel", "happened_at"}
    assert desk.trail(number) == []


def test_only_the_client_and_those_who_have_the_request_complete_it(desk: Desk) -> None:
    number = by_phone(desk)

    for stranger in ("colin", "beth"):
        with pytest.raises(NotFound):
            desk.complete(number, by=stranger, **REST)


def test_whole_answers_begin_at_once_and_wrong_ones_are_never_taken(desk: Desk) -> None:
    whole = desk.submit(INCIDENT, by="amir", client="clara", channel=Channel.LETTER, received_on=date(2026, 11, 13))

    assert desk.item(whole).element_id == "recognise"
    assert desk.ticket(whole).received_on == date(2026, 11, 13)
    with pytest.raises(BadAnswers):
        by_phone(desk, mrn="26PL")
    with pytest.raises(BadAnswers):
        desk.submit(KNOWN, by="clara")


def test_the_client_is_reminded_once_and_then_the_request_is_closed(desk: Desk) -> None:
    number = by_phone(desk)

    desk.wait(days=8)
    assert desk.letters(number, to="clara") == ["to_complete", "reminder"]
    desk.wait(days=10)

    assert (desk.ticket(number).status, desk.ticket(number).outcome) == ("closed", "no_answer")
    assert desk.letters(number, to="clara")[-1] == "closed_without_answer"
    assert desk.open_items(number) == [] and desk.alarms(number) == []


def test_a_request_that_has_not_begun_can_be_withdrawn_and_talked_about(desk: Desk) -> None:
    number = by_phone(desk)
    desk.reply(number, "Zaraz odpowiem.")

    desk.withdraw(number)

    assert desk.ticket(number).status == "cancelled"
    assert desk.open_items(number) == [] and desk.alarms(number) == []


def test_rows_that_lack_something_are_asked_again_whole(desk: Desk) -> None:
    number = by_phone(desk, documents=[{"kind": "lrn", "number": "A/1"}, {"kind": "lrn"}], **REST)

    desk.complete(number, by="clara", documents=[{"kind": "lrn", "number": "A/1"}, {"kind": "lrn", "number": "B/2"}])

    (answer,) = desk.answers(number)
    assert [row["number"] for row in answer.content["documents"]] == ["A/1", "B/2"]
