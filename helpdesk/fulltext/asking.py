"""What is asked: the words of a query, each with the known words it may be, as typed, begun or corrected."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from helpdesk.fulltext import synonyms, vocabulary
from helpdesk.fulltext.synonyms import Thesaurus
from helpdesk.fulltext.vocabulary import MOST_CORRECTED, Known
from helpdesk.fulltext.words import Word, fold, kin_of, said_words

TYPED_MAX, STORY_MAX = 300, 5_000  # letters of a query, and of a text that tells what the matter is
MOST_ASKED, MOST_OF_STORY = 12, 60
PREFIX_MIN, NAME_PREFIX_MIN, HEAD_MAX = 3, 2, 5
# How much a word counts that is as it was typed, is akin, was corrected, or only begins so; a whole name counts most.
EXACT, RELATED, CORRECTED, BEGUN, EXACT_NAME, BEGUN_NAME = 10_000, 6_000, 6_000, 3_000, 30_000, 1_000
# A synonym wherever it stands counts less than a word that was typed does where it says least (finding.LEAST_TYPED).
SYNONYM = 1


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
    # Synonyms of several words, each word with what it may be; also: all synonyms, as the list has them.
    phrases: list[tuple[frozenset[Known], ...]] = field(default_factory=list)
    also: list[str] = field(default_factory=list)

    def in_language(self, language: str) -> dict[Known, int]:
        return {known: factor for known, factor in self.known.items() if known.language == language}

    def phrases_in(self, language: str) -> list[tuple[frozenset[Known], ...]]:
        """The synonyms of several words that can be said in the language."""
        found = [tuple(frozenset(known for known in part if known.language == language) for part in phrase)
                 for phrase in self.phrases]
        return [phrase for phrase in found if all(phrase)]

    @property
    def every_known(self) -> set[Known]:
        return set(self.known).union(*(part for phrase in self.phrases for part in phrase))

    @property
    def is_known(self) -> bool:
        return bool(self.known or self.phrases)

    @property
    def meant(self) -> Word:
        """The word as it was looked for: the corrected one in the place of a mistyped one."""
        if self.correction is None:
            return self.word
        terms = sorted({known.term for known in self.known})
        return replace(self.word, written=self.correction.shown, terms=tuple(terms))

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
    words = said_words(typed[:STORY_MAX if is_story else TYPED_MAX])[:MOST_OF_STORY if is_story else 2 * MOST_ASKED]
    known = vocabulary.recognise(session, words, level=level)
    asked = [Asked(word, dict.fromkeys(known[word], EXACT)) for word in words]
    for one in asked:
        if one.is_name:
            one.known = dict.fromkeys(one.known, EXACT_NAME)
    thesaurus = synonyms.read(session)
    _also(session, asked, thesaurus, level=level)
    if is_story:
        told = sorted((one for one in _without_parts(asked) if one.is_known), key=_commonness)
        return told[:MOST_ASKED]
    _relate(session, asked, level=level)
    _complete(session, asked, level=level)
    asked = _without_parts(asked)[:MOST_ASKED]
    _correct(session, asked, language=language, level=level)
    if any(one.correction for one in asked):
        _also(session, asked, thesaurus, level=level)
    return asked


def as_searched(typed: str, asked: Iterable[Asked]) -> str:
    """What was typed, with the corrected words in the place of the mistyped ones."""
    typed = typed[:TYPED_MAX]
    for one in sorted(asked, key=lambda one: -one.word.start):
        if one.correction is not None:
            typed = typed[:one.word.start] + one.correction.shown + typed[one.word.end:]
    return typed


def _also(session: Session, asked: list[Asked], thesaurus: Thesaurus, *, level: int) -> None:
    """Find what else the words are called, as the list of synonyms has it."""
    instead = thesaurus.instead_of([one.meant for one in asked])
    known = vocabulary.recognise(session, list({word for one in instead for word in one.phrase}), level=level)
    for one in instead:
        parts = tuple(frozenset(known[word]) for word in one.phrase)
        for place in (asked[place] for place in one.places if all(parts)):
            if len(parts) > 1 and parts not in place.phrases:
                place.phrases.append(parts)
            for word in parts[0] if len(parts) == 1 else ():
                place.known.setdefault(word, SYNONYM)
            if one.written not in place.also:
                place.also.append(one.written)


def _relate(session: Session, asked: list[Asked], *, level: int) -> None:
    """Find the verbs of other prefixes and aspects for those that nobody knows: “zalogować” for “logować”."""
    kin = {one.word: replace(one.word, terms=tuple(also for term in one.word.terms for also in kin_of(term)))
           for one in asked if not one.is_known}
    known = vocabulary.recognise(session, [word for word in kin.values() if word.terms], level=level)
    for one in asked:
        if one.word in kin and kin[one.word] in known:
            one.known = dict.fromkeys(known[kin[one.word]], RELATED)


def _complete(session: Session, asked: list[Asked], *, level: int) -> None:
    """Find what begins like the words that nobody knows, and the names that begin like a short one that is known."""
    left = MOST_CORRECTED
    for one in asked:
        is_head = one.is_name or len(one.form) <= HEAD_MAX
        if left and len(one.form) >= (NAME_PREFIX_MIN if is_head else PREFIX_MIN) and (is_head or not one.is_known):
            only_names = one.is_name or one.is_known or len(one.form) < PREFIX_MIN
            begun = vocabulary.find_begun(session, one.form, level=level, only_names=only_names)
            for known in begun:
                one.known.setdefault(known, BEGUN_NAME if only_names else BEGUN)
            left -= 1


def _correct(session: Session, asked: list[Asked], *, language: str, level: int) -> None:
    """Find what was meant by the words that nobody knows and that begin nothing."""
    for one in [one for one in asked if not one.is_known and not one.word.is_whole][:MOST_CORRECTED]:
        meant = vocabulary.find_meant(session, one.word.written, language=language, level=level)
        if meant is not None:
            one.known = dict.fromkeys(meant.words, CORRECTED)
            one.correction = Correction(one.word.written, meant.shown)


def _without_parts(asked: list[Asked]) -> list[Asked]:
    """A name of several words stands for its parts if anybody knows it, else they stand for themselves."""
    wholes = [one.word for one in asked if one.word.is_whole and one.is_known]
    return [one for one in asked if (one.is_known and one.word.is_whole) or (not one.word.is_whole and not any(
        whole.start <= one.word.start and one.word.end <= whole.end for whole in wholes))]


def _commonness(one: Asked) -> tuple[int, int]:
    typed = [known for known, factor in one.known.items() if factor != SYNONYM]
    return sum(known.articles for known in typed or one.every_known), one.word.start
