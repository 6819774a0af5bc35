"""The catalogue: areas, services, and what exactly the matter is."""

from typing import Any

from flask import Blueprint, render_template, request

from helpdesk.catalogue import get_service, list_areas
from helpdesk.people.policy import Act
from helpdesk.words import fold
from web.channels import client_served
from web.edge import Page, allow, session

pages = Blueprint("catalogue", __name__)


@pages.get("/catalogue")
@allow(Act.SUBMIT)
def show() -> Page:
    """Areas and their services; `q` narrows them down."""
    wanted = request.args.get("q", "").strip()
    areas = [(area, [service for service in area.services if _fits(service, wanted)]) for area in list_areas(session())]
    return render_template("catalogue/catalogue.html", areas=[pair for pair in areas if pair[1]], wanted=wanted,
                           client=client_served())


@pages.get("/catalogue/<service_key>")
@allow(Act.SUBMIT)
def service(service_key: str) -> Page:
    """One service: what exactly is it about?"""
    return render_template("catalogue/service.html", service=get_service(session(), service_key),
                           client=client_served())


def _fits(service: Any, wanted: str) -> bool:
    words = " ".join([service.name_pl, service.name_en, service.keywords, service.description_pl,
                      *(one.name_pl + " " + one.name_en for one in service.classifications)])
    return all(word in fold(words) for word in fold(wanted).split())
