"""Where one is signed in, ending that, and showing once more who one is."""

import re
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from helpdesk import audit
from helpdesk.people.policy import Act
from helpdesk.people.signin import (
    SignedIn,
    check_password,
    end_session,
    list_signed_in,
    note_proved,
    sign_out_everywhere,
)
from web.door import host
from web.edge import SESSION_COOKIE, Page, allow, desk, now, own_path, person, session
from web.language import gettext

pages = Blueprint("sessions", __name__)


# What a browser calls itself by; the first that fits, because most claim to be several.
BROWSERS = ((r"Edg(?:e|A|iOS)?/", "Edge"), (r"OPR/|Opera", "Opera"), (r"SamsungBrowser/", "Samsung Internet"),
            (r"Firefox/|FxiOS/", "Firefox"), (r"Chrome/|CriOS/|Chromium/", "Chrome"), (r"Safari/", "Safari"))
SYSTEMS = ((r"iPhone", "iPhone"), (r"iPad", "iPad"), (r"Android", "Android"), (r"Windows", "Windows"),
           (r"Macintosh|Mac OS X", "macOS"), (r"CrOS", "ChromeOS"), (r"Linux", "Linux"))


@pages.get("/account/sessions")
@allow(Act.USE_DESK)
def list_() -> str:
    """The browsers one is signed in with."""
    rows = [_tell(one) for one in list_signed_in(session(), person(), now=now())]
    return render_template("account/sessions.html", rows=rows)


@pages.post("/account/sessions/<int:signed_in_id>/end")
@allow(Act.USE_DESK)
def end(signed_in_id: int) -> Page:
    """End one of one's sessions."""
    end_session(session(), signed_in_id, of=person(), now=now())
    flash(gettext("That browser is signed out."), "success")
    return redirect(url_for("sessions.list_"))


@pages.post("/account/sessions/end")
@allow(Act.USE_DESK)
def end_all() -> Page:
    """Sign out everywhere, here too."""
    sign_out_everywhere(session(), person())
    audit.record(session(), "signed_out_everywhere", by=person().id, now=now())
    flash(gettext("You are signed out everywhere."), "success")
    response = redirect(url_for("signin.sign_in"))
    response.delete_cookie(SESSION_COOKIE)
    return response


@pages.route("/account/prove", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def prove() -> Page:
    """Show once more who one is, before something is changed that decides who gets in."""
    back = own_path(request.values.get("next"), "/account")
    who = person()
    if request.method == "GET":
        return _prove_form(back)
    found = check_password(session(), who.email, request.form.get("password", ""), host=host(),
                           most=desk().settings.sign_in_tries, hasher=desk().hasher, now=now())
    if found is None:
        return _prove_form(back, gettext("The password is not right.")), 422
    note_proved(session(), g.signed_in, now=now())
    return redirect(back)


def _prove_form(back: str, error: str = "") -> str:
    return render_template("account/prove.html", back=back, errors={"password": error} if error else {})


def _tell(one: SignedIn) -> dict[str, Any]:
    browser, system = _named(BROWSERS, one.agent), _named(SYSTEMS, one.agent)
    if browser and system:
        name = gettext("{browser} on {system}", browser=browser, system=system)
    else:
        name = browser or system or gettext("A browser that does not say its name")
    return {"id": one.id, "name": name, "since_at": one.since_at, "seen_at": one.seen_at,
            "is_this": one.id == g.signed_in.id}


def _named(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for pattern, name in names if re.search(pattern, agent)), "")
