"""What a process does: the verbs that service tasks name."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from engine.complaints import verdicts
from engine.complaints.records import Verdict
from engine.consents import acts as consents
from engine.diagrams.bundle import Element
from engine.diagrams.reports import LATER, Later
from engine.outages.ending import words_of_end
from helpdesk import audit, outbox
from helpdesk.conversation import Kind
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person, Role, list_leads, list_members, list_with_role
from helpdesk.texts import LETTERS, TO_ADDRESSES
from helpdesk.tickets import Priority, Status, set_status
from sla.promises import PauseReason

if TYPE_CHECKING:
    from engine.stage import Stage

Verb = Callable[..., Later | None]
VERBS: dict[str, Verb] = {}
# verb → (required parameters, optional parameters); publishing compares diagrams with it.
VERB_PARAMETERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {}


class UnknownVerb(DeskError):
    """There is no action “{verb}”."""


class BadParameter(DeskError):
    """The action “{verb}” cannot work with {name} = {value}."""


def verb(*required: str, optional: Collection[str] = ()) -> Callable[[Verb], Verb]:
    """Register an action under its function's name with the parameters it needs and those it can do without."""
    def register(function: Verb) -> Verb:
        name = function.__name__.rstrip("_")
        VERBS[name] = function
        VERB_PARAMETERS[name] = (frozenset(required), frozenset(optional))
        return function
    return register


def perform(stage: "Stage", name: str, parameters: Mapping[str, Any], element: Element) -> Later | None:
    """Do one action of the diagram, or begin one whose answer comes later. May raise ThrowError."""
    found = VERBS.get(name)
    if found is None:
        raise UnknownVerb(verb=name)
    try:
        return found(stage, element=element, **parameters)
    except (ValueError, TypeError, KeyError) as error:
        raise BadParameter(verb=name, name=", ".join(parameters), value=str(error)) from error


@verb("status")
def set_status_(stage: "Stage", *, status: str, element: Element) -> None:
    """Move the ticket to a status."""
    set_status(stage.ticket, Status(status), now=stage.now)


@verb("priority")
def set_priority(stage: "Stage", *, priority: str, element: Element) -> None:
    """Change how much the ticket hurries."""
    stage.ticket.priority = Priority(priority).value


@verb("clock", "allowed")
def start_clock(stage: "Stage", *, clock: str, allowed: str, element: Element) -> None:
    """Start a promise, or give a running one a new target."""
    stage.promises.start(clock, allowed, now=stage.now)


@verb("clock", "reason")
def pause_clock(stage: "Stage", *, clock: str, reason: str, element: Element) -> None:
    """Let a promise stand still, with the reason people are shown."""
    stage.promises.pause(clock, PauseReason(reason), now=stage.now)


@verb("clock")
def resume_clock(stage: "Stage", *, clock: str, element: Element) -> None:
    """Let a promise run on, unless a known failure or a complaint still lets it stand."""
    stage.promises.resume(clock, now=stage.now)


@verb("clock")
def stop_clock(stage: "Stage", *, clock: str, element: Element) -> None:
    """End a promise: it was kept or not."""
    stage.promises.stop(clock, now=stage.now)


@verb("field")
def ask_client(stage: "Stage", *, field: str, element: Element) -> None:
    """Say to the client what was written in a form's field, as a question."""
    stage.say(stage.text_of(field), Kind.QUESTION)


@verb("field")
def publish_solution(stage: "Stage", *, field: str, element: Element) -> None:
    """Make what was written in a form's field the solution of the ticket."""
    text = stage.text_of(field)
    stage.ticket.solution = text
    stage.say(text, Kind.SOLUTION)


@verb("field")
def tell_client(stage: "Stage", *, field: str, element: Element) -> None:
    """Say to the client what was written in a form's field."""
    stage.say(stage.text_of(field), Kind.REPLY)


@verb("kind", "pl", "en", optional=("field",))
def say_text(stage: "Stage", *, kind: str, pl: str, en: str, element: Element, field: str = "") -> None:
    """Say to the client, in their language, a text of the process, and below it what was written in a form's field."""
    text = en if stage.ticket.client.language == "en" else pl
    _say(stage, kind, "\n\n".join([text, stage.text_of(field)] if field else [text]))


@verb("text")
def add_note(stage: "Stage", *, text: str, element: Element) -> None:
    """Write an internal note."""
    stage.say(text, Kind.NOTE)


@verb("to", "text")
def notify(stage: "Stage", *, to: str, text: str, element: Element) -> None:
    """Put a letter for somebody into the outbox."""
    if text not in LETTERS:
        raise ValueError(text)
    for person in _recipients(stage, to, element):
        if person.id != (stage.by.id if stage.by else None) or to == "client":
            outbox.queue(stage.session, to=person, text=text, now=stage.now, ticket_id=stage.ticket.id,
                         **stage.facts_for_letters())


@verb("address", "text")
def notify_address(stage: "Stage", *, address: str, text: str, element: Element) -> None:
    """Put a letter of fixed words to an address that an answer names into the outbox; one letter for each address."""
    if text not in TO_ADDRESSES:
        raise ValueError(text)
    outbox.queue_to_address(stage.session, address, about=stage.ticket.client, text=text, now=stage.now,
                            ticket_id=stage.ticket.id, number=stage.ticket.number)


@verb("of", "outcome", "is_failed")
def record_attempt(stage: "Stage", *, of: str, outcome: str, is_failed: bool, element: Element) -> None:
    """Write one attempt into the audit with its outcome, never the secret, and count those that failed."""
    counted = stage.variables.get(element.result)
    before = counted if isinstance(counted, dict) else {"made": 0, "failed": 0}
    made, failed = before["made"] + 1, before["failed"] + (is_failed is True)
    audit.record(stage.session, "attempt", by=stage.by.id if stage.by else None, now=stage.now,
                 ticket_id=stage.ticket.id, of=str(of)[:60], outcome=str(outcome)[:60], number=made, failed=failed)
    stage.variables[element.result] = {"made": made, "failed": failed}


@verb("outcome")
def close(stage: "Stage", *, outcome: str, element: Element) -> None:
    """Close the ticket with an outcome and stop its clocks."""
    if outcome not in OUTCOMES:
        raise ValueError(outcome)
    stage.ticket.outcome = outcome
    set_status(stage.ticket, Status.CANCELLED if outcome == "withdrawn" else Status.CLOSED, now=stage.now)
    stage.promises.stop_all(now=stage.now)
    audit.record(stage.session, "closed", by=stage.by.id if stage.by else None, now=stage.now,
                 ticket_id=stage.ticket.id, outcome=outcome)


@verb("system", "operation")
def call_system(stage: "Stage", *, system: str, operation: str, element: Element, **payload: Any) -> Later:
    """Ask another system; the token waits until it has answered."""
    stage.ask_system(element, system=system, operation=operation, payload=payload)
    return LATER


SAID_AS = (Kind.QUESTION.value, Kind.SOLUTION.value, Kind.REPLY.value)


@verb("kind")
def say_ending(stage: "Stage", *, kind: str, element: Element) -> None:
    """Say to the client how the announcement that the ticket hung on has ended, as its solution or as a message."""
    _say(stage, kind, words_of_end(stage))


@verb()
def find_announcement(stage: "Stage", *, element: Element) -> None:
    """See what is announced about the ticket's service, into the variable `result`."""
    stage.variables[element.result] = consents.look_for_announcement(stage)


@verb("kind")
def say_procedure(stage: "Stage", *, kind: str, element: Element) -> None:
    """Say to the client which announced emergency procedure may be used; the ticket hears of its end."""
    _say(stage, kind, consents.words_of_procedure(stage))


@verb("identifier")
def count_consents(stage: "Stage", *, identifier: Any, element: Element) -> None:
    """Count the firm's consents to the emergency procedure this year, into the variable `result`."""
    stage.variables[element.result] = consents.count(stage, identifier)


OF_FIRM = ("firm", "declarations")


@verb("identifier", "hours", optional=OF_FIRM)
def grant_consent(stage: "Stage", *, hours: Any, element: Element, **who: Any) -> None:
    """Give the ticket a numbered consent for some hours, or prolong it; what it says into the variable `result`."""
    stage.variables[element.result] = consents.grant(stage, hours, **who)


@verb("identifier", optional=OF_FIRM)
def refuse_consent(stage: "Stage", *, element: Element, **who: Any) -> None:
    """Keep that the firm was refused a consent."""
    consents.refuse(stage, **who)


@verb("kind")
def say_consent(stage: "Stage", *, kind: str, element: Element) -> None:
    """Say the ticket's consent to the client: number, validity, mark."""
    _say(stage, kind, consents.words_of_consent(stage))


@verb("address", "office", "occasion")
def write_to_office(stage: "Stage", *, address: Any, office: Any, occasion: str, element: Element) -> None:
    """Tell the customs office of the ticket's consent; without an address staff is told to do it."""
    consents.write_to_office(stage, address, office, consents.Occasion(occasion))


@verb()
def end_consent(stage: "Stage", *, element: Element) -> None:
    """The ticket's consent may be used no longer."""
    consents.end(stage)


@verb()
def mark_consent_overdue(stage: "Stage", *, element: Element) -> None:
    """The data of a consent that has ended were not confirmed in time."""
    consents.mark_overdue(stage)


@verb("verdict")
def settle_complaint(stage: "Stage", *, verdict: str, element: Element) -> None:
    """End the complaint that the ticket is: the disputed ticket hears of it after the commit."""
    verdicts.give(stage.session, stage.ticket.id, Verdict(verdict), by=stage.by, now=stage.now)


OUTCOMES = frozenset({"solved", "accepted", "expired", "refused", "no_answer", "deleted", "withdrawn", "upheld",
                      "rejected"})


def _say(stage: "Stage", kind: str, text: str) -> None:
    if kind not in SAID_AS:
        raise ValueError(kind)
    if kind == Kind.SOLUTION.value:
        stage.ticket.solution = text
    stage.say(text, Kind(kind))


def _recipients(stage: "Stage", to: str, element: Element) -> list[Person]:
    if to == "client":
        return [stage.ticket.client]
    teams = stage.teams_at_work() or stage.teams_of([element.lane or ""])
    found: list[Person]
    if to == "manager":
        found = list_with_role(stage.session, Role.MANAGER)
    elif to == "lead":
        found = list_leads(stage.session, teams)
    elif to == "team":
        found = list_members(stage.session, stage.teams_of([element.lane or ""]) or teams)
    else:
        raise ValueError(to)
    # A promise in danger must reach somebody: a desk without a manager or lead tells its administrators.
    return found or list_with_role(stage.session, Role.ADMINISTRATOR)
