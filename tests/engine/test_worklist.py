"""The worklist: who finds what on which tab, in which order, and with how few questions to the database."""

from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine import repair
from engine.acts import note_incident
from engine.diagrams.errors import EngineError
from engine.overview import callers
from engine.overview.orders import Order, Tab
from engine.overview.teamwork import read_loads
from engine.overview.worklist import Wish, find_number, list_others_of_client, list_work
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.people.accounts import list_teams
from helpdesk.tickets import Priority, Status, Ticket
from sla.alarms import Alarm
from tests.desk import INCIDENT, Desk
from tests.engine.test_incident import ask, hand_over, solve


def numbers(desk: Desk, by: str, **wish: Any) -> list[str]:
    with desk.session() as session:
        found = list_work(session, Wish(**wish), by=desk.person(session, by), now=desk.now)
        return [row.ticket.number for row in found.rows]


def counts(desk: Desk, by: str) -> dict[Tab, int]:
    with desk.session() as session:
        return dict(list_work(session, Wish(), by=desk.person(session, by), now=desk.now).counts)


def test_a_step_is_for_the_team_until_somebody_takes_it(desk: Desk) -> None:
    number = desk.submit()
    assert numbers(desk, "amir", tab=Tab.UNCLAIMED) == [number] == numbers(desk, "lena", tab=Tab.UNCLAIMED)

    desk.claim(number, by="amir")

    assert numbers(desk, "amir", tab=Tab.MINE) == [number] == numbers(desk, "lena", tab=Tab.TEAMS)
    assert numbers(desk, "amir", tab=Tab.UNCLAIMED) == [] == numbers(desk, "lena", tab=Tab.MINE)


def test_another_team_finds_nothing_until_it_is_handed_over(desk: Desk) -> None:
    number = desk.submit()
    assert [numbers(desk, "beth", tab=tab) for tab in Tab] == [[]] * 5

    hand_over(desk, number)

    assert numbers(desk, "beth", tab=Tab.UNCLAIMED) == [number] == numbers(desk, "beth", tab=Tab.EVERY)
    assert numbers(desk, "amir", tab=Tab.TEAMS) == []
    assert numbers(desk, "amir", tab=Tab.EVERY) == [number]


def test_a_ticket_that_waits_for_its_client_is_on_a_tab_of_its_own(desk: Desk) -> None:
    number = desk.submit()
    ask(desk, number)

    assert numbers(desk, "amir", tab=Tab.WAITING) == [number] == numbers(desk, "marek", tab=Tab.WAITING)
    assert numbers(desk, "amir", tab=Tab.TEAMS) == []
    assert counts(desk, "amir") == {Tab.MINE: 0, Tab.UNCLAIMED: 0, Tab.TEAMS: 0, Tab.WAITING: 1}
    assert counts(desk, "beth")[Tab.WAITING] == 0


def test_a_closed_ticket_is_found_among_all_of_them_only(desk: Desk) -> None:
    number = desk.submit()
    solve(desk, number)
    desk.complete(number, "accept_solution", by="clara", verdict="accepted")

    assert numbers(desk, "amir", tab=Tab.WAITING) == []
    assert numbers(desk, "amir", tab=Tab.EVERY) == [number]


def test_a_manager_sees_every_team_and_a_client_nothing(desk: Desk) -> None:
    first, second = desk.submit(), desk.submit()
    hand_over(desk, second)

    assert set(numbers(desk, "marek", tab=Tab.TEAMS)) == {first, second} == set(numbers(desk, "marek", tab=Tab.EVERY))
    with pytest.raises(NotAllowed):
        numbers(desk, "clara")


def test_the_least_time_left_comes_first_and_a_paused_ticket_last(desk: Desk) -> None:
    paused = desk.submit()
    ask(desk, paused)
    early = desk.submit()
    desk.later(hours=1)
    late = desk.submit()

    assert numbers(desk, "amir", tab=Tab.TEAMS) == [early, late]
    assert numbers(desk, "amir", tab=Tab.TEAMS, is_backwards=True) == [late, early]
    assert numbers(desk, "amir", tab=Tab.EVERY) == [early, late, paused]
    assert numbers(desk, "amir", tab=Tab.EVERY, is_backwards=True)[-1] == paused


def test_a_step_kept_open_on_a_closed_ticket_is_nobodys_work_unless_it_is_asked_for(desk: Desk) -> None:
    number = desk.submit({"subject": "Raport", "description": "Nie zapisuje się."}, about="log")
    desk.complete(number, act="close")

    for tab in (Tab.UNCLAIMED, Tab.TEAMS):
        assert numbers(desk, "amir", tab=tab) == [] == numbers(desk, "marek", tab=tab)
        assert counts(desk, "amir")[tab] == 0
        assert numbers(desk, "amir", tab=tab, status=Status.CLOSED) == [number]
    with desk.session() as session:
        loads = read_loads(session, list_teams(session), now=desk.now)
    assert {load.open for load in loads} == {0}


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("tab", list(Tab))
def test_every_tab_sorts_by_everything_both_ways(desk: Desk, tab: Tab, order: Order) -> None:
    desk.submit()
    desk.claim(desk.submit())
    ask(desk, desk.submit(by="colin"))

    found = numbers(desk, "amir", tab=tab, order=order)

    assert sorted(found) == sorted(numbers(desk, "amir", tab=tab, order=order, is_backwards=True))


def test_priority_sorts_by_how_much_it_hurries(desk: Desk) -> None:
    made = {priority: desk.submit() for priority in (Priority.LOW, Priority.URGENT, Priority.NORMAL)}
    for priority, number in made.items():
        desk.act_on(number, lambda session, ticket, to=priority: setattr(ticket, "priority", to.value))  # type: ignore[misc]

    assert numbers(desk, "amir", tab=Tab.TEAMS, order=Order.PRIORITY) == [
        made[Priority.URGENT], made[Priority.NORMAL], made[Priority.LOW]]


def test_filters_narrow_the_list(desk: Desk) -> None:
    taken, waiting = desk.submit(), desk.submit()
    desk.claim(taken)

    assert numbers(desk, "amir", tab=Tab.TEAMS, status=Status.IN_PROGRESS) == [taken]
    assert numbers(desk, "amir", tab=Tab.TEAMS, status=Status.REGISTERED) == [waiting]
    assert numbers(desk, "amir", tab=Tab.TEAMS, priority=Priority.URGENT) == []
    assert numbers(desk, "amir", tab=Tab.TEAMS, only_late=True) == []
    desk.later(days=3)
    assert set(numbers(desk, "amir", tab=Tab.TEAMS, only_late=True)) == {taken, waiting}
    team = desk.item(taken).team_id
    assert set(numbers(desk, "marek", tab=Tab.TEAMS, team_id=team)) == {taken, waiting}
    assert numbers(desk, "marek", tab=Tab.EVERY, team_id=(team or 0) + 1) == []


@pytest.mark.parametrize("words", ["wojcik", "WÓJCIK clara@example.com", "pusta strone", "portal zgłoszenia"])
def test_words_are_found_without_their_accents(desk: Desk, words: str) -> None:
    number = desk.submit()

    assert numbers(desk, "amir", tab=Tab.TEAMS, text=words) == [number]


@pytest.mark.parametrize("words", ["baran", "%", "cl_ra", "ais%import", "wojcik baran", "'; drop table ticket; --"])
def test_what_does_not_fit_is_not_found(desk: Desk, words: str) -> None:
    desk.submit()

    assert numbers(desk, "amir", tab=Tab.TEAMS, text=words) == []


@pytest.mark.parametrize("words", [
    "potwierdzeni", "POTWIERDZENIA", "zgłoszeń portalach", "ais_import", "por", "zgloszeniami", "na stronie", "pustej",
    "nie ma potwierdzenia"])
def test_another_ending_of_a_word_and_its_beginning_are_found(desk: Desk, words: str) -> None:
    number = desk.submit()

    assert numbers(desk, "amir", tab=Tab.EVERY, text=words) == [number]
    assert numbers(desk, "beth", tab=Tab.EVERY, text=words) == []


def test_names_are_found_together_and_apart(desk: Desk) -> None:
    together, apart = (desk.submit(dict(INCIDENT, what_happened=f"Odrzucony komunikat {name}.")) for name in (
        "ZC415", "ZC-415"))

    assert numbers(desk, "amir", tab=Tab.EVERY, text="zc415 odrzuconym") == [apart, together]
    assert numbers(desk, "amir", tab=Tab.EVERY, text="ZC-415") == [apart, together]
    assert numbers(desk, "amir", tab=Tab.EVERY, text="zc4") == [together]


def test_any_words_may_be_looked_for(desk: Desk) -> None:
    desk.submit()

    for words in ("'", '"', "*", "NEAR(", "a OR b", "(", "\x00", "':*", "ąę" * 5_000, "x " * 5_000, "😀"):
        assert numbers(desk, "amir", tab=Tab.EVERY, text=words) == []


def test_what_was_looked_for_is_shown_newest_first_and_only_the_newest_are_looked_through(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = desk.submit(), desk.submit(), desk.submit()
    assert numbers(desk, "amir", tab=Tab.EVERY, text="portal") == [third, second, first]
    assert numbers(desk, "amir", tab=Tab.EVERY, text="portal", order=Order.NUMBER) == [first, second, third]

    monkeypatch.setattr("helpdesk.fulltext.search.MOST_MATCHES", 2)

    assert numbers(desk, "marek", tab=Tab.EVERY, text="portal") == [third, second]


def test_no_list_and_no_count_goes_on_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.overview.worklist.MOST_LISTED", 2)
    monkeypatch.setattr("engine.overview.worklist.MOST_COUNTED", 1)
    first, second, _ = desk.submit(), desk.submit(), desk.submit()

    with desk.session() as session:
        found = list_work(session, Wish(tab=Tab.EVERY, order=Order.NUMBER), by=desk.person(session, "amir"),
                          now=desk.now)

    assert [row.ticket.number for row in found.rows] == [first, second]
    assert (found.count, found.pages, found.is_more) == (2, 1, True)
    assert found.counts[Tab.TEAMS] == 2


def test_a_number_leads_to_the_ticket_of_those_who_may_see_inside(desk: Desk) -> None:
    number = desk.submit()

    def found(text: str, by: str) -> str | None:
        with desk.session() as session:
            return find_number(session, text, by=desk.person(session, by))

    assert found(number, "amir") == found(number.lower(), "lena") == found(number[3:], "marek") == number
    assert found(number, "beth") is found(number, "clara") is None
    assert found("ZGL9999999", "amir") is found("ZGL", "amir") is None


def test_other_open_tickets_of_a_client_are_shown_to_those_who_may_see_them(desk: Desk) -> None:
    here, there, closed = desk.submit(), desk.submit(), desk.submit()
    desk.submit(by="colin")
    desk.withdraw(closed)
    hand_over(desk, here)

    def others(by: str) -> list[str]:
        with desk.session() as session:
            ticket = session.get(Ticket, desk.ticket(here).id)
            assert ticket is not None
            return [one.number for one in list_others_of_client(session, ticket, by=desk.person(session, by))]

    assert others("amir") == [there] == others("marek")
    assert others("beth") == []


@pytest.mark.parametrize("tab", list(Tab))
def test_a_longer_list_asks_the_database_no_more_often(desk: Desk, tab: Tab) -> None:
    def fill() -> None:
        for by in ("clara", "colin"):
            desk.submit(by=by)
            desk.claim(desk.submit(by=by))
            desk.claim(desk.submit(by=by), by="lena")
            ask(desk, desk.submit(by=by))

    fill()
    few = statements(desk, tab)
    fill()
    fill()

    assert statements(desk, tab) == few <= 8


def statements(desk: Desk, tab: Tab) -> int:
    """How many statements one page of the list needs, with everything its rows show."""
    with desk.session() as session:
        amir = desk.person(session, "amir")
        with counting(desk) as seen:
            for row in list_work(session, Wish(tab=tab), by=amir, now=desk.now).rows:
                assert row.ticket.client.name and row.ticket.subject
                assert row.item is not None
                assert row.item.holder is None or row.item.holder.name
                assert row.item.team is None or row.item.team.name_pl
    assert not any("instance.state" in statement for statement in seen)
    return len(seen)


@contextmanager
def counting(desk: Desk) -> Any:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(desk.database.engine, "before_cursor_execute", note)


def test_pages_hold_fifty_and_a_page_too_far_is_the_last(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.overview.worklist.PAGE", 2)
    first, second, third = desk.submit(), desk.submit(), desk.submit()

    assert numbers(desk, "amir", tab=Tab.TEAMS, order=Order.NUMBER) == [first, second]
    assert numbers(desk, "amir", tab=Tab.TEAMS, order=Order.NUMBER, page=2) == [third]
    assert numbers(desk, "amir", tab=Tab.TEAMS, order=Order.NUMBER, page=99) == [third]
    assert numbers(desk, "amir", tab=Tab.TEAMS, order=Order.NUMBER, page=-3) == [first, second]


# --- repair


def broken(desk: Desk) -> str:
    number = desk.submit()
    note_incident(desk.database, ticket_id=desk.ticket(number).id, act="alarm", now=desk.now,
                  error=EngineError(element_id="recognise", reason="no such team"))
    return number


def mend(desk: Desk, number: str, by: str) -> None:
    ticket_id = desk.ticket(number).id
    desk.database.run(lambda session: repair.try_again(session, ticket_id, by=desk.person(session, by), now=desk.now))


@pytest.mark.parametrize("by", ["lena", "oskar"])
def test_a_lead_or_an_owner_lets_a_failed_step_run_again(desk: Desk, by: str) -> None:
    number = broken(desk)
    desk.later(days=1)
    desk.act_on(number, lambda session, ticket: session.query(Alarm).filter_by(ticket_id=ticket.id).update(
        {"try_at": desk.now + timedelta(days=3650), "tries": 5}) and None)
    assert desk.tick() == 0

    mend(desk, number, by)

    assert [one.mended_by_id is not None for one in desk.incidents(number)] == [True]
    assert "repaired" in desk.acts(number)
    assert desk.tick() == 1
    with pytest.raises(repair.NothingBroken):
        mend(desk, number, by)


@pytest.mark.parametrize(("by", "refusal"), [("amir", NotAllowed), ("clara", NotAllowed), ("marek", NotAllowed),
                                             ("beth", NotFound)])
def test_nobody_else_repairs(desk: Desk, by: str, refusal: type[Exception]) -> None:
    number = broken(desk)

    with pytest.raises(refusal):
        mend(desk, number, by)


def test_a_lead_of_another_team_finds_nothing_to_repair(desk: Desk) -> None:
    number = broken(desk)
    with desk.session() as session:
        desk.person(session, "beth").memberships[0].is_lead = True

    with pytest.raises(NotFound):
        mend(desk, number, "beth")


# --- callers


@pytest.mark.parametrize(
    "text", ["wojcik", "Clara WÓJ", "clara@exam", "przystan", "22 555 0101", "555-01-01", "2002514945"])
def test_a_caller_is_found_by_any_part_of_what_they_say(desk: Desk, text: str) -> None:
    with desk.session() as session:
        clara = desk.person(session, "clara")
        clara.firm, clara.phone, clara.nip = "Przystań Importowa", "+48 22 555 01 01", "2002514945"

    with desk.session() as session:
        found = callers.find_callers(session, text, by=desk.person(session, "amir"))
        assert [one.name for one in found] == ["Clara Wójcik"]
        assert callers.find_callers(session, "  ", by=desk.person(session, "amir")) == []
        with pytest.raises(NotAllowed):
            callers.find_callers(session, text, by=desk.person(session, "colin"))


@pytest.mark.parametrize(("given", "problem"), [
    ({"name": " "}, callers.NameMissing), ({"email": "nowhere"}, callers.BadAddress),
    ({"email": "a@b"}, callers.BadAddress), ({"phone": "1" * 41}, callers.TextTooLong),
    ({"email": "Clara@Example.com"}, callers.AccountExists)])
def test_a_new_caller_needs_a_name_and_an_address_of_their_own(
        desk: Desk, given: dict[str, str], problem: type[Exception]) -> None:
    with desk.session() as session, pytest.raises(problem):
        callers.add_caller(session, **{"name": "Nowy Klient", "email": "nowy@example.com", **given},
                           by=desk.person(session, "amir"), now=desk.now)
