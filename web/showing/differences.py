"""Differences: what changed between two texts, line by line."""

import difflib
from collections.abc import Iterator
from typing import NamedTuple

AROUND = 1  # lines that are the same, shown around what changed


class Line(NamedTuple):
    """A line of a comparison. kind: "same", "added", "removed" or "gap", where lines were left out."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Line]:
    """The changed lines with a little around them; nothing when the texts are the same."""
    if before == after:
        return []
    return list(_lines(before.splitlines(), after.splitlines()))


def _lines(before: list[str], after: list[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(AROUND)):
        if number:
            yield Line("gap", "…")
        for tag, first, last, other_first, other_last in group:
            if tag == "equal":
                yield from (Line("same", text) for text in before[first:last])
                continue
            yield from (Line("removed", text) for text in before[first:last])
            yield from (Line("added", text) for text in after[other_first:other_last])
