"""What the desk says about itself: how accessible it is, and what it keeps of whom and for how long."""

from datetime import timedelta

from flask import Blueprint, render_template

from engine.acts import REMEMBERED_FOR
from helpdesk.files import BEGUN_LASTS, DRAFT_LASTS, UNOWNED_LASTS
from helpdesk.knowledge.votes import KEPT_FOR as VOTES_KEPT_FOR
from helpdesk.people import proofs
from helpdesk.people.policy import Act
from helpdesk.people.signin import HALFWAY_LASTS, TRIES_KEPT_FOR
from sla.speech import say_duration
from web.edge import (
    BEGUN_COOKIE,
    HALFWAY_COOKIE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    VISIT_COOKIE,
    allow,
    desk,
    session_lasts,
)
from web.language import language

pages = Blueprint("about", __name__)


@pages.get("/accessibility")
@allow(Act.VISIT)
def accessibility() -> str:
    """The accessibility statement."""
    settings = desk().settings
    return render_template("accessibility.html", office=settings.office, site_address=settings.address,
                           desk_mail=settings.mail_from)


@pages.get("/privacy")
@allow(Act.VISIT)
def privacy() -> str:
    """What is kept of people, why, and for how long, read from what removes it."""
    settings = desk().settings
    cookies = {"session": SESSION_COOKIE, "visit": VISIT_COOKIE, "halfway": HALFWAY_COOKIE, "begun": BEGUN_COOKIE,
               "language": LANGUAGE_COOKIE, "flash": "okienko_flash"}
    return render_template("privacy.html", office=settings.office, site_address=settings.address,
                           desk_mail=settings.mail_from, lasts=_lasts(), cookies=cookies)


def _lasts() -> dict[str, str]:
    """How long the desk keeps what it removes by itself, in words."""
    invited = proofs.LASTS[proofs.Kind.FIRM] + proofs.KEPT_FOR
    asked = max(last for kind, last in proofs.LASTS.items() if kind is not proofs.Kind.FIRM) + proofs.KEPT_FOR
    lasts: dict[str, timedelta] = {
        "drafts": DRAFT_LASTS, "begun": BEGUN_LASTS, "marks": REMEMBERED_FOR, "sign_in": session_lasts(),
        "halfway": HALFWAY_LASTS, "tries": TRIES_KEPT_FOR, "proofs": asked, "invitations": invited,
        "files": UNOWNED_LASTS, "votes": VOTES_KEPT_FOR}
    return {name: say_duration(long, language()) for name, long in lasts.items()}
