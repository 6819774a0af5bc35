"""Announcing: the announcements of the demonstration desk, told in time beside the stories."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.demo.content import Facts
from engine.demo.scene import Scene
from engine.outages import ending
from engine.outages.joining import join, list_candidates
from helpdesk.announcements import course, writing
from helpdesk.announcements.content import Content
from helpdesk.announcements.kinds import Kind, Procedure, Queueing, Way
from helpdesk.announcements.mailing import mail_batch
from helpdesk.announcements.records import get_announcement
from helpdesk.catalogue import Service

AUTHOR, LEAD, MANAGER = "amir", "lena", "marek"
TEXTS = ("title", "impact", "advice", "instruction", "afterwards", "ending")
QUARTER = timedelta(minutes=15)


def announce(scene: Scene, facts: Facts) -> Iterator[datetime]:
    """One announcement: drafted, published, told on, and over. Each moment is given before its act."""
    begins = _on_the_quarter(scene.end - timedelta(days=facts["days_ago"]))
    lasts = timedelta(hours=facts["hours"]) if "hours" in facts else None
    is_draft = facts.get("told") == "draft"
    yield scene.end - QUARTER if is_draft else begins + timedelta(minutes=facts["told"])
    # 1 the draft  2 its publication, with a second person or urgently  3 what hangs on it  4 news  5 the end
    one = scene.act(lambda session: _draft(session, scene, facts, begins, lasts))
    if is_draft:
        return
    scene.act(lambda session: _publish(session, scene, one, is_urgent=bool(facts.get("urgent"))))
    _mail(scene)
    for news in facts.get("news", ()):
        yield begins + timedelta(minutes=news["after"])
        scene.act(lambda session, news=news: course.add_update(  # type: ignore[misc]
            session, one, text_pl=news["text"][0], text_en=news["text"][1], by=scene.person(session, LEAD),
            now=scene.now))
    if facts.get("joined"):
        yield scene.end - timedelta(minutes=45)
        scene.act(lambda session: _join(session, scene, one))
    if lasts is not None and begins + lasts <= scene.end and Kind(facts["kind"]) is not Kind.CHANGE:
        yield begins + lasts
        scene.act(lambda session: _end(session, scene, one))
        _mail(scene)


def _draft(session: Session, scene: Scene, facts: Facts, begins: datetime, lasts: timedelta | None) -> int:
    ids = session.scalars(select(Service.id).where(Service.key.in_(facts["services"])))
    words: dict[str, Any] = {f"{name}_{code}": facts[name][place] for name in TEXTS if name in facts
                             for place, code in enumerate(("pl", "en"))}
    is_known = lasts is not None and facts["kind"] == Kind.PLANNED_BREAK.value
    return writing.draft(session, Content(
        kind=Kind(facts["kind"]), service_ids=frozenset(ids), starts_at=begins, offices=facts.get("offices", ""),
        channels=tuple(Way(one) for one in facts.get("channels", ())), mark=facts.get("mark", ""),
        expected_end_at=begins + lasts if lasts is not None and is_known else None,
        ends_by_itself=facts.get("ends_by_itself", False), legal_basis=facts.get("legal_basis", ""),
        queueing=Queueing(facts.get("queueing", "unknown")),
        procedure=Procedure(facts.get("procedure", "not_applicable")),
        **words), by=scene.person(session, AUTHOR), now=scene.now).id


def _publish(session: Session, scene: Scene, one: int, *, is_urgent: bool) -> None:
    lead, manager = scene.person(session, LEAD), scene.person(session, MANAGER)
    if not is_urgent:
        writing.approve(session, one, seen=1, by=manager, now=scene.now)
    writing.publish(session, one, by=lead, now=scene.now, is_urgent=is_urgent)
    if is_urgent and scene.now < scene.end - timedelta(days=1):
        writing.confirm(session, one, by=manager, now=scene.now)


def _join(session: Session, scene: Scene, one: int) -> None:
    """All reports but the newest one, which is left to whoever tries the desk."""
    lead = scene.person(session, LEAD)
    for ticket in list_candidates(session, get_announcement(session, one), team_ids=lead.team_ids)[1:]:
        join(session, ticket.id, one, by=lead, now=scene.now)


def _end(session: Session, scene: Scene, one: int) -> None:
    announcement = get_announcement(session, one)
    ending.end(session, one, text_pl=course.usual_ending(announcement, "pl"),
               text_en=course.usual_ending(announcement, "en"), by=scene.person(session, LEAD), now=scene.now)


def _mail(scene: Scene) -> None:
    while scene.act(lambda session: mail_batch(session, now=scene.now)) is not None:
        pass


def _on_the_quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
