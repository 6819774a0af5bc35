"""The catalogue: areas, services, and what exactly the matter is. What is not for somebody does not exist."""

from typing import Any

from flask import Blueprint, g, render_template, request

from helpdesk.catalogue.finding import find_offers
from helpdesk.catalogue.offers import get_offer, list_offers, only_services
from helpdesk.fulltext import synonyms
from helpdesk.interests import chosen_ids
from helpdesk.people.policy import Act
from web.channels import client_served, viewer
from web.edge import Page, allow, session
from web.showing import reading
from web.showing.offers import recent_offers, used_offers
from web.showing.promises import told_promises

pages = Blueprint("catalogue", __name__)
FOUND_MOST, FOUND_AT_ONCE, ANSWERS_MOST = 30, 6, 3
WANTED_MAX = 200


@pages.get("/catalogue")
@allow(Act.VISIT)
def show() -> Page:
    """Areas and their services, one's own first; `q` looks for words, `all` shows everything."""
    client = client_served()
    wanted = _wanted()
    own = chosen_ids(session(), client or g.person)
    if wanted:
        return render_template("catalogue/catalogue.html", client=client, **_found(wanted, own, FOUND_MOST),
                               answers=reading.search(wanted).hits[:ANSWERS_MOST])
    offers = list_offers(session(), viewer())
    mine = only_services(offers, own) if "all" not in request.args else []
    return render_template("catalogue/catalogue.html", areas=mine or offers, is_mine=bool(mine), own=own, wanted="",
                           used=used_offers(offers), recent=recent_offers(offers, client or g.person), client=client)


@pages.get("/catalogue/search")
@allow(Act.VISIT)
def search() -> Page:
    """What is found while one is still typing: a piece of a page."""
    own = chosen_ids(session(), client_served() or g.person)
    wanted = _wanted()
    return render_template("catalogue/found.html", client=client_served(), **_found(wanted, own, FOUND_AT_ONCE),
                           answers=reading.glance(wanted, most=ANSWERS_MOST) if wanted else ())


@pages.get("/catalogue/<service_key>")
@allow(Act.VISIT)
def service(service_key: str) -> Page:
    """One service: what exactly is it about, when is it attended, how soon is there an answer?"""
    offer = get_offer(session(), service_key, viewer())
    return render_template(
        "catalogue/service.html", service=offer.service, classifications=offer.classifications,
        promises=told_promises({one.request_type for one in offer.classifications}),
        is_followed=offer.service.id in chosen_ids(session(), g.person), client=client_served())


def _wanted() -> str:
    return request.args.get("q", "").replace("\x00", "").strip()[:WANTED_MAX]


def _found(wanted: str, own: frozenset[int], most: int) -> dict[str, Any]:
    hits = find_offers(list_offers(session(), viewer()), wanted, own=own, most=most,
                       thesaurus=synonyms.read(session()))
    return {"hits": hits, "wanted": wanted}
