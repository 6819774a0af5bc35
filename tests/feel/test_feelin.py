"""The server and the browser's `feelin` give the same, but where `browser/differences.txt` says why not."""

import json
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from feel import FeelError, Range, temporal
from feel.values import Value
from tests.feel.tables import CONTEXT, TOPICS
from tests.feel.test_cases import FILES, NAMED, cases, given

FOLDER = Path(__file__).parent / "browser"
ROOT = Path(__file__).parents[2]
# feelin never comes back from counting from 1.5 or from "a".
ENDLESS = {"for x in 1.5..2 return x", 'for x in "a".."b" return x'}

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="Node runs feelin here"),
    pytest.mark.skipif(not (ROOT / "node_modules" / "feelin").is_dir(), reason="npm ci brings feelin"),
]


def expressions() -> list[str]:
    texts = [text for stem in FILES for text, _ in cases(stem)]
    texts += [text for topic in TOPICS.values() for text, _ in topic]
    # feelin's clock is the machine's.
    return [text for text in dict.fromkeys(texts) if text not in ENDLESS and not re.search(r"(now|today)\(\)", text)]


def reasons() -> dict[str, str]:
    """Every expression that may differ, and why."""
    found, reason = {}, ""
    for line in (FOLDER / "differences.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            reason = line.removeprefix("# ")
        else:
            found[line] = reason
    return found


def plain(value: Value) -> Any:
    """A value as JSON, in the shape in which `feelin.mjs` tells its own."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        return {"number": float(value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, Range):
        return {"range": [plain(value.start), plain(value.end), value.has_start, value.has_end]}
    return {"temporal": temporal.show(value)}


def alike(one: Any, other: Any) -> bool:
    """Whether two outcomes are one, numbers being as exact as the browser's are."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-12 * max(1, abs(one))
    return bool(one == other)


def theirs(texts: list[str]) -> list[Any]:
    context = json.loads(json.dumps({**CONTEXT, **NAMED}, default=float))
    told = [{"test": cell, "tested": tested} if colons else {"expression": tested}
            for tested, colons, cell in (text.partition(" :: ") for text in texts)]
    done = subprocess.run(["node", str(FOLDER / "feelin.mjs")], input=json.dumps({"context": context, "cases": told}),
                          capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def test_the_browser_gives_the_same_but_for_what_is_listed_with_a_reason() -> None:
    texts, known = expressions(), reasons()
    unlike = {}
    for text, told in zip(texts, theirs(texts), strict=True):
        try:
            own = plain(given(text)[0])
        except FeelError as error:
            own = str(error)
        if not alike(own, told):
            unlike[text] = f"{text} gives {own!r} here and {told!r} in the browser"

    assert len(texts) >= 500
    assert [unlike[text] for text in unlike if text not in known] == []
    assert [text for text in known if text not in unlike] == [], "these do not differ any more"
