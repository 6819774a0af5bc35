"""Packages are looked at by a child with limits: what it finds counts, what it does not survive is refused."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from engine.gate import GateBroken, Limits, Watch, examine, look
from engine.gate.child import Question, answer
from engine.packages import read_built_in

PACKAGE = read_built_in()
TEAMS = frozenset(PACKAGE.teams)
INCIDENT = next(content for content in PACKAGE.processes if content.key == "incident")
SPOILT = replace(INCIDENT, diagrams={name: text.replace("PT", "P") for name, text in INCIDENT.diagrams.items()})


@pytest.fixture
def watch():
    watch = Watch()
    yield watch
    watch.close()


@pytest.mark.parametrize("content", [INCIDENT, SPOILT, replace(INCIDENT, process_id="another")])
def test_the_child_finds_what_is_to_be_found(watch, content):
    assert examine(content, TEAMS, watch=watch) == look(content, TEAMS)


def test_a_form_that_does_not_fit_is_told_too(watch):
    form = {"components": [{"type": "textfield", "key": "no label"}]}
    content = replace(INCIDENT, forms={**INCIDENT.forms, "spoilt": form})

    findings, sheets = examine(content, TEAMS, watch=watch)

    assert (findings, sheets) == look(content, TEAMS)
    assert sheets


@pytest.mark.parametrize("limits", [Limits(wall=0.01), Limits(memory=1), Limits(cpu=0)], ids=["wall", "memory", "cpu"])
def test_what_is_too_much_for_the_child_is_refused_in_a_sentence(limits):
    watch = Watch(limits)
    # Some forty calls of processes of five hundred elements each: seconds of work.
    content = replace(INCIDENT, diagrams=_many(40))

    findings, _ = examine(content, TEAMS, watch=watch)
    watch.limits = Limits()
    again, _ = examine(INCIDENT, TEAMS, watch=watch)
    watch.close()

    assert [finding.rule for finding in findings] == ["too_much_to_check"]
    assert str(limits.cpu) in findings[0].sentence("pl") != findings[0].sentence("en")
    assert again == []


def _many(files):
    """Big diagrams nobody calls, each of which has to be read all the same."""
    diagrams = dict(INCIDENT.diagrams)
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
    for number in range(files):
        steps = "".join(f'<userTask id="s{number}_{one}" name="{one}"/>' for one in range(490)) + "<a/>" * 20_000
        diagrams[f"{number}.bpmn"] = f'{head}<process id="p{number}">{steps}</process></definitions>'
    return diagrams


def test_many_threads_may_ask_at_once(watch):
    contents = [INCIDENT, SPOILT] * 4

    with ThreadPoolExecutor(max_workers=4) as threads:
        found = list(threads.map(lambda content: examine(content, TEAMS, watch=watch), contents))

    assert found == [look(INCIDENT, TEAMS), look(SPOILT, TEAMS)] * 4


def test_a_child_that_ended_in_between_is_replaced(watch):
    examine(INCIDENT, TEAMS, watch=watch)
    os.kill(watch._child.pid, signal.SIGKILL)
    watch._child.wait()

    assert examine(SPOILT, TEAMS, watch=watch) == look(SPOILT, TEAMS)


class Failing(Watch):
    """A watch whose child cannot do its work."""

    def ask(self, content, teams):
        return answer(Question({"no": "content"}, [], 5, 1 << 29))


def test_a_gate_that_fails_is_an_error_of_the_desk():
    with pytest.raises(GateBroken, match="TypeError"):
        examine(INCIDENT, TEAMS, watch=Failing())
