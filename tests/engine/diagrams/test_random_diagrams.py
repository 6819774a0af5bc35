"""Diagrams nobody drew: nested blocks of every kind, played at random and to their end."""

from itertools import count, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from player import Player
from spiff_samples import (
    both,
    boundary,
    call,
    catch,
    codes,
    diagram,
    end,
    flows,
    process,
    service,
    start,
    sub,
    user,
    xor,
)
from test_run_against_the_library import FAR, Plain, waiting
from test_saved_runs import make, moves

from engine.diagrams.bundle import parse_bundle

LEAVES = ["user", "service", "user", "timed", "nagged", "pause"]


def blocks(kinds):
    return st.recursive(
        st.sampled_from(LEAVES),
        lambda inner: st.tuples(st.sampled_from(kinds), st.lists(inner, min_size=1, max_size=3)),
        max_leaves=12,
    )


class Drawing:
    """Turns nested blocks into elements and flows; each block has one way in and one way out."""

    def __init__(self):
        self.numbers = count(1)
        self.called = []

    def scope(self, block, prefix):
        parts, arrows = [], []
        first, last = self.block(block, parts, arrows)
        ends = flows(f"{prefix}_start > {first}", f"{last} > {prefix}_end", *arrows)
        return "".join([start(f"{prefix}_start"), *parts, end(f"{prefix}_end"), ends])

    def block(self, block, parts, arrows):
        n = next(self.numbers)
        if isinstance(block, str):
            return self.leaf(block, f"{block}_{n}", parts, arrows)
        kind, inner = block
        if kind in ("sub", "call"):
            return self.nested(kind, inner, n, parts, arrows)
        ways = [self.block(one, parts, arrows) for one in (inner[:1] if kind == "loop" else inner)]
        if kind == "line":
            arrows += [f"{left[1]} > {right[0]}" for left, right in pairwise(ways)]
            return ways[0][0], ways[-1][1]
        return self.split(kind, ways, n, parts, arrows)

    def leaf(self, kind, name, parts, arrows):
        if kind == "service":
            parts.append(service(name))
        elif kind == "pause":
            parts.append(catch(name, "timeDate", "moment"))
        else:
            parts.append(user(name))
        if kind in ("timed", "nagged"):
            late = f"late_{name}"
            trigger = ("timeDuration", '"PT4H"') if kind == "timed" else ("escalation", "half")
            parts += [boundary(late, name, *trigger, interrupting=False), user(f"after_{late}"), end(f"end_{late}")]
            arrows.append(f"{late} > after_{late} > end_{late}")
        return name, name

    def nested(self, kind, inner, n, parts, arrows):
        body = self.scope(("line", inner), f"in_{n}")
        host = f"{kind}_{n}"
        if kind == "sub":
            parts.append(sub(host, body))
        else:
            parts.append(call(host, f"process_{n}"))
            self.called.append(process(f"process_{n}", body))
        merge, rescue = f"merge_{n}", f"rescue_{n}"
        parts += [boundary(f"breach_{n}", host, "escalation", "breach"), user(rescue), xor(merge)]
        arrows += [f"{host} > {merge}", f"breach_{n} > {rescue} > {merge}"]
        return host, merge

    def split(self, kind, ways, n, parts, arrows):
        gate = both if kind == "parallel" else xor
        first, last = f"split_{n}", f"join_{n}"
        parts += [gate(first), gate(last)]
        if kind == "loop":
            parts[-2:] = [xor(first), xor(last), xor(f"out_{n}"), user(f"ask_{n}")]
            arrows += [f"{first} > {ways[0][0]}", f"{ways[0][1]} > ask_{n} > {last}", f"{last} > {first} ? more = true"]
            arrows.append(f"{last} > out_{n} ? more = false")
            return first, f"out_{n}"
        for number, way in enumerate(ways):
            condition = f" ? branch = {number}" if kind == "choice" and number else ""
            arrows += [f"{first} > {way[0]}{condition}", f"{way[1]} > {last}"]
        if kind == "choice":
            parts[-2] = xor(first, f"{first}__{ways[0][0]}")
        return first, last


def draw(block):
    drawing = Drawing()
    body = drawing.scope(block, "p")
    return diagram(codes(escalation="half breach"), process("p", body), *drawing.called)


def chosen(choice):
    return {"more": choice % 3 == 0, "branch": choice % 4}


def story(bundle, choices, *, saves):
    game = Player(bundle, saves=saves, more=False, branch=0)
    lines, numbers = [], {}
    for choice in choices:
        if game.run.is_ended:
            break
        game.variables |= chosen(choice)
        possible = moves(game)
        make(game, possible[choice % len(possible)])
        lines.append(
            [(w.element_id, w.kind, w.due_at, numbers.setdefault(w.token, len(numbers))) for w in game.run.waits]
        )
    return lines, [(s.element_id, s.what, s.flows) for s in game.trail], game.run.is_ended


ALL = ["line", "parallel", "choice", "loop", "sub", "call"]
CHOICES = st.lists(st.integers(0, 10_000), max_size=20)


@settings(max_examples=100, deadline=None)
@given(block=blocks(ALL), choices=CHOICES)
def test_saving_changes_nothing(block, choices):
    bundle = parse_bundle({"x": draw(block)}, "p")

    assert story(bundle, choices, saves=True) == story(bundle, choices, saves=False)


@settings(max_examples=60, deadline=None)
@given(block=blocks(ALL), choices=CHOICES)
def test_a_process_of_whole_blocks_always_ends(block, choices):
    game = Player(parse_bundle({"x": draw(block)}, "p"), saves=True, more=False, branch=0)
    for choice in choices:
        if game.run.is_ended:
            break
        game.variables |= chosen(choice)
        make(game, moves(game)[choice % len(moves(game))])
    game.variables |= {"more": False}

    for _ in range(300):
        if game.run.is_ended:
            break
        make(
            game, next(m for m in moves(game) if m[0] == "task" or game.run.waits[m[1]].element_id.startswith("pause"))
        )

    assert game.run.is_ended
    assert max(game.sizes) < 3000


@settings(max_examples=60, deadline=None)
@given(block=blocks(["line", "parallel", "choice", "sub", "call"]), choices=CHOICES)
def test_the_library_waits_for_the_same(block, choices):
    """Without loops, in which the library joins too early, and with each task's events played by completion alone."""
    data = draw(block)
    ours, plain = (
        Player(parse_bundle({"x": data}, "p"), saves=True, moment=FAR, branch=0),
        Plain(data, {"moment": FAR, "branch": 0}),
    )
    for choice in choices:
        if ours.run.is_ended:
            break
        ours.variables |= chosen(choice)
        plain.variables |= chosen(choice)
        possible = [w for w in ours.run.waits if w.kind in ("task", "timer")]
        wait = possible[choice % len(possible)]
        (ours.complete if wait.kind == "task" else ours.fire)(wait.element_id)
        (plain.complete if wait.kind == "task" else plain.fire)(wait.element_id)
        assert waiting(ours) == plain.waiting()
    assert ours.run.is_ended == plain.workflow.is_completed()
