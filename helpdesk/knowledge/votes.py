"""Votes: whether an article helped, once for each person or visit, with a remark if they like."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, defer, joinedload, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.errors import DeskError
from helpdesk.knowledge.articles import Article, ArticleVersion
from helpdesk.people.accounts import Person
from helpdesk.people.signin import check_tries, count_try

REMARK_MAX = 1_000
# Votes without an account on one article in an hour: what is more is no readers.
VISITS_MOST = 120
HOUR = timedelta(hours=1)
KEPT_FOR = timedelta(days=180)


class ArticleVote(Record):
    """What one reader said of an article. voter: a key of the person or the visit, never who it was.

    spared: it was said while a request was being filled in, which was then not sent.
    """

    __tablename__ = "article_vote"
    __table_args__ = (UniqueConstraint("article_id", "voter"), Index("ix_article_vote_at", "voted_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    version_number: Mapped[int]
    voter: Mapped[str] = mapped_column(String(64))
    is_helpful: Mapped[bool]
    spared: Mapped[bool] = mapped_column(default=False)
    remark: Mapped[str] = mapped_column(String(REMARK_MAX), default="")
    language: Mapped[str] = mapped_column(String(5), default="pl")
    voted_at: Mapped[datetime]
    article: Mapped[Article] = relationship()


class RemarkTooLong(DeskError):
    """The remark is too long: at most {most} characters."""


def voter_of(person: Person | None, visit: str) -> str:
    """The key under which a reader's vote is found again; nothing can be read from it."""
    said = f"person:{person.id}" if person else f"visit:{visit}"
    return hashlib.sha256(said.encode()).hexdigest()[:40]


def find_vote(session: Session, article_id: int, voter: str) -> ArticleVote | None:
    return session.scalar(select(ArticleVote).where(ArticleVote.article_id == article_id, ArticleVote.voter == voter))


def vote(session: Session, version: ArticleVersion, *, voter: str, is_helpful: bool, now: datetime, remark: str = "",
         language: str = "pl", spared: bool = False, has_account: bool = True) -> ArticleVote:
    """Count what a reader says of the article; saying it again changes it. Raises RemarkTooLong, TooManyTries."""
    remark = remark.replace("\x00", "").strip()
    if len(remark) > REMARK_MAX:
        raise RemarkTooLong(most=REMARK_MAX)
    before = find_vote(session, version.article_id, voter)
    if before is None and not has_account:
        of = f"vote:{version.article_id}"
        check_tries(session, of, most=VISITS_MOST, within=HOUR, now=now)
        count_try(session, of, now=now)
    found = before or ArticleVote(article_id=version.article_id, voter=voter, is_helpful=is_helpful, spared=False)
    _count(session, version.article_id, helped=is_helpful - bool(before and before.is_helpful),
           not_helped=(not is_helpful) - bool(before and not before.is_helpful),
           spared=spared and not found.spared)
    found.version_number, found.is_helpful, found.voted_at = version.number, is_helpful, now
    found.spared, found.remark, found.language = found.spared or spared, remark or found.remark or "", language
    session.add(found)
    session.flush()
    return found


def list_remarks(session: Session, *, article_id: int | None = None, most: int = 50) -> list[ArticleVote]:
    """What readers wrote, the newest first."""
    query = select(ArticleVote).where(ArticleVote.remark != "").options(joinedload(ArticleVote.article))
    if article_id is not None:
        query = query.where(ArticleVote.article_id == article_id)
    return list(session.scalars(query.order_by(ArticleVote.voted_at.desc(), ArticleVote.id.desc()).limit(most)))


def read_titles(session: Session, votes: Sequence[ArticleVote], *, language: str) -> dict[int, str]:
    """What the articles voted on are called now, by their id."""
    versions = session.scalars(select(ArticleVersion).where(
        ArticleVersion.article_id.in_({one.article_id for one in votes})).order_by(ArticleVersion.number)
        .options(defer(ArticleVersion.body_pl), defer(ArticleVersion.body_en)))
    return {one.article_id: title for one in versions if (title := one.title(language))}


def forget_votes(session: Session, *, now: datetime) -> None:
    """Drop old votes that say nothing more; they stay counted on their articles."""
    session.execute(delete(ArticleVote).where(ArticleVote.voted_at < now - KEPT_FOR, ArticleVote.remark == ""))


def _count(session: Session, article_id: int, *, helped: int, not_helped: int, spared: int) -> None:
    session.execute(update(Article).where(Article.id == article_id).values(
        helped=Article.helped + helped, not_helped=Article.not_helped + not_helped,
        spared=Article.spared + int(spared)).execution_options(synchronize_session="fetch"))
