"""The teams' work: how much everybody has, what is at risk, and giving steps to somebody else."""

from collections import Counter
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from engine.outages.detection import list_suspicions
from engine.overview.teamwork import (
    Items,
    TeamLoad,
    Totals,
    hand_over,
    list_at_risk,
    list_unclaimed,
    read_loads,
    read_totals,
    teams_seen_by,
)
from engine.records import WorkItem
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.people.accounts import get_person
from helpdesk.people.policy import Act, may
from helpdesk.years import ZONE
from web.edge import Page, allow, desk, now, own_path, person, row_id, separately, session
from web.language import gettext, language, ngettext, say_error
from web.showing.telling import tell_due

pages = Blueprint("lead", __name__)
SHORT, LONG = 25, 200


@pages.get("/team-work")
@allow(Act.SEE_TEAM_WORK)
def show() -> Page:
    """The numbers, the teams, what is at risk and what nobody has taken; `team` narrows it down to one."""
    overseen = teams_seen_by(session(), person())
    chosen = request.args.get("team", "")
    teams = [team for team in overseen if team.key == chosen] or overseen
    ids = [team.id for team in teams]
    is_long = "long" in request.args
    most = LONG if is_long else SHORT
    loads = read_loads(session(), teams, now=now())
    totals = read_totals(session(), ids, now=now(), today_ends=_midnight(now()))
    return render_template(
        "lead/show.html", teams=overseen, loads=loads, tiles=_tiles(totals),
        chosen=chosen if len(teams) == 1 and chosen == teams[0].key else "",
        at_risk=_tell_items(list_at_risk(session(), ids, now=now(), most=most), loads),
        unclaimed=_tell_items(list_unclaimed(session(), ids, most=most), loads), is_long=is_long,
        suspicions=list_suspicions(session()), minutes=desk().settings.outage_minutes,
        may_decide=may(person(), Act.DECIDE_ANNOUNCEMENTS))


@pages.post("/team-work/assign")
@allow(Act.SEE_TEAM_WORK)
def assign() -> Page:
    """Give the ticked steps, or the one whose button was pressed, to a member of the team."""
    one = request.form.get("one", "")
    wanted = [row_id(item) for item in ([one] if one else request.form.getlist("item"))]
    item_ids = [item for item in dict.fromkeys(wanted) if item is not None][:LONG]
    to_id = row_id(request.form.get(f"to_{one}" if one else "to"))
    if to_id is None or not item_ids:
        flash(gettext("Tick at least one step and choose the person."), "error")
        return redirect(_back())
    given, errors = _assign_each(item_ids, to_id)
    if given:
        name = get_person(session(), to_id).name
        flash(ngettext("{number} step was given to {name}.", "{number} steps were given to {name}.", given)
              .format(number=given, name=name), "success")
    for sentence, number in errors.items():
        flash(f"{sentence} ({number})" if number > 1 else sentence, "error")
    return redirect(_back())


def _assign_each(item_ids: list[int], to_id: int) -> tuple[int, dict[str, int]]:
    """Each step in a transaction of its own: how many were given, and how often which sentence was the answer.

    Raises NotFound or NotAllowed when none of the steps is the person's to know about or to give.
    """
    me, moment = person().id, now()

    def give(own: Session, item_id: int) -> None:
        hand_over(own, item_id, to=get_person(own, to_id), by=get_person(own, me), now=moment)

    sentences: Counter[str] = Counter()
    closed: list[DeskError] = []
    given = 0
    for item_id in item_ids:
        try:
            separately(partial(give, item_id=item_id))
            given += 1
        except DeskError as error:
            closed += [error] if isinstance(error, NotFound | NotAllowed) else []
            sentences[say_error(error)] += 1
    if len(closed) == len(item_ids):
        raise closed[0]
    return given, dict(sentences)


def _tell_items(items: Items, loads: list[TeamLoad]) -> dict[str, Any]:
    members = {load.team.id: [one for one in load.members if not one.has_left] for load in loads}
    return {"count": items.count, "rows": [_tell_item(item, members) for item in items.shown]}


def _tell_item(item: WorkItem, members: dict[int, list[Any]]) -> dict[str, Any]:
    left = tell_due(item.due_at, item.ticket.paused_because)
    is_led = item.team_id in person().led_team_ids
    ticket = item.ticket
    return {"id": item.id, "number": ticket.number, "href": url_for("tickets.show", number=ticket.number),
            "subject": ticket.subject, "client": ticket.client.name, "priority": ticket.priority,
            "step": item.name(language()), "holder": item.holder,
            "team": item.team.name(language()) if item.team else "", "left": left, "opened_at": item.opened_at,
            "mood": left["state"] if left and left["state"] in {"late", "soon"} else None,
            "may_assign": is_led, "members": members.get(item.team_id or 0, []) if is_led else []}


def _tiles(totals: Totals) -> list[dict[str, Any]]:
    return [
        {"label": gettext("Open steps"), "value": totals.open, "href": "#teams"},
        {"label": gettext("Nobody’s yet"), "value": totals.unclaimed, "href": "#unclaimed",
         "colour": "amber" if totals.unclaimed else None},
        {"label": gettext("Late"), "value": totals.late, "href": "#at-risk",
         "colour": "red" if totals.late else "green"},
        {"label": gettext("Due within the hour"), "value": totals.within_hour, "href": "#at-risk",
         "colour": "amber" if totals.within_hour else "green"},
        {"label": gettext("Due later today"), "value": max(0, totals.today - totals.within_hour), "href": "#at-risk"},
        {"label": gettext("Waiting for the client"), "value": totals.waiting_for_client, "colour": "blue"},
    ]


def _midnight(moment: datetime) -> datetime:
    """The next midnight in the office."""
    tomorrow = moment.astimezone(ZONE).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZONE)


def _back() -> str:
    return own_path(request.form.get("back"), url_for("lead.show"))
