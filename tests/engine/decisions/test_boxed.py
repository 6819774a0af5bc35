"""Boxed expressions: each kind, nested, with types, and what goes wrong in them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.engine.decisions.drawn import (
    decide,
    decision,
    function,
    given,
    item,
    knowledge,
    literal,
    model,
    table,
    value,
    variable,
)


def entry(name: str | None, expression: str, type_ref: str | None = None) -> str:
    return f"<contextEntry>{variable(name, type_ref) if name else ''}{expression}</contextEntry>"


def context(*entries: str) -> str:
    return f"<context>{''.join(entries)}</context>"


def call(name: str, **arguments: str) -> str:
    bindings = "".join(f'<binding><parameter name="{one}"/>{literal(text)}</binding>'
                       for one, text in arguments.items())
    return f"<invocation>{literal(name)}{bindings}</invocation>"


def text_of(word: str) -> str:
    """The formula of a plain text."""
    return literal(f'"{word}"')


def alone(expression: str, type_ref: str | None = None) -> bytes:
    """A model of one decision."""
    return model(decision("d", expression, type_ref=type_ref))


def test_a_context_is_its_entries_and_later_ones_see_earlier_ones() -> None:
    box = context(entry("price net", literal("100")), entry("vat", literal("price net * 0.23")))

    assert value(alone(box)) == {"price net": Decimal(100), "vat": Decimal("23.00")}


def test_the_last_entry_without_a_name_is_the_result_of_a_context() -> None:
    box = context(entry("a", literal("2")), entry("b", literal("a + 1")), entry(None, literal("a * b")))

    assert value(alone(box)) == Decimal(6)


def test_an_entry_of_a_context_is_converted_to_its_type_or_null() -> None:
    outcome = decide(alone(context(entry("a", literal("[1]"), "number"), entry("b", literal("\"x\""), "number"))))

    assert outcome.value == {"a": Decimal(1), "b": None}
    assert [note.message for note in outcome.notes] == ["the value is not of its type"]


def test_an_entry_may_be_a_function_that_calls_itself() -> None:
    factorial = function({"n": "number"}, literal("if n < 2 then 1 else n * f(n - 1)"))

    assert value(alone(context(entry("f", factorial), entry(None, literal("f(5)"))))) == Decimal(120)


def test_a_list_is_its_expressions() -> None:
    box = f"<list>{literal('1')}{context(entry('a', literal('2')))}<list>{literal('3')}</list></list>"

    assert value(alone(box)) == [Decimal(1), {"a": Decimal(2)}, [Decimal(3)]]


def test_a_relation_is_a_list_of_contexts() -> None:
    box = ('<relation><column name="name"/><column name="age" typeRef="number"/>'
           f"<row>{text_of('Clara')}{literal('40')}</row><row>{text_of('Colin')}{text_of('old')}</row>"
           "</relation>")

    assert value(alone(box)) == [{"name": "Clara", "age": Decimal(40)}, {"name": "Colin", "age": None}]


def test_an_invocation_calls_a_knowledge_model_with_named_parameters() -> None:
    data = model(knowledge("net price", {"gross": "number", "rate": "number"}, literal("gross / (1 + rate)")),
                 decision("d", call("net price", rate="0.25", gross="100"), knows=["net price"]))

    assert value(data) == Decimal(80)


def test_an_invocation_calls_a_built_in_function_too() -> None:
    assert value(alone(call("string length", string='"abc"'))) == Decimal(3)


@pytest.mark.parametrize(("bound", "message"), [
    ({"x": "1", "z": "1"}, "the function has no parameter z"), ({}, None)])
def test_an_invocation_with_other_parameters_is_null(bound: dict[str, str], message: str | None) -> None:
    data = model(knowledge("f", {"x": "number"}, literal("x + 1")), decision("d", call("f", **bound), knows=["f"]))

    outcome = decide(data)

    assert outcome.value is None
    if message:
        assert outcome.notes[0].message == message


def test_calling_what_is_no_function_is_null() -> None:
    assert decide(model(given("a"), decision("d", call("a", x="1"), needs=["a"])), a=1).notes[0].message == (
        "this is not a function")


def test_a_function_definition_is_a_value_that_formulas_call_by_position_and_by_name() -> None:
    box = context(entry("f", function({"a": "number", "b": "number"}, literal("a - b"))),
                  entry(None, literal("[f(5, 3), f(b: 5, a: 3), f(\"x\", 3)]")))

    assert value(alone(box)) == [Decimal(2), Decimal(-2), None]


def test_a_function_sees_what_was_around_its_definition() -> None:
    box = context(entry("rate", literal("2")), entry("f", function({"a": None}, literal("a * rate"))),
                  entry(None, literal("for x in [1, 2] return f(x)")))

    assert value(alone(box)) == [Decimal(2), Decimal(4)]


@pytest.mark.parametrize("foreign", ["Java", "PMML"])
def test_functions_of_other_kinds_are_not_run(foreign: str) -> None:
    outcome = decide(alone(function({"a": None}, context(entry("class", literal('"java.lang.Math"'))), foreign)))

    assert outcome.value is None
    assert outcome.notes[0].message == f"functions of the kind {foreign} are not run"


@pytest.mark.parametrize(("asked", "wanted"), [("true", "yes"), ("false", "no"), ("null", "no")])
def test_a_conditional_takes_one_of_its_two_ways(asked: str, wanted: str) -> None:
    box = (f"<conditional><if>{literal(asked)}</if><then>{text_of('yes')}</then>"
           f"<else>{text_of('no')}</else></conditional>")

    assert value(alone(box)) == wanted


@pytest.mark.parametrize(("items", "match", "wanted"), [
    ("[1, 2, 3, 4]", "item > 2", [3, 4]), ("[{a b: 1}, {a b: 2}]", "a b = 2", [{"a b": 2}]), ("[5, 6]", "2", 6),
    ("[5, 6]", "-1", 6), ("[5, 6]", "3", None), ("null", "true", None), ("7", "item = 7", [7]),
    ("[1, null]", "item > 0", [1])])
def test_a_filter_keeps_what_matches(items: str, match: str, wanted: object) -> None:
    box = f"<filter><in>{literal(items)}</in><match>{literal(match)}</match></filter>"
    data = model(item("t", parts=item("a b", "number", tag="itemComponent")), decision("d", box))

    assert value(data) == wanted


@pytest.mark.parametrize(("items", "body", "wanted"), [
    ("[1, 2]", "i * 10", [10, 20]), ("[1..3]", "i", [1, 2, 3]), ("[3..1]", "i", [3, 2, 1]), ("(1..4)", "i", [2, 3]),
    ("[1, 2, 3]", "count(partial)", [0, 1, 2]), ("5", "i", [5]), ("null", "i", None), ("[]", "i", []),
    ("1..3", "i", [1, 2, 3]), ("2 + 1 .. 1", "i", [3, 2, 1])])
def test_a_boxed_for_goes_through_a_list(items: str, body: str, wanted: object) -> None:
    box = f'<for iteratorVariable="i"><in>{literal(items)}</in><return>{literal(body)}</return></for>'

    assert value(alone(box)) == wanted


@pytest.mark.parametrize(("asking", "condition", "wanted"), [
    ("some", "i > 2", True), ("some", "i > 3", False), ("every", "i > 0", True), ("every", "i > 1", False),
    ("some", "if i = 1 then null else false", None), ("every", "if i = 1 then null else true", None)])
def test_a_boxed_quantifier_asks_for_some_or_every_item(asking: str, condition: str, wanted: bool | None) -> None:
    box = (f'<{asking} iteratorVariable="i"><in>{literal("[1, 2, 3]")}</in>'
           f"<satisfies>{literal(condition)}</satisfies></{asking}>")

    assert value(alone(box)) is wanted


def test_everything_can_be_nested_in_everything() -> None:
    inner = table("UNIQUE", {"i": None}, {"x": None}, "< 2 -> \"small\"", ">= 2 -> \"large\"")
    loop = f'<for iteratorVariable="i"><in>{literal("[1, 2]")}</in><return>{inner}</return></for>'
    sizes = f"<conditional><if>{literal('a')}</if><then>{loop}</then><else>{literal('null')}</else></conditional>"

    assert value(alone(context(entry("a", literal("true")), entry("sizes", sizes)))) == {
        "a": True, "sizes": ["small", "large"]}


@pytest.mark.parametrize(("text", "type_ref", "wanted"), [
    ("1", "number", Decimal(1)), ('"1"', "number", None), ("[1]", "number", Decimal(1)), ("[1, 2]", "number", None),
    ("1", "tNumbers", [Decimal(1)]), ('[1, "a"]', "tNumbers", None), ("null", "tNumbers", None),
    ('date("2024-02-29")', "date and time", datetime(2024, 2, 29, tzinfo=UTC)),
    ('date("2024-02-29")', "date", date(2024, 2, 29)), ('"high"', "tLevel", "high"), ('"huge"', "tLevel", None),
    ('["high"]', "tLevel", "high"), ('["high", "low"]', "tLevels", ["high", "low"]), ('["huge"]', "tLevels", None),
    ("[1, 2, 3]", "tShort", None), ("[1, 2]", "tShort", [Decimal(1), Decimal(2)]),
    ('{size: 1, level: "low"}', "tThing", {"size": Decimal(1), "level": "low"}),
    ('{size: "x", level: "low"}', "tThing", None), ('{level: "no"}', "tThing", None),
    ('{size: 3}', "tThing", {"size": Decimal(3), "level": None}), ("5", "Any", Decimal(5)),
    ('{name: "a", inner: [{name: "b"}]}', "tTree",
     {"name": "a", "inner": [{"name": "b", "inner": None}]}), ('{name: "a", inner: [{name: 1}]}', "tTree", None),
    ('duration("P1D")', "days and time duration", ...), ('duration("P1D")', "years and months duration", None),
    ("[1..3]", "range", ...), ("[1..3]", "range<number>", ...), ("[1..3]", "range<date>", None),
    ('["high"]', "list<tLevel>", ["high"]), ('["huge"]', "list<tLevel>", None),
    ("[1, 2]", "list<number>", [Decimal(1), Decimal(2)])])
def test_a_value_is_converted_to_the_type_of_its_variable_or_null(text: str, type_ref: str, wanted: object) -> None:
    part = {"tag": "itemComponent"}
    data = model(
        item("tNumbers", "number", many=True), item("tLevel", "string", allowed='"high", "low"'),
        item("tLevels", "string", allowed='"high", "low"', many=True),
        item("tShort", "number", many=True, constraint="count(?) < 3"),
        item("tThing", parts=item("size", "number", **part) + item("level", "tLevel", **part)),
        item("tTree", parts=item("name", "string", **part) + item("inner", "tTree", many=True, **part)),
        decision("d", literal(text), type_ref=type_ref))

    found = value(data)

    assert found is not None if wanted is ... else found == wanted


def test_a_formula_may_ask_for_a_type_of_the_model() -> None:
    data = model(item("tLevel", "string", allowed='"high", "low"'),
                 decision("d", literal('["high" instance of tLevel, "huge" instance of tLevel]')))

    assert value(data) == [True, False]


def test_a_text_that_is_no_formula_is_null_and_told_with_its_line() -> None:
    outcome = decide(alone(literal("1 +")))

    assert outcome.value is None
    assert (outcome.notes[0].place.file, outcome.notes[0].place.line) == ("m.dmn", 1)


def test_a_formula_of_another_language_is_not_read() -> None:
    box = '<literalExpression expressionLanguage="http://www.w3.org/1999/XPath"><text>1</text></literalExpression>'

    assert decide(alone(box)).notes[0].message == "the language http://www.w3.org/1999/XPath is not read"
