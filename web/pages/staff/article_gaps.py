"""Gaps in the knowledge base, for editors: looked for in vain, asked for without an article, of no help, too old."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.catalogue import list_areas
from helpdesk.errors import DeskError
from helpdesk.knowledge import editing, gaps
from helpdesk.knowledge.articles import list_topics
from helpdesk.knowledge.votes import list_remarks
from helpdesk.people.policy import Act
from helpdesk.years import ZONE
from web.edge import Page, ShowAgain, allow, now, person, row_id, session
from web.language import gettext
from web.showing.article_words import say_article_error

pages = Blueprint("article_gaps", __name__)


class NoArea(DeskError):
    """Choose the area of the catalogue to which the topic belongs."""


@pages.get("/articles/gaps")
@allow(Act.EDIT_ARTICLES)
def show() -> Page:
    """Everything that calls for an article or for a better one."""
    return render_template(
        "articles/gaps.html", misses=gaps.list_misses(session(), most=50), today=now().astimezone(ZONE).date(),
        unanswered=gaps.list_unanswered(session(), now=now(), most=20), unhelpful=gaps.list_unhelpful(session()),
        due=gaps.list_due(session(), now=now()), remarks=list_remarks(session(), most=20))


@pages.post("/articles/gaps/<int:miss_id>/settle")
@allow(Act.EDIT_ARTICLES)
def settle(miss_id: int) -> Page:
    """A search without a hit was dealt with."""
    gaps.settle(session(), miss_id, by=person(), now=now())
    flash(gettext("It is off the list until somebody looks for it again."), "success")
    return redirect(url_for("article_gaps.show"))


@pages.route("/articles/topics", methods=["GET", "POST"])
@allow(Act.EDIT_ARTICLES)
def topics() -> Page:
    """The topics, and adding one."""
    def page(error: DeskError | None = None) -> str:
        return render_template("articles/topics.html", topics=list_topics(session()), areas=list_areas(session()),
                               error=say_article_error(error) if error else None, typed=request.form if error else {})

    if request.method == "GET":
        return page()
    texts = {name: request.form.get(name, "") for name in ("name_pl", "name_en", "description_pl", "description_en")}
    try:
        editing.add_topic(session(), area_id=_area_id(), **texts, by=person(), now=now())
    except DeskError as error:
        failed = error
        raise ShowAgain(error, lambda: page(failed)) from error
    flash(gettext("The topic was added."), "success")
    return redirect(url_for("article_gaps.topics"))


def _area_id() -> int:
    chosen = row_id(request.form.get("area"))
    if chosen is None or chosen not in {area.id for area in list_areas(session())}:
        raise NoArea()
    return chosen
