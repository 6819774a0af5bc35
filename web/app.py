"""The web application."""

import json
import logging
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Flask, current_app, g, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.repair.incidents import COUNTED_MOST as INCIDENTS_MOST
from engine.repair.incidents import Which, count_for
from helpdesk.files import TYPES
from helpdesk.languages import _
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, may
from helpdesk.settings import check_secret
from helpdesk.waiting import COUNTED_MOST, Waiting
from helpdesk.years import ZONE
from sla import speech
from web import edge, errors, language
from web.bell import bell_of, read_here
from web.channels import carry
from web.edge import Desk, form_token
from web.forms import say_size
from web.journal import keep_journal
from web.pages import ALL
from web.showing.telling import file_links
from web.showing.unfinished import tell_drafts

FORM_FIELDS_MAX = 2_000
DESK_PHONE = "+48 22 555 01 00"

UNFINISHED_SHOWN = 3
# Entries that are there only while there is something to count.
ONLY_SOME = {"drafts.list_"}
Entries = tuple[tuple[Act, str, str], ...]
# What is on the menu of clients and of whoever is not signed in; those who work here have a menu of their own.
ENTRIES: Entries = (
    (Act.VISIT, "home.show", _("Start")),
    (Act.VISIT, "catalogue.show", _("New request")),
    (Act.USE_DESK, "requests.list_", _("My requests")),
    (Act.USE_DESK, "drafts.list_", _("Unfinished")),
    (Act.VISIT, "knowledge.list_", _("Knowledge base")),
    (Act.VISIT, "status.show", _("Status of systems")),
    (Act.USE_DESK, "account.show", _("My account")),
)
STAFF_ENTRIES: Entries = (
    (Act.SEE_WORKLIST, "worklist.show", _("My work")),
    (Act.SEE_TEAM_WORK, "lead.show", _("Teams")),
    (Act.SEE_INCIDENTS, "incidents.list_", _("Incidents")),
    (Act.WRITE_ANNOUNCEMENTS, "announcements.list_", _("Announcements")),
    (Act.SEE_CONSENTS, "consents.list_", _("Consents")),
    (Act.SEE_RATINGS, "results.show", _("Ratings")),
    (Act.ANSWER_REMARKS, "remarks.every", _("Remarks")),
    (Act.REGISTER_FOR_OTHERS, "phone.choose_client", _("By telephone")),
    (Act.REGISTER_FOR_OTHERS, "phone.choose_writer", _("By letter")),
    (Act.USE_DESK, "drafts.list_", _("Unfinished")),
    (Act.VISIT, "knowledge.list_", _("Knowledge base")),
    (Act.WRITE_ARTICLES, "articles.list_", _("Articles")),
    (Act.ADMINISTER, "people.list_", _("People")),
    (Act.ADMINISTER, "firm_register.list_", _("Firms")),
    (Act.ADMINISTER, "catalogue_editor.show", _("Service catalogue")),
    (Act.ADMINISTER, "letters.list_", _("Letters")),
    (Act.VISIT, "home.start", _("Clients' page")),
)


def create_app(desk: Desk) -> Flask:
    """The application of one desk. Raises NoSecret when the settings are not fit to start with."""
    settings = desk.settings
    check_secret(settings)
    keep_journal()
    app = Flask("web", static_folder="static", static_url_path="/static")
    app.secret_key = settings.secret or "demo"
    app.session_interface = edge.FlashCookie()
    app.config.update(
        MAX_CONTENT_LENGTH=(settings.file_number + 1) * settings.limits.size,
        MAX_FORM_MEMORY_SIZE=1_000_000, MAX_FORM_PARTS=FORM_FIELDS_MAX,
        SESSION_COOKIE_NAME="okienko_flash", SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.address.startswith("https:"), SEND_FILE_MAX_AGE_DEFAULT=31_536_000)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    edge.install(app, desk)
    language.install(app)
    errors.install(app)
    for blueprint in ALL:
        app.register_blueprint(blueprint)
    app.url_defaults(carry)
    edge.demand_rules(app)
    app.context_processor(_page_words)
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(spoken=_say_moment, exact=_say_exactly, day=_say_day, file_size=say_size,
                                 file_links=file_links)
    logging.getLogger("spiff").setLevel(logging.ERROR)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies,  # type: ignore[method-assign]
                                x_proto=settings.proxies)
    return app


@cache
def _manifest() -> dict[str, str]:
    source = files("web") / "static" / "dist" / "manifest.json"
    return dict(json.loads(source.read_text(encoding="utf-8"))) if source.is_file() else {}


def asset(name: str) -> str:
    """The address of a built asset."""
    return url_for("static", filename=f"dist/{_manifest().get(name, name)}")


def _page_words() -> dict[str, Any]:
    """What every template may use."""
    lang, waiting = language.language(), _waiting()
    return {
        "language": lang, "languages": _languages(lang), "navigation": _navigation(waiting), "bell": _bell(waiting),
        "person": g.get("person"),
        "asset": asset, "csrf_token": form_token, "csp_nonce": g.get("csp_nonce", ""), "desk_phone": DESK_PHONE,
        "home_href": "/", "sign_in_href": url_for("signin.sign_in"), "sign_out_href": url_for("signin.sign_out"),
        "accessibility_href": url_for("about.accessibility"),
        "footer_links": [{"href": url_for("about.privacy"), "label": language.gettext("Privacy")}],
        "now": edge.now(), "demo_words": _demo_words,
        "file_limit": current_app.extensions["desk"].settings.limits.size, "file_kinds": " ".join(sorted(TYPES)),
        "unfinished": lambda: tell_drafts(edge.session(), edge.person(), most=UNFINISHED_SHOWN),
        "may": lambda act, *rest: may(g.get("person"), Act(act), *rest),
    }


def _say_moment(moment: datetime) -> str:
    return speech.say_moment(moment, edge.now(), ZONE, language.language())


def _say_day(on: date) -> str:
    """A day in words; of a moment, the day that it is in Warsaw."""
    local = on.astimezone(ZONE).date() if isinstance(on, datetime) else on
    return speech.say_day(local, language.language())


def _demo_words(who: Person) -> str:
    """What a demo person is, for the sign-in page."""
    roles = {"owner": _("process owner"), "editor": _("editor"), "manager": _("manager"),
             "administrator": _("administrator")}
    words = [language.gettext(roles[role]) for role in who.roles]
    for place in who.memberships:
        words.append(f"{language.gettext('team lead') if place.is_lead else language.gettext('consultant')}: "
                     f"{place.team.name(language.language())}")
    return ", ".join(words) or language.gettext("client")


def _say_exactly(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local:%Y-%m-%d %H:%M:%S} ({local:%Z})"


def _languages(current: str) -> list[dict[str, Any]]:
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return [{"code": code, "label": label, "is_current": code == current,
             "href": url_for("signin.choose_language_", code=code, next=back)}
            for code, label in (("pl", "Polski"), ("en", "English"))]


def _waiting() -> Waiting | None:
    """What waits for whoever is signed in; unknown when the page tells of an error and its transaction is over."""
    who, session = g.get("person"), g.get("session")
    return read_here(session, who) if who and session is not None and session.in_transaction() else None


def _bell(waiting: Waiting | None) -> Mapping[str, str] | None:
    if g.get("person") is None:
        return None
    return bell_of(waiting.notices) if waiting else {"shown": "", "words": ""}


def _counts(who: Person | None, waiting: Waiting | None) -> dict[str, int]:
    """The numbers that stand at entries of the menu."""
    if who is None or waiting is None:
        return {}
    incidents = count_for(g.session, who, which=Which.WAITING, most=INCIDENTS_MOST + 1) if may(
        who, Act.SEE_INCIDENTS) else 0
    return {"incidents.list_": incidents, "drafts.list_": waiting.drafts}


def _navigation(waiting: Waiting | None) -> list[dict[str, Any]]:
    who = g.get("person")
    entries = STAFF_ENTRIES if who is not None and who.is_staff else ENTRIES
    here, counts = request.endpoint or "", _counts(who, waiting)
    is_named = any(endpoint == here for _, endpoint, _ in entries)

    def is_current(endpoint: str) -> bool:
        return endpoint == here or (not is_named and here.startswith(endpoint.split(".")[0] + "."))

    return [{"href": url_for(endpoint), "label": language.gettext(label), "is_current": is_current(endpoint),
             "count": _say_count(counts.get(endpoint, 0))}
            for act, endpoint, label in entries if may(who, act) and endpoint in current_app.view_functions
            and (endpoint not in ONLY_SOME or endpoint == here or counts.get(endpoint))]


def _say_count(count: int) -> str | None:
    return f"{COUNTED_MOST}+" if count > COUNTED_MOST else str(count) if count else None
