"""Finding articles by words: the best ones for what was asked, with the words marked in their titles and extracts."""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Row, bindparam, text
from sqlalchemy.orm import Session

from helpdesk.fulltext import vocabulary
from helpdesk.fulltext.asking import SYNONYM, Asked, Correction, as_searched, ask
from helpdesk.fulltext.extracts import Piece, extract, has_phrase, marked
from helpdesk.fulltext.vocabulary import Known
from helpdesk.fulltext.words import fold
from helpdesk.languages import LANGUAGES

# How many postings are read for one word and for all of them; what is more common than that is left out.
MOST_OF_WORD, MOST_READ = 10_000, 20_000
MOST_RANKED, CANDIDATES = 100, 30
# Words between those of a phrase, and letters of a body that are looked through for one.
GAP, QUOTED_GAP, PHRASE_WITHIN = 2, 2, 5_000
OWN_BONUS, CHOSEN_BONUS = 3, 5  # tenths that are added for one's own services and for the same classification
PHRASE = 50  # hundredths that are added for words that stand one after another
ENOUGH = 0.6  # of three words or more
# More than any synonym counts in an article, less than any word that was typed: title, keywords, summary and text
# together weigh 132, the rarest word of a million articles 138, and a typed one at least 6 times 7 times a thousand.
LEAST_TYPED = 20_000
TYPED_FIRST = 1_000_000
Favour = Callable[[list[int]], Mapping[int, int]]
_QUOTED = re.compile(r'["„”“«]([^"„”“»]+)["”“»]')


@dataclass(frozen=True)
class Wish:
    """Who looks, and where.

    level: what they may read (vocabulary.LEVELS). own, classification_id: their services and the classification that
    was chosen, which come first. within: only articles about one of these subjects, by kind. is_story: what is asked is
    a text that tells what the matter is, of which not all words have to be there.
    """

    language: str
    level: int = 0
    own: frozenset[int] = frozenset()
    classification_id: int | None = None
    within: Mapping[str, Collection[int]] = field(default_factory=dict)
    most: int = 10
    is_story: bool = False


@dataclass(frozen=True)
class Hit:
    """An article that was found. is_internal: its part for agents has the words, what others read has none."""

    article_id: int
    language: str
    title: list[Piece]
    extract: list[Piece]
    is_internal: bool = False


@dataclass(frozen=True)
class Ranked:
    """An article and the language it was found in, with how well it fits."""

    article_id: int
    language: str
    score: int

    @property
    def key(self) -> tuple[int, str]:
        return self.article_id, self.language

    def better(self, hundredths: int) -> "Ranked":
        return replace(self, score=self.score * hundredths)


@dataclass(frozen=True)
class Found:
    """What was found.

    searched: what was looked for, with what was corrected. unknown: words that no article has. is_partial: nothing has
    all the words or nearly all, so that these are articles which have some. also: synonyms that were looked for too.
    """

    hits: list[Hit]
    searched: str = ""
    corrections: tuple[Correction, ...] = ()
    unknown: tuple[str, ...] = ()
    is_partial: bool = False
    also: tuple[str, ...] = ()


def find(session: Session, typed: str, wish: Wish, *, favour: Favour = lambda ids: {}) -> Found:
    """The articles that have what was typed: those in the reader's language first, then in the other, the best first.

    favour: by how many hundredths articles are better than their words tell.
    """
    typed = typed.replace("\x00", " ")
    asked = ask(session, typed, language=wish.language, level=wish.level, is_story=wish.is_story)
    hits: list[Hit] = []
    is_partial = False
    if any(one.is_known for one in asked):
        needed = _needed(asked, wish)
        ranked = _in_both(session, asked, wish, needed=needed)
        hits = _hits(session, ranked, asked, typed, wish, favour, needed)
        if not hits and needed > 1:
            is_partial = True
            # Those that have the words of a synonym apart have some of what was asked.
            ranked, needed = (ranked, 0) if ranked else (_in_both(session, asked, wish, needed=1), 1)
            hits = _hits(session, ranked, asked, typed, wish, favour, needed)
    return Found(
        hits, as_searched(typed, asked), tuple(one.correction for one in asked if one.correction),
        tuple(one.word.written for one in asked if not one.is_known), is_partial and bool(hits),
        tuple(dict.fromkeys(written for one in asked for written in one.also)))


def _needed(asked: Sequence[Asked], wish: Wish) -> int:
    """How many of the words an article has to have."""
    if wish.is_story:
        return min(2, len(asked))
    return len(asked) if len(asked) <= 2 else math.ceil(len(asked) * ENOUGH)


def _in_both(session: Session, asked: Sequence[Asked], wish: Wish, *, needed: int) -> list[Ranked]:
    """What was found in the reader's language, and in the other one if that does not fill a page."""
    found: list[Ranked] = []
    sizes = {row.language: row.size for row in session.connection().execute(_SIZES, {"level": wish.level})}
    for language in sorted(LANGUAGES, key=lambda one: one != wish.language):
        if len(found) < wish.most:
            have = {one.article_id for one in found}
            rows = _ranked(session, asked, wish, language, needed=needed, size=sizes.get(language, 1))
            found += [Ranked(row.article_id, language, int(row.score)) for row in rows if row.article_id not in have]
    return found


_SIZES = text("SELECT language, COUNT(*) AS size FROM search_text WHERE level <= :level GROUP BY language")
_TEXTS = text("SELECT article_id, language, is_internal, title, summary, keywords, body FROM search_text "
              "WHERE article_id IN :ids AND level <= :level ORDER BY article_id, language, is_internal").bindparams(
                  bindparam("ids", type_=BigInteger(), expanding=True))


def _ranked(session: Session, asked: Sequence[Asked], wish: Wish, language: str, *, needed: int,
            size: int) -> Sequence[Row[Any]]:
    groups = [Group(one.in_language(language), one.phrases_in(language)) for one in asked]
    groups = [group for group in groups if group.words or group.phrases]
    if not groups or len(groups) < needed:
        return ()
    values, places = _values(groups, size)
    return session.connection().exec_driver_sql(
        _statement(values, wish, needed=min(needed, places))).all()


class Group(NamedTuple):
    """What one of the words that were asked for may be: words, and synonyms of several words, all of them needed."""

    words: Mapping[Known, int]
    phrases: Sequence[tuple[frozenset[Known], ...]] = ()

    @property
    def articles(self) -> int:
        return sum(known.articles for known in self.words) + sum(map(_read_for, self.phrases))


class Value(NamedTuple):
    """A word that is looked for, as which of those asked for; way, part and parts: of which phrase, if it is of one."""

    word_id: int
    place: int
    factor: int
    way: int = 0
    part: int = 0
    parts: int = 1


def _values(groups: Iterable[Group], size: int) -> tuple[list[Value], int]:
    """Which words are looked for, as which of those asked, and how much each counts; how many of those asked are.

    The rarest first: of what is very common no more is read than it takes to put the others into order.
    """
    values: list[Value] = []
    places = read = 0

    def is_too_much(of_word: int, more: int) -> bool:
        return bool((of_word and of_word + more > MOST_OF_WORD) or (read and read + more > MOST_READ))

    for group in sorted(groups, key=lambda group: group.articles):
        of_word = 0
        for known, factor in sorted(group.words.items(), key=lambda item: (-item[1], item[0].articles, item[0].id)):
            if is_too_much(of_word, known.articles):
                break
            of_word, read = of_word + known.articles, read + known.articles
            values.append(Value(known.id, places, factor * _rarity(known, size)))
        for way, phrase in enumerate(group.phrases, start=1):
            more = _read_for(phrase)
            if not is_too_much(of_word, more):
                of_word, read = of_word + more, read + more
                values += [Value(known.id, places, SYNONYM * _rarity(known, size), way, part, len(phrase))
                           for part, knowns in enumerate(phrase) for known in sorted(knowns, key=lambda one: one.id)]
        places += bool(of_word)
    return values, places


def _rarity(known: Known, size: int) -> int:
    return max(1, round(10 * math.log(1 + size / known.articles)))


def _read_for(phrase: Iterable[Iterable[Known]]) -> int:
    return sum(known.articles for part in phrase for known in part)


def _statement(values: Sequence[Value], wish: Wish, *, needed: int) -> str:
    """The statement for the best articles; there are numbers and names of our own in it, and nothing that was typed."""
    has_phrases = any(value.way for value in values)
    facts = {
        "ASKED": ", ".join(f"({', '.join(f'{number:d}' for number in value)})" for value in values),
        # Named once more: PostgreSQL cannot tell how few rows a list of values finds, and would read all of them.
        "WORDS": _numbers({value.word_id for value in values}),
        "WITHIN": "".join(_WITHIN.replace("KIND", _KINDS[kind]).replace("IDS", _numbers(ids))
                          for kind, ids in sorted(wish.within.items())),
        "OWN": _numbers(wish.own), "CHOSEN": _numbers(filter(None, [wish.classification_id])),
        "LEVEL": f"{wish.level:d}", "NEEDED": f"{needed:d}"}
    return _PLACE.sub(lambda match: facts[match[0]], _BEST.replace("TOLD", _WITH_PHRASES if has_phrases else _TOLD))


def _numbers(ids: Iterable[int]) -> str:
    return ", ".join(f"{one:d}" for one in sorted(ids)) or "0"


# Counted in whole numbers, so that both databases give the same articles in the same order. Of several words that one
# may mean the best counts; an article that has more of the words is better than one that has one of them often.
# Articles that have enough of the words themselves come before all that need synonyms for it.
_BEST = f"""
WITH asked (word_id, place, factor, way, part, parts) AS (VALUES ASKED)
SELECT article_id, SUM(best) * COUNT(*) * (10
    + CASE WHEN article_id IN (SELECT article_id FROM search_subject WHERE kind = 'service' AND subject_id IN (OWN))
        THEN {OWN_BONUS} ELSE 0 END
    + CASE WHEN article_id IN (SELECT article_id FROM search_subject
        WHERE kind = 'classification' AND subject_id IN (CHOSEN)) THEN {CHOSEN_BONUS} ELSE 0 END)
    * CASE WHEN SUM(CASE WHEN best >= {LEAST_TYPED} THEN 1 ELSE 0 END) >= NEEDED THEN {TYPED_FIRST} ELSE 1 END AS score
FROM (TOLD) AS told
GROUP BY article_id HAVING COUNT(*) >= NEEDED ORDER BY score DESC, article_id DESC LIMIT {MOST_RANKED}
"""  # noqa: S608
_READ = ("FROM asked AS a JOIN search_posting AS p ON p.word_id = a.word_id "
         "WHERE p.word_id IN (WORDS) AND p.level <= LEVEL WITHIN GROUP BY p.article_id, a.place")
_TOLD = f"SELECT p.article_id, a.place, MAX(p.weight * a.factor) AS best {_READ}"
# An article has a synonym of several words if it has all of them; it counts as much as the one that says least. Whether
# they stand near together is seen in its text (_Forms.says): a posting does not know where in a text a word is.
_WITH_PHRASES = f"""
SELECT article_id, place, MAX(best) AS best FROM (
    SELECT article_id, place, MIN(best) AS best FROM (
        SELECT p.article_id, a.place, a.way, MIN(a.parts) AS parts, MAX(p.weight * a.factor) AS best
        {_READ}, a.way, a.part) AS part
    GROUP BY article_id, place, way HAVING COUNT(*) >= MIN(parts)) AS way
GROUP BY article_id, place"""  # noqa: S608
_WITHIN = " AND p.article_id IN (SELECT article_id FROM search_subject WHERE kind = 'KIND' AND subject_id IN (IDS))"
_PLACE = re.compile(r"\b(?:ASKED|WORDS|WITHIN|OWN|CHOSEN|LEVEL|NEEDED)\b")
_KINDS = {kind: kind for kind in ("service", "classification", "topic", "area")}


def _hits(session: Session, ranked: Sequence[Ranked], asked: Sequence[Asked], typed: str, wish: Wish,
          favour: Favour, needed: int) -> list[Hit]:
    """The best of what was found, with the words marked; articles that have them one after another are better.

    Those that come for the sake of a synonym of several words have to have these near together.
    """
    if not ranked:
        return []
    quoted = [match.span(1) for match in _QUOTED.finditer(typed)]
    seen = ranked if quoted else ranked[:max(CANDIDATES, wish.most)]
    forms = _Forms(vocabulary.forms_of(session, {known.id for one in asked for known in one.every_known}), asked)
    texts = _texts(session, seen, level=wish.level)
    if quoted:
        phrases = [[one for one in asked if start <= one.word.start < end] for start, end in quoted]
        seen = [one for one in seen if all(forms.has(texts[one.key], words, one.language, gap=QUOTED_GAP)
                                           for words in phrases if words)]
    if any(one.phrases for one in asked):
        # Nobody who has enough of the typed words counts less than this (_BEST), and nobody else as much.
        typed_enough = 10 * LEAST_TYPED * TYPED_FIRST * needed * needed
        seen = [one for one in seen if one.score >= typed_enough or sum(
            forms.says(texts[one.key], word, one.language) for word in asked) >= needed]
    favoured = favour([one.article_id for one in seen])
    seen = sorted((one.better(
        100 + favoured.get(one.article_id, 0)
        + PHRASE * (len(asked) > 1 and not quoted and forms.has(texts[one.key], asked, one.language, gap=GAP)))
        for one in seen), key=lambda one: (one.language != wish.language, -one.score, -one.article_id))
    return [_hit(one, texts[one.key], forms, asked) for one in seen[:wish.most]]


class _Forms:
    """The forms in which the words that were asked for stand in texts."""

    def __init__(self, met: Mapping[int, set[str]], asked: Iterable[Asked]) -> None:
        self._met = met
        self._of = {(id(one), language): self._in(language, one.known) for one in asked for language in LANGUAGES}

    def of(self, asked: Iterable[Asked], language: str) -> frozenset[str]:
        return frozenset().union(*(self._of[id(one), language] for one in asked))

    def of_phrases(self, asked: Iterable[Asked], language: str) -> frozenset[str]:
        return frozenset().union(*(self._in(language, one.every_known) for one in asked))

    def _in(self, language: str, known: Iterable[Known]) -> frozenset[str]:
        those = [word for word in known if word.language == language]
        return frozenset({word.term for word in those}.union(*(self._met.get(word.id, ()) for word in those)))

    def has(self, rows: Iterable[Row[Any]], words: Iterable[Asked], language: str, *, gap: int) -> bool:
        """Whether one of the texts has the words one after another."""
        wanted = [those for one in words if (those := self._of[id(one), language])]
        return bool(wanted) and any(has_phrase(" . ".join((row.title, row.summary, row.body[:PHRASE_WITHIN])), wanted,
                                               gap=gap) for row in rows)


    def says(self, rows: Iterable[Row[Any]], one: Asked, language: str) -> bool:
        """Whether one of the texts has the word, or a synonym of several words with these near together, in any order.

        A long text is not looked through to its end, and taken to have them: the postings say that it has each.
        """
        ways = [[self._of[id(one), language]], *(
            [self._in(language, part) for part in phrase] for phrase in one.phrases_in(language))]
        orders = [order for way in ways if all(way) for order in ((way,) if len(way) == 1 else (way, way[::-1]))]
        return any(len(row.body) > PHRASE_WITHIN or any(
            has_phrase(" . ".join((row.title, row.summary, row.keywords, row.body)), order, gap=GAP)
            for order in orders) for row in rows)


def _texts(session: Session, ranked: Sequence[Ranked], *, level: int) -> dict[tuple[int, str], list[Row[Any]]]:
    """The texts that the reader may read of what was found, the part for agents after the other."""
    found: dict[tuple[int, str], list[Row[Any]]] = {one.key: [] for one in ranked}
    rows = session.connection().execute(_TEXTS, {"ids": sorted({one.article_id for one in ranked}), "level": level})
    for row in rows:
        if (row.article_id, row.language) in found:
            found[row.article_id, row.language].append(row)
    return found


def _hit(one: Ranked, rows: Sequence[Row[Any]], forms: _Forms, asked: Sequence[Asked]) -> Hit:
    """The title and the text that has the words; synonyms of several words are marked where there are no others."""
    said = _marked(one, rows, forms.of(asked, one.language))
    is_found = any(piece.is_hit for piece in (*said.title, *said.extract))
    return said if is_found else _marked(one, rows, forms.of_phrases(asked, one.language))


def _marked(one: Ranked, rows: Sequence[Row[Any]], forms: frozenset[str]) -> Hit:
    """With these forms marked: the summary if it has as many as the body, which says it at length."""
    pieces = [(extract(said, forms), bool(row.is_internal)) for row in rows for said in (row.summary, row.body) if said]
    best, is_internal = max(pieces, key=lambda piece: _different(piece[0]), default=([], False))
    return Hit(one.article_id, one.language, marked(rows[0].title, forms) if rows else [], best,
               is_internal and _different(best) > 0)


def _different(pieces: Iterable[Piece]) -> int:
    return len({fold(piece.text) for piece in pieces if piece.is_hit})
