"""Topics: shelves that editors add, name, put into order, move to another area, join and take away.

A topic keeps its address for good, whatever it is called; the address of one that is gone leads to the topic that took
its articles.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from helpdesk import audit
from helpdesk.catalogue import Area
from helpdesk.errors import DeskError, NotFound
from helpdesk.knowledge import index
from helpdesk.knowledge.articles import TITLE_MAX, Article, Topic, TopicAddress
from helpdesk.knowledge.writing.content import first_free, slug_of
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, demand

DESCRIPTION_MAX, KEY_MAX = 600, 50


class NoTopicName(DeskError):
    """Give the topic a name in Polish and in English, of at most {most} characters."""


class TopicNotEmpty(DeskError):
    """There are still articles in this topic. Move them, or join the topic with another one."""


class SameTopic(DeskError):
    """Choose another topic, which takes the articles of this one."""


def get_topic(session: Session, topic_id: int) -> Topic:
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFound()
    return topic


def count_articles(session: Session) -> dict[int, int]:
    """How many articles there are in each topic, in whatever state, by the topic's id."""
    return {row[0]: row[1] for row in session.execute(
        select(Article.topic_id, func.count()).group_by(Article.topic_id))}


def add(session: Session, *, area_id: int, name_pl: str, name_en: str, description_pl: str = "",
        description_en: str = "", by: Person, now: datetime) -> Topic:
    """A new shelf, the last one in its area. Raises NoTopicName."""
    demand(by, Act.EDIT_ARTICLES)
    topic = Topic(area_id=_get_area(session, area_id).id, changed_at=now)
    _name(topic, name_pl, name_en, description_pl, description_en)
    topic.key, topic.position = _free_key(session, topic.name_pl), len(_siblings(session, area_id))
    session.add(topic)
    session.flush()
    audit.record(session, "topic_added", by=by.id, now=now, topic_id=topic.id)
    return topic


def change(session: Session, topic: Topic, *, area_id: int, name_pl: str, name_en: str, description_pl: str = "",
           description_en: str = "", by: Person, now: datetime) -> None:
    """Call the topic something else, or put it last into another area. Raises NoTopicName."""
    demand(by, Act.EDIT_ARTICLES)
    before = topic.area_id
    _name(topic, name_pl, name_en, description_pl, description_en)
    if area_id != topic.area_id:
        topic.position = len(_siblings(session, area_id))
        topic.area = _get_area(session, area_id)
        topic.area_id = topic.area.id
    topic.changed_at = now
    session.flush()
    if topic.area_id != before:
        index.reshelve(session, _articles_of(session, topic), topic)
    audit.record(session, "topic_changed", by=by.id, now=now, topic_id=topic.id, before=before,
                 area_id=topic.area_id)


def move(session: Session, topic: Topic, *, up: bool, by: Person, now: datetime) -> None:
    """Let the topic change places with the one before or after it; at the end of its area it stays."""
    demand(by, Act.EDIT_ARTICLES)
    siblings = _siblings(session, topic.area_id)
    place = siblings.index(topic)
    other = place + (-1 if up else 1)
    if 0 <= other < len(siblings):
        siblings[place], siblings[other] = siblings[other], siblings[place]
    for position, one in enumerate(siblings):
        if one.position != position:
            one.position, one.changed_at = position, now
    session.flush()
    audit.record(session, "topic_moved", by=by.id, now=now, topic_id=topic.id, up=up)


def join(session: Session, topic: Topic, *, into: Topic, by: Person, now: datetime) -> int:
    """Put the articles of the topic into another one, which its address leads to from now on; how many they were."""
    demand(by, Act.EDIT_ARTICLES)
    if into.id == topic.id:
        raise SameTopic()
    moved = _articles_of(session, topic)
    session.execute(update(Article).where(Article.topic_id == topic.id).values(topic_id=into.id, placed_at=now))
    index.reshelve(session, moved, into)
    audit.record(session, "topic_joined", by=by.id, now=now, topic_id=topic.id, into_id=into.id, articles=len(moved))
    _take_away(session, topic, leads_to=into)
    return len(moved)


def remove(session: Session, topic: Topic, *, by: Person, now: datetime) -> None:
    """Take away a topic without articles. Raises TopicNotEmpty."""
    demand(by, Act.EDIT_ARTICLES)
    if _articles_of(session, topic):
        raise TopicNotEmpty()
    audit.record(session, "topic_removed", by=by.id, now=now, topic_id=topic.id)
    _take_away(session, topic, leads_to=None)


def place(session: Session, article: Article, *, topic: Topic, by: Person, now: datetime) -> None:
    """Put the article on another shelf."""
    demand(by, Act.WRITE_ARTICLES)
    if article.topic_id != topic.id:
        article.topic_id, article.placed_at = topic.id, now
        article.topic = topic
        session.flush()
        index.reshelve(session, [article.id], topic)
        audit.record(session, "article_placed", by=by.id, now=now, article_id=article.id, topic_id=topic.id)


def _name(topic: Topic, name_pl: str, name_en: str, description_pl: str, description_en: str) -> None:
    name_pl, name_en, description_pl, description_en = (
        " ".join(text.replace("\x00", "").split()) for text in (name_pl, name_en, description_pl, description_en))
    if not name_pl or not name_en or max(len(name_pl), len(name_en)) > TITLE_MAX:
        raise NoTopicName(most=TITLE_MAX)
    topic.name_pl, topic.name_en = name_pl, name_en
    topic.description_pl, topic.description_en = description_pl[:DESCRIPTION_MAX], description_en[:DESCRIPTION_MAX]


def _get_area(session: Session, area_id: int) -> Area:
    area = session.get(Area, area_id)
    if area is None:
        raise NotFound()
    return area


def _free_key(session: Session, name: str) -> str:
    """The words of a name as an address, which no topic has or had."""
    key = slug_of(name).replace("-", "_")[:KEY_MAX]
    taken = {one for column in (Topic.key, TopicAddress.key)
             for one in session.scalars(select(column).where(column.startswith(key, autoescape=True)))}
    return first_free(key, taken, "_")


def _siblings(session: Session, area_id: int) -> list[Topic]:
    return list(session.scalars(select(Topic).where(Topic.area_id == area_id).order_by(Topic.position, Topic.id)))


def _articles_of(session: Session, topic: Topic) -> Sequence[int]:
    return session.scalars(select(Article.id).where(Article.topic_id == topic.id).order_by(Article.id)).all()


def _take_away(session: Session, topic: Topic, *, leads_to: Topic | None) -> None:
    target = leads_to.id if leads_to else None
    session.execute(update(TopicAddress).where(TopicAddress.topic_id == topic.id).values(topic_id=target))
    session.add(TopicAddress(key=topic.key, topic_id=target))
    session.delete(topic)
    session.flush()
