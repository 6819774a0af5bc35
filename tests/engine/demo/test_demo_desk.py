"""The demonstration desk is as large, as varied and as orderly as a desk at work."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.demo import play as play_module
from engine.demo.content import Facts, read_stories
from engine.demo.crowd.stories import crowd
from engine.demo.errands import ERRAND_TYPES
from engine.demo.firms import INVITED
from engine.demo.play import cast, is_empty
from engine.diagrams.bundle import parse_bundle
from engine.diagrams.elements import Kind
from engine.packages import read_built_in
from engine.records import Answer, Incident, Instance, ItemState, TrailStep, WorkItem
from engine.versions import Shelf
from helpdesk.audit import AuditEntry
from helpdesk.catalogue import Service
from helpdesk.conversation import Message
from helpdesk.files import StoredFile
from helpdesk.identifiers import id_sisc
from helpdesk.links import TicketLink
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Person, find_person, is_password
from helpdesk.people.firms import Firm, FirmMember
from helpdesk.people.firms.invitations import list_invitations
from helpdesk.tickets import Status, Ticket
from sla.alarms import Alarm
from sla.calendars import is_open
from sla.promises import Clock
from tests.engine.demo.conftest import CHEAP, Played, published

# One worker plays each desk once for all of them.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]
AT_LEAST = 3
STATUSES = {status.value for status in Status} - {Status.COMPLAINT.value}
# Of some promises the answer is all: their clocks stop while the ticket goes on.
ANSWERS_ONLY = {"first_answer"}
OUTCOMES = {"incident": {"accepted", "expired", "no_answer", "refused", "rejected", "withdrawn"},
            "account_deletion": {"deleted", "no_answer", "refused", "withdrawn"}}
PROCESSES = tuple(OUTCOMES)
# Where an instance of either process comes to its very end.
LAST_ENDS = {"rated", "not_rated", "ended_refused", "ended_no_answer"}


def drawn_ends(key: str) -> set[str]:
    """Every end event of a process, those of its side paths too."""
    content = next(one for one in read_built_in().processes if one.key == key)
    bundle = parse_bundle({name: text.encode() for name, text in content.diagrams.items()}, content.process_id)
    return {one.id for one in bundle.elements.values() if one.kind is Kind.END}


def types(played: Played) -> dict[int, str]:
    return {ticket.id: ticket.request_type for ticket in played.rows(Ticket)}


def stories_of(played: Played) -> list[Facts]:
    """The stories that were told on this desk."""
    told = [*read_stories(), *(crowd() if played.is_whole else ())]
    return [story for story in told if played.storage is not None or "paper" not in story]


def test_it_is_as_large_as_was_ordered(played: Played) -> None:
    assert len(played.rows(Service)) >= 6
    assert len(played.rows(Person)) >= 60
    told = stories_of(played)
    later = {link.ticket_id for link in played.rows(TicketLink)}
    assert len([one for one in played.rows(Ticket) if one.request_type != "complaint" and one.id not in later]) == len(
        told) >= 80


def test_clara_finds_a_request_that_was_opened_again_and_one_that_goes_on_in_another(played: Played) -> None:
    emails = {person.id: person.email for person in played.rows(Person)}
    client = {ticket.id: emails[ticket.client_id] for ticket in played.rows(Ticket)}

    reopened = {client[entry.ticket_id] for entry in played.rows(AuditEntry)
                if entry.act == "reopened" and entry.ticket_id}
    followed = {client[link.ticket_id] for link in played.rows(TicketLink)}

    assert reopened == followed == {"clara@example.com"}


def test_the_whole_desk_has_four_hundred_tickets_over_every_process(winter: Played) -> None:
    counted = Counter(ticket.request_type for ticket in winter.rows(Ticket))

    assert counted.total() >= 400
    assert {key: counted[key] for key in (one.key for one in read_built_in().processes) if counted[key] < 10} == {}


def test_most_tickets_of_a_process_are_ended_and_some_are_open(winter: Played) -> None:
    shares = {key: [ticket.is_ended for ticket in winter.rows(Ticket) if ticket.request_type == key]
              for key in {ticket.request_type for ticket in winter.rows(Ticket)}}

    assert {key for key, ended in shares.items() if all(ended) or sum(ended) < len(ended) / 2} == set()


def test_the_last_weeks_have_more_tickets_than_the_first(winter: Played) -> None:
    ages = [(winter.now - ticket.opened_at).days for ticket in winter.rows(Ticket)]

    assert sum(age < 30 for age in ages) > sum(30 <= age < 60 for age in ages) > sum(age >= 60 for age in ages) > 40


def test_the_crowd_is_always_the_same_and_everybody_in_it_has_a_number_of_nobody() -> None:
    told = crowd()

    assert told == crowd()
    assert len({story["key"] for story in told}) == len(told)
    # Born in the 23rd century.
    assert {story["answers"]["pesel"][2] for story in told if "pesel" in story["answers"]} <= {"6", "7"}


def test_firms_have_people_requests_an_invitation_and_a_founder_who_waits(played: Played) -> None:
    firms, members, tickets = played.rows(Firm), played.rows(FirmMember), played.rows(Ticket)
    confirmed = [one for one in firms if one.is_confirmed]
    by_firm = {one.id: [member for member in members if member.firm_id == one.id] for one in firms}

    assert len(confirmed) == 2 and len(firms) == 3
    assert [len(by_firm[one.id]) for one in confirmed] == [3, 2]
    assert all(sum(member.is_manager for member in by_firm[one.id]) == 1 for one in confirmed)
    assert all(any(ticket.firm_id == one.id for ticket in tickets) for one in confirmed)
    with played.database.transaction() as session:
        clara = find_person(session, "clara@example.com")
        assert clara is not None and sum(member.person_id == clara.id for member in members) == 2
        assert [proof.email for proof in list_invitations(session, confirmed[0].id, now=played.now)] == [INVITED[0]]


def test_every_id_sisc_is_valid_and_of_nobody() -> None:
    """No tax office gives numbers whose first three digits end with two zeros."""
    told = [str(story["answers"]["id_sisc"]) for story in (*read_stories(), *crowd())
            if "id_sisc" in story.get("answers", {})]

    assert told and [one for one in told if id_sisc(one) != one or one[3:5] != "00"] == []


def test_every_request_is_described_in_its_own_words(played: Played) -> None:
    starts = [answer for answer in played.rows(Answer)
              if answer.form in {"incident_report", "account_deletion_request"}]
    words = [answer.content.get("what_happened") or answer.content["reason"] for answer in starts]

    counted = [ticket for ticket in played.rows(Ticket) if ticket.request_type in PROCESSES]
    assert len(words) == len(counted) == len(set(words))


@pytest.mark.parametrize("errand", ERRAND_TYPES)
def test_every_errand_is_there_under_way(played: Played, errand: str) -> None:
    states = [ticket.is_ended for ticket in played.rows(Ticket) if ticket.request_type == errand]

    assert (len(states) >= 2 and not all(states)) or not played.is_whole


def test_every_status_is_there_three_times(played: Played) -> None:
    counted = Counter(ticket.status for ticket in played.rows(Ticket) if ticket.status in STATUSES)

    assert {status for status, number in counted.items() if number >= AT_LEAST} == STATUSES


@pytest.mark.parametrize("process", PROCESSES)
def test_every_outcome_is_there_three_times(played: Played, process: str) -> None:
    counted = Counter(ticket.outcome for ticket in played.rows(Ticket) if ticket.request_type == process)
    counted.pop("")

    assert {outcome for outcome, number in counted.items() if number >= AT_LEAST} == OUTCOMES[process]


@pytest.mark.parametrize("process", PROCESSES)
def test_every_drawn_end_was_reached_three_times(played: Played, process: str) -> None:
    of = types(played)
    finished = Counter(one.end_element for one in played.rows(Instance)
                       if of[one.ticket_id] == process and one.end_element)
    entered = Counter(element_id for _, element_id in {
        (step.ticket_id, step.element_id) for step in played.rows(TrailStep)
        if of[step.ticket_id] == process and step.what == "entered"})

    assert {end for end, number in finished.items() if number >= AT_LEAST} == LAST_ENDS
    assert {end: entered[end] for end in drawn_ends(process) if entered[end] < AT_LEAST} == {}


def test_the_histories_are_of_the_last_quarter(played: Played) -> None:
    opened = [ticket.opened_at for ticket in played.rows(Ticket)]

    assert played.now - timedelta(days=92) < min(opened) < played.now - timedelta(days=80)
    assert played.now - timedelta(hours=1) < max(opened) < played.now


def test_numbers_grow_with_time(played: Played) -> None:
    tickets = sorted(played.rows(Ticket), key=lambda ticket: ticket.number)

    assert [ticket.opened_at for ticket in tickets] == sorted(ticket.opened_at for ticket in tickets)


def test_nothing_happens_before_its_request_or_after_now(played: Played) -> None:
    opened = {ticket.id: ticket.opened_at for ticket in played.rows(Ticket)}
    told = [(row.ticket_id, row.said_at) for row in played.rows(Message)]
    told += [(row.ticket_id, row.given_at) for row in played.rows(Answer)]
    told += [(row.ticket_id, row.at) for row in played.rows(TrailStep)]
    told += [(row.ticket_id, row.at) for row in played.rows(AuditEntry) if row.ticket_id is not None]
    told += [(row.ticket_id, row.queued_at) for row in played.rows(Letter) if row.ticket_id is not None]

    assert [one for one in told if not opened[one[0]] <= one[1] <= played.now] == []


def test_everything_is_written_in_the_order_it_happened(played: Played) -> None:
    for moments in ([row.at for row in played.rows(AuditEntry)], [row.said_at for row in played.rows(Message)],
                    [row.at for row in played.rows(TrailStep)], [row.queued_at for row in played.rows(Letter)]):
        assert moments == sorted(moments)


def test_tickets_are_solved_and_closed_after_they_were_opened(played: Played) -> None:
    for ticket in played.rows(Ticket):
        assert (ticket.closed_at is not None) == ticket.is_ended
        steps = [ticket.opened_at, *[moment for moment in (ticket.solved_at, ticket.closed_at) if moment]]
        assert steps == sorted(set(steps)), ticket.number


def test_the_error_happened_before_it_was_reported(played: Played) -> None:
    reports = [answer for answer in played.rows(Answer) if answer.form == "incident_report"]

    assert reports
    assert all(answer.content["happened_at"] < answer.given_at.isoformat() for answer in reports)


def test_clocks_move_in_order_and_stop_with_their_ticket(played: Played) -> None:
    ended = {ticket.id for ticket in played.rows(Ticket) if ticket.is_ended}
    # A consent is the answer that was promised; its ticket goes on until the data are in the system.
    answered = {ticket.id for ticket in played.rows(Ticket) if ticket.request_type == "emergency_consent"}
    # Every act on a service ticket lets its clock run, whether it stood or not.
    # A complaint pauses the clock that the offered solution has paused already.
    plain = {ticket.id for ticket in played.rows(Ticket)
             if ticket.request_type == "ticket" or ticket.status == Status.COMPLAINT.value}

    for clock in played.rows(Clock):
        kinds = [move.kind for move in clock.events]
        moments = [move.at for move in clock.events]
        assert moments == sorted(moments)
        assert kinds[0] == "started" and kinds.count("started") == 1
        assert kinds.count("paused") - kinds.count("resumed") in {0, 1} or clock.ticket_id in plain
        assert clock.is_stopped == (kinds[-1] == "stopped")
        assert (clock.is_stopped == (clock.ticket_id in ended) or clock.ticket_id in answered
                or clock.key in ANSWERS_ONLY)


def test_late_tickets_are_late_and_hardly_any_other(played: Played) -> None:
    late = sum(story["plot"] == "late" for story in stories_of(played))
    calendars = Shelf().calendars
    open_clocks = [clock for clock in played.rows(Clock) if not clock.is_stopped]

    breached = [clock for clock in open_clocks if clock.reading(calendars, played.now).breached_at is not None]

    assert len(breached) == late
    assert all(clock.breached_at is not None for clock in breached)


def test_nothing_failed_and_nothing_is_due(played: Played) -> None:
    assert played.rows(Incident) == []
    assert [alarm.id for alarm in played.rows(Alarm) if alarm.fired_at is None and alarm.due_at <= played.now] == []
    assert all(alarm.fired_at == alarm.due_at for alarm in played.rows(Alarm) if alarm.fired_at is not None)


def test_old_letters_have_left_and_only_the_last_hours_wait(played: Played) -> None:
    waiting = [letter for letter in played.rows(Letter) if letter.state not in {"sent", "unwanted"}]

    assert waiting
    assert all(letter.queued_at > played.now - timedelta(hours=1, minutes=1) for letter in waiting)
    assert all(letter.queued_at <= letter.sent_at <= played.now  # type: ignore[operator]
               for letter in played.rows(Letter) if letter.state == "sent")


def test_every_act_left_its_audit_row(played: Played) -> None:
    audited: set[tuple[object, ...]] = {(row.ticket_id, row.at, row.by_id) for row in played.rows(AuditEntry)}
    acts: set[tuple[object, ...]] = {(row.ticket_id, row.given_at, row.by_id) for row in played.rows(Answer)}
    # What the desk itself says has no author; the act that made it say so has.
    acts |= {(row.ticket_id, row.said_at, row.author_id) for row in played.rows(Message) if row.kind != "system"}
    acts |= {(row.ticket_id, row.at, row.by_id) for row in played.rows(TrailStep)}
    acts |= {(row.ticket_id, row.ended_at, row.done_by_id) for row in played.rows(WorkItem)
             if row.state == ItemState.DONE.value}

    assert acts - audited == set()


def test_the_second_line_works_in_office_hours_only(played: Played) -> None:
    with played.database.transaction() as session:
        only_second = {person.id for person in session.scalars(select(Person))
                       if {place.team.key for place in person.memberships} == {"second_line"}}
    office = Shelf().calendars["office"]
    # The last minutes of an act begun before closing time are allowed for.
    acts = [row.at for row in played.rows(AuditEntry) if row.by_id in only_second]

    assert acts
    assert [at for at in acts if not (is_open(at, office) or is_open(at - timedelta(minutes=5), office))] == []


def test_files_come_with_some_requests(winter: Played, summer: Played) -> None:
    stored = [one for one in winter.rows(StoredFile) if one.ticket_id is not None]

    assert len({one.ticket_id for one in stored}) >= 10
    assert {one.media_type for one in stored} == {"image/png", "text/plain", "application/pdf"}
    assert winter.storage is not None
    assert all(winter.storage.path(one.place).stat().st_size == one.size for one in stored)
    assert summer.rows(StoredFile) == []


def test_the_cast_can_sign_in_and_nobody_else_has_a_password(winter: Played) -> None:
    members = cast()

    assert len(members) == 8 and all(set(member.what) == {"pl", "en"} for member in members)
    with winter.database.transaction() as session:
        for member in members:
            person = find_person(session, member.email)
            assert person is not None and person.name == member.name
            assert is_password(person.password_hash, member.password, CHEAP)
    assert sum(bool(person.password_hash) for person in winter.rows(Person)) == len(members)


def test_progress_is_told_from_nothing_to_all(winter: Played) -> None:
    assert winter.shares == sorted(winter.shares)
    assert 0 <= winter.shares[0] < 0.25 and winter.shares[-1] == 1.0


def test_the_same_moment_gives_the_same_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                             winter: Played) -> None:
    few = [story for story in read_stories() if story["key"] in {
        "import_goods_location", "mead_product_code", "car_sold", "receipt_shortage", "kept_for_season"}]
    monkeypatch.setattr(play_module, "read_stories", lambda: few)

    told = []
    for name in ("one", "two"):
        database = published(tmp_path / f"{name}.sqlite")
        assert is_empty(database)
        again = Played(database, winter.now).play()
        assert not is_empty(database)
        told.append([(row.ticket_id, row.at, row.act, row.by_id) for row in again.rows(AuditEntry)])
        database.engine.dispose()

    assert told[0] == told[1]
