"""Gateways and arrows: which ways a token takes, and which tokens are waited for."""

from datetime import timedelta

import pytest
from player import NOW, Player
from spiff_samples import (
    both,
    boundary,
    catch,
    codes,
    diagram,
    end,
    first,
    flows,
    inclusive,
    process,
    receive,
    send,
    service,
    start,
    sub,
    throw,
    user,
    xor,
)

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import EngineError


@pytest.fixture(params=[False, True], ids=["in memory", "saved after every step"])
def play(request):
    """Plays a drawing, with and without a save after every step."""
    return lambda *inside, **facts: Player(
        parse_bundle({"p.bpmn": diagram(*inside)}, "p"), saves=request.param, **facts
    )


def choosing(*more):
    """An inclusive choice of a, b and c (the default), joined again before `after`."""
    return process(
        "p", start(), inclusive("which", "which__c"), user("a"), user("b"), user("c"), inclusive("joined"),
        user("after"), end(), *more,
        flows("start > which", "which > a ? yes_a = true", "which > b ? yes_b = true", "which > c",
              "a > joined", "b > joined", "c > joined", "joined > after > end"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ({"yes_a": True, "yes_b": True}, ["a", "b"]),
        ({"yes_a": True}, ["a"]),
        ({"yes_b": True}, ["b"]),
        ({}, ["c"]),
    ],
)
def test_an_inclusive_gateway_takes_every_way_that_holds_and_waits_for_as_many(play, answers, taken):
    game = play(choosing(), **answers)
    assert game.tasks == taken

    for step in taken:
        assert "after" not in game.tasks
        game.complete(step)

    assert game.tasks == ["after"]
    game.complete("after")
    assert game.run.is_ended


def test_an_inclusive_join_waits_while_an_event_at_the_edge_may_still_send_a_token(play):
    """`late` does not interrupt b; as long as b is there it may start a way that leads to the join."""
    game = play(process(
        "p", start(), both("split"), user("a"), user("b"), user("x"), boundary("late", "b", "timeDuration", '"PT4H"',
        interrupting=False), inclusive("joined"), user("after"), end("e2"), end(),
        flows("start > split > a > joined > after > end", "split > b > e2", "late > x > joined"),
    ))  # fmt: skip

    game.complete("a")
    assert game.tasks == ["b"]
    game.fire("late")
    game.complete("b")
    assert game.tasks == ["x"]
    game.complete("x")

    assert game.tasks == ["after"]


def test_an_inclusive_join_goes_on_when_what_might_have_come_cannot_come_any_more(play):
    game = play(process(
        "p", start(), both("split"), user("a"), user("b"), xor("maybe", "maybe__e2"), inclusive("joined"),
        user("after"), end("e2"), end(),
        flows("start > split > a > joined > after > end", "split > b > maybe > e2", "maybe > joined ? back = true"),
    ))  # fmt: skip
    game.complete("a")
    assert game.tasks == ["b"]

    game.complete("b")

    assert game.tasks == ["after"]


def test_a_token_that_can_come_only_through_the_gateway_itself_is_not_waited_for(play):
    """The second way into `joined` begins behind it: the loop is entered all the same."""
    game = play(process(
        "p", start(), inclusive("joined"), user("a"), xor("again", "again__end"), end(),
        flows("start > joined > a > again > end", "again > joined ? more = true"),
    ))  # fmt: skip

    game.complete("a", more=True)
    game.complete("a", more=True)
    assert game.tasks == ["a"]
    game.complete("a", more=False)

    assert game.run.is_ended


def test_two_inclusive_blocks_in_one_scope_in_a_loop(play):
    game = play(process(
        "p", start(), xor("begin"), inclusive("one", "one__a"), user("a"), user("b"), inclusive("one_end"),
        inclusive("two", "two__c"), user("c"), user("d"), inclusive("two_end"), xor("again", "again__end"), end(),
        flows("start > begin > one > a > one_end > two > c > two_end > again > end", "one > b ? rich = true",
              "b > one_end", "two > d ? rich = true", "d > two_end", "again > begin ? more = true"),
    ), rich=True, more=True)  # fmt: skip
    # With an unconditional default, a is taken only when nothing else holds.
    for _ in range(3):
        game.complete("b")
        game.complete("d")
    game.variables |= {"rich": False, "more": False}
    game.complete("b")
    game.complete("c")

    assert game.run.is_ended


def test_an_inclusive_choice_without_a_way_stops_the_process(play):
    with pytest.raises(EngineError, match=r"which.*no condition holds"):
        play(process(
            "p", start(), inclusive("which"), user("a"), user("b"), end(),
            flows("start > which", "which > a ? yes = true", "which > b ? no = true", "a > end", "b > end"),
        ))  # fmt: skip


def test_tokens_more_than_one_on_a_flow_wait_at_a_join_for_the_next_round(play):
    """Two tokens come by one flow before the other flow has any: the join opens twice, each time for one of each."""
    game = play(process(
        "p", start(), both("split"), user("a"), user("b"), user("c"), xor("met"), both("joined"), user("after"), end(),
        flows("start > split > a > met", "split > b > met", "met > joined", "split > c > joined",
              "joined > after > end"),
    ))  # fmt: skip
    game.complete("a", "b")
    assert game.tasks == ["c"]

    game.complete("c")

    assert game.tasks == ["after"]
    assert not game.run.is_ended


def test_a_step_with_several_arrows_takes_all_of_them(play):
    game = play(process(
        "p", start(), user("a"), user("b"), user("c"), both("joined"), end(),
        flows("start > a > b > joined > end", "a > c > joined"),
    ))  # fmt: skip

    game.complete("a")
    assert game.tasks == ["b", "c"]
    game.complete("b", "c")

    assert game.run.is_ended


@pytest.mark.parametrize(("answers", "taken"), [({"yes": True}, ["b"]), ({"yes": True, "too": True}, ["b", "c"]),
                                                ({}, ["d"])])  # fmt: skip
def test_conditions_on_arrows_that_leave_a_step_choose(play, answers, taken):
    step = service("a").replace('id="a"', 'id="a" default="a__d"', 1)
    game = play(process(
        "p", start(), step, user("b"), user("c"), user("d"), end(),
        flows("start > a", "a > b ? yes = true", "a > c ? too = true", "a > d > end", "b > end", "c > end"),
    ), **answers)  # fmt: skip

    assert game.tasks == taken


def test_several_arrows_into_a_step_do_not_wait_for_each_other(play):
    game = play(process(
        "p", start(), both("split"), user("a"), user("b"), user("c"), end(),
        flows("start > split > a > c > end", "split > b > c"),
    ))  # fmt: skip

    game.complete("a")
    assert game.tasks == ["b", "c"]
    game.complete("b", "c", "c")

    assert game.run.is_ended
    assert game.steps("entered").count("c") == 2


def racing():
    return (
        codes(message="answer", signal="all_clear"),
        process(
            "p", start(), first("which"), catch("soon", "timeDuration", '"PT1H"'),
            catch("later", "timeDuration", '"PT9H"'), catch("heard", "message", "answer"),
            catch("seen", "signal", "all_clear"), user("a"), end(),
            flows("start > which > soon > a > end", "which > later > a", "which > heard > a", "which > seen > a"),
        ),
    )  # fmt: skip


def test_each_timer_behind_a_gateway_has_its_own_moment(play):
    game = play(*racing())

    assert game.waiting == ["heard", "later", "seen", "soon"]
    assert game.wait("soon").due_at == NOW + timedelta(hours=1)
    assert game.wait("later").due_at == NOW + timedelta(hours=9)


@pytest.mark.parametrize(
    ("first_one", "happens"),
    [
        ("later", lambda game: game.fire("later")),
        ("heard", lambda game: game.message("answer")),
        ("seen", lambda game: game.signal("all_clear")),
    ],
)
def test_the_first_event_behind_a_gateway_wins_and_the_others_are_withdrawn(play, first_one, happens):
    game = play(*racing())

    happens(game)

    assert game.waiting == ["a"]
    assert [(s.element_id, s.what, s.flows) for s in game.trail[-4:-1]] == [
        ("which", "left", (f"which__{first_one}",)),
        (first_one, "entered", ()),
        (first_one, "left", (f"{first_one}__a",)),
    ]
    assert game.steps("cancelled") == []


def test_a_receive_task_may_stand_behind_a_gateway(play):
    game = play(codes(message="answer"), process(
        "p", start(), first("which"), receive("get", "answer"), catch("late", "timeDuration", '"PT1H"'), user("a"),
        user("b"), end(), flows("start > which > get > a > end", "which > late > b > end"),
    ))  # fmt: skip

    game.message("answer", {"text": "yes"})

    assert game.tasks == ["a"]
    assert game.variables["get"] == {"text": "yes"}


def test_a_gateway_that_waits_is_taken_away_with_its_events(play):
    game = play(codes(message="answer withdrawn"), process(
        "p", start(),
        sub("work", start("s1"), first("which"), catch("heard", "message", "answer"),
            catch("late", "timeDuration", '"PT1H"'), end("e1"), flows("s1 > which > heard > e1", "which > late > e1")),
        boundary("stop", "work", "message", "withdrawn"), user("a"), end(),
        flows("start > work > end", "stop > a > end"),
    ))  # fmt: skip

    game.message("withdrawn")

    assert game.waiting == ["a"]
    assert game.steps("cancelled") == ["which", "work"]


def test_a_message_goes_to_everything_that_waits_for_it(play):
    game = play(codes(message="answer"), process(
        "p", start(), both("split"), receive("one", "answer"), catch("two", "message", "answer"), user("a"), user("b"),
        end(), flows("start > split > one > a > end", "split > two > b > end"),
    ))  # fmt: skip
    assert [(w.kind, w.name) for w in game.run.waits] == [("message", "answer")] * 2

    game.message("answer")

    assert game.tasks == ["a", "b"]


def test_a_send_task_reaches_what_waits_in_the_same_process(play):
    game = play(codes(message="answer news"), process(
        "p", start(), both("split"), receive("get", "answer"), send("tell", "answer"), send("shout", "news"),
        user("a"), end(), flows("start > split > get > a > end", "split > tell > shout > end"),
    ))  # fmt: skip

    assert game.tasks == ["a"]


def test_what_was_sent_and_nobody_waited_for_is_told():
    game = Player(parse_bundle({"p": diagram(codes(message="news"), process(
        "p", start(), send("shout", "news"), end(), flows("start > shout > end")))}, "p"))  # fmt: skip

    assert [(t.kind, t.name, t.element_id) for t in game.run.thrown] == [("message", "news", "shout")]


def test_a_receive_task_may_be_interrupted(play):
    game = play(codes(message="answer"), process(
        "p", start(), receive("get", "answer"), boundary("late", "get", "timeDuration", '"PT1H"'), user("a"), end(),
        flows("start > get > end", "late > a > end"),
    ))  # fmt: skip
    assert game.waiting == ["get", "late"]

    game.fire("late")

    assert game.waiting == ["a"]
    assert game.steps("cancelled") == ["get"]


def test_links_lead_to_the_catch_of_the_same_name(play):
    game = play(process(
        "p", start(), xor("which", "which__there"), throw("there", "link", "x"), throw("also_there", "link", "x"),
        catch("here", "link", "x"), user("a"), end(),
        flows("start > which > there", "which > also_there ? yes = true", "here > a > end"),
    ), yes=True)  # fmt: skip

    assert game.tasks == ["a"]
    assert game.steps("left") == ["start", "which", "also_there", "here"]


def test_signals_reach_everything_in_the_instance_and_are_told_outside(play):
    game = play(codes(signal="all_clear"), process(
        "p", start(), both("split"), user("a"), throw("call", "signal", "all_clear"),
        catch("one", "signal", "all_clear"),
        sub("work", start("s1"), catch("two", "signal", "all_clear"), user("b"), end("e1"),
            flows("s1 > two > b > e1")),
        user("x"), boundary("side", "x", "signal", "all_clear", interrupting=False), user("c"), user("d"), end(),
        flows("start > split > a > call > end", "split > one > c > end", "split > work > end", "split > x > end",
              "side > d > end"),
    ))  # fmt: skip
    assert game.signal("unknown") is False

    game.run.complete(game.wait("a").token)

    assert [(t.kind, t.name) for t in game.run.thrown] == [("signal", "all_clear")]
    game._after()
    assert game.tasks == ["b", "c", "d", "x"]


def test_a_signal_end_throws(play):
    game = play(codes(signal="all_clear"), process(
        "p", start(), both("split"), end("call", "signal", "all_clear"), user("x"),
        boundary("stop", "x", "signal", "all_clear"), user("a"), end(),
        flows("start > split > x > end", "split > call", "stop > a > end"),
    ))  # fmt: skip

    assert game.tasks == ["a"]


def test_a_signal_from_outside_is_heard(play):
    inside = catch("one", "signal", "all_clear"), user("a"), end(), flows("start > one > a > end")
    game = play(codes(signal="all_clear"), process("p", start(), *inside))

    assert game.signal("all_clear")

    assert game.tasks == ["a"]
