"""For whom, and how, a request comes in that the client does not send themselves."""

from flask import g, request

from helpdesk.catalogue.audience import Viewer
from helpdesk.people.accounts import Person, get_person
from helpdesk.people.policy import Act, demand
from web.edge import row_id, session


def client_served() -> Person | None:
    """The client for whom an agent registers this request, if one does."""
    chosen = row_id(request.values.get("client"))
    if chosen is None:
        return None
    demand(g.person, Act.REGISTER_FOR_OTHERS)
    return get_person(session(), chosen)


def viewer() -> Viewer:
    """Who looks at the catalogue: whoever is signed in, together with the client they serve."""
    return Viewer(client_served(), g.person)
