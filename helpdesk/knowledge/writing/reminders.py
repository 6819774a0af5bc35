"""Reminders: the owner of an article is told that it is due for review, and again every month until it is done."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from helpdesk import audit, outbox
from helpdesk.knowledge.articles import Article, ArticleVersion, State
from helpdesk.knowledge.writing.owners import list_editors
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, may

AHEAD = timedelta(days=14)
AGAIN = timedelta(days=30)
MOST = 200


def remind(session: Session, *, now: datetime) -> int:
    """Write to the owners of articles that are due within two weeks; how many articles were told of.

    Articles of nobody, or of somebody who has left, are told to the editors, or to the process owners.
    """
    due = list(session.scalars(
        select(ArticleVersion).join(ArticleVersion.article).options(contains_eager(ArticleVersion.article))
        .where(ArticleVersion.state == State.PUBLISHED.value, ArticleVersion.review_by <= (now + AHEAD).date(),
               or_(Article.reminded_on.is_(None), Article.reminded_on <= (now - AGAIN).date()))
        .order_by(ArticleVersion.review_by, ArticleVersion.id).limit(MOST)))
    if not due:
        return 0
    editors = list_editors(session)
    for version in due:
        for reader in _readers(session, version.article, editors):
            outbox.queue(session, to=reader, text="article_due", now=now, path=f"/articles/{version.article.slug}",
                         title=version.titles, day=str(version.review_by))
        version.article.reminded_on = now.date()
    session.flush()
    audit.record(session, "reviews_reminded", by=None, now=now, number=len(due))
    return len(due)


def _readers(session: Session, article: Article, editors: list[Person]) -> list[Person]:
    owner = session.get(Person, article.owner_id) if article.owner_id else None
    return [owner] if owner is not None and may(owner, Act.WRITE_ARTICLES) else editors
