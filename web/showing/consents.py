"""Consents to the emergency procedure in words: what a list was asked for, its rows, and a table for a spreadsheet."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Response, request, url_for

from engine.consents.listing import MOST_EXPORTED, PIECE, Standing, Wish, standing_of
from engine.overview.places import Cut
from helpdesk.consents import Consent, Share, shares_of
from helpdesk.languages import _
from web.edge import now, row_id, session
from web.language import gettext, language
from web.paper.spreadsheet import attached

CENT = Decimal("0.01")
FIRM_MAX = 160

STANDING_NAMES = {
    Standing.VALID: _("valid"), Standing.UNCONFIRMED: _("data to be confirmed"), Standing.OVERDUE: _("data overdue"),
    Standing.ENDED: _("settled"), Standing.REFUSED: _("refused")}
STANDING_COLOURS = {Standing.VALID: "green", Standing.UNCONFIRMED: "amber", Standing.OVERDUE: "red",
                    Standing.ENDED: "", Standing.REFUSED: "violet"}
TAB_NAMES = {None: _("All"), Standing.VALID: _("Valid now"), Standing.UNCONFIRMED: _("Data to be confirmed"),
             Standing.OVERDUE: _("Data overdue"), Standing.ENDED: _("Settled"), Standing.REFUSED: _("Refused")}
HEADINGS = (_("Consent"), _("Firm"), _("Number of the firm"), _("System"), _("State"), _("Valid from"),
            _("Valid until"), _("Prolonged, times"), _("Decided"), _("Who decided"), _("Consents in the year"),
            _("Declarations in the year"), _("Share, %"), _("Request"))


def read_wish() -> Wish:
    """What the address asks for; what makes no sense is left out."""
    asked = request.args
    year = asked.get("year", "")
    return Wish(
        standing=Standing(asked["state"]) if asked.get("state") in set(Standing) else None,
        service_id=row_id(asked.get("system")),
        year=int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None,
        firm=asked.get("firm", "").replace("\x00", "")[:FIRM_MAX], place=asked.get("at", "")[:20])


def address_of(wish: Wish, endpoint: str, **changes: Any) -> str:
    """The address of a list with something changed; it begins at its first page unless `at` says otherwise."""
    asked = {"state": wish.standing, "system": wish.service_id, "year": wish.year, "firm": wish.firm or None}
    return url_for(endpoint, **asked | changes)


def tell_page(listed: Cut[Consent], wish: Wish, endpoint: str, *, tabs: Iterable[Standing | None]) -> dict[str, Any]:
    """What both pages of consents have in common."""
    return {
        "wish": wish,
        "before": listed.before and address_of(wish, endpoint, at=listed.before),
        "after": listed.after and address_of(wish, endpoint, at=listed.after),
        "first": address_of(wish, endpoint),
        "tabs": [{"label": gettext(TAB_NAMES[one]), "href": address_of(wish, endpoint, state=one),
                  "is_current": one is wish.standing} for one in tabs],
        "is_narrowed": bool(wish.service_id or wish.year or wish.firm.strip())}


def tell_rows(consents: Iterable[Consent], *, with_shares: bool) -> list[dict[str, Any]]:
    """The rows of a page. with_shares: for the staff, who have to look at how often a firm asks."""
    many = list(consents)
    shares = shares_of(session(), many) if with_shares else {}
    return [_row(one, shares) for one in many]


def _row(one: Consent, shares: Mapping[tuple[str, int], Share]) -> dict[str, Any]:
    standing = standing_of(one, now=now())
    share = shares.get((one.identifier, one.year))
    return {"it": one, "system": one.service.name(language()), "standing": gettext(STANDING_NAMES[standing]),
            "colour": STANDING_COLOURS[standing], "is_valid": standing is Standing.VALID,
            "until": one.ended_at or one.valid_until, "share": share, "percent": say_percent(share)}


def say_percent(share: Share | None) -> str:
    """“0,08 %”, or a dash where the firm has not said how many declarations it sends."""
    if share is None or share.percent is None:
        return "–"
    text = f"{share.percent.quantize(CENT, ROUND_HALF_UP).normalize():f}"
    return f"{text}%" if language() == "en" else f"{text.replace('.', ',')}%"


def as_table(read: Callable[[Wish], Cut[Consent]], wish: Wish) -> Response:
    """Everything that was asked for as CSV, MOST_EXPORTED rows at most; read page by page."""
    return attached(_table(read, replace(wish, place="")), language(), name="consents")


def _table(read: Callable[[Wish], Cut[Consent]], wish: Wish) -> Iterator[Iterable[Any]]:
    yield [gettext(word) for word in HEADINGS]
    for _piece in range(MOST_EXPORTED // PIECE):
        listed = read(wish)
        yield from map(_values, tell_rows(listed.rows, with_shares=True))
        if listed.after is None:
            return
        wish = replace(wish, place=listed.after)


def _values(row: dict[str, Any]) -> tuple[Any, ...]:
    one, share = row["it"], row["share"]
    return (one.number, one.firm, one.identifier, row["system"], row["standing"], one.valid_from, row["until"],
            one.prolongations, one.decided_at, one.decided_by.name if one.decided_by else "", share.consents,
            share.declarations, row["percent"].rstrip("%"), one.ticket.number)
