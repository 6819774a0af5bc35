"""Gaps in the knowledge base, for editors: looked for in vain, asked for without an article, of no help, too old."""

from flask import Blueprint, flash, redirect, render_template, url_for

from helpdesk.knowledge import gaps
from helpdesk.knowledge.votes import list_remarks, read_titles
from helpdesk.people.policy import Act
from helpdesk.years import ZONE
from web.edge import Page, allow, now, person, session
from web.language import gettext, language

pages = Blueprint("article_gaps", __name__)


@pages.get("/articles/gaps")
@allow(Act.EDIT_ARTICLES)
def show() -> Page:
    """Everything that calls for an article or for a better one."""
    remarks = list_remarks(session(), most=20)
    return render_template(
        "articles/gaps.html", misses=gaps.list_misses(session(), most=50), today=now().astimezone(ZONE).date(),
        unanswered=gaps.list_unanswered(session(), now=now(), most=20), unhelpful=gaps.list_unhelpful(session()),
        due=gaps.list_due(session(), now=now()), remarks=remarks,
        titles=read_titles(session(), remarks, language=language()))


@pages.post("/articles/gaps/<int:miss_id>/settle")
@allow(Act.EDIT_ARTICLES)
def settle(miss_id: int) -> Page:
    """A search without a hit was dealt with."""
    gaps.settle(session(), miss_id, by=person(), now=now())
    flash(gettext("It is off the list until somebody looks for it again."), "success")
    return redirect(url_for("article_gaps.show"))


@pages.post("/articles/gaps/kinds/<int:classification_id>/settle")
@allow(Act.EDIT_ARTICLES)
def settle_kind(classification_id: int) -> Page:
    """Requests of a kind need no article, or have got one."""
    gaps.settle_kind(session(), classification_id, by=person(), now=now())
    flash(gettext("It is off the list until requests of this kind are solved without an article again."), "success")
    return redirect(url_for("article_gaps.show"))
