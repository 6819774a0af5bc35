"""A process asks another system: after the commit, with one effect, whatever the other side does."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine.outside import answering, calls
from engine.outside.answering import NobodyAsks, Reply, settle
from engine.outside.calling import call_due
from engine.outside.calls import MOST_TRIES, CallState, SystemCall
from engine.outside.client import CallFailed, SystemDown
from engine.repair import try_again
from tests.desk import Desk
from tests.engine.outside.asking import (
    ACCOUNT,
    UNLOCKING,
    FakeSystem,
    call,
    draw,
    end,
    error,
    error_at,
    flow,
    request,
    service,
    task,
    the_call,
    timer_at,
)
from tests.engine.outside.conftest import ADDRESSES

Round = Callable[[], int]


def test_the_token_waits_and_nobody_is_called_before_the_commit(desk: Desk, system: FakeSystem) -> None:
    number = request(desk)

    queued = the_call(desk, number)
    assert (queued.state, queued.operation, queued.payload) == ("waiting", "unlock_account", {"login": ACCOUNT})
    assert desk.trail(number)[-1] == ("entered", "unlock") and desk.open_items(number) == []
    assert system.asked == []


def test_the_answer_is_a_variable_and_the_process_runs_on(desk: Desk, system: FakeSystem, call_round: Round) -> None:
    number = request(desk)

    assert call_round() == 1

    assert desk.instance(number).variables["unlock"] == {"is_unlocked": True}
    assert desk.item(number).element_id == "look" and ("left", "unlock") in desk.trail(number)
    assert the_call(desk, number).state == CallState.ANSWERED and "call_answered" in desk.acts(number)


def test_the_property_result_names_the_variable(desk: Desk, system: FakeSystem, call_round: Round) -> None:
    content = draw(call(result="account"), task("look"), end("done"), flow("start", "unlock"), flow("unlock", "look"),
                   flow("look", "done"))
    number = request(desk, content)

    call_round()

    assert desk.instance(number).variables["account"] == {"is_unlocked": True}


def test_a_refusal_goes_to_the_error_event_of_its_code(desk: Desk, system: FakeSystem, call_round: Round) -> None:
    number = request(desk)
    system.refuses("closed")

    call_round()

    assert desk.item(number).element_id == "by_hand" and ("cancelled", "unlock") in desk.trail(number)
    assert desk.instance(number).variables["unlock"] == {"error": "closed"}
    assert the_call(desk, number).state == CallState.REFUSED and desk.incidents(number) == []


def test_a_refusal_that_nothing_catches_waits_for_a_person_at_once(
        desk: Desk, system: FakeSystem, call_round: Round) -> None:
    number = request(desk)
    system.refuses("not_found")

    call_round()

    incident, = desk.incidents(number)
    assert incident.element_id == "unlock" and "not_found" in incident.reason
    assert the_call(desk, number).state == CallState.FAILED
    desk.later(days=1)
    assert call_round() == 0 and len(system.asked) == 1


def test_a_failure_is_tried_again_later_each_time_with_the_same_key(
        desk: Desk, system: FakeSystem, call_round: Round) -> None:
    number = request(desk)
    system.fails(CallFailed(reason="the system answered HTTP 500"))
    pauses = []

    for _ in range(MOST_TRIES):
        call_round()
        pauses.append((the_call(desk, number).try_at - desk.now).total_seconds())
        assert call_round() == 0
        desk.now = the_call(desk, number).try_at
    assert call_round() == 0

    assert pauses[:-1] == [30, 60, 120, 240]
    assert len(system.asked) == MOST_TRIES and len({key for _, _, key in system.asked}) == 1
    incident, = desk.incidents(number)
    assert incident.element_id == "unlock" and "HTTP 500" in incident.reason
    assert the_call(desk, number).state == CallState.FAILED


def test_a_repaired_call_is_made_again_and_mends_its_incident(
        desk: Desk, system: FakeSystem, call_round: Round) -> None:
    number = request(desk)
    system.refuses("not_found")
    call_round()
    system.says = lambda: Reply({"is_unlocked": True})

    with desk.session() as session:
        try_again(session, desk.ticket(number).id, by=desk.person(session, "lena"), now=desk.now)
    call_round()

    assert desk.item(number).element_id == "look"
    assert all(incident.mended_at for incident in desk.incidents(number))
    # The other side may answer a key it knows with what it said before: a refused question gets a new one.
    assert len({key for _, _, key in system.asked}) == 2


def test_a_person_may_answer_in_the_place_of_the_system(desk: Desk, system: FakeSystem, call_round: Round) -> None:
    number = request(desk)
    system.refuses("not_found")
    call_round()
    call_id = the_call(desk, number).id

    desk.database.run(lambda session: answering.skip(
        session, call_id, {"is_unlocked": True}, by=desk.person(session, "lena"), now=desk.now))

    assert desk.item(number).element_id == "look" and the_call(desk, number).state == CallState.SKIPPED
    assert desk.instance(number).variables["unlock"] == {"is_unlocked": True}
    assert [incident.mended_by_id is not None for incident in desk.incidents(number)] == [True]
    with pytest.raises(NobodyAsks):
        desk.database.run(lambda session: answering.skip(
            session, call_id, {}, by=desk.person(session, "lena"), now=desk.now))


def test_a_call_whose_token_is_gone_is_withdrawn(desk: Desk, system: FakeSystem, call_round: Round) -> None:
    content = draw(call(), timer_at("unlock", "late", "PT1H"), task("look"), task("by_hand"), end("done"),
                   end("refused"), flow("start", "unlock"), flow("unlock", "look"), flow("look", "done"),
                   flow("late", "by_hand"), flow("by_hand", "refused"))
    number = request(desk, content)
    system.refuses("not_found")
    call_round()

    desk.wait(hours=2)

    assert desk.item(number).element_id == "by_hand" and the_call(desk, number).state == CallState.WITHDRAWN
    assert call_round() == 0 and all(incident.mended_at for incident in desk.incidents(number))


def test_a_withdrawn_request_withdraws_its_call(desk: Desk, system: FakeSystem, call_round: Round) -> None:
    number = request(desk)

    desk.withdraw(number)

    assert call_round() == 0 and system.asked == []
    assert the_call(desk, number).state == CallState.WITHDRAWN


def test_an_answer_that_comes_after_the_token_has_gone_changes_nothing(desk: Desk, system: FakeSystem) -> None:
    number = request(desk)
    call_id = the_call(desk, number).id

    def withdraw_meanwhile() -> Reply:
        desk.withdraw(number)
        return Reply({"is_unlocked": True})

    system.says = withdraw_meanwhile
    assert call_due(desk.database, ADDRESSES, now=desk.now, ask=system.ask) == 0

    assert the_call(desk, number).state == CallState.WITHDRAWN and "answer_came_late" in desk.acts(number)
    assert desk.ticket(number).status == "cancelled"
    assert not desk.database.run(lambda session: settle(session, call_id, Reply({}), now=desk.now))


def test_two_workers_give_one_effect(desk: Desk, system: FakeSystem) -> None:
    numbers = [request(desk) for _ in range(6)]
    workers = [threading.Thread(target=call_due, args=(desk.database, ADDRESSES),
                                kwargs={"now": desk.now, "ask": system.ask}) for _ in range(3)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    call_due(desk.database, ADDRESSES, now=desk.now, ask=system.ask)

    assert [desk.item(number).element_id for number in numbers] == ["look"] * 6
    assert all(desk.trail(number).count(("left", "unlock")) == 1 for number in numbers)
    assert len(system.asked) == len({key for _, _, key in system.asked}) == 6


def test_a_worker_that_dies_in_the_middle_leaves_a_call_that_is_made_again(
        desk: Desk, system: FakeSystem, call_round: Round) -> None:
    number = request(desk)
    system.fails(KeyboardInterrupt())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        call_round()
    system.says = lambda: Reply({"is_unlocked": True})

    assert call_round() == 0
    desk.later(minutes=3)
    assert call_round() == 1

    assert desk.item(number).element_id == "look" and len({key for _, _, key in system.asked}) == 1


def test_an_answer_is_kept_when_the_step_after_it_fails(desk: Desk, system: FakeSystem, call_round: Round) -> None:
    broken = draw(call(), service("say", "publish_solution", field='"by_hand.remark"'), task("by_hand"), end("done"),
                  flow("start", "unlock"), flow("unlock", "say"), flow("say", "by_hand"), flow("by_hand", "done"))
    number = request(desk, broken)

    call_round()
    desk.later(minutes=1)
    call_round()

    incident, = desk.incidents(number)
    assert incident.element_id == "say" and incident.tries == 2
    assert len(system.asked) == 1 and the_call(desk, number).reply == {"values": {"is_unlocked": True}}


def test_a_silent_system_does_not_hold_up_the_others(desk: Desk, system: FakeSystem, call_round: Round) -> None:
    numbers = [request(desk) for _ in range(3)]
    asked = draw(service("unlock", "call_system", system='"monitoring"', operation='"state_of"', system_key='"ais"'),
                 task("look"), end("done"), flow("start", "unlock"), flow("unlock", "look"), flow("look", "done"))
    other = request(desk, asked)

    def say() -> Reply:
        if system.asked[-1][0] != "state_of":
            raise SystemDown(reason="no answer in time")
        return Reply({"is_up": False})

    system.says = say
    call_round()

    assert [operation for operation, _, _ in system.asked] == ["unlock_account", "state_of"]
    assert desk.item(other).element_id == "look" and desk.open_items(numbers[0]) == []


def test_values_that_are_not_short_are_not_asked(desk: Desk) -> None:
    with pytest.raises(ValueError, match="remark"):
        calls.short_values({"remark": "x" * 501})
    with pytest.raises(ValueError, match="list"):
        calls.short_values({"list": [1]})


def test_a_verb_may_throw_an_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine import actions
    from engine.diagrams.errors import ThrowError

    def refuse(_stage: object, *, element: object, text: str) -> None:
        raise ThrowError(code=text)

    monkeypatch.setitem(actions.VERBS, "add_note", refuse)
    thrown = draw(service("try_it", "add_note", text='"closed"'), error_at("try_it", "is_closed", "closed"),
                  task("by_hand"), task("look"), end("done"), end("refused"), flow("start", "try_it"),
                  flow("try_it", "look"), flow("look", "done"), flow("is_closed", "by_hand"),
                  flow("by_hand", "refused"), definitions=error("closed"))

    number = request(desk, thrown)

    assert desk.item(number).element_id == "by_hand" and ("cancelled", "try_it") in desk.trail(number)


def test_every_row_of_the_queue_belongs_to_a_token_that_waits(desk: Desk, system: FakeSystem) -> None:
    number = request(desk, UNLOCKING)

    with desk.session() as session:
        call = session.scalars(select(SystemCall)).one()

    assert call.ticket_id == desk.ticket(number).id and call.try_at == desk.now and len(call.key) == 32
