"""The requirement graph: inputs, decisions, knowledge models, services, imports; what is refused."""

from decimal import Decimal
from time import process_time

import pytest

from engine.decisions.errors import BadModel, DecisionRefused, UnknownDecision
from engine.decisions.models import Models
from tests.engine.decisions.drawn import (
    NAMESPACE,
    decide,
    decision,
    function,
    given,
    item,
    knowledge,
    literal,
    model,
    service,
    table,
    value,
    variable,
)

STANDARDS = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/", NAMESPACE)


def imported(namespace: str, name: str, *, standard: str = NAMESPACE) -> str:
    return f'<import namespace="{namespace}" name="{name}" importType="{standard}"/>'


def needing(name: str, expression: str, *references: str, knows: str = "", type_ref: str | None = None) -> str:
    """A decision that requires nodes by full reference."""
    required = "".join(f'<informationRequirement><requiredDecision href="{one}"/></informationRequirement>'
                       for one in references)
    known = f'<knowledgeRequirement><requiredKnowledge href="{knows}"/></knowledgeRequirement>' if knows else ""
    return f'<decision id="_{name}" name="{name}">{variable(name, type_ref)}{required}{known}{expression}</decision>'


@pytest.mark.parametrize("standard", STANDARDS)
def test_models_of_all_versions_are_read(standard: str) -> None:
    data = model(given("a", "number"), decision("d", literal("a + 1"), needs=["a"]), standard=standard)

    assert value(data, a=1) == 2


def test_types_may_be_told_with_the_prefixes_of_older_versions() -> None:
    data = model(given("a", "feel:number"), decision("d", literal("a + 1"), needs=["a"], type_ref="own:tSum"),
                 item("tSum", "feel:number")).replace(
        b"<definitions ", b'<definitions xmlns:feel="http://www.omg.org/spec/FEEL/20140401" xmlns:own="urn:m" ')

    assert value(data, a=1) == 2
    assert value(data, a="1") is None


def test_a_decision_is_found_by_name_and_by_id() -> None:
    models = Models({"m.dmn": model(decision("The Answer", literal("42")))})

    assert models.decide("The Answer", {}).value == 42
    assert models.decide("_The_Answer", {}).value == 42
    with pytest.raises(UnknownDecision):
        models.decide("The Question", {})


def test_a_decision_sees_what_it_requires_and_nothing_further() -> None:
    data = model(given("a"), decision("b", literal("a + 1"), needs=["a"]),
                 decision("d", literal("[a, b]"), needs=["b"]))

    assert value(data, a=1) == [None, 2]


def test_names_may_have_spaces_and_signs() -> None:
    data = model(given("Customer's age"), given("plan-B"), decision(
        "d", literal("Customer's age + plan-B"), needs=["Customer's age", "plan-B"]))

    assert decide(data, **{"Customer's age": 40, "plan-B": 2}).value == 42


def test_a_decision_without_logic_is_null_unless_its_value_is_given() -> None:
    models = Models({"m.dmn": model(decision("a", ""), decision("d", literal("a"), needs=["a"]))})

    assert models.decide("d", {}).value is None
    assert models.decide("d", {}, decided={"a": 7}).value == 7


def test_a_variable_with_the_name_of_a_decision_does_not_replace_it() -> None:
    models = Models({"m.dmn": model(decision("a", literal("1")), decision("d", literal("a"), needs=["a"]))})

    assert models.decide("d", {"a": 7}).value == 1


@pytest.mark.parametrize(("raw", "wanted"), [(5, 5), ([5], 5), ("5", None), (None, None), (5.5, 5.5)])
def test_an_input_is_converted_to_its_type_or_null(raw: object, wanted: object) -> None:
    found = value(model(given("a", "number"), decision("d", literal("a"), needs=["a"])), a=raw)

    assert found == wanted


def test_an_input_that_is_none_of_the_allowed_values_is_null_and_told() -> None:
    data = model(item("tColour", "string", allowed='"red", "blue"'), given("a", "tColour"),
                 decision("d", literal("a"), needs=["a"]))

    outcome = decide(data, a="green")

    assert outcome.value is None
    assert outcome.notes[0].message == "the value given is not of its type"


def test_each_decision_is_evaluated_once() -> None:
    levels = [decision("n0", literal("1"))]
    levels += [decision(f"n{n}", literal(f"n{n - 1} + n{n - 1}"), needs=[f"n{n - 1}"]) for n in range(1, 60)]

    assert value(model(*levels), "n59") == 2 ** 59


# Knowledge models


def test_a_knowledge_model_is_called_in_a_formula_by_position_and_by_name() -> None:
    data = model(knowledge("f", {"a b": "number", "c": "number"}, literal("a b - c")), decision(
        "d", literal("[f(5, 3), f(c: 5, a b: 3)]"), knows=["f"]))

    assert value(data) == [2, -2]


def test_a_knowledge_model_may_use_another_one_and_sees_no_inputs() -> None:
    data = model(given("x"), knowledge("twice", {"n": None}, literal("n * 2")),
                 knowledge("four", {"n": None}, literal("if x = null then twice(twice(n)) else x"), knows=["twice"]),
                 decision("d", literal("four(x)"), needs=["x"], knows=["four"]))

    assert value(data, x=3) == 12


def test_a_knowledge_model_may_be_a_table_and_its_result_has_a_type() -> None:
    rules = ("< 10 -> 1", ">= 10 -> \"many\"")
    data = model(knowledge("f", {"n": "number"}, table("UNIQUE", {"n": None}, {"x": None}, *rules), type_ref="number"),
                 decision("d", literal("[f(1), f(20), f(\"x\")]"), knows=["f"]))

    assert value(data) == [1, None, None]


def test_a_knowledge_model_may_give_a_function() -> None:
    data = model(knowledge("adder", {"n": None}, function({"m": None}, literal("n + m"))),
                 decision("d", literal("[adder(1), 2][1](10)"), knows=["adder"]),
                 decision("e", literal("for n in [1, 2] return f(n)"), needs=["f"]),
                 decision("f", literal("adder(5)"), knows=["adder"]))

    assert value(data, "e") == [6, 7]


def test_functions_that_call_themselves_for_ever_are_stopped() -> None:
    data = model(knowledge("f", {"n": None}, literal("f(n + 1)")), decision("d", literal("f(1)"), knows=["f"]))

    with pytest.raises(DecisionRefused) as refused:
        decide(data)

    assert str(refused.value) == (
        "The decision at “f” (m.dmn, line 1) was stopped: functions call each other too deeply")


def test_work_without_end_is_stopped() -> None:
    loop = "for a in 1..1000, b in 1..1000 return a * b"

    with pytest.raises(DecisionRefused, match="it would take too long"):
        decide(model(decision("d", literal(f"count({loop})"))))


def test_lists_that_hold_each_other_again_and_again_are_stopped() -> None:
    levels = [decision("n0", literal("1"))]
    levels += [decision(f"n{n}", f"<list>{literal(f'n{n - 1}')}{literal(f'n{n - 1}')}</list>", needs=[f"n{n - 1}"])
               for n in range(1, 60)]

    with pytest.raises(DecisionRefused, match="more than"):
        value(model(*levels), "n59")


def test_a_large_model_is_read_in_a_time_that_grows_with_its_size() -> None:
    def spent(size: int) -> float:
        entries = "".join(f'<contextEntry>{variable(f"entry {n}")}{literal(f"entry {n - 1} + 1" if n else "1")}'
                          "</contextEntry>" for n in range(size))
        data = model(decision("d", f"<context>{entries}</context>"))
        began = process_time()
        models = Models({"m.dmn": data})
        took = process_time() - began
        assert models.decide("d", {}).value[f"entry {size - 1}"] == size
        return took

    # Six times as much may take twelve times as long; were every name tried in every text, it would be thirty-six.
    assert spent(1800) < 12 * max(spent(300), 0.05)


def test_work_of_many_small_formulas_is_stopped_too() -> None:
    box = '<for iteratorVariable="i"><in>{}</in><return>{}</return></for>'
    inner = box.format(literal("1..1000"), literal("i"))

    with pytest.raises(DecisionRefused, match="it would take too long"):
        decide(model(decision("d", box.format(literal("[1..1000]"), inner.replace("1..1000", "[1..1000]")))))


def test_a_call_with_an_argument_that_is_not_of_its_type_is_null() -> None:
    data = model(item("tPerson", parts=item("age", "number", tag="itemComponent")),
                 knowledge("f", {"p": "tPerson"}, literal("if p = null then 0 else 1")),
                 decision("d", literal("[f(null), f({age: 1}), f({age: \"x\"}), f({})]"), knows=["f"]))

    assert value(data) == [0, 1, None, 1]


def test_a_knowledge_model_and_a_service_are_of_the_types_of_functions() -> None:
    asked = ("f instance of function<number> -> number", "f instance of function<string> -> number",
             "f instance of function<number, number> -> number", "s instance of function<number> -> string",
             "s instance of function<number> -> number")
    data = model(knowledge("f", {"n": "number"}, literal("n"), type_ref="number"), given("n", "number"),
                 decision("text", literal("string(n)"), needs=["n"]),
                 service("s", ["text"], inputs=["n"], type_ref="string"),
                 decision("d", literal(f"[{', '.join(asked)}]"), knows=["f", "s"]))

    assert value(data) == [True, False, False, True, False]


# Services


def shop() -> bytes:
    return model(
        given("price", "number"), given("count", "number"), decision("net", literal("price * count"),
                                                                      needs=["price", "count"]),
        decision("gross", literal("net * 1.23"), needs=["net"]), decision("label", literal("string(gross)"),
                                                                            needs=["gross"]),
        service("total", ["gross"], inside=["net"], inputs=["price", "count"], type_ref="number"),
        service("both", ["gross", "label"], inputs=["price", "count"]),
        service("from net", ["gross"], decisions=["net"]),
        decision("d", literal("[total(10, 2), total(count: 1, price: 100), from net(net: 1)]"),
                 knows=["total", "from net"]),
        decision("e", literal("both(10, 2).label"), knows=["both"]))


def test_a_service_is_a_function_of_its_inputs_and_input_decisions() -> None:
    assert [str(one) for one in value(shop())] == ["24.60", "123.00", "1.23"]  # type: ignore[attr-defined]


def test_a_service_with_several_outputs_gives_a_context() -> None:
    assert value(shop(), "both", price=10, count=2) == {"gross": Decimal("24.60"), "label": "24.6"}
    assert value(shop(), "e") == "24.6"


def test_what_a_service_is_not_given_is_null() -> None:
    assert value(shop(), "total", price=10) is None
    assert value(shop(), "from net", net=10, price=7) == Decimal("12.30")


# Imports


def rates(name: str = "a", namespace: str = "urn:a") -> bytes:
    return model(
        item("tRate", "number", allowed="[0..1]"), given("rate", "tRate"),
        decision("factor", literal("1 + rate"), needs=["rate"]),
        knowledge("raise", {"n": "number"}, literal("n * 2")), name=name, namespace=namespace)


def test_nodes_and_types_of_an_imported_model_are_known_under_its_name() -> None:
    own = model(imported("urn:a", "rates"), needing(
        "d", literal("rates.factor * rates.raise(10)"), "urn:a#_factor", knows="urn:a#_raise", type_ref="rates.tRate"),
        needing("e", literal("rates.factor * rates.raise(10)"), "urn:a#_factor", knows="urn:a#_raise"))
    models = Models({"a.dmn": rates(), "m.dmn": own})

    assert models.decide("e", {"rates": {"rate": 0.5}}).value == 30
    assert models.decide("e", {"rate": 0.5}).value == 30
    assert models.decide("e", {"rates": {"rate": 5}}).value is None
    assert models.decide("d", {"rates": {"rate": 0.5}}).value is None


def test_a_model_imported_without_a_name_is_known_plainly() -> None:
    own = model(imported("urn:a", ""), needing("d", literal("raise(factor)"), "urn:a#_factor", knows="urn:a#_raise",
                                               type_ref="tRate"))

    assert Models({"a.dmn": rates(), "m.dmn": own}).decide("d", {"rate": 0}).value is None
    assert Models({"a.dmn": rates(), "m.dmn": own}).decide("d", {"rate": -0.5}).value is None


def test_two_ways_to_the_same_model_have_inputs_of_their_own() -> None:
    middle = {name: model(imported("urn:a", "rates"), needing("c", literal("rates.factor"), "urn:a#_factor"),
                          name=name, namespace=f"urn:{name}") for name in ("b1", "b2")}
    own = model(imported("urn:b1", "one"), imported("urn:b2", "two"), needing(
        "d", literal("[one.c, two.c]"), "urn:b1#_c", "urn:b2#_c"))
    models = Models({"a.dmn": rates(), "b1.dmn": middle["b1"], "b2.dmn": middle["b2"], "m.dmn": own})

    found = models.decide("d", {"one": {"rates": {"rate": 0.25}}, "two": {"rates": {"rate": 0.75}}})

    assert found.value == [1.25, 1.75]


def test_models_may_import_each_other() -> None:
    one = model(imported("urn:b", ""), given("x", "tNone"), needing("d", literal("e + 1"), "urn:b#_e"),
                name="a", namespace="urn:a")
    other = model(imported("urn:a", ""), needing("e", literal("41")), name="b", namespace="urn:b")

    assert Models({"a.dmn": one, "b.dmn": other}).decide("d", {}).value == 42


# Refused


@pytest.mark.parametrize(("data", "reason"), [
    (b"<definitions", "not well-formed XML"), (b"<definitions/>", "not a decision model"),
    (b'<!DOCTYPE x [<!ENTITY a "b">]><definitions/>', "DTD"),
    (model(needing("a", "", "#_b"), needing("b", "", "#_c"), needing("c", "", "#_a")), "a: it requires itself"),
    (model(needing("a", "", "#_b")), "a: it requires #_b, which is not there"),
    (model(service("s", [], inputs=["b"])), "s: it requires #_b, which is not there"),
    (model(needing("a", "", "urn:x#_b")), "a: it requires urn:x#_b, which is not there"),
    (model(decision("a", ""), decision("a", "")), "is also used in line 1"),
    (model('<decision id="x"/>'), "the decision has no name"),
    (model(item("t", "t")), "t: the type is made of itself"),
    (model(item("t", "u"), item("u", "t")), "the type is made of itself"),
    (model(*(item(f"t{n}", f"t{n + 1}") for n in range(1000)), given("a", "t0")), "more than 40 deep"),
    (model(item("t"), item("t")), "two types have this name"),
    (model(*(needing(f"n{n}", "", f"#_n{n + 1}") for n in range(120)), decision("n120", "")), "more than 100 deep"),
    (model(*(decision(f"n{n}", "") for n in range(2001))), "more than 2000 nodes"),
])
def test_a_model_that_cannot_be_is_refused_with_its_place(data: bytes, reason: str) -> None:
    with pytest.raises(BadModel, match=reason) as refused:
        Models({"m.dmn": data})

    assert refused.value.file == "m.dmn"
    assert refused.value.line >= (0 if b"<definitions/" not in data else 1)


@pytest.mark.parametrize(("expression", "reason"), [
    ('<decisionTable hitPolicy="BEST"><output/></decisionTable>', "there is no hit policy BEST"),
    ("<decisionTable/>", "the decision table has no output"),
    ("<decisionTable><input/><output/></decisionTable>", "an input has no expression"),
    (table("UNIQUE", {"1": None}, {"x": None}, "1 | 2 -> 3"),
     "a rule has 2 conditions and 1 conclusions under 1 inputs and 1 outputs"),
    ("<decisionTable><output/><output/></decisionTable>", "each of several outputs needs a name"),
    ('<relation><column name="a"/><row/></relation>', "a row has 0 values under 1 columns"),
    ("<for><in/><return/></for>", "the iteration has no variable"),
    ("<invocation><binding/></invocation>", "a binding has no parameter"),
    ("<literalExpression><importedValues/></literalExpression>", "values imported from elsewhere are not read"),
])
def test_an_expression_that_cannot_be_is_null_and_does_not_take_others_with_it(expression: str, reason: str) -> None:
    models = Models({"m.dmn": model(decision("a", expression), decision("b", literal("1")))})

    assert models.decide("a", {}).value is None
    assert models.decide("b", {}).value == 1
    assert [trouble.message.rpartition(": ")[2] for trouble in models.troubles] == [reason]


def test_what_cannot_be_evaluated_is_told_beforehand() -> None:
    models = Models({"m.dmn": model(given("a", "tNone"), decision("b", literal("1 +")),
                                    decision("c", function({}, "", kind="Java")))})

    assert [trouble.message for trouble in models.troubles] == [
        "there is no type tNone", "line 1, column 4: A value was expected here.",
        "functions of the kind Java are not run"]


@pytest.mark.parametrize("raw", [object(), float("nan"), [[0] * 20_000]])
def test_an_input_that_is_no_value_is_refused(raw: object) -> None:
    with pytest.raises(DecisionRefused):
        value(model(given("a"), decision("d", literal("a"), needs=["a"])), a=raw)
