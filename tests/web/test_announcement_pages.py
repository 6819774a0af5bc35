"""Announcements on pages: from the draft to the status page, the feed and the calendar, and two authors at once."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from engine.outages import ending
from helpdesk.announcements import course
from helpdesk.announcements.feeds import ATOM
from helpdesk.announcements.kinds import Audience, Kind, Procedure, State, Way
from helpdesk.interests import choose
from helpdesk.people.accounts import Role
from tests.desk import INCIDENT, Desk
from tests.engine.test_incident import hand_over
from tests.helpdesk.announcements.writing import do, published, read
from tests.web.conftest import Browser
from tests.web.test_costs import counting

pytestmark = pytest.mark.one_database
Browse = Callable[..., Browser]
FORM = {
    "kind": "central_failure", "environment": "production", "audience": "everybody", "queueing": "queued",
    "procedure": "yes", "legal_basis": "§ 2 rozporządzenia", "mark": "3PL15", "title_pl": "Awaria portalu",
    "title_en": "The portal has failed", "impact_pl": "Portal nie działa.", "impact_en": "The portal does not work.",
    "advice_pl": "Proszę czekać.", "advice_en": "Please wait.", "instruction_pl": "Proszę użyć kodu.",
    "instruction_en": "Use the code.", "starts_at": "2026-11-16T08:30", "is_mailed": "1", "channel": "ws_push",
}
NEWS = {"text_pl": "Już działa.", "text_en": "It works again."}


def test_a_failure_goes_from_the_usual_words_to_the_status_page_and_over(desk: Desk, browse: Browse) -> None:
    amir, lena, marek, nobody = (browse(key) for key in ("amir", "lena", "marek", None))
    assert "All systems work." in nobody.get("/status")
    assert "Central failure" in amir.get("/announcements/new")
    portal = re.findall(r'name="service" value="(\d+)"', amir.get("/announcements/new?kind=central_failure"))[0]
    assert "Failure: Portal" in amir.get(f"/announcements/new?kind=central_failure&service={portal}")

    page = amir.post("/announcements/new", {**FORM, "service": portal})
    assert "3PL15" in page and "another lead or manager approves it" in page
    assert "Publish at once" in lena.get("/announcements/1")
    lena.post("/announcements/1/approve", {"edition": "1"})
    assert "KOM/2026/0001" in marek.post("/announcements/1/publish")
    public = nobody.get("/status")
    assert "1 failure is under way." in public and "The portal has failed" in public
    one = nobody.get("/status/2026/1")
    assert "You may use the emergency procedure" in one and "3PL15" in one and "web service: system sends" in one
    assert "csrf_token" not in public + one

    lena.post("/announcements/1/update", {"text_pl": "", "text_en": "x"}, status=422)
    lena.post("/announcements/1/update", {"text_pl": "Trwa naprawa.", "text_en": "Being repaired."})
    lena.post("/announcements/1/prolong", {"until": "2026-11-16T12:00", **NEWS})
    desk.later(minutes=5)
    lena.post("/announcements/1/end", NEWS)
    ended = nobody.get("/status/2026/1")
    assert ended.index("It works again.") < ended.index("Being repaired.")
    assert "All systems work." in nobody.get("/status") and "99.97%" in nobody.get("/status")
    lena.post("/announcements/1/archive")
    assert "The portal has failed" in nobody.get("/status/archive/2026")
    assert read(desk, 1).state == State.ARCHIVED


def test_what_is_wrong_is_said_and_what_was_typed_stays(desk: Desk, browse: Browse) -> None:
    amir = browse("amir")
    page = amir.post("/announcements/new", {**FORM, "starts_at": "2026-10-25T02:30", "valid_from": "jutro"}, status=422)
    assert "This hour exists twice" in page and "summer time (UTC+2)" in page and "Write the day and the hour" in page
    assert "Portal nie działa." in page and 'value="3PL15"' in page

    amir.post("/announcements/new", {**FORM, "starts_at": "2026-10-25T02:30", "starts_at_which": "second"})
    assert read(desk, 1).starts_at.isoformat() == "2026-10-25T01:30:00+00:00"
    assert "Tick the services" in amir.get("/announcements/1")
    amir.post("/announcements/new", {**FORM, "kind": "made_up"}, status=422)


def test_the_second_author_sees_what_the_first_one_changed_and_keeps_their_text(desk: Desk, browse: Browse) -> None:
    browse("amir").post("/announcements/new", FORM)
    browse("amir").post("/announcements/1/edit", {**FORM, "mark": "3PL16", "edition": "1"})

    words = {**FORM, "title_en": "Beth wrote this"}
    page = browse("beth").post("/announcements/1/edit", {**words, "edition": "1"}, status=409)

    assert "What Amir Nowak has changed meanwhile" in page and "3PL15" in page and "3PL16" in page
    assert "Beth wrote this" in page and 'name="edition" value="2"' in page
    browse("beth").post("/announcements/1/edit", {**words, "edition": "2"})
    assert read(desk, 1).title_en == "Beth wrote this"


def test_the_banner_says_that_it_is_known_and_one_button_asks_to_be_told(desk: Desk, browse: Browse) -> None:
    published(desk)
    clara, colin = browse("clara"), browse("colin")
    for path in ("/", "/catalogue/portal", "/catalogue/portal/error"):
        page = clara.get(path)
        assert "This is known; you need not report it" in page and "KOM/2026/0001" in page, path

    assert "You will be told when it is over." in clara.post(
        "/status/2026/1/watch", {"back": "/catalogue/portal/error"})
    assert "Tell me when it is over" in colin.get("/catalogue/portal/error")
    assert "Tell me when it is over" in clara.post("/status/2026/1/watch", {"stop": "1"})


def test_only_those_it_is_for_read_it(desk: Desk, browse: Browse) -> None:
    published(desk, audience=Audience.STAFF, title_en="For the desk")
    published(desk, audience=Audience.CLIENTS, title_en="For clients")
    for who, inside, clients in ((None, 404, 404), ("clara", 404, 200), ("amir", 200, 200)):
        browse(who).get("/status/2026/1", status=inside)
        browse(who).get("/status/2026/2", status=clients)
        feed = browse(who).get("/status/feeds/all.atom")
        assert "For the desk" not in feed and "For clients" not in feed


def test_the_public_page_can_be_kept_and_costs_little(desk: Desk, browse: Browse) -> None:
    for _ in range(3):
        published(desk)
    client = browse(None).client
    with counting(desk) as few:
        first = client.get("/status")
    for _ in range(5):
        published(desk, kind=Kind.DIFFICULTY)
    with counting(desk) as many:
        changed = client.get("/status")
    assert len(few) == len(many) <= 12
    assert first.headers["Cache-Control"] == "public, max-age=30" and "Set-Cookie" not in first.headers
    assert changed.headers["ETag"] != first.headers["ETag"]

    with counting(desk) as again:
        kept = client.get("/status")
        same = client.get("/status", headers={"If-None-Match": changed.headers["ETag"]})
    assert len(again) == 2
    nonce = re.search(r"'nonce-([^']+)'", kept.headers["Content-Security-Policy"])
    assert nonce and f'nonce="{nonce[1]}"' in kept.text and kept.headers["ETag"] == changed.headers["ETag"]
    assert (same.status_code, same.data, same.headers.get("Content-Security-Policy")) == (304, b"", None)
    assert browse("clara").client.get("/status").headers["Cache-Control"] == "no-store"


def test_the_feed_is_atom_with_steady_ids_and_escaped_words(desk: Desk, browse: Browse) -> None:
    nasty = "<b>&amp; „cudzysłów” ]]> \x0b koniec"
    one = published(desk, title_pl=nasty, title_en=nasty)
    before = ElementTree.fromstring(browse(None).get("/status/feeds/all.atom"))
    desk.later(minutes=10)
    do(desk, "lena", lambda session, person: course.add_update(session, one, by=person, now=desk.now, **NEWS))

    answer = browse(None).client.get("/status/feeds/portal.atom")
    feed = ElementTree.fromstring(answer.text)

    def text(parent: ElementTree.Element, name: str) -> str:
        return parent.findtext(f"{{{ATOM}}}{name}") or ""

    entry, = feed.findall(f"{{{ATOM}}}entry")
    assert answer.content_type == "application/atom+xml; charset=utf-8" and feed.tag == f"{{{ATOM}}}feed"
    assert all(text(feed, name) for name in ("id", "title", "updated")) and text(entry, "id").startswith("tag:")
    assert text(entry, "title") == f"KOM/2026/0001: {nasty.replace(chr(11), '')}"
    assert text(before.findall(f"{{{ATOM}}}entry")[0], "id") == text(entry, "id")
    assert text(entry, "updated") == text(feed, "updated") == desk.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert text(entry, "summary").startswith("It works again.")
    assert feed.find(f"{{{ATOM}}}link[@rel='self']").get("href") == text(feed, "id")  # type: ignore[union-attr]
    assert not re.search(r"Amir|Lena|Marek|example\.com", answer.text)


def test_calendars_keep_the_uid_count_changes_and_cancel(desk: Desk, browse: Browse) -> None:
    hours = {"starts_at": desk.now + timedelta(days=1), "expected_end_at": desk.now + timedelta(days=1, hours=2)}
    one = published(desk, kind=Kind.PLANNED_BREAK, **hours)
    published(desk)
    with desk.session() as session:
        choose(session, desk.person(session, "clara"), [], now=desk.now)
    own = re.search(r'href="[^"]*(/status/calendars/\d+/[0-9a-f]+/mine.ics)"', browse("clara").get("/status"))
    assert own is not None

    def event(path: str) -> tuple[str, int, str, object]:
        found, = Calendar.from_ical(browse(None).get(path)).walk("VEVENT")
        return str(found["uid"]), int(found["sequence"]), str(found["status"]), found["dtend"].dt

    uid = "announcement-2026-1@localhost"
    assert event("/status/calendars/portal.ics") == (uid, 0, "CONFIRMED", hours["expected_end_at"])
    later = hours["expected_end_at"] + timedelta(hours=1)
    do(desk, "lena", lambda session, person: course.prolong(session, one, until=later, by=person, now=desk.now, **NEWS))
    assert event(own[1]) == (uid, 1, "CONFIRMED", later)
    do(desk, "lena", lambda session, person: ending.call_off(session, one, by=person, now=desk.now, **NEWS))
    assert event("/status/calendars/all.ics") == (uid, 2, "CANCELLED", later)
    browse(None).get(own[1].replace("/mine", "0/mine"), status=404)
    browse("clara").post("/status/calendars/renew")
    browse(None).get(own[1], status=404)


def test_words_for_one_visitor_are_read_by_nobody_else_and_errors_are_not_kept(
        desk: Desk, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    published(desk)
    clara = browse("clara")
    clara.send("/sign-out", {})
    with clara.client.session_transaction() as cookie:
        cookie["_flashes"] = [("success", "Tylko do Pani")]

    own = clara.client.get("/status")
    assert "Tylko do Pani" in own.text and own.headers["Cache-Control"] == "no-store"
    assert "Tylko do Pani" not in browse(None).client.get("/status").text

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no page today")
    monkeypatch.setattr("web.pages.public.status._status", fail)
    desk.later(minutes=2)
    answer = browse(None).client.get("/status")
    assert answer.status_code == 500 and answer.headers["Cache-Control"] == "no-store"


def test_requests_are_joined_from_the_announcement_and_from_the_ticket(desk: Desk, browse: Browse) -> None:
    one = published(desk)
    first, second = desk.submit(), desk.submit(by="colin")
    amir = browse("amir")
    page = amir.get(f"/announcements/{one}")
    assert first in page and second in page

    page = amir.post(f"/announcements/{one}/join", {"ticket": str(desk.ticket(first).id)})
    assert "1 request hangs on the announcement now." in page
    assert "Part of a known failure" in browse("clara").get(f"/requests/{first}")
    assert "Is it part of a failure that is known?" in amir.get(f"/tickets/{second}")
    assert f'value="{one}" checked' in amir.get(f"/tickets/{second}/outage")
    page = amir.post(f"/tickets/{second}/outage", {"announcement": str(one)})
    assert "Part of a known failure" in page
    assert "Is it part of a failure" in amir.post(f"/tickets/{second}/outage/leave")


def test_many_requests_are_joined_from_the_worklist_and_the_others_are_named_with_the_reason(
        desk: Desk, browse: Browse) -> None:
    assert "Join the ticked" not in browse("amir").get("/worklist?tab=teams")
    one = published(desk)
    first, second, solved = desk.submit(), desk.submit(by="colin"), desk.submit()
    desk.complete(solved, "recognise", decision="solve", solution="Już działa.", priority="normal")
    ids = {number: str(desk.ticket(number).id) for number in (first, second, solved)}
    amir, marek = browse("amir"), browse("marek")
    for tab in ("teams", "every"):
        page = amir.get(f"/worklist?tab={tab}")
        assert [f'name="ticket" value="{ids[number]}"' in page for number in ids] == [True, True, False], tab
        assert 'name="ticket"' not in marek.get(f"/worklist?tab={tab}")
    # A manager sees every request, and joins those of the own team alone.
    with desk.session() as session:
        desk.person(session, "beth").roles = [Role.MANAGER.value]
    assert solved in browse("beth").get("/worklist?tab=every") and 'name="ticket"' not in browse("beth").get(
        "/worklist?tab=every")
    hand_over(desk, second)
    page = browse("beth").get("/worklist?tab=every")
    assert [f'name="ticket" value="{ids[number]}"' in page for number in ids] == [False, True, False]

    page = amir.post("/worklist/join", {"ticket": [*ids.values(), "999999"], "announcement": str(one),
                                        "back": "/worklist?tab=teams"})
    assert "2 requests hang on the announcement now." in page
    assert f"{solved}: This request has its solution already." in page and "(1)" in page
    assert {desk.ticket(number).paused_because for number in (first, second)} == {"known_failure"}

    assert "Tick at least one request." in amir.post("/worklist/join", {"announcement": str(one)})
    assert "Choose the announcement." in amir.post("/worklist/join", {"ticket": ids[first]})
    page = marek.post("/worklist/join", {"ticket": ids[first], "announcement": str(one)})
    assert f"{first}: You are not allowed to do this." in page


def test_a_new_request_for_the_service_joins_while_it_is_filled_in(desk: Desk, browse: Browse) -> None:
    one = published(desk)
    clara = browse("clara")
    page = clara.post("/catalogue/portal/error", {key: str(value) for key, value in INCIDENT.items()})
    assert "KOM/2026/0001" in page and f'name="known" value="{one}" checked' in page

    page = clara.post("/catalogue/portal/error/summary", {"act_id": "once", "known": str(one)})
    number = re.search(r"ZGL\d{7}", page)
    assert number is not None

    assert desk.ticket(number[0]).paused_because == "known_failure"
    inside = published(desk, audience=Audience.STAFF, title_pl="Tylko dla nas")
    clara.post("/catalogue/portal/error", {key: str(value) for key, value in INCIDENT.items()})
    page = clara.post("/catalogue/portal/error/summary", {"act_id": "twice", "known": str(inside)})
    other = re.search(r"ZGL\d{7}", page)
    assert other is not None and "Tylko dla nas" not in clara.get(f"/requests/{other[0]}")
    assert "Part of a known failure" in clara.get(f"/requests/{number[0]}")


def test_the_banner_says_how_to_use_the_emergency_procedure_as_long_as_it_holds(desk: Desk, browse: Browse) -> None:
    published(desk, procedure=Procedure.YES, mark="N04737", legal_basis="art. 5", instruction_pl="Pole 44.",
              instruction_en="Put it into box 44.", valid_until=desk.now + timedelta(hours=3))
    clara = browse("clara")
    for page in ("/catalogue/portal", "/catalogue/portal/emergency_consent"):
        for said in ("you need not ask for consent", "KOM/2026/0001", "N04737", "Put it into box 44.", "12:00"):
            assert said in clara.get(page), (page, said)

    desk.later(hours=4)
    assert "you need not ask for consent" not in clara.get("/catalogue/portal")


def test_one_press_beside_a_system_follows_it_and_another_one_takes_it_back(desk: Desk, browse: Browse) -> None:
    published(desk)
    clara, nobody = browse("clara"), browse(None)
    for page in ("/status", "/status/2026/1"):
        back = re.search(r'href="/sign-in\?next=([^"]+)">Follow<', nobody.get(page))
        assert back is not None and unquote(back[1]) in ("/status?all=1#system-portal", "/status/2026/1#follow-title")

    for page in ("/status?all=1", "/status/2026/1"):
        assert "is one of your services now" in clara.post(
            "/my-services/portal/follow", {"back": "/status?all=1#system-portal"})
        assert "Stop following" in clara.get(page)
        assert ">Follow<" in clara.post("/my-services/portal/unfollow", {"back": page})


def test_a_channel_that_failed_by_itself_has_a_line_of_its_own(desk: Desk, browse: Browse) -> None:
    published(desk, channels=(Way.PUSH,))
    desk.later(hours=2)

    page = browse(None).get("/status")

    assert "some channels fail" in page and "web service: system sends" in page
    assert re.findall(r"([\d.]+)%</p>", page)[:2] == ["100", "99.86"]
