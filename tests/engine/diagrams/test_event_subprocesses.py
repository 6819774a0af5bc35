"""Subprocesses that an event starts, at the process and inside subprocesses."""

from datetime import timedelta

import pytest
from player import NOW, Player
from spiff_samples import (
    both,
    boundary,
    call,
    codes,
    diagram,
    end,
    flows,
    handler,
    handling,
    lanes,
    process,
    service,
    start,
    sub,
    throw,
    user,
)

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import NotWaiting, ThrowError, UncaughtError

HAPPENS = {
    "message": lambda game: game.message("word"),
    "signal": lambda game: game.signal("word"),
    "escalation": lambda game: game.escalate("word"),
    "timeDuration": lambda game: game.fire("side_start"),
}
REFERENCE = {"message": "word", "signal": "word", "escalation": "word", "timeDuration": '"PT1H"'}
WORDS = codes(message="word", signal="word", escalation="word hot", error="word")


@pytest.fixture(params=[False, True], ids=["in memory", "saved after every step"])
def play(request):
    """Plays a drawing, with and without a save after every step."""
    return lambda *inside, **facts: Player(
        parse_bundle({"p.bpmn": diagram(*inside)}, "p"), saves=request.param, **facts
    )


def beside(trigger, *, interrupting, more=""):
    """Two steps side by side, and a subprocess that an event starts."""
    return WORDS, process(
        "p", start(), both("split"), user("a"), user("b"), end(), more,
        handling("side", trigger, REFERENCE[trigger], interrupting=interrupting),
        flows("start > split > a > end", "split > b > end"),
    )  # fmt: skip


@pytest.mark.parametrize("trigger", HAPPENS)
def test_one_that_interrupts_cancels_what_runs_and_takes_its_place(play, trigger):
    game = play(*beside(trigger, interrupting=True))
    assert game.waiting == ["a", "b", "side_start"]

    HAPPENS[trigger](game)

    assert game.waiting == ["side_task"]
    assert game.steps("cancelled") == ["a", "b"]
    game.complete("side_task")
    assert game.run.is_ended
    assert game.steps("entered")[-4:] == ["side", "side_start", "side_task", "side_end"]
    assert game.steps("left")[-3:] == ["side_task", "side_end", "side"]


@pytest.mark.parametrize("trigger", HAPPENS)
def test_one_that_does_not_interrupt_runs_beside_and_keeps_the_scope_open(play, trigger):
    game = play(*beside(trigger, interrupting=False))

    HAPPENS[trigger](game)
    assert game.tasks == ["a", "b", "side_task"]
    assert game.steps("cancelled") == []
    game.complete("a", "b")

    assert not game.run.is_ended
    game.complete("side_task")
    assert game.run.is_ended


@pytest.mark.parametrize("trigger", ["message", "signal", "escalation"])
def test_one_that_does_not_interrupt_may_run_several_times_at_once(play, trigger):
    game = play(*beside(trigger, interrupting=False))

    for _ in range(3):
        HAPPENS[trigger](game)
    game.complete("side_task")
    HAPPENS[trigger](game)

    assert game.tasks == ["a", "b", "side_task", "side_task", "side_task"]


def test_nothing_starts_one_after_its_scope_is_over(play):
    game = play(WORDS, process(
        "p", start(), sub("work", start("s1"), user("a"), end("e1"), handling("side", "message", "word"),
                          flows("s1 > a > e1")), user("b"), end(), flows("start > work > b > end"),
    ))  # fmt: skip

    game.complete("a")

    assert game.waiting == ["b"]
    assert not game.message("word")


def test_one_inside_a_subprocess_leaves_what_is_outside(play):
    game = play(WORDS, process(
        "p", start(), both("split"), user("x"),
        sub("work", start("s1"), user("a"), end("e1"), handling("side", "message", "word"), flows("s1 > a > e1")),
        user("b"), end(), flows("start > split > work > b > end", "split > x > end"),
    ))  # fmt: skip

    game.message("word")
    assert game.tasks == ["side_task", "x"]
    game.complete("side_task")

    assert game.tasks == ["b", "x"]
    assert "work" in game.steps("left")


def test_a_timer_of_one_starts_when_its_scope_does(play):
    game = play(WORDS, process(
        "p", start(), user("x"),
        sub("work", start("s1"), user("a"), end("e1"), handling("side", "timeDuration", '"PT3H"'),
            flows("s1 > a > e1")), end(), flows("start > x > work > end"),
    ))  # fmt: skip
    assert game.waiting == ["x"]
    game.run.now = game.now = NOW + timedelta(hours=2)
    game.complete("x")

    assert game.wait("side_start").due_at == NOW + timedelta(hours=5)


def test_a_cycle_starts_one_as_often_as_drawn(play):
    game = play(WORDS, process(
        "p", start(), user("a"), end(), handling("side", "timeCycle", '"R3/PT2H"', interrupting=False),
        flows("start > a > end"),
    ))  # fmt: skip
    token, seen = game.wait("side_start").token, []

    for _ in range(3):
        wait = game.wait("side_start")
        seen.append((wait.token == token, wait.generation, wait.due_at - NOW))
        game.fire("side_start")

    assert seen == [(True, n, timedelta(hours=2 * n + 2)) for n in range(3)]
    assert game.waiting == ["a", "side_task", "side_task", "side_task"]
    with pytest.raises(NotWaiting):
        game.run.fire(token)


def test_one_that_starts_on_an_error_catches_what_is_thrown_in_its_scope(play):
    game = play(WORDS, process(
        "p", start(), both("split"), user("a"), end("failed", "error", "word"), user("b"), end(),
        handling("repair", "error", "word"), flows("start > split > a > failed", "split > b > end"),
    ))  # fmt: skip
    assert game.waiting == ["a", "b"]

    game.complete("a")

    assert game.waiting == ["repair_task"]
    assert game.steps("cancelled") == ["b"]
    game.complete("repair_task")
    assert game.run.is_ended


def test_one_that_starts_on_an_error_catches_what_comes_out_of_calls_and_subprocesses(play):
    game = play(
        WORDS,
        process(
            "p", start(),
            sub("work", start("s1"), call("ask", "q"), end("e1"), flows("s1 > ask > e1")), end(),
            handling("repair", "error"), flows("start > work > end"),
        ),
        process("q", start("qs"), user("qa"), end("failed", "error", "word"), flows("qs > qa > failed")),
    )  # fmt: skip

    game.complete("qa")

    assert game.tasks == ["repair_task"]
    assert game.steps("cancelled") == ["ask", "work"]


def test_what_catches_in_the_scope_goes_before_what_is_at_its_edge(play):
    inside = sub("work", start("s1"), user("a"), end("failed", "error", "word"), handling("repair", "error", "word"),
                 flows("s1 > a > failed"))  # fmt: skip
    game = play(WORDS, process(
        "p", start(), inside, boundary("outer", "work", "error", "word"), user("b"), user("after"), end(),
        flows("start > work > after > end", "outer > b > end"),
    ))  # fmt: skip

    game.complete("a")
    assert game.tasks == ["repair_task"]
    game.complete("repair_task")

    assert game.tasks == ["after"]


def test_an_error_thrown_while_another_is_handled_goes_further_out(play):
    again = handler("repair", "error", "word", user("r"), end("again", "error", "word"),
                    flows("repair_start > r > again"))  # fmt: skip
    inside = sub("work", start("s1"), user("a"), end("failed", "error", "word"), again, flows("s1 > a > failed"))
    game = play(WORDS, process(
        "p", start(), inside, boundary("outer", "work", "error", "word"), user("b"), end(),
        flows("start > work > end", "outer > b > end"),
    ))  # fmt: skip

    game.complete("a", "r")

    assert game.tasks == ["b"]


def test_an_error_of_another_code_passes_by():
    game = Player(parse_bundle({"p": diagram(codes(error="word other"), process(
        "p", start(), user("a"), end("failed", "error", "other"), handling("repair", "error", "word"),
        flows("start > a > failed"),
    ))}, "p"))  # fmt: skip

    with pytest.raises(UncaughtError):
        game.complete("a")


def test_an_error_of_a_verb_is_caught():
    class Failing(Player):
        def _perform(self, verb, parameters, element, token):
            raise ThrowError(code="word")

    game = Failing(parse_bundle({"p": diagram(WORDS, process(
        "p", start(), user("a"), service("s"), end(), handling("repair", "error", "word"),
        flows("start > a > s > end"),
    ))}, "p"), saves=True)  # fmt: skip

    game.complete("a")

    assert game.tasks == ["repair_task"]
    assert game.steps("cancelled") == ["s"]


def test_an_escalation_thrown_inside_starts_one_and_the_thrower_goes_on(play):
    game = play(WORDS, process(
        "p", start(), user("a"), throw("shout", "escalation", "hot"), user("b"), end(),
        handling("cool", "escalation", "hot", interrupting=False), flows("start > a > shout > b > end"),
    ))  # fmt: skip

    game.complete("a")

    assert game.tasks == ["b", "cool_task"]
    assert game.run.thrown == []


def test_an_escalation_that_interrupts_takes_the_thrower_away(play):
    game = play(WORDS, process(
        "p", start(), user("a"), throw("shout", "escalation", "hot"), user("b"), end(),
        handling("cool", "escalation", "hot"), flows("start > a > shout > b > end"),
    ))  # fmt: skip

    game.complete("a")

    assert game.tasks == ["cool_task"]


def test_of_nested_ones_the_innermost_hears_an_escalation_from_outside(play):
    """First what is inside the subprocess, then what is at its edge, then what is around it."""
    inner = sub("work", start("s1"), user("a"), boundary("at_a", "a", "escalation", "hot", interrupting=False),
                user("x"), end("e2"), end("e1"), handling("mid", "escalation", "hot", interrupting=False),
                flows("s1 > a > e1", "at_a > x > e2"))  # fmt: skip
    game = play(WORDS, process(
        "p", start(), inner, boundary("edge", "work", "escalation", "hot", interrupting=False), user("y"), end("e3"),
        user("after"), end(), handling("top", "escalation", "hot", interrupting=False),
        flows("start > work > after > end", "edge > y > e3"),
    ))  # fmt: skip

    game.escalate("hot")
    assert game.tasks == ["a", "x"]
    game.complete("a")
    game.escalate("hot")
    assert game.tasks == ["mid_task", "x"]
    game.complete("x", "mid_task")
    game.escalate("hot")
    assert game.tasks == ["after", "top_task"]


def test_what_is_at_the_edge_of_a_subprocess_hears_before_what_is_around_it(play):
    inner = sub("work", start("s1"), user("a"), end("e1"), flows("s1 > a > e1"))
    game = play(WORDS, process(
        "p", start(), inner, boundary("edge", "work", "escalation", "hot", interrupting=False), user("y"), end("e3"),
        end(), handling("top", "escalation", "hot", interrupting=False),
        flows("start > work > end", "edge > y > e3"),
    ))  # fmt: skip

    game.escalate("hot")

    assert game.tasks == ["a", "y"]


def test_several_ones_in_one_scope_each_hear_their_own_event(play):
    game = play(WORDS, process(
        "p", start(), user("a"), end(), handling("one", "message", "word", interrupting=False),
        handling("two", "signal", "word", interrupting=False), handling("stop", "escalation", "word"),
        flows("start > a > end"),
    ))  # fmt: skip

    game.message("word")
    game.signal("word")
    assert game.tasks == ["a", "one_task", "two_task"]
    game.escalate("word")

    assert game.waiting == ["stop_task"]
    assert game.steps("cancelled") == ["a", "one_task", "one", "two_task", "two"]


def test_one_may_stand_inside_another(play):
    nested = handler(
        "outer", "message", "word", user("o"), end("oe"), handling("inner", "signal", "word", interrupting=False),
        flows("outer_start > o > oe"), interrupting=False,
    )  # fmt: skip
    game = play(WORDS, process("p", start(), user("a"), end(), nested, flows("start > a > end")))
    assert not game.signal("word")

    game.message("word")
    game.message("word")
    game.signal("word")

    assert game.tasks == ["a", "inner_task", "inner_task", "o", "o"]
    game.complete("o", "o", "a", "inner_task")
    assert not game.run.is_ended
    game.complete("inner_task")
    assert game.run.is_ended


def test_a_terminate_end_inside_one_ends_only_that(play):
    stopping = handler("side", "message", "word", both("s"), user("x"), user("y"), end("stop", "terminate"), end("e2"),
                       flows("side_start > s > x > stop", "s > y > e2"), interrupting=False)  # fmt: skip
    game = play(WORDS, process("p", start(), user("a"), end(), stopping, flows("start > a > end")))
    game.message("word")

    game.complete("x")

    assert game.tasks == ["a"]
    assert game.steps("cancelled") == ["y"]


def test_its_steps_belong_to_the_lane_it_lies_in(play):
    game = play(WORDS, process(
        "p", lanes(first_line="start a end", second_line="side"), start(), user("a"), end(),
        handling("side", "message", "word"), flows("start > a > end"),
    ))  # fmt: skip

    game.message("word")

    assert game.wait("side_task").lane == "second_line"


def test_a_thousand_starts_leave_the_state_as_small_as_it_was():
    game = Player(parse_bundle({"p": diagram(*beside("message", interrupting=False))}, "p"), saves=True)

    for _ in range(1000):
        game.message("word")
        game.complete("side_task")

    assert max(game.sizes) < 400
    assert len(set(game.sizes[2:])) <= 2
