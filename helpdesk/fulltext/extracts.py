"""Extracts: the part of a text that has most of what was looked for, in pieces that are marked or not.

They are pieces of plain text and never HTML: a page marks them.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from helpdesk.fulltext.words import fold

LENGTH = 240  # letters of an extract
MOST_MARKS = 200
_WORD = re.compile(r"\w+")
# No letter before it, and none is given back: a word without a dash is looked at once, and not once for each letter.
_JOINED = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)+")
_SPACE = re.compile(r"\s+")
_RUNS = re.compile(r"\d+|[^\W\d_]+|_")
_fold = lru_cache(maxsize=50_000)(fold)


@dataclass(frozen=True)
class Piece:
    """A piece of a text. is_hit: it is what was looked for."""

    text: str
    is_hit: bool = False


def marked(text: str, forms: Collection[str]) -> list[Piece]:
    """The whole text in pieces, marked where it has one of the forms. forms: folded."""
    return _pieces(text, _marks(text, forms), 0, len(text))


def extract(text: str, forms: Collection[str], *, length: int = LENGTH) -> list[Piece]:
    """The stretch of the text with the most different forms in pieces, its beginning if there are none."""
    text = _SPACE.sub(" ", text).strip()
    marks = _marks(text, forms)
    begin = _best_begin(text, marks, length)
    end = min(len(text), begin + length)
    if end < len(text):
        end = max(text.rfind(" ", begin + length // 2, end), begin + length // 2)
    pieces = _pieces(text, marks, begin, end)
    return [*([Piece("… ")] if begin else []), *pieces, *([Piece(" …")] if end < len(text) else [])]


def has_phrase(text: str, words: Sequence[Collection[str]], *, gap: int = 2) -> bool:
    """Whether the words stand one after another, each in one of its forms, with no more than `gap` others between."""
    between = rf"\W+(?:\w+\W+){{0,{gap}}}?"
    return re.search(r"\b" + between.join(
        f"(?:{'|'.join(_name(form) for form in sorted(forms))})\\b" for forms in words), fold(text)) is not None


def _marks(text: str, forms: Collection[str]) -> list[tuple[int, int]]:
    """Where the text has one of the forms; a name also where its parts are joined by a dash, a slash or a space."""
    found = [(one.start(), one.end()) for one in _WORD.finditer(text) if _fold(one[0]) in forms]
    if "-" in text:
        found += [(one.start(), one.end()) for one in _JOINED.finditer(text) if _fold(one[0].replace("-", "")) in forms]
    names = [form for form in forms if not form.isalpha()]
    if names:
        pattern = rf"\b(?:{'|'.join(_name(name) for name in sorted(names, key=len, reverse=True))})\b"
        found += [(one.start(), one.end()) for one in re.finditer(pattern, text, re.IGNORECASE)]
    return list(_apart(sorted(found, key=lambda mark: (mark[0], -mark[1]))))[:MOST_MARKS]


def _apart(marks: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    end = -1
    for mark in marks:
        if mark[0] >= end:
            yield mark
            end = mark[1]


def _name(form: str) -> str:
    """A pattern of a name whose letters and digits may be apart."""
    if form.isalpha():
        return re.escape(form)
    return r"[-/._: ]?".join(re.escape(run) for run in _RUNS.findall(form)) or re.escape(form)


def _best_begin(text: str, marks: list[tuple[int, int]], length: int) -> int:
    """Where an extract begins that has the most different words, the earliest of several."""
    if len(text) <= length or not marks:
        return 0
    best, most = 0, 0
    for start, _ in marks:
        within = {_fold(text[a:b]) for a, b in marks if start <= a and b <= start + length * 3 // 4}
        if len(within) > most:
            best, most = start, len(within)
    begin = max(0, min(best - length // 5, len(text) - length))
    # It begins with a whole word, at a sentence if there is one.
    stop = text.find(". ", begin, best)
    if stop >= 0:
        return stop + 2
    return text.find(" ", begin, best) + 1 if begin and text.find(" ", begin, best) >= 0 else begin


def _pieces(text: str, marks: list[tuple[int, int]], begin: int, end: int) -> list[Piece]:
    pieces, at = [], begin
    for start, stop in marks:
        if start < begin or stop > end:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:stop], is_hit=True))
        at = stop
    if at < end:
        pieces.append(Piece(text[at:end]))
    return pieces
