"""Questions of the survey on pages: written and arranged by an owner, asked everywhere, read by leads."""

from collections.abc import Callable

import pytest

from engine.clients.own_data import gather
from helpdesk.ratings.surveys import find_current
from tests.desk import Desk
from tests.helpdesk.test_ratings import ended
from tests.web.conftest import Browser

pytestmark = pytest.mark.one_database
FIRST = {"kind-0": "choice", "label_pl-0": "Ile razy?", "label_en-0": "How often?", "options_pl-0": "raz\r\nwiele razy",
         "options_en-0": "once\r\nmany times", "required-0": "1"}
SECOND = {"kind-1": "text", "label_pl-1": "Czego zabrakło?", "label_en-1": "What was missing?"}


def keys(desk: Desk) -> list[str]:
    def read(session: object) -> list[str]:
        current = find_current(session, "incident")  # type: ignore[arg-type]
        return [one["key"] for one in current.sheet["components"]] if current is not None else []

    return desk.ask(read)


def test_an_owner_writes_questions_clients_answer_them_and_leads_read_the_results(
        browse: Callable[..., Browser], desk: Desk) -> None:
    oskar, clara, lena = browse("oskar"), browse("clara"), browse("lena")
    oskar.post("/surveys/incident", {**FIRST, **SECOND})
    number, (often, missing) = ended(desk), keys(desk)
    place = f"/requests/{number}/steps/{desk.item(number, 'survey').id}"

    assert "How often?" in clara.get(f"/requests/{number}")
    assert "How often?" in clara.post(place, {"stars": "5", "_asked": "*"}, status=422)
    clara.post(place, {"stars": "5", often: "a2", missing: "Przykładów", "_asked": "*"})
    own = clara.get(f"/requests/{number}/rating")
    clara.post(f"/requests/{number}/rating", {"stars": "4", often: "a1", missing: "Przykładów", "_asked": "*"})

    assert "What was missing?" in own and "Were our explanations clear?" not in own
    read = lena.get("/results")
    assert "How often?" in read and "1 answer" in read and "Przykładów" in read
    table = lena.client.get("/results.csv").text
    assert "How often?,What was missing?" in table and ",once,Przykładów" in table
    with desk.session() as session:
        [given] = gather(session, desk.person(session, "clara"), now=desk.now)["ratings"]
    assert [one["answer"] for one in given["answers"]] == ["raz", "Przykładów"]
    assert given["answers"][0]["question"] == "Ile razy?"
    assert "How often?" in lena.get(f"/tickets/{number}")
    assert "How often?" in lena.get("/surveys/incident") and "kind-0" not in lena.get("/surveys/incident")


def test_questions_are_added_moved_removed_and_shown_without_being_kept(
        browse: Callable[..., Browser], desk: Desk) -> None:
    oskar = browse("oskar")

    added = oskar.post("/surveys/incident", {**FIRST, "do": "add"})
    moved = oskar.post("/surveys/incident", {**FIRST, **SECOND, "do": "down-0"})
    removed = oskar.post("/surveys/incident", {**FIRST, **SECOND, "do": "remove-0"})
    shown = oskar.post("/surveys/incident", {**FIRST, **SECOND, "do": "preview"})
    wrong = oskar.post("/surveys/incident", {**FIRST, "label_en-0": "=today()"}, status=422)

    assert "kind-1" in added and "kind-2" not in added
    assert moved.index("What was missing?") < moved.index("How often?")
    assert "How often?" not in removed and "What was missing?" in removed
    assert "many times" in shown and "wiele razy" in shown and "preview-en-" in shown
    assert 'href="#label_en-0"' in wrong and "Ile razy?" in wrong
    assert keys(desk) == []
