"""Synonyms: words that mean the same, used when a query is read, so that a change of the list works at once.

A group holds words and short phrases of any language. Who types one of them also looks for the others, which count less
than any word that was typed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.database import Record
from helpdesk.fulltext.words import Word, said_words

MOST_GROUPS, GROUP_MIN, GROUP_MOST = 300, 2, 12
PHRASE_MAX, PHRASE_WORDS = 60, 4
WORDS_MAX = GROUP_MOST * (PHRASE_MAX + 2)
# How many other words or phrases one search looks for.
MOST_INSTEAD = 12
JOINT = ", "

Phrase = tuple[Word, ...]


class SynonymGroup(Record):
    """Words that mean the same, with commas between them.

    key: of a group that came in a file. changed_at: by an editor, since when files leave it alone; removed_at: taken
    away by one, so that no file brings it back.
    """

    __tablename__ = "synonym_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(60), unique=True)
    words: Mapped[str] = mapped_column(String(WORDS_MAX))
    changed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    @property
    def phrases(self) -> list[str]:
        return self.words.split(JOINT)


@dataclass(frozen=True)
class Instead:
    """What is also looked for in the place of some of the words. places: which words these are."""

    places: tuple[int, ...]
    phrase: Phrase
    written: str


@dataclass(frozen=True)
class Thesaurus:
    """All groups, taken apart: each phrase as the words that it is looked for by, found by the terms of its first."""

    groups: tuple[tuple[tuple[str, Phrase], ...], ...] = ()
    by_term: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def instead_of(self, words: Sequence[Word], *, most: int = MOST_INSTEAD) -> list[Instead]:
        """What else the words may be called, no more than `most`; each phrase once for the same words."""
        found: dict[tuple[tuple[int, ...], str], Instead] = {}
        for places, group, number in self._met(words):
            for other, (written, phrase) in enumerate(self.groups[group]):
                if other != number and len(found) < most:
                    found.setdefault((places, written), Instead(places, phrase, written))
        return list(found.values())

    def _met(self, words: Sequence[Word]) -> Iterator[tuple[tuple[int, ...], int, int]]:
        """Which phrases stand among the words: their places, the group, and the number in it."""
        plain = [place for place, word in enumerate(words) if not word.is_whole]
        rows = [plain[at:] for at in range(len(plain))] + [
            [place] for place, word in enumerate(words) if word.is_whole]
        for row in rows:
            for group, number in dict.fromkeys(
                    one for term in words[row[0]].terms for one in self.by_term.get(term, ())):
                phrase = self.groups[group][number][1]
                if len(phrase) <= len(row) and all(
                        is_same(words[place], word) for place, word in zip(row, phrase, strict=False)):
                    yield tuple(row[:len(phrase)]), group, number


def is_same(one: Word, other: Word) -> bool:
    """Whether two words may be forms of one."""
    return not set(one.terms).isdisjoint(other.terms)


def read(session: Session) -> Thesaurus:
    """The list as it is now."""
    return _taken_apart(tuple(session.connection().execute(_WORDS).scalars()))


def phrase_of(written: str) -> Phrase:
    """The words that a word or a phrase is looked for by; nothing if it says nothing. A name is one word."""
    words = said_words(written)
    wholes = [word for word in words if word.is_whole]
    return (wholes[0],) if wholes and wholes[0].start == 0 and wholes[0].end == len(written) else tuple(
        word for word in words if not word.is_whole)


NO_SYNONYMS = Thesaurus()
_WORDS = select(SynonymGroup.words).where(SynonymGroup.removed_at.is_(None)).order_by(SynonymGroup.id)


@lru_cache(maxsize=4)
def _taken_apart(groups: tuple[str, ...]) -> Thesaurus:
    """Taken apart once for each state of the list, whose words are all that the answer depends on."""
    taken = tuple(tuple((written, phrase) for written in words.split(JOINT) if (phrase := phrase_of(written)))
                  for words in groups)
    by_term: dict[str, list[tuple[int, int]]] = {}
    for group, phrases in enumerate(taken):
        for number, (_written, phrase) in enumerate(phrases):
            for term in phrase[0].terms:
                by_term.setdefault(term, []).append((group, number))
    return Thesaurus(taken, by_term)
