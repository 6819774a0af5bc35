"""Looking for words in the catalogue: folded letters, several words, other words for a thing, endings, slips.

The catalogue has some hundred entries, so they are all looked at; what an entry says is taken apart once.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from itertools import takewhile
from math import log

from helpdesk.catalogue.offers import AreaOffer
from helpdesk.catalogue.records import Area, Classification, Entry, Service
from helpdesk.fulltext.synonyms import NO_SYNONYMS, Thesaurus
from helpdesk.fulltext.words import STOP, fold, lemmas, said_words

MOST_WORDS, WORD_MAX, TEXT_MAX = 8, 40, 400
CORRECTED_MIN, CLOSE = 4, 0.75
AKIN_MIN, AKIN_SHARE = 5, 0.6
_WORD = re.compile(r"\w+")
_EMPTY = STOP["pl"] | STOP["en"]
NAME, KEYWORDS, DESCRIPTION = 8.0, 6.0, 2.0
# What the service says counts for its classifications too, but less; it is what several of them share.
SHARED = 0.4
# What it is also called counts less than any word that was typed.
ALSO = 0.1
OWN_SERVICE = 1.25


@dataclass(frozen=True)
class Hit:
    """A service, or one of its classifications, that fits what was looked for."""

    area: Area
    service: Service
    classification: Classification | None
    score: float


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A word that is looked for, folded, and its dictionary forms; also: synonyms, each of one word or several."""

    text: str
    forms: frozenset[str]
    also: tuple[tuple["_Wanted", ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well an entry fits each word, by what it says itself (own) and with its service; 0 when not at all."""

    area: Area
    service: Service
    classification: Classification | None
    own: list[float]
    words: list[float]
    factor: float


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a text, folded, and their dictionary forms."""

    words: tuple[str, ...]
    forms: frozenset[str]


def find_offers(offers: Iterable[AreaOffer], text: str, *, own: Collection[int] = (), most: int = 20,
                thesaurus: Thesaurus = NO_SYNONYMS) -> list[Hit]:
    """What fits all the words best, or else as many of them as possible; best first.

    own: ids of the services of whoever looks; they come a little sooner. thesaurus: what else words are called.
    """
    wanted = _with_synonyms(_wanted(text), text, thesaurus)
    if not wanted:
        return []
    offers = list(offers)
    hits = _ranked(_fits(offers, wanted, own), needed=len(wanted))
    if not hits:
        fits = list(_fits(offers, _corrected(offers, wanted), own))
        hits = _ranked(fits, needed=len(wanted)) or _ranked(fits, needed=1)
    return hits[:most]


def _wanted(text: str) -> list[_Wanted]:
    words = list(dict.fromkeys(word[:WORD_MAX] for word in _WORD.findall(fold(text[:TEXT_MAX].replace("\x00", " ")))))
    # The diacritics that were typed say more than the folded word, so the forms are those of the text.
    known = {fold(word): word for word in _WORD.findall(text[:TEXT_MAX])}
    return [_Wanted(word, _forms(known.get(word, word)))
            for word in ([word for word in words if word not in _EMPTY] or words)[:MOST_WORDS]]


def _with_synonyms(wanted: list[_Wanted], text: str, thesaurus: Thesaurus) -> list[_Wanted]:
    """The words with what else they are called, alone or together with their neighbours."""
    words = said_words(text[:TEXT_MAX])
    also: dict[str, list[tuple[_Wanted, ...]]] = {}
    for one in thesaurus.instead_of(words):
        phrase = tuple(_Wanted(fold(word.written), _forms(word.written)) for word in one.phrase)
        for place in one.places:
            also.setdefault(fold(words[place].written), []).append(phrase)
    return [replace(word, also=tuple(also.get(word.text, ()))) for word in wanted]


def _fits(offers: list[AreaOffer], wanted: list[_Wanted], own: Collection[int]) -> Iterator[_Fit]:
    """How well each word fits each service and each classification that says at least one of them itself."""
    for offer in offers:
        for one in offer.services:
            service, factor = one.service, OWN_SERVICE if one.service.id in own else 1.0
            shared = [max(_fit(word, service, service.keywords), _fit(word, offer.area, "") / 2) for word in wanted]
            yield _Fit(offer.area, service, None, shared, shared, factor)
            for classification in one.classifications:
                said = [_fit(word, classification, classification.keywords) for word in wanted]
                both = [max(its_own, other * SHARED) for its_own, other in zip(said, shared, strict=True)]
                if any(said):
                    yield _Fit(offer.area, service, classification, said, both, factor)


def _ranked(fits: Iterable[_Fit], *, needed: int) -> list[Hit]:
    """Those that fit at least so many words, best first; a word that few of them have says more than a common one."""
    fits = list(fits)
    shares = [1 / (1 + log(max(1, sum(own > 0 for own in of_word))))
              for of_word in zip(*(fit.own for fit in fits), strict=True)]
    hits = [Hit(fit.area, fit.service, fit.classification,
                fit.factor * sum(one * share for one, share in zip(fit.words, shares, strict=True)))
            for fit in fits if sum(one > 0 for one in fit.words) >= needed]
    return sorted(hits, key=lambda hit: -hit.score)


def _fit(word: _Wanted, entry: Entry, keywords: str) -> float:
    """How well a word fits what an entry says about itself; 0 when not at all."""
    texts = ((NAME, entry.name_pl), (NAME, entry.name_en), (KEYWORDS, keywords),
             (DESCRIPTION, entry.description_pl), (DESCRIPTION, entry.description_en))
    found = max(weight * _likeness(word, _said(text)) for weight, text in texts)
    if found or not word.also:
        return found
    return ALSO * max(min(_fit(one, entry, keywords) for one in phrase) for phrase in word.also)


def _likeness(word: _Wanted, said: _Said) -> float:
    """1 for the word itself, less for another form of it, still less for its beginning."""
    if word.text in said.words:
        return 1.0
    if not word.forms.isdisjoint(said.forms):
        return 0.9
    if any(one.startswith(word.text) for one in said.words):
        return 0.8
    return 0.5 if any(_is_akin(word.text, one) for one in said.words) else 0.0


def _is_akin(word: str, other: str) -> bool:
    """Whether they begin alike, as a verb and the noun made of it do."""
    shared = sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    return shared >= AKIN_MIN and shared >= AKIN_SHARE * max(len(word), len(other)) and word.isalpha()


def _corrected(offers: list[AreaOffer], wanted: list[_Wanted]) -> list[_Wanted]:
    """The words with slips of typing put right, as far as the catalogue has words like them."""
    known = {word for offer in offers for text in _texts(offer) for word in _said(text).words
             if len(word) >= CORRECTED_MIN}
    return [_Wanted(close[0], _forms(close[0])) if len(word.text) >= CORRECTED_MIN and not word.also
            and word.text not in known and (close := get_close_matches(word.text, known, n=1, cutoff=CLOSE)) else word
            for word in wanted]


def _texts(offer: AreaOffer) -> Iterator[str]:
    for one in offer.services:
        yield from (one.service.name_pl, one.service.name_en, one.service.keywords)
        for classification in one.classifications:
            yield from (classification.name_pl, classification.name_en, classification.keywords)


@lru_cache(maxsize=8192)
def _said(text: str) -> _Said:
    return _Said(tuple(_WORD.findall(fold(text))), _forms(text))


@lru_cache(maxsize=8192)
def _forms(text: str) -> frozenset[str]:
    return frozenset((*lemmas(text), *lemmas(text, language="en")))
