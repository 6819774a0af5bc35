"""Restore → complete → save: our engine beside the plain library, in turns in the same run.

The plain library is its SpiffBpmnParser, its serializer and its own engine steps, as its guide shows, with FEEL as the
expression language on both sides. No database.
"""

import gc
import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.process import VALIDATOR
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.run import Run
from engine.diagrams.xml import safe_root
from feel import parse

sys.path.insert(0, str(Path(__file__).parent.parent / "engine" / "diagrams"))
from player import NOW, reckon
from spiff_samples import boundary, diagram, end, flows, process, service, start, user, xor
from test_speed_of_runs import INCIDENT

BLOCKS = 12
LOOP_ROUNDS = 100
TIMES = 5
WISHES = {"incident": 6, "86 nodes": 10, "loop of 100 rounds": 50}


def run(*, times: int = TIMES) -> dict[str, Any]:
    """By process: milliseconds of a cycle of each, the ratio, the size of the state."""
    return {name: compare(name, times=times) for name in WISHES}


def compare(name: str, *, times: int, rounds: int = LOOP_ROUNDS) -> dict[str, Any]:
    """One process on both sides. rounds: of the loop."""
    if name == "incident":
        return _compared(INCIDENT, {"triage": {"decision": "specialist"}}, steps=4, counted=4, times=times * 4)
    if name == "86 nodes":
        return _compared(_wide(), {"yes": True}, steps=BLOCKS, counted=BLOCKS, times=times)
    return _compared(_loop(), {"more": True}, steps=rounds, counted=10, times=min(times, 3))


def _wide() -> bytes:
    """Twelve blocks of service, gateway, two steps (one with a timer) and merge; 86 nodes with start and end."""
    parts, ways = [start()], ["start > s0"]
    for number in range(BLOCKS):
        after = f"s{number + 1}" if number + 1 < BLOCKS else "end"
        parts += [
            service(f"s{number}", "remark", text='"x"'), xor(f"g{number}", f"g{number}__b{number}"), user(f"a{number}"),
            user(f"b{number}"), boundary(f"t{number}", f"a{number}", "timeDuration", '"PT4H"'),
            service(f"r{number}", "remark", text='"late"'), xor(f"m{number}")]
        ways += [f"s{number} > g{number} > b{number} > m{number} > {after}", f"g{number} > a{number} ? yes = true",
                 f"a{number} > m{number}", f"t{number} > r{number} > m{number}"]
    return diagram(process("p", *parts, end(), flows(*ways)))


def _loop() -> bytes:
    """Eight nodes in a loop, with a timer on its step."""
    return diagram(process(
        "p", start(), xor("again"), user("work"),
        boundary("late", "work", "timeDuration", '"PT4H"', interrupting=False),
        service("remind", "remark", text='"x"'), end("reminded"), service("count", "remark", text='"y"'),
        xor("decision", "decision__end"), end(),
        flows("start > again > work > count > decision > end", "decision > again ? more = true",
              "late > remind > reminded")))


def _compared(source: bytes, variables: dict[str, Any], *, steps: int, counted: int, times: int) -> dict[str, Any]:
    """counted: how many of the last cycles are measured; in a loop the library's earlier ones are cheaper."""
    ours, plain = [], []
    sizes: dict[str, list[int]] = {"ours": [], "plain": []}
    gc.collect()
    gc.freeze()
    for _ in range(times):
        ours.append(_cycles(_Ours(source, variables), steps, counted, sizes["ours"]))
        plain.append(_cycles(_Plain(source, variables), steps, counted, sizes["plain"]))
    gc.unfreeze()
    own, theirs = median(ours), median(plain)
    return {"ours_ms": round(own * 1000, 3), "plain_ms": round(theirs * 1000, 3), "ratio": round(theirs / own, 1),
            "ours_bytes": max(sizes["ours"]), "plain_bytes": max(sizes["plain"]),
            "first_and_last_bytes": [sizes["ours"][0], sizes["ours"][-1]]}


def _cycles(game: Any, steps: int, counted: int, sizes: list[int]) -> float:
    """The mean processor time of the last `counted` cycles."""
    spent = []
    for _ in range(steps):
        began = time.process_time()
        size = game.cycle()
        spent.append(time.process_time() - began)
        sizes.append(size)
        if game.is_over:
            break
    return sum(spent[-counted:]) / len(spent[-counted:])


class _Ours:
    def __init__(self, source: bytes, variables: dict[str, Any]) -> None:
        self.bundle = parse_bundle({"p.bpmn": source}, "p")
        self.facts: dict[str, Any] = {
            "variables": dict(variables), "now": NOW, "perform": lambda *_: None, "reckon": reckon}
        run = Run.start(self.bundle, **self.facts)
        self.state, self.is_over = run.dump(), run.is_ended

    def cycle(self) -> int:
        run = Run.restore(self.bundle, state=self.state, **self.facts)
        run.complete(next(wait.token for wait in run.waits if wait.kind == "task"))
        self.state, self.is_over = run.dump(), run.is_ended
        return len(self.state)


class _Feel(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """FEEL instead of Python, and services that do nothing, as on our side."""

    def __init__(self, variables: dict[str, Any]) -> None:
        super().__init__()
        self.variables = variables

    def evaluate(self, expression: str, context: Any, external_context: Any = None) -> Any:
        value = parse(expression).evaluate(self.variables)
        if isinstance(value, timedelta):
            return (datetime.now().astimezone() + value).isoformat()
        return value

    def call_service(self, context: Any, *, operation_name: str, operation_params: Any) -> str:
        return json.dumps(None)


class _Plain:
    """The library as its guide shows it: everything is saved, and everything is restored."""

    def __init__(self, source: bytes, variables: dict[str, Any]) -> None:
        parser = SpiffBpmnParser(validator=VALIDATOR)
        parser.add_bpmn_xml(safe_root(source), "p.bpmn")
        self.engine = PythonScriptEngine(_Feel(dict(variables)))
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
        workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"), script_engine=self.engine)
        workflow.do_engine_steps()
        self.state, self.is_over = self.serializer.serialize_json(workflow), workflow.is_completed()

    def cycle(self) -> int:
        workflow = self.serializer.deserialize_json(self.state)
        workflow.script_engine = self.engine
        workflow.get_next_task(state=TaskState.READY, manual=True).run()
        workflow.do_engine_steps()
        self.state, self.is_over = self.serializer.serialize_json(workflow), workflow.is_completed()
        return len(self.state)


