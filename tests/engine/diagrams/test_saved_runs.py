"""A run that was saved and one that was not are the same thing."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from player import NOW, Player, reckon
from spiff_samples import SAMPLES

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import EngineError, NotWaiting, StateRefused
from engine.diagrams.run import Run
from engine.diagrams.spiff import state as states

BUNDLES = {name: parse_bundle({f"{name}.bpmn": data}, "p") for name, data in SAMPLES.items()}
GOLDEN = Path(__file__).with_name("golden")


def moves(game):
    """Everything that may happen next, in the order of the waits."""
    result = [(wait.kind, number) for number, wait in enumerate(game.run.waits) if wait.kind in ("task", "timer")]
    return (
        result + [("escalate", code) for code in ("half", "breach")] + [("message", "answer"), ("message", "withdrawn")]
    )


def make(game, move):
    kind, what = move
    if kind in ("task", "timer"):
        token = game.run.waits[what].token
        (game.run.complete if kind == "task" else game.run.fire)(token)
    else:
        (game.run.escalate if kind == "escalate" else game.run.message)(what)
    game._after()


def play(name, choices, *, saves):
    """The whole story of a play, with tokens numbered in the order they appear."""
    game = Player(BUNDLES[name], saves=saves)
    story, numbers = [], {}
    try:
        for choice in choices:
            game.variables |= {"more": choice % 2 == 0, "bad": choice % 5 == 0, "cold": choice % 7 == 0}
            possible = moves(game)
            make(game, possible[choice % len(possible)])
            story.append(
                [
                    (
                        w.element_id,
                        w.kind,
                        w.name,
                        w.due_at,
                        w.generation,
                        w.lane,
                        numbers.setdefault(w.token, len(numbers)),
                    )
                    for w in game.run.waits
                ]
            )
            if game.run.is_ended:
                break
    except EngineError as error:
        story.append(str(error))
    trail = [(s.element_id, s.what, s.flows, numbers.setdefault(s.token, len(numbers))) for s in game.trail]
    return story, trail, game.run.end_elements, game.calls, game.run.is_ended


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.lists(st.integers(0, 10_000), max_size=25))
def test_saving_after_every_step_changes_nothing(name, choices):
    assert play(name, choices, saves=True) == play(name, choices, saves=False)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(SAMPLES.keys() - {"uncaught"})), st.lists(st.integers(0, 10_000), max_size=25))
def test_the_trail_is_balanced(name, choices):
    """What is entered is left or cancelled once, and what has neither happened to still waits."""
    game = Player(BUNDLES[name])
    inside = {}
    for choice in choices:
        possible = moves(game)
        make(game, possible[choice % len(possible)])
        if game.run.is_ended:
            break
    for step in game.trail:
        key = (step.element_id, step.token)
        inside[key] = inside.get(key, 0) + {"entered": 1, "left": -1, "cancelled": -1}[step.what]
        assert inside[key] in (0, 1)
    still = {element_id for (element_id, _), count in inside.items() if count}
    elements = BUNDLES[name].elements
    around = {"work", "outer", "inner", "ask", "ask_again", "repair", "heard", "nag", "hurry", "stop"}
    beside = {e.id for e in elements.values() if e.attached_to or e.kind == "startEvent"}
    waiting = {w.element_id for w in game.run.waits} - beside
    if "which" in still and elements["which"].kind == "eventBasedGateway":
        assert waiting == {"soon", "later", "heard"}
        waiting = {"which"}
    assert still - around - ({"a"} if name == "rounds" and "a" not in waiting else set()) == waiting - around


def test_every_token_survives_a_save():
    game = Player("parallel")
    before = game.run.waits

    game.restore(game.run.dump())

    assert game.run.waits == before


def test_an_ended_run_can_be_saved():
    game = Player("line", saves=True)

    game.complete("a", "b")

    assert game.run.is_ended
    assert game.run.waits == []
    assert game.run.end_elements == ["end"]


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"okienko-run",
        b"okienko-run\x00",
        b"okienko-run\x03" + b"\x93\xc2\x90\x90",
        b"okienko-run\x02",
        b"okienko-run\x02garbage",
        b"okienko-run\x02\x93\xc2\x90\x90",
        b"okienko-run\x01",
        b"okienko-run\x01garbage",
        b"okienko-run\x01\x93\xc2\x90\x90",
        b'{"serializer_version": "1.1"}',
        pickle.dumps({"serializer_version": "1.1"}),
    ],
)
def test_a_format_that_is_not_ours_is_refused_before_the_library_sees_it(state, monkeypatch):
    monkeypatch.setattr(states, "_fill", None)

    with pytest.raises(StateRefused):
        Run.restore(BUNDLES["line"], state=state, variables={}, now=NOW, perform=lambda *_: None, reckon=reckon)


def test_a_state_of_another_process_is_refused():
    state = Player("timers").run.dump()

    with pytest.raises(StateRefused, match="late is not in the process"):
        Player(BUNDLES["line"], start=False).restore(state)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_a_damaged_state_is_refused_or_harmless(name, data):
    state = bytearray(Player(BUNDLES[name]).run.dump())
    position = data.draw(st.integers(0, len(state) - 1))
    state[position] = data.draw(st.integers(0, 255))
    game = Player(BUNDLES[name], start=False)

    try:
        game.restore(bytes(state))
        game.run.dump()
        for _ in range(5):
            make(game, moves(game)[0])
    except (StateRefused, NotWaiting, EngineError):
        pass


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.state")), ids=lambda path: path.stem)
def test_states_written_by_every_earlier_version_can_be_read(path):
    """Files are named by version and sample. They are added to when the format changes, and never rewritten."""
    name = path.stem.split("-")[1]
    game = Player(BUNDLES[name], start=False)

    game.restore(path.read_bytes())

    assert game.waiting == path.with_suffix(".waits").read_text().split()


def shape(bundle):
    """Everything the library could change in a bundle that all instances share."""
    return {
        (process.name, name): (list(spec._inputs), list(spec._outputs), spec.completed_event.n_subscribers())
        for process in (bundle.spec, *bundle.inner_specs.values())
        for name, spec in process.task_specs.items()
    }


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - {"uncaught"}))
def test_instances_leave_the_bundle_they_share_as_it_was(name):
    before = shape(BUNDLES[name])

    with ThreadPoolExecutor(4) as pool:
        played = list(pool.map(lambda seed: play(name, [seed, *range(20)], saves=True), [7] * 16))

    assert shape(BUNDLES[name]) == before
    assert all(story == played[0] for story in played)
