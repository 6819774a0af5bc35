"""The public page of how systems are: now, planned, the last 90 days; the archive, feeds and calendars."""

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy import func, select

from helpdesk.announcements import availability, calendars, feeds, watchers
from helpdesk.announcements.availability import Level, list_troubles
from helpdesk.announcements.kinds import FAILURES, TROUBLES, Audience, Environment, Kind, State, Way
from helpdesk.announcements.records import (
    Announcement,
    audiences_of,
    by_service,
    find_active,
    find_planned,
    get_public,
    list_public,
)
from helpdesk.catalogue.offers import AreaOffer, get_offer, list_offers
from helpdesk.catalogue.records import Service
from helpdesk.errors import NotFound
from helpdesk.interests import chosen_ids
from helpdesk.people.accounts import Person, get_person
from helpdesk.people.policy import Act
from helpdesk.years import ZONE
from sla.speech import say_day
from web.channels import viewer
from web.edge import Page, allow, desk, now, own_path, person, session
from web.language import gettext, language
from web.public import answer_anybody
from web.showing.announcing import LEVEL_NAMES, WAY_NAMES, known_troubles, tell, tell_all

pages = Blueprint("status", __name__)
FIRST_YEAR, FED = 2020, timedelta(days=180)
MARKS = {Level.FINE: "", Level.BREAK: "b", Level.DIFFICULTY: "d", Level.PART: "p", Level.FAILURE: "f"}
LEVEL_COLOURS = {Level.FINE: "green", Level.BREAK: "blue", Level.DIFFICULTY: "amber", Level.PART: "amber",
                 Level.FAILURE: "red"}


@pages.app_context_processor
def banner() -> dict[str, Any]:
    """What the banner asks that any page may carry; other templates are given what they show."""
    return {"known_troubles": known_troubles}


@pages.get("/status")
@allow(Act.VISIT)
def show() -> Page:
    """Now, planned, and the last 90 days of every system; of one's own services first, if one has chosen some."""
    return answer_anybody(_stamp(), _status)


@pages.get("/status/<int:year>/<int:serial>")
@allow(Act.VISIT)
def show_one(year: int, serial: int) -> Page:
    """One announcement with everything that was said about it, and when."""
    one = get_public(session(), year, serial, audiences=audiences_of(g.person))
    return answer_anybody(f"{one.id}:{one.revision}", lambda: render_template(
        "status/one.html", one=tell(one), may_use_procedure=one.may_use_procedure(now()),
        chosen=chosen_ids(session(), g.person),
        is_watched=g.person is not None and watchers.is_watched(session(), one.id, g.person)))


@pages.get("/status/archive/<int:year>")
@allow(Act.VISIT)
def archive(year: int) -> Page:
    """What was published in a year."""
    this_year = now().astimezone(ZONE).year
    if not FIRST_YEAR <= year <= this_year:
        raise NotFound()
    since, until = (datetime(one, 1, 1, tzinfo=ZONE).astimezone(UTC) for one in (year, year + 1))

    def render() -> str:
        many = [one for one in list_public(session(), since=since, until=until, audiences=audiences_of(g.person))
                if one.published_at is not None and since <= one.published_at]
        return render_template("status/archive.html", year=year, years=range(this_year, _first_year() - 1, -1),
                               many=tell_all(many))

    return answer_anybody(_stamp(), render)


@pages.post("/status/<int:year>/<int:serial>/watch")
@allow(Act.USE_DESK)
def watch(year: int, serial: int) -> Page:
    """Tell me when it is over; or, with `stop`, no longer."""
    one = get_public(session(), year, serial, audiences=audiences_of(person()))
    if "stop" in request.form:
        watchers.unwatch(session(), one, by=person(), now=now())
        flash(gettext("You will not be written to about {number} any more.", number=one.number), "info")
    else:
        watchers.watch(session(), one, by=person(), now=now())
        flash(gettext("We shall write to you when {number} is over. You need not report it.", number=one.number),
              "success")
    return redirect(own_path(request.form.get("back"), url_for("status.show_one", year=year, serial=serial)))


@pages.get("/status/feeds/all.atom")
@allow(Act.VISIT)
def feed() -> Page:
    """Everything that is announced to everybody."""
    return _feed(None)


@pages.get("/status/feeds/<service_key>.atom")
@allow(Act.VISIT)
def feed_of(service_key: str) -> Page:
    """What is announced about one service."""
    return _feed(get_offer(session(), service_key, viewer()).service)


@pages.get("/status/calendars/all.ics")
@allow(Act.VISIT)
def calendar() -> Page:
    """All planned breaks."""
    return _calendar(_planned(None), gettext("Planned breaks"))


@pages.get("/status/calendars/<service_key>.ics")
@allow(Act.VISIT)
def calendar_of(service_key: str) -> Page:
    """The planned breaks of one service."""
    service = get_offer(session(), service_key, viewer()).service
    return _calendar(_planned(frozenset({service.id})),
                     gettext("Planned breaks: {name}", name=service.name(language())))


@pages.get("/status/calendars/<int:person_id>/<code>/mine.ics")
@allow(Act.VISIT)
def calendar_mine(person_id: int, code: str) -> Page:
    """The planned breaks of the services that somebody has chosen; the code in the address is what opens it."""
    try:
        whose = get_person(session(), person_id)
    except NotFound:
        whose = None
    if whose is None or whose.is_disabled or not hmac.compare_digest(code_of(whose).encode(), code.encode()):
        raise NotFound()
    chosen = chosen_ids(session(), whose)
    return _calendar(_planned(chosen or None), gettext("Planned breaks of my services"))


@pages.post("/status/calendars/renew")
@allow(Act.USE_DESK)
def renew_calendar() -> Page:
    """Another address for one's own calendar; the old one leads nowhere."""
    calendars.renew(session(), person(), now=now())
    flash(gettext("Your calendar has a new address. The old one does not work any more."), "success")
    return redirect(url_for("status.show") + "#more-title")


def code_of(whose: Person) -> str:
    """The code of a person's own calendar: nothing secret is stored, and nobody else can make it."""
    words = f"calendar:{whose.id}:{whose.created_at.isoformat()}:{calendars.generation_of(session(), whose)}"
    return desk().vault.mark(words, purpose="calendar")[:40]


def _status() -> str:
    audiences = audiences_of(g.person)
    chosen = chosen_ids(session(), g.person)
    is_mine = bool(chosen) and "all" not in request.args
    offers = list_offers(session(), viewer(), only=chosen if is_mine else None, with_empty=True)
    seen = frozenset(one.service.id for offer in offers for one in offer.services)
    active = [one for one in find_active(session(), now=now(), audiences=audiences, kinds=tuple(Kind))
              if not one.service_ids or one.service_ids & seen]
    planned = [one for one in find_planned(session(), now=now(), audiences=audiences)
               if not one.service_ids or one.service_ids & seen]
    troubles = by_service(list_troubles(session(), now=now(), audiences=audiences))
    bad = [one for one in active if one.kind in TROUBLES and one.environment == Environment.PRODUCTION.value]
    return render_template(
        "status/show.html", active=tell_all(one for one in active if one.kind in TROUBLES),
        changes=tell_all(one for one in active if one.kind not in TROUBLES), planned=tell_all(planned),
        areas=[(offer.area, _rows(offer, by_service(bad), troubles, chosen)) for offer in offers], is_fine=not bad,
        failures=sum(one.kind in FAILURES for one in bad), is_mine=is_mine, has_chosen=bool(chosen),
        days=availability.DAYS, year=now().astimezone(ZONE).year,
        own_calendar=_own_calendar())


def _own_calendar() -> str:
    who = g.person
    return _address("status.calendar_mine", person_id=who.id, code=code_of(who)) if who is not None else ""


def _rows(offer: AreaOffer, bad: Any, troubles: Any, chosen: frozenset[int]) -> list[dict[str, Any]]:
    """The services of an area, the worst first: how each is now, and its last days."""
    rows = []
    for one in offer.services:
        now_bad = bad.get(one.service.id, [])
        about = troubles.get(one.service.id, [])
        level = max((availability.level_of(trouble) for trouble in now_bad), default=Level.FINE)
        rows.append({"service": one.service, "level": level, "state": gettext(LEVEL_NAMES[level]),
                     "colour": LEVEL_COLOURS[level], "strip": _strip(about), "ways": _ways(about),
                     "numbers": tell_all(now_bad), "is_followed": one.service.id in chosen})
    return sorted(rows, key=lambda row: -row["level"])


def _strip(about: list[Announcement], way: Way | None = None) -> dict[str, Any]:
    past = availability.history(about, now=now(), way=way)
    return {"marks": [MARKS[day.level] for day in past.days], "percent": _say_percent(past),
            "days": [{"on": say_day(day.on, language()), "level": gettext(LEVEL_NAMES[day.level]),
                      "minutes": int(day.away_for.total_seconds() // 60)} for day in reversed(past.bad_days)]}


def _ways(about: list[Announcement]) -> list[dict[str, Any]]:
    """The channels that were not as their system, each with a line of its own."""
    return [{"name": gettext(WAY_NAMES[way]), "strip": _strip(about, way)} for way in availability.ways_of(about)]


def _say_percent(past: availability.History) -> str:
    text = f"{past.percent.normalize():f}"
    return f"{text if language() == 'en' else text.replace('.', ',')}%"


def _stamp() -> str:
    """Changes with every change of what is public."""
    row = session().execute(select(func.max(Announcement.changed_at), func.count(Announcement.id), func.sum(
        Announcement.revision)).where(Announcement.state.in_([State.PUBLISHED, State.ENDED, State.ARCHIVED]))).one()
    return f"{row[0]}:{row[1]}:{row[2]}"


def _first_year() -> int:
    return session().scalar(select(func.min(Announcement.year))) or now().astimezone(ZONE).year


def _feed(service: Service | None) -> Page:
    def render() -> bytes:
        lang = language()
        many = list_public(session(), since=now() - FED, service_ids=None if service is None else {service.id})
        title = gettext("Announcements of the help desk") if service is None else gettext(
            "Announcements: {name}", name=service.name(lang))
        address = (_address("status.feed") if service is None
                   else _address("status.feed_of", service_key=service.key))
        return feeds.write_atom(many, title=title, address=address, page=_address("status.show"), link=_link,
                                language=lang, name=gettext("Help desk"), now=now())

    return answer_anybody(_stamp(), render, kind="application/atom+xml; charset=utf-8")


def _planned(service_ids: frozenset[int] | None) -> list[Announcement]:
    many = list_public(session(), since=now() - FED, audiences=(Audience.EVERYBODY,), service_ids=service_ids)
    return [one for one in many if one.kind == Kind.PLANNED_BREAK.value]


def _calendar(many: list[Announcement], title: str) -> Page:
    host = urlsplit(desk().settings.address).hostname or "localhost"
    return answer_anybody(_stamp(), lambda: feeds.write_calendar(
        many, title=title, link=_link, language=language(), host=host), kind="text/calendar; charset=utf-8")


def _link(one: Announcement) -> str:
    return _address("status.show_one", year=one.year, serial=one.serial)


def _address(endpoint: str, **arguments: Any) -> str:
    """The whole address of a page, from the configured one and never from what a browser claims."""
    return desk().settings.address.rstrip("/") + url_for(endpoint, **arguments)
