"""Announcements in words: what their kinds and fields are called, and what of them a page shows."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import g, url_for
from sqlalchemy.orm import Session

from engine.outages.records import find_link
from helpdesk.announcements.availability import Level
from helpdesk.announcements.kinds import (
    Audience,
    Environment,
    Kind,
    Procedure,
    Queueing,
    State,
    Step,
    Way,
)
from helpdesk.announcements.records import Announcement, audiences_of, find_active
from helpdesk.announcements.watchers import watched_ids
from helpdesk.languages import _
from helpdesk.tickets import Ticket
from web.edge import now, session
from web.language import gettext, language

KIND_NAMES = {
    Kind.CENTRAL_FAILURE: _("Central failure"), Kind.LOCAL_FAILURE: _("Local failure"),
    Kind.DIFFICULTY: _("Difficulty"), Kind.PLANNED_BREAK: _("Planned break"), Kind.CHANGE: _("Announced change"),
    Kind.INFORMATION: _("Information"),
}
KIND_COLOURS = {Kind.CENTRAL_FAILURE: "red", Kind.LOCAL_FAILURE: "red", Kind.DIFFICULTY: "amber",
                Kind.PLANNED_BREAK: "blue", Kind.CHANGE: "violet", Kind.INFORMATION: "quiet"}
STATE_NAMES = {
    State.DRAFT: _("Draft"), State.APPROVED: _("Approved"), State.PUBLISHED: _("Published"), State.ENDED: _("Over"),
    State.ARCHIVED: _("Archived"), State.DISCARDED: _("Discarded"),
}
WAY_NAMES = {
    Way.PORTAL: _("portal form"), Way.PULL: _("web service: client asks"), Way.PUSH: _("web service: system sends"),
    Way.MAIL: _("e-mail with XML"), Way.ALTERNATIVE: _("alternative portal"), Way.MOBILE: _("mobile app"),
}
ENVIRONMENT_NAMES = {Environment.PRODUCTION: _("production"), Environment.TEST: _("test environment")}
QUEUEING_NAMES = {
    Queueing.UNKNOWN: _("not known yet"), Queueing.QUEUED: _("they wait and are taken afterwards"),
    Queueing.REJECTED: _("they are rejected"), Queueing.LOST: _("they are lost: send them again afterwards"),
}
PROCEDURE_NAMES = {Procedure.YES: _("yes, without asking"), Procedure.NO: _("no"),
                   Procedure.NOT_APPLICABLE: _("not applicable")}
AUDIENCE_NAMES = {Audience.EVERYBODY: _("everybody"), Audience.CLIENTS: _("people who are signed in"),
                  Audience.STAFF: _("the desk alone")}
STEP_NAMES = {Step.NEWS: _("News"), Step.PROLONGED: _("Another expected end"), Step.ENDED: _("Over"),
              Step.CALLED_OFF: _("Called off")}
LEVEL_NAMES = {Level.FINE: _("works"), Level.BREAK: _("planned break"), Level.DIFFICULTY: _("difficulty"),
               Level.PART: _("some channels fail"), Level.FAILURE: _("failure")}
FIELD_NAMES = {
    "kind": _("Kind"), "environment": _("Environment"), "audience": _("Who reads it"), "is_mailed": _("Letters"),
    "area_id": _("Area"), "service_ids": _("Services"), "channels": _("Channels"), "offices": _("Offices"),
    "starts_at": _("Starts"), "expected_end_at": _("Expected end"), "ends_by_itself": _("Ends by itself"),
    "title_pl": _("Title, Polish"), "title_en": _("Title, English"), "impact_pl": _("What does not work, Polish"),
    "impact_en": _("What does not work, English"), "advice_pl": _("What to do, Polish"),
    "advice_en": _("What to do, English"), "afterwards_pl": _("After it is over, Polish"),
    "afterwards_en": _("After it is over, English"), "queueing": _("Messages sent meanwhile"),
    "procedure": _("Emergency procedure"), "legal_basis": _("Legal basis"), "mark": _("Mark on documents"),
    "valid_from": _("Procedure valid from"), "valid_until": _("Procedure valid until"),
    "instruction_pl": _("Instruction, Polish"), "instruction_en": _("Instruction, English"),
    "ending_pl": _("Words at the end, Polish"), "ending_en": _("Words at the end, English"),
}


def tell(one: Announcement) -> dict[str, Any]:
    """An announcement as pages show it, in the page's language."""
    lang, moment = language(), now()
    kind = Kind(one.kind)
    return {
        "it": one, "number": one.number, "href": page_of(one), "title": one.text("title", lang),
        "kind": gettext(KIND_NAMES[kind]), "colour": KIND_COLOURS[kind],
        "services": sorted((service.name(lang) for service in one.services), key=str.lower),
        "channels": [gettext(WAY_NAMES[Way(way)]) for way in one.channels],
        "may_use_procedure": one.may_use_procedure(moment),
        "is_under_way": one.is_under_way(moment), "is_planned": one.is_planned(moment),
        "is_test": one.environment == Environment.TEST.value,
        "texts": {name: one.text(name, lang) for name in ("impact", "advice", "afterwards", "instruction")},
        "queueing": gettext(QUEUEING_NAMES[Queueing(one.queueing)]) if one.queueing != Queueing.UNKNOWN.value else "",
        "procedure": gettext(PROCEDURE_NAMES[Procedure(one.procedure)]),
        "updates": [{"at": said.at, "name": gettext(STEP_NAMES[Step(said.step)]), "text": said.text(lang),
                     "until": said.expected_end_at} for said in reversed(one.updates)],
        "said": one.updates[-1].text(lang) if one.updates else "",
        "state": gettext(STATE_NAMES[State(one.state)]), "end_at": one.end_at(moment),
    }


def page_of(one: Announcement) -> str:
    """The public page of a published announcement, else the desk's own."""
    if one.serial is None:
        return url_for("announcements.show", announcement_id=one.id)
    return url_for("status.show_one", year=one.year, serial=one.serial)


def known_troubles(service_ids: Collection[int] | None = None) -> list[dict[str, Any]]:
    """What is known not to work now, for the banner of other pages; of these services if they are given."""
    found = find_active(session(), now=now(), audiences=audiences_of(g.person), service_ids=service_ids,
                        environment=Environment.PRODUCTION)
    watched = watched_ids(session(), g.person) if found and g.person is not None else frozenset()
    return [{**tell(one), "is_watched": one.id in watched} for one in found]


def find_outage(session_: Session, ticket: Ticket) -> dict[str, Any] | None:
    """What the request hangs on now, or hung on last."""
    link = find_link(session_, ticket.id)
    if link is None:
        return None
    one = link.announcement
    return {"number": one.number, "title": one.text("title", language()), "is_open": link.told_at is None,
            "href": page_of(one)}


def tell_all(many: Iterable[Announcement]) -> list[dict[str, Any]]:
    return [tell(one) for one in many]
