"""Pictures of articles: kept with the article, shown to those who may read the text that shows them."""

from datetime import datetime
from typing import IO

import filetype
from sqlalchemy import ForeignKey, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.files import safe_name
from helpdesk.knowledge.articles import Article, audiences_of, find_published
from helpdesk.knowledge.markup import pictures_in
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, demand, may

SIZE_MAX, NUMBER_MAX = 1_000_000, 40
# What the first bytes say, never the sender's word.
KINDS = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


class ArticlePicture(Record):
    """One picture, in the database: it is small, and comes and goes with its article."""

    __tablename__ = "article_picture"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]


class BadPicture(DeskError):
    """“{name}” cannot be added: a picture is a PNG, JPEG, GIF or WebP file of at most {kilobytes} kB."""


class TooManyPictures(DeskError):
    """An article has at most {most} pictures."""


def add_picture(session: Session, article: Article, stream: IO[bytes], *, name: str, by: Person,
                now: datetime) -> ArticlePicture:
    """Keep one picture. Raises BadPicture, TooManyPictures."""
    demand(by, Act.WRITE_ARTICLES)
    name = safe_name(name)
    data = stream.read(SIZE_MAX + 1)
    kind = filetype.guess(data[:8192]) if data else None
    if kind is None or kind.extension not in KINDS or len(data) > SIZE_MAX:
        raise BadPicture(name=name, kilobytes=SIZE_MAX // 1000)
    if (session.scalar(select(func.count()).where(ArticlePicture.article_id == article.id)) or 0) >= NUMBER_MAX:
        raise TooManyPictures(most=NUMBER_MAX)
    picture = ArticlePicture(article_id=article.id, name=name, media_type=KINDS[kind.extension], size=len(data),
                             data=data, by_id=by.id, added_at=now)
    session.add(picture)
    session.flush()
    audit.record(session, "picture_added", by=by.id, now=now, article_id=article.id, picture_id=picture.id)
    return picture


def list_pictures(session: Session, article: Article) -> list[ArticlePicture]:
    return list(session.scalars(select(ArticlePicture).where(ArticlePicture.article_id == article.id)
                                .order_by(ArticlePicture.id)))


def get_picture(session: Session, picture_id: int, *, person: Person | None) -> ArticlePicture:
    """The picture, if the person may read a text that shows it. Raises NotFound."""
    picture = session.get(ArticlePicture, picture_id)
    if picture is None or not _may_see(session, picture, person):
        raise NotFound()
    return picture


def _may_see(session: Session, picture: ArticlePicture, person: Person | None) -> bool:
    if may(person, Act.WRITE_ARTICLES):
        return True
    version = find_published(session, picture.article_id)
    if version is None or version.audience not in audiences_of(person):
        return False
    texts = [version.body_pl, version.body_en]
    if may(person, Act.READ_INSIDE):
        texts += [version.internal_pl, version.internal_en]
    return picture.id in pictures_in(*texts)
