"""Signing in through a provider (OpenID Connect), and linking one to one's account.

What is said with the provider comes before the page's transaction. Between two pages it lies in the signed cookie;
tokens lie nowhere.
"""

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask import session as cookie

from helpdesk.errors import DeskError, NotFound
from helpdesk.languages import choose_language
from helpdesk.people import identities
from helpdesk.people.passkeys import list_passkeys
from helpdesk.people.policy import Act
from helpdesk.people.registration import RulesNotAgreed
from helpdesk.people.signin import TRIES_IN, check_tries, count_try
from web.door import host, let_in, prove_first
from web.edge import Page, ShowAgain, allow, desk, now, own_path, person, session
from web.language import gettext, language, say_error
from web.providers.directory import Provider
from web.providers.exchange import Claims, SignInRefused, begin, finish

pages = Blueprint("oidc", __name__)
BEGUN, PENDING = "oidc_begun", "oidc_pending"
SECONDS = 600
NEWCOMERS_MOST = 20
View = Callable[..., Any]


def after(exchange: Callable[[str], Any]) -> Callable[[View], View]:
    """Talk with the provider before the page's transaction begins; what came of it, or the error, is in g.exchanged."""
    def around(view: View) -> View:
        @wraps(view)
        def talked(provider: str) -> Any:
            try:
                g.exchanged = exchange(provider)
            except DeskError as error:
                g.exchanged = error
            return view(provider=provider)
        return talked
    return around


def _begin(key: str) -> str:
    return _begin_for(key, own_path(request.args.get("next"), "/"), links=False)


def _begin_link(key: str) -> str:
    return _begin_for(key, url_for("oidc.link"), links=True)


def _begin_for(key: str, back: str, *, links: bool) -> str:
    provider = _get(key)
    begun = begin(provider, back=_back(provider), name=provider.name(language()))
    cookie[BEGUN] = {"provider": key, "state": begun.state, "nonce": begun.nonce, "verifier": begun.verifier,
                     "back": back, "links": links, "at": int(now().timestamp())}
    return begun.address


def _finish(key: str) -> tuple[Claims, dict[str, Any]]:
    provider = _get(key)
    # Taken out: an answer that comes twice finds nothing.
    begun = cookie.pop(BEGUN, None)
    if not isinstance(begun, dict) or begun["provider"] != key or _is_old(begun):
        raise SignInRefused(provider=provider.name(language()))
    return finish(provider, begun, request.args, back=_back(provider), name=provider.name(language()), now=now()), begun


@pages.get("/sign-in/with/<provider>")
@after(_begin)
@allow(Act.VISIT)
def start(provider: str) -> Page:
    """Off to the provider."""
    return _failed(g.exchanged) if isinstance(g.exchanged, DeskError) else redirect(g.exchanged)


@pages.get("/account/sign-ins/with/<provider>")
@after(_begin_link)
@allow(Act.USE_DESK)
def start_link(provider: str) -> Page:
    """Off to the provider, to link it; nothing is linked before a button of ours is pressed."""
    return _failed(g.exchanged) if isinstance(g.exchanged, DeskError) else redirect(g.exchanged)


@pages.get("/sign-in/with/<provider>/back")
@after(_finish)
@allow(Act.VISIT)
def back(provider: str) -> Page:
    """Back from the provider: in, on to a new account, or on to the button that links."""
    if isinstance(g.exchanged, DeskError):
        return _failed(g.exchanged)
    claims, begun = g.exchanged
    if begun["links"]:
        return _keep(claims, provider, begun["back"])
    known = identities.find_identity(session(), claims.issuer, claims.subject)
    if known is not None and not known.person.is_disabled:
        identities.note_used(session(), known, now=now())
        return let_in(known.person, begun["back"])
    named = _get(provider).name(language())
    if known is not None or not _get(provider).adds_people:
        return _failed(SignInRefused(provider=named))
    try:
        identities.check_newcomer(session(), claims.email, is_proved=claims.is_proved, provider=named)
    except (identities.AddressUnproved, identities.AddressKnown) as error:
        return _failed(error, 403)
    return _keep(claims, provider, url_for("oidc.newcomer"))


@pages.route("/sign-in/new", methods=["GET", "POST"])
@allow(Act.VISIT)
def newcomer() -> Page:
    """An account for somebody whom a provider has vouched for, once they have agreed to the rules."""
    claims, provider = _pending()
    if request.method == "GET":
        return _newcomer_form(claims, provider)
    key, named = f"register-from:{host()}", provider.name(language())
    try:
        check_tries(session(), key, most=NEWCOMERS_MOST, within=TRIES_IN, now=now())
        count_try(session(), key, now=now())
        if "agrees" not in request.form:
            raise RulesNotAgreed()
        identities.check_newcomer(session(), claims.email, is_proved=claims.is_proved, provider=named)
        made = identities.make_account(
            session(), issuer=claims.issuer, subject=claims.subject, email=claims.email, now=now(),
            name=request.form.get("name", ""), language=choose_language(request.form.get("language"), language()))
    except DeskError as error:
        kept = error
        raise ShowAgain(error, lambda: _newcomer_form(claims, provider, kept)) from error
    cookie.pop(PENDING, None)
    return let_in(made, "/")


@pages.route("/account/sign-ins/add", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def link() -> Page:
    """The button that links what came back from the provider."""
    claims, provider = _pending()
    if (first := prove_first()) is not None:
        return first
    named = provider.name(language())
    if request.method == "GET":
        return render_template("oidc/link.html", claims=claims, provider=named)
    try:
        identities.link(session(), person(), issuer=claims.issuer, subject=claims.subject, label=claims.email,
                        provider=provider.name(person().language), now=now())
    except identities.LinkedElsewhere as error:
        kept = error
        raise ShowAgain(error, lambda: _failed(kept)[0], 409) from error
    cookie.pop(PENDING, None)
    flash(gettext("You can now sign in through {provider} too.", provider=named), "success")
    return redirect(url_for("account.show"))


@pages.post("/account/sign-ins/<int:identity_id>/remove")
@allow(Act.USE_DESK)
def remove(identity_id: int) -> Page:
    """Signing in through it ends."""
    identity = identities.get_identity(session(), identity_id, of=person())
    if (first := prove_first(url_for("account.show"))) is not None:
        return first
    of = next((one for one in desk().providers.values() if one.issuer == identity.issuer), None)
    identities.unlink(session(), identity, provider=of.name(person().language) if of else identity.issuer, now=now(),
                      has_passkey=bool(list_passkeys(session(), person())))
    flash(gettext("Signing in through {provider} was removed.",
                  provider=of.name(language()) if of else identity.issuer), "success")
    return redirect(url_for("account.show"))


def _get(key: str) -> Provider:
    found = desk().providers.get(key)
    if found is None:
        raise NotFound()
    return found


def _back(provider: Provider) -> str:
    """Where the provider sends the browser: at the configured address, whatever the browser calls us."""
    return desk().settings.address.rstrip("/") + url_for("oidc.back", provider=provider.key)


def _keep(claims: Claims, provider: str, path: str) -> Page:
    cookie[PENDING] = {"claims": asdict(claims), "provider": provider, "at": int(now().timestamp()), "path": path}
    return redirect(path)


def _pending() -> tuple[Claims, Provider]:
    """What came back from the provider a moment ago, for this page. Raises NotFound."""
    pending = cookie.get(PENDING)
    if not isinstance(pending, dict) or pending["path"] != request.path or _is_old(pending):
        raise NotFound()
    return Claims(**pending["claims"]), _get(pending["provider"])


def _is_old(kept: dict[str, Any]) -> bool:
    return not 0 <= int(now().timestamp()) - int(kept["at"]) <= SECONDS


def _newcomer_form(claims: Claims, provider: Provider, error: DeskError | None = None) -> str:
    field = "agrees" if isinstance(error, RulesNotAgreed) else "name"
    return render_template(
        "oidc/newcomer.html", claims=claims, provider=provider.name(language()), typed=request.form,
        errors={field: say_error(error)} if error else {})


def _failed(error: DeskError, status: int = 422) -> tuple[str, int]:
    if isinstance(error, NotFound):
        raise error
    return render_template("oidc/failed.html", sentence=say_error(error)), status
