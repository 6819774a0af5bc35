"""Ratings on pages: changed by who gave them, read by leads, unknown to the consultant."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from helpdesk.notices.choices import choices_of
from helpdesk.notices.kinds import Kind
from helpdesk.outbox import Letter
from helpdesk.ratings.invitations import invite_due
from helpdesk.ratings.records import Rating
from mailroom.letters import compose
from tests.desk import Desk
from tests.helpdesk.test_ratings import MONTH, ended
from tests.web.conftest import Browser
from web.edge import Desk as WebDesk


def test_a_rating_is_given_changed_and_read_by_the_lead_but_not_by_the_consultant(
        browse: Callable[..., Browser], desk: Desk) -> None:
    number = ended(desk)
    clara, lena, amir = browse("clara"), browse("lena"), browse("amir")
    item = desk.item(number, "survey").id
    clara.post(f"/requests/{number}/steps/{item}", {"stars": "1", "remark": "=1+1 Za długo", "_asked": "*"})
    assert "Za długo" in clara.get(f"/requests/{number}")

    clara.post(f"/requests/{number}/rating", {"stars": "2", "remark": "=1+1 Trochę za długo", "_asked": "*"})
    read = lena.get("/results")
    inside = amir.get(f"/tickets/{number}")
    amir.get("/results", status=403)

    assert "Trochę za długo" in read and "Clara" in read
    assert "za długo" not in inside
    table = lena.client.get("/results.csv").text
    assert number in table and ",2,'=1+1" in table
    rating_id = desk.rows(Rating, number)[0].id
    lena.post(f"/results/{rating_id}/called", {"note": "Przeproszono."})
    assert "Przeproszono." in lena.get("/results")
    assert lena.get("/results?type=nothing").count("Trochę") == 0


def test_after_twelve_hours_the_rating_is_shown_and_stays(browse: Callable[..., Browser], desk: Desk) -> None:
    number = ended(desk)
    desk.complete(number, "survey", by="clara", stars="5")
    desk.later(hours=13)
    clara = browse("clara")

    assert "can no longer be changed" in clara.get(f"/requests/{number}/rating")
    assert "that time is over" in clara.post(f"/requests/{number}/rating", {"stars": "1", "_asked": "*"}, status=422)
    assert desk.rows(Rating, number)[0].stars == 5


def test_the_letter_has_the_stars_and_one_click_refuses_for_good(
        app: Flask, browse: Callable[..., Browser], desk: Desk) -> None:
    number = ended(desk)
    with desk.session() as session:
        invite_due(session, every=MONTH, now=desk.now)
    web_desk: WebDesk = app.extensions["desk"]
    mail = desk.ask(lambda session: compose(
        session, session.scalars(select(Letter).where(Letter.text == "survey")).one(), web_desk.settings))

    assert [mail.text.count(f"answer={stars}") for stars in range(1, 6)] == [1] * 5
    assert mail.stop
    browse("clara").post("/ratings/refuse", {"back": f"/requests/{number}"})
    assert desk.ask(lambda session: choices_of(desk.person(session, "clara"))).of(Kind.SURVEY).way == "none"
