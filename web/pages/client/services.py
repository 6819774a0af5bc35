"""My services: the one choice that the catalogue, announcements and articles go by."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk import interests
from helpdesk.catalogue.offers import AreaOffer, get_offer, list_offers
from helpdesk.people.policy import Act
from web.channels import viewer
from web.edge import Page, allow, now, own_path, person, row_id, session
from web.language import gettext, language

pages = Blueprint("services", __name__)


@pages.get("/my-services")
@allow(Act.USE_DESK)
def choose() -> Page:
    """What I want support for: services to tick, by area."""
    return render_template("services/choose.html", areas=_areas(), chosen=interests.chosen_ids(session(), person()))


@pages.post("/my-services")
@allow(Act.USE_DESK)
def save() -> Page:
    """Exactly what is ticked; or, with an area's own button, everything of that area as well."""
    ticked = {row_id(text) for text in request.form.getlist("service")}
    offers = _areas()
    whole = request.form.get("whole_area") or request.form.get("no_area")
    of_area = {one.service.id for offer in offers if offer.area.key == whole for one in offer.services}
    wanted = ticked | of_area if request.form.get("whole_area") else ticked - of_area
    interests.choose(session(), person(), {one.service.id for offer in offers for one in offer.services
                                           if one.service.id in wanted}, now=now())
    flash(gettext("Your services were saved."), "success")
    if whole:
        return redirect(url_for("services.choose", _anchor=f"area-{whole}"))
    return redirect(url_for("home.start"))


@pages.post("/my-services/later")
@allow(Act.USE_DESK)
def later() -> Page:
    """Put the offer on the first page away; the choice can be made at any time."""
    interests.choose(session(), person(), interests.chosen_ids(session(), person()), now=now())
    return redirect(url_for("home.start"))


@pages.post("/my-services/<service_key>/follow")
@allow(Act.USE_DESK)
def follow(service_key: str) -> Page:
    """Add one service to mine."""
    service = get_offer(session(), service_key, viewer()).service
    interests.follow(session(), person(), service.id, now=now())
    flash(gettext("“{name}” is one of your services now.", name=service.name(language())), "success")
    return _back(service_key)


@pages.post("/my-services/<service_key>/unfollow")
@allow(Act.USE_DESK)
def unfollow(service_key: str) -> Page:
    """Take one service away from mine."""
    service = get_offer(session(), service_key, viewer()).service
    interests.unfollow(session(), person(), service.id, now=now())
    flash(gettext("“{name}” is not one of your services any more.", name=service.name(language())), "success")
    return _back(service_key)


def _areas() -> list[AreaOffer]:
    return list_offers(session(), viewer(), with_empty=True)


def _back(service_key: str) -> Page:
    return redirect(own_path(request.form.get("back"), url_for("catalogue.service", service_key=service_key)))
