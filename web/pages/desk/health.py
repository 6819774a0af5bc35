"""Health: whether database, scheduler and outbox are alive, and how late they are."""

from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, jsonify, make_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.ticker import list_heartbeats
from helpdesk.outbox import oldest_waiting
from helpdesk.people.policy import Act
from sla.alarms import oldest_overdue
from web.edge import Page, allow, desk, now, session

pages = Blueprint("health", __name__)
log = structlog.get_logger()
DEAD_AFTER_TICKS = 6
LATE_SECONDS = 300


@pages.get("/health")
@allow(Act.VISIT)
def show() -> Page:
    """200 with everything in order, else 503; ages in seconds."""
    session().execute(text("SELECT 1"))
    beat = _age(max((one.beat_at for one in list_heartbeats(session())), default=None))
    late = _age(oldest_overdue(session(), now=now()))
    waiting = _age(oldest_waiting(session()))
    alive_within = max(60, DEAD_AFTER_TICKS * desk().settings.tick_seconds)
    parts: dict[str, dict[str, Any]] = {
        "database": {"ok": True},
        "scheduler": {"ok": beat is not None and beat <= alive_within and (late or 0) <= LATE_SECONDS,
                      "last_beat_seconds": beat, "alarms_late_seconds": late or 0},
        "outbox": {"ok": (waiting or 0) <= LATE_SECONDS, "oldest_waiting_seconds": waiting or 0},
    }
    is_well = all(part["ok"] for part in parts.values())
    response = jsonify(ok=is_well, **parts)
    response.status_code = 200 if is_well else 503
    return response


@pages.errorhandler(SQLAlchemyError)
def _without_database(error: SQLAlchemyError) -> Page:
    """503 that says which part is down; the rest cannot be known."""
    log.error("health_without_database", error=type(error).__name__)
    return make_response(jsonify(ok=False, database={"ok": False}), 503)


def _age(moment: datetime | None) -> float | None:
    return None if moment is None else round(max(0.0, (now() - moment).total_seconds()), 1)
