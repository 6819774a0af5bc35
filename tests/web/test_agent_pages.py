"""The agent's way: worklist, ticket screen, conversation, hand-over, a request by telephone."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import event, select

from engine import repair
from engine.acts import note_incident
from engine.diagrams.errors import EngineError
from helpdesk.people.accounts import Person, find_person
from tests.desk import Desk
from tests.engine.test_incident import ask, hand_over
from tests.web.conftest import Browser

# Pages: what they ask of the database is tested on both below them.
pytestmark = pytest.mark.one_database

SOLUTION = "Proszę wyczyścić pamięć przeglądarki."
Browse = Callable[..., Browser]


def step_address(desk: Desk, number: str, what: str = "") -> str:
    return f"/tickets/{number}/steps/{desk.item(number).id}{what}"


def act_id(page: str) -> str:
    found = re.search(r'name="act_id" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


# --- the worklist


def test_an_agent_takes_a_step_from_the_worklist_and_finishes_it(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    amir = browse("amir")
    assert number in amir.get("/worklist?tab=unclaimed")

    page = amir.post(step_address(desk, number, "/claim"))
    assert "you have it" in page and "Finish the step" in page
    page = amir.post(step_address(desk, number), {
        "act_id": act_id(page), "decision": "solve", "solution": SOLUTION, "priority": "normal"})

    assert "is finished" in page and SOLUTION in page
    assert desk.ticket(number).status == "solved"


def test_who_is_in_no_team_sees_everybodys_work_and_nothing_to_take(browse: Browse, desk: Desk) -> None:
    number = desk.submit()

    page = browse("marek").get("/worklist")

    assert number in page and "All teams" in page
    assert "To take" not in page and "/claim" not in page


def test_the_worklist_shows_who_has_what_and_how_long_is_left(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    desk.claim(number)

    page = browse("lena").get("/worklist?tab=teams")

    assert number in page and "Amir Nowak" in page and "Clara Wójcik" in page and "left" in page
    desk.later(days=2)
    assert "late by" in browse("lena").get("/worklist?tab=teams&late=1")


def test_a_number_goes_straight_to_the_ticket(browse: Browse, desk: Desk) -> None:
    number = desk.submit()

    assert f"<title>{number}" in browse("amir").get(f"/worklist?q={number.lower()}")
    assert "Nothing here fits" in browse("beth").get(f"/worklist?q={number}")


@pytest.mark.parametrize("query", [
    "tab=nothing", "order=-x", "order=client", "order=--left", "status=no&priority=no&team=x&page=x", "page=-1",
    "team=99999999999999999999", "team=²", "q=%00", "tab=every&q=%25&order=-priority&page=7", "q=" + "a+" * 300])
def test_odd_addresses_of_the_worklist_are_answered(browse: Browse, desk: Desk, query: str) -> None:
    desk.submit()

    assert "My work" in browse("amir").get(f"/worklist?{query}")


def test_the_worklist_needs_few_statements(browse: Browse, desk: Desk) -> None:
    for by in ("clara", "colin") * 2:
        desk.claim(desk.submit(by=by))
    amir = browse("amir")
    amir.get("/worklist")

    with counting(desk) as seen:
        amir.get("/worklist?tab=teams")

    assert len(seen) <= 12, seen


@contextmanager
def counting(desk: Desk) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(desk.database.engine, "before_cursor_execute", note)


# --- who may


@pytest.mark.parametrize(("who", "status"), [
    ("amir", 200), ("lena", 200), ("marek", 200), ("beth", 404), ("clara", 403), ("colin", 404), ("oskar", 404),
    ("ada", 404)])
def test_the_ticket_screen_is_for_the_team(browse: Browse, desk: Desk, who: str, status: int) -> None:
    number = desk.submit()

    browse(who).get(f"/tickets/{number}", status=status)


def test_nobody_comes_in_without_signing_in(browse: Browse, desk: Desk) -> None:
    number = desk.submit()

    for path in ("/worklist", f"/tickets/{number}", "/phone"):
        assert "Sign in" in browse().get(path)


@pytest.mark.parametrize("what", ["", "/claim", "/release", "/assign"])
@pytest.mark.parametrize(("who", "status"), [("beth", 404), ("clara", 403), ("colin", 404), ("marek", 403)])
def test_the_wrong_people_cannot_touch_a_step(browse: Browse, desk: Desk, who: str, status: int, what: str) -> None:
    number = desk.submit()
    desk.claim(number)

    with desk.session() as session:
        lena = desk.person(session, "lena").id

    browse(who).post(step_address(desk, number, what), {
        "decision": "solve", "solution": SOLUTION, "priority": "normal", "to": str(lena)}, status=status)

    assert desk.item(number).holder_id is not None and desk.ticket(number).status == "in_progress"


def test_the_other_team_comes_in_when_it_is_handed_over(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    beth = browse("beth")
    beth.get(f"/tickets/{number}", status=404)

    hand_over(desk, number)

    assert "Finish the step" in beth.get(f"/tickets/{number}")
    page = browse("amir").get(f"/tickets/{number}")
    assert "waits for another team" in page and "Finish the step" not in page


def test_a_step_of_another_ticket_is_not_found_under_this_one(browse: Browse, desk: Desk) -> None:
    number, other = desk.submit(), desk.submit(by="colin")

    browse("amir").post(f"/tickets/{number}/steps/{desk.item(other).id}/claim", status=404)

    assert desk.item(other).holder_id is None


def test_worklist_and_telephone_are_not_for_clients(browse: Browse) -> None:
    for who in ("clara", "ada", "oskar"):
        browse(who).get("/worklist", status=403)
        browse(who).get("/phone", status=403)
        browse(who).post("/phone", {"name": "A", "email": "a@example.com"}, status=403)
    browse("marek").get("/phone", status=403)


# --- the step


def test_errors_of_a_form_keep_what_was_typed_and_the_files(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    amir = browse("amir")

    page = amir.post(step_address(desk, number), {
        "decision": "solve", "solution": "", "priority": "urgent",
        "attachments": (BytesIO(b"%PDF-1.4 test"), "opis.pdf")}, status=422)

    assert "error-summary" in page
    assert "opis.pdf" in page and 'value="urgent" selected' in page
    amir.post(step_address(desk, number), {"decision": "solve", "solution": SOLUTION, "priority": "urgent"})
    assert "opis.pdf" in browse("clara").get(f"/requests/{number}")


def test_a_step_finished_by_somebody_else_shows_the_present_state_and_what_was_typed(
        browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    address = step_address(desk, number)
    desk.complete(number, "recognise", by="lena", decision="ask", question="Jaki numer?", priority="normal")

    page = browse("amir").post(address, {"decision": "solve", "solution": SOLUTION, "priority": "normal"}, status=409)

    assert "was finished by somebody else" in page
    assert SOLUTION in page and "Jaki numer?" in page
    assert desk.ticket(number).status == "waiting_for_client"


def test_a_step_held_by_somebody_else_shows_who_and_what_was_typed(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    desk.claim(number, by="lena")
    amir = browse("amir")

    page = amir.post(step_address(desk, number), {"decision": "solve", "solution": SOLUTION, "priority": "normal"},
                     status=409)

    assert "Lena Zielińska has" in page and SOLUTION in page
    assert "Lena Zielińska has" in amir.post(step_address(desk, number, "/claim"), status=409)


def test_a_lost_race_for_a_step_has_one_winner(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    address = step_address(desk, number, "/claim")

    browse("amir").post(address)
    page = browse("lena").post(address, status=409)

    assert "Amir Nowak has" in page
    assert desk.acts(number).count("claimed") == 1


def test_a_form_sent_twice_counts_once(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    amir = browse("amir")
    address, key = step_address(desk, number), act_id(amir.get(f"/tickets/{number}"))
    words = {"act_id": key, "decision": "solve", "solution": SOLUTION, "priority": "normal"}

    amir.post(address, words)
    amir.post(address, words)

    assert [body for kind, body in desk.messages(number) if kind == "solution"] == [SOLUTION]


def test_agents_cannot_answer_for_the_client(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    ask(desk, number)
    amir = browse("amir")

    page = amir.get(f"/tickets/{number}")
    assert "the client’s turn" in page and "Finish the step" not in page
    amir.post(step_address(desk, number), {"answer": "MRN 1"}, status=403)

    assert desk.ticket(number).status == "waiting_for_client"


def test_a_step_is_given_back_and_assigned_by_a_lead(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    desk.claim(number)
    browse("amir").post(step_address(desk, number, "/release"))
    assert desk.item(number).holder_id is None

    lena = browse("lena")
    option = re.search(r'<option value="(\d+)">Amir Nowak', lena.get(f"/tickets/{number}"))
    assert option is not None
    page = lena.post(step_address(desk, number, "/assign"), {"to": option.group(1)})

    assert "Amir Nowak has the step" in page
    assert desk.letters(number, to="amir") == ["assigned"]
    lena.post(step_address(desk, number, "/assign"), {"to": "x"}, status=422)
    with desk.session() as session:
        beth = desk.person(session, "beth").id
    assert "not in the team" in lena.post(step_address(desk, number, "/assign"), {"to": str(beth)}, status=422)


def test_an_agent_who_is_no_lead_assigns_nothing(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    amir = browse("amir")

    assert "Assign" not in amir.get(f"/tickets/{number}")
    with desk.session() as session:
        lena = desk.person(session, "lena").id
    amir.post(step_address(desk, number, "/assign"), {"to": str(lena)}, status=403)
    assert desk.item(number).holder_id is None


# --- the conversation


def test_a_reply_goes_to_the_client_and_a_note_does_not(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    amir = browse("amir")

    amir.post(f"/tickets/{number}/say", {
        "as": "reply", "body": "Sprawdzamy to.", "attachments": (BytesIO(b"log"), "dziennik.txt")})
    page = amir.post(f"/tickets/{number}/say", {
        "as": "note", "body": "Znowu AIS.", "attachments": (BytesIO(b"inside"), "wewnetrzny.txt")})

    assert "Sprawdzamy to." in page and "Znowu AIS." in page and "wewnetrzny.txt" in page
    theirs = browse("clara").get(f"/requests/{number}")
    assert "Sprawdzamy to." in theirs and "dziennik.txt" in theirs
    assert "Znowu AIS." not in theirs and "wewnetrzny.txt" not in theirs
    assert desk.letters(number, to="clara") == ["registered", "reply"]


def test_an_empty_message_keeps_the_files(browse: Browse, desk: Desk) -> None:
    number = desk.submit()

    page = browse("amir").post(f"/tickets/{number}/say", {
        "as": "reply", "body": " ", "attachments": (BytesIO(b"log"), "dziennik.txt")}, status=422)

    assert "Write a message first" in page and "dziennik.txt" in page


def test_text_beside_a_refused_file_is_kept(browse: Browse, desk: Desk) -> None:
    number = desk.submit()

    page = browse("amir").post(f"/tickets/{number}/say", {
        "as": "note", "body": "Ważne słowa", "attachments": (BytesIO(b"MZ"), "program.exe")}, status=422)

    assert "Ważne słowa" in page and "program.exe" in page
    assert desk.messages(number) == []


def test_a_manager_writes_notes_but_no_messages(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    marek = browse("marek")

    assert "Send to the client" not in marek.get(f"/tickets/{number}")
    marek.post(f"/tickets/{number}/say", {"as": "note", "body": "Proszę o pośpiech."})
    marek.post(f"/tickets/{number}/say", {"as": "reply", "body": "Dzień dobry"}, status=403)

    assert [kind for kind, _ in desk.messages(number)] == ["note"]


@pytest.mark.parametrize(("who", "status"), [("clara", 403), ("beth", 404), ("colin", 404)])
def test_strangers_and_clients_write_no_notes(browse: Browse, desk: Desk, who: str, status: int) -> None:
    number = desk.submit()

    browse(who).post(f"/tickets/{number}/say", {"as": "note", "body": "x"}, status=status)

    assert desk.messages(number) == []


def test_a_closed_ticket_still_takes_notes(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    desk.withdraw(number)
    amir = browse("amir")

    page = amir.get(f"/tickets/{number}")
    assert "the request is closed" in page and "Send to the client" not in page
    amir.post(f"/tickets/{number}/say", {"as": "note", "body": "Klient dzwonił."})
    amir.post(f"/tickets/{number}/say", {"as": "reply", "body": "Halo"}, status=422)

    assert [kind for kind, _ in desk.messages(number)] == ["note"]


# --- everything in one place


def test_the_screen_tells_pauses_with_reasons_answers_letters_and_history(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    ask(desk, number)
    desk.later(hours=5)
    desk.reply(number, "MRN 26PL1")

    page = browse("amir").get(f"/tickets/{number}")

    for words in ("1 pause", "waiting for the client", "5 hours", "Promised: 4 hours", "Answers given in the steps",
                  "MRN 26PL1", "finished the step", "Registration confirmed", "clara@example.com", "/diagrams/"):
        assert words in page, words


def test_other_open_requests_of_the_client_are_at_hand(browse: Browse, desk: Desk) -> None:
    number, other, strange = desk.submit(), desk.submit(), desk.submit(by="colin")

    page = browse("amir").get(f"/tickets/{number}")

    assert f"/tickets/{other}" in page and strange not in page


def test_a_lead_lets_a_failed_step_run_again(browse: Browse, desk: Desk) -> None:
    number = desk.submit()
    note_incident(desk.database, ticket_id=desk.ticket(number).id, act="alarm", now=desk.now,
                  error=EngineError(element_id="recognise", reason="nobody answers"))
    assert "could not go on" in browse("amir").get(f"/tickets/{number}")
    assert f"/incidents/{number}/retry" not in browse("amir").get(f"/tickets/{number}")
    browse("amir").post(f"/incidents/{number}/retry", status=403)
    assert "Look closer" in browse("lena").get(f"/tickets/{number}")

    page = browse("lena").post(f"/incidents/{number}/retry")

    assert "run again" in page and "nobody answers" not in page
    with desk.session() as session:
        assert repair.list_incidents(session, desk.ticket(number).id) == []


# --- by telephone


def test_an_agent_registers_a_request_for_a_new_caller(browse: Browse, desk: Desk) -> None:
    amir = browse("amir")
    page = amir.post("/phone", {"name": "Nowy Klient", "email": "Nowy@Example.com", "phone": "600 100 200"})

    assert "Nowy Klient has an account now" in page
    with desk.session() as session:
        client = find_person(session, "nowy@example.com")
        assert client is not None and client.phone == "600 100 200"
    assert f"client={client.id}" in amir.get("/phone?q=600100200")
    assert "a request for: Nowy Klient" in amir.get(f"/catalogue?client={client.id}")


@pytest.mark.parametrize("text", ["%00", "%25", "_", "a+" * 300, "1" * 300])
def test_odd_callers_are_answered(browse: Browse, text: str) -> None:
    assert "Who is calling?" in browse("amir").get(f"/phone?q={text}")


def test_what_was_typed_about_a_caller_is_kept(browse: Browse, desk: Desk) -> None:
    amir = browse("amir")

    page = amir.post("/phone", {"name": "Druga Clara", "email": "clara@example.com"}, status=422)

    assert "already has an account" in page and "Druga Clara" in page
    assert "Write an e-mail address" in amir.post("/phone", {"name": "A", "email": "nowhere"}, status=422)
    with desk.session() as session:
        assert session.scalar(select(Person).where(Person.name == "Druga Clara")) is None
