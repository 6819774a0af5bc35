"""The five answers at the top of a request: what is going on, who has it, what comes next, until when, and why."""

from collections.abc import Mapping
from typing import Any

from engine.diagrams.bundle import Element, Kind
from engine.outside.catalogue import system_name
from engine.overview.progress import Progress, client_name
from engine.overview.standing import After, Standing, Wait, WaitsFor
from helpdesk.languages import _
from helpdesk.tickets import Status, Ticket
from sla.calendars import ALWAYS, Calendar, calendar_of
from sla.clocks import Reading
from sla.durations import Allowed
from sla.promises import SOLUTION_CLOCK, Clock
from sla.speech import say_duration, say_hours, say_remaining
from web.edge import now
from web.language import gettext, language
from web.showing.telling import OUTCOME_NAMES
from web.standing.moves import tell_because, tell_moves

YOU, NOBODY, SETTLED = _("You"), _("Nobody: it goes on by itself"), _("Nobody: nothing more has to be done")
DECIDERS = _("Those who decide the complaint {number}; nobody of them took part in this request")
WORKED_ON, IN_QUEUE = _("Somebody is working on it."), _("It waits for its turn.")
# What comes of it when a client's step is not done in time.
AFTER = {After.CLOSED: _("If we have no answer by then, we close the request."),
         After.OVER: _("After that it can no longer be done."),
         After.STEP: _("If we have no answer by then, this follows: {step}."),
         After.ONWARD: _("If we have no answer by then, the matter goes on without it.")}
# What the outcome of a request is called when it is told to its client.
YOURS = {"accepted": _("you have accepted the solution"), "no_answer": _("we had no answer from you"),
         "withdrawn": _("you have withdrawn it"), "expired": _("there was no objection to the solution")}
ENDED = {Status.CLOSED: _("The request is closed: {outcome}."),
         Status.CANCELLED: _("The request was ended: {outcome}.")}


def tell_standing(standing: Standing, progress: Progress, ticket: Ticket, clocks: list[Clock], *,
                  complaint: str | None, calendars: Mapping[str, Calendar], tell_names: bool,
                  is_client: bool = False) -> dict[str, Any]:
    """The answers, ready for the template; is_client: whether the client of the request reads them.

    now: what is going on, each with a detail, the moment it waits until and what then. who: texts, each once.
    complaint: the number of the complaint that is being decided about it. tell_names: whether the first name of who
    works on it is told.
    """
    waits = [wait for wait in standing.waits if not ticket.is_ended or wait.waits_for is WaitsFor.CLIENT]
    clock = next((clock for clock in reversed(clocks) if clock.key == SOLUTION_CLOCK and clock.token is None), None)
    who = [_who(wait, progress, tell_names=tell_names) for wait in waits]
    going_on = [_now(wait) for wait in waits]
    if complaint is not None:
        who, going_on = [gettext(DECIDERS, number=complaint)], [_disputed()]
    return {
        "ended": gettext(ENDED[Status(ticket.status)], outcome=_outcome(ticket, is_client=is_client))
        if ticket.is_ended else None,
        "now": going_on,
        "who": list(dict.fromkeys(who)) or [gettext(SETTLED if ticket.is_ended else NOBODY)],
        "next": _next(standing.next[0]) if standing.next and not ticket.is_ended else None,
        "stopped_since": standing.stopped_since,
        "time": _time(clock, calendars) if clock is not None and ticket.status != Status.CANCELLED.value else None,
        "is_timed": ticket.status != Status.CANCELLED.value,
        "moves": tell_moves(clock, progress) if clock is not None else []}


def _next(element: Element) -> str:
    """What is likely to come; which end it will be is not said before it is reached."""
    return gettext(_("The end of the matter")) if element.kind is Kind.END else client_name(element, language())


def _outcome(ticket: Ticket, *, is_client: bool) -> str:
    if is_client and ticket.outcome in YOURS:
        return gettext(YOURS[ticket.outcome])
    return gettext(OUTCOME_NAMES.get(ticket.outcome, ticket.outcome or _("solved")))


def _disputed() -> dict[str, Any]:
    return {"name": gettext(_("A complaint about the solution is being decided")),
            "detail": gettext(_("Until then the solution stands as it is, and nothing is closed or changed.")),
            "since": None, "until": None, "is_clients": False, "then": None}


def _now(wait: Wait) -> dict[str, Any]:
    """One thing that is going on. detail: in a sentence; until and then: how long it waits and what follows."""
    if wait.waits_for is WaitsFor.CLIENT:
        detail = gettext(_("It is your turn."))
    elif wait.waits_for is WaitsFor.TEAM:
        detail = gettext(WORKED_ON if wait.item is not None and wait.item.holder_id is not None else IN_QUEUE)
    elif wait.waits_for is WaitsFor.SYSTEM:
        detail = gettext(_("We are waiting for the answer of another system."))
    elif wait.waits_for is WaitsFor.MOMENT:
        detail = gettext(_("It goes on by itself when the time has come."))
    else:
        detail = gettext(_("It goes on as soon as there is news."))
    is_clients = wait.waits_for is WaitsFor.CLIENT
    name = (wait.item.name(language()) if wait.item is not None and wait.item.completes_start
            else client_name(wait.element, language()))
    return {"name": name, "detail": detail, "since": wait.since,
            "until": wait.until if is_clients or wait.waits_for is WaitsFor.MOMENT else None,
            "is_clients": is_clients,
            "then": _after(wait) if is_clients and wait.after is not None else None}


def _after(wait: Wait) -> str:
    step = client_name(wait.otherwise, language()) if wait.otherwise is not None else ""
    assert wait.after is not None, "asked only of what has an end"
    return gettext(AFTER[wait.after], step=step)


def _who(wait: Wait, progress: Progress, *, tell_names: bool) -> str:
    if wait.waits_for is WaitsFor.CLIENT:
        return gettext(YOU)
    if wait.waits_for is WaitsFor.SYSTEM:
        name = system_name(wait.system, language())
        return gettext(_("Another system: {system}"), system=name) if name else gettext(_("Another system"))
    if wait.item is None or wait.item.team is None:
        return gettext(NOBODY)
    lane = progress.version.bundle.lanes.get(wait.item.team.key)
    public = lane.public.get(language(), "") if lane is not None else ""
    team = wait.item.team.name(language())
    told = gettext(_("{role} (team: {team})"), role=public, team=team) if public and public != team else team
    if tell_names and wait.item.holder is not None:
        return f"{wait.item.holder.name.split()[0]}, {told}"
    return told


def _time(clock: Clock, calendars: Mapping[str, Calendar]) -> dict[str, Any]:
    """Until when, in which kind of time, and how it stands. state: ok, paused, late, met or missed."""
    reading = clock.reading(calendars, now())
    calendar = calendar_of(reading.allowed, calendars)
    told: dict[str, Any] = {
        "allowed": say_duration(reading.allowed, language()), "hours": say_hours(calendar or ALWAYS, language()),
        "due_at": reading.due_at, "left": say_remaining(reading, calendar, now(), language()), "because": None,
        "since": None, "state": _state(reading)}
    if reading.is_paused:
        pauses = [move.at for move in clock.events if move.kind == "paused" and move.reason == reading.paused_because]
        told |= {"because": tell_because(reading.paused_because), "since": pauses[-1] if pauses else None,
                 "left": _left_of(reading)}
    return told


def _state(reading: Reading) -> str:
    if reading.stopped_at is not None:
        return "met" if reading.met else "missed"
    if reading.breached_at is not None:
        return "late"
    return "paused" if reading.is_paused else "ok"


def _left_of(reading: Reading) -> str:
    """How much is left of a paused clock, cut to what a person says."""
    days, time = reading.remaining_days, reading.remaining
    if time is not None:
        return say_duration(time, language(), working=reading.allowed.calendar not in {None, "always"})
    if days is None or days < 1:
        return gettext(_("less than one working day"))
    return say_duration(Allowed(days=int(days), calendar=reading.allowed.calendar), language())
