"""Forms filled in before signing in: the browser's cookie, and the drafts that it stands for."""

import secrets
from collections.abc import Mapping

from flask import Response, after_this_request, flash, g, request, url_for

from helpdesk import begun
from helpdesk.begun import NotKept
from helpdesk.files import BEGUN_LASTS, Draft
from helpdesk.people.accounts import Person
from web.edge import BEGUN_COOKIE, now, own_path, separately, session, set_cookie
from web.language import gettext


def find(place: str) -> Draft | None:
    """What was typed at a place before signing in; also what could not be kept, as this request has brought it."""
    if "not_kept" in g:
        return g.not_kept  # type: ignore[no-any-return]
    token = _token()
    return begun.find_begun(session(), token, place, now=now()) if token else None


def keep(place: str, typed: Mapping[str, list[str]]) -> NotKept | None:
    """Keep what was typed for a day; what stands in the way, if something does."""
    token, host, moment = _token() or secrets.token_urlsafe(32), request.remote_addr or "", now()
    try:
        separately(lambda own: begun.keep_begun(own, token, place, typed, host=host, now=moment))
    except NotKept as error:
        g.not_kept = Draft(place=place, typed=dict(typed), changed_at=moment)
        return error
    g.begun = token

    @after_this_request
    def remember(response: Response) -> Response:
        set_cookie(response, BEGUN_COOKIE, token, lasts=BEGUN_LASTS)
        return response

    return None


def drop(place: str) -> None:
    """Forget what was typed at a place before signing in."""
    token = _token()
    if token:
        begun.drop_begun(session(), token, place)


def browser() -> str:
    """The token by which this browser is known, if anything was begun in it; for an account that is asked for here."""
    return _token()


def take_over(found: Person, back: str) -> str:
    """What was begun in this browser is the person's from now on; gives where to go on, `back` if that is anywhere.

    So is what was begun where they asked for the account, if this is the first time that they sign in.
    """
    token, taken = _token(), 0
    if token:
        taken = begun.take_over(session(), token, found, now=now())
    taken += begun.take_registered(session(), found, now=now())
    if token and not begun.has_begun(session(), token, now=now()):
        after_this_request(_forget)
    if not taken:
        return back
    flash(gettext("The form that you filled in before signing in is yours now. It is kept under “Unfinished” until you "
                  "send it."), "success")
    return url_for("drafts.list_") if own_path(back, "/") == "/" else back


def _forget(response: Response) -> Response:
    response.delete_cookie(BEGUN_COOKIE, httponly=True, samesite="Lax")
    return response


def _token() -> str:
    return str(g.get("begun") or request.cookies.get(BEGUN_COOKIE, ""))
