"""What is not understood is said, with its place, and never guessed."""

from typing import Any

import pytest

from feel import FeelError, parse

REFUSED = [
    ("", 0, "A value was expected here."), ("1 +", 3, "A value was expected here."),
    ("1 2", 2, "'2' was not expected here."), ("(1", 2, "')' was expected here, not the end."),
    ("[1, ]", 4, "A value was expected here, not ']'."), ('"abc', 0, "This text has no closing quote."),
    ("'abc'", 0, "Texts stand in double quotes."), ("a & b", 2, "The sign '&' has no meaning here."),
    ("a == b", 3, "A value was expected here, not '='."), ("1abc", 1, "The number 1 runs into a letter."),
    (r'"\q"', 1, r"The escape \q is not known."), ("foo(1)", 0, "There is no function 'foo'."),
    ("1 + foo(1)", 4, "There is no function 'foo'."), ("eval(1)", 0, "There is no function 'eval'."),
    ("if a then b", 11, "'else' was expected here, not the end."),
    ("some x in y", 11, "'satisfies' was expected here, not the end."), ("{a 1}", 3, None), ("{a: 1, a: 2}", 7, None),
    ('@"yesterday"', 0, "'yesterday' is not a date, a time or a duration."),
    ("@1", 1, "A text was expected after '@'."), ("string length()", 0, "The function 'string length' takes (string)."),
    ("substring(text: \"a\", start position: 1)", 0, None), ("substring(\"a\", start position: 1)", 0, None),
    ("full name = 1", 5, None), ("a.1", 1, None), ("a.", 2, "A name was expected after the dot."), ("[1..", 4, None),
    ("[1..2", 5, "A range ends with ']', ')' or '['."), ("x instance of thing", 14, None),
    ("x instance of list<thing>", 19, None), ("now(1)", 0, None), ("is defined(1)", 0, None), ("f(1)(2)", 0, None),
    ("a(1)", 0, "There is no function 'a'."), ("__import__(\"os\")", 0, None),
    ("1 in (2) + 1", 9, None), ("function(a: thing) a", 12, None), ("1 between 2", 11, None), ("a\n+\n* 2", 4, None),
    ("lambda: 1", 6, None), ("x = 1; y = 2", 5, None), ("a[1", 3, None), ("{", 1, None), ("}", 0, None),
    ("..", 0, None),
]


@pytest.mark.parametrize(("text", "position", "message"), REFUSED)
def test_a_mistake_is_told_with_its_place(text: str, position: int, message: str | None) -> None:
    with pytest.raises(FeelError) as caught:
        parse(text)

    assert caught.value.position == position
    assert message is None or caught.value.message == message
    assert caught.value.message.endswith(".") and "\n" not in caught.value.message


def test_line_and_column_count_from_one() -> None:
    with pytest.raises(FeelError) as caught:
        parse("a and\n  b +\n  * c")

    assert (caught.value.line, caught.value.column) == (3, 3)
    assert str(caught.value).startswith("line 3, column 3: ")


@pytest.mark.parametrize("raw", [object(), b"bytes", {1, 2}, float("nan"), float("inf"), 10**7000, 1 + 2j],
                         ids=lambda raw: type(raw).__name__)
def test_a_value_of_an_unknown_kind_is_refused_where_it_is_read(raw: Any) -> None:
    expression = parse("1 + thing")

    with pytest.raises(FeelError) as caught:
        expression.evaluate({"thing": raw})

    assert caught.value.position == 4


def test_a_function_is_no_result() -> None:
    with pytest.raises(FeelError, match="function"):
        parse("function(x) x").evaluate({})


def test_there_is_no_clock_unless_the_context_has_one() -> None:
    with pytest.raises(FeelError, match="no 'now' here"):
        parse("now() > x").evaluate({})


@pytest.mark.parametrize("pattern", [
    "(", ")", "[a", "a**", "*", "(?=a)", r"(a)\\2", "a{9999}", "(a{99}){99}", "[b-a]", "a{2,1}",
])
def test_a_pattern_that_is_not_understood_is_refused_where_it_stands_and_null_when_it_comes_later(pattern: str) -> None:
    with pytest.raises(FeelError, match="pattern") as caught:
        parse(f'1 + matches("a", "{pattern}")')
    assert caught.value.position == 17

    for outcome in (parse('1 + matches("a", p)').outcome({"p": pattern.replace("\\\\", "\\")}),
                    parse(f'1 + matches("a", "{pattern}")', is_strict=False).outcome({})):
        assert outcome.value is None
        assert [(warned.position, "pattern" in warned.message) for warned in outcome.warnings] == [(4, True)]


def test_an_expression_has_to_be_a_text() -> None:
    with pytest.raises(FeelError):
        parse(12)  # type: ignore[arg-type]
