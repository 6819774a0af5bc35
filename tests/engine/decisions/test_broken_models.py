"""Models that somebody spoilt are refused or give null; nothing else ever happens."""

from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st
from lxml import etree

from engine.decisions.errors import BadModel, DecisionRefused
from engine.decisions.models import Models
from feel.values import Value
from tests.engine.decisions.drawn import decision, function, given, item, knowledge, literal, model, service, table

EVERYTHING = model(
    item("tPerson", parts=item("age", "number", tag="itemComponent") + item("kin", "tPerson", many=True,
                                                                              tag="itemComponent")),
    item("tLevel", "string", allowed='"low", "high"'), item("tLevels", "tLevel", many=True, constraint="count(?) < 5"),
    given("person", "tPerson"), given("level", "tLevel"),
    decision("by table", table(
        "PRIORITY", {"person.age": "[0..150]", "level": '"low", "high"'}, {"x": '"b", "a"', "y": None},
        '< 18, > 65 | - -> "a" | person.age', '- | not("low") -> "b" | null', types={"level": "tLevel"},
        defaults={"x": '"a"'}), needs=["person", "level"]),
    decision("by context", "<context>"
             f'<contextEntry><variable name="f"/>{function({"n": "number"}, literal("n + 1"))}</contextEntry>'
             f'<contextEntry><variable name="g" typeRef="number"/>{literal("f(1)")}</contextEntry>'
             f"<contextEntry>{literal('[f, g, by table]')}</contextEntry></context>", needs=["by table"]),
    decision("by loop", f'<for iteratorVariable="i"><in>{literal("[1..5]")}</in><return><conditional>'
             f"<if>{literal('i > 2')}</if><then>{literal('partial')}</then><else>{literal('i')}</else></conditional>"
             "</return></for>"),
    decision("by filter", f"<filter><in>{literal('person.kin')}</in><match>{literal('age > 1')}</match></filter>",
             needs=["person"], type_ref="tPerson"),
    decision("by relation", f'<relation><column name="a"/><column name="b" typeRef="number"/><row>{literal("1")}'
             f"{literal('2')}</row></relation>"),
    knowledge("more", {"n": "number", "of": "tPerson"}, literal("n + of.age"), type_ref="number"),
    decision("by call", f'<invocation>{literal("more")}<binding><parameter name="n"/>{literal("1")}</binding>'
             f'<binding><parameter name="of"/>{literal("person")}</binding></invocation>', needs=["person"],
             knows=["more"]),
    service("all", ["by table", "by call"], inside=["by loop"], inputs=["person", "level"]),
    decision("by service", literal('all(person, "high")'), needs=["person"], knows=["all"]),
)
TEXTS = st.sampled_from(["", "-", "1 +", "null", "?", '"', "for i in", "[1..", "not(", "f(f)", "person", "{a: }",
                         "é 🐎", "function(x) x(x)", "sum(1..9999)",
                         "count(for a in 1..99, b in 1..99, c in 1..99 return 1)"])
INPUTS = {"person": {"age": 40, "kin": [{"age": 3}, {"age": 1, "kin": []}]}, "level": "high"}


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """The model of everything after one to four changes."""
    root = etree.fromstring(EVERYTHING)
    for _ in range(draw(st.integers(1, 4))):
        nodes = [node for node in root.iter() if node is not root]
        node = nodes[draw(st.integers(0, len(nodes) - 1))]
        around = node.getparent()
        change = draw(st.sampled_from(["drop", "twice", "text", "attribute", "name", "move"]))
        if change == "drop":
            around.remove(node)
        elif change == "twice":
            node.addnext(etree.fromstring(etree.tostring(node)))
        elif change == "text":
            node.text = draw(TEXTS)
        elif change == "move":
            target = nodes[draw(st.integers(0, len(nodes) - 1))]
            if node not in target.iterancestors() and target is not node:
                target.append(node)
        elif node.attrib:
            key = draw(st.sampled_from(sorted(node.attrib)))
            if change == "name":
                node.set(key, draw(TEXTS))
            else:
                del node.attrib[key]
    return etree.tostring(root)


def depth(value: Value) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0)


def test_the_model_of_everything_is_right() -> None:
    models = Models({"m.dmn": EVERYTHING})

    assert models.troubles == ()
    assert models.decide("by service", INPUTS).value == {"by table": {"x": "b", "y": None}, "by call": 41}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@over(spoilt())
def test_a_spoilt_model_is_refused_or_decides_something(data: bytes) -> None:
    try:
        models = Models({"m.dmn": data})
    except BadModel:
        return
    for node in models.models["m.dmn"].nodes:
        with suppress(DecisionRefused):
            assert depth(models.decide(node, INPUTS).value) < 100
