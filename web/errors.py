"""Errors become pages: what happened, what was kept, what to do."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from helpdesk.database import is_out_of_reach
from helpdesk.errors import Conflict, DeskError, NotAllowed, NotFound
from helpdesk.files import NotFetched
from helpdesk.languages import _
from helpdesk.people.signin import TooManyTries
from web import overflow
from web.edge import StaleForm, anew, desk, needs_sign_in, session
from web.language import gettext, say_error
from web.programs.problems import NoToken, is_program, problem
from web.showing.unfinished import tell_drafts

log = structlog.get_logger()
STATUS: dict[type[DeskError], int] = {NotAllowed: 403, NotFound: 404, Conflict: 409, TooManyTries: 429,
                                     NotFetched: 503, NoToken: 401}

HTTP_TEXTS = {
    400: (_("This form has expired"), _("Open the page again and send the form once more.")),
    401: (_("Nobody is known here"), _("Send a valid token.")),
    403: (_("This is not yours to do"), _("If you think you should be able to, ask the help desk or your team lead.")),
    404: (_("There is no such page"), _("The address may be mistyped, or the page is not for you.")),
    405: (_("This cannot be done here"), _("Go back and use the buttons of the page.")),
    409: (_("Somebody was faster"), _("Look at the current state and try again.")),
    413: (_("That is too much at once"), _("Send fewer or smaller files. What was saved before is kept.")),
    422: (_("This could not be done"), _("Nothing was changed. Go back and correct what is described above.")),
    429: (_("Too many attempts"), _("Wait a while and try again.")),
    500: (_("Something went wrong on our side"),
          _("Nothing was changed. Try again in a moment; if it happens again, call the help desk.")),
    503: (_("The desk cannot reach its records at this moment"),
          _("Nothing was changed. Try again in a moment; if it lasts, call the help desk.")),
}
NEVER_SHOWN = frozenset({"csrf_token", "act_id", "next", "back", "kept"})
# After these nothing is to be sent once more; what was typed is shown all the same.
CLOSED = frozenset({403, 404})
SHORT = 40  # characters; what is shorter goes along without being shown


def install(app: Flask) -> None:
    app.register_error_handler(DeskError, _desk_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _desk_error(error: DeskError) -> tuple[str | Response, int]:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
    return _page(status, error, typed=_typed()), status


def _http_error(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, RequestEntityTooLarge):
        return _too_large(), 413
    if isinstance(error, StaleForm) and _is_own_form():
        return _page(status, typed=_typed(), is_stale=True), status
    return _page(status), status


def _unexpected(error: Exception) -> tuple[str | Response, int]:
    if is_out_of_reach(error):
        # A database that is away is one line a request, not one trace.
        log.error("database_out_of_reach", endpoint=request.endpoint, error=type(error).__name__)
        return _page(503, typed=_typed()), 503
    log.error("request_failed", endpoint=request.endpoint, exc_info=error)
    return _page(500, typed=_typed()), 500


def _is_own_form() -> bool:
    """Whether the form is a page of ours: what another site sends is not offered to be sent with a good token."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _typed() -> list[tuple[str, str, bool]]:
    """What the form held, to be sent again: name, value, whether it is shown. Empty where a password was typed."""
    if request.method != "POST":
        return []
    return _to_send_again(request.form)


def _to_send_again(form: MultiDict[str, str]) -> list[tuple[str, str, bool]]:
    if any("password" in name for name in form):
        return []
    typed = [(name, value, name not in NEVER_SHOWN and ("\n" in value or len(value) > SHORT))
             for name, value in form.items(multi=True)]
    # A mere button brings nothing that anybody typed.
    return typed if any(value and name not in NEVER_SHOWN for name, value, _ in typed) else []


def _page(status: int, error: DeskError | None = None, *, typed: Sequence[tuple[str, str, bool]] = (),
          is_stale: bool = False) -> str | Response:
    title, advice = HTTP_TEXTS.get(status, HTTP_TEXTS[500 if status >= 500 else 422])
    if is_program():
        return problem(status, title, error, advice)

    def render() -> str:
        # Words come last: the person whose language they are in must be read anew after the rollback.
        is_kept = typed and (status not in CLOSED or any(is_shown for _, _, is_shown in typed))
        return render_template(
            "unsaved.html" if is_kept else "error.html", title=gettext(title), status=status,
            sentence=say_error(error) if error else "", advice=gettext(advice), typed=typed, is_stale=is_stale,
            may_send=status not in CLOSED, needs_sign_in=is_stale and needs_sign_in(),
            back=overflow.way_back() if status == 413 else "")

    return _shown(render)


def _too_large() -> str | Response:
    """Files that are too large together: what is kept, how large they may be, and the words, to be sent alone."""
    if is_program() or not overflow.is_of_files():
        return _page(413)
    # What another site sends is not offered to be sent: no token was checked here.
    typed = _to_send_again(overflow.read_words()) if _is_own_form() else []
    back = overflow.way_back()

    def render() -> str:
        drafts: list[dict[str, Any]] = tell_drafts(session(), g.person) if g.person is not None else []
        # The draft of a form with a question in its address is named with it, that of a reply with its page alone.
        kept = next((one for one in drafts if one["href"] and one["href"] in (back, back.partition("?")[0])), None)
        return render_template("too_large.html", title=gettext(HTTP_TEXTS[413][0]), typed=typed, back=back, kept=kept,
                               drafts=drafts, limits=desk().settings.limits)

    return _shown(render)


def _shown(render: Callable[[], str]) -> str | Response:
    try:
        return str(anew(render))
    except SQLAlchemyError:
        # Without a database there is still a page, for nobody in particular.
        g.person = g.signed_in = None
        return render()
