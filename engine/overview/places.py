"""Places: a page of a list begins where the one before ended, so the hundredth costs what the first does.

A place is told as “a…” for the page after a row and “b…” for the one before it; what follows says which row it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Cut(Generic[Row]):
    """One page. before, after: the places of its neighbours, None where there is none."""

    rows: list[Row]
    before: str | None = None
    after: str | None = None


def cut(found: Sequence[Row], *, most: int, is_back: bool, is_first: bool, tell: Callable[[Row], str]) -> Cut[Row]:
    """The page of the rows that were found, one more than `most` where there are more; tell: the place of a row."""
    has_more, rows = len(found) > most, list(found[:most])
    if is_back:
        rows.reverse()
    if not rows:
        return Cut([])
    before = f"b{tell(rows[0])}" if (has_more if is_back else not is_first) else None
    return Cut(rows, before, f"a{tell(rows[-1])}" if has_more or is_back else None)
