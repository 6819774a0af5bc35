"""Test cases of the kit, read from their XML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from engine.decisions.errors import BadModel
from engine.decisions.kit.values import BadValue, read_value, settled
from engine.decisions.markup import name_of
from engine.diagrams.errors import BadDiagram
from engine.diagrams.xml import line_of, local_name, safe_root
from feel import FeelError
from feel.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one node has to give. is_error: an error is expected, whose value is null."""

    name: str
    expected: Value
    is_error: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test case. kind: decision, bkm or decisionService. invoked: what is called, None for decisions."""

    id: str
    kind: str
    invoked: str | None
    inputs: Mapping[str, Value]
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The cases of one file for one model beside it."""

    file: Path
    model: str
    cases: tuple[Case, ...]


def find_suites(folder: Path) -> Iterator[Path]:
    """The files with test cases below a folder, in order."""
    yield from sorted(file for file in folder.rglob("*.xml") if "-test-" in file.name)


def read_suite(file: Path) -> Suite:
    """The test cases in a file. Raises BadModel when it holds none, or values that cannot be read."""
    try:
        root = safe_root(file.read_bytes(), file=file.name)
    except BadDiagram as error:
        raise BadModel(**error.facts) from error
    name = next(((node.text or "").strip() for node in root if local_name(node) == "modelName"), "")
    cases = []
    for node in root:
        if local_name(node) == "testCase":
            try:
                cases.append(_case(node))
            except (BadValue, FeelError, ArithmeticError) as error:
                raise BadModel(file=file.name, line=line_of(node), reason=str(error)) from error
    return Suite(file=file, model=name, cases=tuple(cases))


def _case(node: etree._Element) -> Case:
    inputs = {name_of(one): settled(read_value(one)) for one in node if local_name(one) == "inputNode"}
    results = tuple(_expectation(one) for one in node if local_name(one) == "resultNode")
    return Case(id=node.get("id", ""), kind=node.get("type", "decision"),
                invoked=name_of(node, "invocableName") or None, inputs=inputs, expectations=results)


def _expectation(node: etree._Element) -> Expectation:
    expected = next((one for one in node if local_name(one) == "expected"), None)
    return Expectation(name=name_of(node), is_error=node.get("errorResult") in ("true", "1"),
                       expected=None if expected is None else read_value(expected))
