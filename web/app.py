"""The web application."""

import json
import logging
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Flask, g, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from helpdesk.people.policy import Act, may
from helpdesk.settings import check_secret
from sla import speech
from sla.calendars import WARSAW
from web import edge, errors, language
from web.edge import Desk, form_token
from web.pages import ALL

FORM_FIELDS_MAX = 2_000
DESK_PHONE = "+48 22 555 01 00"


def create_app(desk: Desk) -> Flask:
    """The application of one desk. Raises NoSecret when the settings are not fit to start with."""
    settings = desk.settings
    check_secret(settings)
    app = Flask("web", static_folder="static", static_url_path="/static")
    app.secret_key = settings.secret or "demo"
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
    app.context_processor(_page_words)
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
    lang = language.language()
    return {
        "language": lang, "languages": _languages(lang), "navigation": _navigation(), "person": g.get("person"),
        "asset": asset, "csrf_token": form_token, "csp_nonce": g.get("csp_nonce", ""), "desk_phone": DESK_PHONE,
        "home_href": "/", "sign_in_href": url_for("signin.sign_in"), "sign_out_href": url_for("signin.sign_out"),
        "accessibility_href": url_for("signin.accessibility"), "say_moment": _say_moment, "now": edge.now(),
        "may": lambda act, *rest: may(g.get("person"), Act(act), *rest),
    }


def _say_moment(moment: datetime) -> str:
    return speech.say_moment(moment, edge.now(), WARSAW, language.language())


def _languages(current: str) -> list[dict[str, Any]]:
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return [{"code": code, "label": label, "is_current": code == current,
             "href": url_for("signin.choose_language_", code=code, next=back)}
            for code, label in (("pl", "Polski"), ("en", "English"))]


def _navigation() -> list[dict[str, Any]]:
    who = g.get("person")
    if who is None:
        return []
    entries = [(Act.SEE_WORKLIST, "worklist.show", "My work"), (Act.SEE_TEAM_WORK, "lead.show", "Teams"),
               (Act.REGISTER_FOR_OTHERS, "phone.choose_client", "By phone"),
               (Act.SUBMIT, "catalogue.show", "New request"), (Act.USE_DESK, "requests.list_", "My requests"),
               (Act.ADMINISTER, "people.list_", "People"), (Act.USE_DESK, "letters.list_", "Letters")]
    return [{"href": url_for(endpoint), "label": language.gettext(label),
             "is_current": (request.endpoint or "").startswith(endpoint.split(".")[0] + ".")}
            for act, endpoint, label in entries if may(who, act)]
