"""Announcements as the desk writes them: the list, the form, approval, publication, updates and the end."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from engine.outages import detection, ending
from engine.outages.joining import list_candidates
from engine.outages.records import count_joined, list_joined
from helpdesk.announcements import course, watchers, writing
from helpdesk.announcements.content import BadContent, Content, missing_of
from helpdesk.announcements.kinds import FAILURES, UNPUBLISHED, Kind, State
from helpdesk.announcements.moments import HourTwice, read_local
from helpdesk.announcements.records import Announcement, get_announcement, list_all
from helpdesk.announcements.usual import usual_content
from helpdesk.announcements.writing import EditedMeanwhile
from helpdesk.catalogue import Service, list_areas
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.languages import _
from helpdesk.people.policy import Act, may
from web.edge import Page, ShowAgain, allow, desk, now, person, row_id, session
from web.language import gettext, say_error
from web.showing.announcement_form import Typed, tell_faults
from web.showing.announcing import (
    AUDIENCE_NAMES,
    ENVIRONMENT_NAMES,
    FIELD_NAMES,
    KIND_NAMES,
    PROCEDURE_NAMES,
    QUEUEING_NAMES,
    WAY_NAMES,
    tell,
)

pages = Blueprint("announcements", __name__)
Faults = dict[str, str]

TABS: dict[str, tuple[str, tuple[State, ...]]] = {
    "open": (_("In force"), (State.PUBLISHED,)), "drafts": (_("Drafts"), (State.DRAFT, State.APPROVED)),
    "ended": (_("Ended"), (State.ENDED,)), "archived": (_("Archive"), (State.ARCHIVED, State.DISCARDED)),
}
DONE = {
    "approve": _("The announcement is approved and can be published."),
    "publish": _("The announcement is published as {number}."),
    "confirm": _("The announcement is confirmed."), "discard": _("The draft is discarded."),
    "update": _("The news is published."), "prolong": _("The new time is published."),
    "end": _("The announcement is over. Everybody who waits for it is being told."),
    "call_off": _("The announcement is called off."), "archive": _("The announcement is in the archive."),
}


@pages.get("/announcements")
@allow(Act.WRITE_ANNOUNCEMENTS)
def list_() -> Page:
    """What is published, drafted and over; and what many reports seem to say."""
    chosen = request.args.get("tab", "open")
    chosen = chosen if chosen in TABS else "open"
    many = list_all(session(), states=TABS[chosen][1])
    joined = count_joined(session(), [one.id for one in many])
    return render_template(
        "announcements/list.html", rows=[{**tell(one), "joined": joined.get(one.id, 0)} for one in many],
        tabs=[{"label": gettext(label), "href": url_for("announcements.list_", tab=key), "is_current": key == chosen}
              for key, (label, _states) in TABS.items()],
        suspicions=detection.list_suspicions(session()), minutes=desk().settings.outage_minutes,
        may_decide=may(person(), Act.DECIDE_ANNOUNCEMENTS))


@pages.route("/announcements/new", methods=["GET", "POST"])
@allow(Act.WRITE_ANNOUNCEMENTS)
def new() -> Page:
    """A new draft: first its kind, then its words, with the usual ones to begin from."""
    if request.method == "POST":
        return _save(lambda content: writing.draft(session(), content, by=person(), now=now()), None)
    kind = request.args.get("kind", "")
    if kind not in tuple(Kind):
        return render_template("announcements/kinds.html", kinds=_kinds(), service=request.args.get("service"))
    services = _services_named()
    typed = Typed.of_content(usual_content(Kind(kind), services, now=now()))
    return _form(typed, None)


@pages.route("/announcements/<int:announcement_id>/edit", methods=["GET", "POST"])
@allow(Act.WRITE_ANNOUNCEMENTS)
def edit(announcement_id: int) -> Page:
    """Other words for a draft; whoever comes second sees what the first one has changed."""
    announcement = get_announcement(session(), announcement_id)
    if request.method == "POST":
        seen = row_id(request.form.get("edition")) or 0
        return _save(lambda content: writing.change(
            session(), announcement_id, content, seen=seen, by=person(), now=now()), announcement_id)
    return _form(Typed.of_content(Content.of(announcement)), announcement)


@pages.get("/announcements/<int:announcement_id>")
@allow(Act.WRITE_ANNOUNCEMENTS)
def show(announcement_id: int) -> Page:
    """The announcement as readers will see it, what can be done with it, and the requests that hang on it."""
    return _page(announcement_id)


@pages.post("/announcements/<int:announcement_id>/approve")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def approve(announcement_id: int) -> Page:
    seen = row_id(request.form.get("edition")) or 0
    return _do(announcement_id, "approve", lambda: writing.approve(
        session(), announcement_id, seen=seen, by=person(), now=now()))


@pages.post("/announcements/<int:announcement_id>/publish")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def publish(announcement_id: int) -> Page:
    return _do(announcement_id, "publish", lambda: writing.publish(
        session(), announcement_id, by=person(), now=now(), is_urgent="urgent" in request.form,
        seen=row_id(request.form.get("edition"))))


@pages.post("/announcements/<int:announcement_id>/confirm")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def confirm(announcement_id: int) -> Page:
    return _do(announcement_id, "confirm", lambda: writing.confirm(
        session(), announcement_id, by=person(), now=now()))


@pages.post("/announcements/<int:announcement_id>/discard")
@allow(Act.WRITE_ANNOUNCEMENTS)
def discard(announcement_id: int) -> Page:
    return _do(announcement_id, "discard", lambda: writing.discard(
        session(), announcement_id, by=person(), now=now()))


@pages.post("/announcements/<int:announcement_id>/update")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def update(announcement_id: int) -> Page:
    return _do(announcement_id, "update", lambda: course.add_update(
        session(), announcement_id, by=person(), now=now(), **_words()))


@pages.post("/announcements/<int:announcement_id>/prolong")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def prolong(announcement_id: int) -> Page:
    return _do(announcement_id, "prolong", lambda: course.prolong(
        session(), announcement_id, until=_moment("until"), by=person(), now=now(), **_words()))


@pages.post("/announcements/<int:announcement_id>/end")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def end(announcement_id: int) -> Page:
    """It is over: one decision for every request that hangs on it."""
    return _do(announcement_id, "end", lambda: ending.end(
        session(), announcement_id, by=person(), now=now(), ended_at=_moment("ended_at"), **_words()))


@pages.post("/announcements/<int:announcement_id>/call-off")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def call_off(announcement_id: int) -> Page:
    return _do(announcement_id, "call_off", lambda: ending.call_off(
        session(), announcement_id, by=person(), now=now(), **_words()))


@pages.post("/announcements/<int:announcement_id>/archive")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def archive(announcement_id: int) -> Page:
    return _do(announcement_id, "archive", lambda: course.archive(
        session(), announcement_id, by=person(), now=now()))


@pages.post("/announcements/suspicions/<int:suspicion_id>/settle")
@allow(Act.DECIDE_ANNOUNCEMENTS)
def settle(suspicion_id: int) -> Page:
    """Many reports, and yet no failure."""
    detection.settle(session(), suspicion_id, by=person(), now=now())
    flash(gettext("Noted: it is no failure."), "info")
    return redirect(url_for("announcements.list_"))


def _do(announcement_id: int, what: str, act: Callable[[], object]) -> Page:
    """Do something with the announcement and say so; what cannot be done is said above the page."""
    try:
        act()
    except (NotAllowed, NotFound):
        raise
    except DeskError as error:
        failed = error
        raise ShowAgain(error, lambda: _page(announcement_id, what, failed)) from error
    one = get_announcement(session(), announcement_id)
    flash(gettext(DONE[what], number=one.number) if "{number}" in DONE[what] else gettext(DONE[what]), "success")
    return redirect(url_for("announcements.list_", tab="drafts") if what == "discard"
                    else url_for("announcements.show", announcement_id=announcement_id))


def _save(write: Callable[[Content], Announcement], announcement_id: int | None) -> Page:
    typed = Typed.of_form(request.form)
    try:
        saved = write(typed.read())
    except BadContent as error:
        faults = error.faults
        raise ShowAgain(error, lambda: _form(typed, _again(announcement_id), tell_faults(faults))) from error
    except EditedMeanwhile as error:
        met = error
        raise ShowAgain(error, lambda: _form(typed, _again(announcement_id), met=met), 409) from error
    except (NotAllowed, NotFound):
        raise
    except DeskError as error:
        said = error
        raise ShowAgain(error, lambda: _form(typed, _again(announcement_id), {"": say_error(said)})) from error
    flash(gettext("The draft is saved."), "success")
    return redirect(url_for("announcements.show", announcement_id=saved.id))


def _again(announcement_id: int | None) -> Announcement | None:
    return get_announcement(session(), announcement_id) if announcement_id is not None else None


def _form(typed: Typed, announcement: Announcement | None, faults: Faults | None = None,
          met: EditedMeanwhile | None = None) -> str:
    return render_template(
        "announcements/form.html", values=typed.values, announcement=announcement, faults=faults or {},
        changes=_changes(announcement, met) if announcement and met else [],
        by=announcement.changed_by if announcement and met else None, error=say_error(met) if met else None,
        areas=list_areas(session()), kinds=KIND_NAMES, ways=WAY_NAMES, environments=ENVIRONMENT_NAMES,
        audiences=AUDIENCE_NAMES, queueings=QUEUEING_NAMES, procedures=PROCEDURE_NAMES, fields=FIELD_NAMES,
        action=url_for("announcements.edit", announcement_id=announcement.id) if announcement
        else url_for("announcements.new"))


def _changes(announcement: Announcement, met: EditedMeanwhile) -> list[dict[str, Any]]:
    """What somebody else has changed since the author opened the form: field, before, now."""
    before = writing.find_edition(session(), announcement.id, met.seen)
    if before is None:
        return []
    after = Content.of(announcement).plain()
    return [{"field": gettext(FIELD_NAMES[name]), "before": _say(before.content.get(name)), "now": _say(value)}
            for name, value in after.items() if before.content.get(name) != value]


def _say(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    return str(value) if value not in (None, "") else "–"


def _page(announcement_id: int, what: str = "", error: DeskError | None = None) -> str:
    one = get_announcement(session(), announcement_id)
    faults = tell_faults(error.faults) if isinstance(error, BadContent) else {}
    missing = missing_of(Content.of(one)) if State(one.state) in UNPUBLISHED else []
    is_published = one.state == State.PUBLISHED.value
    typed = request.form if error is not None else {}
    is_author = person().id in (one.written_by_id, one.changed_by_id)
    return render_template(
        "announcements/show.html", one=tell(one), it=one, what=what, faults=faults, typed=typed,
        error=say_error(error) if error is not None and not faults else None, missing=[
            {"text": f"{gettext(FIELD_NAMES[name])}: {sentence}", "href": None}
            for name, sentence in tell_faults(missing).items()],
        may_decide=may(person(), Act.DECIDE_ANNOUNCEMENTS), is_author=is_author,
        may_confirm=one.needs_confirmation and not is_author and person().id != one.published_by_id,
        is_failure=one.kind in FAILURES, is_draft=State(one.state) in UNPUBLISHED, is_published=is_published,
        joined=list_joined(session(), one.id), watchers=watchers.count_watchers(session(), one.id),
        candidates=list_candidates(session(), one, team_ids=person().team_ids) if is_published else [],
        is_twice=isinstance(error, HourTwice), may_use_procedure=one.may_use_procedure(now()))


def _words() -> dict[str, str]:
    return {name: request.form.get(name, "").replace("\r\n", "\n").replace("\x00", "")
            for name in ("text_pl", "text_en")}


def _moment(name: str) -> datetime | None:
    return read_local(request.form.get(name, ""), request.form.get(f"{name}_which", ""))


def _kinds() -> list[dict[str, str]]:
    about = {
        Kind.CENTRAL_FAILURE: _("A system does not work for anybody."),
        Kind.LOCAL_FAILURE: _("A system does not work at some offices."),
        Kind.DIFFICULTY: _("It works, but slowly or only partly."),
        Kind.PLANNED_BREAK: _("Work that is announced in advance."),
        Kind.CHANGE: _("Something will be otherwise than it was."),
        Kind.INFORMATION: _("Anything else that clients should know."),
    }
    return [{"key": kind.value, "name": gettext(KIND_NAMES[kind]), "about": gettext(about[kind])} for kind in Kind]


def _services_named() -> list[Service]:
    """The services that the address names: of the page from which the author comes."""
    keys = [key for text in request.args.getlist("service") if (key := row_id(text)) is not None]
    return list(session().scalars(select(Service).where(Service.id.in_(keys)))) if keys else []
