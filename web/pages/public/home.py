"""The client's first page: an answer or a request within a minute, whoever comes, signed in or not."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for

from engine.overview.history import count_waiting
from engine.overview.mine import list_open_requests
from helpdesk.catalogue.offers import AreaOffer, list_offers
from helpdesk.interests import chosen_ids, has_chosen
from helpdesk.people.policy import Act, may
from web.channels import viewer
from web.edge import Page, allow, desk, session
from web.showing import reading
from web.showing.offers import recent_offers, used_offers
from web.showing.unfinished import tell_drafts

pages = Blueprint("home", __name__)
OPEN_MOST, DRAFTS_MOST = 6, 3
FIRST_PAGES = ((Act.SEE_WORKLIST, "worklist.show"), (Act.ADMINISTER, "people.list_"),
               (Act.SEE_INCIDENTS, "incidents.list_"), (Act.EDIT_ARTICLES, "articles.list_"))


@pages.get("/")
@allow(Act.VISIT)
def show() -> Page:
    """Everybody's first page: for staff their own work, else the clients'."""
    for act, endpoint in FIRST_PAGES:
        if g.person is not None and may(g.person, act):
            return redirect(url_for(endpoint))
    return _page()


@pages.get("/start")
@allow(Act.VISIT)
def start() -> Page:
    """The clients' first page, also for those who have another one."""
    return _page()


def _page() -> str:
    offers = list_offers(session(), viewer(), with_empty=True)
    return render_template("home/show.html", used=used_offers(offers), articles=reading.for_home(), **_own(offers))


def _own(offers: list[AreaOffer]) -> dict[str, Any]:
    """What is on the page for whoever is signed in."""
    who = g.person
    if who is None:
        return {"requests": [], "waiting": 0, "recent": [], "mine": [], "drafts": [], "is_asked": False,
                "may_register": desk().settings.registration}
    chosen = chosen_ids(session(), who)
    return {
        "requests": list_open_requests(session(), who, most=OPEN_MOST),
        "waiting": count_waiting(session(), by=who),
        "recent": recent_offers(offers, who),
        "drafts": [one for one in tell_drafts(session(), who, most=DRAFTS_MOST) if one["href"]],
        "mine": [one.service for offer in offers for one in offer.services if one.service.id in chosen],
        "is_asked": not chosen and not who.is_staff and not has_chosen(session(), who),
    }
