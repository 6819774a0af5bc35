"""The runner for the public test kit: reading its cases, comparing, telling; and the kit's second level."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.decisions.kit.report import has_passed, table, told
from engine.decisions.kit.runner import Verdict, run_kit
from engine.decisions.kit.values import Untyped, is_same
from tests.desk import MONDAY
from tests.engine.decisions import drawn
from web.cli import commands

KIT = next((kit for above in Path(__file__).resolve().parents[4:6]
            if (kit := above / "shared/data/dmn-tck").is_dir()), None)


@pytest.mark.skipif(KIT is None, reason="The kit's cases are not beside the project (../shared/data/dmn-tck).")
def test_all_cases_of_the_second_level_pass() -> None:
    assert KIT is not None

    results = run_kit(KIT, now=MONDAY)

    assert len(results) >= 100
    assert list(told(results)) == []


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A folder with two models; of five cases two pass, one fails, two are refused."""
    (tmp_path / "sums").mkdir()
    (tmp_path / "sums" / "sums.dmn").write_bytes(drawn.model(
        drawn.given("a", "number"), drawn.decision("twice", drawn.literal("a * 2"), needs=["a"]),
        drawn.decision("list", drawn.literal("[{n: a, s: \"x\"}, null]"), needs=["a"])))
    (tmp_path / "sums" / "sums-test-01.xml").write_text(_suite("sums.dmn", "".join((
        _case("001", "twice", '<value xsi:type="xsd:decimal">4.000000001</value>'),
        _case("002", "list", '<list><item><component name="n"><value xsi:type="xsd:decimal">2</value></component>'
              '<component name="s"><value>x</value></component></item><item xsi:nil="true"/></list>'),
        _case("003", "twice", '<value xsi:type="xsd:decimal">5</value>'),
        _case("004", "thrice", '<value xsi:nil="true"/>')))), encoding="utf-8")
    (tmp_path / "sums" / "sums-test-02.xml").write_text("<testCases>", encoding="utf-8")
    return tmp_path


def _suite(model: str, cases: str) -> str:
    return (f'<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" '
            f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
            f"<modelName>{model}</modelName>{cases}</testCases>")


def _case(name: str, node: str, expected: str) -> str:
    return (f'<testCase id="{name}"><inputNode name="a"><value xsi:type="xsd:decimal">2</value></inputNode>'
            f'<resultNode name="{node}" type="decision"><expected>{expected}</expected></resultNode></testCase>')


def test_every_case_has_a_verdict(kit: Path) -> None:
    results = run_kit(kit, now=MONDAY)

    assert [result.verdict for result in results] == [
        Verdict.PASSED, Verdict.PASSED, Verdict.FAILED, Verdict.REFUSED, Verdict.REFUSED]
    assert results[2].detail == "twice: Decimal('4') instead of Decimal('5')"
    assert not has_passed(results)
    assert list(table(results))[-1] == "2 of 5 cases passed (40.0 %)."


def test_the_command_prints_a_table_and_writes_json(kit: Path) -> None:
    written = kit / "results.json"

    ran = CliRunner().invoke(commands, ["tck", str(kit), "--json", str(written)])

    assert ran.exit_code == 1
    assert ran.output.splitlines() == [
        "model   passed  failed  refused", "sums         2       1        2", "in all       2       1        2",
        "2 of 5 cases passed (40.0 %)."]
    assert json.loads(written.read_text(encoding="utf-8"))["total"] == {"passed": 2, "failed": 1, "refused": 2}


def _pairs() -> Iterator[tuple[object, object, bool]]:
    yield Decimal("1.00000000001"), Decimal(1), True
    yield Decimal("1.001"), Decimal(1), False
    yield Decimal("1e20"), Decimal("100000000000000000001"), True
    yield True, Decimal(1), False
    yield None, "", False
    yield {"a": None}, {}, True
    yield {"a": Decimal(1)}, {}, False
    yield [], None, False
    yield "a", Untyped("a"), True
    yield Decimal(2), Untyped("2.0"), True
    yield [Decimal(1)], Decimal(1), False


@pytest.mark.parametrize(("found", "expected", "wanted"), list(_pairs()))
def test_values_are_compared_as_the_kit_means_them(found: object, expected: object, wanted: bool) -> None:
    assert is_same(found, expected) is wanted


def test_knowledge_models_services_and_given_decisions_are_run_by_name(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_bytes(drawn.model(
        drawn.given("a"), drawn.decision("b", drawn.literal("a + 1"), needs=["a"]),
        drawn.decision("c", drawn.literal("b * 10"), needs=["b"]),
        drawn.knowledge("f", {"x": "number", "y": None}, drawn.literal("x - y")),
        drawn.service("s", ["c"], decisions=["b"])))
    number = '<value xsi:type="xsd:decimal">{}</value>'
    given = '<inputNode name="{}">' + number + "</inputNode>"
    (tmp_path / "m-test-01.xml").write_text(_suite("m.dmn", "".join((
        f'<testCase id="1" type="bkm" invocableName="f">{given.format("y", 1)}{given.format("x", 5)}'
        f'<resultNode name="f" type="bkm"><expected>{number.format(4)}</expected></resultNode></testCase>',
        f'<testCase id="2" type="decisionService" invocableName="s">{given.format("b", 7)}'
        f'<resultNode name="c" type="decision"><expected>{number.format(70)}</expected></resultNode></testCase>',
        f'<testCase id="3">{given.format("b", 7)}'
        f'<resultNode name="c" type="decision"><expected>{number.format(70)}</expected></resultNode></testCase>',
        '<testCase id="4"><resultNode name="c" type="decision" errorResult="true"><expected>'
        '<value xsi:nil="true"/></expected></resultNode></testCase>'))), encoding="utf-8")

    assert list(told(run_kit(tmp_path, now=MONDAY))) == []


def test_a_model_comes_with_what_it_imports_and_not_with_its_neighbours(tmp_path: Path) -> None:
    lent = drawn.model(drawn.given("a  b"), drawn.decision("c", drawn.literal("a b + 1"), needs=["a  b"]),
                       namespace="urn:lent")
    own = drawn.model(f'<import namespace="urn:lent" name="lent" importType="{drawn.NAMESPACE}"/>',
                      '<decision id="d" name="d"><informationRequirement><requiredDecision href="urn:lent#_c"/>'
                      f'</informationRequirement>{drawn.literal("lent.c * 2")}</decision>')
    for name, data in (("own", own), ("lent", lent), ("bad", b"<definitions"), ("odd", b"<definitions/>")):
        (tmp_path / f"{name}.dmn").write_bytes(data)
    (tmp_path / "own-test-01.xml").write_text(_suite("own.dmn", (
        '<testCase id="1"><inputNode name="lent"><component name="a b"><value xsi:type="xsd:decimal">20</value>'
        '</component></inputNode><resultNode name="d"><expected><value xsi:type="xsd:decimal">42</value></expected>'
        "</resultNode></testCase>")), encoding="utf-8")

    assert list(told(run_kit(tmp_path, now=MONDAY))) == []
