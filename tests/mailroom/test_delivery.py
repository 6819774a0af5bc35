"""Delivery: by SMTP and into a folder; tried again later; never lost and never two where one was meant."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from helpdesk import outbox
from helpdesk.outbox import MOST_TRIES, Letter, State
from helpdesk.settings import Settings
from mailroom.delivery import Folder, Post, Smtp, deliver_due, open_post
from tests.desk import Desk


class Broken:
    """A post that loses its line."""

    def send(self, mail: EmailMessage) -> None:
        raise ConnectionRefusedError("no line")


class Sent:
    """A post that remembers."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    def send(self, mail: EmailMessage) -> None:
        self.mails.append(mail)


class Mailbox:
    """What an SMTP server took in."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.answer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path), address="https://pomoc.example.gov.pl", mail_from="pomoc@example.gov.pl")


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """A real SMTP server on a port of its own."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=_free_port())
    controller.start()
    yield box, f"127.0.0.1:{controller.port}"
    controller.stop()


@pytest.fixture
def deliver(desk: Desk, settings: Settings) -> Callable[[Post], int]:
    return lambda post: deliver_due(desk.database, post, settings, now=desk.now)


def letters(desk: Desk) -> list[Letter]:
    return desk.ask(lambda session: list(session.scalars(
        select(Letter).where(Letter.way != "none").order_by(Letter.id))))


def test_a_letter_reaches_the_server_with_both_texts(
        desk: Desk, settings: Settings, mailbox: tuple[Mailbox, str]) -> None:
    box, address = mailbox
    number = desk.submit()

    deliver_due(desk.database, Smtp(replace(settings, smtp=address, smtp_tls=False)), settings, now=desk.now)

    sender, readers, content = box.taken[0]
    mail = message_from_bytes(content, policy=default)
    assert (sender, readers) == ("pomoc@example.gov.pl", ["clara@example.com"])
    assert number in mail["Subject"]
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]
    assert [one.state for one in letters(desk)] == [State.SENT.value]


def test_a_server_that_refuses_is_tried_again_later(
        desk: Desk, settings: Settings, mailbox: tuple[Mailbox, str]) -> None:
    box, address = mailbox
    post = Smtp(replace(settings, smtp=address, smtp_tls=False))
    desk.submit()
    box.answer = "451 busy"

    assert deliver_due(desk.database, post, settings, now=desk.now) == 0
    waiting = letters(desk)[0]
    assert (waiting.state, waiting.tries) == (State.WAITING.value, 1)
    assert "451" in waiting.error
    box.answer = "250 OK"
    desk.now = waiting.try_at

    assert deliver_due(desk.database, post, settings, now=desk.now) == 1
    assert (letters(desk)[0].state, letters(desk)[0].error) == (State.SENT.value, "")


def test_a_server_without_tls_gets_nothing_when_tls_is_demanded(
        desk: Desk, settings: Settings, mailbox: tuple[Mailbox, str]) -> None:
    box, address = mailbox
    desk.submit()

    assert deliver_due(desk.database, Smtp(replace(settings, smtp=address)), settings, now=desk.now) == 0
    assert box.taken == []


def test_pauses_double_and_after_the_last_try_the_letter_has_failed(
        desk: Desk, deliver: Callable[[Post], int]) -> None:
    desk.submit()
    pauses: list[timedelta] = []
    while letters(desk)[0].state == State.WAITING.value:
        desk.now = max(desk.now, letters(desk)[0].try_at)
        deliver(Broken())
        pauses.append(letters(desk)[0].try_at - desk.now)

    assert len(pauses) == MOST_TRIES
    assert all(later == earlier * 2 for earlier, later in pairwise(pauses))
    failed = letters(desk)[0]
    assert (failed.state, failed.tries) == (State.FAILED.value, MOST_TRIES)
    assert "no line" in failed.error


def test_nothing_is_tried_before_its_time(desk: Desk, deliver: Callable[[Post], int]) -> None:
    desk.submit()
    deliver(Broken())

    assert deliver(post := Sent()) == 0
    desk.later(minutes=2)
    assert deliver(post) == 1


def test_a_crash_after_sending_gives_the_same_letter_once_more(
        desk: Desk, settings: Settings, deliver: Callable[[Post], int], monkeypatch: pytest.MonkeyPatch) -> None:
    desk.submit()
    post = Folder(settings.data_folder / "letters")

    def crash(*_arguments: object, **_facts: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "mark_sent", crash)
        with pytest.raises(KeyboardInterrupt):
            deliver(post)
    assert letters(desk)[0].state == State.WAITING.value
    before = os.listdir(post.folder)
    desk.later(minutes=3)
    deliver(post)

    assert len(before) == 1 and os.listdir(post.folder) == before
    assert letters(desk)[0].state == State.SENT.value


def test_a_letter_that_cannot_be_written_does_not_hold_the_others_up(
        desk: Desk, deliver: Callable[[Post], int]) -> None:
    desk.submit()
    desk.submit(by="colin")
    with desk.session() as session:
        session.scalars(select(Letter).where(Letter.way != "none").order_by(Letter.id)).first(
            ).text = "no_such_text"  # type: ignore[union-attr]

    assert deliver(post := Sent()) == 1
    assert post.mails[0]["To"].addresses[0].addr_spec == "colin@example.com"
    assert [one.state for one in letters(desk)] == [State.WAITING.value, State.SENT.value]


def test_many_letters_about_danger_become_one(desk: Desk, deliver: Callable[[Post], int]) -> None:
    numbers = [desk.submit() for _ in range(30)]
    deliver_all(deliver, Sent())
    for number in numbers:
        desk.assign(number, to="amir")

    deliver_all(deliver, post := Sent())

    assert len(post.mails) == 1
    text = post.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert all(number in text for number in numbers)
    assert {one.state for one in letters(desk)} == {State.SENT.value}


def test_three_letters_stay_three(desk: Desk, deliver: Callable[[Post], int]) -> None:
    for number in [desk.submit() for _ in range(3)]:
        desk.assign(number, to="amir")

    deliver_all(deliver, post := Sent())

    assert len([mail for mail in post.mails if "amir@example.com" in str(mail["To"])]) == 3


def test_a_digest_goes_without_the_letter_that_cannot_be_written(desk: Desk, deliver: Callable[[Post], int]) -> None:
    for number in [desk.submit() for _ in range(4)]:
        desk.assign(number, to="amir")
    with desk.session() as session:
        broken = session.scalars(select(Letter).where(Letter.text == "assigned").order_by(Letter.id)).first()
        assert broken is not None
        broken.facts, broken_id = {"message_id": ["not a number"]}, broken.id

    deliver_all(deliver, post := Sent())

    states = [one.state for one in letters(desk) if one.text == "assigned" and one.id != broken_id]
    to_amir = [mail for mail in post.mails if "amir@example.com" in str(mail["To"])]
    assert states == [State.SENT.value] * 3
    assert len(to_amir) == 1


def test_a_digest_that_failed_keeps_its_identity(desk: Desk, settings: Settings,
                                                 deliver: Callable[[Post], int]) -> None:
    for number in [desk.submit() for _ in range(4)]:
        desk.assign(number, to="amir")
    seen: list[str] = []

    class Remembers(Broken):
        def send(self, mail: EmailMessage) -> None:
            if "amir@example.com" in str(mail["To"]):
                seen.append(mail["Message-ID"])
            super().send(mail)

    for _ in range(3):
        for _round in range(4):
            deliver(Remembers())
        desk.later(hours=3)

    assert len(seen) >= 3 and len(set(seen)) == 1


@pytest.mark.parametrize("first", [1, 4])
def test_what_has_gone_out_is_never_put_together_with_what_came_later(
        desk: Desk, deliver: Callable[[Post], int], monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    for number in [desk.submit() for _ in range(first)]:
        desk.assign(number, to="amir")
    seen: list[EmailMessage] = []

    class Dies(Sent):
        def send(self, mail: EmailMessage) -> None:
            if "amir@example.com" in str(mail["To"]):
                seen.append(mail)
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_all(deliver, Dies())
    for number in [desk.submit() for _ in range(5)]:
        desk.assign(number, to="amir")
    desk.later(minutes=3)
    deliver_all(deliver, post := Sent())

    again, later = [mail for mail in post.mails if "amir@example.com" in str(mail["To"])]
    if again["Message-ID"] != seen[0]["Message-ID"]:
        again, later = later, again
    assert again["Message-ID"] == seen[0]["Message-ID"] != later["Message-ID"]
    assert again.get_body(("plain",)).get_content() == seen[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert later["Subject"].startswith("5") or "5" in later["Subject"]


def test_letters_go_to_the_folder_unless_a_server_is_named(settings: Settings) -> None:
    assert isinstance(open_post(settings), Folder)
    assert isinstance(open_post(replace(settings, smtp="mail:25")), Smtp)


def test_a_failed_letter_gets_another_round(desk: Desk, deliver: Callable[[Post], int]) -> None:
    desk.submit()
    with desk.session() as session:
        letter = session.scalars(select(Letter).where(Letter.way != "none")).one()
        letter.state, letter.tries = State.FAILED.value, MOST_TRIES
    assert deliver(Sent()) == 0

    with desk.session() as session:
        outbox.try_again(session, session.scalars(select(Letter).where(Letter.way != "none")).one(), now=desk.now)

    assert deliver(Sent()) == 1


def deliver_all(deliver: Callable[[Post], int], post: Post) -> None:
    while deliver(post):
        pass


def _free_port() -> int:
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
