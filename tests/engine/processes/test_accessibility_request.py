"""Request for accessibility, played to each of its ends: seven calendar days, else a new date within two months."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.acts import BadAnswers
from tests.engine.processes.conftest import DeskBesideDirectory, state, wrong_in

Desk = DeskBesideDirectory
ASKED: dict[str, object] = {
    "summary": "Nagranie bez napisów", "element": "https://example.gov.pl/szkolenie", "barrier": "Nie słyszę nagrania.",
    "wanted": "Napisy.", "first_name": "Clara", "last_name": "Wójcik", "contact_way": "portal"}
ANSWER, REASON = "Dodaliśmy napisy.", "Napisy przygotowuje wykonawca."


def ask(desk: Desk) -> str:
    return desk.submit(ASKED, about="accessibility_request")


def delayed(desk: Desk, new_date: str = "2027-01-10") -> str:
    number = ask(desk)
    desk.complete(number, "assess", decision="needs_time", reason=REASON, new_date=new_date)
    return number


def due(desk: Desk, number: str) -> datetime | None:
    return desk.ticket(number).due_at


def test_an_answer_within_seven_days_is_published_and_sent(desk: Desk) -> None:
    number = ask(desk)
    assert desk.ticket(number).subject == "Nagranie bez napisów"
    desk.wait(days=6)

    desk.complete(number, "assess", decision="provide", answer=ANSWER)
    assert desk.clock(number).met
    desk.complete(number, "survey", by="clara", stars="5")

    assert state(desk, number) == ("closed", "solved", "rated")
    assert desk.ticket(number).solution == ANSWER
    assert desk.letters(number, to="clara") == ["registered", "accessibility_answered"]


@pytest.mark.parametrize(("opened", "expected"), [
    # Weekends and holidays count; the hour on the wall stays when the clocks change.
    (datetime(2026, 12, 23, 9, tzinfo=UTC), datetime(2026, 12, 30, 9, tzinfo=UTC)),
    (datetime(2026, 10, 22, 10, tzinfo=UTC), datetime(2026, 10, 29, 11, tzinfo=UTC)),
    (datetime(2027, 3, 25, 11, tzinfo=UTC), datetime(2027, 4, 1, 10, tzinfo=UTC))])
def test_seven_days_are_calendar_days(desk: Desk, opened: datetime, expected: datetime) -> None:
    desk.now = opened

    assert due(desk, ask(desk)) == expected


def test_who_needs_more_time_says_why_and_until_when(desk: Desk) -> None:
    number = delayed(desk)

    assert desk.letters(number, to="clara") == ["registered", "accessibility_delayed"]
    said = next(body for kind, body in desk.messages(number) if kind == "reply")
    assert "10.01.2027" in said and REASON in said
    opened = desk.ticket(number).opened_at
    assert due(desk, number) == opened + timedelta(days=59)  # the shortest two months, so never later than the law
    desk.complete(number, "provide", by="beth", result="provided", answer=ANSWER)
    desk.wait(days=14)
    assert state(desk, number) == ("closed", "solved", "not_rated")


def test_the_new_date_is_within_two_months_of_the_request(desk: Desk) -> None:
    for new_date in ("2027-01-17", "2026-11-16", "2026-11-01"):
        with pytest.raises(BadAnswers) as refused:
            delayed(desk, new_date)
        assert set(refused.value.filled.errors) == {"new_date"}

    assert desk.item(delayed(desk, "2027-01-16")).element_id == "provide"


def test_the_lead_hears_when_the_promised_day_is_over_while_the_work_goes_on(desk: Desk) -> None:
    desk.join("lena", "second_line", leads=True)
    number = delayed(desk, "2026-11-20")

    desk.now = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)
    desk.tick()
    before = desk.letters(number, to="lena").count("breach")
    desk.wait(minutes=2)

    assert desk.letters(number, to="lena").count("breach") == before + 1
    assert desk.item(number).element_id == "provide"


def test_what_cannot_be_made_accessible_gets_an_alternative(desk: Desk) -> None:
    number = ask(desk)
    desk.complete(number, "assess", decision="impossible", alternative="Prześlemy zapis tekstowy.")
    later = delayed(desk)
    desk.complete(later, "provide", by="beth", result="impossible", alternative="Prześlemy zapis tekstowy.")

    for one in (number, later):
        assert desk.ticket(one).outcome == "solved"
        assert desk.ticket(one).solution.endswith("Prześlemy zapis tekstowy.")
        assert "alternatywny" in desk.ticket(one).solution


def test_a_question_pauses_the_clock_and_an_answer_by_message_restarts_it(desk: Desk) -> None:
    number = ask(desk)
    desk.later(days=2)
    desk.complete(number, "assess", decision="ask", question="O które nagranie chodzi?")
    assert desk.clock(number).paused_because == "waiting_for_client"
    desk.later(days=5)

    desk.reply(number, "O drugie.")

    assert desk.item(number).element_id == "assess" and desk.clock(number).is_running
    assert due(desk, number) == desk.now + timedelta(days=5)


def test_a_question_nobody_answers_closes_the_matter(desk: Desk) -> None:
    number = ask(desk)
    desk.complete(number, "assess", decision="ask", question="O które nagranie chodzi?")

    desk.wait(days=15)

    assert state(desk, number) == ("closed", "no_answer", "ended_no_answer")


def test_a_request_with_a_wrong_answer_is_told_which() -> None:
    for changes, wrong in (({"contact_way": "phone"}, {"phone"}), ({"contact_way": "post"}, {"postal_address"}),
                           ({"element": ""}, {"element"}), ({"wanted": ""}, {"wanted"})):
        assert wrong_in("accessibility_request", {**ASKED, **changes}) == wrong
