"""Neither we nor the library run code that stands in a diagram or in a state."""

import builtins
import logging
import pickle
import random
import sys
from types import SimpleNamespace

import pytest
from player import Player
from spiff_samples import SAMPLES, diagram, end, flows, process, start, user, xor
from test_saved_runs import make, moves

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import BadDiagram, EngineError
from engine.diagrams.spiff.scripting import FeelEngine

OURS = ("SpiffWorkflow", "engine", "feel")


@pytest.fixture
def no_code(monkeypatch):
    """eval, exec, compile and pickle raise when the library or one of our packages calls them."""

    def guarded(name, original):
        def guard(*args, **kwargs):
            caller = sys._getframe(1).f_globals.get("__name__", "")
            assert caller.partition(".")[0] not in OURS, f"{caller} called {name}"
            return original(*args, **kwargs)

        return guard

    for module, name in (
        (builtins, "eval"),
        (builtins, "exec"),
        (builtins, "compile"),
        (pickle, "loads"),
        (pickle, "load"),
    ):
        monkeypatch.setattr(module, name, guarded(name, getattr(module, name)))


def test_the_guard_works(no_code):
    from SpiffWorkflow.bpmn.script_engine import TaskDataEnvironment

    with pytest.raises(AssertionError, match="python_environment called eval"):
        TaskDataEnvironment().evaluate("1", {})


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_no_sample_runs_code(name, no_code):
    chance = random.Random(name)
    for _ in range(5):
        game = Player(parse_bundle({"x.bpmn": SAMPLES[name]}, "p"), saves=True)
        try:
            for _ in range(12):
                game.variables |= {word: chance.random() < 0.5 for word in ("more", "bad", "cold")}
                make(game, chance.choice(moves(game)))
                if game.run.is_ended:
                    break
        except EngineError as error:
            if name != "uncaught":
                raise error


@pytest.mark.parametrize(
    "text", ["__import__('os').getpid() > 0", "().__class__", "[x for x in (1,)]", "1 if yes else 2", "lambda: 1"]
)
def test_a_condition_in_python_is_not_a_condition(text, no_code):
    bundle = parse_bundle(
        {
            "x": diagram(
                process(
                    "p",
                    start(),
                    xor("which"),
                    user("a"),
                    end(),
                    flows("start > which", f"which > a ? {text}", "a > end"),
                )
            )
        },
        "p",
    )

    with pytest.raises(EngineError) as caught:
        Player(bundle)
    assert caught.value.element_id == "which"


@pytest.mark.parametrize("script", ["preScript", "postScript"])
def test_scripts_beside_a_step_are_not_run(script, no_code):
    data = SAMPLES["line"].replace(
        b"<spiffworkflow:properties>",
        f"<spiffworkflow:{script}>raise SystemExit</spiffworkflow:{script}><spiffworkflow:properties>".encode(),
    )
    game = Player(parse_bundle({"x.bpmn": data}, "p"), saves=True)

    game.complete("a", "b")

    assert game.run.is_ended


def test_a_script_task_is_refused():
    script = '<bpmn:scriptTask id="s"><bpmn:script>1</bpmn:script></bpmn:scriptTask>'

    with pytest.raises(BadDiagram, match="scriptTask is not supported"):
        parse_bundle({"x": diagram(process("p", start(), script, end(), flows("start > s > end")))}, "p")


def test_the_script_engine_knows_expressions_only():
    task = SimpleNamespace(task_spec=SimpleNamespace(name="x"))
    engine = FeelEngine({"a": 1})

    assert engine.environment.evaluate("a", {"a": 2}) == 1
    for refused in (engine.environment.execute, engine.environment.call_service):
        with pytest.raises(EngineError):
            refused("a = 1")
    for refused in (engine.execute, engine.call_service):
        with pytest.raises(EngineError):
            refused(task, script="a = 1")


def test_the_library_writes_no_log(caplog):
    with caplog.at_level(logging.DEBUG):
        game = Player("escalations", saves=True, name="Clara")
        game.escalate("half")
        game.complete("a", "b")

    assert not [record for record in caplog.records if record.name.startswith("spiff")]
