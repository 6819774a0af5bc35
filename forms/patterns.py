"""Regular expressions of process owners: what browsers and we read alike, and what always ends soon."""

import math
import re
import warnings
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from helpdesk.errors import DeskError

LONGEST = 200  # of the pattern itself
LONGEST_TEXT = 200  # that a pattern is ever tried on
# In how many ways a pattern may be tried on a text, at worst: three repeats of any length and a few optional bits.
MOST_WAYS = 4 * LONGEST_TEXT**3


class BadPattern(DeskError):
    """The pattern is not one that both browsers and this desk can read: {reason}."""


class SlowPattern(DeskError):
    """The pattern could take very long on some texts: {reason}."""


_PLAIN = {ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN}
_PLACES = {ops.AT_BEGINNING, ops.AT_END, ops.AT_BOUNDARY, ops.AT_NON_BOUNDARY}
_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT}


def parse_pattern(text: str) -> re.Pattern[str]:
    """The pattern, ready to be searched for; digits and letters are the ASCII ones, as in browsers.

    Raises BadPattern or SlowPattern.
    """
    if len(text) > LONGEST:
        raise BadPattern(reason=f"longer than {LONGEST} characters")
    if "(?P" in text or "(?#" in text:
        raise BadPattern(reason="a named group or a comment")
    tree, compiled = _parsed(text)
    if tree.state.flags & ~re.ASCII.value:
        raise BadPattern(reason="flags inside the pattern")
    anchored = len(tree) > 0 and tuple(tree[0]) == (ops.AT, ops.AT_BEGINNING)
    starts = 1 if anchored else LONGEST_TEXT
    if _ways(tree) + math.log(starts) > math.log(MOST_WAYS) + 1e-9:
        raise SlowPattern(reason="too many repeats, or a repeat inside a repeat")
    return compiled


def _parsed(text: str) -> tuple[Any, re.Pattern[str]]:
    """The tree and the finished pattern. Sets that Python warns about mean something else in browsers: refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _parser.parse(text, re.ASCII), re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise BadPattern(reason=str(error)) from None


def _ways(tree: Any) -> float:
    """The logarithm of the number of ways in which the pattern can be tried on one place of a text."""
    return sum(_node_ways(op, value) for op, value in tree)


def _node_ways(op: Any, value: Any) -> float:
    if op in _PLAIN or (op is ops.AT and value in _PLACES):
        return 0
    if op is ops.SUBPATTERN:
        _, flags_on, flags_off, body = value
        if flags_on or flags_off:
            raise BadPattern(reason="flags inside the pattern")
        return _ways(body)
    if op is ops.BRANCH:
        return _branch_ways(value[1])
    if op in _REPEATS:
        return _repeat_ways(*value)
    raise BadPattern(reason=f"{str(op).lower().replace('_', ' ')} is not supported")


def _branch_ways(alternatives: Any) -> float:
    """Alternatives that begin with different letters exclude each other; any others are all tried."""
    ways = [_ways(alternative) for alternative in alternatives]
    firsts = {tuple(alternative[0]) for alternative in alternatives if len(alternative)
              and alternative[0][0] is ops.LITERAL}
    return max(ways) if len(firsts) == len(ways) else max(ways) + math.log(len(ways))


def _repeat_ways(least: Any, most: Any, body: Any) -> float:
    inner = _ways(body)
    least, most = min(int(least), LONGEST_TEXT), min(int(most), LONGEST_TEXT)
    if most > 1 and body.getwidth()[0] == 0:
        raise SlowPattern(reason="a repeat of something that may be empty")
    return float(most * inner + math.log(most - least + 1))
