"""The worklist: what waits for me, for my teams and for clients, and every ticket I may see."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request, url_for

from engine.four_eyes import list_barred
from engine.outages.joining import list_free, list_joinable
from engine.overview.orders import Order, Tab
from engine.overview.worklist import MOST_COUNTED, Row, Wish, find_number, list_own_teams, list_work
from helpdesk.announcements.records import Announcement
from helpdesk.languages import _
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act
from helpdesk.tickets import Priority, Status
from web.edge import Page, allow, now, person, session
from web.language import gettext
from web.showing.telling import tell_due

pages = Blueprint("worklist", __name__)
DIGITS_MOST = 9
Chosen = TypeVar("Chosen", bound=StrEnum)

TAB_NAMES = {Tab.MINE: _("Mine"), Tab.UNCLAIMED: _("To take"), Tab.TEAMS: _("My teams"),
             Tab.WAITING: _("Waiting for the client"), Tab.EVERY: _("All requests")}
COLUMNS: tuple[tuple[Order | None, str, str], ...] = (
    (Order.SUBJECT, "subject", _("Request")), (Order.LEFT, "left", _("Time left")), (None, "step", _("Step")),
    (None, "status", _("Status")), (Order.PRIORITY, "priority", _("Priority")), (Order.CLIENT, "client", _("Client")),
    (None, "holder", _("Who has it")),
)


@pages.get("/worklist")
@allow(Act.SEE_WORKLIST)
def show() -> Page:
    """One tab of the worklist, filtered and sorted; an exact number goes straight to the ticket."""
    wish = _wish()
    number = find_number(session(), wish.text, by=person()) if wish.text else None
    if number is not None:
        return redirect(url_for("tickets.show", number=number))
    found = list_work(session(), wish, by=person(), now=now())
    barred, joinable = _barred(found.rows, person()), _joinable()
    free = list_free(session(), [row.ticket for row in found.rows], by=person()) if joinable else frozenset()
    rows = [{"row": row, "left": _left(row), "is_barred": row.item is not None and row.item.id in barred,
             "may_claim": _may_claim(row, person()), "may_join": row.ticket.id in free} for row in found.rows]
    tabs = [{"label": gettext(label), "href": _address(wish, tab=tab, page=1), "is_current": tab is wish.tab,
             "count": _count(found.counts.get(tab))} for tab, label in _tabs().items()]
    return render_template(
        # One address for all rows: making one takes as long as the rest of its row.
        "worklist/show.html", ticket_address=url_for("tickets.show", number="NUMBER"), wish=wish,
        rows=rows, found=found, tabs=tabs, columns=_columns(wish),
        teams=list_own_teams(session(), by=person()), statuses=list(Status), priorities=list(reversed(Priority)),
        is_narrowed=bool(wish.text or wish.team_id or wish.status or wish.priority or wish.only_late),
        clear_href=url_for("worklist.show", tab=wish.tab), page={"number": found.page, "pages": found.pages},
        joinable=joinable,
        here=_address(wish, page=found.page), elsewhere_href=_address(wish, tab=Tab.EVERY, page=1),
        page_address=lambda page: _address(wish, page=page))


def _count(number: int | None) -> str | None:
    """A tab's number; beyond the bound nobody counts."""
    return None if number is None else str(number) if number <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _wish() -> Wish:
    """What the address asks for; whatever it does not understand is as if it were not there."""
    asked = request.args
    order = asked.get("order", "")
    return Wish(
        tab=_one_of(Tab, asked.get("tab")) or next(iter(_tabs())), text=asked.get("q", "").strip()[:200],
        team_id=asked.get("team", type=_team_id), status=_one_of(Status, asked.get("status")),
        priority=_one_of(Priority, asked.get("priority")), only_late="late" in asked,
        order=_one_of(Order, order.removeprefix("-")) or Order.LEFT, is_backwards=order.startswith("-"),
        page=asked.get("page", 1, type=int))


def _tabs() -> dict[Tab, str]:
    """The tabs of this person and what they are called: who is in no team takes nothing and sees everybody's work."""
    if person().memberships:
        return TAB_NAMES
    return {tab: _("All teams") if tab is Tab.TEAMS else name for tab, name in TAB_NAMES.items()
            if tab not in {Tab.MINE, Tab.UNCLAIMED}}


def _team_id(text: str) -> int:
    if not text.isdecimal() or len(text) > DIGITS_MOST:
        raise ValueError(text)
    return int(text)


def _one_of(kind: type[Chosen], text: str | None) -> Chosen | None:
    return kind(text) if text in set(kind) else None


def _address(wish: Wish, *, tab: Tab | None = None, order: str | None = None, page: int = 1) -> str:
    """The address of the same list with something changed."""
    now_by = ("-" if wish.is_backwards else "") + wish.order.value
    asked: dict[str, Any] = {
        "tab": (tab or wish.tab).value, "q": wish.text or None, "team": wish.team_id, "status": wish.status,
        "priority": wish.priority, "late": "1" if wish.only_late else None, "order": order or now_by,
        "page": page if page > 1 else None}
    if asked["order"] == Order.LEFT.value:
        del asked["order"]
    return url_for("worklist.show", **asked)


def _columns(wish: Wish) -> list[dict[str, Any]]:
    """The columns of the table, with the addresses that sort by them."""
    told = []
    for order, key, label in COLUMNS:
        # What was searched for is shown newest first, unless a column was chosen.
        is_by = order is not None and order is wish.order and not (wish.text and order is Order.LEFT)
        address = None if order is None else _address(
            wish, order=("-" if is_by and not wish.is_backwards else "") + order.value)
        told.append({"key": key, "label": gettext(label), "href": address,
                     "kind": "subject" if key == "subject" else None,
                     "sorted": ("descending" if wish.is_backwards else "ascending") if is_by else None})
    return told


def _left(row: Row) -> dict[str, Any] | None:
    return None if row.ticket.is_ended else tell_due(row.due_at, row.ticket.paused_because)


def _joinable() -> list[Announcement]:
    """What the ticked requests can be joined to."""
    if not person().memberships:
        return []
    return list_joinable(session(), by=person(), now=now())


def _may_claim(row: Row, who: Person) -> bool:
    item = row.item
    return item is not None and item.holder_id is None and item.team_id in who.team_ids


def _barred(rows: list[Row], who: Person) -> set[int]:
    """The steps that somebody else has to do."""
    return list_barred(session(), [row.item for row in rows if row.item is not None and _may_claim(row, who)], who)
