"""The lead's page: the numbers, the load of each member, what is at risk, and giving steps to somebody else."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import event, select

from engine.overview.teamwork import list_at_risk, list_unclaimed, read_loads, read_totals, teams_seen_by
from engine.records import WorkItem
from engine.staff import close_account
from helpdesk.people.accounts import Membership, Team, add_person
from tests.desk import Desk
from tests.web.conftest import Browser

# Pages: what they ask of the database is tested on both below them.
pytestmark = pytest.mark.one_database

PAGE = "/team-work"
GIVE = "/team-work/assign"


@pytest.fixture
def eva(desk: Desk) -> str:
    """One more member of the first line."""
    with desk.session() as session:
        team = session.scalars(select(Team).where(Team.key == "first_line")).one()
        person = add_person(session, email="eva@example.com", name="Ewa Świątek", now=desk.now)
        person.memberships = [Membership(team_id=team.id)]
        session.flush()
        return str(person.id)


def person_id(desk: Desk, key: str) -> str:
    return str(desk.ask(lambda session: desk.person(session, key).id))


def tile(page: str, label: str) -> int:
    found = re.search(label + r'(?:</a>)?</span>\s*<span class="tile__value">(\d+)<', page)
    assert found is not None, label
    return int(found.group(1))


def holder(desk: Desk, number: str) -> str | None:
    def find(session: object) -> str | None:
        item = session.scalars(select(WorkItem).where(WorkItem.id == desk.item(number).id)).one()  # type: ignore[attr-defined]
        return item.holder.email.split("@")[0] if item.holder else None
    return desk.ask(find)


def test_the_tiles_count_what_waits(desk: Desk, browse: Callable[..., Browser]) -> None:
    claimed, free, asked = desk.submit(), desk.submit(), desk.submit(by="colin")
    desk.claim(claimed)
    desk.complete(asked, "recognise", decision="ask", question="Jaki jest numer LRN?", priority="normal")
    lena = browse("lena")

    page = lena.get(PAGE)
    assert (tile(page, "Open steps"), tile(page, "Nobody’s yet"), tile(page, "Late")) == (2, 1, 0)
    assert tile(page, "Waiting for the client") == 1
    assert free in page and "Nothing is at risk" not in page
    due = desk.item(claimed).due_at
    assert due is not None
    desk.now = due
    desk.later(minutes=-30)
    assert tile(lena.get(PAGE), "Due within the hour") == 2
    desk.later(minutes=31)
    page = lena.get(PAGE)
    assert (tile(page, "Late"), tile(page, "Due within the hour")) == (2, 0)


def test_the_most_urgent_comes_first(desk: Desk, browse: Callable[..., Browser]) -> None:
    first = desk.submit()
    desk.later(hours=1)
    second = desk.submit()
    desk.later(days=1)

    page = browse("lena").get(PAGE)
    at_risk = page[page.index('id="at-risk"'):]
    assert at_risk.index(first) < at_risk.index(second)
    assert "is-late" in at_risk


def test_the_table_shows_the_load_of_each_member(desk: Desk, eva: str) -> None:
    numbers = [desk.submit() for _ in range(3)]
    desk.claim(numbers[0])
    desk.claim(numbers[1])
    desk.later(days=3)
    with desk.session() as session:
        load = read_loads(session, teams_seen_by(session, desk.person(session, "lena")), now=desk.now)[0]

    assert load.open == 3 and load.late == 3 and load.unclaimed.open == 1
    assert [(one.person.name, one.open) for one in load.members if one.person] == [
        ("Amir Nowak", 2), ("Ewa Świątek", 0), ("Lena Zielińska", 0)]
    assert load.members[0].oldest_at is not None


def test_a_lead_sees_their_own_teams_and_a_manager_all_of_them(desk: Desk, browse: Callable[..., Browser]) -> None:
    desk.submit()

    assert "Second line" not in browse("lena").get(PAGE)
    page = browse("marek").get(PAGE)
    assert "Second line" in page and "First line" in page
    assert GIVE not in page or "Give the ticked" not in page
    assert "Clara" not in browse("marek").get(f"{PAGE}?team=second_line")
    assert "Second line" not in browse("lena").get(f"{PAGE}?team=second_line")


def test_one_step_is_given_with_the_button_beside_it(desk: Desk, browse: Callable[..., Browser], eva: str) -> None:
    number, other = desk.submit(), desk.submit()
    item = desk.item(number).id

    page = browse("lena").post(GIVE, {"one": str(item), f"to_{item}": eva, "item": str(desk.item(other).id), "to": ""})

    assert "1 step was given to Ewa Świątek." in page
    assert (holder(desk, number), holder(desk, other)) == ("eva", None)
    assert desk.acts(number)[-1] == "assigned"
    assert desk.letters(number, to="eva") == ["assigned"]


def test_many_ticked_steps_go_to_one_person_at_once(desk: Desk, browse: Callable[..., Browser], eva: str) -> None:
    numbers = [desk.submit() for _ in range(5)]
    items = [str(desk.item(number).id) for number in numbers]

    page = browse("lena").post(GIVE, {"item": [*items, items[0]], "to": eva})

    assert "5 steps were given to Ewa Świątek." in page
    assert {holder(desk, number) for number in numbers} == {"eva"}


def test_what_cannot_be_given_is_said_and_the_rest_is_given(
        desk: Desk, browse: Callable[..., Browser], eva: str) -> None:
    numbers = [desk.submit() for _ in range(3)]
    items = [str(desk.item(number).id) for number in numbers]
    desk.assign(numbers[0], to="eva")
    desk.complete(numbers[1], "recognise", decision="solve", solution="Gotowe.", priority="normal")

    page = browse("lena").post(GIVE, {"item": [*items, "999999", "²", "9" * 40, "x"], "to": eva})

    assert "1 step was given to Ewa Świątek." in page
    assert "Ewa Świątek has this step already." in page
    assert "finished by somebody else" in page
    assert desk.letters(numbers[0], to="eva") == ["assigned"]


@pytest.mark.parametrize("to", ["beth", "clara"])
def test_nobody_outside_the_team_gets_a_step(desk: Desk, browse: Callable[..., Browser], to: str) -> None:
    number = desk.submit()

    page = browse("lena").post(GIVE, {"item": str(desk.item(number).id), "to": person_id(desk, to)})

    assert "is not in the team of this step." in page
    assert holder(desk, number) is None


@pytest.mark.parametrize("form", [{}, {"to": "5"}, {"item": "1"}, {"item": "1", "to": "²"}, {"one": "x", "to_x": "1"}])
def test_nothing_ticked_or_nobody_chosen_is_said(
        desk: Desk, browse: Callable[..., Browser], form: dict[str, str]) -> None:
    desk.submit()

    assert "Tick at least one step and choose the person." in browse("lena").post(GIVE, form)


@pytest.mark.parametrize(("key", "status"), [
    ("marek", 403), ("amir", 403), ("beth", 403), ("clara", 403), ("ada", 403), ("oskar", 403)])
def test_only_the_lead_of_the_team_gives_its_steps(
        desk: Desk, browse: Callable[..., Browser], key: str, status: int) -> None:
    number = desk.submit()

    browse(key).send(GIVE, {"item": str(desk.item(number).id), "to": person_id(desk, "amir")}, status=status)

    assert holder(desk, number) is None


def test_the_page_returns_to_where_one_was_and_nowhere_else(desk: Desk, browse: Callable[..., Browser]) -> None:
    lena = browse("lena")

    answers = [lena.send(GIVE, {"back": back}, status=302, follow=False).headers["Location"]
               for back in (f"{PAGE}?team=first_line#at-risk", "//evil.example", "https://evil.example")]

    assert answers == [f"{PAGE}?team=first_line#at-risk", PAGE, PAGE]


def test_who_left_the_team_still_shows_until_the_steps_are_handed_over(
        desk: Desk, browse: Callable[..., Browser]) -> None:
    number = desk.submit()
    desk.claim(number)
    with desk.session() as session:
        desk.person(session, "amir").memberships = []

    assert "no longer in the team" in browse("lena").get(PAGE)


def test_a_closed_account_hands_its_steps_back(desk: Desk) -> None:
    number = desk.submit()
    desk.claim(number)

    with desk.session() as session:
        count = close_account(session, desk.person(session, "amir"), by=desk.person(session, "ada"), now=desk.now)

    assert count == 1
    assert holder(desk, number) is None
    assert desk.acts(number)[-1] == "released"


def test_the_page_needs_as_many_statements_for_many_tickets_as_for_few(
        desk: Desk, browse: Callable[..., Browser]) -> None:
    counts = []
    lena = browse("lena")
    for _ in range(2):
        for number in [desk.submit(by="clara"), desk.submit(by="colin"), desk.submit()]:
            desk.claim(number)
            desk.submit()
        seen: list[str] = []
        event.listen(desk.database.engine, "before_cursor_execute", lambda *a, seen=seen: seen.append(a[2]))
        lena.get(PAGE)
        counts.append(len(seen))

    assert counts[0] == counts[1] and counts[0] < 25


def test_lists_are_cut_and_say_how_many_there_are(desk: Desk, browse: Callable[..., Browser]) -> None:
    for _ in range(4):
        desk.submit()
    desk.later(days=2)
    with desk.session() as session:
        teams = [team.id for team in teams_seen_by(session, desk.person(session, "lena"))]
        risk, free = list_at_risk(session, teams, now=desk.now, most=3), list_unclaimed(session, teams, most=3)
        totals = read_totals(session, teams, now=desk.now, today_ends=desk.now)

    assert (len(risk.shown), risk.count) == (3, 4) == (len(free.shown), free.count)
    assert (totals.open, totals.late, totals.today) == (4, 4, 0)
