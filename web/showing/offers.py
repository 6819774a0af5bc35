"""What the catalogue offers at once: what is asked for most, and what somebody asked for last."""

from collections.abc import Iterable

from helpdesk.catalogue.finding import Hit
from helpdesk.catalogue.offers import AreaOffer
from helpdesk.catalogue.use import most_used, recently_used
from helpdesk.people.accounts import Person
from web.edge import session

USED_MOST, RECENT_MOST = 6, 4


def used_offers(offers: Iterable[AreaOffer]) -> list[Hit]:
    """What is asked for most of what is offered; the first of the catalogue as long as there are no requests."""
    known = _by_id(offers)
    return ([known[key] for key in most_used(session()) if key in known] or list(known.values()))[:USED_MOST]


def recent_offers(offers: Iterable[AreaOffer], person: Person | None) -> list[Hit]:
    """What the person asked for last, of what is offered to them."""
    known = _by_id(offers)
    used = recently_used(session(), person) if person is not None else []
    return [known[key] for key in used if key in known][:RECENT_MOST]


def _by_id(offers: Iterable[AreaOffer]) -> dict[int, Hit]:
    return {one.id: Hit(offer.area, service.service, one, 0) for offer in offers for service in offer.services
            for one in service.classifications}
