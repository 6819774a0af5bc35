"""Decision tables: every hit policy, several outputs, defaults, allowed values, types."""

from decimal import Decimal

import pytest

from tests.engine.decisions.drawn import decide, decision, given, item, literal, model, table, value

AGES = ("< 18 -> \"child\"", ">= 18 -> \"adult\"", ">= 65 -> \"pensioner\"")


def aged(policy: str, *rules: str, allowed: str | None = None, default: str | None = None) -> bytes:
    return model(given("age", "number"), decision(
        "d", table(policy, {"age": None}, {"kind": allowed}, *(rules or AGES),
                   defaults={"kind": default} if default else {}), needs=["age"]))


@pytest.mark.parametrize(("policy", "age", "wanted"), [
    ("UNIQUE", 5, "child"), ("FIRST", 70, "adult"), ("ANY", 20, "adult"),
    ("RULE ORDER", 70, ["adult", "pensioner"]), ("COLLECT", 70, ["adult", "pensioner"]),
    ("COLLECT / COUNT", 70, Decimal(2)), ("COLLECT / MIN", 70, "adult"), ("COLLECT / MAX", 70, "pensioner"),
])
def test_each_hit_policy_gives_what_the_standard_says(policy: str, age: int, wanted: object) -> None:
    assert value(aged(policy), age=age) == wanted


def test_the_sum_of_what_matches_is_the_result_of_a_summing_table() -> None:
    data = aged("COLLECT / SUM", "> 1 -> 10", "> 2 -> 20.5", "> 3 -> 40")

    assert value(data, age=3) == Decimal("30.5")
    assert value(data, age=0) is None


@pytest.mark.parametrize(("policy", "wanted"), [("PRIORITY", "pensioner"), ("OUTPUT ORDER", ["pensioner", "adult"])])
def test_priority_is_the_order_in_which_the_values_are_told(policy: str, wanted: object) -> None:
    assert value(aged(policy, allowed='"pensioner", "adult", "child"'), age=70) == wanted


def test_priority_of_several_outputs_is_decided_from_the_left() -> None:
    rules = ("- -> \"b\" | 1", "- -> \"a\" | 2", "- -> \"a\" | 1")
    data = model(decision("d", table("PRIORITY", {"1": None}, {"x": '"a", "b"', "y": "1, 2"}, *rules)))

    assert value(data) == {"x": "a", "y": Decimal(1)}


def test_values_in_the_type_of_an_output_give_its_priority_too() -> None:
    rules = ("- -> \"low\"", "- -> \"high\"")
    data = model(item("tLevel", "string", allowed='"high", "low"'),
                 decision("d", table("PRIORITY", {"1": None}, {"x": None}, *rules, types={"x": "tLevel"})))

    assert value(data) == "high"


def test_two_matches_in_a_unique_table_are_null_and_told() -> None:
    outcome = decide(aged("UNIQUE"), age=70)

    assert outcome.value is None
    assert [note.message for note in outcome.notes] == ["2 rules of a unique table match"]


def test_rules_of_an_any_table_that_do_not_agree_are_null_and_told() -> None:
    outcome = decide(aged("ANY"), age=70)

    assert outcome.value is None
    assert [note.message for note in outcome.notes] == ["the rules that match do not agree"]


@pytest.mark.parametrize(("policy", "wanted"), [
    ("UNIQUE", None), ("ANY", None), ("FIRST", None), ("PRIORITY", None), ("RULE ORDER", None),
    ("OUTPUT ORDER", None), ("COLLECT", []), ("COLLECT / COUNT", Decimal(0)), ("COLLECT / SUM", None),
    ("COLLECT / MIN", None), ("COLLECT / MAX", None)])
def test_when_no_rule_matches_and_there_is_no_default(policy: str, wanted: object) -> None:
    outcome = decide(aged(policy, "> 200 -> 1"), age=5)

    assert outcome.value == wanted
    assert outcome.notes == ()


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST", "PRIORITY", "COLLECT"])
def test_when_no_rule_matches_the_default_is_given(policy: str) -> None:
    assert value(aged(policy, "> 200 -> \"old\"", default='"any" + "body"'), age=5) == "anybody"


def test_several_outputs_are_a_context_and_their_defaults_too() -> None:
    data = model(given("n"), decision("d", table(
        "UNIQUE", {"n": None}, {"a": None, "b": None}, "1 -> \"one\" | n + 1", "2 -> \"two\" |",
        defaults={"a": '"none"'}), needs=["n"]))

    assert value(data, n=1) == {"a": "one", "b": Decimal(2)}
    assert value(data, n=2) == {"a": "two", "b": None}
    assert value(data, n=3) == {"a": "none", "b": None}


def test_collected_rows_of_several_outputs_are_a_list_of_contexts() -> None:
    data = model(decision("d", table("COLLECT", {"1": None}, {"a": None, "b": None}, "- -> 1 | 2", "- -> 3 | 4")))

    assert value(data) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_several_outputs_cannot_be_put_together() -> None:
    data = model(decision("d", table("COLLECT / SUM", {"1": None}, {"a": None, "b": None}, "- -> 1 | 2")))

    outcome = decide(data)

    assert outcome.value is None
    assert "C+ cannot put several outputs together" in str(outcome.notes[0])


def test_conditions_that_are_empty_or_a_dash_are_always_met() -> None:
    data = model(decision("d", table("UNIQUE", {"1": None, "null": None}, {"x": None}, "- | -> \"yes\"")))

    assert value(data) == "yes"


@pytest.mark.parametrize(("cell", "wanted"), [
    ("1, 3", True), ("2", False), ("[1..5]", True), ("(3..5]", False), ("not(3)", False), ("not(1, 2)", True),
    ("? + 1 = 4", True), ("> limit", True), ("limit + 2", True), (">= 4", False), ("[1, 2, 3]", True),
    ("not([1..2])", True), ("in [3..3]", None)])
def test_a_condition_is_a_list_of_unary_tests(cell: str, wanted: bool | None) -> None:
    data = model(given("n", "number"), given("limit"), decision("d", table(
        "UNIQUE", {"n": None}, {"x": None}, f"{cell} -> true", defaults={"x": "false"}), needs=["n", "limit"]))

    assert value(data, n=3, limit=1) is (wanted or False)


def test_an_input_that_is_not_of_its_type_makes_the_table_null() -> None:
    data = model(given("n"), decision("d", table("UNIQUE", {"n": None}, {"x": None}, "- -> 1", types={"n": "number"}),
                                      needs=["n"]))

    outcome = decide(data, n="three")

    assert outcome.value is None
    assert outcome.notes[0].message == "the input is not of its type"
    assert value(data, n=[3]) == Decimal(1)


def test_an_input_that_is_none_of_the_allowed_values_makes_the_table_null() -> None:
    data = model(given("n"), decision("d", table("UNIQUE", {"n": '"a", "b"'}, {"x": None}, "- -> 1"), needs=["n"]))

    assert decide(data, n="c").notes[0].message == "the input is none of the values it may have"
    assert value(data, n="b") == Decimal(1)


def test_an_output_that_is_none_of_the_allowed_values_is_null() -> None:
    outcome = decide(aged("UNIQUE", "- -> \"giant\"", allowed='"child", "adult"'), age=1)

    assert outcome.value is None
    assert outcome.notes[0].message == "the output is none of the values it may have"


def test_an_output_is_converted_to_its_type() -> None:
    data = model(decision("d", table("UNIQUE", {"1": None}, {"x": None}, "- -> [5]", types={"x": "number"})))

    assert value(data) == Decimal(5)


def test_the_whole_table_is_of_the_type_of_its_decision() -> None:
    data = model(decision("d", table("COLLECT", {"1": None}, {"x": None}, "- -> 1", "- -> 2"), type_ref="number"))

    assert decide(data).notes[0].message == "the value is not of its type"


def test_a_table_reads_what_its_decision_requires_and_nothing_else() -> None:
    data = model(given("a"), given("b"), decision("c", literal("a * 2"), needs=["a"]), decision("d", table(
        "UNIQUE", {"c": None}, {"x": None}, "- -> [a, c]"), needs=["c"]))

    assert value(data, a=2, b=3) == [None, Decimal(4)]
