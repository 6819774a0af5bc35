"""The gallery: one usual state of every page, wide and narrow, by the room it stands in."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from flask import Flask, url_for

from docs.gallery.camera import NARROW, WIDE, Frame, Shot
from tests.browser.served import Visitor
from tests.browser.sights import CLIENT_SIGHTS, SENT, STAFF_SIGHTS, Found, Sight, go_to_summary

PAGES = Path(__file__).parents[1] / "pages.md"
ROOMS = {
    "public": "Everybody", "client": "Clients", "account": "One's own account",
    "staff": "Agents and leads", "desk": "Owners and administrators",
}
# Where the first sight of a page is not the one that tells most.
USUAL = {
    "home.show": "start", "requests.show": "request solved", "tickets.show": "ticket with the form",
    "catalogue.show": "catalogue", "knowledge.list_": "knowledge base, found", "account.show": "account",
    "phone.choose_client": "by telephone", "announcements.new": "new announcement",
}
# Some in the other theme and the other language.
ALSO = (("home.show", "dark"), ("catalogue.show", "dark"), ("requests.show", "dark"), ("worklist.show", "dark"),
        ("home.show", "en"), ("intake.form", "en"), ("requests.show", "en"), ("tickets.show", "en"),
        ("status.show", "en"))
FRAMES = (Frame(WIDE, "-1440", tall=1400, scale=0.5, quality=60), Frame(NARROW, "-360", tall=1300, quality=50))
INTRODUCTION = """# Every page

Written and drawn by `make pictures` from the demo desk: each page in one usual state, at 1440 and at 360 pixels, in
Polish. Long pages are cut. At the end a few of them once more, in English and in the dark theme.
"""


def usual_sights() -> dict[str, Sight]:
    """The state in which a page is shown, by its endpoint."""
    found: dict[str, Sight] = {}
    for sight in (*CLIENT_SIGHTS, *STAFF_SIGHTS):
        others = [sight, found.get(sight.endpoint, sight)]
        found[sight.endpoint] = min(reversed(others), key=lambda one: (
            one.name != USUAL.get(one.endpoint), one.status != 200, one.prepare is not None))
    return found


def page_names() -> list[str]:
    """The names of all pictures of the gallery."""
    shown = [_name(endpoint, manner) for endpoint, manner in (*((one, "") for one in usual_sights()), *ALSO)]
    return [f"{name}-{width}" for name in shown for width in (1440, 360)]


def page_shots(found: Found, app: Flask) -> Iterator[Shot]:
    """Every page; what it needs is looked up when its turn comes."""
    for endpoint, manner in (*((one, "") for one in usual_sights()), *ALSO):
        yield _shot(found, app, endpoint, manner)


def written(app: Flask) -> str:
    """The page docs/pages.md."""
    rooms: dict[str, list[str]] = {title: [] for title in ROOMS.values()}
    for endpoint, sight in usual_sights().items():
        rooms[_room(app, endpoint)].append(_entry(app, endpoint, sight.name, ""))
    once_more = [_entry(app, endpoint, usual_sights()[endpoint].name, manner) for endpoint, manner in ALSO]
    parts = [*rooms.items(), ("In English and in the dark", once_more)]
    return INTRODUCTION + "".join(f"\n## {title}\n\n" + "\n".join(entries) for title, entries in parts)


def _entry(app: Flask, endpoint: str, name: str, manner: str) -> str:
    rule = next(rule.rule for rule in app.url_map.iter_rules(endpoint) if "GET" in (rule.methods or set()))
    title = name[0].upper() + name[1:] + {"": "", "dark": ", dark", "en": ", English"}[manner]
    wide, narrow = (f'<img src="pictures/pages/{_name(endpoint, manner)}-{width}.webp" width="{shown}" '
                    f'alt="{title}, {width} pixels">' for width, shown in ((1440, 600), (360, 200)))
    return f"### {title}\n\n`{rule}`\n\n{wide} {narrow}\n"


def _room(app: Flask, endpoint: str) -> str:
    view: Callable[..., object] = app.view_functions[endpoint]
    return next((title for room, title in ROOMS.items() if f".pages.{room}." in f"{view.__module__}."), "Everybody")


def _name(endpoint: str, manner: str) -> str:
    return endpoint.replace(".", "-").replace("_", "-").strip("-") + (f"-{manner}" if manner else "")


def _shot(found: Found, app: Flask, endpoint: str, manner: str) -> Shot:
    sight = usual_sights()[endpoint]
    who = sight.who(found) if callable(sight.who) else found.emails[sight.who] if sight.who else None
    with app.test_request_context():
        path = url_for(endpoint, **sight.arguments(found))
    shot = Shot(f"pages/{_name(endpoint, manner)}", who, path, FRAMES, "en" if manner == "en" else "pl",
                before=sight.prepare, is_dark=manner == "dark", status=sight.status)
    if endpoint in SENT:
        return replace(shot, path=path.removesuffix("/summary"), before=_summed_up(endpoint))
    return shot


def _summed_up(endpoint: str) -> Callable[[Visitor], None]:
    return lambda visitor: go_to_summary(visitor, endpoint)
