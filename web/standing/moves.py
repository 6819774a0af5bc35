"""Why a promised time moved: what happened to its clock, one sentence each."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from engine.overview.progress import Progress
from helpdesk.languages import _
from sla.clocks import ClockEventKind
from sla.durations import parse_allowed
from sla.promises import Clock, ClockMove
from sla.speech import say_duration
from web.language import gettext, language

Kind = ClockEventKind

BECAUSE = {
    "waiting_for_client": _("we are waiting for your answer"),
    "solution_offered": _("we are waiting for you to check the solution"),
    "complaint": _("a complaint is being decided"),
    "planned_break": _("of a planned break"),
    "known_failure": _("a known failure lasts"),
}
STARTED, CHANGED = _("The time began to run: {time}."), _("The promised time was changed to {time}.")
PAUSED, PAUSED_AS_WELL = _("The time was stopped because {reason}."), _("Another reason to wait: {reason}.")
RESUMED, STOPPED = _("The time runs again."), _("The time is no longer counted.")


def tell_because(reason: str | None) -> str:
    """Why a clock stands, as it goes on after “because”."""
    return gettext(BECAUSE[reason]) if reason in BECAUSE else gettext(_("of a break in the work"))


def tell_moves(clock: Clock, progress: Progress) -> list[dict[str, Any]]:
    """What happened to the clock, the latest first; what changed nothing is left out."""
    told = [{"at": move.at, "sentence": sentence, "detail": _detail(move, progress), "mood": None}
            for move, sentence in _sentences(clock.events)]
    return told[::-1]


def _sentences(moves: list[ClockMove]) -> Iterator[tuple[ClockMove, str]]:
    reasons: list[str] = []
    for move in moves:
        kind = Kind(move.kind)
        if kind is Kind.STARTED or kind is Kind.TARGET_CHANGED:
            time = say_duration(parse_allowed(move.allowed), language())
            yield move, gettext(STARTED if kind is Kind.STARTED else CHANGED, time=time)
        elif kind is Kind.PAUSED and move.reason not in reasons:
            yield move, gettext(PAUSED_AS_WELL if reasons else PAUSED, reason=tell_because(move.reason))
            reasons.append(move.reason)
        elif kind is Kind.RESUMED and reasons:
            reasons = [one for one in reasons if move.reason and one != move.reason]
            if not reasons:
                yield move, gettext(RESUMED)
        elif kind is Kind.STOPPED:
            yield move, gettext(STOPPED)


def _detail(move: ClockMove, progress: Progress) -> str | None:
    """What a new target came with: the step that was opened at that moment, as the drawing tells it."""
    if move.kind != Kind.TARGET_CHANGED.value:
        return None
    name = _opened_at(progress, move.at)
    return gettext(_("At that moment this began: {step}."), step=name) if name else None


def _opened_at(progress: Progress, moment: datetime) -> str:
    return next((progress.name_of(item, language(), for_client=True)
                 for item in reversed(progress.items) if item.opened_at == moment), "")
