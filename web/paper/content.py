"""What the paper of a request says: what its client may see, and never what is internal."""

from datetime import datetime
from typing import Any

from flask import url_for

from engine.complaints.records import list_links
from engine.overview.progress import progress_of
from engine.overview.standing import standing_of
from engine.tickets import open_ticket
from engine.versions import shelf_of
from helpdesk.conversation import list_messages
from helpdesk.files import list_ticket_files
from helpdesk.languages import _
from helpdesk.tickets import Ticket
from helpdesk.years import ZONE
from sla.promises import list_clocks
from sla.speech import say_day
from web.edge import desk, now, person, session
from web.forms import say_size
from web.language import gettext, language
from web.showing.conversation import in_order, list_client_answers, tell_disputes, tell_steps
from web.showing.telling import tell_messages, tell_path, tell_start
from web.standing.answers import tell_standing

MOST_MESSAGES = 300

STATUSES = {
    "registered": _("Registered"), "in_progress": _("In progress"),
    "waiting_for_client": _("Waiting for your answer"), "with_specialist": _("With a specialist"),
    "solved": _("Solved"), "complaint": _("Complaint"), "closed": _("Closed"), "cancelled": _("Cancelled")}
STATES = {"done": _("Done"), "now": _("Now"), "next": _("Next"), "skipped": _("Not needed")}


def request_paper(number: str) -> dict[str, Any]:
    """Everything of a request that its client may see, for web/paper/request.typ."""
    ticket = open_ticket(session(), number, by=person())
    progress = progress_of(session(), ticket)
    files = list_ticket_files(session(), ticket.id, with_internal=False)
    answers = list_client_answers(session(), ticket, progress)
    messages = in_order(
        tell_messages(session(), ticket, list_messages(session(), ticket.id, with_notes=False), files, ticket.client),
        tell_steps(answers, ticket, progress, files, ticket.client),
        tell_disputes(session(), ticket, list_links(session(), ticket.id), ticket.client,
                      lambda other: other.client_id == person().id))
    return {
        "language": language(), "desk": gettext(_("Okienko – help desk")), "number": ticket.number,
        "title": f"{ticket.number}: {ticket.subject}", "made": gettext(_("printed {moment}"), moment=say_at(now())),
        "address": desk().settings.address.rstrip("/") + url_for("requests.show", number=ticket.number),
        "facts": _facts(ticket), "standing": _standing(ticket, progress),
        "solution": ticket.solution if ticket.status in {"solved", "closed", "complaint"} else "",
        "solution_title": gettext(_("Decision") if ticket.request_type == "complaint" else _("Solution")),
        "asked": [[label, text] for label, text in tell_start(session(), ticket, progress, files)],
        "messages": [_message(one, ticket) for one in messages[-MOST_MESSAGES:]],
        "left_out": _left_out(len(messages)),
        "steps": [_step(one) for one in tell_path(progress, ticket, for_client=True)],
        "files": [f"{file.name} ({say_size(file.size)})" for file in files],
        "words": {"standing": gettext(_("Where it stands")), "asked": gettext(_("What was written in the request")),
                  "messages": gettext(_("Messages")), "steps": gettext(_("The way of your request")),
                  "files": gettext(_("Files")), "where": gettext(_("You find the request, always up to date, at:")),
                  "description": gettext(_("The request {number} and everything said about it"), number=ticket.number)}}


def say_at(moment: datetime) -> str:
    """A moment as it can still be read in a year: "23 listopada 2026, 9:15"."""
    local = moment.astimezone(ZONE)
    return f"{say_day(local.date(), language())}, {local.hour}:{local.minute:02d}"


def _facts(ticket: Ticket) -> list[list[str]]:
    place = ticket.classification
    rows = [
        (_("Number"), ticket.number), (_("Status"), gettext(STATUSES[ticket.status])),
        (_("Registered"), say_at(ticket.opened_at)),
        (_("Closed"), say_at(ticket.closed_at) if ticket.closed_at else ""),
        (_("Client"), f"{ticket.client.name}{', ' + ticket.client.firm if ticket.client.firm else ''}"),
        (_("About"), f"{place.service.name(language())}: {place.name(language())}" if place else ""),
        (_("Linked with"), ", ".join(
            one.disputed.number if one.ticket_id == ticket.id else one.ticket.number
            for one in list_links(session(), ticket.id)))]
    return [[gettext(label), text] for label, text in rows if text]


def _standing(ticket: Ticket, progress: Any) -> list[list[str]]:
    told = tell_standing(
        standing_of(session(), ticket, progress), progress, ticket, list_clocks(session(), ticket.id), complaint=None,
        calendars=shelf_of(session()).calendars, tell_names=desk().settings.tell_names,
        is_client=ticket.client_id == person().id)
    time = told["time"] or {}
    going_on = [told["ended"] or "", *(f"{one['name']}." for one in told["now"])]
    rows = [
        (_("What is going on now"), " ".join(going_on).strip()),
        (_("Who has it"), "; ".join(told["who"])), (_("What comes next"), told["next"] or ""),
        (_("By when"), say_at(time["due_at"]) if time.get("due_at") and time["state"] in {"ok", "late"} else ""),
        (_("Promised"), f"{time['allowed']} ({time['hours']})" if time else "")]
    return [[gettext(label), text] for label, text in rows if text]


def _message(one: dict[str, Any], ticket: Ticket) -> dict[str, str]:
    about = [one["role"] or "", say_at(one["at"]), gettext(_("Solution")) if one["is_solution"] else ""]
    names = ", ".join(file["name"] for file in one["files"])
    return {"author": one["author"] or gettext(_("Help desk")), "about": " · ".join(text for text in about if text),
            "text": one["text"], "files": gettext(_("Files: {names}"), names=names) if names else ""}


def _left_out(count: int) -> str:
    if count <= MOST_MESSAGES:
        return ""
    return gettext(_("Of {count} messages the last {most} are printed."), count=count, most=MOST_MESSAGES)


def _step(one: dict[str, Any]) -> dict[str, str]:
    state = STATES[one["state"]]
    about = [gettext(state), one["within"], say_at(one["at"]) if one["at"] else "", one["text"] or ""]
    return {"name": one["name"], "about": " · ".join(text for text in about if text)}
