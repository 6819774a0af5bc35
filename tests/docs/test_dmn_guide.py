"""The guide to decisions: every test it names is there, and so is every limit."""

import re
from pathlib import Path

from engine.decisions import graph, reading, session
from engine.diagrams import xml

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "dmn.md").read_text(encoding="utf-8")


def test_every_test_that_the_guide_names_is_there() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/engine/decisions").glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", GUIDE)

    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in tests] == []


def test_the_limits_are_told() -> None:
    told = {int(number.replace(",", "")) for number in re.findall(r"\b\d{1,3}(?:,\d{3})+\b|\b\d+\b", GUIDE)}

    assert {reading.MOST_NODES, graph.DEEPEST, session.MOST_STEPS, session.MOST_WORK, session.MOST_CALLS,
            xml.MAX_DEPTH, xml.MAX_BYTES // 1_000_000} <= told
