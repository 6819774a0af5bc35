"""Bells: a process that does nothing but ring, and what should have rung when, reckoned apart from the desk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla.alarms import Alarm
from tests.desk import Desk
from tests.kill.drawing import diagram, node, timer
from tests.kill.short import offer

KEY = "bells"


@dataclass(frozen=True)
class Bell:
    """A timer at the edge of the one step: rings so many times, so many minutes apart."""

    minutes: int
    times: int


def publish_bells(session: Session, bells: Sequence[Bell], *, now: datetime) -> None:
    """A step that waits for ever, with a timer at its edge for each of the bells."""
    nodes = {"asked": node("startEvent", "asked", form="bells_report"),
             "handle": node("userTask", "handle", form="bells_step"), "done": node("endEvent", "done")}
    ways = ["asked handle done"]
    for place, bell in enumerate(bells):
        nodes[f"bell_{place}"] = timer(f"bell_{place}", "handle", f"R{bell.times}/PT{bell.minutes}M", interrupts=False,
                                       kind="timeCycle")
        nodes[f"rung_{place}"] = node("endEvent", f"rung_{place}")
        ways.append(f"bell_{place} rung_{place}")
    offer(session, KEY, diagram(KEY, nodes, ways, clients={"asked"}),
          {"bells_report": "subject", "bells_step": "word"}, now=now)


def expected(started: dict[int, datetime], bells: Sequence[Bell], *,
             until: datetime) -> Counter[tuple[int, str, datetime]]:
    """Every ring that must have been by `until`: ticket, timer, due moment."""
    return Counter((ticket_id, f"bell_{place}", due) for ticket_id, start in started.items()
                   for place, bell in enumerate(bells) for turn in range(1, bell.times + 1)
                   if (due := start + turn * timedelta(minutes=bell.minutes)) <= until)


def rung(desk: Desk) -> list[Alarm]:
    """What has rung, as the desk has written it down."""
    return desk.ask(lambda session: list(session.scalars(
        select(Alarm).where(Alarm.fired_at.is_not(None)).order_by(Alarm.id))))
