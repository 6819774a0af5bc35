"""A tale: one story on its way through the desk, and what its people can do at the present moment."""

import io
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import steps, talk
from engine.acts import Typed
from engine.clients import requests
from engine.complaints.filing import complain
from engine.complaints.terms import Terms
from engine.demo import papers
from engine.demo.content import Facts
from engine.demo.moments import awake, in_office, local_day, local_text, opened_at
from engine.demo.scene import Scene
from engine.records import ItemState, WorkItem
from engine.returns.coming_back import come_back
from engine.tickets import teams_of_ticket
from helpdesk.catalogue import get_classification
from helpdesk.files import Draft, FileLimits, add_file, keep_draft
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, may
from helpdesk.tickets import Channel, Ticket, get_ticket

Moments = Iterator[datetime]
Paper = tuple[str, bytes]  # name, content
# Minutes until the first line takes a request up, by priority.
TAKEN_UP_IN = {"urgent": (3, 14), "high": (5, 30), "normal": (10, 60), "low": (25, 110)}
# Told late on purpose, so that leads and the manager have something to read: hours until it is taken up.
TAKEN_UP_LATE = {"upload_large_scan": 3.4, "tax_free_new_shop": 4.6, "receipt_shortage": 3.1}
# Basic accounts that wait for the second line longer than was promised.
SWITCHED_OFF_LATE = frozenset({"second_account_by_mistake", "employee_private_account", "leaving_poland"})
LATE_BY = timedelta(hours=7)
RETURN_DAYS = 14
# Answers of start forms that say when something was noticed.
BEFORE = ("locked_since", "noticed_at", "began_at")
AFTER = ("expected_end",)
# What people ask for a firm; the rest is about their own account or themselves.
OF_FIRMS = frozenset({"incident", "emergency_consent", "ticket", "customs_certificate"})
EXPECTED_AFTER = timedelta(hours=12)
NOTICED_BEFORE = timedelta(minutes=45)


class Tale:
    """One story with its own chance: the same story always takes the same time."""

    def __init__(self, scene: Scene, facts: Facts) -> None:
        self.scene, self.facts = scene, facts
        self.key: str = facts["key"]
        self.seed = zlib.crc32(self.key.encode())
        self.chance = Random(self.seed)
        self.opened = opened_at(scene.end, facts["opened_days_ago"], self.chance, is_nightly="night" in self.key)
        self.window = scene.end - self.opened
        self.number = ""

    @property
    def now(self) -> datetime:
        return self.scene.now

    @property
    def agent(self) -> str:
        return str(self.facts["agent"])

    @property
    def specialist(self) -> str:
        return str(self.facts["specialist"])

    @property
    def priority(self) -> str:
        return str(self.facts.get("priority", "normal"))

    # --- moments

    def after(self, **span: float) -> datetime:
        return self.now + timedelta(**span)

    def minutes(self, least: float, most: float) -> datetime:
        return self.after(seconds=int(self.chance.uniform(least, most) * 60))

    def taken_up(self) -> datetime:
        """When the first line has time for it."""
        late = TAKEN_UP_LATE.get(self.key)
        if late is not None and self.now == self.opened:
            return self.after(hours=late)
        return self.minutes(*TAKEN_UP_IN[self.priority])

    def by_client(self, least: float, most: float) -> datetime:
        """When the client comes back, after hours of which the night is left out."""
        return awake(self.minutes(least * 60, most * 60), self.chance)

    def by_specialist(self, least: float, most: float) -> datetime:
        """When the second line gets to it, after so many office hours."""
        return in_office(self.now, self.chance.uniform(least, most))

    def share(self, least: float, most: float) -> datetime:
        """A moment between two shares of the time from opening until the present."""
        return self.opened + timedelta(seconds=int(self.window.total_seconds() * self.chance.uniform(least, most)))

    # --- acts

    def submit(self) -> None:
        facts = self.facts
        by = facts.get("registered_by", facts["client"])
        answers: dict[str, Any] = dict(facts["answers"])
        if "happened_days_ago" in facts:
            before = timedelta(days=facts["happened_days_ago"] - facts["opened_days_ago"])
            answers["happened_at"] = local_text(self.opened - before)
        answers |= {key: local_text(self.opened - NOTICED_BEFORE) for key in BEFORE if key in answers}
        answers |= {key: local_text(self.opened + EXPECTED_AFTER) for key in AFTER if key in answers}

        def act(session: Session) -> str:
            author = self.scene.person(session, by)
            where = get_classification(session, facts["service"], facts["classification"])
            draft = self._draft(session, author, f"start:{where.id}", self._evidence(),
                                field=facts.get("paper_field", "attachments"))
            return requests.submit(
                session, where, Typed.of(**answers), by=author, client=self.scene.person(session, facts["client"]),
                now=self.now, channel=Channel(facts["channel"]), draft=draft, firm_id=self._firm(where.request_type))
        self.number = self.scene.act(act)
        self.scene.ask_directory()

    def _firm(self, request_type: str) -> int | None:
        """The firm for which the client acts this time, most often the one they manage; None for themselves."""
        mine = self.scene.firms.get(self.facts["client"], [])
        return [mine[0], *mine, None][self.seed % (len(mine) + 2)] if mine and request_type in OF_FIRMS else None

    def claim(self, element_id: str, *, by: str) -> None:
        self.scene.act(lambda session: steps.claim(
            session, self._item(session, element_id), by=self.scene.person(session, by), now=self.now))

    def assign(self, element_id: str, *, to: str, by: str) -> None:
        self.scene.act(lambda session: steps.assign(
            session, self._item(session, element_id), to=self.scene.person(session, to),
            by=self.scene.person(session, by), now=self.now))

    def complete(self, element_id: str, *, by: str, **answers: object) -> None:
        self._finish(element_id, answers, by=by)

    def file_form(self, reference: str) -> None:
        """The client files WRR0003; half of them attach its print."""
        answers = {"filed_on": local_day(self.now), "reference": reference, "signature": self.facts["signature"]}
        self._finish("file_form", answers, by=self.facts["client"],
                     paper=self._print(reference) if self.seed % 2 else None)

    def _finish(self, element_id: str, answers: Mapping[str, object], *, by: str, paper: Paper | None = None) -> None:
        def act(session: Session) -> None:
            author, item_id = self.scene.person(session, by), self._item(session, element_id)
            draft = self._draft(session, author, f"step:{item_id}", paper)
            steps.complete(session, item_id, Typed.of(**answers), by=author, now=self.now, draft=draft)
        self.scene.act(act)
        self.scene.ask_directory()

    def reply(self, body: str, *, by: str) -> None:
        def act(session: Session) -> None:
            ticket, author = get_ticket(session, self.number), self.scene.person(session, by)
            # An agent speaks only where a team of theirs has a step; until then the client is alone with the form.
            if may(author, Act.REPLY, ticket, teams_of_ticket(session, ticket)):
                talk.reply(session, ticket.id, body, by=author, now=self.now)
        self.scene.act(act)

    def note(self, body: str, *, by: str) -> None:
        self.scene.act(lambda session: talk.note(
            session, get_ticket(session, self.number).id, body, by=self.scene.person(session, by), now=self.now))

    def withdraw(self) -> None:
        facts = self.facts
        self.scene.act(lambda session: requests.withdraw(
            session, get_ticket(session, self.number).id, reason=facts["withdrawal_reason"],
            by=self.scene.person(session, facts["client"]), now=self.now))

    def complain(self) -> None:
        """The client disputes the solution."""
        typed = Typed.of(about="does_not_work", description=self.facts["complaint"])
        self.complaint = self.scene.act(lambda session: complain(
            session, get_ticket(session, self.number).id, typed, by=self.scene.person(session, self.facts["client"]),
            now=self.now, terms=Terms()))

    def come_back(self, body: str) -> None:
        """The client adds something after the end; the story goes on under the number that gets."""
        self.number = self.scene.act(lambda session: come_back(
            session, get_ticket(session, self.number).id, body, by=self.scene.person(session, self.facts["client"]),
            now=self.now, days=RETURN_DAYS))
        self.scene.ask_directory()

    def decide(self, verdict: str, *, reasons: str, by: str) -> None:
        """Somebody who took no part decides about the complaint."""
        def act(session: Session) -> None:
            item, = steps.list_open_items(session, get_ticket(session, self.complaint).id)
            typed = Typed.of(verdict=verdict, reasons=reasons)
            steps.complete(session, item.id, typed, by=self.scene.person(session, by), now=self.now)
        self.scene.act(act)
        self.scene.bring()

    # --- files

    def _evidence(self) -> Paper | None:
        """What the client attaches to a report of an error: a third of them do."""
        facts = self.facts
        if "paper" in facts:
            is_picture = facts["paper"].endswith(".png")
            return facts["paper"], papers.screen_picture(self.seed) if is_picture else papers.form_print(["Wniosek"])
        if facts["request_type"] != "incident" or facts["channel"] != "portal" or self.seed % 3:
            return None
        if facts["answers"].get("error_message") and self.seed % 2:
            lines = [f"{facts['answers']['system']} {local_text(self.opened)}", facts["answers"]["error_message"]]
            return f"komunikat_{local_day(self.opened)}.txt", papers.message_log(lines)
        return f"zrzut_ekranu_{local_day(self.opened)}.png", papers.screen_picture(self.seed)

    def _print(self, reference: str) -> Paper:
        lines = ("WRR0003", f"Numer: {reference}", f"Data: {local_day(self.now)}")
        return f"WRR0003_{reference.replace('/', '-')}.pdf", papers.form_print(lines)

    def _draft(self, session: Session, by: Person, place: str, paper: Paper | None, *,
               field: str = "attachments") -> Draft | None:
        if paper is None or self.scene.storage is None:
            return None
        name, data = paper
        draft = keep_draft(session, by.id, place, {}, now=self.now)
        add_file(session, self.scene.storage, io.BytesIO(data), name=name, by_id=by.id, limits=FileLimits(),
                 now=self.now, draft_id=draft.id, field=field)
        return draft

    def _item(self, session: Session, element_id: str) -> int:
        """The open step of the ticket at the element."""
        return session.scalars(select(WorkItem.id).join(Ticket, Ticket.id == WorkItem.ticket_id).where(
            Ticket.number == self.number, WorkItem.element_id == element_id,
            WorkItem.state == ItemState.OPEN.value)).one()
