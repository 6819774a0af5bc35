"""Functions of strings."""

import re
from collections.abc import Iterable
from decimal import Decimal, DecimalException

from feel import limits, temporal
from feel.errors import RefusedError
from feel.functions.registry import TOO_LONG, bounded, builtin, whole
from feel.values import Function, Range, Value

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@builtin("string length(string: string)")
def string_length(text: str) -> Value:
    return Decimal(len(text))


@builtin("substring(string: string, start position: number, length?: number)")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> Value:
    first, count = whole(start), len(text) if length is None else whole(length)
    if not first or count is None or count < 0 or (length is not None and count < 1):
        return None
    if abs(first) > len(text):
        return None
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin:begin + count]


@builtin("upper case(string: string)")
def upper_case(text: str) -> Value:
    return text.upper()


@builtin("lower case(string: string)")
def lower_case(text: str) -> Value:
    return text.lower()


@builtin("trim(string: string)")
def trim(text: str) -> Value:
    return text.strip()


@builtin("contains(string: string, match: string)")
def contains(text: str, match: str) -> Value:
    return match in text


@builtin("starts with(string: string, match: string)")
def starts_with(text: str, match: str) -> Value:
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(text: str, match: str) -> Value:
    return text.endswith(match)


@builtin("substring before(string: string, match: string)")
def substring_before(text: str, match: str) -> Value:
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after(string: string, match: string)")
def substring_after(text: str, match: str) -> Value:
    return text.partition(match)[2] if match else text


@builtin("string join(list: list, delimiter?: string, prefix?: string, suffix?: string)")
def string_join(items: list[Value], delimiter: str | None = None, prefix: str | None = None,
                suffix: str | None = None) -> Value:
    texts = [item for item in items if item is not None]
    if not all(type(text) is str for text in texts):
        return None
    return bounded((prefix or "") + joined(texts, delimiter or "") + (suffix or ""))


@builtin("string(from: any)")
def string(value: Value) -> Value:
    return None if value is None else bounded(shown(value, outermost=True))


def shown(value: Value, *, outermost: bool = False) -> str:
    """A value as text; strings inside lists and contexts stand in quotes."""
    if isinstance(value, str):
        return value if outermost else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return shown_number(value)
    if isinstance(value, list):
        return "[" + joined((shown(item) for item in value), ", ") + "]"
    if isinstance(value, dict):
        return "{" + joined((f"{_shown_key(key)}: {shown(item)}" for key, item in value.items()), ", ") + "}"
    if isinstance(value, Range):
        return _shown_range(value)
    return "function" if isinstance(value, Function) else temporal.show(value)


def joined(texts: Iterable[str], delimiter: str) -> str:
    """The texts with a delimiter between them, refused as soon as they grow too long."""
    parts, size = [], 0
    for text in texts:
        size += len(text) + len(delimiter)
        if size - len(delimiter) > limits.STRING:
            raise RefusedError(TOO_LONG)
        parts.append(text)
    return delimiter.join(parts)


def shown_number(number: Decimal) -> str:
    """A number without exponent and without zeros at its end."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def _shown_key(key: str) -> str:
    return key if re.fullmatch(r"[^\W\d]\w*", key) else shown(key)


def _shown_range(value: Range) -> str:
    if value.start is None:
        return f"{'<=' if value.has_end else '<'} {shown(value.end)}"
    if value.end is None:
        return f"{'>=' if value.has_start else '>'} {shown(value.start)}"
    return (f"{'[' if value.has_start else '('}{shown(value.start)}..{shown(value.end)}"
            f"{']' if value.has_end else ')'}")


@builtin("number(from: string|number)")
def number(text: str | Decimal) -> Value:
    return text if isinstance(text, Decimal) else _read_number(text)


@builtin("number(from: string, grouping separator: any, decimal separator: any)")
def number_separated(text: str, grouping: Value, point: Value) -> Value:
    if grouping not in (" ", ",", ".", None) or point not in (".", ",", None) or (point and grouping == point):
        return None
    if grouping:
        text = text.replace(grouping, "")
    return _read_number(text.replace(point, ".") if point else text)


def _read_number(text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return limits.NUMBERS.create_decimal(text)
    except DecimalException:
        return None
