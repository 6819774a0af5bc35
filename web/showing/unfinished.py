"""Drafts as pages tell them: what each is, where it goes on, until when it is kept."""

from collections.abc import Collection
from typing import Any

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, lazyload

from engine.records import WorkItem
from helpdesk.catalogue import Classification, Service
from helpdesk.catalogue.audience import Viewer
from helpdesk.files import DRAFT_LASTS, Draft, list_drafts
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket
from web.language import gettext, language

MOST_SHOWN = 100


def tell_drafts(session: Session, person: Person, *, most: int = MOST_SHOWN) -> list[dict[str, Any]]:
    """The person's unfinished forms, the newest first; of those whose place is gone, what was typed and no `href`."""
    drafts = list_drafts(session, person.id, most=most)
    known = _Places(session, drafts)
    return [known.tell(draft, person) for draft in drafts]


class _Places:
    """What the drafts stand at, read with one statement for each kind of place."""

    def __init__(self, session: Session, drafts: list[Draft]) -> None:
        ids: dict[str, set[int]] = {}
        for draft in drafts:
            kind, number, *rest = draft.place.split(":")
            ids.setdefault(kind, set()).add(int(number))
            if kind == "start" and rest:
                ids.setdefault("client", set()).add(int(rest[0]))
        tickets = ids.get("reply", set()) | ids.get("complaint", set()) | ids.get("again", set())
        self.starts: dict[int, Classification] = _by_id(session, ids.get("start"), select(Classification).options(
            joinedload(Classification.service).joinedload(Service.area)), Classification)
        self.items: dict[int, WorkItem] = _by_id(session, ids.get("step"), select(WorkItem).options(
            joinedload(WorkItem.ticket).lazyload(Ticket.client)), WorkItem)
        self.tickets: dict[int, Ticket] = _by_id(session, tickets, select(Ticket), Ticket)
        self.clients: dict[int, Person] = _by_id(session, ids.get("client"), select(Person).options(
            lazyload(Person.memberships)), Person)

    def tell(self, draft: Draft, person: Person) -> dict[str, Any]:
        kind, number, *rest = draft.place.split(":")
        tellers = {"start": self._start, "step": self._step, "reply": self._reply, "complaint": self._complaint,
                   "again": self._again}
        found = tellers[kind](int(number), rest, person) if kind in tellers else None
        name, about, href = found or (gettext("A form that is no longer open"), "", "")
        return {"id": draft.id, "name": name, "about": about, "href": href, "changed_at": draft.changed_at,
                "removed_at": draft.changed_at + DRAFT_LASTS, "words": [] if found else _written(draft)}

    def _start(self, number: int, rest: list[str], person: Person) -> tuple[str, str, str] | None:
        where = self.starts.get(number)
        client = self.clients.get(int(rest[0])) if rest else None
        # What the catalogue does not offer any more, or not to them, has no form to go on with.
        if where is None or not Viewer(client, person).sees(where.service.area, where.service, where):
            return None
        about = where.service.name(language())
        if client is not None:
            about = gettext("{service}, for {name}", service=about, name=client.name)
        return where.name(language()), about, url_for(
            "intake.form", service_key=where.service.key, key=where.key, client=client.id if client else None)

    def _step(self, number: int, rest: list[str], person: Person) -> tuple[str, str, str] | None:
        item = self.items.get(number)
        if item is None or not item.is_open:
            return None
        place = "requests.show" if item.ticket.client_id == person.id else "tickets.show"
        return item.name(language()), _words(item.ticket), url_for(place, number=item.ticket.number)

    def _reply(self, number: int, rest: list[str], person: Person) -> tuple[str, str, str] | None:
        ticket = self.tickets.get(number)
        if ticket is None:
            return None
        place = "requests.show" if ticket.client_id == person.id else "tickets.show"
        return gettext("Message"), _words(ticket), url_for(place, number=ticket.number)

    def _complaint(self, number: int, rest: list[str], person: Person) -> tuple[str, str, str] | None:
        ticket = self.tickets.get(number)
        if ticket is None:
            return None
        return gettext("Complaint"), _words(ticket), url_for("complaints.form", number=ticket.number)

    def _again(self, number: int, rest: list[str], person: Person) -> tuple[str, str, str] | None:
        ticket = self.tickets.get(number)
        if ticket is None:
            return None
        return gettext("Asking again"), _words(ticket), url_for("returns.form", number=ticket.number)


def _by_id(session: Session, ids: Collection[int] | None, query: Select[Any], kind: Any) -> dict[int, Any]:
    """The records of a kind with these ids; where there are none nobody is asked."""
    return {one.id: one for one in session.scalars(query.where(kind.id.in_(ids)))} if ids else {}


def _written(draft: Draft) -> list[str]:
    """What somebody wrote in their own words: choices and keys of a form that is gone say nothing."""
    return [text for name, texts in draft.typed.items() if not name.startswith("_") for text in texts if " " in text]


def _words(ticket: Ticket) -> str:
    return f"{ticket.number} {ticket.subject}"
