"""Mending by hand: tokens are led out and moved; whatever is done, the instance rests, is saved and can end."""

import random

import pytest
from player import NOW, Player, reckon
from spiff_samples import (
    both,
    catch,
    codes,
    diagram,
    end,
    first,
    flows,
    process,
    service,
    start,
    sub,
    user,
    xor,
)

from engine.diagrams import mending
from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import EngineError, NotWaiting
from engine.diagrams.reports import LATER
from engine.diagrams.run import Budget, Run
from engine.packages import read_built_in

HANGS = "nothing waits and the end was not reached"
WALKS_EACH = 40


def made(*inside):
    return parse_bundle({"p.bpmn": diagram(codes(message="called"), process("p", *inside))}, "p")


CHOICE = made(start(), user("look"), xor("which"), user("grant"), user("refuse"), end(),
              flows("start > look > which", "which > grant ? yes = true", "which > refuse ? yes = false",
                    "grant > end", "refuse > end"))
BRANCHES = made(start(), both("fork"), user("left"), user("right"), user("right_again"), both("join"), user("last"),
                end(), flows("start > fork > left > join > last > end", "fork > right > right_again > join"))


def place_of(run, element_id):
    return next(place for place in mending.places(run) if place.element.id == element_id)


def test_a_step_is_led_out_along_its_only_way():
    game = Player(CHOICE, yes=True)

    mending.leave(game.run, place_of(game.run, "look").token)

    assert game.tasks == ["grant"]


def test_what_is_armed_at_the_old_place_is_gone_and_the_new_one_is_armed():
    game = Player(made(start(), user("look"), catch("wait", "timeDuration", '"PT4H"'), user("late"), end(),
                       flows("start > look > wait > late > end")))
    token = game.wait("look").token

    mending.move(game.run, token, to="wait")
    game._after()

    assert game.waiting == ["wait"] and game.wait("wait").due_at is not None
    assert ("cancelled", "look") in [(step.what, step.element_id) for step in game.trail]
    with pytest.raises(NotWaiting):
        game.run.complete(token)


def test_a_way_is_chosen_at_a_gateway_that_waits_for_events():
    game = Player(made(start(), first("first"), catch("call", "message", "called"),
                       catch("rest", "timeDuration", '"PT4H"'), user("talk"), user("give_up"), end(),
                       flows("start > first > call > talk > end", "first > rest > give_up > end")))
    place = place_of(game.run, "first")
    assert [flow.target for flow in place.ways] == ["call", "rest"]

    state = game.run.dump()
    with pytest.raises(EngineError, match="there is no default flow"):
        mending.leave(game.run, place.token)
    game.restore(state)
    mending.leave(game.run, place.token, flow=place.ways[1].id)

    assert game.waiting == ["rest"]


def test_a_way_that_does_not_leave_the_element_is_refused():
    game = Player(CHOICE, yes=True)

    with pytest.raises(EngineError, match="does not leave it"):
        mending.leave(game.run, place_of(game.run, "look").token, flow="nowhere")


def test_a_step_that_fails_is_passed_over_once():
    game = Player(made(start(), user("look"), service("tell"), user("check"), xor("again", "again__end"), end(),
                       flows("start > look > tell > check > again > end", "again > look ? more = true")), more=True)
    game.run.passing_over["tell"] = ""

    game.complete("look")
    assert game.tasks == ["check"] and game.calls == []
    game.complete("check", "look")

    assert [call[1] for call in game.calls] == ["tell"]


def test_a_choice_that_cannot_be_made_is_made_by_hand():
    game = Player(CHOICE, yes=None)
    flow = next(flow for flow in CHOICE.flows if flow.source == "which" and flow.target == "grant")
    game.run.passing_over["which"] = flow.id

    game.complete("look")

    assert game.tasks == ["grant"]


def test_a_subprocess_is_left_with_everything_inside():
    game = Player(made(start(), sub("part", start("begin"), user("inner"), end("done"),
                                    flows("begin > inner > done")), user("after"), end(),
                       flows("start > part > after > end")))

    mending.leave(game.run, place_of(game.run, "part").token)

    assert game.tasks == ["after"]


def test_where_others_would_wait_for_ever_nothing_can_be_put():
    game = Player(BRANCHES)

    targets = {target.id for target in place_of(game.run, "right").targets}

    assert targets == {"right_again"}  # neither behind the join, nor into the other branch, nor before the fork
    with pytest.raises(mending.CannotMove):
        mending.move(game.run, place_of(game.run, "right").token, to="last")


def test_a_lone_step_goes_before_the_branches_or_behind_them_and_not_between():
    game = Player(BRANCHES)
    game.complete("left", "right", "right_again")
    assert game.tasks == ["last"]

    assert {target.id for target in place_of(game.run, "last").targets} == {"end"}


def test_a_step_that_is_gone_cannot_be_mended():
    game = Player(CHOICE, yes=True)
    token = game.wait("look").token
    game.complete("look")

    with pytest.raises(NotWaiting):
        mending.leave(game.run, token)


class Walk:
    """Somebody who does something at random again and again, and starts from the saved state when it fails."""

    def __init__(self, bundle, forms, seed):
        self.chance, self.bundle, self.forms = random.Random(seed), bundle, forms
        self.variables, self.mended, self.refused, self.hung = {}, 0, 0, 0
        self.fails = False
        if bundle.start_form:
            self.variables[bundle.start_form] = self.answers(bundle.start_form)
        self.run = Run.start(bundle, **self.facts())
        self.state, self.fails = self.run.dump(), True

    def facts(self):
        return {"variables": self.variables, "now": NOW, "perform": self.perform, "reckon": reckon_any,
                "decide": self.decide, "budget": Budget(500, 20.0)}

    def decide(self, element, inputs):
        return {element.properties.get("result", element.id): "normal"}

    def perform(self, verb, parameters, element, token):
        if self.fails and self.chance.random() < 0.1:
            raise ValueError("the verb did not like it")
        return LATER if verb == "call_system" else None

    def step(self):
        waits = [wait for wait in self.run.waits if wait.kind in ("task", "timer", "call", "message", "signal")]
        places = mending.places(self.run)
        kind = self.chance.choice(["go", "go", "leave", "move"])
        if kind == "go" or not places:
            self.go(self.chance.choice(waits))
            return
        place = self.chance.choice(places)
        self.mended += 1
        if kind == "leave":
            ways = ["", *(flow.id for flow in place.ways)]
            mending.leave(self.run, place.token, flow=self.chance.choice(ways))
        elif place.targets:
            mending.move(self.run, place.token, to=self.chance.choice(place.targets).id)

    def go(self, wait):
        if wait.kind == "task":
            form = self.bundle.elements[wait.element_id].properties.get("form")
            if form:
                self.variables[form] = self.answers(form)
            self.run.complete(wait.token)
        elif wait.kind == "timer":
            self.run.fire(wait.token)
        elif wait.kind == "call":
            self.run.answer(wait.token, {"is_found": self.chance.random() < 0.5, "state": "active"})
        else:
            getattr(self.run, wait.kind)(wait.name)

    def answers(self, form):
        fields = {}
        for component in self.forms.get(form, {"components": ()})["components"]:
            if component.get("key"):
                values = [one["value"] for one in component.get("values", [])] or [True, False, "x", 1, None]
                fields[component["key"]] = self.chance.choice(values)
        return fields

    def play(self, steps):
        for _ in range(steps):
            if self.run.is_ended:
                return
            kept = dict(self.variables)
            try:
                self.step()
            except (EngineError, NotWaiting) as error:
                self.hung += HANGS in str(error)
                self.refused += 1
                self.variables.clear()
                self.variables.update(kept)
                self.run = Run.restore(self.bundle, state=self.state, **self.facts())
                continue
            self.check()

    def check(self):
        self.state = self.run.dump()
        before = {(wait.token, wait.element_id, wait.kind) for wait in self.run.waits}
        self.run = Run.restore(self.bundle, state=self.state, **self.facts())
        assert {(wait.token, wait.element_id, wait.kind) for wait in self.run.waits} == before
        assert self.run.is_ended or any(wait.kind != "escalation" for wait in self.run.waits)


def reckon_any(value, now):
    try:
        return reckon(value, now)
    except TypeError:
        return NOW


@pytest.mark.parametrize("content", read_built_in().processes, ids=lambda content: content.key)
def test_random_repairs_of_the_built_in_processes_never_break_an_instance(content):
    bundle = parse_bundle({file: text.encode() for file, text in content.diagrams.items()}, content.process_id)
    mended = 0
    for seed in range(WALKS_EACH):
        walk = Walk(bundle, content.forms, seed)
        walk.play(40)
        mended += walk.mended
        assert walk.hung == 0

    assert mended >= WALKS_EACH // 4


@pytest.mark.parametrize("seed", range(20))
def test_random_repairs_between_branches_never_leave_a_branch_to_wait_for_ever(seed):
    walk = Walk(BRANCHES, {}, seed)
    walk.play(40)
    assert walk.hung == 0
    while not walk.run.is_ended:  # whatever was mended, doing what waits leads to the end
        walk.run.complete(walk.run.waits[0].token)
