"""Words about articles: what their fields and states are called, and what is wrong with them."""

from helpdesk.errors import DeskError
from helpdesk.knowledge.writing.content import Incomplete, NotAsAllowed, TextTooLong
from helpdesk.knowledge.writing.editing import WrongState
from helpdesk.languages import _
from web.language import gettext, say_error
from web.showing.differences import Line, compare

FIELDS = {
    "title_pl": _("Title, Polish"), "title_en": _("Title, English"),
    "summary_pl": _("In short, Polish"), "summary_en": _("In short, English"),
    "body_pl": _("Text, Polish"), "body_en": _("Text, English"),
    "internal_pl": _("For agents only, Polish"), "internal_en": _("For agents only, English"),
    "keywords": _("Keywords"), "change": _("What is new in this version"),
}
STATES = {
    "draft": _("draft"), "review": _("in review"), "approved": _("approved"), "published": _("published"),
    "replaced": _("replaced"), "withdrawn": _("withdrawn"), "dropped": _("given up"),
}


def differences(before: object, after: object) -> list[tuple[str, list[Line]]]:
    """Field by field what changed, in words."""
    told = [(gettext(label), compare(getattr(before, name), getattr(after, name))) for name, label in FIELDS.items()]
    return [one for one in told if one[1]]


def say_state(state: str) -> str:
    return gettext(STATES.get(state, state))


def say_article_error(error: DeskError) -> str:
    """The error's sentence, with fields and states called as the page calls them."""
    facts = dict(error.facts)
    if isinstance(error, Incomplete):
        facts["missing"] = ", ".join(gettext(FIELDS[name]) for name in error.facts["fields"])  # type: ignore[attr-defined]
    elif isinstance(error, NotAsAllowed):
        facts["problems"] = " ".join(one.said(gettext) for one in error.facts["found"][:5])  # type: ignore[index]
    elif isinstance(error, TextTooLong):
        facts["field"] = gettext(FIELDS.get(str(facts["field"]), str(facts["field"])))
    elif isinstance(error, WrongState):
        facts["state"] = say_state(str(facts["state"]))
    else:
        return say_error(error)
    return gettext(error.source, **facts)
