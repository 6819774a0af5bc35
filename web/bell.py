"""The bell: how many notices wait, on every page and for the script that keeps the number up to date."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from helpdesk.notices.inbox import COUNTED_MOST, count_unread
from helpdesk.people.accounts import Person
from web.language import gettext, ngettext


def bell_of(session: Session, who: Person) -> Mapping[str, str]:
    """What stands at the bell: the number as it is shown, and in words."""
    unread = count_unread(session, who.id)
    if not unread:
        return {"shown": "", "words": gettext("no unread notices")}
    if unread > COUNTED_MOST:
        return {"shown": f"{COUNTED_MOST}+", "words": gettext("more than 99 unread notices")}
    return {"shown": str(unread), "words": ngettext("%(num)s unread notice", "%(num)s unread notices", unread) % {
        "num": unread}}
