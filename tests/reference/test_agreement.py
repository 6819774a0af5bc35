"""Random sound processes, random stories, saved after every act: the engine does what the reference does.

`make properties` runs many more of them.
"""

import os
from random import Random

from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from engine.diagrams.errors import UncaughtError
from engine.diagrams.run import Run
from tests.reference.blocks import Process
from tests.reference.damage import damaged
from tests.reference.duel import Duel, answers, play
from tests.reference.outcomes import Undecided
from tests.reference.sketch import Sketch, findings

HOW_MANY = int(os.environ.get("PROPERTIES", "0"))
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def examples(usual):
    return settings(max_examples=HOW_MANY or usual, deadline=None, suppress_health_check=SLOW)


# A failure is shrunk by making the diagram smaller; the seed decides what it looks like.
SEEDS, SIZES = st.integers(0, 2**32), st.integers(1, 10)


@examples(80)
@given(seed=SEEDS, size=SIZES)
def test_a_process_of_sound_blocks_is_published_and_runs_as_the_standard_says(seed, size):
    random = Random(seed)
    data = Process(random, size=size).data

    refused = {finding.rule for finding in findings(data)}
    assume(refused != {"too_much_at_once"})  # rounds inside rounds, each of them perhaps two hundred
    assert not refused
    try:
        duel = play(data, random)
    except Undecided:
        reject()

    assert duel.is_ended or duel.acts()


def test_a_token_does_not_hear_what_it_threw_itself():
    sketch = Sketch()
    part = sketch.part()
    tell = part.event("intermediateThrowEvent", "tell", "message", "m")
    hear = part.event("intermediateCatchEvent", "hear", "message", "m")
    part.way(part.start("begin", form="request"), tell, hear, part.event("endEvent", "end"))
    sketch.process("p", part)

    duel = Duel(sketch.data(), request=answers(Random(1)))

    assert duel.acts() == [("message", "m")]


@examples(20)
@given(seed=SEEDS, size=SIZES)
def test_it_always_comes_to_its_end(seed, size):
    random = Random(seed)
    duel = Duel(Process(random, size=size).data, request=answers(random))

    for _ in range(200):
        if duel.is_ended:
            break
        duel.variables["request"] |= {"more": False, "choice": random.choice((1, 4))}
        # What only begins something beside comes last.
        forward = [act for act in duel.acts() if act[0] in ("complete", "answer") or _is_awaited(act)]
        duel.do(*random.choice(forward or duel.acts()))

    assert duel.run.is_ended
    assert duel.largest < 3_000


def _is_awaited(act):
    return act[0] == "fire" and act[1][0].startswith(("pause", "come"))


@examples(40)
@given(seed=SEEDS, size=SIZES)
def test_what_was_changed_and_is_still_published_always_rests_where_somebody_can_act(seed, size):
    random = Random(seed)
    data = damaged(Process(random, size=size).data, random)
    assume(not findings(data))

    duel = Duel(data, request=answers(random))
    for _ in range(15):
        if duel.is_ended:
            break
        assert duel.run.waits
        _try_every_wait(duel)
        duel.variables["request"] = answers(random)
        duel.do(*random.choice(duel.acts()))


def _try_every_wait(duel):
    """Each thing that is waited for can happen, in a copy, and the instance comes to rest after it."""
    state = duel.run.dump()
    for number, wait in enumerate(duel.run.waits):
        run = Run.restore(duel.bundle, state=state, **duel.facts())
        try:
            ACT[wait.kind](run, run.waits[number])
        except UncaughtError:  # thrown by a service, which no diagram can rule out; it stays where it was
            continue
        assert run.is_ended or run.waits
    duel.calls.clear()


ACT = {
    "task": lambda run, wait: run.complete(wait.token),
    "timer": lambda run, wait: run.fire(wait.token),
    "call": lambda run, wait: run.answer(wait.token, {}),
    "message": lambda run, wait: _heard(run.message(wait.name)),
    "signal": lambda run, wait: _heard(run.signal(wait.name)),
    "escalation": lambda run, wait: _heard(run.escalate(wait.name or "any")),
}


def _heard(answer):
    assert answer
