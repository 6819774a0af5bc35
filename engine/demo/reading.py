"""What happened to the articles of the demonstration: they were read and judged, looked for in vain, and written on."""

import tomllib
from datetime import timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from engine.demo.scene import Scene
from engine.demo.tale import Moments
from helpdesk.knowledge.articles import Article, ArticleVersion, State, Topic, find_published
from helpdesk.knowledge.gaps import note_misses
from helpdesk.knowledge.votes import vote
from helpdesk.knowledge.writing import editing
from helpdesk.knowledge.writing.content import Content

OF_LATE = timedelta(days=3)


def readers(scene: Scene) -> Moments:
    """Let readers judge the articles, and editors write on, a few days before the end."""
    yield scene.end - OF_LATE
    facts = tomllib.loads((files(__package__) / "reading.toml").read_text(encoding="utf-8"))
    scene.act(lambda session: _judge(session, facts, scene))
    scene.act(lambda session: note_misses(
        session, {(one["words"], one["language"]): one["times"] for one in facts["misses"]}, now=scene.now))
    scene.act(lambda session: _give(session, facts["owners"], scene))
    scene.act(lambda session: _write(session, scene, facts["drafts"]))


def _judge(session: Session, facts: dict[str, Any], scene: Scene) -> None:
    articles = {one.slug: one for one in session.scalars(select(Article))}
    for slug, told in facts["readers"].items():
        article = articles[slug]
        version = find_published(session, article.id)
        assert version is not None
        for number, remark in enumerate(told.get("remarks", [])):
            vote(session, version, voter=f"demo-{number}", is_helpful=False, remark=remark, now=scene.now)
        article.readings, article.helped, article.spared = told["readings"], told["helped"], told["spared"]
        article.not_helped = told["not_helped"]
        if "due_in_days" in told:
            version.review_by = (scene.end + timedelta(days=told["due_in_days"])).date()
    session.flush()


def _give(session: Session, owners: dict[str, str], scene: Scene) -> None:
    """Let the articles of most topics have an owner."""
    for article in session.scalars(select(Article).join(Article.topic).options(contains_eager(Article.topic))):
        if article.topic.key in owners:
            article.owner_id = scene.person(session, owners[article.topic.key]).id
    session.flush()


def _write(session: Session, scene: Scene, drafts: list[dict[str, Any]]) -> None:
    """One draft that is being written, one that waits for its review."""
    topics = {one.key: one for one in session.scalars(select(Topic))}
    for facts in drafts:
        by = scene.person(session, facts["by"])
        content = Content(**{name: text.strip() for name, text in facts["texts"].items()})
        version: ArticleVersion = editing.begin(session, content, topic=topics[facts["topic"]], by=by,
                                                now=scene.now)
        if facts["state"] == State.REVIEW.value:
            editing.submit(session, version, by=by, now=scene.now)
