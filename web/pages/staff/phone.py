"""A request by telephone: find the caller or open an account for them, then register for them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.overview.callers import add_caller, find_callers
from helpdesk.errors import DeskError
from helpdesk.people.policy import Act
from helpdesk.tickets import Channel
from web.edge import Page, allow, now, person, session
from web.forms import try_to
from web.language import gettext, say_error

pages = Blueprint("phone", __name__)
FIELDS = ("name", "email", "phone", "firm", "language")


@pages.get("/phone")
@allow(Act.REGISTER_FOR_OTHERS)
def choose_client() -> Page:
    """Who is calling?"""
    return _page(request.args.get("q", "").strip()[:200])


@pages.get("/paper")
@allow(Act.REGISTER_FOR_OTHERS)
def choose_writer() -> Page:
    """Whose letter is it?"""
    return _page(request.args.get("q", "").strip()[:200], channel=Channel.LETTER)


@pages.post("/phone")
@allow(Act.REGISTER_FOR_OTHERS)
def add_client() -> Page:
    """A new client during the call."""
    channel = Channel.LETTER if request.form.get("channel") == Channel.LETTER.value else Channel.PHONE
    given = {field: request.form.get(field, "") for field in FIELDS}

    def add() -> Page:
        client = add_caller(session(), **given, by=person(), now=now())
        flash(gettext("{name} has an account now. Choose what the matter is about.", name=client.name), "success")
        return redirect(url_for("catalogue.show", client=client.id, channel=_said(channel)))

    return try_to(add, lambda error, filled: _page("", given=given, error=error, channel=channel))  # type: ignore[no-any-return]


def _said(channel: Channel) -> str | None:
    """The channel as addresses carry it; the telephone goes without saying."""
    return None if channel is Channel.PHONE else channel.value


def _page(wanted: str, *, given: dict[str, str] | None = None, error: DeskError | None = None,
          channel: Channel = Channel.PHONE) -> str:
    wrong: dict[str, Any] = error.facts if error is not None else {}
    return render_template(
        "phone/choose_client.html", channel=_said(channel), wanted=wanted,
        given=given or _guessed(wanted), error_field=wrong.get("field"),
        callers=find_callers(session(), wanted, by=person()), error=say_error(error) if error else None)


def _guessed(wanted: str) -> dict[str, str]:
    """The form of a new client, begun with what was looked for."""
    if "@" in wanted:
        return {"email": wanted}
    digits = sum(letter.isdigit() for letter in wanted)
    return {"phone": wanted} if digits > len(wanted) / 2 else {"name": wanted}
