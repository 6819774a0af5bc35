"""Notices in the page: the bell, what is read, what people choose, and letters stopped with one click."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import event, select

from helpdesk import outbox
from helpdesk.announcements.mailing import mail_due
from helpdesk.announcements.records import AnnouncementWatcher
from helpdesk.notices.choices import Choice, Choices, Way, choices_of
from helpdesk.notices.kinds import Kind
from helpdesk.outbox import Letter
from helpdesk.people.signin import SignedIn
from helpdesk.ratings.remarks import RemarkKind, answer, make
from helpdesk.settings import Settings
from mailroom.letters import compose
from tests.desk import Desk
from tests.helpdesk.announcements.writing import published
from tests.web.conftest import Browser
from web.edge import Desk as WebDesk


def bell(browser: Browser) -> str:
    """The number at the bell."""
    found = re.search(r'class="count" aria-hidden="true">([^<]*)<', browser.get("/account"))
    assert found is not None
    return found.group(1)


def notice_ids(browser: Browser, which: str = "unread") -> list[int]:
    return [int(one) for one in re.findall(r'action="/notices/(\d+)"', browser.get(f"/notices?which={which}"))]


def letter_as_sent(app: Flask, desk: Desk) -> EmailMessage:
    web_desk: WebDesk = app.extensions["desk"]
    return desk.ask(lambda session: compose(
        session, session.scalars(select(Letter).where(Letter.way != "none")).first(), web_desk.settings)  # type: ignore[arg-type]
        .as_email("pomoc@example.gov.pl", desk.now))


def test_the_bell_counts_what_is_unread_and_a_notice_leads_to_its_request(
        browse: Callable[..., Browser], desk: Desk) -> None:
    numbers = [desk.submit(), desk.submit()]
    clara = browse("clara")
    assert bell(clara) == "2"

    newest = notice_ids(clara)[0]
    answer = clara.send(f"/notices/{newest}", follow=False, status=302)

    assert answer.location == f"/requests/{numbers[1]}"
    assert bell(clara) == "1"
    assert len(notice_ids(clara)) == 1 and newest not in notice_ids(clara)
    clara.post(f"/notices/{newest}/mark", {"as": "unread"})
    assert bell(clara) == "2"


def test_marking_all_as_read_leaves_what_came_after_the_list_was_shown(
        browse: Callable[..., Browser], desk: Desk) -> None:
    desk.submit()
    clara = browse("clara")
    seen = notice_ids(clara)[0]
    desk.submit()

    clara.post("/notices/read", {"upto": str(seen)})

    assert bell(clara) == "1"
    assert len(notice_ids(clara, "all")) == 2


def test_the_bell_stops_counting_at_99(browse: Callable[..., Browser], desk: Desk) -> None:
    with desk.session() as session:
        for _ in range(101):
            outbox.queue(session, to=desk.person(session, "clara"), text="reply", now=desk.now)

    assert bell(browse("clara")) == "99+"
    assert browse("clara", "pl").client.get("/notices/count").json == {
        "shown": "99+", "words": "ponad 99 nieprzeczytanych powiadomień"}


def test_asking_for_the_number_does_not_keep_anybody_signed_in(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    clara.get("/notices")
    before = desk.ask(lambda session: session.scalars(select(SignedIn.expires_at)).all())
    desk.later(minutes=30)

    assert clara.client.get("/notices/count").status_code == 200

    assert desk.ask(lambda session: session.scalars(select(SignedIn.expires_at)).all()) == before


def test_what_is_chosen_is_kept_and_quiet_hours_need_both_ends(browse: Callable[..., Browser], desk: Desk) -> None:
    clara = browse("clara")
    form = {"way-reply": "digest", "page-reply": "on", "way-registered": "none", "digest": "hourly",
            "quiet_from": "22", "quiet_to": ""}
    kept = clara.post("/account/notices", form, status=422)
    assert "the quiet hours need a beginning" in kept
    assert re.search(r'name="way-registered".*?value="none" selected', kept, re.DOTALL)

    clara.post("/account/notices", {**form, "quiet_to": "6", "way-decision": "none"})

    known = desk.ask(lambda session: choices_of(desk.person(session, "clara")))
    assert known.of(Kind.REPLY) == Choice(Way.DIGEST, in_page=True)
    assert known.of(Kind.REGISTERED) == Choice(Way.NONE, in_page=False)
    assert known.of(Kind.DECISION) == Choice()
    assert (known.digest_hour, known.quiet) == (None, (22, 6))


def test_a_mail_program_stops_letters_with_one_click_and_opening_the_link_alone_stops_nothing(
        app: Flask, desk: Desk) -> None:
    desk.submit()
    mail = letter_as_sent(app, desk)
    program = app.test_client()
    path = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("http://localhost:8080")

    assert program.get(path).status_code == 200
    assert desk.ask(lambda session: choices_of(desk.person(session, "clara"))) == Choices({})
    answer = program.post(path, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    known = desk.ask(lambda session: choices_of(desk.person(session, "clara")))
    assert known.of(Kind.REGISTERED) == Choice(Way.NONE, in_page=True)
    assert program.post(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_letters_that_nobody_wanted_are_not_among_letters(browse: Callable[..., Browser], desk: Desk) -> None:
    desk.now += timedelta(minutes=1)
    clara = browse("clara")
    clara.post("/account/notices", {"way-registered": "none", "page-registered": "on", "digest": "8"})
    number = desk.submit()

    assert number in clara.get("/notices")
    assert number not in clara.get("/letters")


def test_a_notice_is_read_by_opening_what_it_is_about(browse: Callable[..., Browser], desk: Desk) -> None:
    numbers = [desk.submit(), desk.submit()]
    clara, amir = browse("clara"), browse("amir")
    before = bell(clara), bell(amir)

    clara.client.get(f"/requests/{numbers[0]}", headers={"Sec-Purpose": "prefetch"})
    fetched = bell(clara)
    shown = clara.get(f"/requests/{numbers[0]}")
    amir.get(f"/tickets/{numbers[1]}")

    assert before == ("2", "2") and fetched == "2"
    assert "1 unread notice" in shown and bell(clara) == "1"
    assert bell(amir) == "1"
    browse("lena").get(f"/requests/{numbers[1]}")
    assert bell(clara) == "1"


def test_a_remark_that_was_answered_is_read_on_its_page_and_nothing_is_written_twice(
        browse: Callable[..., Browser], desk: Desk) -> None:
    with desk.session() as session:
        remark = make(session, kind=RemarkKind.WISH, body="Więcej!", by=desk.person(session, "clara"), now=desk.now)
        answer(session, remark, "Dobrze.", by=desk.person(session, "lena"), now=desk.now)
        remark_id = remark.id
    clara = browse("clara")
    assert bell(clara) == "1"
    clara.get(f"/remarks/{remark_id}")
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    clara.get(f"/remarks/{remark_id}")
    event.remove(desk.database.engine, "before_cursor_execute", note)

    assert bell(clara) == ""
    assert not [statement for statement in seen if "letter" in statement and statement.startswith("UPDATE")]


def test_the_desks_own_page_of_an_announcement_reads_what_its_readers_were_written(
        browse: Callable[..., Browser], desk: Desk) -> None:
    one, another = published(desk), published(desk)
    with desk.session() as session:
        for found in (one, another):
            session.add(AnnouncementWatcher(
                announcement_id=found, person_id=desk.person(session, "amir").id, at=desk.now))
    mail_due(desk.database, now=desk.now)
    amir = browse("amir")
    assert bell(amir) == "2"

    amir.get(f"/announcements/{one}")

    assert bell(amir) == "1"
    amir.get("/status/2026/2")
    assert bell(amir) == ""


def test_a_notice_speaks_the_language_of_the_page(browse: Callable[..., Browser], desk: Desk) -> None:
    with desk.session() as session:
        clara = desk.person(session, "clara")
        clara.language = "pl"
        outbox.queue(session, to=clara, text="announcement_published", now=desk.now, announcement="KOM/2026/0001",
              title={"pl": "Awaria SENT", "en": "SENT is down"}, said={"pl": "Nie działa.", "en": "It does not work."},
              path="/status/2026/1")

    english, polish = (browse("clara", language=language).get("/notices") for language in ("en", "pl"))
    mail = desk.ask(lambda session: compose(session, session.scalars(select(Letter)).one(), Settings()))

    assert "SENT is down" in english and "Awaria SENT" not in english
    assert "Awaria SENT" in polish
    assert "Nie działa." in mail.text and "{" not in mail.text
