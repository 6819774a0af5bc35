"""What holds for every expression."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, DecimalException
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from feel import FeelError, calendar, parse, temporal
from feel.patterns import pattern
from tests.feel.tables import CONTEXT, TOPICS

TEXTS = [text for cases in TOPICS.values() for text, _ in cases]
WORDS = st.sampled_from([
    "a", "b", "xs", "1", "2.5", '"t"', "true", "null", "(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "+", "-",
    "*", "/", "**", "=", "!=", "<", "<=", "and", "or", "not(", "in", "between", "if", "then", "else", "for", "return",
    "some", "every", "satisfies", "instance of", "function(", "count(", "substring(", "date and time(", "@", '@"P1D"',
    "?", "item", "number",
])
OPERATIONS = st.sampled_from([
    "a = b", "a != b", "a < b", "a <= b", "a + b", "a - b", "a * b", "a / b", "a ** b", "a and b", "a or b", "a in [b]",
    "a in b", "[a..b]", "a[b]", "a.b", "string(a)", "min(a, b)", "distinct values([a, b])", "is(a, b)", "sum([a, b])",
    "if a then b else a", "a between b and b", "-a",
])
REPETITIONS = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "*?", "+?"])
PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\d"]),
    lambda inner: st.tuples(inner, inner).map("".join)
    | st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})")
    | st.tuples(inner, REPETITIONS).map(lambda two: f"({two[0]}){two[1]}"),
    max_leaves=6)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-10**12, max_value=10**12, places=6)
PRECISE = Context(prec=34)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-10**9, 10**9) | st.text(max_size=5) | st.dates() | st.timedeltas(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6)


def outcome(text: str, context: dict[str, Any]) -> Any:
    """The value of a text, or the error it is refused with; any other exception is a failure."""
    try:
        return parse(text).evaluate(context)
    except FeelError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
@example("\\")
@example("\ud800")
def test_any_text_is_answered_or_refused(text: str) -> None:
    outcome(text, {"a": 1})


@settings(max_examples=600, deadline=None)
@given(st.lists(WORDS, max_size=14), VALUES, VALUES)
def test_any_row_of_words_is_answered_or_refused(words: list[str], a: Any, b: Any) -> None:
    found = outcome(" ".join(words), {"a": a, "b": b, "xs": [a, b]})

    if isinstance(found, FeelError):
        assert 0 <= found.position <= len(" ".join(words))


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(TEXTS), st.sampled_from(TEXTS), st.integers(0, 80), st.integers(0, 80), WORDS)
def test_halves_of_good_expressions_are_answered_or_refused(one: str, other: str, a: int, b: int, word: str) -> None:
    outcome(one[:a] + other[b:], CONTEXT)
    outcome(one[:a] + word + one[a:], CONTEXT)
    outcome(f"[{one}][{other}]", CONTEXT)


@settings(max_examples=300, deadline=None)
@given(OPERATIONS, VALUES, VALUES)
def test_operators_take_values_of_every_kind(text: str, a: Any, b: Any) -> None:
    assert not isinstance(outcome(text, {"a": a, "b": b}), FeelError)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, NUMBERS, st.sampled_from("+-*/"))
def test_arithmetic_agrees_with_decimal(a: Decimal, b: Decimal, operator: str) -> None:
    operation = {"+": PRECISE.add, "-": PRECISE.subtract, "*": PRECISE.multiply, "/": PRECISE.divide}[operator]
    try:
        expected = operation(a, b)
    except DecimalException:
        expected = None

    assert parse(f"a {operator} b").evaluate({"a": a, "b": b}) == expected
    assert parse(f"({a:f}) {operator} ({b:f})").evaluate({}) == expected


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_equality_does_not_depend_on_the_side(a: Any, b: Any) -> None:
    one, other = parse("a = b"), parse("b = a")

    assert one.evaluate({"a": a, "b": b}) is other.evaluate({"a": a, "b": b})
    assert parse("a = a").evaluate({"a": a}) is True


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40).filter(lambda text: not re.search(r"[\ud800-\udfff\n\r]", text)))
def test_a_string_comes_out_as_it_was_written(text: str) -> None:
    written = text.replace("\\", "\\\\").replace('"', '\\"')

    assert parse(f'"{written}"').evaluate({}) == text


@settings(max_examples=300, deadline=None)
@given(st.datetimes(timezones=st.none() | st.timezones()) | st.dates() | st.times() | st.timedeltas())
def test_a_temporal_value_is_read_from_what_it_is_shown_as(value: Any) -> None:
    shown = temporal.show(value)

    found = parse(f'@"{shown}"').evaluate({})

    assert temporal.show(found) == shown and type(found) is type(value)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text(alphabet="ab1\n", max_size=8))
def test_patterns_agree_with_the_library(written: str, text: str) -> None:
    theirs = written.replace(".", r"[^\n\r]")

    assert (pattern(written, "").find(text) is None) == (re.search(theirs, text) is None)
    assert (pattern(f"^({written})$", "").find(text) is None) == (re.fullmatch(theirs, text) is None)


DAYS = st.integers(-10**11, 10**11)
NANOS = st.integers(0, calendar.DAY - 1)


@settings(max_examples=300, deadline=None)
@given(DAYS)
def test_a_day_of_any_year_is_found_again(day: int) -> None:
    assert calendar.days_of(*calendar.split_days(day)) == day
    assert calendar.split_days(day + 146_097)[1:] == calendar.split_days(day)[1:]


@settings(max_examples=300, deadline=None)
@given(st.dates())
def test_the_calendar_agrees_with_the_library(day: date) -> None:
    days = calendar.days(day)

    assert calendar.split_days(days) == (day.year, day.month, day.day) and calendar.date_from(days) == day
    assert parse("day of year(d)").evaluate({"d": day}) == day.timetuple().tm_yday
    assert parse("week of year(d)").evaluate({"d": day}) == day.isocalendar().week
    assert parse("d.weekday").evaluate({"d": day}) == day.isoweekday()


@settings(max_examples=300, deadline=None)
@given(DAYS, NANOS, st.none() | st.timezones())
def test_any_moment_is_read_from_what_it_is_shown_as(day: int, nanos: int, zone: Any) -> None:
    moment = calendar.moment_from(day, nanos, zone)
    shown = temporal.show(moment)

    found = parse(f'@"{shown}"').evaluate({})

    assert found == moment and temporal.show(found) == shown


@settings(max_examples=300, deadline=None)
@given(DAYS, NANOS, st.integers(-10**24, 10**24))
def test_what_is_added_is_what_lies_between(day: int, nanos: int, length: int) -> None:
    start, span = calendar.moment_from(day, nanos, UTC), calendar.span_from(length)
    context = {"start": start, "span": span}

    end = parse("start + span").evaluate(context)

    assert end is None or parse("(start + span) - start = span").evaluate(context) is True


@settings(max_examples=200, deadline=None)
@given(st.datetimes(timezones=st.timezones()), st.timedeltas(min_value=timedelta(-10_000), max_value=timedelta(10_000)))
def test_moments_move_by_elapsed_time(moment: datetime, span: timedelta) -> None:
    try:
        expected = (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)
    except OverflowError:
        return

    assert parse("m + s").evaluate({"m": moment, "s": span}) == expected
