"""Postings: in which articles a word is, and how much it says about each.

They are plain tables of words and articles and not the databases' own full-text search, so that the same words give the
same hits in the same order on both, and so that what only agents may read counts for nobody else
(docs/decisions on search tells more). Every text has a level: who may read it, by its place in `vocabulary.LEVELS`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.orm import Session

from helpdesk.fulltext import vocabulary
from helpdesk.fulltext.vocabulary import LEVELS, Met
from helpdesk.fulltext.words import analyser, fold, words_in
from helpdesk.statements.prepared import Prepared

NAME = "knowledge"
# What a word says about an article, by where it is; in running text the second time says less than the first.
TITLE, KEYWORDS, SUMMARY, BODY = 60, 40, 20, (0, 6, 9, 11, 12)
MOST_WORDS = 20_000  # of one text


@dataclass(frozen=True)
class Text:
    """An article in one language, as plain text without marks. internal: the part for agents."""

    language: str
    title: str
    summary: str
    body: str
    internal: str = ""


@dataclass(frozen=True)
class Entry:
    """What is found of an article. level: who may read it. subjects: what it is about, by kind."""

    article_id: int
    level: int
    texts: Sequence[Text]
    keywords: str = ""
    subjects: Mapping[str, Iterable[int]] = field(default_factory=dict)


_ADD_TEXT = Prepared(text(
    "INSERT INTO search_text (article_id, language, level, is_internal, title, summary, keywords, body) "
    "VALUES (:article_id, :language, :level, :is_internal, :title, :summary, :keywords, :body)"))
_ADD_POSTING = Prepared(text("INSERT INTO search_posting (word_id, article_id, level, weight) "
                             "VALUES (:word_id, :article_id, :level, :weight)"))
_ADD_SUBJECT = Prepared(text("INSERT INTO search_subject (kind, subject_id, article_id) "
                             "VALUES (:kind, :subject_id, :article_id)"))
_POSTINGS = text("SELECT word_id, level FROM search_posting WHERE article_id = :article_id")
_DROP = (text("DELETE FROM search_posting WHERE article_id = :article_id"),
         text("DELETE FROM search_subject WHERE article_id = :article_id"),
         text("DELETE FROM search_text WHERE article_id = :article_id"))
_EMPTY = (text("DELETE FROM search_posting"), text("DELETE FROM search_subject"), text("DELETE FROM search_text"),
          text("DELETE FROM search_near"), text("DELETE FROM search_form"), text("DELETE FROM search_word"))
_FOUND = text("SELECT DISTINCT article_id FROM search_text WHERE article_id IN :ids").bindparams(
    bindparam("ids", type_=BigInteger(), expanding=True))
_DROP_SUBJECT = text("DELETE FROM search_subject WHERE kind = :kind AND article_id IN :ids").bindparams(
    bindparam("ids", type_=BigInteger(), expanding=True))
_STATE = text("SELECT analyser FROM search_state WHERE name = :name")
_REMEMBER = text("INSERT INTO search_state (name, analyser) VALUES (:name, :analyser) "
                 "ON CONFLICT (name) DO UPDATE SET analyser = excluded.analyser")


def put(session: Session, entry: Entry) -> None:
    """Let an article be found by these texts, and by no earlier ones of its own."""
    before = _take_out(session, entry.article_id)
    weights: dict[tuple[int, int], int] = {}
    for one in entry.texts:
        _put_text(session, entry, one, weights, is_internal=False)
        if one.internal.strip():
            _put_text(session, entry, one, weights, is_internal=True)
    if weights:
        _ADD_POSTING.send(session, *(
            {"word_id": word_id, "article_id": entry.article_id, "level": level, "weight": weight}
            for (word_id, level), weight in sorted(weights.items())))
    _count(session, weights, by=1)
    subjects = [{"kind": kind, "subject_id": subject_id, "article_id": entry.article_id}
                for kind, ids in entry.subjects.items() for subject_id in sorted(set(ids))]
    if subjects:
        _ADD_SUBJECT.send(session, *subjects)
    vocabulary.forget_unused(session, before)
    if find_analyser(session, NAME) is None:
        remember_analyser(session, NAME)


def drop(session: Session, article_id: int) -> None:
    """Let an article be found no more."""
    vocabulary.forget_unused(session, _take_out(session, article_id))


def put_subjects(session: Session, article_ids: Collection[int], subjects: Mapping[str, int]) -> None:
    """Let those of the articles that can be found be about these subjects, by kind, and about no others of the kind."""
    connection = session.connection()
    found = connection.execute(_FOUND, {"ids": list(article_ids)}).scalars().all() if article_ids else ()
    for kind, subject_id in sorted(subjects.items()) if found else ():
        connection.execute(_DROP_SUBJECT, {"kind": kind, "ids": found})
        _ADD_SUBJECT.send(session, *({"kind": kind, "subject_id": subject_id, "article_id": one}
                                     for one in sorted(found)))


def clear(session: Session) -> None:
    """Empty the index, to write it anew."""
    for statement in _EMPTY:
        session.connection().execute(statement)


def is_stale(session: Session, name: str = NAME) -> bool:
    """Whether an index was written by another analyser than this machine's, or never."""
    return find_analyser(session, name) != analyser()


def find_analyser(session: Session, name: str) -> str | None:
    """Which analyser wrote an index; None if nothing did."""
    found: str | None = session.connection().execute(_STATE, {"name": name}).scalar()
    return found


def remember_analyser(session: Session, name: str) -> None:
    session.connection().execute(_REMEMBER, {"name": name, "analyser": analyser()})


def _put_text(session: Session, entry: Entry, one: Text, weights: dict[tuple[int, int], int], *,
              is_internal: bool) -> None:
    level = len(LEVELS) - 1 if is_internal else entry.level
    parts = ("", "", "", one.internal) if is_internal else (one.title, entry.keywords, one.summary, one.body)
    _ADD_TEXT.send(session, {
        "article_id": entry.article_id, "language": one.language, "level": level, "is_internal": int(is_internal),
        # Internal parts are shown under the title, and are not found by it: the article itself is.
        "title": one.title, "keywords": parts[1], "summary": parts[2], "body": parts[3]})
    told: Counter[str] = Counter()
    met: dict[tuple[str, str], str] = {}
    for part, weight in zip(parts, (TITLE, KEYWORDS, SUMMARY, 0), strict=True):
        found = Counter(_terms(part, one.language, met))
        for term, times in found.items():
            told[term] += weight or BODY[min(times, len(BODY) - 1)]
    ids = vocabulary.learn(session, [Met(form, term, shown) for (form, term), shown in met.items()],
                           language=one.language, level=level)
    for term, weight in told.items():
        key = (ids[term], level)
        weights[key] = weights.get(key, 0) + weight


def _terms(part: str, language: str, met: dict[tuple[str, str], str]) -> Iterable[str]:
    """The terms of a text, each as often as it is there; notes the forms in which they were met."""
    for number, word in enumerate(words_in(part, language=language)):
        if number >= MOST_WORDS:
            return
        form = word.terms[0] if word.is_whole else fold(word.written)[:vocabulary.FORM_MAX]
        for term, spelled in zip(word.terms, word.spelled, strict=True):
            # The dictionary form too, so that what is near to it is known even where only other forms were met.
            met.setdefault((term, term), spelled)
            met.setdefault((form, term), word.written.lower() if word.written[1:].islower() else word.written)
            yield term


def _take_out(session: Session, article_id: int) -> set[int]:
    """Take an article's rows away; gives the words that it had."""
    connection = session.connection()
    found = connection.execute(_POSTINGS, {"article_id": article_id}).all()
    _count(session, {(row.word_id, row.level): 0 for row in found}, by=-1)
    for statement in _DROP:
        connection.execute(statement, {"article_id": article_id})
    return {row.word_id for row in found}


def _count(session: Session, postings: Iterable[tuple[int, int]], *, by: int) -> None:
    """Count an article's words up or down, for each reader once."""
    lowest: dict[int, int] = {}
    for word_id, level in postings:
        lowest[word_id] = min(level, lowest.get(word_id, level))
    vocabulary.count(session, {word_id: [by if level <= reader else 0 for reader in range(len(LEVELS))]
                               for word_id, level in lowest.items()})
