"""Shipped articles: files of Markdown with a head of TOML, loaded into the knowledge base (docs/knowledge.md)."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk import audit
from helpdesk.catalogue import Area, Classification, Service
from helpdesk.errors import DeskError
from helpdesk.knowledge.articles import (
    Article,
    ArticleVersion,
    Audience,
    State,
    Topic,
    TopicAddress,
    find_open,
    find_published,
)
from helpdesk.knowledge.writing import synonyms
from helpdesk.knowledge.writing.content import TEXTS, Content, add_version, check, slug_of
from helpdesk.knowledge.writing.editing import GOOD_FOR, put_out

TOPICS, SYNONYMS = "topics.toml", "synonyms.toml"
MOST_FILES, FILE_MAX = 2_000, 200_000
_HEAD = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n", re.DOTALL)
_PART = re.compile(r"^<!-- (pl|en)( internal)? -->$", re.MULTILINE)
_KEYS = frozenset({"slug", "topic", "services", "classifications", "keywords", "audience", "title", "summary",
                   "review_by"})


class BadArticle(DeskError):
    """The article {file} cannot be loaded: {reason}"""


@dataclass(frozen=True)
class Shipped:
    """One file: the head, and the parts of the text by field (body_pl, internal_en…)."""

    name: str
    head: Mapping[str, Any]
    parts: Mapping[str, str]

    @property
    def slug(self) -> str:
        return str(self.head.get("slug") or slug_of(self.name.removesuffix(".md")))


@dataclass(frozen=True)
class Loaded:
    """What a load did: how many articles are new, changed, the same, or left because they were edited at the desk."""

    added: int = 0
    changed: int = 0
    same: int = 0
    left: int = 0


def built_in() -> Traversable:
    """The folder of the articles that come with the desk."""
    return files("workflows") / "knowledge"


def read_folder(folder: Traversable) -> tuple[list[Mapping[str, Any]], list[Shipped]]:
    """The topics and the articles of a folder, in the order of their names. Raises BadArticle."""
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".md"))[:MOST_FILES]
    topics = folder / TOPICS
    try:
        listed = tomllib.loads(topics.read_text(encoding="utf-8"))["topics"] if topics.is_file() else []
    except (KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadArticle(file=TOPICS, reason=str(error)) from error
    return list(listed), [read_article(name, _text(folder / name)) for name in names]


def read_article(name: str, text: str) -> Shipped:
    """One article from the text of its file. Raises BadArticle."""
    text = text.replace("\r\n", "\n")
    head = _HEAD.match(text)
    if head is None:
        raise BadArticle(file=name, reason="it does not begin with a head between two lines of +++")
    try:
        facts = tomllib.loads(head.group(1))
    except tomllib.TOMLDecodeError as error:
        raise BadArticle(file=name, reason=str(error)) from error
    unknown = sorted(set(facts) - _KEYS)
    if unknown:
        raise BadArticle(file=name, reason=f"the head knows nothing of {', '.join(unknown)}")
    before, *rest = _PART.split(text[head.end():])
    if before.strip():
        raise BadArticle(file=name, reason="the text before the first <!-- pl --> belongs to no language")
    parts: dict[str, str] = {}
    for language, internal, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        field = f"{'internal' if internal else 'body'}_{language}"
        if field in parts:
            raise BadArticle(file=name, reason=f"the part {field} is there twice")
        parts[field] = body.strip()
    return Shipped(name, facts, parts)


def load(session: Session, folder: Traversable, *, now: datetime) -> Loaded:
    """Publish the articles of the folder; what was edited at the desk since stays as it is. Raises BadArticle.

    The catalogue must know the areas, services and classifications that are named. The same content again does nothing.
    """
    topics, articles = read_folder(folder)
    known = _Known(session)
    for place, facts in enumerate(topics):
        _put_topic(session, facts, place, known)
    _put_synonyms(session, folder)
    counts = {"added": 0, "changed": 0, "same": 0, "left": 0}
    for one in articles:
        counts[_put(session, one, known, now=now)] += 1
    audit.record(session, "articles_loaded", by=None, now=now, **counts)
    return Loaded(**counts)


def _put_synonyms(session: Session, folder: Traversable) -> None:
    """Take over the words that mean the same, if the folder has any. Raises BadArticle."""
    file = folder / SYNONYMS
    if not file.is_file():
        return
    try:
        synonyms.load(session, tomllib.loads(_text(file))["synonyms"])
    except DeskError as error:
        raise BadArticle(file=SYNONYMS, reason=str(error)) from error
    except (KeyError, TypeError, AttributeError, tomllib.TOMLDecodeError) as error:
        raise BadArticle(file=SYNONYMS, reason=f"{error} is missing or not as it should be") from error


class _Known:
    """What the catalogue knows, by key."""

    def __init__(self, session: Session) -> None:
        self.areas = {one.key: one.id for one in session.scalars(select(Area))}
        topics = {one.id: one for one in session.scalars(select(Topic))}
        self.topics = {one.key: one for one in topics.values()}
        # What was joined with another topic is that one now.
        self.topics |= {gone.key: topics[gone.topic_id] for gone in session.scalars(select(TopicAddress))
                        if gone.topic_id is not None}
        services = list(session.scalars(select(Service)))
        self.services = {one.key: one.id for one in services}
        keys = {one.id: one.key for one in services}
        self.classifications = {f"{keys[one.service_id]}/{one.key}": one.id
                                for one in session.scalars(select(Classification))}

    def ids(self, name: str, known: Mapping[str, int], keys: Iterable[str]) -> tuple[int, ...]:
        missing = [key for key in keys if key not in known]
        if missing:
            raise BadArticle(file=name, reason=f"the catalogue knows nothing of {', '.join(missing)}")
        return tuple(sorted(known[key] for key in keys))


def _put_topic(session: Session, facts: Mapping[str, Any], place: int, known: _Known) -> None:
    try:
        topic = known.topics.get(facts["key"]) or Topic(key=facts["key"])
        if topic.changed_at is not None or topic.key != facts["key"]:
            # An editor has named it otherwise, or joined it with another: it stays so.
            return
        described = facts.get("description") or {}
        topic.area_id, = known.ids(TOPICS, known.areas, [facts["area"]])
        topic.name_pl, topic.name_en, topic.position = facts["name"]["pl"], facts["name"]["en"], place
        topic.description_pl, topic.description_en = described.get("pl", ""), described.get("en", "")
    except (KeyError, TypeError) as error:
        raise BadArticle(file=TOPICS, reason=f"{error} is missing or not as it should be") from error
    session.add(topic)
    session.execute(delete(TopicAddress).where(TopicAddress.key == topic.key))
    session.flush()
    known.topics[topic.key] = topic


def _put(session: Session, one: Shipped, known: _Known, *, now: datetime) -> str:
    """Publish one article if it says something new; what was done with it."""
    topic = known.topics.get(str(one.head.get("topic")))
    if topic is None:
        raise BadArticle(file=one.name, reason=f"there is no topic {one.head.get('topic')}")
    content = _content(one, known)
    article = session.scalar(select(Article).where(Article.slug == one.slug))
    is_new = article is None
    if article is None:
        article = Article(slug=one.slug, topic_id=topic.id, created_at=now)
        session.add(article)
        session.flush()
    before = find_published(session, article.id)
    if not is_new and (before is None or before.author_id is not None or find_open(session, article.id) is not None):
        return "left"
    is_at_place = article.topic_id == topic.id or article.placed_at is not None
    if before is not None and Content.of(before) == content and is_at_place:
        return "same"
    if not is_at_place:
        article.topic_id = topic.id
        article.topic = topic
    version = _publish(session, article, content, one, now=now)
    return "added" if version.number == 1 else "changed"


def _publish(session: Session, article: Article, content: Content, one: Shipped, *, now: datetime) -> ArticleVersion:
    try:
        version = add_version(session, article, content, author_id=None, now=now)
        # A file has no pictures of the desk's.
        check(version, pictures=())
    except DeskError as error:
        raise BadArticle(file=one.name, reason=str(error)) from error
    review_by = one.head.get("review_by")
    version.state, version.reviewed_at = State.APPROVED.value, now
    put_out(session, version, now=now, review_by=review_by if isinstance(review_by, date) else (now + GOOD_FOR).date())
    return version


def _content(one: Shipped, known: _Known) -> Content:
    head = one.head
    try:
        words = head.get("keywords", [])
        texts = {f"{name}_{language}": head[name][language]
                 for name in ("title", "summary") for language in ("pl", "en")}
        texts |= {"keywords": words if isinstance(words, str) else ", ".join(words), **one.parts}
        return Content(
            **{name: str(text).strip() for name, text in texts.items() if name in TEXTS},
            audience=Audience(head.get("audience", "everyone")).value,
            service_ids=known.ids(one.name, known.services, head.get("services", [])),
            classification_ids=known.ids(one.name, known.classifications, head.get("classifications", [])))
    except (KeyError, TypeError, ValueError) as error:
        raise BadArticle(file=one.name, reason=f"{error} is missing or not as it should be") from error


def _text(file: Traversable) -> str:
    data = file.read_bytes()
    if len(data) > FILE_MAX:
        raise BadArticle(file=file.name, reason=f"it is larger than {FILE_MAX} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadArticle(file=file.name, reason=str(error)) from error
