"""The history of requests on a page: what is wanted, read from the address, and the list told."""

from typing import Any

from flask import request, url_for
from sqlalchemy import select

from engine.consents.listing import has_any
from engine.overview.history import Order, State, Wish, count_waiting, list_choices, list_requests, waiting_among
from engine.overview.mine import steps_now
from helpdesk.people.accounts import Person
from helpdesk.people.firms import list_firms
from helpdesk.tickets import Ticket
from web.edge import now, person, row_id, session
from web.language import language

TEXT_MAX = 200


def read_wish() -> Wish:
    """What the address asks for; what makes no sense is left out."""
    asked = request.args
    year = asked.get("year", "")
    return Wish(
        state=State(asked["state"]) if asked.get("state") in set(State) else State.OPEN,
        text=asked.get("q", "")[:TEXT_MAX], service_id=row_id(asked.get("service")),
        year=int(year) if len(year) == 4 and year.isascii() and year.isdigit() and 1970 <= int(year) <= 9000 else None,
        order=Order(asked["order"]) if asked.get("order") in set(Order) else Order.NEWEST,
        place=asked.get("at", "")[:50], firm_id=row_id(asked.get("firm")))


def tell_list() -> dict[str, Any]:
    """One page of the person's requests with what can be chosen."""
    wish = read_wish()
    services, years = list_choices(session(), by=person(), now=now())
    listed = list_requests(session(), wish, by=person())
    mine = list_firms(session(), person(), only_active=True)
    names = _others([ticket for ticket in listed.rows if ticket.client_id != person().id])
    waiting = waiting_among(session(), listed.rows)
    steps = steps_now(session(), [ticket for ticket in listed.rows if ticket.id in waiting])
    of_firm = {one.firm_id: one.name for one in mine}
    return {
        "firms": [(str(firm_id), name) for firm_id, name in of_firm.items()],
        "tickets": [{"ticket": ticket, "by": names.get(ticket.client_id), "firm": of_firm.get(ticket.firm_id or 0),
                     "waits": ticket.id in waiting and ticket.client_id == person().id,
                     "step": steps.get(ticket.id), "due_at": ticket.due_at if not ticket.is_ended else None}
                    for ticket in listed.rows],
        "wish": wish, "waiting": count_waiting(session(), by=person()), "years": years,
        "services": [(str(service.id), service.name(language())) for service in services],
        "has_consents": has_any(session(), by=person()),
        "is_filtered": bool(wish.text.strip() or wish.service_id or wish.year or wish.firm_id),
        "before": listed.before and address_of(wish, at=listed.before),
        "after": listed.after and address_of(wish, at=listed.after),
        "address": lambda **changes: address_of(wish, **changes),
        "export": lambda ending: address_of(wish, endpoint="papers.export", ending=ending)}


def _others(tickets: list[Ticket]) -> dict[int, str]:
    """The names of those who made requests that the person sees for a firm."""
    ids = {ticket.client_id for ticket in tickets}
    if not ids:
        return {}
    found = session().execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {one.id: one.name for one in found}


def address_of(wish: Wish, *, endpoint: str = "requests.list_", **changes: Any) -> str:
    """The address of the list, with something changed in it; it begins at its first page unless `at` says otherwise."""
    asked = {"state": wish.state.value, "q": wish.text or None, "service": wish.service_id, "year": wish.year,
             "firm": wish.firm_id, "order": wish.order.value if wish.order is not Order.NEWEST else None}
    return url_for(endpoint, **asked | changes)
