"""What a run does at each kind of element."""

from datetime import UTC, datetime, timedelta

import pytest
from player import NOW, Player, reckon
from spiff_samples import (
    both,
    boundary,
    call,
    catch,
    codes,
    diagram,
    end,
    flows,
    lanes,
    process,
    service,
    start,
    sub,
    user,
    xor,
)

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import EngineError, NotWaiting, RunBroken, StepBudgetSpent, UncaughtError
from engine.diagrams.run import Budget, Run


@pytest.fixture(params=[False, True], ids=["in memory", "saved after every step"])
def play(request):
    """Plays a sample, with and without a save after every step."""
    return lambda sample, **facts: Player(sample, saves=request.param, **facts)


def drawn(*inside):
    return parse_bundle({"p.bpmn": diagram(*inside)}, "p")


def test_human_tasks_wait_one_after_the_other(play):
    game = play("line")

    game.complete("a", "b")

    assert game.run.is_ended
    assert game.run.end_elements == ["end"]
    assert game.steps("entered") == game.steps("left") == ["start", "a", "b", "end"]


def test_a_wait_says_where_the_token_stands(play):
    wait = play("loop").wait("a")

    assert (wait.kind, wait.name, wait.lane, wait.due_at) == ("task", "a pl", "first_line", None)
    assert 0 < wait.token < 2**63


def test_tokens_stay_the_same_while_they_wait(play):
    game = play("parallel")
    before = game.wait("b").token

    game.complete("a")

    assert game.wait("b").token == before


def test_a_step_can_be_completed_once_only(play):
    game = play("line")
    token = game.wait("a").token
    game.complete("a")

    with pytest.raises(NotWaiting):
        game.run.complete(token)
    assert game.tasks == ["b"]


@pytest.mark.parametrize("element_id", ["late", "work", "nothing"])
def test_only_human_tasks_can_be_completed(play, element_id):
    game = play("escalations") if element_id == "work" else play("timers")
    token = game.wait(element_id).token if element_id == "late" else 77

    with pytest.raises(NotWaiting):
        game.run.complete(token)
    assert game.tasks == ["a"]


def test_a_gateway_takes_the_first_flow_whose_condition_holds(play):
    game = play("loop")

    game.complete("a", "a", "a")

    assert game.tasks == ["b"]
    assert [step.flows for step in game.trail if step.element_id == "again" and step.what == "left"] == [
        ("again__a",),
        ("again__a",),
        ("again__b",),
    ]


def test_the_position_of_a_box_on_the_page_does_not_decide():
    lines = flows("start > which", "which > b ? yes = true", "which > c ? yes = true", "b > end", "c > end")
    shapes = "".join(
        f'<di:BPMNShape id="{i}_di" bpmnElement="{i}"><dc:Bounds x="0" y="{y}" width="9" height="9"/></di:BPMNShape>'
        for i, y in (("b", 500), ("c", 10))
    )
    plane = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/'
        f'20100524/DC" id="d"><di:BPMNPlane id="pl" bpmnElement="p">{shapes}</di:BPMNPlane></di:BPMNDiagram>'
    )
    game = Player(drawn(process("p", start(), xor("which"), user("b"), user("c"), end(), lines), plane), yes=True)

    assert game.tasks == ["b"]


def test_a_gateway_without_a_way_out_stops_the_process():
    bundle = drawn(
        process(
            "p", start(), xor("which"), user("b"), end(), flows("start > which", "which > b ? yes = true", "b > end")
        )
    )

    with pytest.raises(EngineError, match=r"which.*no condition holds") as caught:
        Player(bundle)
    assert caught.value.element_id == "which"


def test_a_condition_must_be_true_or_false():
    bundle = drawn(
        process("p", start(), xor("which"), user("b"), end(), flows("start > which", "which > b ? yes", "b > end"))
    )

    with pytest.raises(EngineError, match="neither true nor false"):
        Player(bundle, yes="perhaps")


def test_parallel_branches_wait_for_each_other(play):
    game = play("parallel")
    assert game.tasks == ["a", "b"]

    game.complete("b")
    assert game.tasks == ["a"]
    game.complete("a")
    assert game.tasks == ["check"]


@pytest.mark.parametrize("orders", [["ab", "ba"], ["ba", "ab"], ["ab", "ab", "ba", "ba"]])
def test_a_join_in_a_loop_waits_in_every_round(play, orders):
    game = play("parallel", more=True)

    for first, second in orders:
        game.complete(first)
        assert game.tasks == [second]
        game.complete(second)
        game.complete("check")
    assert game.tasks == ["a", "b"]


def test_a_join_counts_flows_and_not_where_they_come_from(play):
    twice = flows("start > split", "split > join", "join > a > end")
    again = '<bpmn:sequenceFlow id="second" sourceRef="split" targetRef="join"/>'
    game = Player(drawn(process("p", start(), both("split"), both("join"), user("a"), end(), twice, again)))

    game.complete("a")

    assert game.run.is_ended
    assert game.steps("entered").count("a") == 1


def test_nested_subprocesses_are_played_to_their_end(play):
    game = play("nested")
    assert game.wait("a").lane == "first_line"

    game.complete("a", "c", "b", "d", "e")

    assert game.run.is_ended
    assert game.run.end_elements == ["end"]
    assert game.steps("left").index("inner") < game.steps("entered").index("d")
    assert game.steps("entered").index("outer") < game.steps("entered").index("start_1")


def test_a_called_process_takes_the_lane_of_its_caller(play):
    game = play("call")
    assert game.wait("q_ask").lane == "first_line"

    game.complete("q_ask", "a")
    assert game.wait("q_ask").lane == "second_line"
    game.complete("q_ask", more=True)
    game.complete("q_more")

    assert game.run.is_ended


def test_an_interrupting_timer_takes_the_step_away(play):
    game = play("timers")
    assert game.wait("late").due_at == NOW + timedelta(hours=4)

    game.fire("late")

    assert game.tasks == ["late_task"]
    assert game.steps("cancelled") == ["a"]
    assert [s.what for s in game.trail if s.element_id == "late"] == ["entered", "left"]


def test_completing_the_step_stops_its_timer(play):
    game = play("timers")
    token = game.wait("late").token

    game.complete("a")

    assert game.waiting == ["b", "remind"]
    assert "late" not in game.steps("entered") + game.steps("cancelled")
    with pytest.raises(NotWaiting):
        game.run.fire(token)


def test_a_timer_that_does_not_interrupt_runs_beside_the_step(play):
    game = play("timers")
    game.complete("a")

    game.fire("remind")
    assert game.waiting == ["b", "remind_task"]
    game.complete("b")
    assert game.waiting == ["pause", "remind_task"]
    game.fire("pause")
    assert not game.run.is_ended
    game.complete("remind_task")

    assert game.run.is_ended
    assert sorted(game.run.end_elements) == ["end", "end_remind"]


def test_a_date_timer_is_due_at_its_moment(play):
    game = play("timers")
    game.complete("a", "b")

    wait = game.wait("pause")

    assert (wait.kind, wait.due_at) == ("timer", NOW + timedelta(days=1))
    assert game.trail[-1].element_id == "pause"
    assert game.trail[-1].what == "entered"


def test_a_cycle_rings_as_often_as_drawn_and_keeps_its_token(play):
    game = play("cycle")
    seen = []

    for _ in range(3):
        wait = game.wait("remind")
        seen.append((wait.token, wait.generation, wait.due_at))
        game.fire("remind")

    assert len({token for token, *_ in seen}) == 1
    assert [row[1:] for row in seen] == [(n, NOW + timedelta(days=n + 1)) for n in range(3)]
    assert game.waiting == ["a", "nag", "nag", "nag"]


def test_a_cycle_does_not_drift_when_it_rings_late(play):
    game = play("cycle")

    game.fire("remind", later=timedelta(hours=5))

    assert game.wait("remind").due_at == NOW + timedelta(days=2)


def test_after_an_outage_a_cycle_rings_once(play):
    game = play("cycle")

    game.fire("remind", later=timedelta(hours=30))

    assert game.tasks == ["a", "nag"]
    assert game.wait("remind").due_at == NOW + timedelta(days=3)
    game.fire("remind")
    assert "remind" not in game.waiting


def test_what_a_cycle_started_goes_on_after_the_step_is_done(play):
    game = play("cycle")
    game.fire("remind")

    game.complete("a")
    assert game.waiting == ["b", "nag"]
    game.complete("b")
    game.complete("nag")

    assert game.run.is_ended


def test_an_escalation_from_outside_rings_beside_the_work(play):
    game = play("escalations")

    assert game.escalate("half")

    assert game.tasks == ["a", "hurry"]
    assert game.steps("cancelled") == []


def test_the_same_escalation_may_come_again_while_the_work_goes_on(play):
    """Each arrival starts a branch of its own, whether or not the branch of the one before has ended."""
    game = play("escalations")

    game.escalate("half")
    game.escalate("half")
    assert game.tasks == ["a", "hurry", "hurry"]
    game.complete("hurry", "hurry", "a")
    assert game.escalate("half")
    assert game.tasks == ["b", "hurry"]
    game.complete("b")

    assert game.tasks == ["hurry"]
    assert not game.escalate("half")


def test_an_interrupting_escalation_takes_the_work_away(play):
    game = play("escalations")
    game.complete("a")
    game.escalate("half")

    assert game.escalate("breach")

    assert game.tasks == ["hurry", "rescue"]
    assert game.steps("cancelled") == ["b", "work"]
    assert not game.escalate("breach")


def test_an_escalation_nobody_waits_for_changes_nothing(play):
    game = play("escalations")
    before = game.run.dump()

    assert not game.escalate("unknown")

    assert game.run.dump() == before


def test_an_event_without_a_code_catches_every_code(play):
    game = play("catch_all")

    assert game.escalate("half") and game.escalate("most") and game.escalate("anything")

    assert game.tasks == ["a", "hurry", "hurry", "hurry"]


def test_of_nested_catchers_the_innermost_hears_the_escalation(play):
    inside = sub(
        "inner",
        start("s2"),
        user("a"),
        boundary("on_a", "a", "escalation", "half", interrupting=False),
        user("at_a"),
        end("e3"),
        end("e2"),
        flows("s2 > a > e2", "on_a > at_a > e3"),
    )
    game = play(
        drawn(
            codes(escalation="half"),
            process(
                "p",
                start(),
                inside,
                boundary("on_inner", "inner", "escalation", interrupting=False),
                user("at_inner"),
                end("e4"),
                end(),
                flows("start > inner > end", "on_inner > at_inner > e4"),
            ),
        )
    )

    game.escalate("half")
    assert game.tasks == ["a", "at_a"]
    game.complete("a")
    game.escalate("half")
    assert game.tasks == ["at_a", "at_inner"]


def test_an_escalation_thrown_inside_reaches_the_subprocess_around_it(play):
    game = play("thrown")

    game.complete("a")
    assert game.tasks == ["b", "cool"]
    game.complete("b", cold=True)

    assert game.tasks == ["cool", "warm"]
    assert game.steps("cancelled") == ["work"]


def test_an_error_end_goes_to_the_event_that_catches_it(play):
    game = play("thrown")

    game.complete("a")
    game.complete("b", bad=True)

    assert game.tasks == ["cool", "repair"]
    assert "work" not in game.steps("left")


def test_an_error_nobody_catches_is_an_error(play):
    game = play("uncaught")

    with pytest.raises(UncaughtError) as caught:
        game.complete("a")
    assert (caught.value.element_id, caught.value.code) == ("failed", "broken")


def test_an_escalation_nobody_catches_is_noted_and_the_process_goes_on():
    bundle = drawn(
        codes(escalation="hot"), process("p", start(), end("gone", "escalation", "hot"), flows("start > gone"))
    )

    game = Player(bundle)

    assert game.run.is_ended
    assert [(t.kind, t.name, t.element_id) for t in game.run.thrown] == [("escalation", "hot", "gone")]


def test_a_message_reaches_everything_that_waits_for_it(play):
    game = play("messages")
    game.complete("a")

    assert game.message("answer")
    assert game.tasks == ["b", "read"]
    assert not game.message("nonsense")
    assert game.message("withdrawn")

    assert game.tasks == ["read"]
    assert game.steps("cancelled") == ["b", "work"]


def test_a_message_thrown_inside_is_caught_inside(play):
    game = play(
        drawn(
            codes(message="go"),
            process(
                "p",
                start(),
                both("split"),
                user("a"),
                end("tell", "message", "go"),
                catch("hear", "message", "go"),
                user("b"),
                end(),
                flows("start > split > a > tell", "split > hear > b > end"),
            ),
        )
    )

    game.complete("a")

    assert game.tasks == ["b"]


def test_a_terminate_end_inside_a_subprocess_ends_only_that(play):
    game = play("terminate")

    game.complete("b")

    assert game.tasks == ["a", "d"]
    assert game.steps("cancelled") == ["c"]


def test_a_terminate_end_ends_everything(play):
    game = play("terminate")

    game.complete("a")

    assert game.run.is_ended
    assert game.waiting == []
    assert sorted(game.steps("cancelled")) == ["b", "c", "work"]
    assert game.run.end_elements == ["stop"]


def test_a_cancelled_run_is_over(play):
    game = play("terminate")

    game.run.cancel()

    assert game.run.is_ended
    assert game.run.waits == []
    assert sorted(s.element_id for s in game.run.trail if s.what == "cancelled") == ["a", "b", "c", "work"]


def test_service_tasks_name_a_verb_and_feel_parameters():
    bundle = drawn(
        process(
            "p",
            start(),
            service("tell", "notify", to='"client"', number="ticket.number"),
            user("a"),
            end(),
            flows("start > tell > a > end"),
        )
    )

    game = Player(bundle, ticket={"number": "INC-7"})

    assert game.calls == [("notify", "tell", {"to": "client", "number": "INC-7"})]


def test_what_a_verb_returns_becomes_variables(play):
    game = play("loop")

    game.complete("a", "a")

    assert game.variables["rounds"] == 2


def test_an_element_may_have_the_same_id_as_its_verb_or_parameter():
    bundle = drawn(
        process("p", start(), service("count", "count", by="1", end="2"), end(), flows("start > count > end"))
    )

    assert Player(bundle).run.is_ended


def test_a_verb_that_fails_is_told_with_its_element():
    def fail(verb, parameters, element, token):
        raise KeyError("no such team")

    bundle = drawn(process("p", start(), service("tell"), end(), flows("start > tell > end")))

    with pytest.raises(EngineError) as caught:
        Run.start(bundle, variables={}, now=NOW, perform=fail, reckon=reckon)
    assert caught.value.element_id == "tell"
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_bad_timer_is_told_with_its_element():
    bundle = drawn(
        process(
            "p",
            start(),
            user("a"),
            boundary("late", "a", "timeDuration", '"soon"'),
            end("e2"),
            end(),
            flows("start > a > end", "late > e2"),
        )
    )

    with pytest.raises(EngineError) as caught:
        Player(bundle)
    assert caught.value.element_id == "late"


def test_a_due_moment_needs_a_time_zone():
    bundle = drawn(process("p", start(), catch("pause", "timeDate", "moment"), end(), flows("start > pause > end")))

    with pytest.raises(EngineError, match="no time zone"):
        Player(bundle, moment=datetime(2026, 5, 1, tzinfo=UTC).replace(tzinfo=None))


def test_a_broken_run_refuses_everything():
    game = Player("uncaught")
    with pytest.raises(UncaughtError):
        game.complete("a")

    for call_it in (game.run.dump, lambda: game.run.escalate("half"), lambda: game.run.complete(1), game.run.cancel):
        with pytest.raises(RunBroken):
            call_it()


def test_an_endless_loop_is_stopped_by_the_budget():
    endless = drawn(
        process(
            "p",
            start(),
            xor("again", "again__tick"),
            service("tick"),
            end(),
            flows("start > again > tick > again", "again > end ? never = true"),
        )
    )

    with pytest.raises(StepBudgetSpent) as caught:
        Player(endless)
    assert caught.value.steps == Budget().steps


def test_a_slow_step_is_stopped_by_the_clock():
    endless = drawn(
        process(
            "p",
            start(),
            xor("again", "again__tick"),
            service("tick"),
            end(),
            flows("start > again > tick > again", "again > end ? never = true"),
        )
    )

    with pytest.raises(StepBudgetSpent):
        Run.start(
            endless,
            variables={},
            now=NOW,
            perform=lambda *_: None,
            reckon=reckon,
            budget=Budget(steps=10**9, seconds=0.1),
        )


def test_a_verb_cannot_step_into_its_own_run():
    def meddle(verb, parameters, element, token):
        game["run"].escalate("half")

    bundle = drawn(process("p", start(), user("a"), service("tell"), end(), flows("start > a > tell > end")))
    game = {"run": Run.start(bundle, variables={}, now=NOW, perform=meddle, reckon=reckon)}

    with pytest.raises(EngineError, match="in the middle of a step"):
        game["run"].complete(game["run"].waits[0].token)


def test_hundreds_of_rounds_leave_the_state_as_small_as_it_was():
    game = Player("loop", saves=True, rounds=-300)

    for _ in range(300):
        game.complete("a")

    assert max(game.sizes) <= 200
    assert len(set(game.sizes)) == 1


def test_hundreds_of_rounds_in_one_step_do_not_exhaust_the_stack():
    bundle = drawn(
        process(
            "p",
            start(),
            xor("again", "again__end"),
            both("split"),
            service("count", "count", by="1"),
            service("other"),
            both("join"),
            end(),
            flows(
                "start > again > end",
                "again > split ? rounds < 200",
                "split > count > join > again",
                "split > other > join",
            ),
        )
    )

    game = Player(bundle)

    assert game.run.is_ended
    assert game.variables["rounds"] == 200


def test_called_processes_may_stand_in_files_of_their_own():
    files = {
        "p.bpmn": diagram(
            process(
                "p", lanes(first_line="start ask end"), start(), call("ask", "q"), end(), flows("start > ask > end")
            )
        ),
        "q.bpmn": diagram(process("q", start("qs"), user("qa"), end("qe"), flows("qs > qa > qe"))),
        "r.bpmn": diagram(process("r", start("start"), end("end"), flows("start > end"))),
    }

    game = Player(parse_bundle(files, "p"))

    assert game.wait("qa").lane == "first_line"
    assert game.bundle.elements["qa"].file == "q.bpmn"


def test_two_calls_of_one_process_at_once_do_not_mix(play):
    called = process(
        "q", start("qs"), both("q_split"), user("q1"), user("q2"), both("q_join"), end("qe"),
        flows("qs > q_split > q1 > q_join > qe", "q_split > q2 > q_join"),
    )  # fmt: skip
    game = play(
        drawn(
            process("p", lanes(first_line="one", second_line="two"), start(), both("split"), call("one", "q"),
                    call("two", "q"), user("after_one"), user("after_two"), end("end_one"), end("end_two"),
                    flows("start > split > one > after_one > end_one", "split > two > after_two > end_two")),
            called,
        )
    )  # fmt: skip
    mine = [wait for wait in game.run.waits if wait.lane == "first_line"]
    assert sorted(wait.element_id for wait in game.run.waits) == ["q1", "q1", "q2", "q2"]

    for wait in mine:
        game.run.complete(wait.token)
        game._after()

    assert game.tasks == ["after_one", "q1", "q2"]
    assert {wait.lane for wait in game.run.waits if wait.element_id != "after_one"} == {"second_line"}


def test_an_error_in_a_called_process_is_caught_around_the_subprocess_that_calls_it(play):
    game = play(
        drawn(
            codes(error="broken other"),
            process(
                "p", start(),
                sub("work", start("ws"), call("ask", "q"), boundary("on_other", "ask", "error", "other"), end("oe"),
                    end("we"), flows("ws > ask > we", "on_other > oe")),
                boundary("on_any", "work", "error"), user("repair"), end("repaired"), end(),
                flows("start > work > end", "on_any > repair > repaired"),
            ),
            process("q", start("qs"), user("qa"), end("failed", "error", "broken"), flows("qs > qa > failed")),
        )
    )  # fmt: skip

    game.complete("qa")

    assert game.tasks == ["repair"]
    assert game.steps("cancelled") == ["ask", "work"]


def test_tokens_that_meet_in_one_step_keep_their_own_timers(play):
    game = play(
        drawn(
            process("p", start(), both("split"), service("x"), service("y"), user("a"),
                    boundary("late", "a", "timeDuration", '"PT4H"'), user("late_task"), end("e2"), end(),
                    flows("start > split > x > a > end", "split > y > a", "late > late_task > e2")),
        )
    )  # fmt: skip
    assert game.waiting == ["a", "a", "late", "late"]

    game.fire("late")
    assert game.waiting == ["a", "late", "late_task"]
    game.complete("a")
    assert game.waiting == ["late_task"]
    game.complete("late_task")

    assert game.run.is_ended


def test_an_end_reached_again_is_the_last_one(play):
    """The end that decided the outcome is the last of the list, however often a side branch ended before."""
    game = play("cycle")
    game.fire("remind")
    game.complete("nag", "a")
    game.complete("b")

    assert game.run.end_elements == ["nagged", "end"]


def test_a_service_task_may_have_events_around_it():
    bundle = drawn(
        process("p", start(), service("tell"), boundary("late", "tell", "timeDuration", '"PT4H"'), user("a"), end("e2"),
                end(), flows("start > tell > end", "late > a > e2"))
    )  # fmt: skip

    game = Player(bundle)

    assert game.run.is_ended
    assert game.steps("entered") == ["start", "tell", "end"]
