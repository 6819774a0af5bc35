"""Content: what is written in a version of an article, how much of it, and what has to be there before it is read."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from helpdesk.errors import DeskError
from helpdesk.fulltext.words import fold
from helpdesk.knowledge.articles import (
    BODY_MAX,
    KEYWORDS_MAX,
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
)
from helpdesk.knowledge.markup import find_problems
from helpdesk.languages import LANGUAGES

LIMITS = {"title": TITLE_MAX, "summary": SUMMARY_MAX, "body": BODY_MAX, "internal": BODY_MAX}
MOST_LINKS = 40


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


class TextTooLong(DeskError):
    """The text in “{field}” is too long: at most {most} characters."""


class Incomplete(DeskError):
    """Before the article goes to review, fill in: {missing}."""


class NotAsAllowed(DeskError):
    """The text holds something that cannot be published: {problems}"""


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


def slug_of(title: str) -> str:
    """The words of a title as they stand in an address."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[: SLUG_MAX - 4].rstrip("-") or "article"


def first_free(wanted: str, taken: Collection[str], joint: str) -> str:
    """What is wanted, or with the first number behind it that nobody has."""
    return next(one for number in count(1)
                if (one := wanted if number == 1 else f"{wanted}{joint}{number}") not in taken)


def _link(session: Session, kind: Any, version_id: int, ids: Iterable[int]) -> None:
    column = "service_id" if kind is ArticleService else "classification_id"
    session.execute(delete(kind).where(kind.version_id == version_id))
    rows = [{"version_id": version_id, column: one} for one in sorted(set(ids))[:MOST_LINKS]]
    if rows:
        session.execute(insert(kind), rows)
