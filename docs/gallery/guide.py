"""What is shown in README and in the guide for clients, in their order."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from docs.gallery.camera import HALF, NARROW, WIDE, Frame, Shot
from engine.records import ItemState, WorkItem
from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket
from tests.browser.served import Served, Visitor


def guide_shots(desk: Served) -> list[Shot]:
    """Every picture outside the gallery of pages."""
    with desk.desk.session() as session:
        mine, agents = _clients_ticket(session), _agents_ticket(session)
        asked, solved, rated = (_ticket_at(session, key) for key in ("supplement", "accept_solution", "survey"))
    wide, half, narrow = (Frame(WIDE, scale=0.75),), (Frame(HALF),), (Frame(NARROW),)
    return [
        Shot("client-catalogue", "clara", "/catalogue", wide),
        Shot("client-form", "clara", "/catalogue/import/import_rejected", wide, before=_fill_form),
        Shot("client-request", "clara", f"/requests/{mine}",
             (Frame(WIDE, "-1440", scale=0.75), Frame(NARROW, "-360"))),
        Shot("agent-worklist", "amir", "/worklist", wide, "en"),
        Shot("agent-ticket", "amir", f"/tickets/{agents}", wide, "en"),
        Shot("lead", "lena", "/team-work", wide, "en"),
        Shot("people", "ada", "/people", (Frame((1440, 800), scale=0.75),), "en"),
        Shot("guide-start", "clara", "/", half),
        Shot("guide-services", "clara", "/my-services", half),
        Shot("guide-found", "clara", "/knowledge?q=hasła", half),
        Shot("guide-article", "clara", "/knowledge/change-password", (Frame((360, 640)),)),
        Shot("guide-progress", asked[0], f"/requests/{asked[1]}", narrow),
        Shot("guide-adding", solved[0], f"/requests/{solved[1]}",
             (Frame(HALF, part="section[aria-labelledby=talk]"),)),
        Shot("guide-solution", solved[0], f"/requests/{solved[1]}", (Frame(HALF, part=".panel--success", tall=370),)),
        Shot("guide-history", "clara", "/requests?state=all", half),
        Shot("guide-complaint", solved[0], f"/requests/{solved[1]}/complaint",
             (Frame(HALF, part="main form.form", tall=540),)),
        Shot("guide-rating", rated[0], f"/requests/{rated[1]}",
             (Frame(NARROW, part="section.panel:has(form)", tall=490),)),
        Shot("guide-remarks", "clara", "/remarks", half),
        Shot("guide-status", "clara", "/status?all=1", half),
        Shot("guide-service", "clara", "/catalogue/registration/account_locked", narrow),
    ]


def _ticket_at(session: Session, element_id: str) -> tuple[str, str]:
    """The newest ticket that waits for its client at this element, Clara's if there is one: whose it is, its number."""
    address, number = session.execute(
        select(Person.email, Ticket.number).join(Ticket.client).join(WorkItem, WorkItem.ticket_id == Ticket.id)
        .where(WorkItem.element_id == element_id, WorkItem.state == ItemState.OPEN.value)
        .order_by(Person.email.startswith("clara@").desc(), Ticket.id.desc())).first() or ("clara@", "")
    return address, number


def _clients_ticket(session: Session) -> str:
    """The newest ticket on which Clara has a step to do."""
    return session.scalars(
        select(Ticket.number).join(WorkItem, WorkItem.ticket_id == Ticket.id).join(Ticket.client)
        .where(Person.email.startswith("clara@"), WorkItem.team_id.is_(None), WorkItem.state == ItemState.OPEN.value)
        .order_by(Ticket.id.desc())).first() or ""


def _agents_ticket(session: Session) -> str:
    """The ticket on which Amir's next step is due first."""
    return session.scalars(
        select(Ticket.number).join(WorkItem, WorkItem.ticket_id == Ticket.id).join(WorkItem.holder)
        .where(Person.email.startswith("amir@"), WorkItem.state == ItemState.OPEN.value)
        .order_by(WorkItem.due_at)).first() or ""


def _fill_form(visitor: Visitor) -> None:
    """A form that is being filled in."""
    visitor.page.fill("#f-subject", "Zgłoszenie przywozowe odrzucone bez kodu błędu")
    visitor.page.fill("#f-what_happened", "Od rana system odrzuca zgłoszenia z naszego programu i nie podaje powodu.")
    visitor.page.evaluate("scrollTo(0, 0)")
