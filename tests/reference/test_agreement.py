"""Random sound processes, random stories, saved after every act: the engine does what the reference does.

`make properties` runs many more of them.
"""

import os
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reference.blocks import Process
from tests.reference.duel import Duel, answers, play
from tests.reference.sketch import Sketch, findings

HOW_MANY = int(os.environ.get("PROPERTIES", "0"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def examples(usual):
    return settings(max_examples=HOW_MANY or usual, deadline=None, suppress_health_check=SLOW)


# A failure is shrunk by making the diagram smaller; the seed decides what it looks like.
SEEDS, SIZES = st.integers(0, 2**32), st.integers(1, 10)


@examples(150)
@given(seed=SEEDS, size=SIZES)
def test_a_process_of_sound_blocks_is_published_and_runs_as_the_standard_says(seed, size):
    random = Random(seed)
    data = Process(random, size=size).data

    assert findings(data) == []
    duel = play(data, random)

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


@examples(40)
@given(seed=SEEDS, size=SIZES)
def test_it_always_comes_to_its_end(seed, size):
    random = Random(seed)
    duel = Duel(Process(random, size=size).data, request=answers(random))

    for _ in range(200):
        if duel.is_ended:
            break
        duel.variables["request"] |= {"more": False, "choice": random.choice((1, 4))}
        acts = [act for act in duel.acts() if act[0] != "fire" or act[1][0].startswith("pause")]
        duel.do(*random.choice([act for act in acts if act[0] in ("complete", "answer", "fire")] or acts))

    assert duel.run.is_ended
    assert duel.largest < 3_000
