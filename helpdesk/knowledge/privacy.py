"""Privacy: what in a text looks as if it told of one person or one firm."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from helpdesk.fulltext.words import FIRST_NAME, ONLY, SURNAME, people_named
from helpdesk.languages import _

# What it looks like → how that is written. Order: what fits an earlier one is not looked at again.
_KINDS: tuple[tuple[str, str], ...] = (
    (_("an e-mail address"), r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (_("an account number"), r"\b(?:PL)?\d{2}(?:[ ]?\d{4}){6}\b"),
    (_("a number of a declaration or a movement"), r"\b(?:\d{2}[A-Z]{2}[A-Z0-9]{12,18}|SENT\d{10,})\b"),
    (_("a VIN"), r"\b(?=[A-HJ-NPR-Z0-9]*\d{3})(?=[A-HJ-NPR-Z0-9]*[A-Z])[A-HJ-NPR-Z0-9]{17}\b"),
    (_("an EORI or tax number"), r"\b(?:[A-Z]{2}\d{8,15}|\d{3}-\d{3}-\d{2}-\d{2}|\d{3}-\d{2}-\d{2}-\d{3}|\d{10})\b"),
    (_("a PESEL number"), r"\b\d{11}\b"),
    (_("a telephone number"), r"(?<![\w.,])(?:\+|00)?\d[\d ()-]{7,16}\d(?![\w,.]\d)"),
    (_("a number of a ticket"), r"\bZGL\d{7}\b"),
    (_("a long number"), r"\b\d{7,}\b"),
)
_PATTERN = re.compile("|".join(f"(?P<k{place}>{pattern})" for place, (_name, pattern) in enumerate(_KINDS)))
NAME_MIN = 4


@dataclass(frozen=True)
class Trace:
    """Something that looks personal: what it looks like, and how it is written."""

    kind: str
    text: str


NAMED = _("the name of the client or their firm")


def find_traces(text: str, *, names: Collection[str] = ()) -> list[Trace]:
    """What in the text looks personal, each once. names: of the people and firms that it may tell of."""
    return list(dict.fromkeys(_look(text, names)))


def is_personal(text: str) -> bool:
    """Whether something in it looks personal, also as people type it into a search: with blanks, without capitals."""
    if "@" in text or find_traces(text.upper()) or names_somebody(text):
        return True
    return sum(letter.isdigit() for letter in text) >= 7 or any(
        sum(letter.isdigit() for letter in word) >= 5 for word in re.split(r"\s+", text))


def names_somebody(text: str) -> bool:
    """Whether a first name and a surname stand side by side in it, or a word that is nothing but a surname."""
    named = [people_named(word) for word in re.findall(r"\w+", text)]
    return any({SURNAME, ONLY} <= names and FIRST_NAME not in names for names in named) or any(
        (FIRST_NAME in one and SURNAME in other) or (SURNAME in one and FIRST_NAME in other)
        for one, other in pairwise(named))


def _look(text: str, names: Collection[str]) -> Iterator[Trace]:
    for found in _PATTERN.finditer(text):
        assert found.lastgroup is not None
        yield Trace(_KINDS[int(found.lastgroup[1:])][0], found.group().strip())
    folded = text.casefold()
    for name in names:
        for word in (name, *name.split()):
            if len(word) >= NAME_MIN and re.search(rf"\b{re.escape(word.casefold())}", folded):
                yield Trace(NAMED, word)
