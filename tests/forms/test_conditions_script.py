"""The page's script decides as the server does: the same conditions, the same answers, the same result."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from feel import parse
from forms.conditions import is_true, nest, tree
from forms.values import Unreadable, read_number

SCRIPT = Path(__file__).parents[2] / "web" / "assets" / "src" / "conditions.js"
NAMES = {name: name for name in ("side", "urgent", "cost", "channels", "address.city")}
CONDITIONS = [
    'side = "own"',
    'side != "own"',
    "side = null",
    "side != null",
    "urgent",
    "urgent = true",
    "not(urgent)",
    "not(urgent = true)",
    "cost > 10",
    "cost >= 10",
    "cost < 10",
    "cost <= 10.5",
    "cost = 10",
    "cost between 5 and 10",
    'side in ("own", "office")',
    'side in ["own", "other"]',
    "cost in (< 5, > 9)",
    '"portal" in channels',
    'list contains(channels, "portal")',
    'not(list contains(channels, "portal"))',
    "channels = []",
    'channels = ["portal"]',
    'channels = "portal"',
    'channels != "mail"',
    'side = ["own"]',
    'side = "own" and cost > 5',
    'side = "own" or cost > 5',
    'not(side = "own" or urgent)',
    "side = 5",
    'cost = "10"',
    'cost > "a"',
    'side > "a"',
    'address.city = "Łódź"',
    'side = "own" and urgent and cost > 1',
    "true",
    "null",
    "false or urgent",
    'address.city != null and side in ("own")',
    "side > 5 or urgent",
    "(cost > 5) = true",
    "not(cost)",
]
ANSWERS = [
    {},
    {"side": "own", "urgent": True, "cost": 10, "channels": ["portal", "mail"], "address.city": "Łódź"},
    {"side": "office", "urgent": False, "cost": 4.5, "channels": []},
    {"side": "other", "cost": 10.5, "channels": ["portal"]},
    {"urgent": False, "cost": 0, "side": "z"},
    {"side": "own", "cost": 9.01, "urgent": False, "channels": ["mail"]},
]
NUMBERS = [
    "1234,5",
    "1 234,50",
    "1.234",
    "1,234",
    "1.234,56",
    "1,234.56",
    "0.125",
    "-7",
    "−7",
    "1e5",
    "",
    "12",
    "1,2,3",
    ".5",
    "007",
]

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node runs the page's script here")


def in_browser(code, value):
    imports = f"import {{ evaluate, readNumber }} from {json.dumps(SCRIPT.as_uri())};"
    program = f"{imports}\nconst given = {json.dumps(value)};\n{code}"
    done = subprocess.run(
        ["node", "--input-type=module", "-e", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_node
def test_conditions_mean_the_same_to_the_script_and_to_the_server():
    expressions = [parse(text) for text in CONDITIONS]
    trees = [tree(expression, NAMES) for expression in expressions]
    assert None not in trees

    found = in_browser(
        "console.log(JSON.stringify(given.answers.map((answers) => given.trees.map("
        "(one) => evaluate(one, (name) => answers[name] ?? null) === true))))",
        {"trees": trees, "answers": ANSWERS},
    )

    for answers, script_says in zip(ANSWERS, found, strict=True):
        scope = nest({tuple(name.split(".")): answers.get(name) for name in NAMES})
        for expression, says in zip(expressions, script_says, strict=True):
            assert says is is_true(expression, scope), (expression.text, answers)


@needs_node
@pytest.mark.parametrize("language", ["pl", "en"])
def test_numbers_are_read_alike_by_the_script_and_by_the_server(language):
    found = in_browser(f"console.log(JSON.stringify(given.map((text) => readNumber(text, '{language}'))))", NUMBERS)

    for typed, number in zip(NUMBERS, found, strict=True):
        try:
            assert number == float(read_number(typed, language))
        except Unreadable:
            assert number is None, typed


@pytest.mark.parametrize(
    "text",
    [
        'ticket.priority = "high"',
        "other = 1",
        "cost + 1 > 2",
        'date("2027-01-15") > cost',
        "some x in channels satisfies x = 1",
        "if urgent then true else false",
        "count(channels) > 1",
    ],
)
def test_what_the_script_does_not_know_stays_on_the_server(text):
    assert tree(parse(text), NAMES) is None
