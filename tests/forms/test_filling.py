"""A sheet is shown, filled in, corrected and understood, whatever is sent."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms.sheet import parse_sheet


def test_right_answers_are_typed_and_nested(visit, right):
    filled = visit.read(MultiDict(right), "pl", files={"proofs": ["f1", "f2"]})

    assert filled.errors == {} and filled.is_valid
    assert filled.answers == {
        "full_name": "Klara Żuraw",
        "email": "klara@example.pl",
        "phone": "+48225550100",
        "nip": "1234563218",
        "post_code": "00-950",
        "matter": "Nie działa.\nOd rana.",
        "side": "office",
        "system": "ais",
        "channels": ["portal", "service"],
        "cost": Decimal("1234.50"),
        "visit_on": date(2027, 1, 15),
        "hour": time(7, 15),
        "since": datetime(2027, 1, 14, 8, 0, tzinfo=UTC),
        "urgent": False,
        "proofs": ["f1", "f2"],
        "consent": True,
    }


def test_an_answer_that_does_not_fit_another_is_refused_in_its_own_words():
    name, again = ({"type": "textfield", "key": key, "label": "Adres", "properties": {"label.en": "Address"}}
                   for key in ("address", "again"))
    again["properties"] |= {"refused_if": "=again != address", "refused.pl": "Adresy się różnią.",
                            "refused.en": "The addresses differ."}
    sheet = parse_sheet({"type": "default", "id": "twice", "components": [name, again]})

    assert sheet.read({"address": "a@b.pl", "again": "a@b.pl"}, "pl").is_valid
    assert sheet.read({"address": "a@b.pl"}, "pl").is_valid
    for language, sentence in (("pl", "Adresy się różnią."), ("en", "The addresses differ.")):
        filled = sheet.read({"address": "a@b.pl", "again": "a@c.pl"}, language)
        assert filled.errors == {"again": sentence} and filled.answers == {}


def test_nothing_answered_says_what_is_missing(visit):
    filled = visit.read({}, "pl")

    assert not filled.is_valid and filled.answers == {}
    assert filled.errors == {
        "full_name": "Wpisz odpowiedź.",
        "email": "Wpisz odpowiedź.",
        "matter": "Wpisz odpowiedź.",
        "side": "Wybierz jedną odpowiedź.",
        "consent": "Zaznacz to pole, żeby przejść dalej.",
    }


def test_messages_come_in_the_language_asked_for(visit):
    assert visit.read({}, "en-GB").errors["consent"] == "Tick this box to go on."


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("email", "klara", "Wpisz adres e-mail, na przykład imie@example.pl."),
        ("nip", "1234563219", "W numerze jest pomyłka: nie zgadza się cyfra kontrolna. Sprawdź każdy znak."),
        ("nip", "123", "NIP ma 10 cyfr."),
        ("post_code", "00950", "Wpisz odpowiedź w takiej postaci, jak opisano."),
        ("matter", "Źle", "Wpisz co najmniej 5 znaków."),
        ("matter", "x" * 1001, "Wpisz najwyżej 1000 znaków. Teraz jest 1001."),
        ("full_name", "x" * 201, "Wpisz najwyżej 200 znaków. Teraz jest 201."),
        ("full_name", "a\x00b", "Tekst zawiera znaki, których nie można zapisać. Wpisz go ponownie."),
        ("side", "nobody", "Wybierz odpowiedź z listy."),
        ("channels", "pigeon", "Wybierz odpowiedź z listy."),
        ("consent", "perhaps", "Wybierz odpowiedź z listy."),
        ("cost", "dużo", "Wpisz liczbę, na przykład 1234,5."),
        ("cost", "-1", "Wpisz liczbę nie mniejszą niż 0."),
        ("cost", "1000000,01", "Wpisz liczbę nie większą niż 1\u00a0000\u00a0000."),
        ("cost", "1,234", "Wpisz najwyżej 2 cyfry po przecinku."),
        ("visit_on", "30.02.2027", "Wpisz datę, na przykład 15.01.2027."),
        ("hour", "25:00", "Wpisz godzinę, na przykład 7:15."),
        ("since", "2027-03-28T02:30", "Takiej godziny tego dnia nie było: zegary przestawiono do przodu. Wpisz inną."),
    ],
)
def test_a_wrong_answer_is_named_alone_and_kept(visit, right, name, typed, message):
    filled = visit.read(right | {name: [typed]}, "pl")

    assert filled.errors == {name: message}
    assert filled.values[name] == [typed.replace("\x00", "")]


@pytest.mark.parametrize(("length", "is_right"), [(999, True), (1000, True), (1001, False)])
def test_a_long_text_is_measured_to_the_character(visit, right, length, is_right):
    assert visit.read(right | {"matter": ["ż" * length]}, "pl").is_valid is is_right


def test_a_line_end_counts_once(visit, right):
    assert visit.read(right | {"matter": ["a" * 499 + "\r\n" + "b" * 500]}, "pl").is_valid


def test_files_named_in_the_request_are_not_believed(visit, right):
    filled = visit.read(right | {"proofs": ["somebody-elses-file"]}, "pl")

    assert filled.answers["proofs"] == []


def test_at_most_ten_files_are_taken(visit, right):
    ten = [str(number) for number in range(10)]

    assert visit.read(right, "pl", files={"proofs": ten}).is_valid
    assert visit.read(right, "pl", files={"proofs": [*ten, "10"]}).errors["proofs"] == "Można dodać najwyżej 10 plików."


def test_a_question_that_becomes_needed_is_asked_before_it_is_missed(visit, right):
    right["side"] = ["own"]

    first = visit.read(right, "pl")
    again = visit.read(right | {"_asked": ["*", "own_cause"]}, "pl")

    assert first.newly_asked == ("own_cause",) and first.errors == {} and not first.is_valid
    assert again.newly_asked == () and again.errors == {"own_cause": "Wpisz odpowiedź."}


def test_what_comes_from_no_page_is_held_to_every_question_at_once(visit, right):
    del right["_asked"]

    assert visit.read(right | {"side": ["own"]}, "pl").errors == {"own_cause": "Wpisz odpowiedź."}


def test_an_answer_to_a_hidden_question_is_dropped(visit, right):
    filled = visit.read(right | {"own_cause": ["Kabel"], "address.city": ["Łódź"]}, "pl")

    assert filled.is_valid
    assert "own_cause" not in filled.answers and "address" not in filled.answers


def test_a_hidden_answer_has_no_say_in_what_else_is_shown(visit, right):
    hidden_group = visit.read(right | {"address.foreign": ["true"], "address.country": ["Czechy"]}, "pl")
    shown_group = visit.read(
        right
        | {"urgent": ["true"], "address.city": ["Łódź"], "address.foreign": ["true"], "address.country": ["Czechy"]},
        "pl",
    )

    assert "address" not in hidden_group.answers
    assert shown_group.answers["address"] == {"city": "Łódź", "foreign": True, "country": "Czechy"}


def test_an_answer_is_required_when_its_condition_holds(visit, right):
    del right["cost"]
    own = right | {"side": ["own"], "own_cause": ["Kabel"]}

    assert visit.read(right, "pl").is_valid
    assert visit.read(own, "pl").errors == {"cost": "Wpisz odpowiedź."}
    assert visit.read(own | {"system": ["other"]}, "pl").is_valid


def test_conditions_may_read_the_ticket(decision):
    ordinary = decision.read({"decision": "yes"}, "pl", {"ticket": {"priority": "high"}})
    urgent = decision.read({"decision": "yes"}, "pl", {"ticket": {"priority": "urgent"}})

    assert ordinary.is_valid and ordinary.answers == {"decision": "yes"}
    assert urgent.errors == {"reason": "Wpisz odpowiedź."}


def test_a_blank_sheet_shows_what_is_known_and_complains_of_nothing(visit):
    filled = visit.blank(
        "pl", {"full_name": "Klara", "cost": Decimal("12.5"), "urgent": True, "address": {"city": "Łódź"}}
    )

    assert filled.errors == {} and filled.answers == {}
    assert filled.values["full_name"] == ["Klara"] and filled.values["cost"] == ["12,5"]
    assert filled.values["address.city"] == ["Łódź"]


def test_only_short_values_go_to_the_process(visit, right):
    urgent = right | {"_asked": [], "urgent": ["true"], "address.city": ["Łódź"]}
    answers = visit.read(urgent, "pl", files={"proofs": ["f1"]}).answers

    short = visit.short_values(answers)

    assert not {"matter", "proofs", "channels"} & short.keys()
    assert short["cost"] == Decimal("1234.50") and short["urgent"] is True and short["visit_on"] == date(2027, 1, 15)
    assert short["address"] == {"city": "Łódź", "foreign": False}


def test_answers_are_told_in_words(visit, right):
    answers = visit.read(right, "pl", files={"proofs": ["f1"]}).answers

    polish = dict(visit.describe(answers, "pl", file_names={"f1": "zrzut.png"}))
    english = dict(visit.describe(answers, "en"))

    assert polish["Po czyjej stronie jest problem?"] == "Urzędu"
    assert polish["Kanały"] == "Portal, Usługa sieciowa"
    assert polish["Szacowana strata"] == "1\u00a0234,5 zł"
    assert polish["Dzień wizyty"] == "15 stycznia 2027"
    assert polish["Od kiedy"] == "14 stycznia 2027, 9:00"
    assert polish["Zgadzam się na kontakt"] == "tak"
    assert polish["Zrzuty ekranu"] == "zrzut.png"
    assert english["Screenshots"] == "1 file" and english["Estimated loss"] == "1,234.5 PLN"
    assert "Miejscowość" not in polish


NAMES = [
    "full_name",
    "email",
    "phone",
    "nip",
    "post_code",
    "matter",
    "side",
    "own_cause",
    "system",
    "channels",
    "cost",
    "visit_on",
    "hour",
    "since",
    "urgent",
    "consent",
    "address.city",
    "address.foreign",
    "address.country",
    "_asked",
    "odd",
]
LIKELY = [
    "true",
    "own",
    "office",
    "ais",
    "portal",
    "mail",
    "12,5",
    "2027-01-15",
    "07:15",
    "2027-01-14T09:00",
    "a@b.pl",
    "1234563218",
    "00-950",
    "*",
    "own_cause",
    "",
    " ",
]
POSTED = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(LIKELY) | st.text(max_size=30), max_size=3), max_size=len(NAMES)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(posted=POSTED, language=st.sampled_from(["pl", "en"]))
def test_whatever_is_posted_is_answers_or_errors(visit, posted, language):
    filled = visit.read(posted, language)

    assert filled.is_valid == (not filled.errors and not filled.newly_asked) == bool(filled.answers)
    assert str(filled.shown).encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=POSTED, language=st.sampled_from(["pl", "en"]))
def test_answers_posted_again_are_the_same(visit, right, changes, language):
    right["cost"] = ["1234"]
    filled = visit.read(right | {"_asked": []} | {name: values for name, values in changes.items() if values}, language)
    if not filled.is_valid:
        filled = visit.read(right, language)

    again = visit.read(visit.raw(filled.answers, language), language)

    assert filled.is_valid and again.answers == filled.answers


def test_files_kept_for_a_question_that_asks_for_none_are_not_its_answer(visit, right):
    stray = {"full_name": ["7"], "proofs": ["8"]}

    assert visit.read(right, "pl", files=stray).answers["full_name"] == "Klara Żuraw"
    assert visit.blank("pl", files=stray).values["full_name"] == []
