"""Activities that are done several times, and loops."""

import pytest
from player import Player
from spiff_samples import (
    both,
    boundary,
    call,
    codes,
    diagram,
    end,
    flows,
    handling,
    lanes,
    loop,
    marked,
    process,
    receive,
    service,
    several,
    start,
    sub,
    user,
    xor,
)

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import EngineError, StepBudgetSpent, ThrowError

TEAMS = ["first_line", "second_line", "experts"]


@pytest.fixture(params=[False, True], ids=["in memory", "saved after every step"])
def play(request):
    """Plays a drawing, with and without a save after every step."""
    return lambda *inside, **facts: Player(
        parse_bundle({"p.bpmn": diagram(*inside)}, "p"), saves=request.param, **facts
    )


def around(activity, *more, arrows=()):
    """A process of this activity alone, called a."""
    return process("p", start(), activity, user("after"), end(), *more, flows("start > a > after > end", *arrows))


def asked(marker, **facts):
    return around(marked(user("a", **facts), marker))


def test_one_by_one_each_round_has_its_item_and_what_they_gave_is_kept_in_order(play):
    marker = several("teams", item="team", results="opinions", result="a_form", one_by_one=True)
    game = play(asked(marker), teams=TEAMS)
    seen = []

    for number in range(3):
        wait, = game.run.waits
        seen.append((wait.round.number, wait.round.of, wait.round.item))
        game.answer("a", verdict=f"opinion {number}")

    assert seen == [(1, 3, "first_line"), (2, 3, "second_line"), (3, 3, "experts")]
    assert game.tasks == ["after"]
    assert game.variables["opinions"] == [{"verdict": f"opinion {n}"} for n in range(3)]


def test_all_at_once_results_stand_in_the_order_of_the_list_and_not_of_the_answers(play):
    marker = several("teams", item="team", results="opinions", result="team + a_form.verdict")
    game = play(asked(marker), teams=TEAMS)
    assert game.tasks == ["a", "a", "a"]

    for item in ("experts", "first_line", "second_line"):
        wait = next(w for w in game.run.waits if w.round.item == item)
        game.run.write_at(wait.token, "a_form", {"verdict": f": {item[0]}"})
        game.run.complete(wait.token)
        game._after()

    assert game.variables["opinions"] == ["first_line: f", "second_line: s", "experts: e"]
    assert game.tasks == ["after"]


def test_the_outcome_decides_what_comes_after(play):
    step = marked(user("a"), several("teams", results="votes", result="a_form.yes"))
    game = play(process(
        "p", start(), step, xor("which", "which__no"), user("yes"), user("no"), end(),
        flows("start > a > which", "which > yes ? every v in votes satisfies v = true", "which > no > end",
              "yes > end"),
    ), teams=TEAMS)  # fmt: skip

    for _ in TEAMS:
        game.answer("a", yes=True)

    assert game.tasks == ["yes"]


@pytest.mark.parametrize("one_by_one", [True, False])
@pytest.mark.parametrize("facts", [{"teams": []}, {"teams": ["only"]}])
def test_a_short_list_is_done_as_often_as_it_is_long(play, one_by_one, facts):
    game = play(asked(several("teams", results="opinions", result="loopCounter", one_by_one=one_by_one)), **facts)

    for _ in facts["teams"]:
        game.complete("a")

    assert game.tasks == ["after"]
    assert game.variables["opinions"] == list(range(1, len(facts["teams"]) + 1))


def test_rounds_may_be_counted(play):
    game = play(asked(several(times="most - 1")), most=4)

    assert game.tasks == ["a", "a", "a"]


@pytest.mark.parametrize(
    ("marker", "reason"),
    [
        (several("teams"), "is not a list"),
        (several(times="wrong"), "not a number of rounds"),
        (several(times="0 - 1"), "not a number of rounds"),
        (several(times="201"), "more than 200"),
        (several("long"), "more than 200"),
    ],
)
def test_what_cannot_be_counted_stops_the_process_at_the_step(marker, reason):
    with pytest.raises(EngineError, match=reason) as caught:
        Player(parse_bundle({"p": diagram(asked(marker))}, "p"), teams="abc", wrong="x", long=[1] * 201)
    assert caught.value.element_id == "a"


def test_two_hundred_rounds_at_once():
    game = Player(parse_bundle({"p": diagram(asked(several("many", results="out", result="item * 2")))}, "p"),
                  saves=True, many=list(range(200)))  # fmt: skip
    assert len(game.tasks) == 200

    for _ in range(200):
        game.complete("a")

    assert game.variables["out"] == [2 * n for n in range(200)]
    assert max(game.sizes) < 8000


@pytest.mark.parametrize("one_by_one", [True, False])
def test_rounds_are_over_when_the_condition_holds(play, one_by_one):
    marker = several("teams", until="a_form.enough = true or numberOfCompletedInstances > 5", one_by_one=one_by_one,
                     results="opinions", result="a_form.enough")  # fmt: skip
    game = play(asked(marker), teams=TEAMS)
    game.answer("a", enough=False)
    assert "a" in game.tasks

    game.answer("a", enough=True)

    assert game.tasks == ["after"]
    assert game.variables["opinions"] == [False, True, None]
    assert game.steps("cancelled") == ([] if one_by_one else ["a"])


def test_a_verb_gets_the_item_of_its_round(play):
    step = marked(service("a", "tell", whom="item.name", number="loopCounter"), several("people"))
    game = play(around(step), people=[{"name": "Amir"}, {"name": "Beth"}])

    assert [parameters for _, _, parameters in game.calls] == [
        {"whom": "Amir", "number": 1}, {"whom": "Beth", "number": 2}]  # fmt: skip
    assert game.tasks == ["after"]


def test_an_item_may_choose_who_does_the_step(play):
    step = marked(user("a", lane="team"), several("teams", item="team"))
    game = play(process("p", lanes(first_line="start a after end"), start(), step, user("after"), end(),
                        flows("start > a > after > end")), teams=TEAMS)  # fmt: skip

    assert [wait.lane for wait in game.run.waits] == TEAMS
    assert [wait.lane for wait in game.run.waits] == TEAMS


def test_messages_are_received_several_times(play):
    game = play(codes(message="answer"), around(marked(receive("a", "answer"), several(times="3", one_by_one=True))))

    for _ in range(2):
        game.message("answer")
        assert game.waiting == ["a"]
    game.message("answer")

    assert game.waiting == ["after"]


def opinion(marker):
    """A subprocess of two steps, the second of which depends on what was answered in the first of the same round."""
    inside = sub(
        "a", start("s"), user("ask"), xor("which", "which__e"), user("more"), end("e"),
        flows("s > ask > which > e", "which > more ? ask_form.doubt = true and team != null", "more > e"),
    )  # fmt: skip
    return marked(inside, marker)


def test_a_round_of_several_steps_sees_its_own_answers(play):
    marker = several("teams", item="team", results="doubts", result="ask_form.doubt")
    game = play(around(opinion(marker)), teams=["x", "y"])
    first, second = (wait.token for wait in game.run.waits)
    game.run.write_at(first, "ask_form", {"doubt": True})
    game.run.write_at(second, "ask_form", {"doubt": False})

    game.run.complete(first)
    game._after()
    game.run.complete(second)
    game._after()

    assert [(w.element_id, w.round.item) for w in game.run.waits] == [("more", "x")]
    game.complete("more")
    assert game.variables["doubts"] == [True, False]


def test_called_processes_are_done_several_times_and_take_the_lane_of_their_caller(play):
    game = play(
        process("p", lanes(first_line="start a after end"), start(), call("a", "q", several("teams", item="team",
                results="told", result="team")), user("after"), end(), flows("start > a > after > end")),
        process("q", start("qs"), user("qa"), end("qe"), flows("qs > qa > qe")), teams=TEAMS,
    )  # fmt: skip
    assert [(w.element_id, w.lane, w.round.item) for w in game.run.waits] == [
        ("qa", "first_line", team) for team in TEAMS]  # fmt: skip

    game.complete("qa", "qa", "qa")

    assert game.variables["told"] == TEAMS


def test_rounds_inside_rounds_see_both_items(play):
    inner = marked(service("s", "tell", pair="row + col"), several("cols", item="col"))
    outer = marked(sub("a", start("s1"), inner, end("e1"), flows("s1 > s > e1")), several("rows", item="row",
                   one_by_one=True))  # fmt: skip
    game = play(around(outer), rows=["x", "y"], cols=["1", "2"])

    assert [parameters["pair"] for _, _, parameters in game.calls] == ["x1", "x2", "y1", "y2"]
    assert game.tasks == ["after"]


def test_an_event_at_the_edge_belongs_to_all_rounds(play):
    step = marked(user("a"), several("teams"))
    game = play(around(step, boundary("late", "a", "timeDuration", '"PT4H"'), user("b"), arrows=["late > b > end"]),
                teams=TEAMS)  # fmt: skip
    assert game.waiting == ["a", "a", "a", "late"]
    game.complete("a")

    game.fire("late")

    assert game.waiting == ["b"]
    assert game.steps("cancelled") == ["a", "a", "a"]


def test_an_event_that_does_not_interrupt_leaves_the_rounds(play):
    step = marked(user("a"), several("teams", one_by_one=True))
    more = boundary("late", "a", "timeCycle", '"R2/PT4H"', interrupting=False), user("b"), end("e2")
    game = play(around(step, *more, arrows=["late > b > e2"]), teams=TEAMS)

    game.complete("a")
    game.fire("late")
    game.complete("a")
    game.fire("late")

    assert game.waiting == ["a", "b", "b"]


def test_an_error_in_one_round_ends_them_all():
    class Failing(Player):
        def _perform(self, verb, parameters, element, token):
            if parameters["whom"] == "second_line":
                raise ThrowError(code="lost")

    step = marked(service("a", "tell", whom="item"), several("teams"))
    game = Failing(parse_bundle({"p": diagram(codes(error="lost"), around(
        step, boundary("on_lost", "a", "error", "lost"), user("b"), arrows=["on_lost > b > end"]))}, "p"),
        teams=TEAMS)  # fmt: skip

    assert game.tasks == ["b"]


def test_a_subprocess_that_an_event_starts_belongs_to_its_round(play):
    inside = sub("a", start("s"), user("ask"), end("e"), handling("side", "message", "word", interrupting=False),
                 flows("s > ask > e"))  # fmt: skip
    game = play(codes(message="word"), around(marked(inside, several("teams"))), teams=["x", "y"])

    game.message("word")

    assert [(w.element_id, w.round.item) for w in game.run.waits if w.kind == "task"] == [
        ("ask", "x"), ("ask", "y"), ("side_task", "x"), ("side_task", "y")]  # fmt: skip


def test_a_loop_goes_on_while_its_condition_holds(play):
    game = play(asked(loop("a_form.more = true")))

    game.answer("a", more=True)
    game.answer("a", more=True)
    assert game.tasks == ["a"]
    game.answer("a", more=False)

    assert game.tasks == ["after"]


@pytest.mark.parametrize(("before", "tasks"), [(True, ["after"]), (False, ["a"])])
def test_a_loop_may_look_at_its_condition_first(play, before, tasks):
    assert play(asked(loop("more = true", before=before)), more=False).tasks == tasks


def test_a_loop_ends_at_its_maximum(play):
    step = marked(service("a", "count", by="1"), loop("rounds < 100", most=7))

    assert play(around(step)).variables["rounds"] == 7


def test_a_loop_counts_its_rounds(play):
    step = marked(service("a", "tell", number="loopCounter"), loop("loopCounter < 3"))

    assert [p["number"] for _, _, p in play(around(step)).calls] == [1, 2, 3]


def test_a_loop_without_end_is_stopped_by_the_budget():
    with pytest.raises(StepBudgetSpent):
        Player(parse_bundle({"p": diagram(around(marked(service("a"), loop("true"))))}, "p"))


def test_a_thousand_rounds_of_a_loop_marker_leave_the_state_as_small_as_it_was():
    game = Player(parse_bundle({"p": diagram(asked(loop("more = true")))}, "p"), saves=True, more=True)

    for _ in range(1000):
        game.complete("a")

    assert game.tasks == ["a"]
    assert max(game.sizes) < 250


def test_a_thousand_rounds_of_a_drawn_loop_leave_the_state_as_small_as_it_was():
    game = Player(parse_bundle({"p": diagram(process(
        "p", start(), xor("again"), both("split"), user("a"), user("b"), both("joined"), xor("enough", "enough__end"),
        end(), flows("start > again > split > a > joined > enough > end", "split > b > joined",
                     "enough > again ? more = true"),
    ))}, "p"), saves=True, more=True)  # fmt: skip

    for _ in range(1000):
        game.complete("a", "b")

    assert max(game.sizes) < 250
    assert len(set(game.sizes)) <= 2


def test_a_thousand_rounds_in_one_step(play):
    game = play(process(
        "p", start(), xor("again", "again__end"), service("count", "count", by="1"), end(),
        flows("start > again > end", "again > count ? rounds < 1000", "count > again"),
    ))  # fmt: skip

    assert game.run.is_ended
    assert game.variables["rounds"] == 1000


def test_parallel_branches_see_each_others_answers(play):
    """Variables live with the instance: what one branch answered decides in the other."""
    game = play(process(
        "p", start(), both("split"), user("a"), user("b"), xor("which", "which__no"), user("yes"), user("no"), end(),
        flows("start > split > a > end", "split > b > which > no > end", "which > yes ? a_form.agreed = true",
              "yes > end"),
    ))  # fmt: skip

    game.answer("a", agreed=True)
    game.answer("b", note="seen")

    assert game.tasks == ["yes"]
