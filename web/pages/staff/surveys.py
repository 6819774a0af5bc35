"""Surveys: what a rating asks beside the stars, for each request type; leads read the questions, owners write them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.clients import survey
from engine.clients.survey import MOST_QUESTIONS, RATING, Asking, BadQuestions, asked_in, list_rated, with_questions
from engine.versions import LoadedVersion
from forms.sheet import Sheet
from helpdesk.errors import DeskError, NotFound
from helpdesk.languages import _
from helpdesk.people.policy import Act, may
from helpdesk.ratings.questions import QuestionKind
from helpdesk.ratings.surveys import EVERY, SurveyVersion, find_current, list_current, list_versions
from web.edge import Page, allow, now, person, session
from web.forms import or_again
from web.language import gettext, language, say_error

pages = Blueprint("surveys", __name__)
# No key of a request type has a hyphen.
EVERY_TYPE = "every-type"
MOST_LINES = 20
MOVES = {"up": -1, "down": 1}

KIND_NAMES = {QuestionKind.STARS: _("stars, from 5 to 1"), QuestionKind.CHOICE: _("one answer of several"),
              QuestionKind.YES_NO: _("yes or no"), QuestionKind.TEXT: _("an answer in words")}


@pages.get("/surveys")
@allow(Act.SEE_RATINGS)
def list_() -> Page:
    """What is asked now, of all types and of each."""
    current = list_current(session())
    shared = current.get(EVERY)
    rows = [_row(version, current.get(version.content.key), shared) for version in list_rated(session())]
    rows.sort(key=lambda row: row["name"].casefold())
    return render_template("surveys/list.html", rows=rows, shared=_labels(asked_in(shared.sheet)) if shared else None,
                           every=EVERY_TYPE, is_owner=may(person(), Act.PUBLISH))


@pages.get("/surveys/<of>")
@allow(Act.SEE_RATINGS)
def show(of: str) -> Page:
    """The questions of one type: to be changed by an owner, to be read by everybody else who sees ratings."""
    request_type = _type(of)
    return _page(request_type, _kept(request_type), is_preview=not may(person(), Act.PUBLISH))


@pages.post("/surveys/<of>")
@allow(Act.PUBLISH)
def save(of: str) -> Page:
    """Keep the questions; the other buttons only move them about and show what it would look like."""
    request_type, asked = _type(of), _typed()
    button, _, place = request.form.get("do", "save").partition("-")
    if button != "save":
        changed, focus = _rearranged(asked, button, int(place) if place.isdigit() else 0)
        return _page(request_type, changed, is_preview=button == "preview", focus=focus)

    def act() -> Page:
        survey.keep(session(), request_type, asked, by=person(), now=now())
        flash(gettext("The questions were saved and are asked from now on. Ratings that wait already keep theirs."),
              "success")
        return redirect(url_for("surveys.show", of=of))

    return or_again(act, lambda error: _page(request_type, asked, error=error))


@pages.post("/surveys/<of>/drop")
@allow(Act.PUBLISH)
def drop(of: str) -> Page:
    """Ask no questions of this type's own any more."""
    survey.drop(session(), _type(of), by=person(), now=now())
    flash(gettext("The questions are not asked any more. What was answered stays."), "success")
    return redirect(url_for("surveys.list_"))


def _type(of: str) -> str:
    return EVERY if of == EVERY_TYPE else of or EVERY_TYPE


def _row(version: LoadedVersion, own: SurveyVersion | None, shared: SurveyVersion | None) -> dict[str, Any]:
    """A request type with what holds for it: its own questions, those of all types, or those of its process."""
    holding = own or shared
    _, stars, sheet = _form_of(version)
    asked = asked_in(holding.sheet) if holding else []
    told = _labels(asked) if holding else [question.label[language()] for question in sheet.questions
                                           if question.name not in {stars, survey.COMMENT_FIELD}]
    return {"of": version.content.key, "name": version.name(language()), "questions": told,
            "source": "own" if own else "shared" if shared else "process"}


def _kept(request_type: str) -> list[Asking]:
    current = find_current(session(), request_type)
    return asked_in(current.sheet) if current is not None else []


def _page(request_type: str, asked: list[Asking], *, is_preview: bool = False, focus: int | None = None,
          error: DeskError | None = None) -> str:
    """The page of one type. focus: the question that was just added or moved."""
    version = next((one for one in list_rated(session()) if request_type in (EVERY, one.content.key)), None)
    if version is None:
        raise NotFound()
    problems = error.problems if isinstance(error, BadQuestions) else {}
    previews: dict[str, Any] = {}
    if is_preview and error is None:
        try:
            previews = _previews(version, asked)
        except DeskError as wrong:
            return _page(request_type, asked, error=wrong)
    versions = list_versions(session(), request_type)
    return render_template(
        "surveys/show.html", of=request_type or EVERY_TYPE, name=version.name(language()) if request_type else None,
        asked=asked, kinds=KIND_NAMES, most=MOST_QUESTIONS, focus=focus, is_owner=may(person(), Act.PUBLISH),
        problems={field: say_error(one) for field, one in problems.items()},
        error=say_error(error) if error and not problems else None, previews=previews,
        has_own=any(one.is_current for one in versions),
        versions=[{"number": one.number, "at": one.made_at, "by": one.made_by.name if one.made_by else "",
                   "is_current": one.is_current, "questions": _labels(asked_in(one.sheet))} for one in versions])


def _previews(version: LoadedVersion, asked: list[Asking]) -> dict[str, Any]:
    """What a client would see, in both languages. Raises BadQuestions, TooManyQuestions."""
    _, stars, own = _form_of(version)
    sheet = with_questions(own, stars, survey.checked(asked))
    return {spoken: sheet.blank(spoken) for spoken in ("pl", "en")}


def _form_of(version: LoadedVersion) -> tuple[str, str, Sheet]:
    """The step that asks for the rating, the field of its stars, and its form."""
    element = next(one for one in version.bundle.elements.values() if RATING in one.properties)
    return element.id, element.properties[RATING], version.sheets[element.properties["form"]]


def _labels(asked: list[Asking]) -> list[str]:
    return [one.label[language()] for one in asked]


def _typed() -> list[Asking]:
    """The questions of the form, in their order; nothing is refused here."""
    kinds = {kind.value: kind for kind in QuestionKind}
    found = []
    # One more than is allowed tells that there are too many.
    for place in range(MOST_QUESTIONS + 1):
        if f"kind-{place}" not in request.form:
            break
        label, options = {}, {}
        for spoken in ("pl", "en"):
            label[spoken] = " ".join(_text(f"label_{spoken}-{place}").split())
            lines = (" ".join(line.split()) for line in _text(f"options_{spoken}-{place}").splitlines()[:MOST_LINES])
            options[spoken] = tuple(line for line in lines if line)
        kind = kinds.get(request.form[f"kind-{place}"], QuestionKind.CHOICE)
        found.append(Asking(kind, label, options, required=f"required-{place}" in request.form))
    return found


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "")


def _rearranged(asked: list[Asking], button: str, place: int) -> tuple[list[Asking], int | None]:
    """The questions after a button was pressed, and which of them it was about."""
    if button == "add" and len(asked) < MOST_QUESTIONS:
        return [*asked, Asking(label={"pl": "", "en": ""})], len(asked)
    if place >= len(asked) or button not in {"remove", *MOVES}:
        return asked, None
    if button == "remove":
        return asked[:place] + asked[place + 1:], None
    other = place + MOVES[button]
    if not 0 <= other < len(asked):
        return asked, place
    changed = list(asked)
    changed[place], changed[other] = changed[other], changed[place]
    return changed, other
