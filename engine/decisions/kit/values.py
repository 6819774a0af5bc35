"""Values as the kit's test cases write them, and when two values count as the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from engine.decisions.markup import name_of
from engine.diagrams.xml import local_name
from feel import parse
from feel.values import KINDS, Value, equal

TOLERANCE = Decimal("1e-8")
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Untyped:
    """A text whose type is not told; it is read as what it is compared with."""

    text: str


class BadValue(Exception):
    """A value of a test case that cannot be read."""


def _function(name: str) -> Callable[[str], Value]:
    expression = parse(f"{name}(text)")

    def read(text: str) -> Value:
        value = expression.evaluate({"text": text.strip()})
        if value is None:
            raise BadValue(f"{text!r} is no {name}")
        return value

    return read


def _boolean(text: str) -> Value:
    return text.strip() in ("true", "1")


_NUMBERS = ("decimal", "integer", "int", "long", "short", "byte", "double", "float", "nonNegativeInteger",
            "positiveInteger")
_READERS: Mapping[str, Callable[[str], Value]] = {
    "string": lambda text: text, "boolean": _boolean, "date": _function("date"), "time": _function("time"),
    "dateTime": _function("date and time"), "duration": _function("duration"),
    "dayTimeDuration": _function("duration"), "yearMonthDuration": _function("duration"),
    **{name: lambda text: Decimal(text.strip()) for name in _NUMBERS},
}
_BY_KIND: Mapping[str, str] = {
    "boolean": "boolean", "number": "decimal", "date": "date", "time": "time", "date and time": "dateTime",
    "days and time duration": "duration", "years and months duration": "duration",
}


def read_value(node: etree._Element) -> Value:
    """The value in an input, an item, a component or an expected result. Raises BadValue."""
    if _is_nil(node):
        return None
    components = [child for child in node if local_name(child) == "component"]
    if components:
        return {name_of(child): read_value(child) for child in components}
    for child in node:
        if local_name(child) == "list":
            return None if _is_nil(child) else [read_value(item) for item in child if local_name(item) == "item"]
        if local_name(child) == "value":
            return _read_simple(child)
    return None


def _read_simple(node: etree._Element) -> Value:
    if _is_nil(node):
        return None
    text, kind = node.text or "", (node.get(f"{{{XSI}}}type") or "").rpartition(":")[2]
    return _READERS[kind](text) if kind in _READERS else Untyped(text)


def _is_nil(node: etree._Element) -> bool:
    return node.get(f"{{{XSI}}}nil") in ("true", "1")


def settled(value: Value) -> Value:
    """An input with its untyped texts as strings."""
    if isinstance(value, list):
        return [settled(item) for item in value]
    if isinstance(value, dict):
        return {name: settled(item) for name, item in value.items()}
    return value.text if isinstance(value, Untyped) else value


def is_same(found: Value, expected: Value) -> bool:
    """Whether a value is the expected one: numbers nearly, an entry that is missing as null."""
    if isinstance(expected, Untyped):
        return _is_same_text(found, expected.text)
    if type(found) is Decimal and type(expected) is Decimal:
        return abs(found - expected) <= TOLERANCE * max(abs(found), abs(expected), Decimal(1))
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(is_same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return all(is_same(found.get(name), expected.get(name)) for name in found.keys() | expected.keys())
    if found is None or expected is None:
        return found is expected
    return equal(found, expected) is True


def _is_same_text(found: Value, text: str) -> bool:
    kind = _BY_KIND.get(KINDS[type(found)])
    if kind is None:
        return found == text if isinstance(found, str) else found is None and not text.strip()
    try:
        return is_same(found, _READERS[kind](text))
    except (BadValue, ArithmeticError):
        return False
