"""The same play, once by us and once by the library as it comes: the same steps wait."""

import json
from datetime import datetime
from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from player import Player
from spiff_samples import SAMPLES
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.process import VALIDATOR
from SpiffWorkflow.spiff.specs.event_definitions import EscalationEventDefinition, MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.xml import safe_root
from feel import parse

FAR = datetime.fromisoformat("2990-01-01T08:00:00+00:00")
SAME = ["line", "loop", "nested", "call", "timers", "escalations", "thrown", "messages", "terminate"]
BUNDLES = {name: parse_bundle({f"{name}.bpmn": SAMPLES[name]}, "p") for name in [*SAME, "parallel"]}


class PlainEnvironment(BasePythonScriptEngineEnvironment):
    def __init__(self, variables):
        super().__init__()
        self.variables = variables

    def evaluate(self, expression, context, external_context=None):
        value = parse(expression).evaluate(self.variables)
        return value.isoformat() if isinstance(value, datetime) else value

    def call_service(self, context, *, operation_name, operation_params):
        if operation_name == "count":
            self.variables["rounds"] += operation_params["by"]["value"]
        return json.dumps(None)


class Plain:
    """The library without anything of ours but FEEL."""

    def __init__(self, sample, variables):
        parser = SpiffBpmnParser(validator=VALIDATOR)
        # A verb or parameter with the id of an element confuses the library's index of ids.
        data = sample if isinstance(sample, bytes) else SAMPLES[sample]
        data = data.replace(b'Operator id="count"', b'Operator id="verb_count"')
        parser.add_bpmn_xml(safe_root(data), "x.bpmn")
        self.variables = variables
        spec, inner = parser.get_spec("p"), parser.get_subprocess_specs("p")
        for process in (spec, *inner.values()):
            for task in process.task_specs.values():
                if getattr(task, "operation_name", "") == "verb_count":
                    task.operation_name = "count"
        self.workflow = BpmnWorkflow(spec, inner, script_engine=PythonScriptEngine(PlainEnvironment(variables)))
        self.workflow.do_engine_steps()

    def waiting(self):
        tasks = [t.task_spec.name for t in self.workflow.get_tasks(state=TaskState.READY, manual=True)]
        timers = [
            t.task_spec.name
            for t in self.workflow.get_tasks(state=TaskState.WAITING)
            if isinstance(getattr(t.task_spec, "event_definition", None), TimerEventDefinition)
        ]
        return sorted(tasks + timers)

    def complete(self, name):
        self.workflow.get_next_task(state=TaskState.READY, spec_name=name).run()
        self.workflow.do_engine_steps()

    def fire(self, name):
        task = self.workflow.get_next_task(state=TaskState.WAITING, spec_name=name)
        task.task_spec.catch(task, BpmnEvent(task.task_spec.event_definition))
        task.task_spec._update(task)
        self.workflow.do_engine_steps()

    def send(self, definition):
        self.workflow.catch(BpmnEvent(definition, payload={}))
        self.workflow.do_engine_steps()


def waiting(game):
    return sorted(w.element_id for w in game.run.waits if w.kind in ("task", "timer"))


def move(ours, plain, choice, heard):
    """One step in both games; a non-interrupting event is played once, the library disarms it."""
    possible = [(w.kind, w.element_id) for w in ours.run.waits if w.kind in ("task", "timer")]
    possible += sorted({(w.kind, w.name) for w in ours.run.waits if w.kind in ("escalation", "message")} - heard)
    kind, name = possible[choice % len(possible)]
    if kind == "task":
        ours.complete(name)
        plain.complete(name)
    elif kind == "timer":
        ours.fire(name)
        plain.fire(name)
    else:
        heard.add((kind, name))
        (ours.escalate if kind == "escalation" else ours.message)(name)
        plain.send(
            {"escalation": EscalationEventDefinition, "message": MessageEventDefinition}[kind](
                name, **({"code": name} if kind == "escalation" else {})
            )
        )


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAME), st.lists(st.integers(0, 10_000), max_size=15))
def test_the_same_steps_wait(name, choices):
    ours = Player(BUNDLES[name], saves=True, moment=FAR)
    plain = Plain(name, {"rounds": 0, "moment": FAR})
    heard = {("escalation", "hot")}  # Thrown by the diagram itself; twice would be once for the library.
    for choice in choices:
        values = {"more": choice % 2 == 0, "bad": choice % 5 == 0, "cold": choice % 7 == 0}
        ours.variables |= values
        plain.variables |= values
        move(ours, plain, choice, heard)
        assert waiting(ours) == plain.waiting()
        assert ours.run.is_ended == plain.workflow.is_completed()
        if ours.run.is_ended:
            break


@pytest.mark.parametrize("orders", [["ab"], ["ab", "ab"], ["ba", "ba"]])
def test_the_same_steps_wait_at_a_join(orders):
    ours, plain = Player(BUNDLES["parallel"], saves=True, more=True), Plain("parallel", {"more": True})
    for order in orders:
        for name in (*order, "check"):
            ours.complete(name)
            plain.complete(name)
            assert waiting(ours) == plain.waiting()


def test_we_are_right_where_the_library_joins_too_early():
    """In a second round whose branches end in another order the library takes an arrival of the first for a new one."""
    ours, plain = Player(BUNDLES["parallel"], more=True), Plain("parallel", {"more": True})
    for name in ("a", "b", "check", "b"):
        ours.complete(name)
        plain.complete(name)

    assert waiting(ours) == ["a"]
    assert plain.waiting() != ["a"]


def test_the_library_is_the_one_we_measured():
    assert version("SpiffWorkflow") == "3.2.0"
