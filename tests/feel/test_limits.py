"""Every limit lets through what is just within it and refuses what is just beyond, saying where."""

from collections.abc import Callable

import pytest

from feel import Budget, FeelError, limits, parse, parse_tests, parse_type

CALLING = "{{f: function(g, n) if n = 0 then 0 else g(g, n - 1), r: f(f, {})}}.r"


def brackets(levels: int) -> object:
    return parse("(" * (levels - 1) + "1" + ")" * (levels - 1)).evaluate({})


def text(characters: int) -> object:
    return parse("1" + " " * (characters - 1)).evaluate({})


def parts(count: int) -> object:
    return parse("[" + "1," * (count - 2) + "1]").evaluate({})


def calls(depth: int) -> object:
    return parse(CALLING.format(depth - 1)).evaluate({})


def string(characters: int) -> object:
    return parse("a + b").evaluate({"a": "x" * (characters - 1), "b": "y"})


def joined(characters: int) -> object:
    return parse("string join(a)").evaluate({"a": ["x" * (characters // 2), "y" * (characters - characters // 2)]})


def items(count: int) -> object:
    return parse(f"for i in 1..{count - 1} return i").evaluate({})


def items_from_outside(count: int) -> object:
    return parse("xs").evaluate({"xs": [1] * (count - 1)})


def pattern(characters: int) -> object:
    return parse('matches("a", p) = false').evaluate({"p": "a" * characters})


def levels_of_a_type(levels: int) -> object:
    return parse_type("list<" * levels + "number" + ">" * levels)


def levels_from_outside(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return parse("x").evaluate({"x": value})


@pytest.mark.parametrize(("use", "limit"), [
    (text, limits.TEXT), (brackets, limits.DEPTH), (parts, limits.NODES), (calls, limits.CALLS),
    (string, limits.STRING), (joined, limits.STRING), (items, limits.ITEMS), (items_from_outside, limits.ITEMS),
    (levels_of_a_type, limits.DEPTH), (levels_from_outside, limits.DEPTH),
], ids=lambda part: getattr(part, "__name__", str(part)))
def test_a_limit_is_where_it_is_said_to_be(use: Callable[[int], object], limit: int) -> None:
    use(limit - 1)
    use(limit)

    with pytest.raises(FeelError) as caught:
        use(limit + 1)
    assert caught.value.message.endswith(".") and caught.value.position >= 0


def test_a_pattern_that_is_too_long_gives_null() -> None:
    assert pattern(limits.PATTERN - 1) is True and pattern(limits.PATTERN) is True
    assert pattern(limits.PATTERN + 1) is False  # null is not false
    with pytest.raises(FeelError, match="longer than"):
        parse(f'matches("a", "{"a" * (limits.PATTERN + 1)}")')


@pytest.mark.parametrize("spare", [0, 1])
def test_the_work_of_an_evaluation_is_counted(spare: int) -> None:
    expression = parse("for i in 1..1000 return i + 1")
    whole = Budget()
    expression.outcome({}, whole)
    used = limits.WORK - whole.left

    assert len(expression.outcome({}, Budget(work=used + spare)).value) == 1_000
    with pytest.raises(FeelError, match="too long"):
        expression.outcome({}, Budget(work=used - 1))


def test_what_is_refused_names_its_place() -> None:
    places = {
        "1 + (for a in 1..9999, b in 1..9999 return 1)": 5, '[1, a + a]': 4,
        "{x: 1, y: string join(b)}": 10, "[for i in 1..20000 return i]": 0,
    }
    for expression, position in places.items():
        with pytest.raises(FeelError) as caught:
            parse(expression).evaluate({"a": "x" * limits.STRING, "b": ["x" * limits.STRING, "y"]})
        assert caught.value.position == position, expression


def test_the_tests_of_a_cell_are_bounded_too() -> None:
    for cell in ("not(" * 500, "1," * limits.NODES + "1", "(" * 100 + "1" + ")" * 100, " " * limits.TEXT + "1"):
        with pytest.raises(FeelError):
            parse_tests(cell)
