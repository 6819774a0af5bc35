"""Reading: articles as the pages show them, found, suggested and rendered for whoever is there."""

from collections.abc import Iterable
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup

from helpdesk.catalogue import Classification
from helpdesk.interests import chosen_ids
from helpdesk.knowledge import index
from helpdesk.knowledge.articles import ArticleVersion, Audience, audiences_of, list_beside, list_published
from helpdesk.knowledge.markup import render
from helpdesk.knowledge.suggestions import suggest
from helpdesk.knowledge.votes import voter_of
from helpdesk.people.policy import Act, may
from helpdesk.tickets import Ticket
from web.edge import VISIT_COOKIE, desk, form_token, now, session
from web.language import language

ASKED_MAX = 200
FOUND_MOST, HOME_MOST, BESIDE_MOST = 30, 5, 4


def voter() -> str:
    """The key of whoever reads: of the person, or of this visit."""
    return voter_of(g.person, request.cookies.get(VISIT_COOKIE) or form_token())


def shown(source: str, *, top: int = 2) -> Markup:
    """A text of an article as HTML, with its pictures."""
    return render(source, address=lambda number: url_for("knowledge.picture", picture_id=number), top=top)


def search(typed: str, *, area_id: int | None = None) -> index.Found:
    """What is found for the words; words that find nothing are counted, without who typed them."""
    typed = typed[:ASKED_MAX]
    found = index.find(session(), typed, language=language(), audiences=audiences_of(g.person), area_id=area_id,
                      service_ids=chosen_ids(session(), g.person), limit=FOUND_MOST)
    if found.is_gap and area_id is None:
        desk().tally.miss(typed, language(), now=now())
    return found


def glance(typed: str, *, most: int) -> tuple[index.Hit, ...]:
    """What is found while one is still typing: half a word that finds nothing is no gap."""
    return index.find(session(), typed[:ASKED_MAX], language=language(), audiences=audiences_of(g.person),
                      service_ids=chosen_ids(session(), g.person), limit=most).hits


def suggested(text: str, where: Classification | None, *, most: int = 3) -> list[dict[str, Any]]:
    """Articles that may answer what is being described, whole."""
    found = suggest(session(), text, language=language(), audiences=audiences_of(g.person), classification=where,
                    service_ids=chosen_ids(session(), g.person), most=most)
    return [tell(version, top=3) for version in found]


def beside_ticket(ticket: Ticket) -> list[dict[str, Any]]:
    """Articles on what the ticket is about, with the words by which an agent cites each to the client."""
    where = ticket.classification
    found = list_beside(session(), where, audiences=audiences_of(g.person), most=BESIDE_MOST) if where else []
    spoken = ticket.client.language
    return [{"version": one, "title": one.title(language()), "is_for_clients": one.audience != Audience.AGENTS,
             "words": f"{one.title(spoken)}: {address_of(one)}"} for one in found]


def cited(ticket: Ticket, slug: str | None) -> str:
    """The words that cite the article, if the client may read it."""
    return next((one["words"] for one in beside_ticket(ticket)
                 if one["is_for_clients"] and one["version"].article.slug == slug), "") if slug else ""


def address_of(version: ArticleVersion) -> str:
    """Where the article is read, as it is written to a client."""
    return f"{desk().settings.address.rstrip('/')}{url_for('knowledge.show', slug=version.article.slug)}"


def told_words(typed: Iterable[Iterable[str]]) -> str:
    """What a person has typed into a form, in one text: choices and dates say nothing to look for."""
    return "\n".join(text for texts in typed for text in texts if " " in text.strip())


def tell(version: ArticleVersion, *, top: int = 2) -> dict[str, Any]:
    """An article in the page's language; the part for agents only for them."""
    lang = language()
    inside = version.internal(lang) if may(g.person, Act.READ_INSIDE) else ""
    return {"version": version, "article": version.article, "title": version.title(lang),
            "summary": version.summary(lang), "html": shown(version.body(lang), top=top),
            "inside": shown(inside, top=top + 1) if inside else None,
            "href": url_for("knowledge.show", slug=version.article.slug),
            "helped": version.article.helped + version.article.spared}


def for_home() -> list[ArticleVersion]:
    """What the first page offers: articles on one's own services, else those that helped most."""
    audiences = audiences_of(g.person)
    own = chosen_ids(session(), g.person)
    found = list_published(session(), audiences=audiences, service_ids=own, most=HOME_MOST) if own else []
    if len(found) < HOME_MOST:
        found += list_published(session(), audiences=audiences, most=HOME_MOST)
    return list({version.id: version for version in found}.values())[:HOME_MOST]
