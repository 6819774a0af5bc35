"""Functions of strings that take a pattern."""

import re
from collections.abc import Iterator

from feel import limits
from feel.errors import NullError
from feel.functions.registry import bounded, builtin
from feel.patterns import Pattern, pattern
from feel.values import Value

_REFERENCE = re.compile(r"\\([\\$])|\$([0-9]+)|([\\$])")


def _work(text: str, wanted: str, flags: str | None = None) -> int:
    return pattern(wanted, flags or "").work(text)


def _places(program: Pattern, text: str) -> Iterator[list[int]]:
    """Every place of the text that matches, without overlapping."""
    at = 0
    while at <= len(text) and (found := program.find(text, at)) is not None:
        yield found
        at = found[1]


@builtin("matches(input: string, pattern: string, flags?: string)", work=_work)
def matches(text: str, wanted: str, flags: str | None = None) -> Value:
    return pattern(wanted, flags or "").find(text) is not None


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string)",
         work=lambda text, wanted, replacement, flags=None: _work(text, wanted, flags) + len(replacement) // 10)
def replace(text: str, wanted: str, replacement: str, flags: str | None = None) -> Value:
    program = pattern(wanted, flags or "")
    if program.find("") is not None:
        return None
    parts, end, size = [], 0, 0
    for found in _places(program, text):
        put = replacement if program.is_literal else _replaced(text, found, replacement)
        parts += [text[end:found[0]], put]
        size += len(parts[-1])
        if size > limits.STRING:
            break
        end = found[1]
    return bounded("".join(parts) + text[end:])


def _replaced(text: str, found: list[int], replacement: str) -> str:
    def referred(reference: re.Match[str]) -> str:
        escaped, number, lonely = reference.groups()
        if lonely:
            raise NullError("In a replacement '$' and '\\' stand before a digit or another '$' or '\\'.")
        if escaped:
            return str(escaped)
        # As many digits as there are groups for; the others stand for themselves.
        length = len(number)
        while length > 1 and 2 * int(number[:length]) >= len(found):
            length -= 1
        place = 2 * int(number[:length])
        held = text[found[place]:found[place + 1]] if place < len(found) and found[place] >= 0 else ""
        return held + number[length:]

    return _REFERENCE.sub(referred, replacement)


@builtin("split(string: string, delimiter: string)", work=_work)
def split(text: str, delimiter: str) -> Value:
    program = pattern(delimiter, "")
    if program.find("") is not None:
        return None
    parts, end = [], 0
    for found in _places(program, text):
        parts.append(text[end:found[0]])
        end = found[1]
    return [*parts, text[end:]]
