"""Results: what clients think, for leads, managers and process owners."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.versions import list_process_names
from helpdesk.errors import NotFound
from helpdesk.languages import _
from helpdesk.people.accounts import Role, Team, list_teams
from helpdesk.people.policy import Act
from helpdesk.ratings.questions import Outcome, QuestionKind, list_answers, read_outcomes
from helpdesk.ratings.records import STARS, get_rating, mark_called
from helpdesk.ratings.results import (
    Results,
    Scope,
    Tally,
    list_comments,
    list_given,
    list_low,
    list_types,
    read_results,
)
from helpdesk.years import ZONE
from web.edge import Page, allow, now, own_path, person, session
from web.language import gettext, language
from web.paper.spreadsheet import attached

pages = Blueprint("results", __name__)
PERIODS = {"30": 30, "90": 90, "365": 365}

HEADINGS = (_("Request"), _("Request type"), _("Team"), _("Given"), _("Stars"), _("Comment"), _("Called back"))


@pages.get("/results")
@allow(Act.SEE_RATINGS)
def show() -> Page:
    """The average, the distribution, who answered, by team, type and month; what was said, and whom to call."""
    scope, teams = _scope()
    results = read_results(session(), scope, now=now())
    names = list_process_names(session(), language())
    return render_template(
        "ratings/results.html", results=results, teams=teams, names=names, types=list_types(session()),
        by_month=_by_month(results), stars=list(reversed(STARS)), periods=PERIODS, period=_period(),
        team=request.args.get("team", ""), request_type=scope.request_type, rows_by_team=_by_team(results, teams),
        rows_by_type=[(names.get(key, key), tally) for key, tally in sorted(results.by_type.items())],
        outcomes=[_told(one) for one in read_outcomes(session(), scope)], low=list_low(session(), scope),
        comments=list_comments(session(), scope),
        asked={key: value for key, value in request.args.items() if key in {"period", "team", "type"}})


@pages.get("/results.csv")
@allow(Act.SEE_RATINGS)
def export() -> Page:
    """The ratings as a table for a spreadsheet."""
    scope, teams = _scope()
    team_names = {team.id: team.name(language()) for team in teams}
    names = list_process_names(session(), language())
    questions, answers = list_answers(session(), scope)
    rows = [[one.ticket.number, names.get(one.request_type, one.request_type), team_names.get(one.team_id or 0, ""),
             _day(one.given_at), one.stars, one.comment, _day(one.called_at),
             *(", ".join(question.say(value, language()) for value in answers.get(one.id, {}).get(question.id, ()))
               for question in questions)] for one in list_given(session(), scope)]
    headings = [*(gettext(word) for word in HEADINGS), *(one.label(language()) for one in questions)]
    return attached([headings, *rows], language(), name="ratings")


@pages.post("/results/<int:rating_id>/called")
@allow(Act.SEE_RATINGS)
def called(rating_id: int) -> Page:
    """Somebody has talked to the client."""
    rating = get_rating(session(), rating_id)
    ids = _visible_ids()
    if ids is not None and rating.team_id not in ids:
        raise NotFound()
    mark_called(session(), rating, note=request.form.get("note", ""), by=person(), now=now())
    flash(gettext("Marked as called back."), "success")
    return redirect(own_path(request.form.get("back"), url_for("results.show")))


def _told(outcome: Outcome) -> dict[str, Any]:
    """What the answers to one question come to, in words. rows: each answer with its number and share."""
    options = [] if outcome.question.kind == QuestionKind.TEXT.value else [
        one["value"] for one in outcome.question.words["options"]]
    return {"label": outcome.question.label(language()), "number": outcome.number, "average": outcome.average,
            "rows": [(outcome.question.say(value, language()), outcome.counts.get(value, 0), outcome.share(value))
                     for value in options],
            "texts": outcome.texts}


def _visible_ids() -> Collection[int] | None:
    """The teams whose ratings this person sees: a lead's own, or None for all of them."""
    who = person()
    return None if who.has_role(Role.MANAGER) or who.has_role(Role.OWNER) else who.led_team_ids


def _period() -> str:
    asked = request.args.get("period", "90")
    return asked if asked in PERIODS else "90"


def _scope() -> tuple[Scope, list[Team]]:
    """What the page was asked about, as far as this person may see it, and the teams to choose from."""
    ids = _visible_ids()
    teams = [team for team in list_teams(session()) if ids is None or team.id in ids]
    chosen = [team.id for team in teams if team.key == request.args.get("team")]
    end = now() + timedelta(seconds=1)
    return Scope(since=end - timedelta(days=PERIODS[_period()]), until=end, team_ids=chosen or ids,
                 request_type=request.args.get("type", "")[:60]), teams


def _by_team(results: Results, teams: list[Team]) -> list[tuple[str, Tally]]:
    names: dict[int | None, str] = {team.id: team.name(language()) for team in teams}
    return sorted((names.get(key) or gettext("No team"), tally) for key, tally in results.by_team.items())


def _by_month(results: Results) -> list[tuple[str, Tally]]:
    """The months in words, from the first that has a rating."""
    told = [(format_date(date.fromisoformat(f"{month}-01"), "LLLL y", locale=language()), tally)
            for month, tally in results.by_month.items()]
    first = next((place for place, (_month, tally) in enumerate(told) if tally.number), len(told))
    return told[first:]


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d}" if moment else ""
