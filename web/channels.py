"""For whom, and how, a request comes in that the client does not send themselves."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import g, request

from helpdesk.catalogue.audience import Viewer
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person, get_person
from helpdesk.people.policy import Act, demand
from helpdesk.tickets import Channel
from helpdesk.years import ZONE
from web.edge import now, row_id, session

CHANNEL_FIELD, RECEIVED_FIELD, FIRM_FIELD = "_channel", "_received_on", "_firm"
SERVED = (Channel.PHONE, Channel.LETTER, Channel.MAIL)
CARRIED = {"catalogue.show", "catalogue.service", "intake.form", "intake.summary"}
OLDEST = timedelta(days=366)


class BadReceipt(DeskError):
    """Enter the day on which it came: not later than today and within the last year, for example {example}."""


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


def channel_of(client: Person | None, typed: Mapping[str, Sequence[str]] | None = None) -> Channel:
    """How the request has come: a client's own by the portal, others as the agent says."""
    if client is None:
        return Channel.PORTAL
    said = next(iter((typed or {}).get(CHANNEL_FIELD, ())), "") or request.values.get("channel", "")
    return next((one for one in SERVED if one.value == said), Channel.PHONE)


def acting_firm(typed: Mapping[str, Sequence[str]]) -> int | None:
    """The firm for which the client acts, as the form says; None for themselves."""
    return row_id(next(iter(typed.get(FIRM_FIELD, ())), ""))


def received_on(channel: Channel, typed: Mapping[str, Sequence[str]]) -> date | None:
    """The day on which a letter came. Raises BadReceipt."""
    if channel not in (Channel.LETTER, Channel.MAIL):
        return None
    today = now().astimezone(ZONE).date()
    text = next(iter(typed.get(RECEIVED_FIELD, ())), "").strip()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadReceipt(field=RECEIVED_FIELD, example=today.isoformat()) from error
    if not today - OLDEST <= day <= today:
        raise BadReceipt(field=RECEIVED_FIELD, example=today.isoformat())
    return day


def carry(endpoint: str, values: dict[str, Any]) -> None:
    """Let the way in which the request came go with the agent from page to page, as the client does."""
    if endpoint in CARRIED and values.get("client") and "channel" not in values:
        channel = request.values.get("channel", "")
        if channel in {one.value for one in SERVED[1:]}:
            values["channel"] = channel
