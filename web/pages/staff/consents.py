"""Consents to the emergency procedure: all that were given and refused, for those who decide and their leads."""

from functools import partial

from flask import Blueprint, render_template

from engine.consents.listing import PIECE, Standing, list_of_desk, list_services, list_years
from helpdesk.consents import MOST_PERCENT
from helpdesk.people.policy import Act
from web.edge import Page, allow, now, person, session
from web.language import language
from web.showing.consents import address_of, as_table, read_wish, tell_page, tell_rows

pages = Blueprint("consents", __name__)


@pages.get("/consents")
@allow(Act.SEE_CONSENTS)
def list_() -> Page:
    """One page of decisions, the newest first: what is valid, what is not confirmed, who asks too often."""
    wish = read_wish()
    listed = list_of_desk(session(), wish, by=person(), now=now())
    return render_template(
        "consents/list.html", rows=tell_rows(listed.rows, with_shares=True), most_percent=MOST_PERCENT,
        services=[(str(one.id), one.name(language())) for one in list_services(session())],
        years=list_years(session(), now=now()), export=address_of(wish, "consents.export"),
        clear=address_of(wish, "consents.list_", system=None, year=None, firm=None),
        **tell_page(listed, wish, "consents.list_", tabs=[None, *Standing]))


@pages.get("/consents.csv")
@allow(Act.SEE_CONSENTS)
def export() -> Page:
    """The same as a table for a spreadsheet."""
    return as_table(partial(list_of_desk, session(), by=person(), now=now(), most=PIECE), read_wish())
