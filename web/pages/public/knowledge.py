"""The knowledge base as it is read: topics, articles, what was found, and whether it helped."""

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for

from helpdesk.catalogue import Classification
from helpdesk.errors import DeskError, NotFound
from helpdesk.files import drop_draft, find_draft
from helpdesk.knowledge.articles import (
    ArticleVersion,
    Topic,
    audiences_of,
    count_by_topic,
    find_gone_topic,
    find_topic,
    get_published,
    list_published,
    list_topics,
)
from helpdesk.knowledge.pictures import get_picture
from helpdesk.knowledge.suggestions import find_place
from helpdesk.knowledge.votes import find_vote, vote
from helpdesk.people.policy import Act
from web import begun
from web.edge import Page, ShowAgain, allow, desk, now, row_id, session
from web.language import gettext, language, say_error
from web.showing import reading

pages = Blueprint("knowledge", __name__)
TOP_MOST = 6


@pages.get("/knowledge")
@allow(Act.VISIT)
def list_() -> Page:
    """Everything by area and topic; `q` finds articles by words."""
    wanted = request.args.get("q", "").strip()[:reading.ASKED_MAX]
    audiences = audiences_of(g.person)
    if wanted:
        return render_template("knowledge/found.html", wanted=wanted, found=reading.search(wanted))
    counts = count_by_topic(session(), audiences=audiences)
    topics = [(topic, counts[topic.id]) for topic in list_topics(session()) if topic.id in counts]
    areas: dict[int, tuple[Any, list[Any]]] = {}
    for topic, count in topics:
        areas.setdefault(topic.area_id, (topic.area, []))[1].append((topic, count))
    return render_template("knowledge/list.html", areas=list(areas.values()),
                           best=list_published(session(), audiences=audiences, most=TOP_MOST))


@pages.get("/knowledge/topics/<topic_key>")
@allow(Act.VISIT)
def topic(topic_key: str) -> Page:
    """The articles of one topic; the address of one that is gone leads to what took its place."""
    found = find_topic(session(), topic_key)
    if found is None:
        return redirect(_address_of_gone(topic_key), 301)
    return render_template("knowledge/topic.html", topic=found, articles=list_published(
        session(), audiences=audiences_of(g.person), topic_id=found.id))


@pages.get("/knowledge/<slug>")
@allow(Act.VISIT)
def show(slug: str) -> Page:
    """One article."""
    version = _published(slug)
    desk().tally.read(version.article_id, now=now())
    return _article_page(version)


@pages.get("/knowledge/pictures/<int:picture_id>")
@allow(Act.VISIT)
def picture(picture_id: int) -> Page:
    """A picture, to whoever may read the text that shows it."""
    found = get_picture(session(), picture_id, person=g.person)
    response = send_file(BytesIO(found.data), mimetype=found.media_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@pages.post("/knowledge/<slug>/helped")
@allow(Act.VISIT)
def helped(slug: str) -> Page:
    """Whether the article helped, with a remark if they like; saying it again changes it."""
    version = _published(slug)
    remark = request.form.get("remark", "")
    try:
        vote(session(), version, voter=reading.voter(), is_helpful=request.form.get("helped") != "no", remark=remark,
             language=language(), now=now(), has_account=g.person is not None)
    except DeskError as error:
        said = say_error(error)
        raise ShowAgain(error, lambda: _article_page(_published(slug), error=said, remark=remark)) from error
    return redirect(url_for("knowledge.show", slug=slug, _anchor="helped"))


@pages.post("/knowledge/suggestions")
@allow(Act.VISIT)
def suggestions() -> Page:
    """A piece of a page: articles that may answer what is being typed. Nothing of it is kept."""
    where = _where()
    text = request.form.get("text", "")[:4_000]
    return render_template("knowledge/suggested.html", where=where, suggested=reading.suggested(text, where))


@pages.post("/knowledge/<slug>/solved")
@allow(Act.VISIT)
def solved(slug: str) -> Page:
    """The article answered what was about to be asked: the draft is put away, and it counts."""
    version, where = _published(slug), _where()
    vote(session(), version, voter=reading.voter(), is_helpful=True, language=language(), spared=True, now=now())
    place = f"start:{where.id}" if where else ""
    draft = find_draft(session(), g.person.id, place) if g.person else None
    if draft is not None:
        drop_draft(session(), draft)
    if g.person is None:
        begun.drop(place)
    flash(gettext("We are glad that this helped. What you had begun to write was put away; nothing was sent."),
          "success")
    return redirect(url_for("knowledge.show", slug=slug))


def _address_of_gone(topic_key: str) -> str:
    gone = find_gone_topic(session(), topic_key)
    if gone is None:
        raise NotFound()
    into = session().get(Topic, gone.topic_id) if gone.topic_id is not None else None
    return url_for("knowledge.topic", topic_key=into.key) if into else url_for("knowledge.list_")


def _published(slug: str) -> ArticleVersion:
    return get_published(session(), slug, audiences=audiences_of(g.person))


def _where() -> Classification | None:
    """The classification of the form that is being filled in."""
    chosen = row_id(request.form.get("classification"))
    return find_place(session(), chosen) if chosen is not None else None


def _article_page(version: ArticleVersion, *, error: str | None = None, remark: str = "") -> str:
    return render_template(
        "knowledge/show.html", **reading.tell(version), error=error, remark=remark,
        vote=find_vote(session(), version.article_id, reading.voter()), ask_href=_ask_address(version),
        others=[one for one in list_published(session(), audiences=audiences_of(g.person), most=TOP_MOST,
                                              topic_id=version.article.topic_id) if one.id != version.id])


def _ask_address(version: ArticleVersion) -> str:
    """The form for a request about this: of its first classification, else of its service, else the catalogue."""
    for one in version.classifications:
        return url_for("intake.form", service_key=one.service.key, key=one.key)
    for service in version.services:
        return url_for("catalogue.service", service_key=service.key)
    return url_for("catalogue.show")
