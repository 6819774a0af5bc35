"""The bell: how many notices wait, on every page and for the script that keeps the number up to date."""

from collections.abc import Mapping

from flask import request
from sqlalchemy.orm import Session

from helpdesk.announcements.records import Announcement
from helpdesk.notices.inbox import mark_paths_read, mark_ticket_read
from helpdesk.people.accounts import Person
from helpdesk.waiting import COUNTED_MOST, Waiting, waiting_for
from web.edge import now
from web.language import gettext, ngettext

# Pages that show what a notice is about: opening one by whatever way reads the notice.
OF_TICKETS = frozenset({"requests.show", "tickets.show", "incidents.show"})
OF_OTHERS = frozenset({"status.show_one", "announcements.show", "announcements.list_", "knowledge.show",
                       "articles.show", "remarks.show", "firms.list_", "firms.show"})


def read_here(session: Session, who: Person) -> Waiting:
    """What waits for the person, once the notices are read that the page itself shows.

    Written only when there are some; what a browser fetches before anybody wants it reads nothing.
    """
    is_seen = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    number = (request.view_args or {}).get("number", "") if request.endpoint in OF_TICKETS and is_seen else ""
    waiting = waiting_for(session, who.id, number=number)
    read = waiting.here
    if read:
        mark_ticket_read(session, who, number, now=now())
    elif waiting.notices and is_seen and request.endpoint in OF_OTHERS:
        read = mark_paths_read(session, who, _paths(session), now=now())
    if not read or waiting.notices > COUNTED_MOST:
        return waiting
    return waiting._replace(notices=max(0, waiting.notices - read))


def _paths(session: Session) -> list[str]:
    """Where the notices lead that this page reads: here, and where readers are told the same.

    The desk has a page of its own about each announcement, and gets the letters that all its readers get.
    """
    paths = [request.path]
    if request.endpoint == "announcements.show":
        # The page has read it already.
        one = session.get(Announcement, (request.view_args or {}).get("announcement_id"))
        if one is not None and one.path:
            paths.append(one.path)
    return paths


def bell_of(unread: int) -> Mapping[str, str]:
    """What stands at the bell: the number as it is shown, and in words."""
    if not unread:
        return {"shown": "", "words": gettext("no unread notices")}
    if unread > COUNTED_MOST:
        return {"shown": f"{COUNTED_MOST}+", "words": gettext("more than 99 unread notices")}
    return {"shown": str(unread), "words": ngettext("%(num)s unread notice", "%(num)s unread notices", unread) % {
        "num": unread}}
