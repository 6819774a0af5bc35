"""The client's own requests: the list, one request, answering, adding, withdrawing."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from engine import requests, steps, talk
from engine.complaints.records import list_links
from engine.complaints.terms import find_obstacle
from engine.overview.progress import Progress, progress_of
from engine.records import WorkItem
from engine.tickets import open_ticket, teams_of_ticket
from forms.answers import Filled
from helpdesk.conversation import Kind, Message, list_messages
from helpdesk.errors import DeskError
from helpdesk.files import list_ticket_files
from helpdesk.people.policy import Act, may
from helpdesk.tickets import ENDED, Ticket
from sla.promises import list_clocks
from web.edge import Page, allow, desk, now, own_path, person, session
from web.forms import act_id, changed_list, draft_at, go_on, keep_words, kept_by_field, kept_files, shown, try_to, typed
from web.language import gettext, say_error
from web.telling import tell_clocks, tell_complaints, tell_due, tell_messages, tell_path, tell_start

pages = Blueprint("requests", __name__)
PAGE = 25


@pages.get("/requests")
@allow(Act.USE_DESK)
def list_() -> Page:
    """My requests: those under way first."""
    mine = select(Ticket).where(Ticket.client_id == person().id)
    state = request.args.get("state", "open")
    if state == "open":
        mine = mine.where(Ticket.status.not_in([one.value for one in ENDED]))
    count = session().scalar(select(func.count()).select_from(mine.subquery())) or 0
    number = max(1, request.args.get("page", 1, type=int))
    tickets = session().scalars(mine.order_by(Ticket.opened_at.desc()).limit(PAGE).offset((number - 1) * PAGE)).all()
    return render_template("requests/list.html", tickets=tickets, state=state, tell_due=tell_due,
                           page={"number": number, "pages": max(1, -(-count // PAGE))}, count=count,
                           page_address=lambda page: url_for("requests.list_", state=state, page=page))


@pages.get("/requests/<number>")
@allow(Act.SEE_TICKET)
def show(number: str) -> Page:
    """One request, as its client sees it."""
    return _page(number)


@pages.post("/requests/<number>/reply")
@allow(Act.REPLY)
def reply(number: str) -> Page:
    """Say something, with files."""
    ticket = open_ticket(session(), number, by=person(), to=Act.REPLY)
    place = f"reply:{ticket.id}"
    problems = keep_words(place, check=lambda: None)
    back = own_path(request.form.get("back"), url_for("requests.show", number=number))

    def send() -> Page:
        if problems:
            raise problems[0]
        talk.reply(session(), ticket.id, request.form.get("body", ""), by=person(), now=now(),
                   draft=draft_at(place), limits=desk().settings.limits, key=act_id())
        flash(gettext("Your message was added."), "success")
        return redirect(back)

    return try_to(send, lambda error, filled: _page(number, error=error, place="reply"))  # type: ignore[no-any-return]


@pages.post("/requests/<number>/steps/<int:item_id>")
@allow(Act.ANSWER_AS_CLIENT)
def answer(number: str, item_id: int) -> Page:
    """The client's step: answer a question, accept the solution, rate."""
    place = f"step:{item_id}"
    # Asked here and not only by the act: a step of the team is finished on the team's page.
    ticket = open_ticket(session(), number, by=person(), to=Act.ANSWER_AS_CLIENT)
    problems = keep_words(place, check=lambda: ticket)

    def send() -> Page:
        if problems:
            raise problems[0]
        if listed := changed_list():
            return go_on(url_for("requests.show", number=number), listed, at=f"s{item_id}-")
        steps.complete(session(), item_id, typed(), of=number, by=person(), now=now(), draft=draft_at(place),
                       limits=desk().settings.limits, key=act_id())
        flash(gettext("Thank you. Your answer was saved."), "success")
        return redirect(url_for("requests.show", number=number))

    return try_to(send, lambda error, filled: _page(number, error=error, filled={item_id: filled}, place="step"))  # type: ignore[no-any-return]


@pages.route("/requests/<number>/withdraw", methods=["GET", "POST"])
@allow(Act.WITHDRAW)
def withdraw(number: str) -> Page:
    """Take the request back, after being asked once more."""
    ticket = open_ticket(session(), number, by=person(), to=Act.WITHDRAW)
    if request.method == "GET":
        return render_template("requests/withdraw.html", ticket=ticket)
    requests.withdraw(session(), ticket.id, reason=request.form.get("reason", ""), by=person(), now=now())
    flash(gettext("The request was withdrawn."), "success")
    return redirect(url_for("requests.show", number=number))


def _page(number: str, *, error: DeskError | None = None, filled: dict[int, Filled | None] | None = None,
          place: str = "") -> str:
    ticket = open_ticket(session(), number, by=person())
    progress = progress_of(session(), ticket)
    files = list_ticket_files(session(), ticket.id, with_internal=False)
    messages = list_messages(session(), ticket.id, with_notes=False)
    is_client = ticket.client_id == person().id
    mine = [_step(progress, item, (filled or {}).get(item.id)) for item in progress.items
            if item.is_open and item.is_for_client and is_client]
    question = _open_question(mine, messages)
    told = tell_messages(session(), ticket, messages, files, person())
    return render_template(
        "requests/show.html", ticket=ticket, progress=progress, files=files, steps=mine, is_client=is_client,
        messages=told, said=_without_repeats(told, question, ticket), question=question,
        path=tell_path(progress, ticket, for_client=is_client), clocks=tell_clocks(session(), _promises(ticket)),
        error=say_error(error) if error else None, error_place=place, act_id=secrets.token_urlsafe(16),
        reply_draft=draft_at(f"reply:{ticket.id}"), reply_files=kept_files(f"reply:{ticket.id}"),
        limits=desk().settings.limits, asked=tell_start(session(), ticket, progress, files), **_complaints(ticket))


def _complaints(ticket: Ticket) -> dict[str, Any]:
    """The complaints beside the ticket, and until when its client may make one."""
    links, terms = list_links(session(), ticket.id), desk().terms
    is_possible = ticket.client_id == person().id and find_obstacle(session(), ticket, terms, now=now()) is None
    return {"complaints": tell_complaints(links, ticket, person(), _may_see),
            "complain_until": terms.until(ticket) if is_possible else None}


def _may_see(other: Ticket) -> bool:
    return may(person(), Act.SEE_TICKET, other, teams_of_ticket(session(), other))


def _open_question(mine: list[dict[str, Any]], messages: list[Message]) -> Message | None:
    """The question that a step of the client waits to have answered."""
    if not any(step["item"].is_answered_by_reply for step in mine):
        return None
    return next((message for message in reversed(messages) if message.kind == Kind.QUESTION.value), None)


def _without_repeats(told: list[dict[str, Any]], question: Message | None, ticket: Ticket) -> list[dict[str, Any]]:
    """The conversation without its last message if the page shows it above, as question or as solution."""
    if not told:
        return told
    last = told[-1]
    is_above = (question is not None and last["id"] == question.id) or (
        last["is_solution"] and last["text"] == ticket.solution and not last["files"])
    return told[:-1] if is_above else told


def _promises(ticket: Ticket) -> list[Any]:
    return [clock for clock in list_clocks(session(), ticket.id) if clock.token is None]


def _step(progress: Progress, item: WorkItem, filled: Filled | None) -> dict[str, Any]:
    """A step of the client with its form, as it was typed or fresh."""
    place = f"step:{item.id}"
    return {"item": item, "at": f"s{item.id}-", "filled": filled or shown(progress.version.sheets[item.form], place),
            "kept_files": kept_by_field(place)}
