"""Delivery: the outbox is emptied after the commit, by SMTP or into a folder."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from helpdesk import outbox
from helpdesk.database import Database
from helpdesk.notices.choices import Way
from helpdesk.notices.kinds import KIND_OF, pile_of
from helpdesk.outbox import PILE_FROM, Letter
from helpdesk.settings import Settings
from mailroom.letters import Composed, compose, compose_digest, name_of_mail

log = structlog.get_logger()
SMTP_SECONDS = 20
# Few enough that a slow server cannot hold the claimed ones longer than they are claimed for.
CLAIMED_AT_ONCE = 5


class Post(Protocol):
    """The way out of the house."""

    def send(self, mail: EmailMessage) -> None: ...


class Folder:
    """Letters as files; the same letter again is the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mail: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = mail["Message-ID"].strip("<>").replace("/", "_")
        # Aside first: whoever is stopped in the middle leaves no piece of a letter.
        piece = self.folder / f"{name}.{os.getpid()}.part"
        piece.write_bytes(mail.as_bytes())
        piece.replace(self.folder / f"{name}.eml")


class Smtp:
    """An SMTP server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, mail: EmailMessage) -> None:
        host, _, port = self.settings.smtp.partition(":")
        with smtplib.SMTP(host, int(port or 25), timeout=SMTP_SECONDS) as server:
            if self.settings.smtp_tls:
                server.starttls(context=ssl.create_default_context())
            if self.settings.smtp_user:
                server.login(self.settings.smtp_user, self.settings.smtp_password)
            server.send_message(mail)


def open_post(settings: Settings) -> Post:
    return Smtp(settings) if settings.smtp else Folder(settings.data_folder / "letters")


def deliver_due(database: Database, post: Post, settings: Settings, *, now: datetime) -> int:
    """Deliver what waits in the outbox; how many letters left. One that fails waits and does not hold the others up."""
    with database.transaction() as session:
        claimed = outbox.claim(session, now=now, most=CLAIMED_AT_ONCE)
        groups = list(_groups(session, claimed, settings, now=now))
    return sum(_deliver(database, post, settings, group, now=now) for group in groups)


def _deliver(database: Database, post: Post, settings: Settings, group: list[Letter], *, now: datetime) -> int:
    """Send the group as one letter. A letter that cannot even be written leaves the group first."""
    group = [letter for letter in group if _is_writable(database, letter, settings, now=now)]
    if not group:
        return 0
    try:
        mail = _compose(database, group, settings).as_email(settings.mail_from, now)
        post.send(mail)
    except Exception as error:  # a letter must never stop the mailroom, whatever is wrong with it
        _mark_failed(database, group, error, now=now)
        return 0
    with database.transaction() as session:
        for letter in group:
            outbox.mark_sent(session, letter.id, now=now)
    return len(group)


def _is_writable(database: Database, letter: Letter, settings: Settings, *, now: datetime) -> bool:
    try:
        _compose(database, [letter], settings).as_email(settings.mail_from, now)
    except Exception as error:
        with database.transaction() as session:
            outbox.take_out(session, letter)
        _mark_failed(database, [letter], error, now=now)
        return False
    return True


def _mark_failed(database: Database, group: list[Letter], error: Exception, *, now: datetime) -> None:
    log.warning("letter_failed", letter_id=group[0].id, error=type(error).__name__)
    with database.transaction() as session:
        for letter in group:
            outbox.mark_failed(session, letter, f"{type(error).__name__}: {error}", now=now)


def _compose(database: Database, group: list[Letter], settings: Settings) -> Composed:
    with database.transaction() as session:
        if len(group) == 1:
            return compose(session, group[0], settings)
        return compose_digest(session, group, settings)


def _groups(session: Session, letters: list[Letter], settings: Settings, *, now: datetime) -> Iterator[list[Letter]]:
    """Letters one by one, but digests and high piles together, each once and for good; an avalanche is held up."""
    fixed: dict[str, list[Letter]] = {}
    piles: dict[tuple[int, str], list[Letter]] = {}
    for letter in letters:
        name = outbox.pile_name(letter.person_id, letter.text, letter.way, letter.address)
        if letter.mail:
            fixed.setdefault(letter.mail, []).append(letter)
        elif name is None:
            yield [letter]
        else:
            piles.setdefault(name, []).append(letter)
    yield from fixed.values()
    for (person_id, of), pile in piles.items():
        is_digest = of == Way.DIGEST.value
        groups = [pile] if is_digest or len(pile) >= PILE_FROM else [[letter] for letter in pile]
        until = None if is_digest else _held_until(session, person_id, pile, len(groups), settings, now=now)
        if until is not None:
            outbox.hold(pile, until)
            continue
        for group in groups:
            outbox.put_together(group, name_of_mail(group))
            yield group


def _held_until(session: Session, person_id: int, pile: list[Letter], count: int, settings: Settings, *,
                now: datetime) -> datetime | None:
    """Until when letters wait because their reader has just had so many of the kind; None if they may go."""
    if not settings.avalanche_minutes:
        return None
    window = timedelta(minutes=settings.avalanche_minutes)
    texts = [text for text in KIND_OF if pile_of(text) == pile_of(pile[0].text)]
    lately = outbox.list_sent_lately(session, person_id, texts, since=now - window)
    return min(lately.values()) + window if len(lately) + count > settings.avalanche_letters and lately else None
