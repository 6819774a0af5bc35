"""New in my team: members are told once, by the ways they have chosen, and a large team costs no more statements."""

from sqlalchemy import event, select

from helpdesk.notices.choices import Choice, Choices, Way, choose
from helpdesk.notices.kinds import Kind
from helpdesk.outbox import Letter, State
from helpdesk.people.accounts import Membership, Team, add_person
from tests.desk import Desk

TEXT = "new_in_team"


def told(desk: Desk, number: str) -> dict[str, Letter]:
    """Who was told that the request is new in their team, by the first part of their address."""
    found = [letter for letter in desk.rows(Letter, number) if letter.text == TEXT and letter.person]
    assert len({letter.person_id for letter in found}) == len(found)
    return {letter.person.email.split("@")[0]: letter for letter in found if letter.person}


def count(desk: Desk, act: object) -> int:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    act()  # type: ignore[operator]
    event.remove(desk.database.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_request_that_comes_to_a_team_is_told_in_the_page_to_its_members(desk: Desk) -> None:
    number = desk.submit()
    first = told(desk, number)
    desk.complete(number, "recognise", decision="ask", question="Kiedy?", priority="low")
    desk.reply(number, "Wczoraj.")
    again = told(desk, number)
    desk.complete(number, "recognise", decision="hand_over", note="Serwer.", priority="low")

    assert {"amir", "lena"} <= first.keys() and "beth" not in first and "clara" not in first
    assert first.keys() == again.keys()
    assert {"beth"} <= told(desk, number).keys() - first.keys()
    assert {(one.state, one.in_page, one.read_at) for one in first.values()} == {(State.UNWANTED.value, True, None)}


def test_what_somebody_has_taken_is_new_to_their_team_no_more(desk: Desk) -> None:
    number, other = desk.submit(), desk.submit()
    desk.later(minutes=5)
    desk.claim(number)

    assert {letter.read_at for letter in told(desk, number).values()} == {desk.now}
    assert {letter.read_at for letter in told(desk, other).values()} == {None}


def test_who_wants_a_letter_gets_one_and_who_wants_nothing_gets_no_row(desk: Desk) -> None:
    with desk.session() as session:
        for key, choice in (("amir", Choice(Way.DIGEST)), ("lena", Choice(Way.NONE, in_page=False))):
            choose(session, desk.person(session, key), Choices({Kind.TEAM: choice}), now=desk.now)

    found = told(desk, desk.submit())

    assert found["amir"].state == State.WAITING.value and found["amir"].way == Way.DIGEST.value
    assert "lena" not in found


def test_forty_members_cost_as_many_statements_as_two(desk: Desk) -> None:
    desk.submit()
    few = count(desk, desk.submit)
    with desk.session() as session:
        team_id = session.scalars(select(Team.id).where(Team.key == "first_line")).one()
        for number in range(40):
            one = add_person(session, email=f"agent{number}@example.com", name=f"Agent {number}", now=desk.now)
            one.memberships = [Membership(team_id=team_id)]

    assert count(desk, desk.submit) == few
    assert len(told(desk, "ZGL2400003")) >= 42
