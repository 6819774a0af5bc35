"""The bell: how many notices wait, on every page and for the script that keeps the number up to date."""

from collections.abc import Mapping

from helpdesk.waiting import COUNTED_MOST
from web.language import gettext, ngettext


def bell_of(unread: int) -> Mapping[str, str]:
    """What stands at the bell: the number as it is shown, and in words."""
    if not unread:
        return {"shown": "", "words": gettext("no unread notices")}
    if unread > COUNTED_MOST:
        return {"shown": f"{COUNTED_MOST}+", "words": gettext("more than 99 unread notices")}
    return {"shown": str(unread), "words": ngettext("%(num)s unread notice", "%(num)s unread notices", unread) % {
        "num": unread}}
