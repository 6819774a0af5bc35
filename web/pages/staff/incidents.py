"""Incidents: where processes have stopped, and mending them by those who answer for it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from engine import repair
from engine.overview.progress import progress_of
from engine.records import Incident
from engine.repair.incidents import COUNTED_MOST, Told, Which, count_for, list_for, next_tries
from engine.tickets import open_ticket, teams_of_ticket
from engine.versions import shelf_of
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.people.policy import Act, may
from helpdesk.tickets import Ticket
from web.edge import Page, ShowAgain, allow, now, person, session
from web.language import gettext, language, say_error
from web.showing.faults import tell_fault, tell_places, tell_variables

pages = Blueprint("incidents", __name__)
PAGE = 25
PAGES_MOST = 40
MENDED_SHOWN = 10
NAME_MOST, TOKEN_DIGITS = 120, 19
CLOSED_DOORS = (NotAllowed, NotFound)


@pages.get("/incidents")
@allow(Act.SEE_INCIDENTS)
def list_() -> Page:
    """What has stopped: on the tickets of the teams one leads; a process owner sees all."""
    wanted = request.args.get("which", Which.OPEN.value)
    which = Which(wanted) if wanted in set(Which) else Which.OPEN
    counts = {one: count_for(session(), person(), which=one, most=COUNTED_MOST + 1) for one in Which}
    number = min(max(1, request.args.get("page", 1, type=int)), PAGES_MOST)
    told = list_for(session(), person(), which=which, now=now(), most=PAGE + 1, skip=(number - 1) * PAGE)
    return render_template(
        "incidents/list.html", which=which.value, rows=[_tell_row(one) for one in told[:PAGE]], number=number,
        has_more=len(told) > PAGE and number < PAGES_MOST,
        counts={one.value: f"{COUNTED_MOST}+" if count > COUNTED_MOST else str(count) for one, count in counts.items()})


@pages.get("/incidents/<number>")
@allow(Act.REPAIR)
def show(number: str) -> Page:
    """Everything about what stopped on one ticket, and the ways to mend it."""
    return _page(number)


@pages.post("/incidents/<number>/retry")
@allow(Act.REPAIR)
def retry(number: str) -> Page:
    """Let what failed run again."""
    return _mend(number, lambda ticket: repair.try_again(session(), ticket.id, by=person(), now=now()),
                 done=gettext("The failed step will run again in a moment."))


@pages.post("/incidents/<number>/change")
@allow(Act.REPAIR)
def change(number: str) -> Page:
    """Correct a value and let what failed run again."""
    name = request.form.get("variable", "")
    return _mend(number, lambda ticket: repair.change(
        session(), ticket.id, name, request.form.get("value", ""), reason=_reason(), by=person(), now=now()),
        done=gettext("The value was corrected. The failed step will run again in a moment."), place="change")


@pages.post("/incidents/<number>/skip")
@allow(Act.REPAIR)
def skip(number: str) -> Page:
    """Go past a step without doing it."""
    return _mend(number, lambda ticket: repair.skip(
        session(), ticket.id, _what()[0], flow=_what()[1], reason=_reason(), by=person(), now=now()),
        done=gettext("The step was skipped."), place="skip")


@pages.post("/incidents/<number>/move")
@allow(Act.REPAIR)
def move(number: str) -> Page:
    """Put the process at another step."""
    return _mend(number, lambda ticket: repair.move(
        session(), ticket.id, _token(), to=_what()[1], reason=_reason(), by=person(), now=now()),
        done=gettext("The process goes on at the chosen step."), place="move")


@pages.post("/incidents/<number>/cancel")
@allow(Act.REPAIR)
def cancel(number: str) -> Page:
    """End the process and tell the client why."""
    return _mend(number, lambda ticket: repair.cancel(
        session(), ticket.id, reason=_reason(), by=person(), now=now()),
        done=gettext("The request was cancelled and the client was told."), place="cancel")


def _reason() -> str:
    return request.form.get("reason", "").replace("\x00", "")


def _what() -> tuple[str, str]:
    """What was chosen: an element and perhaps a way out of it, or a token and an element."""
    first, _, second = request.form.get("what", "").replace("\x00", "").partition(" ")
    return first[:NAME_MOST], second[:NAME_MOST]


def _token() -> int:
    text = _what()[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= TOKEN_DIGITS else 0


def _mend(number: str, act: Callable[[Ticket], None], *, done: str, place: str = "") -> Page:
    """Do it, or show the page again with what was typed and why it was refused."""
    ticket = open_ticket(session(), number, by=person(), to=Act.REPAIR)
    try:
        act(ticket)
    except CLOSED_DOORS:
        raise
    except DeskError as error:
        refused = error
    else:
        flash(done, "success")
        return redirect(url_for("incidents.show", number=number))
    # Raised out here, for an error must not become its own cause.
    raise ShowAgain(refused, lambda: _page(number, error=refused, place=place))


def _page(number: str, *, error: DeskError | None = None, place: str = "") -> str:
    ticket = open_ticket(session(), number, by=person(), to=Act.REPAIR)
    progress = progress_of(session(), ticket)
    incidents = repair.list_incidents(session(), ticket.id)
    moments = next_tries(session(), incidents, now=now())
    mended = session().scalars(select(Incident).where(
        Incident.ticket_id == ticket.id, Incident.mended_at.is_not(None)).order_by(Incident.id.desc())
        .limit(MENDED_SHOWN)).all()
    spots = [] if ticket.is_ended else repair.look_at(session(), ticket, now=now())
    may_see = may(person(), Act.SEE_INSIDE, ticket, teams_of_ticket(session(), ticket))
    marks = progress.marks() | {"failed": sorted({one.element_id for one in incidents if one.element_id})}
    return render_template(
        "incidents/show.html", ticket=ticket, progress=progress, marks=marks,
        may_see=may_see,
        faults=[tell_fault(session(), one, progress.version, next_at=moments.get(one.id)) for one in incidents],
        mended=[tell_fault(session(), one, progress.version) for one in mended],
        places=tell_places(spots, incidents, progress.version),
        variables=[] if progress.instance.ended_at else tell_variables(
            progress.version, progress.instance.variables, with_texts=may_see),
        error=say_error(error) if error else None, error_place=place, typed=request.form)


def _tell_row(told: Told) -> dict[str, Any]:
    version = shelf_of(session()).take(session(), told.version_id)
    return {"number": told.ticket.number, "process": version.name(language()), "is_ended": told.ticket.is_ended,
            **tell_fault(session(), told.incident, version, next_at=told.next_at)}
