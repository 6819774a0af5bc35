"""Consent to the emergency procedure, played to each of its ends; what is announced needs no consent."""

import re
from datetime import datetime, timedelta

import pytest

from engine.four_eyes import NeedsAnother
from engine.outages import ending
from engine.outside.delivering import deliver_due
from engine.packages import read_built_in
from engine.records import WorkItem
from helpdesk import consents
from helpdesk.announcements.kinds import Audience, Environment, Procedure
from helpdesk.consents import BadValidity, Consent, ConsentState, Firm
from helpdesk.conversation import Message
from helpdesk.outbox import Letter
from helpdesk.people import firms
from helpdesk.people.firms import register
from tests.engine.processes.conftest import DeskBesideDirectory, Directory, state, wrong_in
from tests.helpdesk.announcements.writing import published

Desk = DeskBesideDirectory
ASKED: dict[str, object] = {
    "firm": "Agencja Celna Wójcik", "number_kind": "eori", "eori": "PL525000100700000",
    "contact": "Clara Wójcik",
    "phone": "+48 22 555 01 01", "side": "link", "channel": "ws_push", "backup": "not_tried", "operation": "standard",
    "began_at": "2026-11-16T07:30", "expected_end": "2026-11-16T20:00", "office": "malaszewicze",
    "declarations": 4000, "urgent": 3, "description": "Operator zgłosił przerwany światłowód.", "statement": True}

OFFICE = "oc.malaszewicze@example.gov.pl"
LONGER = {"state": "prolong", "expected_end": "2026-11-18T20:00", "why": "Awaria trwa."}


def decided(desk: Desk, verdict: str = "grant", asked: dict[str, object] | None = None) -> str:
    """The client's link is down; who checked it and who decided are two people."""
    number = desk.submit(ASKED | (asked or {}), about="emergency_consent")
    desk.complete(number, "check_channel", backup="fails", verdict="own_failure")
    desk.complete(number, "decide_consent", by="beth", verdict=verdict, **(
        {"hours": 12} if verdict == "grant" else {"reason": "Łącze działa według operatora."}))
    return number


def consent_of(desk: Desk, number: str) -> Consent:
    found = desk.ask(lambda session: consents.find(session, desk.ticket(number).id))
    assert found is not None
    return found


def finish(desk: Desk, number: str) -> None:
    """The data were entered, and that was found to be so."""
    desk.complete(number, "confirm_entered", by="clara", operations=3, duplicates="none", is_entered=True)
    desk.complete(number, "reconcile", result="complete")


def test_a_consent_is_numbered_valid_for_hours_and_ends_with_the_data_entered(
        desk: Desk, directory: Directory) -> None:
    number = decided(desk)

    consent = consent_of(desk, number)
    assert directory.asked[-1] == ("state_of", {"system_key": "portal"})
    assert consent.number == "PA/2026/00001" and consent.is_valid(desk.now)
    assert consent.valid_until == desk.now + timedelta(hours=12)
    assert all(part in desk.ticket(number).solution for part in ("PA/2026/00001", "3PL15", "16.11.2026, 21:00"))
    assert desk.letters(number, to="clara") == ["registered", "solution"] and desk.clock(number).met

    desk.complete(number, "report_state", by="clara", state="back")
    assert consent_of(desk, number).state == ConsentState.ENDED.value
    finish(desk, number)
    desk.complete(number, "survey", by="clara", stars="5")

    assert state(desk, number) == ("closed", "solved", "rated")
    assert desk.acts(number).count("consent_granted") == desk.acts(number).count("consent_ended") == 1


def test_an_announced_failure_is_answered_at_once_and_its_end_asks_for_the_data(desk: Desk) -> None:
    failure = published(desk, procedure=Procedure.YES, mark="N04737", instruction_pl="Wpisz numer w polu 44.",
                        instruction_en="Put the number into box 44.", legal_basis="art. 5")
    number = desk.submit(ASKED, about="emergency_consent")

    assert desk.rows(WorkItem, number) == []
    for said in ("KOM/2026/0001", "Wpisz numer w polu 44.", "N04737"):
        assert said in desk.ticket(number).solution

    desk.database.run(lambda session: ending.end(
        session, failure, text_pl="System działa.", text_en="It works.", by=desk.person(session, "lena"), now=desk.now))
    deliver_due(desk.database, now=desk.now)
    finish(desk, number)
    desk.wait(days=14)

    assert state(desk, number) == ("closed", "solved", "not_rated")
    assert "System działa." in " ".join(message.body for message in desk.rows(Message, number))
    assert desk.ask(lambda session: consents.find(session, desk.ticket(number).id)) is None


def test_when_the_system_is_down_it_is_announced_and_then_answered(desk: Desk) -> None:
    number = desk.submit(ASKED | {"side": "system", "expected_end": ""}, about="emergency_consent")
    desk.complete(number, "check_channel", backup="fails", verdict="system_down")
    published(desk, procedure=Procedure.YES, instruction_pl="Tak.", instruction_en="Yes.", legal_basis="art. 5")

    desk.complete(number, "announce_failure", by="beth", verdict="announced")

    assert "KOM/2026/0001" in desk.ticket(number).solution


def test_an_announcement_without_a_procedure_leads_to_a_decision(desk: Desk) -> None:
    published(desk, procedure=Procedure.NO)
    number = desk.submit(ASKED, about="emergency_consent")
    desk.complete(number, "check_channel", backup="none", verdict="system_down")

    desk.complete(number, "announce_failure", by="beth", verdict="individual")

    assert desk.item(number).element_id == "decide_consent"


@pytest.mark.parametrize(("check", "said"), [
    ({"backup": "works", "verdict": "use_backup", "explanation": "BCP przyjmuje zgłoszenia."}, "BCP"),
    ({"backup": "fails", "verdict": "no_failure", "explanation": "Brak internetu w biurze nie jest niedostępnością."},
     "nie jest niedostępnością")])
def test_what_needs_no_consent_is_refused_with_the_reason(desk: Desk, check: dict[str, object], said: str) -> None:
    number = desk.submit(ASKED, about="emergency_consent")

    desk.complete(number, "check_channel", **check)

    assert state(desk, number) == ("closed", "refused", "ended_refused") and said in desk.ticket(number).solution


def test_a_refusal_gives_its_reason_and_no_number(desk: Desk) -> None:
    number = decided(desk, "refuse")

    assert state(desk, number) == ("closed", "refused", "ended_refused")
    assert "według operatora" in desk.ticket(number).solution and desk.letters(number, to="clara")[-1] == "refused"
    kept = consent_of(desk, number)
    assert (kept.number, kept.state, kept.firm) == ("", ConsentState.REFUSED.value, "Agencja Celna Wójcik")
    assert desk.letters_to(number, OFFICE) == []
    assert desk.ask(lambda session: consents.count_of_year(session, kept.identifier, year=2026)) == 0


def test_a_consent_is_prolonged_under_its_number_after_a_reminder(desk: Desk) -> None:
    number = decided(desk)

    desk.wait(hours=11)
    assert desk.letters(number, to="clara")[-1] == "consent_ends"
    desk.complete(number, "report_state", by="clara", **LONGER)
    desk.complete(number, "decide_longer", by="beth", verdict="grant", hours=24)

    consent = consent_of(desk, number)
    assert (consent.number, consent.prolongations) == ("PA/2026/00001", 1)
    assert consent.valid_until == desk.now + timedelta(hours=24)
    assert desk.item(number).element_id == "report_state"
    desk.complete(number, "report_state", by="clara", **LONGER)
    desk.complete(number, "decide_longer", by="beth", verdict="refuse", reason="Operator przywrócił łącze.")
    assert consent_of(desk, number).state == ConsentState.ENDED.value
    assert desk.item(number).element_id == "confirm_entered"


def test_the_customs_office_is_told_of_the_consent_of_more_time_and_of_the_end(desk: Desk) -> None:
    number = decided(desk)
    desk.complete(number, "report_state", by="clara", **LONGER)
    desk.complete(number, "decide_longer", by="beth", verdict="grant", hours=24)
    desk.complete(number, "report_state", by="clara", state="back")

    assert desk.letters_to(number, OFFICE) == [
        "consent_granted_office", "consent_prolonged_office", "consent_ended_office"]
    first = next(letter for letter in desk.rows(Letter, number) if letter.address == OFFICE)
    assert first.person_id is None and first.facts == {
        "language": "pl", "consent": "PA/2026/00001", "firm": "Agencja Celna Wójcik",
        "identifier": "PL525000100700000", "service": "Portal", "mark": "3PL15", "since": "16.11.2026, 09:00",
        "until": "16.11.2026, 21:00"}
    told = [body for kind, body in desk.messages(number) if kind == "system"]
    assert told == ["Zawiadomiliśmy o tym urząd: Oddział Celny w Małaszewiczach."] * 3


def test_an_office_that_is_not_on_the_list_is_left_to_the_staff(desk: Desk) -> None:
    number = decided(desk, asked={"office": "other", "office_other": "Oddział Celny w Nigdzie"})

    assert [letter for letter in desk.rows(Letter, number) if letter.person is None] == []
    note, = [body for kind, body in desk.messages(number) if kind == "note"]
    assert "Oddział Celny w Nigdzie" in note and "PA/2026/00001" in note


def test_every_office_of_the_form_has_an_address_in_the_table() -> None:
    process, = [one for one in read_built_in().processes if one.key == "emergency_consent"]
    sheet = process.forms["emergency_consent_request"]
    offered = next(one["values"] for one in sheet["components"] if one.get("key") == "office")
    table = "".join(process.decisions.values())

    for one in offered:
        rule = re.search(rf'<text>"{one["value"]}"</text></inputEntry>.*?</rule>', table, re.DOTALL)
        assert rule is not None, one
        assert (f'"{one["label"]}"' in rule[0] and "@example.gov.pl" in rule[0]) == (one["value"] != "other")


def test_a_consent_nobody_speaks_of_ends_by_itself(desk: Desk) -> None:
    number = decided(desk)

    desk.wait(hours=12)

    assert consent_of(desk, number).state == ConsentState.ENDED.value
    assert not consent_of(desk, number).is_valid(desk.now)
    assert desk.item(number).element_id == "confirm_entered"


def test_data_nobody_confirms_are_looked_into_after_three_working_days(desk: Desk) -> None:
    number = decided(desk)
    desk.complete(number, "report_state", by="clara", state="back")

    desk.wait(days=2)
    assert desk.letters(number, to="clara").count("consent_confirm") == 2
    desk.wait(days=1, hours=1)

    assert desk.item(number).element_id == "reconcile"
    assert consent_of(desk, number).state == ConsentState.OVERDUE.value
    desk.complete(number, "reconcile", result="missing", explanation="Brakuje dwóch MRN.")
    assert desk.item(number).element_id == "confirm_entered" and desk.letters(number, to="clara")[-1] == "question"
    finish(desk, number)
    assert desk.ticket(number).outcome == "solved"


def test_whoever_checked_cannot_decide(desk: Desk) -> None:
    desk.join("amir", "second_line")
    number = desk.submit(ASKED, about="emergency_consent")
    desk.complete(number, "check_channel", backup="fails", verdict="own_failure")

    with pytest.raises(NeedsAnother):
        desk.complete(number, "decide_consent", by="amir", verdict="grant", hours=1)


def test_a_check_that_takes_half_an_hour_is_told_to_the_lead(desk: Desk) -> None:
    number = desk.submit(ASKED, about="emergency_consent")

    desk.wait(minutes=30)

    assert desk.letters(number, to="lena") == ["escalation"] and desk.item(number).element_id == "check_channel"


def test_a_monitoring_that_knows_nothing_stops_nobody(desk: Desk, directory: Directory) -> None:
    directory.says["state_of"] = "unknown_system"

    number = desk.submit(ASKED, about="emergency_consent")

    assert desk.item(number).element_id == "check_channel"


@pytest.mark.parametrize(("changes", "check", "proposal"), [
    ({}, "fails", "grant"),
    ({}, "works", "refuse"),
    ({"operation": "simplified", "permit": "PL/UPR/7"}, "fails", "grant"),
    ({"declarations": 40}, "fails", "examine"),
    ({"declarations": 50}, "fails", "grant"),
    ({"declarations": 40, "sensitive": True}, "fails", "examine"),
    ({"side": "system", "expected_end": "", "sensitive": True}, "none", "grant"),
    ({"side": "system", "expected_end": ""}, "none", "examine")])
def test_the_rules_propose(desk: Desk, changes: dict[str, object], check: str, proposal: str) -> None:
    number = desk.submit(ASKED | changes, about="emergency_consent")

    desk.complete(number, "check_channel", backup=check, verdict="own_failure")

    assert desk.instance(number).variables["consent_proposal"]["proposal"] == proposal


@pytest.mark.parametrize("quotes", ["firm", "number"])
def test_the_authorisation_of_a_firm_that_nobody_has_confirmed_does_not_count(desk: Desk, quotes: str) -> None:
    """Named as the firm of the request, or only by its number."""
    member = {"name": "Agencja", "numbers": {"eori": "PL525000100700000"}, "basis": "Prezes"}
    firm_id = desk.database.run(lambda session: firms.add(
        session, desk.person(session, "clara"), **member, now=desk.now).firm_id)
    simplified = ASKED | {"operation": "simplified", "permit": "PL/UPR/7"}

    def proposed() -> str:
        number = desk.submit(simplified, about="emergency_consent", firm_id=firm_id if quotes == "firm" else None)
        desk.complete(number, "check_channel", backup="fails", verdict="own_failure")
        return str(desk.instance(number).variables["consent_proposal"]["proposal"])

    assert proposed() == "refuse"

    desk.database.run(lambda session: register.confirm(
        session, firms.list_members(session, firm_id)[0], by=desk.person(session, "ada"), now=desk.now))
    assert proposed() == "grant"


def test_consents_are_counted_by_firm_and_year_and_numbers_begin_anew(desk: Desk) -> None:
    first = decided(desk)
    desk.complete(first, "report_state", by="clara", state="back")
    desk.now = datetime.fromisoformat("2026-12-31T23:30:00+00:00")  # half past midnight in Poland

    second = decided(desk, asked={"eori": "pl525000100700000", "began_at": "2026-12-31T20:00",
                                  "expected_end": "2027-01-01T20:00"})

    assert [consent_of(desk, number).number for number in (first, second)] == ["PA/2026/00001", "PA/2027/00001"]
    assert desk.ask(lambda session: [consents.count_of_year(session, "PL 5250-0010-0700-000", year=year)
                                     for year in (2026, 2027, 2028)]) == [1, 1, 0]


def test_no_consent_is_for_ever(desk: Desk) -> None:
    number = desk.submit(ASKED, about="emergency_consent")

    def act(hours: int) -> None:
        desk.database.run(lambda session: consents.grant(
            session, desk.ticket(number), service_id=1, firm=Firm("1"), hours=hours, by_id=None, now=desk.now))

    for hours in (0, 73):
        with pytest.raises(BadValidity):
            act(hours)


def test_a_request_with_a_wrong_answer_is_told_which() -> None:
    for changes, wrong in (({"expected_end": ""}, {"expected_end"}), ({"operation": "entry"}, {"permit"}),
                           ({"eori": "PL 52"}, {"eori"}), ({"statement": False}, {"statement"}),
                           ({"number_kind": "nip", "nip": "5250001007"}, {"nip"}),
                           ({"office": "Oddział Celny"}, {"office"}), ({"office": "other"}, {"office_other"}),
                           ({"declarations": 0}, {"declarations"}), ({"phone": ""}, {"phone"})):
        assert wrong_in("emergency_consent_request", {**ASKED, **changes}) == wrong


@pytest.mark.parametrize("other", [{"environment": Environment.TEST}, {"audience": Audience.STAFF}])
def test_what_is_not_about_production_or_not_for_clients_is_no_answer_to_them(
        desk: Desk, other: dict[str, object]) -> None:
    published(desk, procedure=Procedure.YES, instruction_pl="Tak.", instruction_en="Yes.", legal_basis="art. 5",
              **other)

    number = desk.submit(ASKED, about="emergency_consent")

    assert desk.item(number).element_id == "check_channel"
    assert desk.instance(number).variables["situation"]["is_announced"] is False


@pytest.mark.parametrize(("language", "subject"), [
    ("pl", "Procedura awaryjna: Portal, 16 listopada 2026, 7:30"),
    ("en", "Emergency procedure: Portal, 16 November 2026, 7:30")])
def test_the_request_is_called_by_its_system_and_its_moment(desk: Desk, language: str, subject: str) -> None:
    with desk.session() as session:
        desk.person(session, "clara").language = language

    assert desk.ticket(desk.submit(ASKED, about="emergency_consent")).subject == subject
