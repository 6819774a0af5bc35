"""A sample of the hostile packages, which are refused in a sentence or come to rest. `make hostile` tries all."""

from collections import Counter
from hashlib import sha256
from random import Random

import pytest
from click.testing import CliRunner

from engine.checks.sentences import SENTENCES
from engine.gate import Watch
from helpdesk.errors import DeskError
from tests.hostile.corpus import all_cases
from tests.hostile.trial import attempt, write_package
from web.cli import commands

SAMPLE, SEED = 60, 2026
CASES = all_cases()


def sample():
    """As many of each family as go into the sample, at least one."""
    random = Random(SEED)
    chosen = [random.choice(cases) for cases in CASES.values()]
    rest = [case for cases in CASES.values() for case in cases if case not in chosen]
    return sorted(chosen + random.sample(rest, SAMPLE - len(chosen)), key=lambda case: case.name)


@pytest.fixture(scope="module")
def watch():
    watch = Watch()
    yield watch
    watch.close()


@pytest.mark.parametrize("case", sample(), ids=lambda case: case.name)
def test_a_hostile_package_is_refused_in_a_sentence_or_comes_to_rest(case, watch, tmp_path):
    result = attempt(case, tmp_path, watch)

    assert not result.breach
    assert result.outcome in {"refused", "waiting", "ended", "stopped"}
    if case.rule:
        assert case.rule in result.rules


@pytest.mark.parametrize("name", [name for name in CASES if name not in {"names", "properties"}])
def test_the_command_line_says_what_does_not_fit_and_nothing_worse(name, tmp_path):
    write_package(CASES[name][-1], tmp_path)

    said = CliRunner().invoke(commands, ["check", str(tmp_path)])

    assert said.exit_code in {0, 1} and said.output
    assert said.exception is None or isinstance(said.exception, SystemExit | DeskError)


def test_they_are_many_and_all_different():
    contents = [sha256(repr(sorted(case.files.items())).encode()).digest() for cases in CASES.values() for case in cases]

    assert len(set(contents)) >= 2_000
    assert len(CASES) >= 20


def test_every_reason_of_refusal_is_met_five_times():
    made = Counter(case.rule for cases in CASES.values() for case in cases)

    assert {rule: made[rule] for rule in SENTENCES if made[rule] < 5} == {}
