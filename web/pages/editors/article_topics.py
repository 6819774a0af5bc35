"""The topics of the knowledge base, for editors: added, named, put into order, moved, joined and taken away."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.catalogue import list_areas
from helpdesk.errors import DeskError
from helpdesk.knowledge.articles import Topic, list_shelves
from helpdesk.knowledge.writing import topics
from helpdesk.people.policy import Act
from web.edge import Page, allow, now, person, row_id, session
from web.forms import or_again
from web.language import gettext, say_error

pages = Blueprint("article_topics", __name__)
NAMES = ("name_pl", "name_en", "description_pl", "description_en")


class NoArea(DeskError):
    """Choose the area of the catalogue to which the topic belongs."""


@pages.route("/articles/topics", methods=["GET", "POST"])
@allow(Act.EDIT_ARTICLES)
def list_() -> Page:
    """The topics by area, and adding one."""
    def act() -> Page:
        added = topics.add(session(), area_id=_area_id(), **_names(), by=person(), now=now())
        flash(gettext("The topic was added."), "success")
        return _back_to(added)

    return _list_page() if request.method == "GET" else or_again(act, _list_page)


@pages.route("/articles/topics/<int:topic_id>", methods=["GET", "POST"])
@allow(Act.EDIT_ARTICLES)
def change(topic_id: int) -> Page:
    """One topic: what it is called, in which area it is, with which other one it is joined."""
    def act() -> Page:
        topic = topics.get_topic(session(), topic_id)
        topics.change(session(), topic, area_id=_area_id(), **_names(), by=person(), now=now())
        flash(gettext("“{name}” was saved.", name=topic.name_pl), "success")
        return _back_to(topic)

    return _page(topic_id) if request.method == "GET" else or_again(act, lambda error: _page(topic_id, error))


@pages.post("/articles/topics/<int:topic_id>/move")
@allow(Act.EDIT_ARTICLES)
def move(topic_id: int) -> Page:
    """One place up or down in its area."""
    topic = topics.get_topic(session(), topic_id)
    topics.move(session(), topic, up=request.form.get("where") != "down", by=person(), now=now())
    return _back_to(topic)


@pages.post("/articles/topics/<int:topic_id>/join")
@allow(Act.EDIT_ARTICLES)
def join(topic_id: int) -> Page:
    """Give its articles to another topic, to which its address leads from now on."""
    def act() -> Page:
        into = topics.get_topic(session(), row_id(request.form.get("into")) or topic_id)
        moved = topics.join(session(), topics.get_topic(session(), topic_id), into=into, by=person(), now=now())
        flash(gettext("The topics were joined. Articles moved: {number}.", number=moved), "success")
        return _back_to(into)

    return or_again(act, lambda error: _page(topic_id, error))


@pages.post("/articles/topics/<int:topic_id>/remove")
@allow(Act.EDIT_ARTICLES)
def remove(topic_id: int) -> Page:
    """Take away a topic without articles."""
    def act() -> Page:
        topics.remove(session(), topics.get_topic(session(), topic_id), by=person(), now=now())
        flash(gettext("The topic was taken away."), "success")
        return redirect(url_for("article_topics.list_"))

    return or_again(act, lambda error: _page(topic_id, error))


def _list_page(error: DeskError | None = None) -> str:
    return render_template(
        "articles/topics.html", shelves=list_shelves(session()), areas=list_areas(session()), typed=request.form,
        articles=topics.count_articles(session()), error=say_error(error) if error else None)


def _page(topic_id: int, error: DeskError | None = None) -> str:
    topic = topics.get_topic(session(), topic_id)
    is_typed = error is not None and "name_pl" in request.form
    said = {name: getattr(topic, name) for name in NAMES} | {"area": str(topic.area_id)}
    return render_template(
        "articles/topic.html", topic=topic, typed=request.form if is_typed else said, areas=list_areas(session()),
        shelves=list_shelves(session()),
        articles=topics.count_articles(session()).get(topic.id, 0), error=say_error(error) if error else None)


def _names() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in NAMES}


def _area_id() -> int:
    chosen = row_id(request.form.get("area"))
    if chosen is None or chosen not in {area.id for area in list_areas(session())}:
        raise NoArea()
    return chosen


def _back_to(topic: Topic) -> Page:
    return redirect(url_for("article_topics.list_", _anchor=f"topic-{topic.id}"))
