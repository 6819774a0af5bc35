"""Regular expressions of XPath that take time in proportion to the text, whatever the pattern.

A pattern becomes a small program, which is run on all its possibilities at once (Pike's machine), so that there is no
backtracking and nothing to explode. Only a pattern that refers back to its own groups needs backtracking; its steps are
counted, and what needs too many is refused.
"""

from functools import lru_cache

from feel import limits
from feel.errors import NullError
from feel.patterns.machine import Pattern
from feel.patterns.reader import Reader

__all__ = ["Pattern", "pattern"]


@lru_cache(maxsize=500)
def pattern(text: str, flags: str) -> Pattern:
    """The program of a pattern. There is none (NullError) for one that is wrong or too long, and for unknown flags."""
    if len(text) > limits.PATTERN:
        raise NullError(f"A pattern is longer than {limits.PATTERN} characters.")
    if set(flags) - set("imsxq"):
        raise NullError("The flags of a pattern are i, m, s, x and q.")
    return Reader(text, flags).pattern()
