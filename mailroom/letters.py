"""Letters as they are sent: subject, plain text and HTML in the reader's language."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader, select_autoescape
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.clients.one_click import find_asked
from helpdesk.conversation import Kind as Said
from helpdesk.conversation import Message
from helpdesk.errors import DeskError
from helpdesk.languages import choose_language
from helpdesk.notices.kinds import ALWAYS, ASKING, Kind, kind_of
from helpdesk.outbox import Letter, spoken
from helpdesk.people.accounts import Person
from helpdesk.settings import Settings
from helpdesk.texts import TO_OFFICES
from helpdesk.tickets import Ticket
from helpdesk.years import ZONE
from mailroom.replies import ACCOUNT_LINKS, OBJECTABLE, code_of, code_to_answer, code_to_stop
from sla.speech import say_day

PHONE = "+48 22 555 01 00"
# Which of the ticket's words a letter quotes.
QUOTES = {"question": Said.QUESTION, "solution": Said.SOLUTION, "refused": Said.SOLUTION,
          "accessibility_delayed": Said.REPLY, "accessibility_answered": Said.SOLUTION,
          "complaint_upheld": Said.SOLUTION, "complaint_rejected": Said.SOLUTION}
SUBJECT_MAX = 150
PLACE = re.compile(r"\{([a-z_]+)\}")


class ReaderGone(DeskError):
    """The account of the reader is closed."""


@dataclass(frozen=True)
class Question:
    """What can be answered from a letter: the question, and for each answer its words and its link."""

    words: str
    answers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Composed:
    """A letter in words. The message id is the same at every try, so that a reader's program sees one letter.

    address: where it goes instead of the person's own address; always there when it is to nobody with an account.
    stop: where one click ends letters of this kind (RFC 8058); "" for a letter that is always sent.
    """

    to: Person | None
    subject: str
    text: str
    html: str
    message_id: str
    thread_id: str | None
    address: str = ""
    stop: str = ""

    def as_email(self, sender: str, sent_at: datetime) -> EmailMessage:
        mail = EmailMessage()
        # An address is given whole, so that a comma in it can never become a second reader.
        mail["From"] = Address("Okienko", addr_spec=sender)
        mail["To"] = (Address(addr_spec=self.address) if self.address or self.to is None
                      else Address(one_line(self.to.name), addr_spec=self.to.email))
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(sent_at)
        mail["Message-ID"] = self.message_id
        mail["Auto-Submitted"] = "auto-generated"
        if self.thread_id:
            mail["In-Reply-To"] = mail["References"] = self.thread_id
        if self.stop:
            mail["List-Unsubscribe"] = f"<{self.stop}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(self.text)
        mail.add_alternative(self.html, subtype="html")
        return mail


@cache
def letter_texts() -> dict[str, Any]:
    return tomllib.loads((files("mailroom") / "texts" / "letters.toml").read_text(encoding="utf-8"))


def compose(session: Session, letter: Letter, settings: Settings, *, shows_code: bool = True) -> Composed:
    """The letter in its reader's language, with what the ticket says now. Raises ReaderGone.

    shows_code: whether a link that does something to an account is in it, as in the letter that is sent.
    """
    ticket = session.get(Ticket, letter.ticket_id) if letter.ticket_id else None
    if letter.address:
        return _compose_for_address(letter, ticket, settings, shows_code=shows_code)
    if letter.person is None or letter.person.is_disabled:
        raise ReaderGone()
    said = letter.facts.get("said") or _said(session, letter, ticket)
    facts = {**letter.facts, **_facts_of_ticket(ticket), "said": said,
             "promise": _promise(ticket, choose_language(letter.language, settings.language))}
    link = _link(settings, letter, ticket)
    if letter.text in ACCOUNT_LINKS:
        link = _account_link(letter, settings) if shows_code else ""
    return _write(letter, facts, link=link, thread=ticket.number if ticket else None, settings=settings,
                  identity=letter.mail or name_of_mail([letter]), stop=_stop(settings, letter),
                  question=_question(session, letter, ticket, settings))


def _compose_for_address(letter: Letter, ticket: Ticket | None, settings: Settings, *, shows_code: bool) -> Composed:
    """A letter to an address nobody has proved to own: it says nothing that a client wrote, and names nobody.

    Only an office, whose address is the desk's own, is told the facts of the matter.
    """
    link = ""
    if letter.text in OBJECTABLE:
        link = f"{_base(settings)}/objections/{letter.id}/{code_of(letter, settings)}"
    elif letter.text in ACCOUNT_LINKS and shows_code:
        link = _account_link(letter, settings)
    facts = letter.facts if letter.text in TO_OFFICES else {}
    return _write(letter, {**facts, "number": ticket.number if ticket else ""}, link=link, thread=None,
                  settings=settings, identity=letter.mail or name_of_mail([letter]))


def compose_digest(session: Session, letters: list[Letter], settings: Settings) -> Composed:
    """One letter instead of many to the same person: a line and a link for each, those of one kind together."""
    language = choose_language(letters[0].language, settings.language)
    piles: dict[Kind, list[str]] = {}
    for letter in letters:
        ticket = session.get(Ticket, letter.ticket_id) if letter.ticket_id else None
        piles.setdefault(kind_of(letter.text), []).append(
            f"• {_subject(letter, ticket, language)}\n  {_link(settings, letter, ticket)}")
    kinds = letter_texts()["kinds"]
    said = "\n\n".join("\n".join([kinds[kind.value][language] + ":", *lines] if len(piles) > 1 else lines)
                       for kind, lines in piles.items())
    return _write(letters[0], {"count": len(letters), "said": said}, link=f"{_base(settings)}/notices", thread=None,
                  settings=settings, identity=letters[0].mail or name_of_mail(letters),
                  stop=_stop(settings, letters[0]), text="digest")


def name_of_mail(letters: Sequence[Letter]) -> str:
    """What the message of these letters is called: the same letters are the same message."""
    if len(letters) == 1:
        return f"letter-{letters[0].id}"
    pile = hashlib.sha256(" ".join(str(letter.id) for letter in letters).encode()).hexdigest()[:16]
    return f"digest-{letters[0].id}-{pile}"


def subjects(session: Session, letters: Iterable[Letter], settings: Settings, *,
             language: str | None = None) -> dict[int, str]:
    """What each letter is called, by the letter's id; one statement for all of them.

    language: of the page that shows them; else each in the language of its reader.
    """
    letters = list(letters)
    ids = {letter.ticket_id for letter in letters if letter.ticket_id}
    tickets = {ticket.id: ticket for ticket in session.scalars(
        select(Ticket).where(Ticket.id.in_(ids)).options(joinedload(Ticket.client)))} if ids else {}
    return {letter.id: _subject(letter, tickets.get(letter.ticket_id or 0),
                                language or choose_language(letter.language, settings.language))
            for letter in letters}


def fill(text: str, facts: Mapping[str, Any]) -> str:
    """The text with its named places filled in, once: a place within what was filled in stays as it was written."""
    return PLACE.sub(lambda place: str(facts.get(place[1], place[0])), text)


def one_line(text: str) -> str:
    """The text as it may stand in a header: one line, nothing unprintable."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _subject(letter: Letter, ticket: Ticket | None, language: str) -> str:
    name = letter.person.name if letter.person else ""
    facts = {**spoken(letter.facts, language), **_facts_of_ticket(ticket), "name": name}
    return one_line(fill(letter_texts()[letter.text]["subject"][language], facts))[:SUBJECT_MAX]


def _write(letter: Letter, facts: Mapping[str, Any], *, link: str, identity: str, thread: str | None,
           settings: Settings, stop: str = "", question: Question | None = None, text: str = "") -> Composed:
    """The words of a letter; text: another text than its own."""
    to, address = letter.person, letter.address
    language = choose_language(letter.language, settings.language)
    frame = {name: words[language] for name, words in letter_texts()["frame"].items()}
    facts = {**spoken(facts, language), "link": link, "desk": frame["desk"], "phone": PHONE,
             "name": "" if address or to is None else to.name, "choices": f"{_base(settings)}/account/notices"}
    texts = letter_texts()[text or letter.text]
    subject = one_line(fill(texts["subject"][language], facts))[:SUBJECT_MAX]
    body = fill(texts["body"][language].strip(), facts)
    # Only where there is a request is there a page to answer on.
    kept = "footer" if thread and not address else "footer_plain" if text == "digest" else "footer_address"
    footer = fill(frame[kept], facts)
    if not address:
        footer += "\n\n" + fill(frame["footer_choices" if stop else "footer_always"], facts)
    label = texts["link"][language] if "link" in texts else frame[
        "link_objection" if address else "link" if thread else
        "link_announcement" if kind_of(text or letter.text) is Kind.ANNOUNCEMENT else "link_plain"]
    way = f"{label}: {link}\n\n" if link else ""
    if question is not None:
        asked = "\n".join(f"• {label}: {href}" for label, href in question.answers)
        way = f"{question.words}\n{asked}\n\n{frame['one_click']}\n\n{way}"
    host = urlsplit(settings.address).hostname or "okienko.example.gov.pl"
    html = _environment().get_template("letter.html").render(
        language=language, title=subject, greeting=frame["greeting"], paragraphs=body.split("\n\n"), link=link,
        link_label=label, footer=footer, question=question, one_click=frame["one_click"])
    return Composed(to=to, subject=subject, text=f"{frame['greeting']}\n\n{body}\n\n{way}-- \n{footer}\n",
                    html=html, address=address, stop=stop, message_id=f"<{identity}@{host}>",
                    thread_id=f"<{thread}@{host}>" if thread else None)


def _account_link(letter: Letter, settings: Settings) -> str:
    return f"{_base(settings)}/{ACCOUNT_LINKS[letter.text]}/{letter.id}/{code_of(letter, settings)}"


def _facts_of_ticket(ticket: Ticket | None) -> dict[str, str]:
    if ticket is None:
        return {}
    return {"number": ticket.number, "subject": ticket.subject, "client": ticket.client.name}


def _promise(ticket: Ticket | None, language: str) -> str:
    """By when the answer is promised, to stand after another sentence; "" where nothing is."""
    if ticket is None or ticket.due_at is None:
        return ""
    due_at = ticket.due_at.astimezone(ZONE)
    when = f"{say_day(due_at.date(), language)}, {due_at:%-H:%M}"
    return " " + fill(letter_texts()["frame"]["promise"][language], {"when": when})


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


def path_of(letter: Letter, ticket: Ticket | None) -> str:
    """The page that a letter is about."""
    if ticket is None:
        path = letter.facts.get("path")
        # What says nothing else is about the account.
        otherwise = "/account" if "link" in letter_texts()[letter.text] else "/"
        return path if isinstance(path, str) and path.startswith("/") else otherwise
    if letter.text == "incident" and ticket.client_id != letter.person_id:
        return f"/incidents/{ticket.number}"
    return f"/{'requests' if ticket.client_id == letter.person_id else 'tickets'}/{ticket.number}"


def _link(settings: Settings, letter: Letter, ticket: Ticket | None) -> str:
    return _base(settings) + path_of(letter, ticket)


def _question(session: Session, letter: Letter, ticket: Ticket | None, settings: Settings) -> Question | None:
    """What the reader can answer from this letter, if the ticket waits for such an answer now."""
    if ticket is None or ticket.client_id != letter.person_id or kind_of(letter.text) not in ASKING:
        return None
    asked = find_asked(session, ticket.id, language=choose_language(letter.language, settings.language))
    if asked is None:
        return None
    page = f"{_base(settings)}/answers/{letter.id}/{asked.item.id}/{code_to_answer(letter, asked.item.id, settings)}"
    return Question(asked.question, [(label, f"{page}?{urlencode({'answer': value})}")
                                     for value, label in asked.choices])


def _stop(settings: Settings, letter: Letter) -> str:
    """Where the reader ends letters of this kind with one click."""
    if kind_of(letter.text) in ALWAYS:
        return ""
    return f"{_base(settings)}/notices/stop/{letter.id}/{code_to_stop(letter, settings)}"


def _base(settings: Settings) -> str:
    """Where links begin: the configured address, never what a browser claims."""
    return settings.address.rstrip("/")


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("mailroom"), autoescape=select_autoescape(default=True))
