"""The reference itself, by examples one can check by hand against the standard."""

from datetime import UTC, datetime

import pytest

from tests.reference.drawing import read_processes
from tests.reference.events import Uncaught
from tests.reference.interpreter import Interpreter
from tests.reference.sketch import Sketch

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Play:
    """A sketch run by the reference alone, one element at a time."""

    def __init__(self, draw, **variables):
        self.sketch = Sketch()
        part = self.sketch.part()
        draw(part)
        self.sketch.process("p", part)
        self.world = Interpreter(read_processes(self.sketch.data()), "p", now=NOW)
        self.world.variables = variables
        self.world.start()

    def done(self, *names):
        for name in names:
            self.world.complete(next(wait[-1] for wait in self.world.waits() if wait[0] == name))
        return self

    def rung(self, name):
        self.world.fire(next(wait[-1] for wait in self.world.waits() if wait[0] == name))
        return self

    @property
    def waiting(self):
        return sorted(wait[0] for wait in self.world.waits())

    def left(self, name):
        return [flows for element, what, flows in self.world.trail if (element, what) == (name, "left")]


def gate(part, name, kind="inclusiveGateway", **facts):
    return part.node(kind, name, named=False, **facts)


def test_a_parallel_gateway_waits_for_every_way():
    def draw(p):
        p.way(p.start("s"), gate(p, "fork", "parallelGateway"), p.user("a"), gate(p, "join", "parallelGateway"))
        p.way("fork", p.user("b"), "join", p.user("c"), p.event("endEvent", "e"))

    play = Play(draw)

    assert play.waiting == ["a", "b"]
    assert play.done("a").waiting == ["b"]
    assert play.done("b").waiting == ["c"]
    assert play.done("c").world.is_ended


@pytest.mark.parametrize(
    ("number", "ways", "rest"), [(1, ["a"], []), (2, ["a", "b"], ["b"]), (3, ["b"], []), (9, ["c"], [])]
)
def test_an_inclusive_gateway_waits_for_the_ways_that_were_taken_and_no_others(number, ways, rest):
    def draw(p):
        p.way(p.start("s"), gate(p, "fork", default="fork__c"))
        for name, condition in (("a", "n = 1 or n = 2"), ("b", "n = 2 or n = 3"), ("c", "")):
            p.flow("fork", p.user(name), condition)
        gate(p, "join")
        for name in "abc":
            p.flow(name, "join")
        p.way("join", p.user("after"), p.event("endEvent", "e"))

    play = Play(draw, n=number)

    assert play.waiting == ways
    assert play.done(ways[0]).waiting == (rest or ["after"])
    assert play.done(*rest).waiting == ["after"]


def test_an_inclusive_gateway_waits_for_a_token_that_may_still_choose_its_way():
    def draw(p):
        p.way(p.start("s"), gate(p, "fork", "parallelGateway"), p.user("a"), gate(p, "join"))
        p.node("exclusiveGateway", "choice", default="choice__join")
        p.way("fork", p.user("b"), "choice", "join", p.user("after"), p.event("endEvent", "e"))
        p.flow("choice", p.event("endEvent", "other"), "n = 1")

    assert Play(draw, n=1).done("a").waiting == ["b"]
    assert Play(draw, n=1).done("a", "b").waiting == ["after"]
    assert Play(draw, n=2).done("a", "b").waiting == ["after"]


def test_of_a_loop_back_to_an_inclusive_gateway_it_waits_for_nothing():
    """A token behind the gateway reaches its other flow only through a flow that has a token, or through itself."""

    def draw(p):
        p.way(p.start("s"), gate(p, "join"), p.user("a"), p.node("exclusiveGateway", "choice", default="choice__e"))
        p.flow("choice", "join", "n = 1")
        p.flow("choice", p.event("endEvent", "e"))

    play = Play(draw, n=1)

    assert play.done("a").waiting == ["a"]
    play.world.variables = {"n": 2}
    assert play.done("a").world.is_ended


def test_of_the_events_behind_a_gateway_the_first_wins():
    def draw(p):
        p.way(p.start("s"), gate(p, "first", "eventBasedGateway"))
        for name, what in (("hear", ("message", "m")), ("ring", ("timer", 'timeDuration "PT1H"'))):
            p.event("intermediateCatchEvent", name, *what)
            p.way("first", name, p.user(f"after_{name}"), p.event("endEvent", f"end_{name}"))

    assert Play(draw).waiting == ["hear", "ring"]
    assert Play(draw).rung("ring").waiting == ["after_ring"]


@pytest.mark.parametrize(("number", "ways"), [(1, {"s__a", "s__c"}), (2, {"s__b", "s__c"}), (3, {"s__d", "s__c"})])
def test_of_several_ways_out_of_a_step_all_that_hold_are_taken(number, ways):
    def draw(p):
        p.way(p.start("begin"), p.service("s", default="s__d"))
        for name, condition in (("a", "n = 1"), ("b", "n = 2"), ("c", ""), ("d", "")):
            p.flow("s", p.user(name), condition)
            p.flow(name, p.event("endEvent", f"end_{name}"))

    assert set(Play(draw, n=number).left("s")[0]) == ways


def test_a_link_goes_on_where_it_comes_out():
    def draw(p):
        p.way(p.start("s"), p.user("a"), p.event("intermediateThrowEvent", "into", "link", "away"))
        p.way(p.event("intermediateCatchEvent", "out", "link", "away"), p.user("b"), p.event("endEvent", "e"))

    assert Play(draw).done("a").waiting == ["b"]


def test_an_error_ends_everything_in_its_subprocess_and_goes_on_at_the_edge():
    def draw(p):
        inner = p.sketch.part()
        inner.way(inner.start("in"), gate(inner, "fork", "parallelGateway"), inner.user("a"))
        inner.flow("a", inner.event("endEvent", "failed", "error", "lost"))
        inner.way("fork", inner.user("b"), inner.event("endEvent", "done"))
        p.node("subProcess", "sub", inner.inside(), named=False)
        p.way(p.start("s"), "sub", p.event("endEvent", "e"))
        p.way(p.boundary("caught", "sub", "error", "lost"), p.user("c"), p.event("endEvent", "f"))

    play = Play(draw).done("a")

    assert play.waiting == ["c"]
    assert {element for element, what, _ in play.world.trail if what == "cancelled"} == {"b", "sub"}


def test_an_error_nobody_catches_is_one():
    def draw(p):
        p.way(p.start("s"), p.user("a"), p.event("endEvent", "e", "error", "lost"))

    with pytest.raises(Uncaught):
        Play(draw).done("a")


def test_a_token_does_not_hear_what_it_threw_itself():
    def draw(p):
        p.way(p.start("s"), p.event("intermediateThrowEvent", "say", "message", "m"))
        p.way("say", p.event("intermediateCatchEvent", "hear", "message", "m"), p.event("endEvent", "e"))

    play = Play(draw)

    assert play.waiting == ["hear"]
    assert play.world.thrown == [("message", "m", "say")]
