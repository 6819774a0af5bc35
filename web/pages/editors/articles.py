"""Articles as those who write them see them: the lists, one article with its versions, and each step on its way."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import Conflict, DeskError
from helpdesk.knowledge.articles import (
    ArticleVersion,
    State,
    count_states,
    find_open,
    find_published,
    get_article,
    get_version,
    list_in_states,
    list_versions,
)
from helpdesk.knowledge.gaps import list_due
from helpdesk.knowledge.votes import list_remarks
from helpdesk.knowledge.writing import editing, owners
from helpdesk.knowledge.writing.reminders import AHEAD
from helpdesk.people.policy import Act
from helpdesk.years import ZONE
from web.edge import Page, allow, now, person, row_id, session
from web.forms import or_again
from web.language import gettext, say_error
from web.showing import reading
from web.showing.article_words import differences, say_article_error

pages = Blueprint("articles", __name__)
MOST_AT_ONCE, WORDS_MAX = 200, 100
TABS: dict[str, tuple[State, ...]] = {
    "published": (State.PUBLISHED,), "review": (State.REVIEW, State.APPROVED), "drafts": (State.DRAFT,),
    "withdrawn": (State.WITHDRAWN,), "due": (), "unowned": (),
}


class NothingChosen(DeskError):
    """Choose at least one article."""


@pages.get("/articles")
@allow(Act.WRITE_ARTICLES)
def list_() -> Page:
    """All articles by where they stand; what is due for review."""
    tab = request.args.get("tab", "published")
    return _list_page(tab if tab in TABS else "published")


@pages.get("/articles/<slug>")
@allow(Act.WRITE_ARTICLES)
def show(slug: str) -> Page:
    """One article: what is read, what is being written, what readers say, every version."""
    return _page(slug)


@pages.get("/articles/<slug>/versions/<int:version_number>")
@allow(Act.WRITE_ARTICLES)
def version(slug: str, version_number: int) -> Page:
    """One version as it is read, in both languages, and what it changed."""
    article = get_article(session(), slug)
    found = get_version(session(), article, version_number)
    before = get_version(session(), article, version_number - 1) if version_number > 1 else None
    return render_template("articles/version.html", article=article, version=found, before=before,
                           shown=_both(found), changes=differences(before, found) if before else [])


@pages.post("/articles/<slug>/revise")
@allow(Act.WRITE_ARTICLES)
def revise(slug: str) -> Page:
    """Begin the next version."""
    def act() -> Page:
        editing.revise(session(), get_article(session(), slug), by=person(), now=now())
        return redirect(url_for("article_editor.edit", slug=slug))

    return or_again(act, lambda error: _page(slug, error=error))


@pages.post("/articles/<slug>/submit")
@allow(Act.WRITE_ARTICLES)
def submit(slug: str) -> Page:
    """Give the draft to somebody else to review."""
    return _step(slug, lambda one: editing.submit(session(), one, by=person(), now=now()),
                 gettext("The article waits for its review. The editors have been told."))


@pages.post("/articles/<slug>/approve")
@allow(Act.EDIT_ARTICLES)
def approve(slug: str) -> Page:
    """Find it right, and publish it at once if asked to."""
    def act(one: ArticleVersion) -> None:
        editing.approve(session(), one, remark=request.form.get("remark", ""), by=person(), now=now())
        if request.form.get("then") == "publish":
            editing.publish(session(), one, review_by=_day(), by=person(), now=now())

    return _step(slug, act, gettext("The article is published.") if request.form.get("then") == "publish"
                 else gettext("The article is approved and can be published."))


@pages.post("/articles/<slug>/send-back")
@allow(Act.WRITE_ARTICLES)
def send_back(slug: str) -> Page:
    """Back to the author, with a remark; or taken back by the author."""
    return _step(slug, lambda one: editing.send_back(
        session(), one, remark=request.form.get("remark", ""), by=person(), now=now()),
        gettext("The article is a draft again."))


@pages.post("/articles/<slug>/publish")
@allow(Act.EDIT_ARTICLES)
def publish(slug: str) -> Page:
    """Let an approved version be read."""
    return _step(slug, lambda one: editing.publish(session(), one, review_by=_day(), by=person(), now=now()),
                 gettext("The article is published."))


@pages.post("/articles/<slug>/drop")
@allow(Act.WRITE_ARTICLES)
def drop(slug: str) -> Page:
    """Give up what is being written."""
    return _step(slug, lambda one: editing.drop(session(), one, by=person(), now=now()),
                 gettext("The draft was put away. It stays in the list of versions."))


@pages.post("/articles/<slug>/confirm")
@allow(Act.EDIT_ARTICLES)
def confirm(slug: str) -> Page:
    """What is published is still right, until another day."""
    return _step(slug, lambda one: editing.confirm(session(), one, review_by=_day(), by=person(), now=now()),
                 gettext("The day of the next review was saved."), is_published=True)


@pages.post("/articles/<slug>/withdraw")
@allow(Act.EDIT_ARTICLES)
def withdraw(slug: str) -> Page:
    """Take it away from its readers."""
    return _step(slug, lambda one: editing.withdraw(
        session(), one, reason=request.form.get("reason", ""), by=person(), now=now()),
        gettext("The article was withdrawn."), is_published=True)


@pages.post("/articles/<slug>/hand-over")
@allow(Act.WRITE_ARTICLES)
def hand_over(slug: str) -> Page:
    """Let somebody else look after it."""
    def act() -> Page:
        article = get_article(session(), slug)
        to = owners.get_writer(session(), row_id(request.form.get("owner")))
        owners.hand_over(session(), article, to=to, by=person(), now=now())
        flash(gettext("{name} looks after the article now.", name=to.name), "success")
        return redirect(url_for("articles.show", slug=slug))

    return or_again(act, lambda error: _page(slug, error=error))


@pages.post("/articles/owners")
@allow(Act.EDIT_ARTICLES)
def hand_over_many() -> Page:
    """Let somebody look after the chosen ones of those that nobody looks after."""
    def act() -> Page:
        chosen = request.form.getlist("article")[:MOST_AT_ONCE]
        if not chosen:
            raise NothingChosen()
        to = owners.get_writer(session(), row_id(request.form.get("owner")))
        for slug in chosen:
            owners.hand_over(session(), get_article(session(), slug), to=to, by=person(), now=now())
        flash(gettext("{name} looks after the chosen articles now.", name=to.name), "success")
        return redirect(url_for("articles.list_", tab="unowned"))

    return or_again(act, lambda error: _list_page("unowned", error))


def _list_page(tab: str, error: DeskError | None = None) -> str:
    counts = count_states(session())
    due = list_due(session(), now=now(), ahead=AHEAD)
    writers = owners.list_writers(session())
    unowned = owners.list_without_owner(session(), writers)
    listed = {"due": due, "unowned": unowned}
    words = "" if tab in listed else request.args.get("q", "").strip()[:WORDS_MAX]
    return render_template(
        "articles/list.html", tab=tab, versions=listed[tab] if tab in listed else list_in_states(
            session(), TABS[tab], words=words), words=words, may_search=tab not in listed,
        counts={name: len(listed[name]) if name in listed else sum(counts.get(state.value, 0) for state in states)
                for name, states in TABS.items()}, today=now().astimezone(ZONE).date(), writers=writers,
        chosen=request.form.getlist("article"), error=say_error(error) if error else None)


def _step(slug: str, act: Callable[[ArticleVersion], None], said: str, *, is_published: bool = False) -> Page:
    """Do something with the open version, or with the published one, and say so."""
    def step() -> Page:
        article = get_article(session(), slug)
        one = (find_published if is_published else find_open)(session(), article.id)
        if one is None:
            raise Conflict()
        act(one)
        flash(said, "success")
        return redirect(url_for("articles.show", slug=slug))

    return or_again(step, lambda error: _page(slug, error=error))


def _page(slug: str, *, error: DeskError | None = None) -> str:
    article = get_article(session(), slug)
    is_open, published = find_open(session(), article.id), find_published(session(), article.id)
    return render_template(
        "articles/show.html", article=article, open=is_open, published=published,
        versions=list_versions(session(), article), shown=_both(is_open) if is_open and is_open.state != State.DRAFT
        else {}, changes=differences(published, is_open) if is_open and published else [],
        remarks=list_remarks(session(), article_id=article.id, most=20), typed=request.form,
        may_review=is_open is not None and editing.may_review(is_open, person()),
        may_take_back=is_open is not None and editing.may_take_back(is_open, person()),
        good_until=(now() + editing.GOOD_FOR).astimezone(ZONE).date(), today=now().astimezone(ZONE).date(),
        writers=owners.list_writers(session()) if owners.may_hand_over(article, person()) else [],
        error=say_article_error(error) if error else None)


def _both(one: ArticleVersion) -> dict[str, dict[str, Any]]:
    """The version in both languages, as it is read."""
    return {code: {"title": getattr(one, f"title_{code}"), "summary": getattr(one, f"summary_{code}"),
                   "html": reading.shown(getattr(one, f"body_{code}"), top=4),
                   "inside": reading.shown(getattr(one, f"internal_{code}"), top=4)} for code in ("pl", "en")}


def _day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("review_by", ""))
    except ValueError:
        return None
