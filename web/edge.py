"""The edge: one request is one transaction; here the person, the rule and the form's token are checked."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

import structlog
from argon2 import PasswordHasher
from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as AnyResponse

from engine.acts import StepFailed, note_failure
from engine.complaints.terms import Terms
from helpdesk.database import Database
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.people.accounts import Person
from helpdesk.people.passkeys import Place
from helpdesk.people.policy import ON_TICKETS, RULES, Act, Relation, demand
from helpdesk.people.signin import find_signed_in, note_seen
from helpdesk.settings import Settings
from helpdesk.storage.choice import open_storage
from helpdesk.vault import Vault
from web.providers.directory import read_providers
from web.tally import Tally

log = structlog.get_logger()
SESSION_COOKIE = "okienko_session"
VISIT_COOKIE = "okienko_visit"
HALFWAY_COOKIE = "okienko_halfway"
BEGUN_COOKIE = "okienko_begun"
LANGUAGE_COOKIE = "okienko_language"
# Where staff may go before they have the second step that the desk demands.
WITHOUT_SECOND_STEP = {"account", "factors", "oidc", "passkeys", "password", "sessions"}
READING = {"GET", "HEAD", "OPTIONS"}
ROW_DIGITS = 18
View = Callable[..., Any]
Page = str | AnyResponse | tuple[str, int]
Found = TypeVar("Found")


class Desk:
    """What the pages of one application share."""

    def __init__(self, settings: Settings, database: Database, *, clock: Callable[[], datetime] | None = None,
                 hasher: PasswordHasher | None = None) -> None:
        self.settings = settings
        self.database = database
        self.storage = open_storage(settings)
        self.clock = clock or (lambda: datetime.now(UTC))
        self.hasher = hasher or PasswordHasher()
        self.terms = Terms.of(settings)
        self.vault = Vault(settings.secret)
        self.place = Place(settings.address, self.vault)
        self.tally = Tally()
        self.providers = read_providers(settings.providers)


class ShowAgain(Exception):
    """The act failed; roll back, then show the page again with what was typed.

    error: None where nothing failed and nothing was to be done but what was done `separately`.
    """

    def __init__(self, error: DeskError | None, render: Callable[[], Any], status: int = 422) -> None:
        super().__init__(str(error))
        self.error, self.render, self.status = error, render, status


def desk() -> Desk:
    return cast(Desk, current_app.extensions["desk"])


def session() -> Session:
    return cast(Session, g.session)


def now() -> datetime:
    """The moment of this request: the same all through it."""
    if "now" not in g:
        g.now = desk().clock()
    return cast(datetime, g.now)


def person() -> Person:
    """Who is signed in; only for pages that demand it."""
    assert g.person is not None, "the rule of this page lets nobody in without signing in"
    return cast(Person, g.person)


def allow(act: Act, *, from_outside: bool = False, is_use: bool = True) -> Callable[[View], View]:
    """Declare the rule of a page and run it inside one transaction.

    from_outside: a program without cookies may send it, so nobody is recognised, and what proves that it may is in its
    address and not in the form. is_use: whether it keeps a person signed in; what a page asks by itself does not.
    """
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            return _answer(act, view, arguments, from_outside=from_outside, is_use=is_use)

        guarded.act = act  # type: ignore[attr-defined]
        guarded.from_outside = from_outside  # type: ignore[attr-defined]
        return guarded
    return guard


def separately(act: Callable[[Session], Found]) -> Found:
    """Do something in a transaction of its own, so that it lasts even if the page's act fails."""
    return desk().database.run(act)


def if_it_fails(do: Callable[[], object]) -> None:
    """What is done, in a transaction of its own, if this request's act is rolled back and not for a closed door."""
    g.if_it_fails = do


def afterwards(make: Callable[[], Response]) -> Response:
    """An answer that is made once the transaction has ended, because making it takes long.

    make: has read everything it needs before; it asks the database for nothing.
    """
    g.afterwards = make
    return Response()


def form_token() -> str:
    """The token every form carries."""
    if g.get("signed_in") is not None:
        return cast(str, g.signed_in.csrf_token)
    if "visit" not in g:
        g.visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(32)
    return cast(str, g.visit)


def own_path(target: str | None, otherwise: str) -> str:
    """`target` if it is a path of this site, else `otherwise`."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    return target if target.isprintable() else otherwise


def row_id(text: str | None) -> int | None:
    """The id that a form names, if it is a number that a row can have."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= ROW_DIGITS else None


class RowId(IntegerConverter):
    """Numbers in addresses: only those that a row can have; others are no address of ours."""

    def __init__(self, map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": 10**ROW_DIGITS - 1, **options})


class FlashCookie(SecureCookieSessionInterface):
    """Flask's own signed cookie, in which words of farewell wait for the next page.

    Flask builds the signer twice for each request, and it is always the same.
    """

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


class StaleForm(BadRequest):
    """A form whose token is not that of this browser's session: it ended, or another one began in another tab."""


class NoRule(DeskError):
    """The pages {pages} do not say who may see them."""


def demand_rules(app: Flask) -> None:
    """Raise NoRule unless every route names its rule: nothing starts, and nothing is built, with one that does not."""
    nameless = sorted({rule.endpoint for rule in app.url_map.iter_rules()
                       if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "act")})
    if nameless:
        raise NoRule(pages=", ".join(nameless))


def install(app: Flask, desk_: Desk) -> None:
    app.extensions["desk"] = desk_
    app.url_map.converters["int"] = RowId
    app.before_request(_greet)
    app.after_request(_secure)


def session_lasts() -> timedelta:
    return timedelta(hours=desk().settings.session_hours)


def set_cookie(response: AnyResponse, name: str, value: str, *, lasts: timedelta | None = None) -> None:
    response.set_cookie(name, value, max_age=lasts, httponly=True, samesite="Lax",
                        secure=desk().settings.address.startswith("https:"))


def _greet() -> None:
    g.person = g.signed_in = None
    g.csp_nonce = secrets.token_urlsafe(16)
    # No page of ours has such an address, and PostgreSQL stores no text with it.
    if "\x00" in request.path:
        raise NotFound()


def _answer(act: Act, view: View, arguments: dict[str, Any], *, from_outside: bool, is_use: bool) -> Any:
    def inside(session_: Session) -> AnyResponse:
        if from_outside:
            g.session = session_
        else:
            _recognise(session_)
        if request.method not in READING and not from_outside:
            _check_form_token()
        if g.person is None and Relation.ANYBODY not in RULES[act]:
            return to_sign_in()
        if _lacks_second_step(act):
            return redirect(url_for("factors.show"))
        if act not in ON_TICKETS:
            demand(g.person, act)
        response = make_response(view(**arguments))
        if g.signed_in is not None and is_use:
            # Last of all: what a page does `separately` would wait for a transaction that has already written.
            note_seen(session_, g.signed_in, lasts=session_lasts(), now=now())
        return response

    try:
        response = desk().database.run(inside)
        desk().tally.write(desk().database.run, now=now())
        make = g.pop("afterwards", None)
        return response if make is None else make()
    except ShowAgain as again:
        if again.error is not None:
            _do_after_failure(again.error)
            _note_failure(again.error)
        response = make_response(anew(again.render))
        response.status_code = again.status
        return response
    except Exception as error:
        _do_after_failure(error)
        if isinstance(error, StepFailed):
            _note_failure(error)
        raise


def _do_after_failure(error: Exception) -> None:
    do = g.pop("if_it_fails", None)
    if do is None or isinstance(error, NotAllowed | NotFound):
        return
    try:
        do()
    except SQLAlchemyError as another:
        # The first error is the one to tell; this one is most likely its child.
        log.error("not_kept", error=type(another).__name__)


def _note_failure(error: DeskError) -> None:
    if isinstance(error, StepFailed):
        note_failure(desk().database, error, now=now())


def anew(render: Callable[[], Any]) -> Any:
    """Show something in a fresh transaction, after the act's own was rolled back."""
    with desk().database.transaction() as session_:
        _recognise(session_)
        return render()


def _recognise(session_: Session) -> None:
    g.session = session_
    g.person = g.signed_in = None
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        g.signed_in = find_signed_in(session_, token, now=now())
        g.person = g.signed_in.person if g.signed_in else None


def _check_form_token() -> None:
    given = request.form.get("csrf_token", "")
    expected = g.signed_in.csrf_token if g.signed_in else request.cookies.get(VISIT_COOKIE, "")
    if not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise StaleForm()


def needs_sign_in() -> bool:
    """Whether the page that was asked for lets nobody in who is not signed in."""
    act = getattr(current_app.view_functions.get(request.endpoint or ""), "act", Act.VISIT)
    return g.person is None and Relation.ANYBODY not in RULES[act]


def _lacks_second_step(act: Act) -> bool:
    """Whether the desk demands a second step of staff, this member has none yet and is elsewhere than to get one."""
    return (desk().settings.staff_second_step and g.person is not None and g.person.is_staff
            and g.person.second_step_at is None and (Relation.ANYBODY not in RULES[act] or act is Act.FILL_IN)
            and request.blueprint not in WITHOUT_SECOND_STEP)


def to_sign_in() -> AnyResponse:
    """To signing in, and from there back to this page."""
    back = request.full_path.rstrip("?") if request.method in READING else "/"
    return redirect(url_for("signin.sign_in", next=own_path(back, "/")))


def _secure(response: Response) -> Response:
    nonce = g.get("csp_nonce", "")
    headers = response.headers
    headers.setdefault("Content-Security-Policy", (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        # Set and not only supplied: a sent file would come with leave to be kept by everybody on its way.
        headers["Cache-Control"] = f"public, max-age={g.kept_for}" if "kept_for" in g else "no-store"
    if response.status_code == 304:
        # What a browser has kept goes on with the nonce that it came with.
        headers.pop("Content-Security-Policy")
    if desk().settings.address.startswith("https:"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "visit" in g and VISIT_COOKIE not in request.cookies:
        set_cookie(response, VISIT_COOKIE, g.visit)
    return response


