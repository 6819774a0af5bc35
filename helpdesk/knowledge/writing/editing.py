"""Editing: a version is written, reviewed by somebody else, published, and some day withdrawn or replaced."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from helpdesk import audit, outbox
from helpdesk.errors import Conflict, DeskError
from helpdesk.fulltext.words import fold
from helpdesk.knowledge import index
from helpdesk.knowledge.articles import (
    BODY_MAX,
    KEYWORDS_MAX,
    NEXT,
    REMARK_MAX,
    SLUG_MAX,
    SUMMARY_MAX,
    TITLE_MAX,
    Article,
    ArticleClassification,
    ArticleService,
    ArticleVersion,
    Audience,
    State,
    Topic,
    find_open,
    find_published,
)
from helpdesk.knowledge.markup import find_problems
from helpdesk.languages import LANGUAGES
from helpdesk.people.accounts import Person, Role, list_with_role
from helpdesk.people.policy import Act, demand, may

GOOD_FOR = timedelta(days=365)
LONGEST = timedelta(days=3 * 365)
LIMITS = {"title": TITLE_MAX, "summary": SUMMARY_MAX, "body": BODY_MAX, "internal": BODY_MAX}
MOST_LINKS = 40
# Addresses beside those of the articles.
RESERVED = {"topics", "pictures", "suggestions"}


@dataclass(frozen=True)
class Content:
    """What is written in a version."""

    title_pl: str = ""
    title_en: str = ""
    summary_pl: str = ""
    summary_en: str = ""
    body_pl: str = ""
    body_en: str = ""
    internal_pl: str = ""
    internal_en: str = ""
    keywords: str = ""
    change: str = ""
    audience: str = Audience.EVERYONE.value
    service_ids: tuple[int, ...] = ()
    classification_ids: tuple[int, ...] = ()

    @classmethod
    def of(cls, version: ArticleVersion) -> "Content":
        """What the version says now."""
        return cls(**{name: getattr(version, name) for name in TEXTS}, audience=version.audience,
                   service_ids=tuple(sorted(one.id for one in version.services)),
                   classification_ids=tuple(sorted(one.id for one in version.classifications)))


TEXTS = tuple(one.name for one in fields(Content) if one.name not in {"audience", "service_ids", "classification_ids"})


class ChangedMeanwhile(Conflict):
    """{name} has saved this article since you opened it. Your text is kept below; compare it with theirs and save again."""  # noqa: E501


class AlreadyOpen(Conflict):
    """A new version of this article is already being written."""


class WrongState(Conflict):
    """This cannot be done with a version that is {state} now."""


class TextTooLong(DeskError):
    """The text in “{field}” is too long: at most {most} characters."""


class Incomplete(DeskError):
    """Before the article goes to review, fill in: {missing}."""


class NotAsAllowed(DeskError):
    """The text holds something that cannot be published: {problems}"""


class OwnArticle(DeskError):
    """Somebody else has to review what you have written."""


class NoReason(DeskError):
    """Say why, in at least {least} characters."""


class NoTopicName(DeskError):
    """Give the topic a name in Polish and in English, of at most {most} characters."""


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
    said = Content.of(before)
    version = add_version(session, article, Content(**{
        **{one.name: getattr(said, one.name) for one in fields(Content)}, "change": ""}), author_id=by.id, now=now)
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
    for reader in list_with_role(session, Role.EDITOR) or list_with_role(session, Role.OWNER):
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
    demand(by, Act.WRITE_ARTICLES if _wrote(version, by) else Act.EDIT_ARTICLES)
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
    demand(by, Act.WRITE_ARTICLES if _wrote(version, by) else Act.EDIT_ARTICLES)
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


def add_version(session: Session, article: Article, content: Content, *, author_id: int | None,
                now: datetime) -> ArticleVersion:
    """The next version of the article, a draft."""
    last = session.scalar(select(func.max(ArticleVersion.number)).where(ArticleVersion.article_id == article.id))
    version = ArticleVersion(article_id=article.id, number=(last or 0) + 1, author_id=author_id, created_at=now,
                             changed_at=now, state=State.DRAFT.value, revision=0,
                             writer_ids=[author_id] if author_id else [])
    session.add(version)
    version.article = article
    session.flush()
    write(session, version, content, now=now)
    return version


def write(session: Session, version: ArticleVersion, content: Content, *, now: datetime) -> None:
    """Put the content into the version. Raises TextTooLong."""
    for name in TEXTS:
        text = getattr(content, name).replace("\x00", "").replace("\r\n", "\n").strip()
        most = LIMITS.get(name.rpartition("_")[0], KEYWORDS_MAX if name == "keywords" else REMARK_MAX)
        if len(text) > most:
            raise TextTooLong(field=name, most=most)
        setattr(version, name, text)
    version.audience = Audience(content.audience).value
    version.changed_at, version.revision = now, version.revision + 1
    session.flush()
    _link(session, ArticleService, version.id, content.service_ids)
    _link(session, ArticleClassification, version.id, content.classification_ids)
    session.expire(version, ["services", "classifications"])


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


def check(version: ArticleVersion, *, pictures: Collection[int] | None = None) -> None:
    """Raise Incomplete or NotAsAllowed unless both languages are there and hold only what articles may hold."""
    missing = [f"{name}_{language}" for name in ("title", "summary", "body") for language in LANGUAGES
               if not getattr(version, f"{name}_{language}")]
    missing += [f"internal_{language}" for language, other in (("pl", "en"), ("en", "pl"))
                if getattr(version, f"internal_{other}") and not getattr(version, f"internal_{language}")]
    if missing:
        raise Incomplete(missing=", ".join(missing), fields=missing)
    problems = [one for name in ("body", "internal") for language in LANGUAGES
                for one in find_problems(getattr(version, f"{name}_{language}"), pictures=pictures)]
    if problems:
        raise NotAsAllowed(problems=" ".join(one.said(str) for one in problems[:5]), found=tuple(problems))


def place(session: Session, article: Article, *, topic: Topic, by: Person, now: datetime) -> None:
    """Put the article on another shelf."""
    demand(by, Act.WRITE_ARTICLES)
    if article.topic_id != topic.id:
        article.topic_id = topic.id
        article.topic = topic
        session.flush()
        audit.record(session, "article_placed", by=by.id, now=now, article_id=article.id, topic_id=topic.id)


def add_topic(session: Session, *, area_id: int, name_pl: str, name_en: str, description_pl: str = "",
              description_en: str = "", by: Person, now: datetime) -> Topic:
    """A new shelf in an area. Raises NoTopicName."""
    demand(by, Act.EDIT_ARTICLES)
    name_pl, name_en = (" ".join(name.replace("\x00", "").split()) for name in (name_pl, name_en))
    if not name_pl or not name_en or max(len(name_pl), len(name_en)) > TITLE_MAX:
        raise NoTopicName(most=TITLE_MAX)
    key = slug_of(name_pl).replace("-", "_")[:50]
    key = _free(key, set(session.scalars(select(Topic.key).where(Topic.key.startswith(key, autoescape=True)))), "_")
    topic = Topic(key=key, area_id=area_id, name_pl=name_pl, name_en=name_en,
                  description_pl=_short(description_pl)[:600], description_en=_short(description_en)[:600],
                  position=session.scalar(select(func.count()).where(Topic.area_id == area_id)) or 0)
    session.add(topic)
    session.flush()
    audit.record(session, "topic_added", by=by.id, now=now, topic_id=topic.id)
    return topic


def may_review(version: ArticleVersion, person: Person) -> bool:
    """Whether the person is a second pair of eyes for it."""
    return may(person, Act.EDIT_ARTICLES) and not _wrote(version, person)


def slug_of(title: str) -> str:
    """The words of a title as they stand in an address."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[: SLUG_MAX - 4].rstrip("-") or "article"


def _free_slug(session: Session, title: str) -> str:
    slug = slug_of(title)
    taken = RESERVED | set(session.scalars(select(Article.slug).where(Article.slug.startswith(slug, autoescape=True))))
    return _free(slug, taken, "-")


def _free(wanted: str, taken: Collection[str], joint: str) -> str:
    """What is wanted, or with the first number behind it that nobody has."""
    return next(one for number in count(1)
                if (one := wanted if number == 1 else f"{wanted}{joint}{number}") not in taken)


def _link(session: Session, kind: Any, version_id: int, ids: Iterable[int]) -> None:
    column = "service_id" if kind is ArticleService else "classification_id"
    session.execute(delete(kind).where(kind.version_id == version_id))
    rows = [{"version_id": version_id, column: one} for one in sorted(set(ids))[:MOST_LINKS]]
    if rows:
        session.execute(insert(kind), rows)


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
    outbox.queue(session, to=to, text=letter, now=now, title=version.title(to.language),
                 path=f"/articles/{version.article.slug}", **facts)


def _record(session: Session, act: str, version: ArticleVersion, *, by: Person | None, now: datetime) -> None:
    audit.record(session, act, by=by.id if by else None, now=now, article_id=version.article_id,
                 version=version.number)
