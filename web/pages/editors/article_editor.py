"""Writing an article: both languages side by side, pictures, a preview; nothing typed is ever lost."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from engine.overview.progress import progress_of
from engine.tickets import open_ticket
from helpdesk.catalogue import Classification, list_areas
from helpdesk.errors import Conflict, DeskError, NotFound
from helpdesk.files import drop_draft
from helpdesk.knowledge.articles import (
    ArticleVersion,
    State,
    Topic,
    find_open,
    find_topic,
    get_article,
    list_shelves,
    list_topics,
)
from helpdesk.knowledge.gaps import MissedSearch, find_miss, settle
from helpdesk.knowledge.pictures import add_picture, list_pictures
from helpdesk.knowledge.privacy import find_traces
from helpdesk.knowledge.suggestions import find_place
from helpdesk.knowledge.writing import editing
from helpdesk.knowledge.writing import topics as shelves
from helpdesk.knowledge.writing.content import LIMITS, Content
from helpdesk.knowledge.writing.editing import ChangedMeanwhile
from helpdesk.languages import _, translations
from helpdesk.people.policy import Act, may
from helpdesk.tickets import Ticket
from web.edge import Page, ShowAgain, allow, now, person, row_id, session
from web.forms import draft_at, keep_words, or_again
from web.language import gettext
from web.showing import reading
from web.showing.article_words import FIELDS, differences, say_article_error
from web.showing.telling import tell_start

pages = Blueprint("article_editor", __name__)
LONG = 40  # characters from which an answer of a form is a story and no choice
SUBJECT_MAX = 160

HEADINGS = (_("Question"), _("Answer"))


class NoTopic(DeskError):
    """Choose a topic for the article. If there is none yet, an editor adds it."""


@pages.route("/articles/new", methods=["GET", "POST"])
@allow(Act.WRITE_ARTICLES)
def new() -> Page:
    """A new article: what it is called and where it belongs; the text comes next.

    miss, kind: the gap that it is to fill: a search without a hit, or a kind of request that is asked again and again.
    """
    miss = find_miss(session(), row_id(request.values.get("miss"))) if may(g.person, Act.EDIT_ARTICLES) else None
    kind = find_place(session(), row_id(request.values.get("kind")) or 0)

    def page(error: DeskError | None = None) -> str:
        return render_template(
            "articles/new.html", shelves=list_shelves(session()), typed=request.form or _proposed(miss, kind),
            miss=miss, kind=kind, error=say_article_error(error) if error else None)

    def begin() -> Page:
        content = Content(
            title_pl=request.form.get("title_pl", ""), title_en=request.form.get("title_en", ""),
            keywords=miss.words if miss else "", service_ids=(kind.service_id,) if kind else (),
            classification_ids=(kind.id,) if kind else ())
        version = editing.begin(session(), content, topic=_topic(), by=person(), now=now())
        if miss:
            settle(session(), miss.id, by=person(), now=now())
        return redirect(url_for("article_editor.edit", slug=version.article.slug))

    return page() if request.method == "GET" else or_again(begin, page)


@pages.route("/articles/<slug>/edit", methods=["GET", "POST"])
@allow(Act.WRITE_ARTICLES)
def edit(slug: str) -> Page:
    """The draft: save it, or save it and send it to review."""
    version = _find_draft(slug)
    if version is None:
        flash(gettext("The article is not a draft now; begin a new version to change it."), "info")
        return redirect(url_for("articles.show", slug=slug))
    place = f"article:{version.article_id}"
    if request.method == "GET":
        kept = draft_at(place)
        return _page(slug, kept.typed if kept else None, was_kept=kept is not None)
    keep_words(place, check=lambda: None)
    try:
        shelves.place(session(), version.article, topic=_topic(), by=person(), now=now())
        editing.keep(session(), version, _content(request.form.to_dict(flat=False)), by=person(), now=now(),
                     seen=row_id(request.form.get("seen")) or 0)
        if request.form.get("then") == "review":
            editing.submit(session(), version, by=person(), now=now())
    except DeskError as error:
        failed, typed = error, request.form.to_dict(flat=False)
        raise ShowAgain(error, lambda: _page(slug, typed, error=failed),
                        409 if isinstance(error, ChangedMeanwhile) else 422) from error
    draft = draft_at(place)
    if draft is not None:
        drop_draft(session(), draft)
    if request.form.get("then") == "review":
        flash(gettext("The article waits for its review. The editors have been told."), "success")
        return redirect(url_for("articles.show", slug=slug))
    flash(gettext("The draft was saved."), "success")
    return redirect(url_for("article_editor.edit", slug=slug))


@pages.post("/articles/<slug>/pictures")
@allow(Act.WRITE_ARTICLES)
def pictures(slug: str) -> Page:
    """Add a picture, to be inserted into the text."""
    article = get_article(session(), slug)
    if _find_draft(slug) is None:
        raise Conflict()
    upload = request.files.get("picture")
    if upload is not None and upload.filename:
        try:
            add_picture(session(), article, upload.stream, name=upload.filename, by=person(), now=now())
        except DeskError as error:
            failed = error
            raise ShowAgain(error, lambda: _page(slug, None, error=failed)) from error
        flash(gettext("The picture was added. Insert it where it belongs and say what is to be seen."), "success")
    return redirect(url_for("article_editor.edit", slug=slug, _anchor="pictures"))


@pages.post("/articles/preview")
@allow(Act.WRITE_ARTICLES)
def preview() -> Page:
    """A piece of a page: the text as it will be read. Nothing of it is kept."""
    return str(reading.shown(request.form.get("text", "")[:LIMITS["body"]], top=2))


@pages.post("/articles/from/<number>")
@allow(Act.WRITE_ARTICLES)
def from_ticket(number: str) -> Page:
    """A draft of what was asked and how it was solved."""
    ticket = open_ticket(session(), number, by=person(), to=Act.SEE_INSIDE)
    topic = _topic_of(ticket)
    if topic is None:
        raise NoTopic()
    version = editing.begin(session(), _told(ticket), topic=topic, by=person(), now=now(), ticket_id=ticket.id)
    flash(gettext("A draft was made of the request and its solution. Take out whatever tells of one person or firm."),
          "warning")
    return redirect(url_for("article_editor.edit", slug=version.article.slug))


def _page(slug: str, typed: Mapping[str, list[str]] | None, *, error: DeskError | None = None,
          was_kept: bool = False) -> str:
    """The editor, with what was typed or with what the draft says. Who was too slow sees the other's text beside it."""
    version = _find_draft(slug)
    if version is None:
        raise NotFound()
    saved = Content.of(version)
    content = _content(typed) if typed is not None else saved
    is_late = isinstance(error, ChangedMeanwhile)
    texts = "\n".join(str(getattr(content, name)) for name in FIELDS)
    topic_key = (typed or {}).get("topic", [version.article.topic.key])[0]
    return render_template(
        "articles/edit.html", article=version.article, version=version, content=content, fields=FIELDS,
        shelves=list_shelves(session()), topic_key=topic_key, areas=list_areas(session()),
        pictures=list_pictures(session(), version.article), error=say_article_error(error) if error else None,
        theirs=differences(saved, content) if is_late else [], was_kept=was_kept,
        # Saving once more is then meant: both texts have been seen.
        seen=version.revision if typed is None or is_late else (typed.get("seen") or [str(version.revision)])[0],
        traces=find_traces(texts, names=_names(version)), previews=_previews(content))


def _proposed(miss: MissedSearch | None, kind: Classification | None) -> dict[str, str]:
    """What an article that fills the gap may be called, and where it may stand."""
    found = {f"title_{miss.language}": miss.words[:1].upper() + miss.words[1:]} if miss else {}
    if kind is not None:
        topic = next((one for one in list_topics(session()) if one.area_id == kind.service.area_id), None)
        found |= {"title_pl": kind.name_pl, "title_en": kind.name_en, "topic": topic.key if topic else ""}
    return found


def _previews(content: Content) -> dict[str, Any]:
    return {name: reading.shown(getattr(content, name), top=2)
            for name in ("body_pl", "body_en", "internal_pl", "internal_en")}


def _content(typed: Mapping[str, list[str]]) -> Content:
    texts = {name: (typed.get(name) or [""])[0].replace("\r\n", "\n") for name in FIELDS}
    audience = (typed.get("audience") or ["everyone"])[0]
    services = [service for area in list_areas(session()) for service in area.services]
    return Content(
        **texts, audience=audience if audience in {"signed_in", "agents"} else "everyone",
        service_ids=_ids(typed.get("service"), {one.id for one in services}),
        classification_ids=_ids(typed.get("classification"),
                                {one.id for service in services for one in service.classifications}))


def _ids(texts: list[str] | None, known: set[int]) -> tuple[int, ...]:
    return tuple(sorted({number for text in texts or () if (number := row_id(text)) in known and number is not None}))


def _find_draft(slug: str) -> ArticleVersion | None:
    version = find_open(session(), get_article(session(), slug).id)
    return version if version is not None and version.state == State.DRAFT.value else None


def _topic() -> Topic:
    found = find_topic(session(), request.form.get("topic", ""))
    if found is None:
        raise NoTopic()
    return found


def _topic_of(ticket: Ticket) -> Topic | None:
    """The first topic of the ticket's area, or of any."""
    topics = list_topics(session())
    area_id = ticket.classification.service.area_id if ticket.classification else None
    return next((one for one in topics if one.area_id == area_id), topics[0] if topics else None)


def _told(ticket: Ticket) -> Content:
    """Question and solution as a draft, in the language the client reads."""
    asked = [text for _label, text in tell_start(session(), ticket, progress_of(session(), ticket), [])
             if isinstance(text, str) and len(text) >= LONG]
    spoken = "en" if ticket.client.language == "en" else "pl"
    question, answer = (translations(spoken).gettext(word) for word in HEADINGS)
    body = "\n\n".join((f"## {question}", *(asked or [ticket.subject]), f"## {answer}", ticket.solution))
    where = ticket.classification
    return Content(**{f"title_{spoken}": ticket.subject[:SUBJECT_MAX], f"body_{spoken}": body},
                   service_ids=(where.service_id,) if where else (), classification_ids=(where.id,) if where else ())


def _names(version: ArticleVersion) -> list[str]:
    """Of the client whose request the article was made of."""
    ticket = session().get(Ticket, version.article.ticket_id) if version.article.ticket_id else None
    return [name for name in (ticket.client.name, ticket.client.firm) if name] if ticket else []
