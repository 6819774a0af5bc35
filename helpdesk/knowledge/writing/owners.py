"""Owners: who looks after an article, hands it over, and what becomes of it when they leave."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from helpdesk import audit, outbox
from helpdesk.errors import DeskError
from helpdesk.knowledge.articles import OPEN, Article, ArticleVersion, State, find_open, find_published
from helpdesk.people.accounts import Person, Role, list_people, list_with_role
from helpdesk.people.policy import Act, demand, may

MOST_STAFF = 10_000


class NotAWriter(DeskError):
    """Choose who looks after it: somebody who writes articles."""


def list_writers(session: Session) -> list[Person]:
    """Everybody who may look after an article, by name."""
    return [one for one in list_people(session, is_staff=True, is_disabled=False, most=MOST_STAFF)
            if may(one, Act.WRITE_ARTICLES)]


def get_writer(session: Session, person_id: int | None) -> Person:
    """Somebody who may look after an article. Raises NotAWriter."""
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None or not may(person, Act.WRITE_ARTICLES):
        raise NotAWriter()
    return person


def may_hand_over(article: Article, person: Person | None) -> bool:
    """Whether the person decides who looks after the article: its owner does, and every editor."""
    is_own = person is not None and person.id == article.owner_id
    return may(person, Act.EDIT_ARTICLES) or (is_own and may(person, Act.WRITE_ARTICLES))


def hand_over(session: Session, article: Article, *, to: Person, by: Person, now: datetime) -> None:
    """Let somebody else look after the article; they are told unless they took it. Raises NotAWriter."""
    if not may_hand_over(article, by):
        demand(by, Act.EDIT_ARTICLES)
    if not may(to, Act.WRITE_ARTICLES):
        raise NotAWriter()
    if article.owner_id == to.id:
        return
    before, article.owner_id = article.owner_id, to.id
    article.owner = to
    session.flush()
    audit.record(session, "article_handed_over", by=by.id, now=now, article_id=article.id, before=before, to=to.id)
    version = find_published(session, article.id) or find_open(session, article.id)
    if to.id != by.id and version is not None:
        outbox.queue(session, to=to, text="article_handed_over", now=now, path=f"/articles/{article.slug}",
                     title=version.titles, editor=by.name)


def list_without_owner(session: Session, writers: Collection[Person], *, most: int = 200) -> list[ArticleVersion]:
    """Articles that are read or written and that none of the writers looks after, each by one version."""
    ids = [one.id for one in writers]
    states = [State.PUBLISHED.value, *(one.value for one in OPEN)]
    versions = session.scalars(
        select(ArticleVersion).join(ArticleVersion.article)
        .where(ArticleVersion.state.in_(states), or_(Article.owner_id.is_(None), Article.owner_id.not_in(ids)))
        .options(contains_eager(ArticleVersion.article).options(
            joinedload(Article.topic), joinedload(Article.owner).lazyload(Person.memberships)),
            joinedload(ArticleVersion.author).lazyload(Person.memberships))
        .order_by(ArticleVersion.article_id, ArticleVersion.number.desc()).limit(most))
    # What is read stands for an article that is also being written.
    found: dict[int, ArticleVersion] = {}
    for version in versions:
        if version.article_id not in found or version.state == State.PUBLISHED.value:
            found[version.article_id] = version
    return list(found.values())


def leave(session: Session, person: Person, *, by: Person, now: datetime) -> int:
    """Take articles from somebody who may no longer look after them; the editors are told. How many they were."""
    if may(person, Act.WRITE_ARTICLES):
        return 0
    left: Collection[Article] = session.scalars(select(Article).where(Article.owner_id == person.id)).all()
    for article in left:
        article.owner_id = None
        audit.record(session, "article_left", by=by.id, now=now, article_id=article.id, before=person.id)
    session.flush()
    for editor in list_editors(session) if left else ():
        outbox.queue(session, to=editor, text="articles_left", now=now, path="/articles?tab=unowned",
                     name=person.name, number=len(left))
    return len(left)


def list_editors(session: Session) -> list[Person]:
    """Who is told of what concerns no single owner: the editors, or the process owners where there are none."""
    return list_with_role(session, Role.EDITOR) or list_with_role(session, Role.OWNER)
