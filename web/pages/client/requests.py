"""The client's own requests: the list, one request, answering, adding, withdrawing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import steps, talk
from engine.clients import requests
from engine.returns.coming_back import come_back
from engine.tickets import open_ticket
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket
from web.edge import Page, allow, desk, now, own_path, person, session
from web.forms import act_id, changed_list, draft_at, go_on, keep_words, try_to, typed
from web.language import gettext, language
from web.standing.history import tell_list
from web.standing.page import request_page

pages = Blueprint("requests", __name__)


@pages.get("/requests")
@allow(Act.USE_DESK)
def list_() -> Page:
    """My requests: those under way first, and the whole history."""
    return render_template("requests/list.html", **tell_list())


@pages.get("/requests/<number>")
@allow(Act.SEE_TICKET)
def show(number: str) -> Page:
    """One request, as its client sees it."""
    return request_page(number, drawing=request.args.get("drawing", ""))


@pages.post("/requests/<number>/reply")
@allow(Act.REPLY)
def reply(number: str) -> Page:
    """Say something, with files; about a request that has ended it is a return."""
    ticket = open_ticket(session(), number, by=person(), to=Act.REPLY)
    place = f"reply:{ticket.id}"
    problems = keep_words(place, check=lambda: None)
    back = own_path(request.form.get("back"), url_for("requests.show", number=number))
    is_return = ticket.is_ended and ticket.client_id == person().id

    def send() -> Page:
        if problems:
            raise problems[0]
        if is_return:
            return _come_back(ticket, place)
        talk.reply(session(), ticket.id, request.form.get("body", ""), by=person(), now=now(),
                   draft=draft_at(place), limits=desk().settings.limits, key=act_id(), language=language())
        flash(gettext("Your message was added."), "success")
        return redirect(back)

    return try_to(send, lambda error, filled: request_page(number, error=error, place="reply"))  # type: ignore[no-any-return]


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
                       limits=desk().settings.limits, key=act_id(), language=language())
        flash(gettext("Thank you. Your answer was saved."), "success")
        return redirect(url_for("requests.show", number=number))

    return try_to(send, lambda error, filled: request_page(number, error=error, filled={item_id: filled}, place="step"))  # type: ignore[no-any-return]


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


def _come_back(ticket: Ticket, place: str) -> Page:
    """What was added goes on in the request, opened again, or in a new one; the page says which."""
    settings = desk().settings
    at = come_back(session(), ticket.id, request.form.get("body", ""), by=person(), now=now(),
                   days=settings.reopen_days, draft=draft_at(place), limits=settings.limits,
                   most_per_hour=settings.requests_per_hour, key=act_id())
    if at == ticket.number:
        flash(gettext("Your message was added and the request is open again."), "success")
    else:
        flash(gettext("The request {number} is closed, so we have opened a new one and linked it.",
                      number=ticket.number), "success")
    return redirect(url_for("requests.show", number=at))
