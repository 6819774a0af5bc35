"""The index of the knowledge base: what is read at this moment, found by its words.

What is put here is a published version; `find` gives the best first, with the words marked in extracts.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from helpdesk.fulltext import postings
from helpdesk.fulltext.asking import Correction
from helpdesk.fulltext.extracts import Piece
from helpdesk.fulltext.finding import Wish
from helpdesk.fulltext.finding import find as find_entries
from helpdesk.fulltext.postings import Entry, Text
from helpdesk.knowledge.articles import Article, ArticleVersion, Audience, Topic, published
from helpdesk.knowledge.markup import plain
from helpdesk.languages import LANGUAGES

# Who may read an article, by the level of its entry (fulltext.vocabulary.LEVELS).
LEVELS = (Audience.EVERYONE, Audience.SIGNED_IN, Audience.AGENTS)
MOST_FAVOURED, FEW = 20, 5


@dataclass(frozen=True)
class Hit:
    """A version that fits: its title and an extract in pieces, in the language in which it was found.

    is_internal: only the part for agents says it.
    """

    version: ArticleVersion
    language: str
    title: tuple[Piece, ...]
    extract: tuple[Piece, ...]
    is_internal: bool = False


@dataclass(frozen=True)
class Found:
    """What was found, the best first.

    searched: the words as they were looked for, corrections included. corrections: what was mistyped and what was taken
    instead. unknown: words that no article has. is_partial: no article has the words, these have some of them.
    also: synonyms that were looked for too.
    """

    hits: tuple[Hit, ...] = ()
    searched: str = ""
    corrections: tuple[Correction, ...] = ()
    unknown: tuple[str, ...] = ()
    is_partial: bool = False
    also: tuple[str, ...] = ()

    @property
    def is_gap(self) -> bool:
        """Whether nothing answers what was asked, so that an article may be missing."""
        return not self.hits or self.is_partial

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)


def put(session: Session, version: ArticleVersion) -> None:
    """Let the published version be found from now on, instead of the one before it."""
    postings.put(session, Entry(
        version.article_id, LEVELS.index(Audience(version.audience)), [
            Text(language, _in(version, "title", language), plain(_in(version, "summary", language)),
                 plain(_in(version, "body", language)), plain(_in(version, "internal", language)))
            for language in LANGUAGES if _in(version, "title", language) or _in(version, "body", language)],
        version.keywords, {
            "service": [one.id for one in version.services],
            "classification": [one.id for one in version.classifications],
            "topic": [version.article.topic_id], "area": [version.article.topic.area_id]}))


def drop(session: Session, article_id: int) -> None:
    """Let the article be found no more."""
    postings.drop(session, article_id)


def reshelve(session: Session, article_ids: Collection[int], topic: Topic) -> None:
    """Let the articles be found within this topic and its area, and in no other."""
    postings.put_subjects(session, article_ids, {"topic": topic.id, "area": topic.area_id})


def is_stale(session: Session) -> bool:
    """Whether the index was written by another analyser than this machine's, so that it has to be written anew."""
    return postings.is_stale(session)


def rebuild(session: Session) -> int:
    """Write the index anew of everything that is published; gives how many articles."""
    postings.clear(session)
    versions = session.scalars(published(tuple(Audience)).options(
        contains_eager(ArticleVersion.article).joinedload(Article.topic)).order_by(ArticleVersion.article_id)).all()
    for version in versions:
        put(session, version)
    postings.remember_analyser(session, postings.NAME)
    return len(versions)


def find(session: Session, text: str, *, language: str, audiences: Collection[Audience], area_id: int | None = None,
         topic_id: int | None = None, service_ids: Collection[int] = (), classification_id: int | None = None,
         is_story: bool = False, limit: int = 20) -> Found:
    """Published articles that say the words of `text`, those in the language first, with extracts.

    audiences: as `audiences_of` gives them; what is for agents is only looked through and quoted for those with
    Audience.AGENTS among them. service_ids, classification_id: articles about these come before equally good others.
    is_story: the text tells what the matter is, as in a form; an article that has two of its rarer words fits.
    """
    within = {kind: [one] for kind, one in (("area", area_id), ("topic", topic_id)) if one is not None}
    wish = Wish(language, level=max((LEVELS.index(one) for one in audiences), default=0), own=frozenset(service_ids),
                classification_id=classification_id, within=within, most=limit, is_story=is_story)
    found = find_entries(session, text, wish, favour=lambda ids: _favoured(session, ids))
    versions = {version.article_id: version for version in session.scalars(
        published(audiences).where(Article.id.in_([hit.article_id for hit in found.hits])).options(
            contains_eager(ArticleVersion.article).joinedload(Article.topic)))} if found.hits else {}
    return Found(
        tuple(Hit(versions[hit.article_id], hit.language, tuple(hit.title), tuple(hit.extract), hit.is_internal)
              for hit in found.hits if hit.article_id in versions),
        found.searched, found.corrections, found.unknown, found.is_partial, found.also)


def _favoured(session: Session, ids: Collection[int]) -> dict[int, int]:
    """By how many hundredths articles are better because they helped: the more often, and the surer."""
    rows = session.execute(select(Article.id, Article.helped + Article.spared, Article.not_helped).where(
        Article.id.in_(ids)))
    # A few answers say little: five are added that say neither.
    return {article_id: MOST_FAVOURED * max(0, good - bad) // (good + bad + FEW) for article_id, good, bad in rows}


def _in(version: ArticleVersion, name: str, language: str) -> str:
    """The text in this language and no other."""
    text: str = getattr(version, f"{name}_{language}")
    return text
