"""What people type is read the same way however they type it, or refused with a reason in their language."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.messages import MESSAGES, say
from forms.values import Unreadable, read_date, read_moment, read_number, read_shape, read_text, read_time, tell, write

NUMBERS = [
    ("pl", "1234,5", "1234.5"),
    ("pl", "1 234,50", "1234.50"),
    ("pl", "1\u00a0234\u202f567,8", "1234567.8"),
    ("pl", "1.234,56", "1234.56"),
    ("pl", "0.125", "0.125"),
    ("pl", "-7", "-7"),
    ("pl", "−7,5", "-7.5"),
    ("pl", "1234.5", "1234.5"),
    ("en", "1,234.56", "1234.56"),
    ("en", "1234.5", "1234.5"),
    ("en", "1 234", "1234"),
    ("en", "-0", "0"),
    ("pl", "007", "7"),
]


@pytest.mark.parametrize(("language", "typed", "meant"), NUMBERS)
def test_a_number_is_read_as_its_language_writes_it(language, typed, meant):
    assert read_number(typed, language) == Decimal(meant)


@pytest.mark.parametrize(("language", "typed"), [("pl", "1.234"), ("en", "1,234"), ("pl", "-12.345")])
def test_a_number_that_means_two_things_is_asked_again(language, typed):
    with pytest.raises(Unreadable) as refused:
        read_number(typed, language)

    assert refused.value.key == "which_number"


@pytest.mark.parametrize(
    "typed", ["1e5", "NaN", "Infinity", "1,2,3", "0x10", "१२", "1" * 21, "0," + "1" * 40, "--1", ",", "1_000"]
)
def test_what_is_no_plain_number_is_refused(typed):
    with pytest.raises(Unreadable):
        read_number(typed, "pl")


@pytest.mark.parametrize("typed", ["2027-01-15", "15.01.2027", "15/1/2027", " 15-01-2027 "])
def test_a_date_may_be_typed_in_several_ways(typed):
    assert read_date(typed) == date(2027, 1, 15)


@pytest.mark.parametrize(
    "typed", ["2027-02-30", "15.01.27", "jutro", "1899-12-31", "2200-01-01", "2027-1", "0000-01-01"]
)
def test_a_date_that_does_not_exist_is_refused(typed):
    with pytest.raises(Unreadable):
        read_date(typed)


def test_a_local_time_becomes_the_moment_it_was():
    assert read_moment("2027-01-15T07:15") == datetime(2027, 1, 15, 6, 15, tzinfo=UTC)
    assert read_moment("15.07.2027 7:15") == datetime(2027, 7, 15, 5, 15, tzinfo=UTC)
    assert read_time("7.15") == time(7, 15)


def test_an_hour_skipped_in_spring_is_refused_and_one_repeated_in_autumn_is_the_first():
    with pytest.raises(Unreadable) as refused:
        read_moment("2027-03-28T02:30")

    assert refused.value.key == "no_such_moment"
    assert read_moment("2027-10-31T02:30") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_repeated_hour_is_told_with_its_zone():
    assert tell(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "pl") == "31 października 2027, 2:30 CEST"
    assert tell(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "pl") == "31 października 2027, 2:30 CET"
    assert tell(datetime(2027, 1, 15, 6, 15, tzinfo=UTC), "en") == "15 January 2027, 7:15"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("zażółć", "zażółć"),
        ("  a\r\nb\x07 ", "a b"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("\u200b", ""),
        ("a\tb", "a b"),
    ],
)
def test_a_line_is_kept_in_one_form(typed, kept):
    assert read_text(typed, 200) == kept


def test_a_long_text_keeps_its_lines():
    assert read_text("a\r\nb\rc\u2028d\n", 200, lines=True) == "a\nb\nc\nd"


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b"])
def test_text_that_no_database_can_hold_is_refused(typed):
    with pytest.raises(Unreadable) as refused:
        read_text(typed, 200)

    assert refused.value.key == "bad_characters"


@pytest.mark.parametrize("limit", [1, 200, 10_000])
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(limit):
    assert len(read_text("ą" * (limit - 1), limit)) == limit - 1
    assert len(read_text("ą" * limit, limit)) == limit
    with pytest.raises(Unreadable) as refused:
        read_text("ą" * (limit + 1), limit)
    assert refused.value.facts == {"n": limit, "now": limit + 1}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+48 22 555 01 00", "+48225550100"),
        ("22-555-01-00", "+48225550100"),
        ("0049 30 1234567", "+49301234567"),
    ],
)
def test_a_telephone_number_is_stored_in_one_form(typed, stored):
    assert read_shape(typed, "phone") == stored


@pytest.mark.parametrize(
    "typed",
    [
        "clara",
        "clara@",
        "@example.pl",
        "a..b@example.pl",
        "a b@example.pl",
        "a@example",
        "a@-example.pl",
        "x" * 65 + "@example.pl",
        "a@b.pl\nBcc: c@d.pl",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Unreadable):
        read_shape(typed, "email")


@pytest.mark.parametrize(
    ("n", "polish", "english"),
    [
        (1, "1 znak.", "1 character."),
        (2, "2 znaki.", "2 characters."),
        (4, "4 znaki.", "4 characters."),
        (5, "5 znaków.", "5 characters."),
        (12, "12 znaków.", "12 characters."),
        (22, "22 znaki.", "22 characters."),
        (112, "112 znaków.", "112 characters."),
    ],
)
def test_characters_are_counted_in_the_right_plural(n, polish, english):
    assert say("at_most", "pl", n=n) == f"Najwyżej {polish}"
    assert say("at_most", "en-GB", n=n) == f"At most {english}"


def test_every_message_has_both_languages_and_all_their_plurals():
    for message in MESSAGES.values():
        assert set(message) == {"pl", "en"}
        if not isinstance(message["pl"], str):
            assert set(message["pl"]) == {"one", "few", "many", "other"} and set(message["en"]) == {"one", "other"}


@given(st.text(max_size=300), st.booleans())
def test_reading_a_text_twice_changes_nothing(typed, lines):
    try:
        once = read_text(typed, 200, lines=lines)
    except Unreadable:
        return
    assert read_text(once, 200, lines=lines) == once


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4),
    st.sampled_from(["pl", "en"]),
)
def test_a_number_that_is_shown_is_read_back(number, language):
    assert read_number(write(number, language), language) == number


@given(st.text(max_size=60), st.sampled_from(["pl", "en"]))
def test_any_text_is_a_value_or_unreadable(typed, language):
    for read in (lambda text: read_number(text, language), read_date, read_time, read_moment):
        try:
            value = read(typed)
        except Unreadable as error:
            value, sentence = None, say(error.key, language, **error.facts)
        assert sentence if value is None else read(write(value, language)) == value
