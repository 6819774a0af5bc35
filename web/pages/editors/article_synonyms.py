"""The synonyms of the search, for editors: groups of words that mean the same."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.fulltext.synonyms import GROUP_MOST, MOST_GROUPS, PHRASE_WORDS
from helpdesk.knowledge.writing import synonyms
from helpdesk.people.policy import Act
from web.edge import Page, allow, now, person, session
from web.forms import or_again
from web.language import gettext, say_error

pages = Blueprint("article_synonyms", __name__)


@pages.route("/articles/synonyms", methods=["GET", "POST"])
@allow(Act.EDIT_ARTICLES)
def list_() -> Page:
    """All groups, and adding one."""
    def act() -> Page:
        added = synonyms.add(session(), request.form.get("words", ""), by=person(), now=now())
        flash(gettext("The words were added. Searches use them from now on."), "success")
        return redirect(url_for("article_synonyms.list_", _anchor=f"group-{added.id}"))

    return _list_page() if request.method == "GET" else or_again(act, _list_page)


@pages.route("/articles/synonyms/<int:group_id>", methods=["GET", "POST"])
@allow(Act.EDIT_ARTICLES)
def change(group_id: int) -> Page:
    """One group: its words, and taking it away."""
    def act() -> Page:
        group = synonyms.get_group(session(), group_id)
        synonyms.change(session(), group, request.form.get("words", ""), seen=request.form.get("seen", ""),
                        by=person(), now=now())
        flash(gettext("The words were saved. Searches use them from now on."), "success")
        return redirect(url_for("article_synonyms.list_", _anchor=f"group-{group.id}"))

    return _page(group_id) if request.method == "GET" else or_again(act, lambda error: _page(group_id, error))


@pages.post("/articles/synonyms/<int:group_id>/remove")
@allow(Act.EDIT_ARTICLES)
def remove(group_id: int) -> Page:
    """Take a group away."""
    synonyms.remove(session(), synonyms.get_group(session(), group_id), by=person(), now=now())
    flash(gettext("The group was taken away."), "success")
    return redirect(url_for("article_synonyms.list_"))


def _list_page(error: DeskError | None = None) -> str:
    return render_template(
        "articles/synonyms.html", groups=synonyms.list_groups(session()), most_groups=MOST_GROUPS,
        most_words=GROUP_MOST, most_in_phrase=PHRASE_WORDS,
        typed=request.form.get("words", "") if error else request.args.get("words", ""),
        error=say_error(error) if error else None)


def _page(group_id: int, error: DeskError | None = None) -> str:
    group = synonyms.get_group(session(), group_id)
    return render_template(
        "articles/synonym.html", group=group, typed=request.form.get("words", group.words), most_words=GROUP_MOST,
        most_in_phrase=PHRASE_WORDS, is_old=isinstance(error, synonyms.GroupChanged),
        error=say_error(error) if error else None)
