"""Answers by the link in a letter: nobody signs in, opening the link does nothing, and it works once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.ticker import fire_due
from forms.messages import say
from helpdesk.audit import AuditEntry
from helpdesk.outbox import Letter
from mailroom.letters import Composed, compose
from tests.desk import Desk
from web.edge import Desk as WebDesk

HOST = "http://localhost:8080"


@dataclass
class Reader:
    """Who has the letter and no account at hand."""

    client: FlaskClient

    def open(self, link: str, status: int = 200) -> str:
        answer = self.client.get(link.removeprefix(HOST))
        assert answer.status_code == status, answer.text[:600]
        return answer.text

    def send(self, link: str, status: int = 200, **answers: str) -> str:
        page = self.client.get(link.removeprefix(HOST)).text
        # What the page of this very link would send, or one that was opened while it still worked.
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page[page.index("<main"):])
        token = dict(hidden).get("csrf_token") or self.client.get_cookie("okienko_visit").value  # type: ignore[union-attr]
        value = link.rsplit("answer=", 1)[1]
        asked = [one for name, one in hidden if name == "_asked"]
        answer = self.client.post(link.removeprefix(HOST).split("?")[0], data={
            "csrf_token": token, "answer": value, "_asked": asked, **answers})
        assert answer.status_code == status, answer.text[:600]
        return answer.text


@pytest.fixture
def reader(app: Flask) -> Reader:
    client = app.test_client()
    client.set_cookie("okienko_language", "en")
    return Reader(client)


@pytest.fixture
def letter(app: Flask, desk: Desk) -> Callable[[str, str], Composed]:
    """The newest letter of a text about a ticket, as its reader gets it now."""
    def composed(number: str, text: str) -> Composed:
        web_desk: WebDesk = app.extensions["desk"]
        return desk.ask(lambda session: compose(session, session.scalars(select(Letter).where(
            Letter.ticket_id == desk.ticket(number).id, Letter.text == text).order_by(Letter.id.desc())).first(),
            web_desk.settings))  # type: ignore[arg-type]
    return composed


def solved(desk: Desk) -> str:
    number = desk.submit()
    desk.complete(number, "recognise", decision="solve", solution="Proszę odświeżyć stronę.", priority="normal")
    assert desk.item(number).element_id == "accept_solution"
    return number


def answered(desk: Desk, number: str, form: str) -> dict[str, object]:
    return next(one.content for one in reversed(desk.answers(number)) if one.form == form)


def links(mail: Composed) -> dict[str, str]:
    """The links that answer, by what they answer."""
    return {link.rsplit("=", 1)[1]: link for link in re.findall(r"http://\S+/answers/\S+", mail.text)}


def test_this_solved_it_is_one_click_and_a_scanner_that_opens_every_link_answers_nothing(
        desk: Desk, reader: Reader, letter: Callable[[str, str], Composed]) -> None:
    number = solved(desk)
    mail = letter(number, "solution")
    for link in links(mail).values():
        assert number in reader.open(link)
    assert desk.item(number).element_id == "accept_solution"

    said = reader.send(links(mail)["accepted"])

    assert "Thank you" in said
    assert desk.item(number).element_id == "survey"
    entry = desk.ask(lambda session: session.scalars(
        select(AuditEntry).where(AuditEntry.act == "answered_by_link")).one())
    assert (entry.by_id, entry.details["element"]) == (desk.ticket(number).client_id, "accept_solution")
    assert all(link in mail.html.replace("&amp;", "&") for link in links(mail).values())


def test_it_did_not_help_asks_for_the_reason_there(
        desk: Desk, reader: Reader, letter: Callable[[str, str], Composed]) -> None:
    number = solved(desk)
    link = links(letter(number, "solution"))["not_solved"]
    assert 'name="reason"' in reader.open(link)

    refused = reader.send(link, 422)
    # The page speaks English, though Clara's account speaks Polish.
    assert "error-summary" in refused and say("required", "en") in refused
    assert desk.item(number).element_id == "accept_solution"
    reader.send(link, reason="Nadal ten sam błąd.")

    assert desk.item(number).element_id != "accept_solution"
    assert answered(desk, number, "incident_acceptance")["reason"] == "Nadal ten sam błąd."


def test_a_used_a_late_and_a_wrong_link_each_say_so(
        desk: Desk, reader: Reader, letter: Callable[[str, str], Composed]) -> None:
    used, late = solved(desk), solved(desk)
    link, other = (links(letter(number, "solution"))["accepted"] for number in (used, late))
    reader.send(link)
    desk.now += timedelta(days=30)
    fire_due(desk.database, now=desk.now)

    assert "has been answered already" in reader.open(link)
    assert "has been answered already" in reader.send(link, 422)
    assert "too late" in reader.open(other)
    assert "too late" in reader.send(other, 422)
    for wrong in (link.replace("?", "0?"), re.sub(r"/answers/(\d+)/", r"/answers/9\1/", link),
                  re.sub(r"/(\d+)/(\w{40})", rf"/{desk.item(late).id}/\2", link)):
        assert "This link does not work" in reader.open(wrong, 404)


def test_only_the_client_gets_such_links(desk: Desk, letter: Callable[[str, str], Composed]) -> None:
    number = solved(desk)
    with desk.session() as session:
        from helpdesk import outbox
        outbox.queue(session, to=desk.person(session, "colin"), text="reminder", now=desk.now,
                     ticket_id=desk.ticket(number).id)

    assert links(letter(number, "reminder")) == {}
