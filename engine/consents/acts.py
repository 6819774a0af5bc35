"""What the process of a consent does: looks for an announcement, counts, grants, ends, and says it in words."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from engine.outages.records import Suspicion, find_open_link, hang
from helpdesk import consents, outbox
from helpdesk.announcements.kinds import Environment
from helpdesk.announcements.records import Announcement, audiences_of, find_active
from helpdesk.consents import Consent, Firm
from helpdesk.conversation import Kind
from helpdesk.people.firms import is_unconfirmed
from helpdesk.years import ZONE, year_of

if TYPE_CHECKING:
    from engine.stage import Stage

GRANTED = {
    "pl": "Zgoda na stosowanie procedury awaryjnej nr {number} ({service}).\n\nWażna od {since} do {until}.\n\n"
          "W dokumentach wpisz kod {mark} i numer zgody. Po przywróceniu systemu dane trzeba wprowadzić "
          "niezwłocznie i potwierdzić to w tym zgłoszeniu.",
    "en": "Consent to use the emergency procedure no. {number} ({service}).\n\nValid from {since} until {until}.\n\n"
          "Put the code {mark} and the number of the consent on the documents. When the system is back the data "
          "have to be entered at once, and that has to be confirmed in this request.",
}
ANNOUNCED = {
    "pl": "Zgoda nie jest potrzebna: trwa ogłoszona awaria {number} ({title}), w której wolno stosować procedurę "
          "awaryjną.",
    "en": "No consent is needed: an announced failure is under way, {number} ({title}), in which the emergency "
          "procedure may be used.",
}
TOLD = {
    "pl": "Zawiadomiliśmy o tym urząd: {office}.",
    "en": "We have told the office of it: {office}.",
}
# For the staff, like other notes of the built-in processes.
NOT_LISTED = "Urzędu „{office}” nie ma na liście adresów. Zawiadom go o zgodzie {consent}: {what}."
MARKED = {"pl": "Oznaczenie dokumentów: {mark}.", "en": "Mark of documents: {mark}."}


class Occasion(StrEnum):
    """What an office is told of a consent."""

    GRANTED = "granted"
    PROLONGED = "prolonged"
    ENDED = "ended"


WHAT = {Occasion.GRANTED: "udzielona", Occasion.PROLONGED: "przedłużona", Occasion.ENDED: "zakończona"}


def look_for_announcement(stage: "Stage") -> dict[str, Any]:
    """What is known of the ticket's service now: an announcement, with the emergency procedure or not, a suspicion."""
    service_id = _service_id(stage)
    found = _announcements(stage, service_id)
    best = next((one for one in found if one.may_use_procedure(stage.now)), found[0] if found else None)
    return {
        "is_announced": best is not None, "number": best.number if best else "",
        "has_procedure": best is not None and best.may_use_procedure(stage.now),
        "is_suspected": bool(stage.session.scalar(select(exists().where(
            Suspicion.service_id == service_id, Suspicion.settled_at.is_(None)))))}


def words_of_procedure(stage: "Stage") -> str:
    """The announcement's number and instruction in the client's language; the ticket hangs on it from now on.

    Raises ValueError when there is no such announcement any more.
    """
    announcement = next((one for one in _announcements(stage, _service_id(stage))
                         if one.may_use_procedure(stage.now)), None)
    if announcement is None:
        raise ValueError("there is no announcement with an emergency procedure")
    if find_open_link(stage.session, stage.ticket.id) is None:
        hang(stage.session, stage.ticket.id, announcement.id, by=stage.by, now=stage.now)
    language = _language(stage)
    parts = [ANNOUNCED[language].format(number=announcement.number, title=announcement.text("title", language)),
             announcement.text("instruction", language),
             MARKED[language].format(mark=announcement.mark) if announcement.mark else ""]
    return "\n\n".join(part for part in parts if part)


def count(stage: "Stage", identifier: str) -> dict[str, Any]:
    """How many consents the firm was given this year, and whether nobody has confirmed yet who manages it."""
    return {"this_year": consents.count_of_year(stage.session, str(identifier or ""), year=year_of(stage.now)),
            "is_unconfirmed": is_unconfirmed(stage.session, stage.ticket.firm_id,
                                             consents.normal_identifier(str(identifier or "")))}


def grant(stage: "Stage", hours: Any, **who: Any) -> dict[str, Any]:
    """A consent, or a longer one: its number and until when. who: as `_firm` reads it. Raises BadValidity."""
    consent = consents.grant(stage.session, stage.ticket, service_id=_service_id(stage), firm=_firm(**who),
                             hours=int(hours), by_id=_by_id(stage), now=stage.now)
    assert consent.valid_until is not None
    return {"number": consent.number, "valid_until": consent.valid_until.isoformat(),
            "is_prolonged": consent.prolongations > 0}


def refuse(stage: "Stage", **who: Any) -> None:
    """Keep that the firm was refused. who: as `_firm` reads it."""
    consents.refuse(stage.session, stage.ticket, service_id=_service_id(stage), firm=_firm(**who), by_id=_by_id(stage),
                    now=stage.now)


def words_of_consent(stage: "Stage") -> str:
    """The consent in the client's language. Raises ValueError without one."""
    consent: Consent | None = consents.find(stage.session, stage.ticket.id)
    if consent is None or consent.valid_from is None or consent.valid_until is None:
        raise ValueError("there is no consent")
    language = _language(stage)
    return GRANTED[language].format(
        number=consent.number, service=consent.service.name(language), mark=consent.mark,
        since=_moment(consent.valid_from), until=_moment(consent.valid_until))


def write_to_office(stage: "Stage", address: Any, office: Any, occasion: Occasion) -> None:
    """Write to the office of the ticket's consent; one without an address is left to the staff by a note.

    Nothing happens without a consent.
    """
    consent = consents.find(stage.session, stage.ticket.id)
    if consent is None or consent.valid_from is None or consent.valid_until is None:
        return
    if not address:
        stage.say(NOT_LISTED.format(office=office or "–", consent=consent.number, what=WHAT[occasion]), Kind.NOTE)
        return
    until = consent.ended_at if occasion is Occasion.ENDED and consent.ended_at else consent.valid_until
    outbox.queue_to_address(
        stage.session, str(address), about=None, text=f"consent_{occasion}_office", now=stage.now,
        ticket_id=stage.ticket.id, language="pl", consent=consent.number, firm=consent.firm,
        identifier=consent.identifier, service=consent.service.name("pl"), mark=consent.mark,
        since=_moment(consent.valid_from), until=_moment(until))
    stage.say(TOLD[_language(stage)].format(office=office), Kind.SYSTEM)


def end(stage: "Stage") -> None:
    """The ticket's consent may be used no longer."""
    consents.end(stage.session, stage.ticket.id, by_id=_by_id(stage), now=stage.now)


def mark_overdue(stage: "Stage") -> None:
    """Nobody has confirmed in time that the data were entered."""
    consents.mark_overdue(stage.session, stage.ticket.id, now=stage.now)


def _firm(identifier: Any = None, firm: Any = None, declarations: Any = None) -> Firm:
    """Who asks, from what an expression of the diagram gave."""
    return Firm(str(identifier or ""), str(firm or ""), int(declarations) if declarations is not None else None)


def _by_id(stage: "Stage") -> int | None:
    return stage.by.id if stage.by else None


def _service_id(stage: "Stage") -> int:
    if stage.ticket.classification is None:
        raise ValueError("the ticket has no place in the catalogue")
    return stage.ticket.classification.service_id


def _announcements(stage: "Stage", service_id: int) -> list[Announcement]:
    """What the ticket's client may read of production: a break of the tests is no reason for a consent."""
    return find_active(stage.session, service_ids={service_id}, now=stage.now,
                       audiences=audiences_of(stage.ticket.client), environment=Environment.PRODUCTION)


def _language(stage: "Stage") -> str:
    return "en" if stage.ticket.client.language == "en" else "pl"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%d.%m.%Y, %H:%M}"
