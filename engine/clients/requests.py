"""Requests: a client's form becomes a ticket; a ticket can be withdrawn."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from engine.acts import (
    StartFailed,
    StepFailed,
    find_done,
    mark_done,
    mend_incidents,
    one_step,
    read_some_answers,
    start_context,
)
from engine.clients import intake
from engine.complaints import verdicts
from engine.complaints.records import PROCESS as COMPLAINT
from engine.complaints.records import Verdict
from engine.running import read_running
from engine.stage import new_stage, open_stage, still_stage
from engine.tickets import demand_on
from engine.versions import LoadedVersion, current_version
from helpdesk import audit, outbox
from helpdesk.catalogue import Classification
from helpdesk.catalogue.audience import Viewer
from helpdesk.catalogue.offers import demand_offered
from helpdesk.conversation import Kind, say
from helpdesk.errors import Conflict, DeskError
from helpdesk.files import Draft, FileLimits, drop_draft, move_to_ticket
from helpdesk.fulltext.search import index_ticket
from helpdesk.people.accounts import Person
from helpdesk.people.firms import demand_acting
from helpdesk.people.policy import Act, demand
from helpdesk.people.signin import check_tries, count_try
from helpdesk.statements.prepared import put
from helpdesk.tickets import AlreadyEnded, Channel, Status, Ticket, lock_ticket, next_number, set_status

SUBJECT_FIELDS = ("subject", "summary", "title")
TEXT_FIELDS = ("description", "what_happened")
SUBJECT_MAX = 120
HOUR = timedelta(hours=1)


class NoClient(DeskError):
    """Choose the client this request is for."""


class CannotWithdraw(Conflict):
    """This request cannot be withdrawn: what has been begun must be finished. Write to us what you want instead."""


def submit(session: Session, classification: Classification, typed: Mapping[str, list[str]], *, client: Person,
           by: Person, now: datetime, channel: Channel = Channel.PORTAL, draft: Draft | None = None,
           limits: FileLimits | None = None, most_per_hour: int | None = None, key: str | None = None,
           received_on: date | None = None, firm_id: int | None = None, language: str | None = None) -> str:
    """Register a request and start its process; gives the ticket's number.

    What a channel other than the portal lacks is asked of the client before the process begins (engine.clients.intake).
    key: makes a repeated call give the first call's number. firm_id: the firm for which the client acts. language: in
    which the form was filled in, that of `by` unless given.
    Raises BadAnswers, NotAllowed, TooManyTries, NotForFirm, and NotFound when the catalogue does not offer this to the
    client.
    """
    demand(by, Act.SUBMIT if client.id == by.id else Act.REGISTER_FOR_OTHERS)
    done = find_done(session, key)
    if done is not None:
        return str(done["number"])
    demand_offered(classification, Viewer(client, by))
    if firm_id is not None:
        demand_acting(session, client, firm_id)
    if most_per_hour is not None:
        check_tries(session, f"submit:{by.id}", most=most_per_hour, within=HOUR, now=now)
    version = current_version(session, classification.request_type)
    answers, lacking = read_some_answers(
        session, version.start_sheet, typed, language=language or by.language, draft=draft,
        context=start_context(version), may_lack=channel is not Channel.PORTAL)
    # 1 the ticket  2 the letter with its number, before any the process writes
    # 3 the instance, run to the first waits  4 files
    ticket = register(session, answers, request_type=classification.request_type, classification=classification,
                      subject=_subject(version, answers, classification, client.language), client=client, by=by,
                      channel=channel, received_on=received_on, firm_id=firm_id, now=now)
    if lacking:
        intake.wait_for_rest(session, ticket, version, answers, by=by, now=now)
    else:
        outbox.queue(session, to=client, text="registered", now=now, ticket_id=ticket.id, number=ticket.number,
                     subject=ticket.subject)
        start_instance(session, ticket, version, answers, by=by, now=now)
    if most_per_hour is not None:
        count_try(session, f"submit:{by.id}", now=now)
    if draft is not None:
        move_to_ticket(session, draft, ticket.id, limits=limits or FileLimits())
        drop_draft(session, draft, has_files=False)
    mark_done(session, key, now=now, number=ticket.number)
    return ticket.number


def withdraw(session: Session, ticket_id: int, *, reason: str, by: Person, now: datetime) -> None:
    """The client takes the request back: every open step is dropped and the ticket is cancelled."""
    ticket = lock_ticket(session, ticket_id, now=now)
    demand_on(session, by, Act.WITHDRAW, ticket)
    if ticket.is_ended:
        raise AlreadyEnded(number=ticket.number)
    audit.record(session, "withdrawn", by=by.id, now=now, ticket_id=ticket.id)
    with one_step(session, ticket, "withdraw", by=by, now=now):
        running = read_running(session, ticket)
        stage = (open_stage if running.instance.has_begun else still_stage)(
            session, ticket, by=by, now=now, running=running)
        if not stage.version.may_withdraw:
            raise CannotWithdraw()
        set_status(ticket, Status.CANCELLED, now=now)
        ticket.outcome = "withdrawn"
        stage.promises.stop_all(now=now)
        stage.abandon()
    if ticket.request_type == COMPLAINT:
        verdicts.give(session, ticket.id, Verdict.WITHDRAWN, by=by, now=now)
    mend_incidents(session, ticket.id, by=by, now=now)
    if reason.strip():
        say(session, ticket.id, reason, by=by, kind=Kind.REPLY, now=now)
    outbox.queue(session, to=ticket.client, text="withdrawn", now=now, ticket_id=ticket.id,
                 **stage.facts_for_letters())


def register(session: Session, answers: Mapping[str, Any], *, request_type: str, subject: str, client: Person,
             by: Person, now: datetime, channel: Channel = Channel.PORTAL,
             classification: Classification | None = None, received_on: date | None = None,
             firm_id: int | None = None) -> Ticket:
    """A ticket with its number; its process is not started yet."""
    words = " ".join(_texts(answers))
    ticket = put(
        session, Ticket, number=next_number(session), request_type=request_type,
        classification_id=classification.id if classification else None, client_id=client.id,
        registered_by_id=by.id, subject=subject, channel=channel.value, received_on=received_on, opened_at=now,
        changed_at=now, firm_id=firm_id,
        status=Status.REGISTERED.value)
    set_committed_value(ticket, "client", client)
    set_committed_value(ticket, "classification", classification)
    index_ticket(session, ticket.id, " ".join((ticket.number, subject, client.name, client.email, client.firm, words)))
    return ticket


def start_instance(session: Session, ticket: Ticket, version: LoadedVersion, answers: Mapping[str, Any], *,
                   by: Person, now: datetime, known: Mapping[str, Any] | None = None) -> None:
    """Run the ticket's process to its first waits. known: variables besides the answers. Raises StartFailed."""
    try:
        with one_step(session, ticket, "submit", by=by, now=now, is_first=True):
            stage = new_stage(session, ticket, version, by=by, now=now)
            audit.record(session, "submitted", by=by.id, now=now, ticket_id=ticket.id, channel=ticket.channel,
                         version=version.number)
            stage.variables.update(known or {})
            if version.bundle.start_form:
                stage.take_answers(version.bundle.start_form, version.start_element, answers, by=by)
            stage.start()
            stage.save()
    except StepFailed as error:
        # The ticket goes with the transaction, so that nothing may refer to it.
        raise StartFailed(**{**error.facts, "ticket_id": None}) from error.__cause__


def _texts(value: object) -> Iterator[str]:
    """Every text among the answers, those in rows of lists too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for row in value:
            yield from _texts(row)


def _subject(version: LoadedVersion, answers: Mapping[str, Any], classification: Classification,
             language: str) -> str:
    """What the start form calls it, else the first line of what was written, else the classification."""
    names = {"service": classification.service.name(language), "classification": classification.name(language)}
    sheet = version.start_sheet
    texts = [sheet.subject_of(answers, language, **names) if sheet else "",
             *(answers.get(field) for field in SUBJECT_FIELDS + TEXT_FIELDS)]
    written = next((text.strip() for text in texts if isinstance(text, str) and text.strip()), names["classification"])
    line = written.splitlines()[0]
    return line if len(line) <= SUBJECT_MAX else line[: SUBJECT_MAX - 1].rstrip() + "…"
