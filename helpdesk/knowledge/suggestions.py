"""Suggestions: the few articles that may answer a matter while it is still being described."""

from collections.abc import Collection

from sqlalchemy.orm import Session, joinedload

from helpdesk.catalogue import Classification
from helpdesk.knowledge import index
from helpdesk.knowledge.articles import ArticleVersion, Audience, list_published

MOST = 3
TEXT_MAX = 2_000


def suggest(session: Session, text: str, *, language: str, audiences: Collection[Audience],
            classification: Classification | None = None, service_ids: Collection[int] = (),
            most: int = MOST) -> list[ArticleVersion]:
    """The articles that fit what is being described, the best first.

    Those about the chosen classification come before those about its service and the person's services, and fill up
    what the words alone do not find.
    """
    about = {classification.service_id} if classification else set()
    found = [hit.version for hit in index.find(
        session, text[:TEXT_MAX], language=language, audiences=audiences, is_story=True,
        service_ids=about | set(service_ids), classification_id=classification.id if classification else None,
        limit=most)] if text.strip() else []
    if len(found) < most and classification is not None:
        found += list_published(session, audiences=audiences, classification_id=classification.id, most=most)
    return list({version.id: version for version in found}.values())[:most]


def find_place(session: Session, classification_id: int) -> Classification | None:
    """The classification for which a form is being filled in."""
    return session.get(Classification, classification_id, options=[joinedload(Classification.service)])
