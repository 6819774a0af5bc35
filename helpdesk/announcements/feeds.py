"""Announcements for programs: an Atom feed and a calendar. Nothing about people stands in them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from xml.etree import ElementTree

from icalendar import Calendar, Event

from helpdesk.announcements.kinds import State
from helpdesk.announcements.records import Announcement

ATOM = "http://www.w3.org/2005/Atom"
Link = Callable[[Announcement], str]


def write_atom(announcements: Iterable[Announcement], *, title: str, address: str, page: str, link: Link,
               language: str, name: str, now: datetime) -> bytes:
    """An Atom feed (RFC 4287) of the announcements, as they are given. address: of the feed, and its id."""
    many = list(announcements)
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    changed = max((one.changed_at for one in many), default=now)
    _add(feed, "id", address)
    _add(feed, "title", title)
    _add(feed, "updated", _moment(changed))
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    author = _add(feed, "author")
    _add(author, "name", name)
    for one in many:
        entry = _add(feed, "entry")
        # The id never changes, whatever becomes of the words or of the address of the page.
        _add(entry, "id", id_of(one, address))
        _add(entry, "title", f"{one.number}: {one.text('title', language)}")
        _add(entry, "published", _moment(one.published_at or one.changed_at))
        _add(entry, "updated", _moment(one.changed_at))
        _add(entry, "link", rel="alternate", type="text/html", href=link(one))
        _add(entry, "category", term=one.kind)
        _add(entry, "summary", _words(one, language), type="text")
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def write_calendar(announcements: Iterable[Announcement], *, title: str, link: Link, language: str, host: str) -> bytes:
    """An iCalendar file (RFC 5545) of planned breaks; what was called off is cancelled, what changed has a sequence."""
    calendar = Calendar()
    for key, value in (("prodid", f"-//{host}//Okienko//{language.upper()}"), ("version", "2.0"),
                       ("calscale", "GREGORIAN"), ("method", "PUBLISH"), ("x-wr-calname", title)):
        calendar.add(key, value)
    for one in announcements:
        if one.expected_end_at is None:
            continue
        event = Event()
        event.add("uid", f"announcement-{one.year}-{one.serial}@{host}")
        event.add("sequence", one.sequence)
        event.add("dtstamp", one.changed_at)
        event.add("dtstart", one.starts_at)
        is_cut = one.state != State.PUBLISHED.value and one.ended_at is not None and not one.is_called_off
        event.add("dtend", max(one.ended_at, one.starts_at) if is_cut and one.ended_at else one.expected_end_at)
        event.add("last-modified", one.changed_at)
        event.add("summary", f"{one.number}: {one.text('title', language)}")
        event.add("description", _words(one, language))
        event.add("url", link(one))
        event.add("categories", [one.kind])
        event.add("status", "CANCELLED" if one.is_called_off else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def id_of(one: Announcement, address: str) -> str:
    """The tag: address of an announcement (RFC 4151)."""
    host = address.split("//", 1)[-1].split("/", 1)[0].split(":")[0]
    return f"tag:{host},{one.year}:announcement/{one.serial}"


def _words(one: Announcement, language: str) -> str:
    said = [update.text(language) for update in reversed(one.updates)]
    return "\n\n".join(text for text in (*said, one.text("impact", language), one.text("advice", language)) if text)


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = _clean(text) if text is not None else None
    return element


def _clean(text: str) -> str:
    """The text without what XML cannot hold."""
    return "".join(letter for letter in text if letter in "\t\n" or letter.isprintable() or letter == "\xa0")


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
