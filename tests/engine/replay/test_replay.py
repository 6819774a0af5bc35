"""A log replayed through the use cases gives, from the tables, what the log alone gives."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from replay_logs import SMALL, invented, write
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.packages import read_built_in
from engine.records import Answer, Incident
from engine.replay import Outcome, replay
from engine.replay.cast import Cast
from engine.replay.log import Reason, read_log
from engine.replay.player import NotEmpty
from engine.replay.report import Report, compare
from engine.replay.stories import TARGETS, tell_from_database, tell_from_log
from engine.versions import Shelf, current_version
from helpdesk.audit import AuditEntry
from helpdesk.database import Database
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket
from sla.alarms import Alarm
from sla.calendars import BUILT_IN
from sla.promises import Clock
from tests.desk import MONDAY, Desk

NOON = datetime(2012, 3, 5, 12, tzinfo=UTC)


def test_the_small_log_gives_the_figures_counted_by_hand(outcome: Outcome) -> None:
    assert outcome.differences == ()
    assert outcome.report == Report(
        cases=14, events=49, still_open=5,
        acts={"close": 12, "create_anomaly": 1, "duplicate": 1, "invalid": 1, "register": 14, "require_upgrade": 1,
              "resolve": 6, "resolve_anomaly": 1, "schedule": 1, "seriousness": 4, "take": 15, "verify": 2, "wait": 2},
        opened={"2012-03": 12, "2012-05": 2},
        closed={"2012-03": 8, "2012-04": 1, "2012-05": 1},
        median=timedelta(days=5), p90=timedelta(days=29), breaches={"first_answer": 2, "solution": 1})


def test_breaches_are_those_counted_by_hand(played: Database, outcome: Outcome) -> None:
    with played.transaction() as session:
        stories = tell_from_database(session)

    assert {case: set(story.breached) for case, story in stories.items() if story.breached} == {
        "Case 2": {"first_answer"}, "Case 4": {"solution"}, "Case 13": {"first_answer"}}


def test_each_act_has_the_moment_and_the_person_of_the_log(played: Database, outcome: Outcome) -> None:
    with played.transaction() as session:
        story = tell_from_database(session)["Case 2"]

    assert [(f"{deed.at:%d %H:%M:%S}", deed.by.partition("@")[0], deed.act) for deed in story.deeds] == [
        ("05 09:00:00", "agent-1", "register"), ("06 09:00:01", "agent-1", "take"), ("07 09:00:00", "agent-1", "wait"),
        ("08 09:00:00", "agent-1", "require_upgrade"), ("09 09:00:00", "agent-2", "take"),
        ("12 09:00:00", "agent-2", "resolve"), ("27 09:00:00", "agent-3", "close")]
    assert [trace.act for trace in story.traces] == ["submitted"] + 6 * ["completed"]


def test_what_the_process_refuses_is_counted_with_its_reason(outcome: Outcome) -> None:
    refused = [one for one in outcome.unmapped if one.reason is Reason.REFUSED]

    assert [(one.case, one.number, one.detail.partition(";")[0]) for one in refused] == [
        ("Case 8", 3, "Ticket Case 8 has ended")]
    assert len(outcome.unmapped) == 6 and outcome.events_read == 55
    assert not outcome.is_good


def test_the_report_is_told_in_both_languages(outcome: Outcome) -> None:
    polish, english = outcome.lines("pl"), outcome.lines("en")

    assert len(polish) == len(english)
    assert "Cases: 14, events: 49, open at the end: 5" in english
    assert "2012-03       12        8" in english
    assert "Cel „pierwsza odpowiedź” (8 godz. roboczych), spraw po terminie: 2 (14,3 %)" in polish
    assert "  1 × nieznana nazwa zdarzenia „Escalate to vendor”" in polish
    assert "Cases that change their customer (the ticket keeps the first): 1" in english


def test_numbers_are_given_in_the_order_of_time(played: Database, outcome: Outcome) -> None:
    with played.transaction() as session:
        opened = list(session.scalars(select(Ticket.opened_at).order_by(Ticket.number)))

    assert opened == sorted(opened)


def test_people_have_invented_names_and_addresses(played: Database, outcome: Outcome) -> None:
    with played.transaction() as session:
        people = {person.email: person.name for person in session.scalars(select(Person))
                  if person.email.endswith("@replay.example.com")}

    assert people["agent-5@replay.example.com"] == "Agent 5" and people["client-70@replay.example.com"] == "Client 70"
    assert "client-80@replay.example.com" not in people


def test_alarms_ring_at_their_own_moments_and_none_is_left(played: Database, outcome: Outcome) -> None:
    with played.transaction() as session:
        rung = session.execute(select(Alarm.due_at, Alarm.fired_at).where(Alarm.fired_at.is_not(None))).all()
        waiting = list(session.scalars(select(Alarm.due_at).where(Alarm.fired_at.is_(None))))
        incidents = list(session.scalars(select(Incident)))

    assert len(rung) > 10 and all(due == fired for due, fired in rung)
    assert all(due > outcome.log.ended_at for due in waiting)
    assert incidents == []


def drop_an_act(session: Session) -> None:
    first = session.scalars(select(Answer).where(Answer.form == "ticket_step").order_by(Answer.id)).first()
    session.delete(first)


def give_them_to_another(session: Session) -> None:
    amir = session.scalar(select(Person.id).where(Person.email == "amir@example.com"))
    session.execute(update(AuditEntry).where(AuditEntry.act == "completed").values(by_id=amir))


def forget_a_breach(session: Session) -> None:
    session.execute(update(Clock).where(Clock.key == "solution").values(breached_at=None))


def move_the_closings(session: Session) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.act == "closed").values(at=MONDAY))


def lose_tickets(session: Session) -> None:
    session.execute(update(Ticket).where(Ticket.opened_at < NOON).values(request_type="incident"))


@pytest.mark.parametrize(("harm", "seen"), [
    (drop_an_act, {"acts", "deeds", "events"}), (give_them_to_another, {"traces"}), (lose_tickets, {"case", "cases"}),
    (forget_a_breach, {"breached", "breaches"}), (move_the_closings, {"closed", "closed_at", "median"})])
def test_an_error_in_the_tables_is_noticed(played: Database, outcome: Outcome, harm: Callable[[Session], None],
                                           seen: set[str]) -> None:
    in_log = tell_from_log(outcome.log, Cast.of(outcome.log), BUILT_IN)

    with played.transaction() as session:
        harm(session)
        session.flush()
        found = compare(in_log, tell_from_database(session))
        session.rollback()

    assert seen <= {one.what for one in found}
    assert all(one.sentence("pl") and one.sentence("en") for one in found)


@pytest.mark.parametrize("seed", range(2))
def test_wild_logs_are_told_alike(database: Database, tmp_path: Path, seed: int) -> None:
    outcome = replay(database, write(tmp_path / "wild.xes", invented(seed)))

    assert [one.sentence("en") for one in outcome.differences] == []
    assert sum(outcome.report.breaches.values()) > 2


def test_progress_is_told_event_by_event(database: Database, tmp_path: Path) -> None:
    told: list[tuple[int, int, datetime]] = []

    outcome = replay(database, write(tmp_path / "log.xes", {"A": SMALL["Case 2"]}),
                     progress=lambda *one: told.append(one))

    assert [done for done, _, _ in told] == list(range(1, 8)) and {total for _, total, _ in told} == {7}
    assert told[-1][2] == outcome.log.ended_at


def test_a_desk_with_tickets_is_left_alone(desk: Desk, database: Database, small: Path) -> None:
    desk.submit()

    with pytest.raises(NotEmpty, match="this one has 1"):
        replay(database, small)

    with desk.session() as session:
        assert len(list(session.scalars(select(Ticket)))) == 1


def test_a_case_the_desk_does_not_register_is_left_out_whole(database: Database, tmp_path: Path,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "log.xes", {"A": SMALL["Case 1"], "B": SMALL["Case 1"]})
    monkeypatch.setattr("engine.replay.player.requests.SUBJECT_MAX", 0)

    outcome = replay(database, path)

    assert {one.reason for one in outcome.unmapped} == {Reason.NOT_REGISTERED} and len(outcome.unmapped) == 8
    assert outcome.report.cases == 0 and outcome.differences == ()


def test_the_targets_are_those_of_the_process(database: Database) -> None:
    with database.transaction() as session:
        elements = current_version(session, "ticket").bundle.elements.values()

    starts = [one.parameters for one in elements if one.verb == "start_clock"]
    assert {one["clock"].strip('"'): one["allowed"].strip('"') for one in starts} == TARGETS


def test_the_log_alone_needs_no_database(small: Path) -> None:
    log = read_log(small)

    report = Report.from_log(log, Cast.of(log), Shelf().calendars)

    # Without a desk nobody refuses the act that comes too late.
    assert (report.cases, report.events) == (14, 50)


def test_the_process_of_the_replay_is_the_built_in_one(played: Database, outcome: Outcome) -> None:
    built_in = next(one for one in read_built_in().processes if one.key == "ticket")

    with played.transaction() as session:
        assert current_version(session, "ticket").content.digest == built_in.digest
