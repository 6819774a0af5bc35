"""Repair: what failed is mended in five ways, by those who answer for it; nothing that would stop again is done."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import repair
from engine.acts import StepFailed, note_failure
from engine.diagrams.run import Run
from engine.records import Incident, Instance
from engine.repair.incidents import Which, count_for, list_for
from engine.repair.variables import BadValue
from engine.versions import Shelf
from helpdesk.audit.proof import prove
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.outbox import Letter
from helpdesk.tickets import Status, lock_ticket
from tests.desk import DELETION, Desk
from tests.engine.altered import publish_altered
from tests.engine.test_use_cases import UNWRITTEN

WHY = "Uzgodnione z kierownikiem."


@pytest.fixture
def number(desk: Desk) -> str:
    """A ticket whose step failed: the refusal could not be published, for nobody had written its text."""
    publish_altered(desk, "account_deletion", UNWRITTEN)
    number = desk.submit(DELETION, about="delete_account")
    with pytest.raises(StepFailed) as failed:
        desk.complete(number, "check_request", decision="refuse", explanation="Nie.")
    note_failure(desk.database, failed.value, now=desk.now)
    assert [one.element_id for one in desk.incidents(number)] == ["publish_refusal_request"]
    return number


def mend(desk: Desk, number: str, what: Callable[..., None], *rest: Any, by: str = "lena", **facts: Any) -> None:
    ticket_id = desk.ticket(number).id
    desk.database.run(lambda session: what(
        session, ticket_id, *rest, by=desk.person(session, by), now=desk.now, **facts))


def can_be_restored(desk: Desk, number: str) -> bool:
    def restore(session: Session) -> bool:
        instance = session.scalars(select(Instance).where(Instance.ticket_id == desk.ticket(number).id)).one()
        bundle = Shelf().take(session, instance.version_id).bundle
        run = Run.restore(bundle, state=instance.state, variables=dict(instance.variables), now=desk.now,
                          perform=lambda *_: None, reckon=lambda *_: desk.now)
        return run.is_ended or bool(run.waits)
    return desk.ask(restore)


def everything(desk: Desk, number: str) -> tuple[Any, ...]:
    instance = desk.instance(number)
    return (instance.state, instance.variables, instance.passing_over, desk.acts(number), desk.messages(number),
            [item.element_id for item in desk.open_items(number)], desk.ticket(number).status,
            [one.mended_at for one in desk.incidents(number)])


def token_at(desk: Desk, number: str, element_id: str) -> int:
    return next(item.token for item in desk.open_items(number) if item.element_id == element_id)


def test_a_failed_element_is_skipped_the_next_time_somebody_comes_to_it(desk: Desk, number: str) -> None:
    mend(desk, number, repair.skip, "publish_refusal_request", reason=WHY)

    desk.complete(number, "check_request", decision="refuse", explanation="Nie.")

    assert desk.ticket(number).is_ended and desk.instance(number).passing_over == {}
    assert {"step_skipped", "completed", "process_ended"} <= set(desk.acts(number))
    assert ("note", WHY) in desk.messages(number)
    assert desk.incidents(number)[0].mended_at == desk.now


def test_a_step_where_the_process_stands_is_left_without_being_done(desk: Desk, number: str) -> None:
    before = {item.element_id for item in desk.open_items(number)}

    with pytest.raises(repair.WouldNotRest) as refused:
        mend(desk, number, repair.skip, "check_request", reason=WHY)

    assert before == {item.element_id for item in desk.open_items(number)} == {"check_request"}
    assert refused.value.element_id


def test_a_step_is_moved_and_what_was_armed_is_armed_anew(desk: Desk, number: str) -> None:
    with desk.session() as session:
        ticket = lock_ticket(session, desk.ticket(number).id, now=desk.now)
        place, = [one for one in repair.look_at(session, ticket, now=desk.now) if one.element.id == "check_request"]
        targets = [one.id for one in place.targets if one.kind == "userTask"]
        session.rollback()
    alarms = {(alarm.token, alarm.kind) for alarm in desk.alarms(number)}

    mend(desk, number, repair.move, place.token, to=targets[0], reason=WHY, by="oskar")

    assert desk.item(number).element_id == targets[0] and can_be_restored(desk, number)
    assert not {token for token, kind in alarms if kind == "timer"} & {alarm.token for alarm in desk.alarms(number)}
    assert "step_moved" in desk.acts(number)


def test_a_value_is_corrected_and_the_failed_step_runs_again(desk: Desk, number: str) -> None:
    names = {variable.name: variable for variable in desk.ask(lambda session: repair.list_variables(
        Shelf().take(session, desk.instance(number).version_id), desk.instance(number).variables))}
    scope = next(one for one in names.values() if one.name.endswith(".scope"))
    other = next(option.value for option in scope.options if option.value != scope.value)

    mend(desk, number, repair.change, scope.name, other, reason=WHY)

    form = scope.name.split(".")[0]
    assert desk.instance(number).variables[form]["scope"] == other
    assert desk.incidents(number)[0].mended_at == desk.now
    assert ("note", f"{scope.name}: {scope.value} → {other}\n{WHY}") in desk.messages(number)


@pytest.mark.parametrize(("name", "text", "error"), [
    ("{form}.scope", "nothing of the kind", BadValue), ("{form}.scope", "x" * 501, BadValue),
    ("{form}.understood", "perhaps", BadValue), ("{form}.nothing", "1", NotFound), ("ticket.number", "1", NotFound),
    ("new", "1", NotFound), ("{form}", "1", NotFound)])
def test_what_is_no_value_of_a_variable_is_refused(desk: Desk, number: str, name: str, text: str,
                                                   error: type[DeskError]) -> None:
    form = next(key for key, value in desk.instance(number).variables.items() if "scope" in value)
    before = everything(desk, number)

    with pytest.raises(error):
        mend(desk, number, repair.change, name.format(form=form), text, reason=WHY)

    assert everything(desk, number) == before


def test_a_process_is_ended_and_the_client_told(desk: Desk, number: str) -> None:
    mend(desk, number, repair.cancel, reason="Konto usunięto już w marcu.", by="oskar")

    ticket = desk.ticket(number)
    assert (ticket.status, ticket.outcome) == (Status.CANCELLED, "cancelled")
    assert "cancelled" in desk.letters(number, to="clara")
    assert ("reply", "Konto usunięto już w marcu.") in desk.messages(number)
    assert desk.open_items(number) == [] and desk.alarms(number) == []
    assert all(one.mended_at for one in desk.incidents(number))


def test_a_process_whose_state_cannot_be_read_can_still_be_ended(desk: Desk, number: str) -> None:
    def spoil(session: Session, ticket: Any) -> None:
        session.scalars(select(Instance).where(Instance.ticket_id == ticket.id)).one().state = b"garbage"
    desk.act_on(number, spoil)
    before = everything(desk, number)
    with pytest.raises(repair.WouldNotRest):
        mend(desk, number, repair.move, 1, to="end", reason=WHY)
    assert everything(desk, number) == before

    mend(desk, number, repair.cancel, reason="Nie da się odczytać stanu.")

    assert desk.ticket(number).is_ended


@pytest.mark.parametrize("what", ["skip", "move", "change", "cancel"])
@pytest.mark.parametrize("reason", ["", "   ok  ", "x" * 1001])
def test_a_reason_is_asked_for(desk: Desk, number: str, what: str, reason: str) -> None:
    rest = {"skip": ("publish_refusal_request",), "move": (token_at(desk, number, "check_request"),),
            "change": ("x", "y"), "cancel": ()}[what]
    facts = {"to": "x"} if what == "move" else {}
    before = everything(desk, number)

    with pytest.raises(repair.NoReason):
        mend(desk, number, getattr(repair, what), *rest, reason=reason, **facts)

    assert everything(desk, number) == before


@pytest.mark.parametrize("what", ["try_again", "skip", "move", "change", "cancel"])
def test_only_leads_of_the_team_and_owners_mend(desk: Desk, number: str, what: str) -> None:
    rest = {"skip": ("publish_refusal_request",), "move": (token_at(desk, number, "check_request"),),
            "change": ("x", "y")}.get(what, ())
    facts = ({"to": "x"} if what == "move" else {}) | ({} if what == "try_again" else {"reason": WHY})
    before = everything(desk, number)

    for stranger in ("clara", "colin", "amir", "beth", "ada", "marek"):
        with pytest.raises((NotAllowed, NotFound)):
            mend(desk, number, getattr(repair, what), *rest, by=stranger, **facts)

    assert everything(desk, number) == before


def test_an_element_that_cannot_be_skipped_is_refused(desk: Desk, number: str) -> None:
    before = everything(desk, number)

    for element_id, flow in (("nowhere", ""), ("start", ""), ("publish_refusal_request", "nowhere")):
        with pytest.raises(repair.NotToBePassed):
            mend(desk, number, repair.skip, element_id, reason=WHY, flow=flow)

    assert everything(desk, number) == before


def test_repairs_are_in_the_chain_without_what_people_wrote(desk: Desk, number: str) -> None:
    mend(desk, number, repair.skip, "publish_refusal_request", reason=WHY)
    mend(desk, number, repair.cancel, reason="Klient zrezygnował.")

    from helpdesk.audit import AuditEntry
    entries = {entry.act: entry.details for entry in desk.rows(AuditEntry, number)}
    assert entries["step_skipped"]["element"] == "publish_refusal_request" and entries["step_skipped"]["note"] > 0
    assert WHY not in str(entries) and "zrezygnował" not in str(entries)
    assert prove(desk.database, number=number).entries == len(desk.acts(number))


# --- who sees what

def test_leads_see_the_incidents_of_their_teams_and_owners_all(desk: Desk, number: str) -> None:
    def seen(who: str, which: Which = Which.OPEN) -> list[str]:
        return desk.ask(lambda session: [told.ticket.number for told in list_for(
            session, desk.person(session, who), which=which, now=desk.now, most=10)])

    assert seen("lena") == seen("oskar") == seen("lena", Which.WAITING) == [number]
    assert seen("beth") == seen("clara") == seen("lena", Which.MENDED) == []
    mend(desk, number, repair.try_again)
    assert seen("lena") == [] and seen("oskar", Which.MENDED) == [number]
    assert desk.ask(lambda session: count_for(session, desk.person(session, "lena"), which=Which.MENDED, most=5)) == 1


def test_who_can_mend_is_told_once_by_letter(desk: Desk, number: str) -> None:
    with pytest.raises(StepFailed) as failed:
        desk.complete(number, "check_request", decision="refuse", explanation="Nie.")
    note_failure(desk.database, failed.value, now=desk.now)

    assert desk.incidents(number)[0].tries == 2
    assert desk.letters(number, to="lena").count("incident") == 1
    assert desk.ask(lambda session: len(session.scalars(select(Letter).where(Letter.text == "incident")).all())) == 1


def test_an_alarm_that_fails_waits_for_a_person_after_five_tries(desk: Desk) -> None:
    number = desk.submit()

    def spoil(session: Session, ticket: Any) -> None:
        session.scalars(select(Instance).where(Instance.ticket_id == ticket.id)).one().state = b"garbage"
    desk.act_on(number, spoil)
    states = []
    for _ in range(6):
        desk.later(hours=9)
        desk.tick()
        states.append([(one.tries, one.waits_for_person_at is not None) for one in desk.incidents(number)])

    assert states == [[(1, False)], [(2, False)], [(3, False)], [(4, False)], [(5, True)], [(5, True)]]
    assert desk.letters(number, to="lena").count("incident") == 1
    told = desk.ask(lambda session: list_for(session, desk.person(session, "lena"), which=Which.OPEN, now=desk.now,
                                             most=5))
    assert [one.next_at for one in told] == [None]


def test_the_next_try_is_told_while_the_desk_still_tries(desk: Desk) -> None:
    number = desk.submit()

    def spoil(session: Session, ticket: Any) -> None:
        session.scalars(select(Instance).where(Instance.ticket_id == ticket.id)).one().state = b"garbage"
    desk.act_on(number, spoil)
    desk.later(hours=9)
    desk.tick()

    told, = desk.ask(lambda session: list_for(session, desk.person(session, "lena"), which=Which.OPEN, now=desk.now,
                                              most=5))
    assert told.next_at is not None and told.next_at > desk.now
    assert isinstance(told.incident, Incident)
