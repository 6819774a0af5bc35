"""How a request type's promises are told before there is a request, in plain words; the numbers are the drawing's."""

from collections.abc import Collection, Mapping

from engine.clients.request_types import Promise, promises_of
from engine.versions import shelf_of
from helpdesk.people.accounts import list_teams
from sla.calendars import calendar_of
from sla.speech import say_duration, say_hours
from web.edge import session
from web.language import gettext, language


def told_promises(request_types: Collection[str]) -> Mapping[str, list[str]]:
    """Sentences about how soon there is an answer, by request type."""
    promises = promises_of(session(), request_types)
    has_lanes = any(promise.lane for some in promises.values() for promise in some)
    teams = {team.key: team.name(language()) for team in list_teams(session())} if has_lanes else {}
    return {key: [_say(promise, is_further=promise.clock in {one.clock for one in some[:place]}, teams=teams)
                  for place, promise in enumerate(some)] for key, some in promises.items()}


def _say(promise: Promise, *, is_further: bool, teams: Mapping[str, str]) -> str:
    time, hours = say_duration(promise.allowed, language()), ""
    calendar = calendar_of(promise.allowed, shelf_of(session()).calendars)
    if calendar is not None and not (calendar.is_always and promise.allowed.is_in_days):
        hours = say_hours(calendar, language())
    facts = {"time": time if calendar is None or not hours else f"{time}, {hours}" if calendar.is_always
             else f"{time} ({hours})"}
    if promise.clock == "first_answer":
        return gettext("First answer within {time}", **facts)
    if not is_further:
        return gettext("We answer within {time}", **facts)
    if promise.lane is not None and promise.lane in teams:
        return gettext("If the matter has to go to “{team}”: up to {time}", team=teams[promise.lane], **facts)
    return gettext("If the matter is more complicated: up to {time}", **facts)
