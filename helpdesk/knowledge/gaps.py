"""Gaps: what readers look for and do not find, and what is asked for again and again without an article."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, contains_eager, joinedload, mapped_column

from helpdesk import audit
from helpdesk.catalogue import Classification, Service
from helpdesk.database import Record
from helpdesk.errors import NotFound
from helpdesk.fulltext.words import gist_of
from helpdesk.knowledge.articles import Article, ArticleClassification, ArticleVersion, State
from helpdesk.knowledge.privacy import is_personal
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, demand
from helpdesk.tickets import Ticket

WORDS_MAX, WORDS_MIN, GIST_MAX = 80, 3, 160
KEPT_MOST = 2_000
ASKED_WITHIN = timedelta(days=90)
# An article helped too few: so many said so, and so large a share of all.
UNHELPFUL_MIN, UNHELPFUL_SHARE = 3, 0.4
CITED = "%/knowledge/%"


class MissedSearch(Record):
    """Words that were looked for and found nothing, how often, and never by whom.

    gist: their dictionary forms, in whatever order, by which searches for the same are counted together; words: as they
    were typed last.
    """

    __tablename__ = "missed_search"
    __table_args__ = (UniqueConstraint("gist", "language"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    gist: Mapped[str] = mapped_column(String(GIST_MAX))
    words: Mapped[str] = mapped_column(String(WORDS_MAX))
    language: Mapped[str] = mapped_column(String(5))
    times: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    # An editor has dealt with it: it is listed again only when it is looked for again.
    done_at: Mapped[datetime | None]


class SettledKind(Record):
    """A kind of request of which an editor has said that it needs no article: only later solutions count again."""

    __tablename__ = "settled_kind"
    classification_id: Mapped[int] = mapped_column(ForeignKey("classification.id"), primary_key=True)
    done_at: Mapped[datetime]


@dataclass(frozen=True)
class Unanswered:
    """A classification whose requests were solved without an article: how many, of how many, and how many there are."""

    classification: Classification
    without: int
    solved: int
    articles: int


def words_kept(typed: str) -> str:
    """What is kept of a search: trimmed and in lower case; nothing of what looks personal."""
    words = " ".join(typed.replace("\x00", " ").casefold().split())
    if len(words) < WORDS_MIN or len(words) > WORDS_MAX or is_personal(words):
        return ""
    return words


def note_misses(session: Session, misses: Mapping[tuple[str, str], int], *, now: datetime) -> None:
    """Count searches without a hit. misses: (words as words_kept gives them, language) → how often."""
    for (words, language), times in sorted(misses.items()):
        gist = gist_of(words)[:GIST_MAX]
        counted = session.execute(
            update(MissedSearch).where(MissedSearch.gist == gist, MissedSearch.language == language).values(
                words=words, times=MissedSearch.times + times, last_at=now,
                done_at=None)).rowcount  # type: ignore[attr-defined]
        if not counted:
            session.add(MissedSearch(gist=gist, words=words, language=language, times=times, first_at=now,
                                     last_at=now))
            session.flush()
    session.flush()
    _forget_rare(session)


def list_misses(session: Session, *, most: int = 100) -> list[MissedSearch]:
    """Searches without a hit that nobody has dealt with, the most frequent first."""
    return list(session.scalars(select(MissedSearch).where(MissedSearch.done_at.is_(None)).order_by(
        MissedSearch.times.desc(), MissedSearch.last_at.desc(), MissedSearch.id).limit(most)))


def settle(session: Session, miss_id: int, *, by: Person, now: datetime) -> None:
    """An editor has dealt with a search without a hit."""
    demand(by, Act.EDIT_ARTICLES)
    miss = session.get(MissedSearch, miss_id)
    if miss is None:
        raise NotFound()
    miss.done_at = now
    session.flush()
    audit.record(session, "gap_settled", by=by.id, now=now, miss_id=miss_id)


def find_miss(session: Session, miss_id: int | None) -> MissedSearch | None:
    return session.get(MissedSearch, miss_id) if miss_id is not None else None


def settle_words(session: Session, phrases: Iterable[str], *, now: datetime) -> None:
    """Take searches for these off the list: they are synonyms now. What still finds nothing is listed again."""
    session.execute(update(MissedSearch).where(
        MissedSearch.gist.in_({gist_of(phrase)[:GIST_MAX] for phrase in phrases}), MissedSearch.done_at.is_(None))
        .values(done_at=now))
    session.flush()


def settle_kind(session: Session, classification_id: int, *, by: Person, now: datetime) -> None:
    """An editor has dealt with requests of a kind: those solved until now are listed no more."""
    demand(by, Act.EDIT_ARTICLES)
    if session.get(Classification, classification_id) is None:
        raise NotFound()
    session.merge(SettledKind(classification_id=classification_id, done_at=now))
    session.flush()
    audit.record(session, "gap_settled", by=by.id, now=now, classification_id=classification_id)


def list_unanswered(session: Session, *, now: datetime, most: int = 50) -> list[Unanswered]:
    """Classifications by how many of their requests were lately solved without naming an article."""
    without = func.count().filter(Ticket.solution.not_like(CITED))
    rows = session.execute(
        select(Ticket.classification_id, without, func.count())
        .outerjoin(SettledKind, SettledKind.classification_id == Ticket.classification_id)
        .where(Ticket.opened_at >= now - ASKED_WITHIN, Ticket.solved_at.is_not(None),
               Ticket.classification_id.is_not(None),
               SettledKind.done_at.is_(None) | (Ticket.solved_at > SettledKind.done_at))
        .group_by(Ticket.classification_id).order_by(without.desc(), Ticket.classification_id).limit(most)).all()
    ids = [row[0] for row in rows if row[0] is not None]
    known = {one.id: one for one in session.scalars(select(Classification).where(Classification.id.in_(ids)).options(
        joinedload(Classification.service).joinedload(Service.area)))}
    articles = _articles_by_classification(session, ids)
    return [Unanswered(known[key], missing, solved, articles.get(key, 0))
            for key, missing, solved in rows if key is not None and missing]


def list_unhelpful(session: Session, *, most: int = 50) -> list[ArticleVersion]:
    """Published articles of which too many readers said that they did not help."""
    return list(session.scalars(_published().where(
        Article.not_helped >= UNHELPFUL_MIN,
        Article.not_helped >= UNHELPFUL_SHARE * (Article.helped + Article.not_helped))
        .order_by(Article.not_helped.desc(), Article.id).limit(most)))


def list_due(session: Session, *, now: datetime, ahead: timedelta = timedelta(0),
             most: int = 100) -> list[ArticleVersion]:
    """Published articles whose day of review has come, or comes within `ahead`; the longest overdue first."""
    return list(session.scalars(_published().where(ArticleVersion.review_by <= (now + ahead).date())
                                .order_by(ArticleVersion.review_by, ArticleVersion.id).limit(most)))


def _published() -> Select[ArticleVersion]:
    return (select(ArticleVersion).join(ArticleVersion.article).options(
        contains_eager(ArticleVersion.article).joinedload(Article.owner).lazyload(Person.memberships))
        .where(ArticleVersion.state == State.PUBLISHED.value))


def _articles_by_classification(session: Session, ids: Iterable[int]) -> dict[int, int]:
    rows = session.execute(
        select(ArticleClassification.classification_id, func.count())
        .join(ArticleVersion, ArticleVersion.id == ArticleClassification.version_id)
        .where(ArticleVersion.state == State.PUBLISHED.value,
               ArticleClassification.classification_id.in_(list(ids)))
        .group_by(ArticleClassification.classification_id))
    return {row[0]: row[1] for row in rows}


def _forget_rare(session: Session) -> None:
    """Keep no more than so many: the rarest and oldest go first."""
    over = (session.scalar(select(func.count(MissedSearch.id))) or 0) - KEPT_MOST
    if over > 0:
        rarest = select(MissedSearch).order_by(MissedSearch.times, MissedSearch.last_at).limit(over)
        for miss in session.scalars(rarest):
            session.delete(miss)
        session.flush()
