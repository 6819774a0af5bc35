"""The vocabulary of a full-text index: its words, the forms they were met in, and what is near to a mistyped one.

A word belongs to a language. Everybody has a vocabulary of their own: of words and forms that occur only where somebody
may not read, nothing is known to them, so that no count, no beginning and no correction tells of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import BigInteger, String, TextClause, bindparam, text
from sqlalchemy.orm import Session

from helpdesk.fulltext.words import Word, fold, is_known
from helpdesk.statements.prepared import Prepared

# Who may read something: the column that counts the articles that have a word.
LEVELS = ("everyone", "signed_in", "agents")
BEGINNING = 7  # letters of a form by which what is near to it is found: as the index on forms has it
MOST_BEGUN, MOST_BEGINNINGS, MOST_NEAR = 60, 500, 2_000
MOST_CORRECTED = 3
FORM_MAX, SHOWN_MAX = 40, 60


@dataclass(frozen=True)
class Known:
    """A word of the vocabulary. articles: how many have it."""

    id: int
    language: str
    term: str
    articles: int


@dataclass(frozen=True)
class Meant:
    """A known form that is near to one that is not known. shown: as it was met, with its diacritics."""

    shown: str
    words: tuple[Known, ...]


@dataclass(frozen=True)
class Met:
    """A form in which a word was met in a text."""

    form: str
    term: str
    shown: str


_IDS_OF = text("SELECT term, id FROM search_word WHERE language = :language AND term IN :terms").bindparams(
    bindparam("terms", type_=String(), expanding=True))
_ADD_WORD = Prepared(text("INSERT INTO search_word (language, term, everyone, signed_in, agents) "
                          "VALUES (:language, :term, 0, 0, 0) ON CONFLICT DO NOTHING"))
_ADD_FORM = Prepared(text(
    "INSERT INTO search_form (form, language, word_id, level, is_name, shown) "
    "VALUES (:form, :language, :word_id, :level, :is_name, :shown) ON CONFLICT (form, language, word_id) "
    "DO UPDATE SET level = excluded.level, shown = excluded.shown WHERE search_form.level > excluded.level"))
_ADD_NEAR = Prepared(text(
    "INSERT INTO search_near (near, beginning) VALUES (:near, :beginning) ON CONFLICT DO NOTHING"))
_BEGINNINGS = text("SELECT beginning FROM search_near WHERE near = beginning AND near IN :wanted").bindparams(
    bindparam("wanted", type_=String(), expanding=True))
_COUNT = Prepared(text("UPDATE search_word SET everyone = everyone + :everyone, signed_in = signed_in + :signed_in, "
                       "agents = agents + :agents WHERE id = :id"))
_FORGET = tuple(text(statement).bindparams(bindparam("ids", type_=BigInteger(), expanding=True)) for statement in (
    "DELETE FROM search_form WHERE word_id IN (SELECT id FROM search_word WHERE id IN :ids AND agents <= 0)",
    "DELETE FROM search_word WHERE id IN :ids AND agents <= 0"))


def _by_level(template: str, *lists: str) -> tuple[TextClause, ...]:
    """The statement for each kind of reader: KNOWN are the words that are known to them, with their articles."""
    return tuple(text(
        template.replace("KNOWN", "search_word.id, search_word.language, search_word.term, COUNT AS articles")
        .replace("COUNT", f"search_word.{column}").replace("LEVEL", str(level)).replace("MOST", str(MOST_NEAR)))
        .bindparams(*(bindparam(name, type_=String(), expanding=True) for name in lists))
        for level, column in enumerate(LEVELS))


_RECOGNISE = _by_level(
    "SELECT form AS typed, KNOWN FROM search_form JOIN search_word ON search_word.id = search_form.word_id "
    "WHERE form IN :forms AND level <= LEVEL AND COUNT > 0 UNION "
    "SELECT term, KNOWN FROM search_word WHERE term IN :terms AND COUNT > 0", "forms", "terms")
_BEGUN = _by_level(
    "SELECT KNOWN, form FROM search_form JOIN search_word ON search_word.id = search_form.word_id "
    "WHERE form > :beginning AND form < :end AND level <= LEVEL AND COUNT > 0 AND is_name >= :is_name "
    "ORDER BY form, search_word.id LIMIT :most")
# In two statements: PostgreSQL reads all forms where it does not see how few beginnings there are. A form that is no
# longer than a beginning is one itself.
_NEAR = text("SELECT DISTINCT beginning FROM search_near WHERE near IN :near "
             "ORDER BY beginning LIMIT :most").bindparams(bindparam("near", type_=String(), expanding=True))
# The forms first and their order afterwards: asked for both at once, PostgreSQL, once it plans without knowing the
# beginnings, walks through all forms in their order until it has met enough.
_WITH_BEGINNING = _by_level(
    "WITH met AS MATERIALIZED (SELECT form, shown, word_id FROM search_form "
    "WHERE substr(form, 1, 7) IN :beginnings AND level <= LEVEL AND is_name = 0) "
    "SELECT form, shown, KNOWN FROM met JOIN search_word ON search_word.id = met.word_id WHERE COUNT > 0 "
    "ORDER BY form, search_word.id LIMIT MOST", "beginnings")
_FORMS = text("SELECT word_id, form FROM search_form WHERE word_id IN :ids").bindparams(
    bindparam("ids", type_=BigInteger(), expanding=True))
_LAST = "\U0010ffff"


def learn(session: Session, met: Collection[Met], *, language: str, level: int) -> dict[str, int]:
    """Take words and their forms into the vocabulary; gives the ids of the terms. Nothing is counted yet."""
    if not met:
        return {}
    terms = sorted({one.term for one in met})
    ids = _ids_of(session, terms, language)
    missing = [term for term in terms if term not in ids]
    if missing:
        _ADD_WORD.send(session, *({"language": language, "term": term} for term in missing))
        ids |= _ids_of(session, missing, language)
    _ADD_FORM.send(session, *(
        {"form": one.form, "language": language, "word_id": ids[one.term], "level": level,
         "is_name": int(not one.form.isalpha()), "shown": one.shown[:SHOWN_MAX]}
        for one in sorted(met, key=lambda one: (one.form, one.term))))
    _learn_near(session, {one.form for one in met})
    return ids


def count(session: Session, changes: Mapping[int, Iterable[int]]) -> None:
    """Change in how many articles words are. changes: by word, for everyone, those signed in and agents."""
    many = [{"id": word_id, **dict(zip(LEVELS, change, strict=True))} for word_id, change in sorted(changes.items())]
    if many:
        _COUNT.send(session, *many)


def forget_unused(session: Session, word_ids: Collection[int]) -> None:
    """Let those of the words go that no article has any more."""
    for statement in _FORGET if word_ids else ():
        session.connection().execute(statement, {"ids": sorted(word_ids)})


def recognise(session: Session, words: Collection[Word], *, level: int) -> dict[Word, set[Known]]:
    """The known words that each typed one may be: by a form that was met, or by its dictionary forms.

    words: typed ones, whose terms may be of any language.
    """
    if not words:
        return {}
    forms = {fold(word.written) for word in words if not word.is_whole}
    terms = {term for word in words for term in word.terms}
    rows = session.connection().execute(_RECOGNISE[level], {"forms": sorted(forms), "terms": sorted(terms)}).all()
    by_typed: dict[str, set[Known]] = {}
    for row in rows:
        by_typed.setdefault(row.typed, set()).add(Known(row.id, row.language, row.term, row.articles))
    return {word: {known for typed in {*word.terms, *([] if word.is_whole else [fold(word.written)])}
                   for known in by_typed.get(typed, ())} for word in words}


def find_begun(session: Session, beginning: str, *, level: int, only_names: bool) -> list[Known]:
    """The known words that have a form which begins like this, no more than MOST_BEGUN."""
    rows = session.connection().execute(_BEGUN[level], {
        "beginning": beginning, "end": beginning + _LAST, "is_name": int(only_names), "most": MOST_BEGUN})
    return list(dict.fromkeys(Known(row.id, row.language, row.term, row.articles) for row in rows))


def find_meant(session: Session, typed: str, *, language: str, level: int) -> Meant | None:
    """What was probably meant by a word that nobody knows; None for a word that the dictionary has."""
    form = fold(typed)
    most = _errors_in(form)
    if not most or is_known(typed):
        return None
    connection = session.connection()
    beginnings = connection.execute(_NEAR, {
        "near": sorted(set(_near(form[:BEGINNING], most))), "most": MOST_BEGINNINGS}).scalars().all()
    rows = connection.execute(_WITH_BEGINNING[level], {"beginnings": beginnings}).all() if beginnings else ()
    best: tuple[int, bool, bool, int, str] | None = None
    found: dict[str, tuple[str, list[Known]]] = {}
    for row in rows:
        if abs(len(row.form) - len(form)) > most:
            continue
        shown, known = found.setdefault(row.form, (row.shown, []))
        known.append(Known(row.id, row.language, row.term, row.articles))
        far = distance(form, row.form, most=most)
        if far <= most:
            rank = (far, row.language != language, row.form[0] != form[0], -row.articles, row.form)
            best = min(best, rank) if best else rank
    if best is None:
        return None
    shown, known = found[best[-1]]
    return Meant(shown, tuple(known))


def forms_of(session: Session, word_ids: Collection[int]) -> dict[int, set[str]]:
    """The forms in which words were met, to mark them in texts."""
    rows = session.connection().execute(_FORMS, {"ids": sorted(word_ids)}) if word_ids else ()
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.word_id, set()).add(row.form)
    return found


def distance(one: str, other: str, *, most: int) -> int:
    """How many letters were left out, added, mistaken or swapped with their neighbour; beyond `most`, more than it."""
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    if not one or not other or abs(len(one) - len(other)) > most:
        return max(len(one), len(other))
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for column, against in enumerate(other, start=1):
            cost = min(here[-1] + 1, above[column] + 1, above[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        if min(here) > most:
            return most + 1
        before, above = above, here
    return above[-1]


def _errors_in(form: str) -> int:
    """How many errors are believed of a word."""
    if len(form) < 4 or not form.isalpha():
        return 0
    return 1 if len(form) <= BEGINNING else 2


def _near(beginning: str, errors: int) -> Iterator[str]:
    """What is left of a beginning when so many letters are left out, or fewer."""
    for number in range(min(errors, len(beginning) - 1) + 1):
        for gone in combinations(range(len(beginning)), number):
            yield "".join(letter for place, letter in enumerate(beginning) if place not in gone)


def _learn_near(session: Session, forms: Collection[str]) -> None:
    """Let forms be found by what is near to them; most beginnings are known already."""
    beginnings = {form[:BEGINNING] for form in forms if len(form) >= 3 and form.isalpha()}
    if not beginnings:
        return
    beginnings -= set(session.connection().execute(_BEGINNINGS, {"wanted": sorted(beginnings)}).scalars())
    many = [{"near": near, "beginning": beginning} for beginning in sorted(beginnings)
            for near in sorted(set(_near(beginning, 2 if len(beginning) == BEGINNING else 1)))]
    if many:
        _ADD_NEAR.send(session, *many)


def _ids_of(session: Session, terms: Collection[str], language: str) -> dict[str, int]:
    rows = session.connection().execute(_IDS_OF, {"language": language, "terms": list(terms)})
    return {row.term: row.id for row in rows}
