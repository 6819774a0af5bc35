"""What is asked: the words of a query, each with the known words it may be, as typed, begun or corrected."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from helpdesk.fulltext import vocabulary
from helpdesk.fulltext.vocabulary import MOST_CORRECTED, Known
from helpdesk.fulltext.words import Word, fold, is_said, kin_of, terms_of, words_in
from helpdesk.languages import LANGUAGES

TYPED_MAX, STORY_MAX = 300, 5_000  # letters of a query, and of a text that tells what the matter is
MOST_ASKED, MOST_OF_STORY = 12, 60
PREFIX_MIN, NAME_PREFIX_MIN, HEAD_MAX = 3, 2, 5
# How much a word counts that is as it was typed, is akin, was corrected, or only begins so; a whole name counts most.
EXACT, RELATED, CORRECTED, BEGUN, EXACT_NAME, BEGUN_NAME = 10, 6, 6, 3, 30, 1


@dataclass(frozen=True)
class Correction:
    """A mistyped word and what was looked for instead."""

    typed: str
    shown: str


@dataclass
class Asked:
    """A word that was typed, with the known words it may be and how much each counts."""

    word: Word
    known: dict[Known, int] = field(default_factory=dict)
    correction: Correction | None = None

    def in_language(self, language: str) -> dict[Known, int]:
        return {known: factor for known, factor in self.known.items() if known.language == language}

    @property
    def is_name(self) -> bool:
        return not self.form.isalpha()

    @property
    def form(self) -> str:
        return self.word.terms[0] if self.word.is_whole else fold(self.word.written)[:vocabulary.FORM_MAX]


def ask(session: Session, typed: str, *, language: str, level: int, is_story: bool = False) -> list[Asked]:
    """The words of a text that say anything, in their order; those that nobody knows are completed or corrected.

    is_story: the text tells what the matter is; of its many words, those that are known as they are count, the rarest.
    """
    words = _words(typed[:STORY_MAX if is_story else TYPED_MAX])[:MOST_OF_STORY if is_story else 2 * MOST_ASKED]
    known = vocabulary.recognise(session, words, level=level)
    asked = [Asked(word, dict.fromkeys(known[word], EXACT)) for word in words]
    for one in asked:
        if one.is_name:
            one.known = dict.fromkeys(one.known, EXACT_NAME)
    if is_story:
        told = sorted((one for one in _without_parts(asked) if one.known), key=_commonness)
        return told[:MOST_ASKED]
    _relate(session, asked, level=level)
    _complete(session, asked, level=level)
    asked = _without_parts(asked)[:MOST_ASKED]
    _correct(session, asked, language=language, level=level)
    return asked


def as_searched(typed: str, asked: Iterable[Asked]) -> str:
    """What was typed, with the corrected words in the place of the mistyped ones."""
    typed = typed[:TYPED_MAX]
    for one in sorted(asked, key=lambda one: -one.word.start):
        if one.correction is not None:
            typed = typed[:one.word.start] + one.correction.shown + typed[one.word.end:]
    return typed


def _words(typed: str) -> list[Word]:
    """The words that say something in any language, each form of them once, with their terms in all languages."""
    found: dict[tuple[str, bool], Word] = {}
    for word in words_in(typed, is_typed=True):
        if not word.is_whole:
            if len(word.written) < 2 or not all(is_said(word.written, language=one) for one in LANGUAGES):
                continue
            terms = dict.fromkeys(term for one in LANGUAGES for term in terms_of(word.written, language=one))
            word = replace(word, terms=tuple(terms))
        found.setdefault((fold(word.written), word.is_whole), word)
    return list(found.values())


def _relate(session: Session, asked: list[Asked], *, level: int) -> None:
    """Find the verbs of other prefixes and aspects for those that nobody knows: “zalogować” for “logować”."""
    kin = {one.word: replace(one.word, terms=tuple(also for term in one.word.terms for also in kin_of(term)))
           for one in asked if not one.known}
    known = vocabulary.recognise(session, [word for word in kin.values() if word.terms], level=level)
    for one in asked:
        if not one.known and kin[one.word] in known:
            one.known = dict.fromkeys(known[kin[one.word]], RELATED)


def _complete(session: Session, asked: list[Asked], *, level: int) -> None:
    """Find what begins like the words that nobody knows, and the names that begin like a short one that is known."""
    left = MOST_CORRECTED
    for one in asked:
        is_head = one.is_name or len(one.form) <= HEAD_MAX
        if left and len(one.form) >= (NAME_PREFIX_MIN if is_head else PREFIX_MIN) and (is_head or not one.known):
            only_names = one.is_name or bool(one.known) or len(one.form) < PREFIX_MIN
            begun = vocabulary.find_begun(session, one.form, level=level, only_names=only_names)
            for known in begun:
                one.known.setdefault(known, BEGUN_NAME if only_names else BEGUN)
            left -= 1


def _correct(session: Session, asked: list[Asked], *, language: str, level: int) -> None:
    """Find what was meant by the words that nobody knows and that begin nothing."""
    for one in [one for one in asked if not one.known and not one.word.is_whole][:MOST_CORRECTED]:
        meant = vocabulary.find_meant(session, one.word.written, language=language, level=level)
        if meant is not None:
            one.known = dict.fromkeys(meant.words, CORRECTED)
            one.correction = Correction(one.word.written, meant.shown)


def _without_parts(asked: list[Asked]) -> list[Asked]:
    """A name of several words stands for its parts if anybody knows it, else they stand for themselves."""
    wholes = [one.word for one in asked if one.word.is_whole and one.known]
    return [one for one in asked if (one.known and one.word.is_whole) or (not one.word.is_whole and not any(
        whole.start <= one.word.start and one.word.end <= whole.end for whole in wholes))]


def _commonness(one: Asked) -> tuple[int, int]:
    return sum(known.articles for known in one.known), one.word.start
