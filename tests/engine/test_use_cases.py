"""What every act keeps to: done once, done wholly or not at all, and a failure that somebody can see and mend."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.acts import BadAnswers, StartFailed, StepFailed, Typed, forget_done, note_failure
from engine.records import DoneAct, Instance
from engine.repair import NothingBroken, list_incidents, try_again
from engine.steps import AlreadyDone, NotInTeam
from helpdesk.audit import AuditEntry
from helpdesk.catalogue import Classification
from helpdesk.conversation import TEXT_MAX, NothingSaid, TooLong
from helpdesk.database import Record
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.people.signin import TooManyTries
from helpdesk.tickets import AlreadyEnded, Channel, Status, Ticket, set_status
from tests.desk import DELETION, INCIDENT, Desk
from tests.engine.altered import publish_altered

SOLUTION = "Proszę wyczyścić pamięć przeglądarki."
SOLVE: dict[str, object] = {"decision": "solve", "solution": SOLUTION, "priority": "normal"}
# Each of these is accepted at publishing and fails at run time: the e-mail address is no time, no letter, no outcome.
LOGIN = "account_deletion_request.login"
UNWRITTEN = ('"deletion_check.explanation"', '"deletion_check.note"')
BAD_TIME = ("'\"PT4H @ always\"'", f"'{LOGIN}'")
BAD_LETTER = ("'\"escalation\"'", f"'{LOGIN}'")
BAD_STATUS = ("'\"with_specialist\"'", f"'{LOGIN}'")
BAD_TIMER = (">\"P14D\"<", f">{LOGIN}<")


def everything(desk: Desk) -> dict[str, int]:
    """How many rows each table has."""
    with desk.session() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Record.metadata.sorted_tables}


def refuse(desk: Desk, number: str, *, key: str | None = None) -> None:
    desk.complete(number, "check_request", key=key, decision="refuse", explanation="Nie.")


def failing(desk: Desk, act: Callable[[], Any]) -> StepFailed:
    """The failure of an act, written down as the edge does it."""
    with pytest.raises(StepFailed) as failed:
        act()
    note_failure(desk.database, failed.value, now=desk.now)
    return failed.value


# --- once


def test_a_request_sent_twice_is_one_request_with_one_number(desk: Desk) -> None:
    first = desk.submit(key="1:form")
    before = everything(desk)

    assert desk.submit(key="1:form") == first
    assert everything(desk) == before
    assert desk.submit(key="1:other") != first


def test_a_step_sent_twice_is_done_once(desk: Desk) -> None:
    number = desk.submit()
    item_id = desk.item(number).id
    desk.finish(item_id, by="amir", key="2:form", **SOLVE)
    before = everything(desk)

    desk.finish(item_id, by="amir", key="2:form", **SOLVE)
    assert everything(desk) == before

    with pytest.raises(AlreadyDone):
        desk.finish(item_id, by="amir", key="2:other", **SOLVE)
    assert everything(desk) == before


def test_a_message_sent_twice_is_said_once(desk: Desk) -> None:
    number = desk.submit()

    desk.reply(number, "Dzień dobry?", key="1:reply")
    desk.reply(number, "Dzień dobry?", key="1:reply")

    assert desk.messages(number) == [("reply", "Dzień dobry?")]
    assert desk.letters(number, to="amir") == ["reply"]


def test_a_key_is_remembered_for_a_week(desk: Desk) -> None:
    desk.submit(key="1:form")

    for days, remembered in ((7, 1), (0.1, 0)):
        desk.later(days=days)
        with desk.session() as session:
            forget_done(session, now=desk.now)
        assert desk.ask(lambda session: session.scalar(select(func.count()).select_from(DoneAct))) == remembered


def test_a_key_does_not_open_what_belongs_to_somebody_else(desk: Desk) -> None:
    number = desk.submit(key="1:form")
    item_id = desk.item(number).id
    desk.finish(item_id, by="amir", key="2:form", **SOLVE)

    with pytest.raises(NotFound):
        desk.finish(item_id, by="colin", key="2:form", **SOLVE)
    with pytest.raises(NotFound):
        desk.reply(number, "Halo?", by="colin", key="2:form")


# --- nothing is kept of what is refused


@pytest.mark.parametrize("act", [
    lambda desk, number: desk.submit({**INCIDENT, "subject": ""}),
    lambda desk, number: desk.complete(number, "recognise", decision="solve", priority="normal"),
    lambda desk, number: desk.complete(number, "recognise", decision="ask", question="", priority="normal"),
    lambda desk, number: desk.complete(number, "recognise"),
])
def test_wrong_answers_keep_nothing_written(desk: Desk, act: Callable[[Desk, str], None]) -> None:
    number = desk.submit()
    before, state = everything(desk), desk.instance(number).state

    with pytest.raises(BadAnswers) as refused:
        act(desk, number)

    assert refused.value.filled.errors
    assert everything(desk) == before
    assert desk.instance(number).state == state


@pytest.mark.parametrize(("body", "error"), [
    ("", NothingSaid), (" \n\x00 ", NothingSaid), ("a" * (TEXT_MAX + 1), TooLong)])
def test_nothing_and_too_much_are_not_said(desk: Desk, body: str, error: type[Exception]) -> None:
    number = desk.submit()
    before = everything(desk)

    with pytest.raises(error):
        desk.reply(number, body)
    desk.reply(number, "a" * TEXT_MAX)

    assert everything(desk)["message"] == before["message"] + 1


def test_only_so_many_requests_an_hour(desk: Desk) -> None:
    for _ in range(3):
        desk.submit(most_per_hour=3)

    with pytest.raises(TooManyTries):
        desk.submit(most_per_hour=3)
    desk.submit(by="colin", most_per_hour=3)
    desk.later(hours=1, seconds=1)

    desk.submit(most_per_hour=3)


def test_a_step_goes_only_to_members_of_its_team(desk: Desk) -> None:
    number = desk.submit()

    for other in ("beth", "clara", "ada"):
        with pytest.raises(NotInTeam):
            desk.assign(number, to=other)

    assert desk.item(number).holder_id is None


def test_nothing_more_is_done_on_an_ended_ticket(desk: Desk) -> None:
    number = desk.submit()
    item_id = desk.item(number).id
    desk.withdraw(number)

    with pytest.raises(AlreadyDone):
        desk.finish(item_id, by="amir", **SOLVE)
    with pytest.raises(AlreadyEnded):
        desk.reply(number, "Jeszcze jedno.")
    desk.note(number, "Klient dzwonił po wycofaniu.")

    assert desk.messages(number) == [("note", "Klient dzwonił po wycofaniu.")]


def test_the_channel_and_the_one_who_registered_are_kept(desk: Desk) -> None:
    number = desk.submit(by="amir", client="clara", channel=Channel.PHONE)

    ticket = desk.ticket(number)
    assert ticket.channel == "phone"
    assert ticket.registered_by_id != ticket.client_id
    assert desk.ask(lambda session: desk.person(session, "amir").id) == ticket.registered_by_id


# --- a step that fails


def test_a_step_that_fails_changes_nothing_and_leaves_an_incident_with_its_element(desk: Desk) -> None:
    publish_altered(desk, "account_deletion", UNWRITTEN)
    number = desk.submit(DELETION, about="delete_account")
    before, state, trail = everything(desk), desk.instance(number).state, desk.trail(number)

    error = failing(desk, lambda: refuse(desk, number, key="2:form"))

    incident, = desk.incidents(number)
    assert (error.element_id, incident.element_id, incident.act) == (*["publish_refusal_request"] * 2, "complete")
    assert "deletion_check.note" in incident.reason
    # Beside the incident and the audit only the letter to who can mend it.
    added = ("incident", "audit_entry", "letter")
    assert everything(desk) == {**before, **{table: before[table] + 1 for table in added}}
    assert (desk.instance(number).state, desk.trail(number)) == (state, trail)
    assert desk.item(number, "check_request").is_open
    assert desk.acts(number)[-1] == "step_failed"


def test_a_step_that_fails_again_counts_and_one_that_succeeds_mends(desk: Desk) -> None:
    publish_altered(desk, "account_deletion", UNWRITTEN)
    number = desk.submit(DELETION, about="delete_account")
    for _ in range(3):
        failing(desk, lambda: refuse(desk, number))
    assert [incident.tries for incident in desk.incidents(number)] == [3]

    desk.complete(number, "check_request", decision="delete")

    incident, = desk.incidents(number)
    assert incident.mended_at == desk.now and incident.mended_by_id is not None
    assert desk.ask(lambda session: list_incidents(session, incident.ticket_id)) == []


def test_a_lead_or_an_owner_lets_it_run_again_and_nobody_else(desk: Desk) -> None:
    publish_altered(desk, "account_deletion", UNWRITTEN)
    number = desk.submit(DELETION, about="delete_account")
    failing(desk, lambda: refuse(desk, number))
    ticket_id = desk.ticket(number).id

    def repair(who: str) -> None:
        with desk.session() as session:
            try_again(session, ticket_id, by=desk.person(session, who), now=desk.now)

    for stranger in ("clara", "colin", "amir", "beth", "ada", "marek"):
        with pytest.raises((NotAllowed, NotFound)):
            repair(stranger)
    repair("lena")

    assert desk.incidents(number)[0].mended_at == desk.now
    with pytest.raises(NothingBroken):
        repair("oskar")


def test_withdrawing_mends_everything(desk: Desk) -> None:
    publish_altered(desk, "account_deletion", UNWRITTEN)
    number = desk.submit(DELETION, about="delete_account")
    failing(desk, lambda: refuse(desk, number))

    desk.withdraw(number)

    assert [incident.mended_at for incident in desk.incidents(number)] == [desk.now]


@pytest.mark.parametrize(("change", "element"), [(BAD_TIME, "start_basic_clock")])
def test_a_process_that_cannot_even_start_registers_nothing(
        desk: Desk, change: tuple[str, str], element: str) -> None:
    publish_altered(desk, "account_deletion", change)
    before = everything(desk)

    error = failing(desk, lambda: desk.submit(DELETION, about="delete_account", key="1:form"))

    assert isinstance(error, StartFailed)
    assert (error.element_id, error.ticket_id) == (element, None)
    assert everything(desk) == {**before, "audit_entry": before["audit_entry"] + 1}
    entry = desk.ask(lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first())
    assert entry is not None and (entry.act, entry.details["element"]) == ("step_failed", element)


@pytest.mark.parametrize(("change", "element"), [(BAD_STATUS, "with_specialist"), (BAD_TIMER, "survey_expired")])
def test_whatever_fails_inside_names_its_element(desk: Desk, change: tuple[str, str], element: str) -> None:
    publish_altered(desk, "account_deletion", change)
    number = desk.submit(DELETION, about="delete_account")

    def to_the_end() -> None:
        desk.complete(number, "check_request", decision="delete")
        desk.complete(number, "deactivate_account", by="beth", done=True, deactivated_on="2026-11-17")

    assert failing(desk, to_the_end).element_id == element
    assert [incident.element_id for incident in desk.incidents(number)] == [element]


def test_an_alarm_that_fails_is_put_off_and_does_not_hold_the_others_up(desk: Desk) -> None:
    publish_altered(desk, "account_deletion", BAD_LETTER)
    bad = desk.submit(DELETION, about="delete_account")
    good = desk.submit()

    desk.later(hours=3, minutes=1)
    desk.tick()

    incident, = desk.incidents(bad)
    assert (incident.act, incident.element_id) == ("alarm", "report_75")
    assert "escalation" in desk.letters(good, to="lena")
    assert desk.instance(bad).ended_at is None and desk.item(bad).element_id == "check_request"


def test_a_state_that_cannot_be_read_is_an_incident_and_the_words_are_not_lost(desk: Desk) -> None:
    number = desk.submit()
    with desk.session() as session:
        session.get_one(Instance, desk.instance(number).id).state = b"something else"

    failing(desk, lambda: desk.complete(number, "recognise", **SOLVE))
    failing(desk, lambda: desk.withdraw(number))
    desk.reply(number, "Czy ktoś mnie słyszy?")

    assert {incident.act for incident in desk.incidents(number)} == {"complete", "withdraw"}
    assert desk.messages(number) == [("reply", "Czy ktoś mnie słyszy?")]


def test_a_status_without_an_arrow_is_refused_by_the_step(desk: Desk) -> None:
    number = desk.submit()

    def cancel(session: Any, ticket: Ticket) -> None:
        set_status(ticket, Status.CANCELLED, now=desk.now)

    desk.act_on(number, cancel)
    error = failing(desk, lambda: desk.complete(number, "recognise", **SOLVE))

    assert "cancelled" in error.reason
    assert desk.ticket(number).status == "cancelled"


def test_an_unknown_request_type_is_not_found(desk: Desk) -> None:
    with desk.session() as session:
        session.scalars(select(Classification).where(Classification.key == "log")).one().request_type = "nothing"

    with pytest.raises(NotFound):
        desk.submit({}, about="log")


def test_typed_answers_are_texts() -> None:
    assert Typed.of(yes=True, no=False, number=5, none=None, many=["a", 1]) == {
        "yes": ["true"], "no": [], "number": ["5"], "many": ["a", "1"]}
    assert Typed().getlist("anything") == []
