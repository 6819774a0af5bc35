"""Letters as they are sent: subject, plain text and HTML in the reader's language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, select_autoescape
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.conversation import Kind, Message
from helpdesk.languages import choose_language
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Person
from helpdesk.settings import Settings
from helpdesk.tickets import Ticket

PHONE = "+48 22 555 01 00"
# Which of the ticket's words a letter quotes.
QUOTES = {"question": Kind.QUESTION, "solution": Kind.SOLUTION, "refused": Kind.SOLUTION}
SUBJECT_MAX = 150


@dataclass(frozen=True)
class Composed:
    """A letter in words. The message id is the same at every try, so that a reader's program sees one letter."""

    to: Person
    subject: str
    text: str
    html: str
    message_id: str
    thread_id: str | None

    def as_email(self, sender: str, sent_at: Any) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = formataddr(("Okienko", sender))
        mail["To"] = formataddr((self.to.name, self.to.email))
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(sent_at)
        mail["Message-ID"] = self.message_id
        mail["Auto-Submitted"] = "auto-generated"
        if self.thread_id:
            mail["In-Reply-To"] = mail["References"] = self.thread_id
        mail.set_content(self.text)
        mail.add_alternative(self.html, subtype="html")
        return mail


@cache
def letter_texts() -> dict[str, Any]:
    return tomllib.loads((files("mailroom") / "texts" / "letters.toml").read_text(encoding="utf-8"))


def compose(session: Session, letter: Letter, settings: Settings) -> Composed:
    """The letter in its reader's language, with what the ticket says now."""
    ticket = session.get(Ticket, letter.ticket_id) if letter.ticket_id else None
    facts = {**letter.facts, **_facts_of_ticket(ticket), "said": _said(session, letter, ticket)}
    link = _link(settings, letter.person, ticket)
    return _write(letter.text, facts, to=letter.person, link=link, identity=f"letter-{letter.id}",
                  thread=ticket.number if ticket else None, settings=settings)


def compose_digest(letters: list[Letter], session: Session, settings: Settings) -> Composed:
    """One letter instead of many to the same person: a line for each."""
    to = letters[0].person
    lines = [f"• {compose(session, letter, settings).subject}" for letter in letters]
    return _write("digest", {"count": len(letters), "said": "\n".join(lines)}, to=to,
                  link=f"{settings.address.rstrip('/')}/", identity=f"digest-{letters[0].id}", thread=None,
                  settings=settings)


def fill(text: str, facts: Mapping[str, Any]) -> str:
    """The text with its named places filled in: plain replacement, so that no text can reach further."""
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def _write(key: str, facts: Mapping[str, Any], *, to: Person, link: str, identity: str, thread: str | None,
           settings: Settings) -> Composed:
    language = choose_language(to.language, settings.language)
    frame = {name: words[language] for name, words in letter_texts()["frame"].items()}
    own = {"link": link, "desk": frame["desk"], "phone": PHONE, "name": to.name}
    texts = letter_texts()[key]
    # What people wrote goes in last, so that its braces are left alone.
    said = facts.get("said", "")
    rest = {**own, **{name: value for name, value in facts.items() if name != "said"}}
    subject = " ".join(fill(texts["subject"][language], rest).split())[:SUBJECT_MAX]
    body = fill(fill(texts["body"][language].strip(), rest), {"said": said})
    footer = fill(frame["footer"], own)
    host = urlsplit(settings.address).hostname or "okienko.example.gov.pl"
    html = _environment().get_template("letter.html").render(
        language=language, title=subject, greeting=frame["greeting"], paragraphs=body.split("\n\n"), link=link,
        link_label=frame["link"], footer=footer)
    return Composed(to=to, subject=subject, text=f"{frame['greeting']}\n\n{body}\n\n{frame['link']}: {link}\n\n-- \n{footer}\n",
                    html=html, message_id=f"<{identity}@{host}>", thread_id=f"<{thread}@{host}>" if thread else None)


def _facts_of_ticket(ticket: Ticket | None) -> dict[str, str]:
    if ticket is None:
        return {}
    return {"number": ticket.number, "subject": ticket.subject, "client": ticket.client.name}


def _said(session: Session, letter: Letter, ticket: Ticket | None) -> str:
    if "message_id" in letter.facts:
        message = session.get(Message, letter.facts["message_id"])
        return message.body if message else ""
    kind = QUOTES.get(letter.text)
    if ticket is None or kind is None:
        return ""
    said = session.scalar(select(Message.body).where(
        Message.ticket_id == ticket.id, Message.kind == kind.value, Message.said_at <= letter.queued_at)
        .order_by(Message.id.desc()).limit(1))
    return said or ""


def _link(settings: Settings, reader: Person, ticket: Ticket | None) -> str:
    base = settings.address.rstrip("/")
    if ticket is None:
        return f"{base}/"
    return f"{base}/{'requests' if ticket.client_id == reader.id else 'tickets'}/{ticket.number}"


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("mailroom"), autoescape=select_autoescape(default=True))
