"""The history of a client's requests: search, filters, pages beyond any number, and what can be taken along."""

import csv
import io
import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from engine.overview.history import Order, State, Wish, export, list_requests
from helpdesk.tickets import Ticket
from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser
from tests.web.test_costs import read

Browse = Callable[..., Browser]
LIST = 12


def subjects(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'task-list__name"><a href="[^"]+">([^<]*)</a>', page)]


def walk(desk: Desk, wish: Wish, most: int) -> list[list[str]]:
    """All pages from the first to the last, then back to the first again."""
    with desk.session() as session:
        clara, pages, place = desk.person(session, "clara"), [], ""
        back: list[list[str]] = []
        while True:
            listed = list_requests(session, Wish(wish.state, order=wish.order, place=place), by=clara, most=most)
            pages.append([ticket.subject for ticket in listed.rows])
            if listed.after is None:
                break
            place = listed.after
        while listed.before is not None:
            again = Wish(wish.state, order=wish.order, place=listed.before)
            listed = list_requests(session, again, by=clara, most=most)
            back.append([ticket.subject for ticket in listed.rows])
        assert back == pages[-2::-1]
        return pages


@pytest.mark.parametrize("order", list(Order))
def test_pages_go_on_to_the_end_and_back_also_among_requests_of_one_moment(desk: Desk, order: Order) -> None:
    numbers = []
    for number in range(7):
        if number % 3 == 0:
            desk.later(minutes=5)
        numbers.append(desk.submit({**INCIDENT, "subject": f"Sprawa {number}"}))
    desk.submit(by="colin")
    desk.later(hours=1)
    desk.reply(numbers[2], "Jeszcze coś.")

    pages = walk(desk, Wish(State.ALL, order=order), 2)

    names = [f"Sprawa {number}" for number in range(7)]
    expected = {Order.OLDEST: names, Order.NEWEST: names[::-1],
                Order.CHANGED: [names[2], *(name for name in names[::-1] if name != names[2])]}[order]
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert [name for page in pages for name in page] == expected


def test_search_and_filters_find_ones_own_requests_and_nobody_elses(browse: Browse, desk: Desk) -> None:
    clara = browse("clara")
    old = desk.submit({**INCIDENT, "subject": "Deklaracje tranzytowe"})
    desk.withdraw(old)
    desk.later(days=60)
    clara = browse("clara")
    asked = desk.submit({**INCIDENT, "subject": "Pusta strona"})
    desk.complete(asked, "recognise", decision="ask", question="Kiedy?", priority="low")
    desk.submit({**INCIDENT, "subject": "Deklaracja Colina"}, by="colin")

    assert subjects(clara.get("/requests")) == ["Pusta strona"]
    assert subjects(clara.get("/requests?state=ended")) == ["Deklaracje tranzytowe"]
    assert subjects(clara.get("/requests?state=all&q=deklaracja")) == ["Deklaracje tranzytowe"]
    assert subjects(clara.get(f"/requests?state=all&q={old}")) == ["Deklaracje tranzytowe"]
    assert subjects(clara.get("/requests?state=mine")) == ["Pusta strona"]
    assert subjects(clara.get("/requests?state=all&year=2027")) == ["Pusta strona"]
    assert subjects(clara.get("/requests?state=all&year=2026&service=1")) == ["Deklaracje tranzytowe"]
    assert subjects(clara.get("/requests?state=all&service=999999")) == []
    assert "Nothing fits" in clara.get("/requests?q=niczego")
    for strange in ("state=x&order=y&year=z&service=q&at=w", "year=99999999999", "year=02000999",
                    "at=a999999999999999999-1", "q=%00", "q=%22*%28", "year=%C2%B2"):
        clara.get(f"/requests?{strange}")


def test_a_list_takes_few_statements_whatever_its_length_and_page(browse: Browse, desk: Desk) -> None:
    clara = browse("clara")
    desk.submit()
    read(clara, desk, "/requests?state=all&q=portal")
    few = read(clara, desk, "/requests?state=all&q=portal")
    for _ in range(30):
        desk.submit()
    page = clara.get("/requests?state=all&q=portal")
    after = re.search(r'href="([^"]+)" rel="next"', page)
    assert after is not None

    assert read(clara, desk, "/requests?state=all&q=portal") == few <= LIST
    assert read(clara, desk, unescape(after.group(1))) == few


def test_the_list_can_be_taken_along_as_a_table_and_as_data(browse: Browse, desk: Desk) -> None:
    desk.submit({**INCIDENT, "subject": "=HYPERLINK(0); zażółć"})
    desk.submit({**INCIDENT, "subject": "Zwykła; z średnikiem"})
    desk.submit(by="colin")

    polish = browse("clara", language="pl").client.get("/requests/export.csv?state=all")
    english = browse("clara").client.get("/requests/export.csv?state=all&order=oldest")
    data = json.loads(browse("clara").client.get("/requests/export.json?state=all").text)

    assert polish.headers["Content-Disposition"] == 'attachment; filename="requests.csv"'
    assert polish.data.startswith(b"\xef\xbb\xbf") and polish.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(polish.data.decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows[1:]] == ["Zwykła; z średnikiem", "'=HYPERLINK(0); zażółć"]
    assert rows[0][0] == "Numer" and rows[1][4] == "Zarejestrowane" and rows[1][6] == "2026-11-16 09:00"
    assert [row[1] for row in csv.reader(io.StringIO(english.data.decode("utf-8-sig")))][1].startswith("'=HYPER")
    assert [(one["subject"], one["status"], one["closed"]) for one in data] == [
        ("Zwykła; z średnikiem", "registered", None), ("=HYPERLINK(0); zażółć", "registered", None)]
    browse("clara").get("/requests/export.xls", status=404)
    assert json.loads(browse("oskar").client.get("/requests/export.json").text) == []


def test_an_export_is_read_in_pieces(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.overview.history.PIECE", 2)
    for _ in range(5):
        desk.submit()
    with desk.session() as session:
        clara, place, sizes = desk.person(session, "clara"), "", []
        while True:
            tickets, after = export(session, Wish(State.ALL, place=place), by=clara)
            sizes.append(len(tickets))
            if after is None:
                break
            place = after
        assert sizes == [2, 2, 1] and len(session.scalars(select(Ticket)).all()) == 5
