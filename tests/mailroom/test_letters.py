"""Letters: their words in both languages, their headers, and what people wrote within them."""

import re
import string
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select

from helpdesk import outbox
from helpdesk.errors import NotFound
from helpdesk.languages import LANGUAGES
from helpdesk.notices.kinds import KIND_OF, Kind
from helpdesk.outbox import Letter, UnusableAddress
from helpdesk.people.accounts import Person
from helpdesk.settings import Settings
from helpdesk.texts import LETTERS, OF_ACCOUNTS, TO_ADDRESSES
from mailroom.letters import Composed, ReaderGone, compose, compose_digest, fill, letter_texts, subjects
from mailroom.replies import ACCOUNT_LINKS, OBJECTABLE, code_of, find_objectable
from tests.desk import INCIDENT, Desk

PLACES = {"number", "subject", "name", "link", "said", "client", "desk", "phone", "promise"}
# What letters about no ticket name.
NAMED = {"announcement": "KOM/2026/0001", "title": "Awaria portalu", "service": "Portal", "count": 12,
         "editor": "Oskar Lis", "day": "2026-12-01", "remark": "Brakuje przykładu.", "consent": "PA/2026/00001",
         "firm": "Lipowy Dwór", "identifier": "PL525000100700000", "mark": "3PL15", "since": "16.11.2026, 9:00",
         "until": "16.11.2026, 21:00"}
# What letters about accounts name.
OF_ACCOUNT = {"new": "nowa@example.com", "passkey": "Telefon", "left": 9, "provider": "Węzeł logowania", "proof": 1,
              "firm": "Lipowy Dwór", "who": "Jan", "said": "Brak wpisu."}
FRAME = {"greeting", "link", "link_plain", "link_announcement", "promise", "footer", "footer_plain", "desk",
         "link_objection", "footer_address", "footer_choices", "footer_always", "one_click"}
NASTY = 'Ticket {client} {said} {{7*7}} {% raw %} <script>alert(1)</script> & "quoted" %(name)s ${x}'
SENT_AT = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path), address="https://pomoc.example.gov.pl/", mail_from="pomoc@example.gov.pl")


def last_letter(desk: Desk, text: str, settings: Settings) -> Composed:
    """The newest letter with this text, composed."""
    with desk.session() as session:
        letter = session.scalars(select(Letter).where(Letter.text == text).order_by(Letter.id.desc())).first()
        assert letter is not None
        return compose(session, letter, settings)


def mailed(composed: Composed) -> EmailMessage:
    """The letter as the reader's program parses it."""
    found = message_from_bytes(composed.as_email("pomoc@example.gov.pl", SENT_AT).as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def set_language(desk: Desk, key: str, language: str) -> None:
    with desk.session() as session:
        desk.person(session, key).language = language


# --- the texts

def test_every_letter_the_desk_queues_has_its_words_and_no_words_are_left_over() -> None:
    assert set(letter_texts()) == LETTERS | OF_ACCOUNTS | {"digest", "frame", "kinds"}
    assert set(letter_texts()["frame"]) == FRAME
    assert set(letter_texts()["kinds"]) == set(Kind)
    assert set(KIND_OF) == LETTERS | OF_ACCOUNTS
    assert {KIND_OF[text] for text in OF_ACCOUNTS} == {Kind.ACCOUNT}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(LETTERS | OF_ACCOUNTS | {"digest"}))
def test_every_letter_speaks_both_languages_and_names_only_known_places(key: str, language: str) -> None:
    words = letter_texts()[key]

    assert set(words) == {"subject", "body"} | ({"link"} if key in OF_ACCOUNTS else set())
    for text in (words["subject"][language], words["body"][language]):
        assert text.strip()
        places = {place for _, place, _, _ in string.Formatter().parse(text) if place is not None}
        assert places <= PLACES | NAMED.keys() | OF_ACCOUNT.keys()
    assert "{said}" not in words["subject"][language]
    assert "\n" not in words["subject"][language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_say_to_answer_on_the_page(language: str) -> None:
    assert "{link}" in letter_texts()["frame"]["footer"][language]


@pytest.mark.parametrize(("language", "greeting", "subject", "promise"), [
    ("pl", "Dzień dobry,", "Przyjęliśmy zgłoszenie", "Obiecany termin: 16 listopada 2026, "),
    ("en", "Hello,", "was registered", "The promised time: 16 November 2026, ")])
def test_a_letter_is_written_in_its_readers_language(
        desk: Desk, settings: Settings, language: str, greeting: str, subject: str, promise: str) -> None:
    set_language(desk, "clara", language)
    number = desk.submit()

    composed = last_letter(desk, "registered", settings)

    assert composed.text.startswith(greeting) and promise in composed.text
    assert subject in composed.subject and number in composed.subject
    assert f'lang="{language}"' in composed.html


@pytest.mark.one_database
@pytest.mark.parametrize("key", sorted(LETTERS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_can_be_composed_with_nothing_left_open(
        desk: Desk, settings: Settings, key: str, language: str) -> None:
    set_language(desk, "clara", language)
    number = desk.submit()
    with desk.session() as session:
        outbox.queue(session, to=desk.person(session, "clara"), text=key, now=desk.now,
                     ticket_id=desk.ticket(number).id, **NAMED)
        session.flush()
        letter = outbox.list_letters(session, ticket_id=desk.ticket(number).id, most=1)[0]
        composed = compose(session, letter, settings)

    assert not re.search(r"\{[a-z_]+\}", composed.subject + composed.text + composed.html)
    assert f"https://pomoc.example.gov.pl/requests/{number}" in composed.text
    assert part(mailed(composed), "plain").split() == composed.text.split()


@pytest.mark.one_database
@pytest.mark.parametrize("key", sorted(OF_ACCOUNTS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_about_an_account_has_its_link_which_the_page_of_letters_leaves_out(
        desk: Desk, settings: Settings, key: str, language: str) -> None:
    set_language(desk, "clara", language)
    with desk.session() as session:
        outbox.queue(session, to=desk.person(session, "clara"), text=key, now=desk.now, **OF_ACCOUNT)
        outbox.queue_beside(session, "nowa@example.com", about=None, text=key, language=language, now=desk.now, proof=1)
        session.flush()
        own, other = session.scalars(select(Letter).where(Letter.text == key).order_by(Letter.id))
        code = code_of(own, settings)
        sent, beside = compose(session, own, settings), compose(session, other, settings)
        shown = compose(session, own, settings, shows_code=False)

    assert not re.search(r"\{[a-z_]+\}", sent.subject + sent.text + sent.html)
    if key in ACCOUNT_LINKS:
        assert f"https://pomoc.example.gov.pl/{ACCOUNT_LINKS[key]}/" in sent.text and code in sent.text
        assert code not in shown.text + shown.html
    else:
        assert "https://pomoc.example.gov.pl/account" in sent.text
    assert mailed(beside)["To"] == "nowa@example.com" and "Clara" not in beside.text


# --- to an address

def to_address(desk: Desk, text: str, address: str, settings: Settings) -> Composed:
    with desk.session() as session:
        ticket = desk.ticket(desk.submit(INCIDENT | {"subject": "Kup teraz: zajrzyj na strone"}))
        letter = outbox.queue_to_address(session, address, about=desk.person(session, "clara"), text=text,
                                         now=desk.now, ticket_id=ticket.id)
        assert letter is not None
        return compose(session, session.get_one(Letter, letter.id), settings)


@pytest.mark.one_database
@pytest.mark.parametrize("key", sorted(TO_ADDRESSES))
def test_a_letter_to_an_address_says_nothing_that_a_client_wrote(desk: Desk, settings: Settings, key: str) -> None:
    composed = to_address(desk, key, "dawny@example.com", settings)

    assert mailed(composed)["To"] == "dawny@example.com"
    said = composed.subject + composed.text + composed.html
    assert "Kup teraz" not in said and "Clara" not in said and not re.search(r"\{[a-z_]+\}", said)
    assert ("https://pomoc.example.gov.pl/objections/" in composed.text) == (key in OBJECTABLE)


@pytest.mark.parametrize("address", [
    "", "dawny", "dawny@example", "a@b.pl, c@d.pl", "a@b.pl\nBcc: c@d.pl", "Jan <a@b.pl>", "a@b.pl;c@d.pl",
    "a" * 250 + "@b.pl"])
def test_a_letter_goes_to_one_mailbox_and_to_nothing_else(desk: Desk, settings: Settings, address: str) -> None:
    with pytest.raises(UnusableAddress):
        to_address(desk, "login_changed", address, settings)


def test_the_same_letter_goes_to_an_address_once_in_an_act(desk: Desk) -> None:
    ticket = desk.ticket(desk.submit())
    with desk.session() as session:
        clara = desk.person(session, "clara")
        queued = [outbox.queue_to_address(session, address, about=clara, text="login_changed", now=desk.now,
                                          ticket_id=ticket.id) for address in ("a@b.pl", "A@b.pl", "c@d.pl")]

    assert [letter is not None for letter in queued] == [True, False, True]


def test_a_link_to_object_fits_its_own_letter_only(desk: Desk, settings: Settings) -> None:
    link = re.search(r"/objections/(\d+)/(\w+)", to_address(desk, "login_change_announced", "a@b.pl", settings).text)
    other = re.search(r"/objections/(\d+)/(\w+)", to_address(desk, "login_change_announced", "c@d.pl", settings).text)
    assert link is not None and other is not None
    with desk.session() as session:
        assert find_objectable(session, int(link[1]), link[2], settings).address == "a@b.pl"
        for letter_id, code in ((link[1], other[2]), (other[1], link[2]), (link[1], ""), ("999999", link[2])):
            with pytest.raises(NotFound):
                find_objectable(session, int(letter_id), code, settings)


# --- links and threads

def test_a_client_is_sent_to_the_request_and_the_staff_to_the_ticket(desk: Desk, settings: Settings) -> None:
    number = desk.submit()
    desk.assign(number, to="amir")

    to_client, to_agent = (last_letter(desk, text, settings) for text in ("registered", "assigned"))

    assert f"https://pomoc.example.gov.pl/requests/{number}" in to_client.html
    assert f"https://pomoc.example.gov.pl/tickets/{number}" in to_agent.html


def test_all_letters_of_a_ticket_are_one_thread_and_no_two_letters_are_the_same(
        desk: Desk, settings: Settings) -> None:
    number = desk.submit()
    other = desk.submit(by="colin")
    desk.complete(number, "recognise", decision="ask", question="Jaki jest numer LRN?", priority="normal")
    with desk.session() as session:
        mails = {letter.id: (letter.ticket_id, mailed(compose(session, letter, settings)))
                 for letter in session.scalars(select(Letter).order_by(Letter.id))}

    threads: dict[int | None, set[str]] = {}
    for ticket_id, mail in mails.values():
        threads.setdefault(ticket_id, set()).add(mail["In-Reply-To"])
        assert mail["References"] == mail["In-Reply-To"]
        assert mail["Auto-Submitted"] == "auto-generated"
    assert threads[desk.ticket(number).id] == {f"<{number}@pomoc.example.gov.pl>"}
    assert threads[desk.ticket(other).id] == {f"<{other}@pomoc.example.gov.pl>"}
    assert len({mail["Message-ID"] for _, mail in mails.values()}) == len(mails)


def test_a_letter_keeps_its_identity_at_every_try(desk: Desk, settings: Settings) -> None:
    desk.submit()
    first, second = (last_letter(desk, "registered", settings) for _ in range(2))

    assert first.message_id == second.message_id


# --- what people wrote

def test_what_people_wrote_reaches_no_further_than_its_place(desk: Desk, settings: Settings) -> None:
    number = desk.submit({**INCIDENT, "subject": NASTY[:100]})
    desk.complete(number, "recognise", decision="ask", question=NASTY, priority="normal")

    composed = last_letter(desk, "question", settings)

    assert NASTY in composed.text
    assert "Clara" not in composed.text
    assert "<script>" not in composed.html and "&lt;script&gt;" in composed.html
    assert "49" not in composed.html
    assert part(mailed(composed), "plain").count(NASTY) == 2  # as subject and as question


def test_places_are_filled_in_once() -> None:
    assert fill("{a} and {b}", {"a": "{b}", "b": "{a}"}) == "{b} and {a}"
    assert fill("{unknown} {a.__class__} {0}", {"a": "x"}) == "{unknown} {a.__class__} {0}"


@pytest.mark.parametrize("evil", [
    "a\r\nBcc: everybody@example.com", "a\nX: y", "a\x00b", "a\u2028Bcc: x", "a\x0bb\x85c"])
def test_no_header_can_be_smuggled_in_through_subject_or_name(desk: Desk, settings: Settings, evil: str) -> None:
    number = desk.submit()
    desk.act_on(number, lambda session, ticket: setattr(ticket, "subject", evil.replace("\x00", "")))
    with desk.session() as session:
        desk.person(session, "clara").name = f"Clara {evil}".replace("\x00", "")

    mail = mailed(last_letter(desk, "registered", settings))

    assert mail["Bcc"] is None and mail["X"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["clara@example.com"]
    assert not mail.defects


def test_an_address_that_holds_two_is_refused(desk: Desk, settings: Settings) -> None:
    desk.submit()
    composed = last_letter(desk, "registered", settings)
    two = Person(email="a@example.com, b@example.com", name="Two", created_at=desk.now)

    with pytest.raises(ValueError):
        replace(composed, to=two).as_email("pomoc@example.gov.pl", SENT_AT)


def test_a_closed_account_gets_no_letters(desk: Desk, settings: Settings) -> None:
    desk.submit()
    with desk.session() as session:
        desk.person(session, "clara").is_disabled = True

    with pytest.raises(ReaderGone):
        last_letter(desk, "registered", settings)


def test_a_list_names_letters_as_they_are_sent(desk: Desk, settings: Settings) -> None:
    desk.submit()
    with desk.session() as session:
        letter = session.scalars(select(Letter).where(Letter.way != "none")).one()

        assert subjects(session, [letter], settings)[letter.id] == compose(session, letter, settings).subject


def test_a_digest_has_a_line_and_a_link_for_each_letter(desk: Desk, settings: Settings) -> None:
    numbers = [desk.submit() for _ in range(4)]
    for number in numbers:
        desk.assign(number, to="amir")
    with desk.session() as session:
        letters = list(session.scalars(select(Letter).where(Letter.text == "assigned").order_by(Letter.id)))
        whole, part_ = compose_digest(session, letters, settings), compose_digest(session, letters[:3], settings)

    assert whole.subject.endswith(" 4")
    for number in numbers:
        assert f"https://pomoc.example.gov.pl/tickets/{number}" in whole.text
    assert whole.message_id != part_.message_id
    assert whole.thread_id is None
