"""The door: how a browser becomes a person's, in one step or two, and how they show once more who they are."""

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.people.accounts import Person
from helpdesk.people.signin import HALFWAY_LASTS, begin_halfway, find_halfway, is_proved, sign_in, sign_out
from web import begun
from web.edge import (
    HALFWAY_COOKIE,
    SESSION_COOKIE,
    now,
    own_path,
    session,
    session_lasts,
    set_cookie,
)


def let_in(found: Person, back: str) -> Response:
    """Sign the person in, or ask for the second step first if they have one."""
    if found.second_step_at is None:
        return enter(found, back)
    token = begin_halfway(session(), found, now=now(), agent=_agent())
    response = redirect(url_for("factors.ask", next=own_path(back, "/")))
    set_cookie(response, HALFWAY_COOKIE, token, lasts=HALFWAY_LASTS)
    return response


def enter(found: Person, back: str) -> Response:
    """Begin a new session: what was known before it is worth nothing afterwards."""
    for cookie in (SESSION_COOKIE, HALFWAY_COOKIE):
        sign_out(session(), request.cookies.get(cookie, ""), now=now())
    token = sign_in(session(), found, lasts=session_lasts(), now=now(), agent=_agent())
    response = redirect(own_path(begun.take_over(found, back), "/"))
    set_cookie(response, SESSION_COOKIE, token, lasts=session_lasts())
    if HALFWAY_COOKIE in request.cookies:
        response.delete_cookie(HALFWAY_COOKIE, httponly=True, samesite="Lax")
    return response


def halfway() -> Person | None:
    """Who has made the first step in this browser and not yet the second."""
    token = request.cookies.get(HALFWAY_COOKIE, "")
    return find_halfway(session(), token, now=now()) if token else None


def prove_first(page: str = "") -> Response | None:
    """The way to showing once more who one is, for a page that changes how an account is entered; None if it is shown.

    page: where to go on, for a form that has no page at its own address. A form that comes too late is not sent on.
    """
    if g.signed_in is not None and is_proved(g.signed_in, now=now()):
        return None
    return redirect(url_for("sessions.prove", next=own_path(page or request.path, "/account")))


def host() -> str:
    """Where the browser is, for counting tries."""
    return request.remote_addr or ""


def _agent() -> str:
    return request.headers.get("User-Agent", "")
