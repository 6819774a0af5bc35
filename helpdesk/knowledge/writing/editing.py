"""Editing: a version is written, reviewed by somebody else, published, and some day withdrawn or replaced."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import audit, outbox
from helpdesk.errors import Conflict, DeskError
from helpdesk.knowledge import index
from helpdesk.knowledge.articles import (
    NEXT,
    REMARK_MAX,
    Article,
    ArticleVersion,
    State,
    Topic,
    find_open,
    find_published,
)
from helpdesk.knowledge.writing.content import Content, add_version, check, first_free, slug_of, write
from helpdesk.knowledge.writing.owners import list_editors
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, demand, may

GOOD_FOR = timedelta(days=365)
LONGEST = timedelta(days=3 * 365)
# Addresses beside those of the articles, where they are read and where they are written.
RESERVED = {"topics", "pictures", "suggestions", "new", "preview", "from", "gaps", "synonyms", "owners"}


class ChangedMeanwhile(Conflict):
    """{name} has saved this article since you opened it. Your text is kept below; compare it with theirs and save again."""  # noqa: E501


class AlreadyOpen(Conflict):
    """A new version of this article is already being written."""


class WrongState(Conflict):
    """This cannot be done with a version that is {state} now."""


class OwnArticle(DeskError):
    """Somebody else has to review what you have written."""


class NoReason(DeskError):
    """Say why, in at least {least} characters."""


class BadDay(DeskError):
    """The day of the next review must lie between tomorrow and three years from now."""


REASON_MIN = 5


def begin(session: Session, content: Content, *, topic: Topic, by: Person, now: datetime,
          ticket_id: int | None = None) -> ArticleVersion:
    """A new article with its first draft. Raises TextTooLong."""
    demand(by, Act.WRITE_ARTICLES)
    article = Article(slug=_free_slug(session, content.title_pl or content.title_en), topic_id=topic.id,
                      owner_id=by.id, ticket_id=ticket_id, created_at=now)
    session.add(article)
    session.flush()
    version = add_version(session, article, content, author_id=by.id, now=now)
    _record(session, "article_begun", version, by=by, now=now)
    return version


def revise(session: Session, article: Article, *, by: Person, now: datetime) -> ArticleVersion:
    """A new draft that says what is published now. Raises AlreadyOpen."""
    demand(by, Act.WRITE_ARTICLES)
    if find_open(session, article.id) is not None:
        raise AlreadyOpen()
    before = find_published(session, article.id) or session.scalars(
        select(ArticleVersion).where(ArticleVersion.article_id == article.id)
        .order_by(ArticleVersion.number.desc()).limit(1)).one()
    version = add_version(session, article, replace(Content.of(before), change=""), author_id=by.id, now=now)
    _record(session, "article_revised", version, by=by, now=now)
    return version


def keep(session: Session, version: ArticleVersion, content: Content, *, seen: int, by: Person,
         now: datetime) -> None:
    """Save what was typed into a draft. seen: the revision that the writer started from.

    Raises ChangedMeanwhile when somebody else has saved since, WrongState, TextTooLong.
    """
    demand(by, Act.WRITE_ARTICLES)
    if version.state != State.DRAFT.value:
        raise WrongState(state=version.state)
    if version.revision != seen:
        raise ChangedMeanwhile(name=_last_writer(session, version))
    if content == Content.of(version):
        return
    write(session, version, content, now=now)
    version.writer_ids = [*(one for one in version.writer_ids if one != by.id), by.id]
    session.flush()
    _record(session, "article_kept", version, by=by, now=now)


def submit(session: Session, version: ArticleVersion, *, by: Person, now: datetime) -> None:
    """Give the draft to somebody else to review. Raises Incomplete, NotAsAllowed."""
    demand(by, Act.WRITE_ARTICLES)
    check(version)
    _move(version, State.REVIEW, now=now)
    version.remark = ""
    session.flush()
    _record(session, "article_submitted", version, by=by, now=now)
    for reader in list_editors(session):
        if not _wrote(version, reader):
            _write_to(session, reader, "article_to_review", version, now=now, editor=by.name)


def approve(session: Session, version: ArticleVersion, *, remark: str, by: Person, now: datetime) -> None:
    """The reviewer finds it right. Raises OwnArticle for whoever wrote in it."""
    demand(by, Act.EDIT_ARTICLES)
    if by.id == version.author_id or by.id in version.writer_ids:
        raise OwnArticle()
    _move(version, State.APPROVED, now=now)
    version.reviewer_id, version.reviewed_at, version.remark = by.id, now, _short(remark)
    session.flush()
    _record(session, "article_approved", version, by=by, now=now)


def send_back(session: Session, version: ArticleVersion, *, remark: str, by: Person, now: datetime) -> None:
    """Back to its author, with a remark that says why; whoever wrote it may also take it back."""
    if not may_take_back(version, by):
        demand(by, Act.EDIT_ARTICLES)
    if not _wrote(version, by) and len(remark.strip()) < REASON_MIN:
        raise NoReason(least=REASON_MIN)
    _move(version, State.DRAFT, now=now)
    version.reviewer_id = version.reviewed_at = None
    version.remark = _short(remark)
    session.flush()
    _record(session, "article_sent_back", version, by=by, now=now)
    author = session.get(Person, version.author_id) if version.author_id else None
    if author is not None and author.id != by.id:
        _write_to(session, author, "article_sent_back", version, now=now, editor=by.name, remark=version.remark)


def publish(session: Session, version: ArticleVersion, *, review_by: date | None = None, by: Person,
            now: datetime) -> None:
    """Let an approved version be read from now on, instead of the one before it. Raises WrongState, BadDay."""
    demand(by, Act.EDIT_ARTICLES)
    if version.reviewer_id is None:
        raise WrongState(state=version.state)
    put_out(session, version, review_by=_good_day(review_by, now=now), now=now)
    _record(session, "article_published", version, by=by, now=now)


def withdraw(session: Session, version: ArticleVersion, *, reason: str, by: Person, now: datetime) -> None:
    """Take a published version away from its readers. Raises NoReason."""
    demand(by, Act.EDIT_ARTICLES)
    if len(reason.strip()) < REASON_MIN:
        raise NoReason(least=REASON_MIN)
    _move(version, State.WITHDRAWN, now=now)
    version.ended_at, version.remark = now, _short(reason)
    session.flush()
    index.drop(session, version.article_id)
    _record(session, "article_withdrawn", version, by=by, now=now)


def drop(session: Session, version: ArticleVersion, *, by: Person, now: datetime) -> None:
    """Give up a version that was not published; it stays in the history."""
    if not may_take_back(version, by):
        demand(by, Act.EDIT_ARTICLES)
    _move(version, State.DROPPED, now=now)
    version.ended_at = now
    session.flush()
    _record(session, "article_dropped", version, by=by, now=now)


def confirm(session: Session, version: ArticleVersion, *, review_by: date | None, by: Person, now: datetime) -> None:
    """Say that what is published is still right, and until when. Raises BadDay."""
    demand(by, Act.EDIT_ARTICLES)
    if version.state != State.PUBLISHED.value:
        raise WrongState(state=version.state)
    version.review_by, version.reviewed_at = _good_day(review_by, now=now), now
    version.article.reminded_on = None
    version.revision += 1
    session.flush()
    _record(session, "article_confirmed", version, by=by, now=now)


def put_out(session: Session, version: ArticleVersion, *, review_by: date, now: datetime) -> None:
    """Publish without asking who: the version before it is replaced, and the index learns of the new one."""
    before = find_published(session, version.article_id)
    if before is not None:
        before.state, before.ended_at = State.REPLACED.value, now
        # The unique index lets only one be published: the old one goes first.
        session.flush()
    _move(version, State.PUBLISHED, now=now)
    version.published_at, version.review_by = now, review_by
    version.article.reminded_on = None
    session.flush()
    index.put(session, version)


def may_review(version: ArticleVersion, person: Person) -> bool:
    """Whether the person is a second pair of eyes for it."""
    return may(person, Act.EDIT_ARTICLES) and not _wrote(version, person)


def may_take_back(version: ArticleVersion, person: Person) -> bool:
    """Whether the person may give it up, or make it a draft again: whoever wrote in it may, and every editor."""
    return may(person, Act.WRITE_ARTICLES if _wrote(version, person) else Act.EDIT_ARTICLES)


def _free_slug(session: Session, title: str) -> str:
    slug = slug_of(title)
    taken = RESERVED | set(session.scalars(select(Article.slug).where(Article.slug.startswith(slug, autoescape=True))))
    return first_free(slug, taken, "-")


def _move(version: ArticleVersion, state: State, *, now: datetime) -> None:
    if state not in NEXT[State(version.state)]:
        raise WrongState(state=version.state)
    version.state, version.changed_at, version.revision = state.value, now, version.revision + 1


def _wrote(version: ArticleVersion, person: Person) -> bool:
    return person.id == version.author_id or person.id in version.writer_ids


def _last_writer(session: Session, version: ArticleVersion) -> str:
    last = session.get(Person, version.writer_ids[-1]) if version.writer_ids else None
    return last.name if last else "?"


def _good_day(day: date | None, *, now: datetime) -> date:
    if day is None:
        return (now + GOOD_FOR).date()
    if not now.date() < day <= (now + LONGEST).date():
        raise BadDay()
    return day


def _short(text: str) -> str:
    return text.replace("\x00", "").strip()[:REMARK_MAX]


def _write_to(session: Session, to: Person, letter: str, version: ArticleVersion, *, now: datetime,
              **facts: Any) -> None:
    outbox.queue(session, to=to, text=letter, now=now, title=version.titles,
                 path=f"/articles/{version.article.slug}", **facts)


def _record(session: Session, act: str, version: ArticleVersion, *, by: Person | None, now: datetime) -> None:
    audit.record(session, act, by=by.id if by else None, now=now, article_id=version.article_id,
                 version=version.number)
