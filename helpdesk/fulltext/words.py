"""Words as they are searched: dictionary forms, folded, so that inflection, capitals and diacritics make no difference.

Polish words are looked up in Morfeusz's dictionary; what it does not know is tried with the diacritics that people
leave out. Where there is no Morfeusz, Snowball's stems stand in for it: `analyser` tells which of them wrote an index.
Words with digits and short words of capitals are names (ZC415, EZD): they stay as they are, and are also found when
written with a dash, a slash or a space.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations, product
from typing import Any

import Stemmer

from helpdesk.languages import LANGUAGES

try:
    import morfeusz2
except ImportError:  # There is no wheel for every platform.
    morfeusz2 = None

# Changes with the rules below, so that what was written by earlier ones is written anew.
RULES = 1
TEXT_MAX, WORD_MAX = 200_000, 40
MOST_READINGS = 4
NAME_MAX = 5  # letters of a name in capitals; longer ones are words of a heading
MOST_PARTS = 6  # of a name written with dashes
MOST_RESTORED, MOST_TRIED = 3, 160
KNOWN_WORDS = 50_000
_WORD = re.compile(r"\w+")
_DROPPED_TAGS = ("aglt", "brev", "interp", "pref", "part", "dig")
_BARE = {"a": "ą", "c": "ć", "e": "ę", "l": "ł", "n": "ń", "o": "ó", "s": "ś", "z": "żź"}
_PREFIXES = ("za", "z", "s", "wy", "po", "na", "u", "prze", "ode", "od", "o", "do", "roz", "w")
_ASPECTS = (("ac", "ic"), ("ywac", "ac"), ("iwac", "ac"), ("awac", "ac"), ("uwac", "unac"))
KIN_MIN = 4  # letters of a verb
_JOINTS = frozenset("-/._:")
# As the dictionary calls them.
FIRST_NAME, SURNAME, ONLY = "imię", "nazwisko", "only"

_STOP_PL = """
    a aby ale ani albo az bardzo bez bo by byc byl byla bylo byly beda bedzie badz ci cie co czy czyli dla do dlaczego
    gdy gdyz gdzie go i ich ile im inny ja jak jaka jaki jakie jako je jego jej jest jestem jesli jezeli juz kiedy kto
    ktora ktore ktory lecz lub ma maja mam mi miec mnie moc moga moge moj moja moje moze mozna my na nad nam nas nasz
    nie niech niz nim o od on ona one oni ono oraz po pod poniewaz przed przez przy sa sie sobie soba swoj ta tak taka
    taki takie tam te tego tej ten to tu twoj ty tych tylko tym u w we wiec wy wszystko z za ze zas zeby
"""
_STOP_EN = """
    a an and are as at be been but by can cannot could do does for from had has have he how i if in into is it its me
    my no not of on or our she so than that the their them then there these they this to was we were what when where
    which who why will with would you your
"""
# Words that say nothing, folded.
STOP = {"pl": frozenset(_STOP_PL.split()), "en": frozenset(_STOP_EN.split())}


@dataclass(frozen=True)
class Word:
    """A word of a text: where it stands, how it is written, and the terms it is found by.

    place: its number among the words; a name made of several words stands at the first of them. is_whole: it is such a
    name. terms: none of a word that says nothing. spelled: the same with their diacritics.
    """

    start: int
    end: int
    written: str
    place: int
    terms: tuple[str, ...]
    spelled: tuple[str, ...] = ()
    is_whole: bool = False


def analyser() -> str:
    """What finds the dictionary forms on this machine, with its edition."""
    dictionary = _dictionary()
    return f"{dictionary.getDictID() if dictionary is not None else 'snowball'}/{RULES}"


def lemmas(text: str, *, language: str = "pl", most: int = 1_000) -> list[str]:
    """The terms of a text, each once, in their order."""
    found: dict[str, None] = {}
    for word in words_in(text, language=language):
        found.update(dict.fromkeys(word.terms))
        if len(found) >= most:
            break
    return list(found)[:most]


def words_in(text: str, *, language: str = "pl", is_typed: bool = False) -> Iterator[Word]:
    """The words of a text, and the names that several of them make together.

    is_typed: by somebody who looks for something, so that “zc 415” may be a name too.
    """
    text = text[:TEXT_MAX].replace("\x00", " ")
    found = list(_WORD.finditer(text))
    is_loud = _is_loud(text)
    for place, match in enumerate(found):
        written = match[0]
        yield Word(match.start(), match.end(), written, place,
                   *_terms_of(written, language=language, is_loud=is_loud))
        for last in _names_from(text, found, place, is_typed=is_typed):
            whole = "".join(one[0] for one in found[place:last + 1])
            yield Word(match.start(), found[last].end(), text[match.start():found[last].end()], place,
                       (fold(whole)[:WORD_MAX],), (whole,), is_whole=True)


def said_words(typed: str) -> list[Word]:
    """The words of a query that say something in any language, each form of them once, with their terms in all."""
    found: dict[tuple[str, bool], Word] = {}
    for word in words_in(typed, is_typed=True):
        if not word.is_whole:
            if len(word.written) < 2 or not all(is_said(word.written, language=one) for one in LANGUAGES):
                continue
            terms = dict.fromkeys(term for one in LANGUAGES for term in terms_of(word.written, language=one))
            word = replace(word, terms=tuple(terms))
        found.setdefault((fold(word.written), word.is_whole), word)
    return list(found.values())


def terms_of(written: str, *, language: str = "pl") -> tuple[str, ...]:
    """What one word is found by: itself if it is a name, else its dictionary forms; nothing if it says nothing."""
    return _terms_of(written, language=language, is_loud=False)[0]


def kin_of(term: str) -> list[str]:
    """Terms of verbs that may mean the same as this one: with another prefix, with none, or of the other aspect.

    Most of them are no words at all: they are to be looked up in a vocabulary.
    """
    if not term.endswith("c") or len(term) < KIN_MIN:
        return []
    bare = [term.removeprefix(prefix) for prefix in _PREFIXES
            if term.startswith(prefix) and len(term) - len(prefix) >= KIN_MIN]
    others = [term.removesuffix(one) + other for pair in _ASPECTS for one, other in (pair, pair[::-1])
              if term.endswith(one)]
    return [*bare, *others, *(prefix + term for prefix in _PREFIXES)]


def is_name(written: str, *, is_loud: bool = False) -> bool:
    """Whether the word stays as it is: it has digits, or it is a short word of capitals, or has them inside."""
    if not written.isalpha():
        return True
    if is_loud or len(written) < 2 or written[1:].islower():
        return False
    return len(written) <= NAME_MAX if written.isupper() else not written.islower()


def is_said(written: str, *, language: str) -> bool:
    """Whether the word says anything at all."""
    return fold(written) not in STOP[language]


@lru_cache(maxsize=5_000)
def forms_of(written: str) -> tuple[str, ...]:
    """Every form that the word may have in a text, folded: of a name itself alone, and so where there is no dictionary.

    So texts are found whose words were written down as they stood.
    """
    dictionary, word = _dictionary(), written.lower()[:WORD_MAX]
    if dictionary is None or is_name(written):
        return (fold(word),)
    found = {fold(word): None}
    for lemma in (_readings(dictionary, (word,)) or _restored(dictionary, word))[:MOST_READINGS]:
        if fold(lemma) not in STOP["pl"]:
            with _LOCK:
                found.update(dict.fromkeys(fold(one.orth) for one in dictionary.generate(lemma)))
    return tuple(found)


@lru_cache(maxsize=1_000)
def is_known(written: str) -> bool:
    """Whether the dictionary has the word, be it with diacritics that were left out."""
    dictionary, word = _dictionary(), written.lower()[:WORD_MAX]
    return dictionary is not None and bool(_readings(dictionary, (word,)) or _restored(dictionary, word))


def gist_of(text: str) -> str:
    """What a search is about, however inflected and ordered: a dictionary form of each word that says anything.

    Whoever reads English pages may look for Polish words, so what the dictionary has is Polish.
    """
    found = set()
    for word in said_words(text):
        if not word.is_whole:
            terms = terms_of(word.written, language="pl" if is_known(word.written) else "en")
            found.add(min(terms, default=fold(word.written)))
    return " ".join(sorted(found)) or fold(" ".join(text.split()))


@lru_cache(maxsize=5_000)
def people_named(written: str) -> frozenset[str]:
    """What the word may be of a person's name, as the dictionary calls it; ONLY if it is nothing else."""
    dictionary = _dictionary()
    if dictionary is None or not written.isalpha():
        return frozenset()
    with _LOCK:
        found = [set(one.getName(dictionary)) for spelled in (written.lower(), written.capitalize())
                 for one in dictionary.analyse(spelled) if not one.isIgn()]
    kinds = {kind for names in found for kind in names} & {FIRST_NAME, SURNAME}
    return frozenset(kinds | ({ONLY} if kinds and all(names <= {FIRST_NAME, SURNAME} for names in found) else set()))


def fold(text: str) -> str:
    """Text as it is searched: lower case, without diacritics."""
    text = text.lower()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text).replace("ł", "l")
    # Few different ones: each replaced in all of the text, which is quicker than a look at each letter of it.
    for mark in {letter for letter in set(text) if unicodedata.combining(letter)}:
        text = text.replace(mark, "")
    return text


def _terms_of(written: str, *, language: str, is_loud: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms of a word, folded and as they are spelled. is_loud: all is in capitals, which make no name."""
    if is_name(written, is_loud=is_loud):
        return (fold(written)[:WORD_MAX],), (written[:WORD_MAX],)
    return _terms(written[:WORD_MAX].lower(), language)


@lru_cache(maxsize=KNOWN_WORDS)
def _terms(word: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The dictionary forms of a word in lower case. Texts repeat their words: most are found in the cache."""
    if not is_said(word, language=language):
        return (), ()
    found: dict[str, str] = {}
    for spelled in _english(word) if language == "en" else _polish(word):
        found.setdefault(fold(spelled)[:WORD_MAX], spelled)
    chosen = [term for term in found if term not in STOP[language]][:MOST_READINGS]
    return tuple(chosen), tuple(found[term] for term in chosen)


def _english(word: str) -> tuple[str, ...]:
    return (_stem("english", fold(word)),)


def _polish(word: str) -> tuple[str, ...]:
    dictionary = _dictionary()
    if dictionary is None:
        return (_stem("polish", word),)
    return _readings(dictionary, (word,)) or _restored(dictionary, word) or (word,)


def _readings(dictionary: Any, words: tuple[str, ...]) -> tuple[str, ...]:
    """The dictionary forms of all words that the dictionary knows."""
    with _LOCK:
        found = [(one.lemma, one.getTag(dictionary)) for one in dictionary.analyse(" ".join(words)) if not one.isIgn()]
    return tuple(dict.fromkeys(lemma.partition(":")[0] or lemma for lemma, tag in found
                               if tag.partition(":")[0] not in _DROPPED_TAGS and "_" not in lemma))


def _restored(dictionary: Any, word: str) -> tuple[str, ...]:
    """The dictionary forms of what the word may be with up to three diacritics that were left out; the fewest first."""
    places = [place for place, letter in enumerate(word) if letter in _BARE]
    tried: list[str] = []
    for number in range(1, MOST_RESTORED + 1):
        for chosen in combinations(places, number):
            for letters in product(*(_BARE[word[place]] for place in chosen)):
                with_them = list(word)
                for place, letter in zip(chosen, letters, strict=True):
                    with_them[place] = letter
                tried.append("".join(with_them))
                if len(tried) >= MOST_TRIED:
                    return _readings(dictionary, tuple(tried))
    return _readings(dictionary, tuple(tried)) if tried else ()


def _names_from(text: str, found: list[re.Match[str]], place: int, *, is_typed: bool) -> Iterator[int]:
    """The last words of the names that begin with this word: “ZC-415”, “525-10-05”, “ZC 415”, “e-mail”."""
    last, has_digits, has_letters = place, not found[place][0].isalpha(), found[place][0].isalpha()
    if place and _joint(text, found, place - 1) in _JOINTS:
        return
    while last + 1 < len(found) and last - place < MOST_PARTS and _joint(text, found, last) in _JOINTS:
        last += 1
        has_digits = has_digits or not found[last][0].isalpha()
    if last > place and (has_digits or _joint(text, found, place) == "-"):
        yield last
    if last > place or not has_letters or place + 1 >= len(found) or _joint(text, found, place) not in {" ", "\xa0"}:
        return
    head, number = found[place][0], found[place + 1][0]
    if len(head) <= NAME_MAX and number[0].isdigit() and len(number) > 1 and (is_typed or head.isupper()):
        yield place + 1


def _joint(text: str, found: list[re.Match[str]], place: int) -> str:
    return text[found[place].end():found[place + 1].start()] if place + 1 < len(found) else ""


def _is_loud(text: str) -> bool:
    """Whether a text of several words is all in capitals."""
    letters = [one for one in text[:2_000] if one.isalpha()]
    return len(text.split(None, 2)) > 1 and len(letters) > 2 * NAME_MAX and all(one.isupper() for one in letters)


_LOCK = threading.Lock()


@cache
def _dictionary() -> Any:
    """Morfeusz's dictionary, read at the first word (a tenth of a second); None where there is none."""
    if morfeusz2 is None:
        return None
    return morfeusz2.Morfeusz(expand_tags=False)._morfeusz_obj


def _stem(language: str, word: str) -> str:
    with _LOCK:
        return str(_stemmer(language)(word))


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    stem: Callable[[str], str] = Stemmer.Stemmer(language).stemWord
    return stem
