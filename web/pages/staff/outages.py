"""Mass incidents at a ticket and at an announcement: requests join, or turn out to be about something else."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.outages import joining
from engine.tickets import open_ticket
from helpdesk.announcements.records import find_active, get_announcement
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import get_person
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket, get_ticket
from web.edge import Page, allow, now, own_path, person, row_id, separately, session
from web.language import gettext, ngettext, say_error
from web.showing.announcing import tell

pages = Blueprint("outages", __name__)
MOST_AT_ONCE = 200


@pages.post("/announcements/<int:announcement_id>/join")
@allow(Act.WRITE_ANNOUNCEMENTS)
def join_many(announcement_id: int) -> Page:
    """Let the ticked requests hang on the announcement, each in a transaction of its own."""
    get_announcement(session(), announcement_id)
    _join_ticked(announcement_id)
    return redirect(url_for("announcements.show", announcement_id=announcement_id))


@pages.post("/worklist/join")
@allow(Act.WRITE_ANNOUNCEMENTS)
def join_chosen() -> Page:
    """The same from the worklist: the ticked requests and the chosen announcement."""
    announcement_id = row_id(request.form.get("announcement"))
    if announcement_id is None:
        flash(gettext("Choose the announcement."), "error")
    else:
        _join_ticked(announcement_id)
    return redirect(own_path(request.form.get("back"), url_for("worklist.show")))


def _join_ticked(announcement_id: int) -> None:
    """Join each of them, and say how many were joined, which were not, and why."""
    wanted = [key for text in request.form.getlist("ticket") if (key := row_id(text)) is not None][:MOST_AT_ONCE]
    me, moment = person().id, now()
    refused: dict[str, list[int]] = {}
    joined = 0

    def join(own: Session, ticket_id: int) -> None:
        joining.join(own, ticket_id, announcement_id, by=get_person(own, me), now=moment)

    for ticket_id in dict.fromkeys(wanted):
        try:
            separately(partial(join, ticket_id=ticket_id))
            joined += 1
        except DeskError as error:
            # What somebody may not see has no number for them.
            refused.setdefault(say_error(error), []).append(0 if isinstance(error, NotFound) else ticket_id)
    if joined:
        flash(ngettext("{number} request hangs on the announcement now.",
                       "{number} requests hang on the announcement now.", joined).format(number=joined), "success")
    if not wanted:
        flash(gettext("Tick at least one request."), "error")
    for sentence, ids in refused.items():
        flash(f"{_numbers(ids)}: {sentence}" if any(ids) else f"{sentence} ({len(ids)})", "error")


def _numbers(ids: list[int]) -> str:
    return ", ".join(session().scalars(select(Ticket.number).where(Ticket.id.in_(ids)).order_by(Ticket.number)))


@pages.get("/tickets/<number>/outage")
@allow(Act.JOIN_OUTAGE)
def choose(number: str) -> Page:
    """What is known not to work now: is the request part of it?"""
    ticket = open_ticket(session(), number, by=person(), to=Act.JOIN_OUTAGE)
    own = ticket.classification.service_id if ticket.classification is not None else None
    choices = [{**tell(one), "is_same": own in one.service_ids} for one in find_active(session(), now=now())]
    is_inside = person().is_staff and ticket.client_id != person().id
    return render_template(
        "announcements/choose.html", ticket=ticket, choices=sorted(choices, key=lambda one: not one["is_same"]),
        is_inside=is_inside, back=url_for("tickets.show" if is_inside else "requests.show", number=ticket.number))


@pages.post("/tickets/<number>/outage")
@allow(Act.JOIN_OUTAGE)
def join_one(number: str) -> Page:
    """Let this request hang on an announcement."""
    ticket = open_ticket(session(), number, by=person(), to=Act.JOIN_OUTAGE)
    chosen = row_id(request.form.get("announcement"))
    if chosen is None:
        flash(gettext("Choose the announcement."), "error")
    else:
        joining.join(session(), ticket.id, chosen, by=person(), now=now())
        flash(gettext("The request hangs on the announcement now; its clock stands."), "success")
    return redirect(_back(number))


@pages.post("/tickets/<number>/outage/leave")
@allow(Act.LEAVE_OUTAGE)
def leave(number: str) -> Page:
    """The request is about something else."""
    joining.leave(session(), get_ticket(session(), number).id, by=person(), now=now())
    flash(gettext("The request goes its own way again; its clock runs."), "success")
    return redirect(_back(number))


def _back(number: str) -> str:
    return own_path(request.form.get("back"), url_for("tickets.show", number=number))
