"""Owners of articles: handed over by those who may, told of it, and found when nobody looks after an article."""

import pytest
from sqlalchemy import select

from engine import staff
from helpdesk.errors import NotAllowed
from helpdesk.knowledge.articles import get_article
from helpdesk.knowledge.writing import owners
from helpdesk.knowledge.writing.owners import NotAWriter
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Role
from tests.desk import Desk
from tests.library import Library


@pytest.fixture
def library(desk: Desk) -> Library:
    """Amir's published article; Beth and Oskar are editors."""
    library = Library(desk)
    library.begin()
    library.publish()
    return library


def hand_over(library: Library, *, to: str, by: str) -> None:
    desk = library.desk
    with desk.session() as session:
        owners.hand_over(session, get_article(session, library.slug), to=desk.person(session, to),
                         by=desk.person(session, by), now=desk.now)


def owner(library: Library) -> str | None:
    def read(session: object) -> str | None:
        article = get_article(session, library.slug)  # type: ignore[arg-type]
        return article.owner.name.split()[0] if article.owner else None
    return library.desk.ask(read)


def told(desk: Desk, text: str) -> list[str]:
    return desk.ask(lambda session: [one.person.name.split()[0] if one.person else "" for one in session.scalars(
        select(Letter).where(Letter.text == text).order_by(Letter.id))])


def unowned(desk: Desk) -> list[str]:
    return desk.ask(lambda session: [one.article.slug for one in owners.list_without_owner(
        session, owners.list_writers(session))])


def test_an_owner_hands_the_article_over_and_the_new_one_is_told(library: Library) -> None:
    hand_over(library, to="lena", by="amir")
    hand_over(library, to="beth", by="beth")

    assert owner(library) == "Beth"
    assert told(library.desk, "article_handed_over") == ["Lena"]


@pytest.mark.parametrize("by", ["lena", "clara", "ada", "marek"])
def test_nobody_else_gives_an_article_away(library: Library, by: str) -> None:
    with pytest.raises(NotAllowed):
        hand_over(library, to="lena", by=by)

    assert owner(library) == "Amir"


@pytest.mark.parametrize("to", ["clara", "marek", "ada"])
def test_only_who_writes_articles_looks_after_one(library: Library, to: str) -> None:
    with pytest.raises(NotAWriter):
        hand_over(library, to=to, by="oskar")


@pytest.mark.parametrize("leaves", ["closed", "moved"])
def test_who_leaves_looks_after_nothing_and_the_editors_are_told(library: Library, leaves: str) -> None:
    desk = library.desk
    assert unowned(desk) == []

    with desk.session() as session:
        amir, ada = desk.person(session, "amir"), desk.person(session, "ada")
        if leaves == "closed":
            staff.close_account(session, amir, by=ada, now=desk.now)
        else:
            staff.change_places(session, amir, roles=[Role.MANAGER], teams={}, by=ada, now=desk.now)

    assert (unowned(desk), owner(library), told(desk, "articles_left")) == ([library.slug], None, ["Beth"])


def test_who_changes_teams_keeps_their_articles(library: Library) -> None:
    desk = library.desk
    with desk.session() as session:
        amir, lena = desk.person(session, "amir"), desk.person(session, "lena")
        staff.change_places(session, amir, roles=[], teams={next(iter(lena.team_ids)): False},
                            by=desk.person(session, "ada"), now=desk.now)

    assert (owner(library), unowned(desk)) == ("Amir", [])
