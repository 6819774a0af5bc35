"""Articles: topics of the catalogue's areas, articles with a lasting address, and their versions in two languages."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, contains_eager, joinedload, mapped_column, relationship, selectinload

from helpdesk.catalogue import Area, Bilingual, Classification, Service
from helpdesk.database import Record
from helpdesk.errors import NotFound
from helpdesk.languages import LANGUAGES
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, may

TITLE_MAX, SUMMARY_MAX, BODY_MAX, KEYWORDS_MAX, REMARK_MAX = 160, 400, 40_000, 400, 2_000
SLUG_MAX = 80
NAMED_MOST = 8


class State(StrEnum):
    """Where a version of an article stands."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


S = State
NEXT: Mapping[State, frozenset[State]] = {
    S.DRAFT: frozenset({S.REVIEW, S.DROPPED}),
    S.REVIEW: frozenset({S.DRAFT, S.APPROVED, S.DROPPED}),
    S.APPROVED: frozenset({S.DRAFT, S.PUBLISHED, S.DROPPED}),
    S.PUBLISHED: frozenset({S.REPLACED, S.WITHDRAWN}),
    S.REPLACED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.DROPPED: frozenset(),
}
# Those of which an article has one at most: what is being written, beside what is being read.
OPEN = (S.DRAFT, S.REVIEW, S.APPROVED)
_IS_OPEN = text("state IN ('draft', 'review', 'approved')")
_IS_PUBLISHED = text("state = 'published'")


class Audience(StrEnum):
    """Who may read a published article."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed_in"
    AGENTS = "agents"


class Topic(Bilingual, Record):
    """A shelf of articles in an area of the catalogue. changed_at: by an editor, since when files leave it alone."""

    __tablename__ = "topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None]
    area: Mapped[Area] = relationship()


class TopicAddress(Record):
    """The address of a topic that is gone; topic_id: the one that took its articles, if there were any."""

    __tablename__ = "topic_address"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), index=True)


class Article(Record):
    """What its versions are versions of: one address for good, and how often it was read and helped."""

    __tablename__ = "article"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_MAX), unique=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    # When an editor put it on another shelf, since when files leave it there.
    placed_at: Mapped[datetime | None]
    # Who looks after it and is told when it is due for review; nobody's articles are every editor's.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # The ticket whose solution it was made of.
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    readings: Mapped[int] = mapped_column(default=0)
    helped: Mapped[int] = mapped_column(default=0)
    not_helped: Mapped[int] = mapped_column(default=0)
    # How many requests were not sent because it answered them while the form was being filled in.
    spared: Mapped[int] = mapped_column(default=0)
    # Since when its owner knows that it is due for review.
    reminded_on: Mapped[date | None]
    created_at: Mapped[datetime]
    topic: Mapped[Topic] = relationship()
    owner: Mapped[Person | None] = relationship()


class ArticleService(Record):
    """A service that a version is about."""

    __tablename__ = "article_service"
    version_id: Mapped[int] = mapped_column(ForeignKey("article_version.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)


class ArticleClassification(Record):
    """A classification that a version is about: a request of this kind may be spared by it."""

    __tablename__ = "article_classification"
    version_id: Mapped[int] = mapped_column(ForeignKey("article_version.id", ondelete="CASCADE"), primary_key=True)
    classification_id: Mapped[int] = mapped_column(ForeignKey("classification.id"), primary_key=True, index=True)


class ArticleVersion(Record):
    """One version of an article: both languages, who wrote and who approved it, until when it is good.

    Bodies are Markdown (helpdesk.knowledge.markup). internal_*: for agents only. `revision` changes with every edit,
    so that of two who edit at once the second is told. author_id is None for what came in a file.
    """

    __tablename__ = "article_version"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        Index("uq_article_version_open", "article_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        Index("uq_article_version_published", "article_id", unique=True, sqlite_where=_IS_PUBLISHED,
              postgresql_where=_IS_PUBLISHED),
        Index("ix_article_version_state_review", "state", "review_by"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=State.DRAFT.value)
    audience: Mapped[str] = mapped_column(String(20), default=Audience.EVERYONE.value)
    title_pl: Mapped[str] = mapped_column(String(TITLE_MAX), default="")
    title_en: Mapped[str] = mapped_column(String(TITLE_MAX), default="")
    summary_pl: Mapped[str] = mapped_column(String(SUMMARY_MAX), default="")
    summary_en: Mapped[str] = mapped_column(String(SUMMARY_MAX), default="")
    body_pl: Mapped[str] = mapped_column(Text, default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    internal_pl: Mapped[str] = mapped_column(Text, default="")
    internal_en: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[str] = mapped_column(String(KEYWORDS_MAX), default="")
    # What the author says about the change, and what the reviewer answered.
    change: Mapped[str] = mapped_column(String(REMARK_MAX), default="")
    remark: Mapped[str] = mapped_column(String(REMARK_MAX), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    # Everybody who has written in it: none of them may review it.
    writer_ids: Mapped[list[Any]] = mapped_column(default=list)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    review_by: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    article: Mapped[Article] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    reviewer: Mapped[Person | None] = relationship(foreign_keys=[reviewer_id])
    services: Mapped[list[Service]] = relationship(secondary="article_service", order_by=Service.position)
    classifications: Mapped[list[Classification]] = relationship(
        secondary="article_classification", order_by=Classification.id)

    @property
    def titles(self) -> dict[str, str]:
        """The title by language."""
        return {language: self.title(language) for language in LANGUAGES}

    def title(self, language: str) -> str:
        return self._in(language, "title")

    def summary(self, language: str) -> str:
        return self._in(language, "summary")

    def body(self, language: str) -> str:
        return self._in(language, "body")

    def internal(self, language: str) -> str:
        return self._in(language, "internal")

    @property
    def is_open(self) -> bool:
        return State(self.state) in OPEN

    def _in(self, language: str, name: str) -> str:
        """The text in the language, or in the other one where there is none yet."""
        polish, english = getattr(self, f"{name}_pl"), getattr(self, f"{name}_en")
        return str(english or polish if language == "en" else polish or english)


def audiences_of(person: Person | None) -> frozenset[Audience]:
    """The kinds of articles that the person may read."""
    found = {Audience.EVERYONE}
    if may(person, Act.USE_DESK):
        found.add(Audience.SIGNED_IN)
    if may(person, Act.READ_INSIDE):
        found.add(Audience.AGENTS)
    return frozenset(found)


def get_article(session: Session, slug: str) -> Article:
    article = session.scalar(select(Article).where(Article.slug == slug).options(
        joinedload(Article.topic).joinedload(Topic.area), joinedload(Article.owner).lazyload(Person.memberships)))
    if article is None:
        raise NotFound()
    return article


def get_published(session: Session, slug: str, *, audiences: Collection[Audience]) -> ArticleVersion:
    """What is read at the address now. Raises NotFound for whom it is not meant."""
    version = session.scalar(_whole(published(audiences)).where(Article.slug == slug))
    if version is None:
        raise NotFound()
    return version


def find_open(session: Session, article_id: int) -> ArticleVersion | None:
    """The version that is being written, if there is one."""
    return session.scalar(_whole(select(ArticleVersion).join(ArticleVersion.article)).where(
        ArticleVersion.article_id == article_id, ArticleVersion.state.in_([one.value for one in OPEN])))


def find_published(session: Session, article_id: int) -> ArticleVersion | None:
    """The version that is being read, whoever may read it."""
    return session.scalar(_whole(published(tuple(Audience))).where(ArticleVersion.article_id == article_id))


def get_version(session: Session, article: Article, number: int) -> ArticleVersion:
    version = session.scalar(_whole(select(ArticleVersion).join(ArticleVersion.article)).where(
        ArticleVersion.article_id == article.id, ArticleVersion.number == number))
    if version is None:
        raise NotFound()
    return version


def list_versions(session: Session, article: Article) -> list[ArticleVersion]:
    """All versions, the newest first, with their authors and reviewers."""
    return list(session.scalars(
        select(ArticleVersion).where(ArticleVersion.article_id == article.id).order_by(ArticleVersion.number.desc())
        .options(joinedload(ArticleVersion.author).lazyload(Person.memberships),
                 joinedload(ArticleVersion.reviewer).lazyload(Person.memberships))))


def list_in_states(session: Session, states: Collection[State], *, words: str = "",
                   most: int = 200) -> list[ArticleVersion]:
    """Versions in these states with their articles, topics and people, the last changed first.

    words: only those whose titles, keywords or address hold all of them.
    """
    people = (ArticleVersion.author, ArticleVersion.reviewer)
    return list(session.scalars(
        select(ArticleVersion).join(ArticleVersion.article)
        .where(ArticleVersion.state.in_([one.value for one in states]), *map(_names, words.split()[:NAMED_MOST]))
        .options(contains_eager(ArticleVersion.article).options(
            joinedload(Article.topic), joinedload(Article.owner).lazyload(Person.memberships)),
            *(joinedload(one).lazyload(Person.memberships) for one in people))
        .order_by(ArticleVersion.changed_at.desc(), ArticleVersion.id.desc()).limit(most)))


def _names(word: str) -> ColumnElement[bool]:
    """Whether an article is called by the word. SQLite folds ASCII letters only, hence the three ways to write it."""
    places = (ArticleVersion.title_pl, ArticleVersion.title_en, ArticleVersion.keywords, Article.slug)
    forms = {word.lower(), word.capitalize(), word.upper()}
    return or_(*(place.icontains(form, autoescape=True) for place in places for form in sorted(forms)))


def count_states(session: Session) -> dict[str, int]:
    """How many versions there are in each state."""
    return {row[0]: row[1] for row in session.execute(
        select(ArticleVersion.state, func.count()).group_by(ArticleVersion.state))}


def list_topics(session: Session) -> list[Topic]:
    """Every topic in the order of the areas."""
    return list(session.scalars(select(Topic).join(Topic.area).options(contains_eager(Topic.area))
                                .order_by(Area.position, Area.id, Topic.position, Topic.id)))


def list_shelves(session: Session) -> list[tuple[Area, list[Topic]]]:
    """The topics by area, both in their order; areas without any are left out."""
    shelves: dict[int, tuple[Area, list[Topic]]] = {}
    for topic in list_topics(session):
        shelves.setdefault(topic.area_id, (topic.area, []))[1].append(topic)
    return list(shelves.values())


def find_topic(session: Session, key: str) -> Topic | None:
    return session.scalar(select(Topic).where(Topic.key == key).options(joinedload(Topic.area)))


def find_gone_topic(session: Session, key: str) -> TopicAddress | None:
    """Where the address of a topic leads that is no longer there."""
    return session.get(TopicAddress, key)


def count_by_topic(session: Session, *, audiences: Collection[Audience]) -> dict[int, int]:
    """How many articles may be read, by the id of their topic."""
    rows = session.execute(select(Article.topic_id, func.count()).join(
        ArticleVersion, ArticleVersion.article_id == Article.id).where(
        ArticleVersion.state == State.PUBLISHED.value, ArticleVersion.audience.in_(_values(audiences)))
        .group_by(Article.topic_id))
    return {row[0]: row[1] for row in rows}


def list_published(session: Session, *, audiences: Collection[Audience], topic_id: int | None = None,
                   service_ids: Collection[int] = (), classification_id: int | None = None,
                   most: int = 500) -> list[ArticleVersion]:
    """What may be read, the most helpful first: all of it, of a topic, or about a service or a classification."""
    query = published(audiences).options(contains_eager(ArticleVersion.article))
    if topic_id is not None:
        query = query.where(Article.topic_id == topic_id)
    if service_ids:
        query = query.where(ArticleVersion.services.any(Service.id.in_(list(service_ids))))
    if classification_id is not None:
        query = query.where(ArticleVersion.classifications.any(Classification.id == classification_id))
    return list(session.scalars(query.order_by(
        (Article.helped + Article.spared).desc(), Article.readings.desc(), Article.id).limit(most)))


def list_beside(session: Session, where: Classification, *, audiences: Collection[Audience],
                most: int) -> list[ArticleVersion]:
    """Articles about the classification, then those about its service."""
    about = ArticleVersion.classifications.any(Classification.id == where.id)
    return list(session.scalars(
        published(audiences).where(about | ArticleVersion.services.any(Service.id == where.service_id))
        .options(contains_eager(ArticleVersion.article))
        .order_by(about.desc(), (Article.helped + Article.spared).desc(), Article.id).limit(most)))


def published(audiences: Collection[Audience]) -> Select[ArticleVersion]:
    """The versions that are being read by these readers, joined with their articles."""
    return select(ArticleVersion).join(ArticleVersion.article).where(
        ArticleVersion.state == State.PUBLISHED.value,
        ArticleVersion.audience.in_(_values(audiences)))


def _values(audiences: Collection[Audience]) -> list[str]:
    return sorted(one.value for one in audiences)


def _whole(query: Select[ArticleVersion]) -> Select[ArticleVersion]:
    return query.options(
        contains_eager(ArticleVersion.article).options(
            joinedload(Article.topic).joinedload(Topic.area),
            joinedload(Article.owner).lazyload(Person.memberships)),
        joinedload(ArticleVersion.author).lazyload(Person.memberships),
        joinedload(ArticleVersion.reviewer).lazyload(Person.memberships),
        selectinload(ArticleVersion.services),
        selectinload(ArticleVersion.classifications).joinedload(Classification.service))
