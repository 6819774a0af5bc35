"""Races: people and workers who want the same thing at the same moment, without any process being killed."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import steps, ticker
from engine.records import TrailStep, WorkItem
from engine.steps import AlreadyDone, HeldByAnother
from engine.versions import Shelf
from helpdesk.database import Database
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Membership, Team, add_person, get_person
from helpdesk.tickets import Ticket
from sla.alarms import Alarm
from tests.desk import MONDAY, Desk
from tests.kill.ledger import count_deadlocks, find_disorder

pytestmark = pytest.mark.xdist_group("kill")
SOLVED: dict[str, object] = {"decision": "solve", "solution": "Proszę odświeżyć stronę.", "priority": "normal"}
ROUNDS = 8


@pytest.fixture(autouse=True)
def nobody_waits_in_a_circle(database: Database) -> Iterator[None]:
    """PostgreSQL counts deadlocks; none may have happened, not even one that a second try has healed."""
    yield
    assert count_deadlocks(database) == 0


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes so many threads wait for each other after reading the ticket, before any of them writes.

    On PostgreSQL the lock lets only one so far, so nobody waits longer than a moment.
    """
    def arrange(threads: int) -> None:
        barrier = threading.Barrier(threads)
        met = threading.local()
        demand = steps._demand_on_item

        def demand_and_meet(*arguments: Any) -> None:
            demand(*arguments)
            if not getattr(met, "before", False):
                met.before = True
                with suppress(threading.BrokenBarrierError):
                    barrier.wait(0.5)
        monkeypatch.setattr(steps, "_demand_on_item", demand_and_meet)
    return arrange


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or its error, all begun at the same moment in threads of their own."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "somebody waits for ever"
    return results


def in_order(desk: Desk) -> bool:
    found = desk.ask(lambda session: find_disorder(session, now=desk.now))
    assert not found, found
    return True


def more_agents(desk: Desk, count: int) -> list[str]:
    """Keys of so many agents of the first line, new ones added to the cast."""
    def act(session: Session) -> list[str]:
        team = session.scalars(select(Team).where(Team.key == "first_line")).one()
        keys = [f"agent{place}" for place in range(count)]
        for key in keys:
            person = add_person(session, email=f"{key}@example.com", name=key, now=MONDAY)
            person.memberships = [Membership(team_id=team.id, is_lead=False)]
        return keys
    return desk.database.run(act)


def test_of_two_people_who_finish_the_same_step_one_is_told_that_it_is_done(
        desk: Desk, meet: Callable[[int], None]) -> None:
    for _ in range(ROUNDS):
        number = desk.submit()
        item_id = desk.item(number).id
        meet(2)

        results = at_once(*(partial(desk.finish, item_id, by=by, **SOLVED) for by in ("amir", "lena")))

        assert sorted(type(one) for one in results if one is not None) == [AlreadyDone], results
        assert desk.acts(number).count("completed") == len(desk.answers(number)) - 1 == 1
        assert [kind for kind, _ in desk.messages(number)] == ["solution"]
    assert in_order(desk)


def test_of_many_who_take_a_step_one_has_it(desk: Desk, meet: Callable[[int], None]) -> None:
    people = more_agents(desk, 6)
    number = desk.submit()
    item_id = desk.item(number).id
    meet(len(people))

    results = at_once(*(partial(claim, desk, item_id, by) for by in people))

    assert only_one_has_it(desk, number, results, people)


def test_the_claim_race_notices_when_tickets_are_not_locked(
        desk: Desk, meet: Callable[[int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    people = more_agents(desk, 2)
    number = desk.submit()
    item_id = desk.item(number).id
    desk.claim(number)
    desk.release(number)
    meet(len(people))
    monkeypatch.setattr(steps, "lock_ticket_of", lambda session, item_id, now: session.get(
        Ticket, session.get(WorkItem, item_id).ticket_id))
    # The audit writes the ticket too, so that its revision would notice the other one.
    monkeypatch.setattr(steps.audit, "record", lambda *_, **__: None)

    results = at_once(*(partial(claim, desk, item_id, by) for by in people))

    assert not only_one_has_it(desk, number, results, people)


def claim(desk: Desk, item_id: int, by: str) -> WorkItem:
    return desk.database.run(lambda session: steps.claim(
        session, item_id, by=desk.person(session, by), now=desk.now))


def only_one_has_it(desk: Desk, number: str, results: list[Any], people: list[str]) -> bool:
    won = [by for by, result in zip(people, results, strict=True) if isinstance(result, WorkItem)]
    others = [result for result in results if not isinstance(result, WorkItem)]
    assert all(isinstance(one, HeldByAnother) for one in others), results
    holder_id = desk.item(number).holder_id
    holder = desk.ask(lambda session: get_person(session, holder_id).name if holder_id else "")
    return [holder] == won


def test_many_requests_at_once_get_numbers_of_their_own(desk: Desk) -> None:
    def register() -> list[str]:
        return [desk.submit(by=by) for by in ("clara", "colin") * 4]

    results = at_once(*[register] * 8)

    assert all(isinstance(result, list) for result in results), results
    numbers = [number for result in results for number in result]
    known = desk.ask(lambda session: list(session.scalars(select(Ticket.number).order_by(Ticket.number))))
    assert sorted(numbers) == known
    assert [int(number[3:]) for number in known] == list(range(2_400_001, 2_400_001 + 64))
    assert in_order(desk)


def test_a_form_sent_four_times_at_once_makes_one_request(desk: Desk) -> None:
    for turn in range(ROUNDS):
        results = at_once(*[partial(desk.submit, key=f"1:form-{turn}")] * 4)

        assert len(set(results)) == 1 and isinstance(results[0], str), results
    assert desk.ask(lambda session: session.scalar(select(func.count(Ticket.id)))) == ROUNDS
    assert in_order(desk)


def test_a_step_and_a_reply_sent_four_times_at_once_count_once(desk: Desk) -> None:
    for turn in range(ROUNDS):
        number = desk.submit()
        item_id = desk.item(number).id

        replies = at_once(*[partial(desk.reply, number, "Jeszcze coś.", key=f"1:reply-{turn}")] * 4)
        done = at_once(*[partial(desk.finish, item_id, by="amir", key=f"2:step-{turn}", **SOLVED)] * 4)

        assert replies == done == [None] * 4
        assert [kind for kind, _ in desk.messages(number)] == ["reply", "solution"]
        assert desk.acts(number).count("completed") == 1
    assert in_order(desk)


def test_everybody_who_writes_at_once_is_heard(desk: Desk) -> None:
    number = desk.submit()

    results = at_once(*(lambda word=word: [desk.reply(number, f"{word} {turn}") for turn in range(5)]
                        for word in "abcdefgh"))

    assert all(isinstance(result, list) for result in results), results
    assert len(desk.messages(number)) == len(set(desk.messages(number))) == 40


def test_an_alarm_and_a_person_on_the_same_ticket_both_have_their_effect_once(desk: Desk) -> None:
    numbers = [desk.submit() for _ in range(ROUNDS)]
    items = [desk.item(number).id for number in numbers]
    desk.later(hours=4)

    results = at_once(lambda: [desk.tick() for _ in numbers],
                      lambda: [desk.finish(item, by="amir", **SOLVED) for item in items])

    assert not any(isinstance(result, Exception) for result in results), results
    desk.tick()
    for number in numbers:
        assert desk.acts(number).count("completed") == 1
        assert desk.acts(number).count("threshold_passed") == desk.letters(number).count("breach") <= 1
        assert not desk.incidents(number)
    assert in_order(desk)


def test_workers_that_find_200_due_alarms_fire_each_once(desk: Desk) -> None:
    numbers = [desk.submit() for _ in range(67)]
    desk.later(hours=4)
    workers = [Database(desk.database.url, info={"shelf": Shelf()}) for _ in range(3)]

    at_once(*(lambda one=one: [ticker.fire_due(one, now=desk.now) for _ in range(5)] for one in workers))

    for worker in workers:
        worker.engine.dispose()
    fired = desk.ask(lambda session: list(session.scalars(select(Alarm).where(Alarm.fired_at.is_not(None)))))
    assert len(fired) == 201  # half, three quarters, all of the time
    assert count(desk, select(Letter.ticket_id).where(Letter.text == "breach")) == {1: len(numbers)}
    assert count(desk, select(TrailStep.ticket_id).where(
        TrailStep.element_id == "time_breach", TrailStep.what == "left")) == {1: len(numbers)}
    assert not any(desk.incidents(number) for number in numbers)
    assert in_order(desk)


def count(desk: Desk, ticket_ids: Any) -> Counter[int]:
    """How many tickets have how many of them."""
    return Counter(Counter(desk.ask(lambda session: list(session.scalars(ticket_ids)))).values())
