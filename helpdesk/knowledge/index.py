"""The index: which articles say the words somebody looks for.

What is put here is what is read at this moment; `find` gives the best first.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_
from sqlalchemy.orm import Session, contains_eager

from helpdesk.catalogue import Service
from helpdesk.knowledge.articles import Article, ArticleVersion, Audience, Topic, published
from helpdesk.knowledge.markup import plain
from helpdesk.words import fold

MOST_WORDS = 8
EXTRACT = 220
LOOKED_THROUGH = 500


@dataclass(frozen=True)
class Piece:
    """A part of an extract; `is_hit` where it is what was looked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True)
class Hit:
    """A version that fits, how well, and where it says so."""

    version: ArticleVersion
    score: float
    extract: tuple[Piece, ...] = ()


def put(session: Session, version: ArticleVersion) -> None:
    """Let the version be found from now on, instead of the one before it."""


def drop(session: Session, article_id: int) -> None:
    """Let the article be found no more."""


def find(session: Session, text: str, *, language: str, audiences: Collection[Audience], area_id: int | None = None,
         service_ids: Collection[int] = (), limit: int = 20) -> list[Hit]:
    """Published articles that say the words of `text`, the best first, with extracts in the language.

    audiences: as `audiences_of` gives them; what is for agents is only looked through and quoted for those with
    Audience.AGENTS among them. service_ids: articles about these come before equally good others.
    """
    words = [word for word in fold(text.replace("\x00", " ")).split() if len(word) > 1][:MOST_WORDS]
    if not words:
        return []
    query = published(audiences).options(contains_eager(ArticleVersion.article))
    if area_id is not None:
        query = query.join(Article.topic).where(Topic.area_id == area_id)
    if service_ids:
        query = query.order_by(ArticleVersion.services.any(Service.id.in_(list(service_ids))).desc())
    query = query.where(or_(ArticleVersion.title_pl != "", ArticleVersion.title_en != ""))
    hits = [_rate(version, words, language, with_internal=Audience.AGENTS in audiences)
            for version in session.scalars(query.order_by(ArticleVersion.id).limit(LOOKED_THROUGH))]
    return sorted((hit for hit in hits if hit.score), key=lambda hit: -hit.score)[:limit]


def _rate(version: ArticleVersion, words: list[str], language: str, *, with_internal: bool) -> Hit:
    said = plain(" \n\n".join((version.body(language), version.internal(language) if with_internal else "")))
    title, body = fold(f"{version.title_pl} {version.title_en} {version.keywords}"), fold(
        f"{version.summary_pl} {version.summary_en} {said}")
    score = sum(3.0 * (word in title) + (word in body) for word in words)
    return Hit(version, score if all(word in title or word in body for word in words) else 0.0,
               (Piece(said[:EXTRACT]),))
