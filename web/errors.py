"""Errors become pages: what happened, what was kept, what to do."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from helpdesk.database import is_out_of_reach
from helpdesk.errors import Conflict, DeskError, NotAllowed, NotFound
from helpdesk.files import NotFetched
from helpdesk.languages import _
from helpdesk.people.signin import TooManyTries
from web.edge import StaleForm, anew, needs_sign_in
from web.language import gettext, say_error
from web.programs.problems import NoToken, is_program, problem

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
        status = 413
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
    if request.method != "POST" or any("password" in name for name in request.form):
        return []
    typed = [(name, value, name not in NEVER_SHOWN and ("\n" in value or len(value) > SHORT))
             for name, value in request.form.items(multi=True)]
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
            may_send=status not in CLOSED, needs_sign_in=is_stale and needs_sign_in())

    try:
        return str(anew(render))
    except SQLAlchemyError:
        # Without a database there is still a page, for nobody in particular.
        g.person = g.signed_in = None
        return render()
