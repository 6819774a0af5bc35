"""Expressions and what they give, by topic. Numbers are written as they are; `W` stands for a temporal value."""

from decimal import Decimal
from typing import Any, TypeAlias

Case: TypeAlias = tuple[str, Any]


class W(str):
    """A date, time, moment or duration, as it is written."""


def N(text: str) -> Decimal:  # noqa: N802
    return Decimal(text)


CONTEXT: dict[str, Any] = {
    "a": 1, "b": 2, "price": 12.5, "name": "Clara", "yes": True, "no": False, "nothing": None,
    "xs": [1, 2, 3], "empty": [],
    "triage": {"decision": "solve", "count": 3},
    "people": [{"name": "Clara", "age": 30}, {"name": "Colin", "age": 17}, {"name": "Amir", "age": 45}],
    "Loan": {"amount": 600000, "rate": N("0.0375"), "term": 360},
    "zażółć": "gęślą",
}

LITERALS: list[Case] = [
    ("1", 1), ("0", 0), ("1.5", N("1.5")), (".872", N("0.872")), ("-.872", N("-0.872")), ("-50", -50),
    ("125.4321987654", N("125.4321987654")), ("-125.4321987654", N("-125.4321987654")), ("1.2e3", 1200),
    ("5E-2", N("0.05")), ("true", True), ("false", False), ("null", None), ('""', ""), ('"foo bar"', "foo bar"),
    ('"šomeÚnicodeŠtriňg"', "šomeÚnicodeŠtriňg"), ('"横綱"', "横綱"), (r'"a\"b"', 'a"b'), (r'"a\\b"', "a\\b"),
    (r'"a\nb\tc\rd"', "a\nb\tc\rd"), (r'"\u0105"', "ą"), (r'"\U01F40E"', "🐎"), (r'"\uD83D\uDC0E"', "🐎"), ("[]", []),
    ("[1, 2]", [1, 2]), ('[1, "a", [true]]', [1, "a", [True]]), ("{}", {}), ("{a: 1}", {"a": 1}),
    ('{"a b": 1, c: "x"}', {"a b": 1, "c": "x"}), ("{a: 1, b: a + 1}", {"a": 1, "b": 2}), ("1 // one", 1),
    ("/* one */ 1", 1), ("1 /* a\n * b */ + 1", 2), ('"P3D @ office"', "P3D @ office"),
    ('@"2024-01-31"', W("2024-01-31")), ('@"10:20:30"', W("10:20:30")), ('@"PT4H"', W("PT4H")), ('@"P1Y"', W("P1Y")),
    ('@"2024-01-31T10:20:30Z"', W("2024-01-31T10:20:30Z")), ("zażółć", "gęślą"), ("(1)", 1), ("((a))", 1),
]

ARITHMETIC: list[Case] = [
    ("10+5", 15), ("-10+-5", -15), ("(-10)+(-5)", -15), ("10-5", 5), ("-10--5", -5), ("(-10)-(-5)", -5),
    ("(10+20)-(-5+3)", 32), ("10*5", 50), ("-10*-5", 50), ("(-10)*(-5)", 50), ("(10+5)*(-5*3)", -225), ("10/5", 2),
    ("-10/-5", 2), ("(-10)/(-5)", 2), ("(10+20)/(-5*3)", -2), ("(10+20)/0", None), ("10**5", 100000),
    ("10**-5", N("0.00001")), ("(5+2)**5", 16807), ("5+2**5", 37), ("5+2**5+3", 40), ("5+2**(5+3)", 261),
    ("10+null", None), ("null + 10", None), ("10 - null", None), ("null - 10", None), ("10 * null", None),
    ("null * 10", None), ("10 / null", None), ("null / 10", None), ("10 + 20 / -5 - 3", 3),
    ("10 + 20 / (-5 - 3)", N("7.5")), ("1.2*10**3", 1200), ("-2**2", 4), ("2**3**2", 64), ("2 - 3 - 4", -5),
    ("24 / 4 / 2", 3), ("0.1 + 0.2", N("0.3")), ("1/3", N("0.3333333333333333333333333333333333")), ("--a", 1),
    ("a + b * 3", 7), ("(a + b) * 3", 9), ("price * 2", 25), ('"foo" + "bar"', "foobar"), ('"a" + 1', None),
    ("true + 1", None), ("-null", None), ('-"a"', None), ("-true", None), ("[1] + [2]", None),
    ("2 ** 0.5 > 1.41", True),
    ("(Loan.amount*Loan.rate/12)/(1-(1+Loan.rate/12)**-Loan.term)", N("2778.693549432766768088520383236299")),
    ("0 ** 0", 1), ("10 ** 7000", None), ("2 ** -1", N("0.5")), ("(-8) ** 0.5", None), ("missing + 1", None),
]

COMPARISON: list[Case] = [
    ("1 = 1", True), ("1 = 2", False), ("1.0 = 1.00", True), ("1 != 2", True), ('"a" = "a"', True),
    ('"a" = "b"', False), ('1 = "1"', None), ('1 != "1"', None), ("null = null", True), ("1 = null", False),
    ("null != 1", True), ("null != null", False), ("true = true", True), ("true = 1", None), ("1 < 2", True),
    ("2 <= 2", True), ("3 > 4", False), ("3 >= 3", True), ('"a" < "b"', True), ('"b" <= "a"', False),
    ("1 < null", None), ('1 < "a"', None), ("true > false", None), ("[1, 2] = [1, 2]", True),
    ("[1, 2] = [2, 1]", False), ("[1] = [1.0]", True), ("{a: 1} = {a: 1}", True), ("{a: 1} = {a: 2}", False),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True), ("[] = []", True), ("[] = null", False), ("5 between 1 and 10", True),
    ("0 between 1 and 10", False), ("1 between 1 and 1", True), ("null between 1 and 2", None),
    ("5 between null and 3", False), ("5 between 1 and 10 and true", True), ("1 + 1 = 2", True),
    ('name = "Clara"', True), ('nothing = "Clara"', False), ('a = "Clara"', None), ('nothing != "x"', True),
    ("[1..5] = [1..5]", True), ("[1..5] = (1..5]", False), ('triage.decision = "solve"', True),
    ('triage.decision != "solve"', False), ('missing.decision = "solve"', False),
]

LOGIC: list[Case] = [
    ("true and true", True), ("true and false", False), ("false and true", False), ("false and false", False),
    ("true and null", None), ("null and true", None), ("false and null", False), ("null and false", False),
    ("null and null", None), ("true or true", True), ("true or false", True), ("false or true", True),
    ("false or false", False), ("true or null", True), ("null or true", True), ("false or null", None),
    ("null or false", None), ("null or null", None), ("not(true)", False), ("not(false)", True), ("not(null)", None),
    ("not(1)", None), ('not("a")', None), ("1 and true", None), ("1 and false", False), ('"a" or true', True),
    ("true or false and false", True), ("(true or false) and false", False), ("yes and not(no)", True),
    ("if true then 1 else 2", 1), ("if false then 1 else 2", 2), ("if null then 1 else 2", 2),
    ('if "a" then 1 else 2', 2), ("if a = 1 then if b = 2 then 3 else 4 else 5", 3), ("(if true then 1 else 2) + 1", 2),
    ("if true then 1 else 2 + 1", 1), ("true and true and true and null", None), ("not(missing)", None),
]

MEMBERSHIP: list[Case] = [
    ("1 in [1, 2]", True), ("3 in [1, 2]", False), ("1 in [1..3]", True), ("3 in [1..3]", True), ("3 in [1..3)", False),
    ("1 in (1..3]", False), ("2 in (1..3)", True), ("1 in ]1..3]", False), ("2 in ]1..3[", True),
    ("3 in ]1..3[", False), ("1 in ]1..3[ or true", True), ("5 in > 3", True), ("5 in <= 5", True), ("5 in < 5", False),
    ("5 in (> 3, < 2)", True), ("1 in (2, 3)", False), ("3 in (2, 3)", True), ("5 in = 5", True), ("5 in != 5", False),
    ("4 in (= 5, != 5)", True), ('"b" in ["a", "b"]', True), ('"c" in ["a", "b"]', False), ('"b" in ("a", "b")', True),
    ('"a" in "a"', True), ('triage.decision in ["solve", "ask"]', True), ('triage.decision in ["ask"]', False),
    ("null in [1, 2]", False), ("1 in null", False), ("null in null", True), ("1 in [[1..3], 7]", True),
    ("7 in [[1..3], 7]", True), ("9 in [[1..3], 7]", False), ("a in xs", True), ("9 in xs", False),
    ("5 in (? > 3)", True), ("5 in (? < 3)", False), ("a in [a..b]", True), ('"b" in ["a".."c"]', True),
    ("null in [1..3]", None), ('"a" in [1..3]', None), ("[1] in [[1], [2]]", True),
    ('@"2024-02-01" in [@"2024-01-01"..@"2024-12-31"]', True), ("1 in []", False), ("(5 in [1..9]) and true", True),
    ("5 in [1..9] and true", True), ("not(5 in [1..9])", False), ("1 in (1)", True), ("5 in [xs[1]..9]", True),
    ("[1..3].start", 1), ("(1..3].start included", False), ("(1..3].end included", True), ("(< 5).end", 5),
    ("(>= 5).start", 5), ("5 in [3..null]", False), ('[1.."a"]', None),
]

PATHS: list[Case] = [
    ("a", 1), ("missing", None), ("missing.thing.deeper", None), ("triage.count + 1", 4), ("{a: {b: 3}}.a.b", 3),
    ("people.name", ["Clara", "Colin", "Amir"]), ("people[1].name", "Clara"), ("people[-1].name", "Amir"),
    ("people[age > 18].name", ["Clara", "Amir"]), ('people[name = "Colin"].age', [17]), ("people[9]", None),
    ("people[0]", None), ("xs[1]", 1), ("xs[-1]", 3), ("xs[4]", None), ("xs[-4]", None), ("xs[1.5]", None),
    ("xs[item > 1]", [2, 3]), ("xs[item > b]", [3]), ("xs[a]", 1), ("xs[a + 1]", 2), ("xs[true]", [1, 2, 3]),
    ("xs[null]", []), ("xs[false]", []), ("empty[1]", None), ("empty[item > 1]", []), ("null[1]", None), ("5[1]", 5),
    ("5[true]", [5]), ("5[false]", []), ("a.b", None), ("name.length", None), ("[{a: 1}, {b: 2}].a", [1, None]),
    ("[[1, 2], [3]][1][2]", 2), ("people[age > 18][1].name", "Clara"), ("count(people[age > 18])", 2),
    ("for x in xs return x * 2", [2, 4, 6]), ("for i in 1..3 return i", [1, 2, 3]),
    ("for i in 3..1 return i", [3, 2, 1]), ("for x in [1, 2], y in [10, 20] return x + y", [11, 21, 12, 22]),
    ("for x in [] return x", []), ("for x in [1, 2], y in 1..x return y", [1, 1, 2]),
    ("for i in [1..3] return i", [1, 2, 3]), ("for i in (1..3) return i", [2]), ("for x in null return x", None),
    ("for x in 5 return x", [5]), ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
    ('for d in @"2024-02-28"..@"2024-03-01" return d.day', [28, 29, 1]), ("for p in people return p.age", [30, 17, 45]),
    ("some x in xs satisfies x > 2", True), ("some x in xs satisfies x > 3", False),
    ("some x in [] satisfies x", False), ("every x in xs satisfies x > 0", True),
    ("every x in xs satisfies x > 1", False), ("every x in [] satisfies x", True),
    ("some x in [1, null] satisfies x > 1", None), ("every x in [1, null] satisfies x > 0", None),
    ("some x in xs, y in xs satisfies x + y = 6", True), ("some p in people satisfies p.age < 18", True),
    ("{double: function(x) x * 2, r: double(4)}.r", 8), ("{a: 5, b: {c: a}}.b.c", 5), ("{a: 5}.a + a", 6),
    ("1 instance of number", True), ('"a" instance of number', False), ("null instance of Any", False),
    ('@"2024-01-01" instance of date', True), ('@"PT1H" instance of days and time duration', True),
    ('@"2024-01-01T00:00:00" instance of date and time', True), ("[1] instance of list", True),
    ("{a: 1} instance of context", True), ("[1..2] instance of range", True), ("true instance of boolean", True),
    ('@"P1M" instance of years and months duration', True), ("is defined(a)", True), ("is defined(missing)", False),
    ("is defined(nothing)", True), ("is defined(triage.decision)", True), ("is defined(triage.missing)", False),
]

TEXTS: list[Case] = [
    ('string length("foo")', 3), ('string length("")', 0), ('string length("🐎ab")', 3), ("string length(null)", None),
    ("string length(1)", None), ('substring("foobar", 3)', "obar"), ('substring("foobar", 3, 3)', "oba"),
    ('substring("foobar", -2, 1)', "a"), ('substring("foobar", 0)', None), ('substring("foobar", 10)', ""),
    ('substring("🐎bc", 2)', "bc"), ('substring(string: "foobar", start position: 3)', "obar"),
    ('substring(length: 2, string: "foobar", start position: 3)', "ob"), ('upper case("aBc4ś")', "ABC4Ś"),
    ('lower case("AbĆ")', "abć"), ('contains("foobar", "of")', False), ('contains("foobar", "ob")', True),
    ('contains(name, "lar")', True), ("contains(null, null)", None), ('starts with("foobar", "fo")', True),
    ('ends with("foobar", "r")', True), ('ends with("foobar", "o")', False),
    ('substring before("foobar", "bar")', "foo"), ('substring before("foobar", "xyz")', ""),
    ('substring after("foobar", "ob")', "ar"), ('substring after("", "a")', ""),
    ('substring after("foobar", "xyz")', ""), ('substring after("foobar", "")', "foobar"),
    ('substring before("foobar", "")', ""), ('matches("foobar", "^fo*bar")', True),
    ('matches("foobar", "^Fo*bar", "i")', True), ('matches("abc", "^b")', False),
    (r'matches("AB-12", "^[A-Z]{2}-\\d{2}$")', True), ('matches("a\\nb", "a.b")', False),
    ('matches("a\\nb", "a.b", "s")', True), ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('replace("foobar", "o", "0")', "f00bar"), ('replace("abc", "x", "y")', "abc"), ('replace("abc", "z*", "y")', None),
    (r'split("John Doe", "\\s")', ["John", "Doe"]), ('split("a;b;c;;", ";")', ["a", "b", "c", "", ""]),
    ('split("abc", ",")', ["abc"]), ('string join(["a", "b", "c"], "_and_")', "a_and_b_and_c"),
    ('string join(["a", "b"])', "ab"), ('string join(["a", "b"], "")', "ab"),
    ('string join(["a", null, "c"], "X")', "aXc"), ('string join([], "X")', ""), ("string join([1])", None),
    ('string join(["a"], "X")', "a"), ("string(1.10)", "1.1"), ("string(1)", "1"), ("string(true)", "true"),
    ("string(null)", None), ('string("a")', "a"), ('string(["a", 1, {b: 2}])', '["a", 1, {b: 2}]'),
    ('string(@"PT36H")', "P1DT12H"), ("string(1/4)", "0.25"), ("string(10 ** 20)", "100000000000000000000"),
    ('string(@"2024-01-31T10:20:30.500Z")', "2024-01-31T10:20:30.5Z"), ('number("12.5")', N("12.5")),
    ('number("x")', None), ('number("1 000,5", " ", ",")', N("1000.5")), ('number("1.000,5", ".", ",")', N("1000.5")),
    ('number("1,000.5", ",", ".")', N("1000.5")), ('number("1.5", null, ".")', N("1.5")),
    ('number("1,5", ",", ",")', None), ('number("-3")', -3), ('trim("  a ")', "a"),
    ('contains(["foobar"], "ob")', True), ('upper case(["a", "b"])', None),
]

NUMBERS: list[Case] = [
    ("abs(-5)", 5), ("abs(5)", 5), ('abs(@"-PT5H")', W("PT5H")), ('abs(@"-P1Y")', W("P1Y")), ('abs("a")', None),
    ("floor(1.5)", 1), ("floor(-1.5)", -2), ("ceiling(1.5)", 2), ("ceiling(-1.5)", -1), ("floor(1.56, 1)", N("1.5")),
    ("ceiling(1.51, 1)", N("1.6")), ("decimal(1/3, 2)", N("0.33")), ("decimal(1.5, 0)", 2), ("decimal(2.5, 0)", 2),
    ("decimal(125, -1)", 120), ("round up(5.5, 0)", 6), ("round up(-5.5, 0)", -6), ("round up(1.121, 2)", N("1.13")),
    ("round down(5.5, 0)", 5), ("round down(-5.5, 0)", -5), ("round half up(5.5, 0)", 6),
    ("round half up(-5.5, 0)", -6), ("round half up(1.126, 2)", N("1.13")), ("round half down(5.5, 0)", 5),
    ("round half down(-5.5, 0)", -5), ("round half down(1.126, 2)", N("1.13")), ("round up(1, 99999)", None),
    ("floor(null)", None), ("modulo(12, 5)", 2), ("modulo(-12, 5)", 3), ("modulo(12, -5)", -3), ("modulo(-12, -5)", -2),
    ("modulo(10.1, 4.5)", N("1.1")), ("modulo(10, 0)", None), ("sqrt(16)", 4), ("sqrt(-1)", None), ("log(1)", 0),
    ("log(0)", None), ("exp(0)", 1), ("odd(5)", True), ("odd(2)", False), ("odd(-1)", True), ("even(4)", True),
    ("even(0)", True), ("odd(1.5)", None), ("decimal(n: 1.125, scale: 2)", N("1.12")), ("is(1, 1.0)", True),
    ('is(1, "1")', False), ("is(null, null)", True), ('is(@"2024-01-01", @"2024-01-01T00:00:00")', False),
]

LISTS: list[Case] = [
    ("list contains([1, 2, 3], 2)", True), ("list contains([1, 2], 5)", False),
    ("list contains([1, null], null)", True), ("list contains(null, 1)", None), ("list contains(1, 1)", True),
    ("count([1, 2, 3])", 3), ("count([])", 0), ("count([1, [2, 3]])", 2), ("min([3, 1, 2])", 1), ("min(3, 1, 2)", 1),
    ("max([3, 1, 2])", 3), ('max("a", "c", "b")', "c"), ("min([])", None), ('min([1, "a"])', None),
    ("sum([1, 2, 3])", 6), ("sum(1, 2)", 3), ("sum([])", None), ('sum([1, "a"])', None),
    ('sum([@"PT1H", @"PT2H"])', W("PT3H")), ("mean([1, 2])", N("1.5")), ("mean([])", None), ("mean(1, 2, 3)", 2),
    ("median([8, 2, 5, 3, 4])", 4), ("median([6, 1, 2, 3])", N("2.5")), ("median([])", None),
    ("product([2, 3, 4])", 24), ("mode([6, 3, 9, 6, 6])", [6]), ("mode([6, 1, 9, 6, 1])", [1, 6]), ("mode([])", []),
    ("stddev([2, 4, 7, 5]) > 2.08", True), ("stddev([47])", None), ("all([true, true])", True),
    ("all([true, false])", False), ("all([true, null])", None), ("all([])", True), ("all([null, false])", False),
    ("any([false, true])", True), ("any([false, null])", None), ("any([])", False), ("all(true, false)", False),
    ("all(0)", None), ("sublist([4, 5, 6], 1, 2)", [4, 5]), ("sublist([4, 5, 6], 2)", [5, 6]),
    ("sublist([4, 5, 6], -2)", [5, 6]), ("sublist([4, 5, 6], -1, 1)", [6]), ("sublist([1], 2)", None),
    ("append([1], 2, 3)", [1, 2, 3]), ("append([], null)", [None]), ("concatenate([1, 2], [3])", [1, 2, 3]),
    ("concatenate([1], [])", [1]), ("insert before([1, 3], 1, 2)", [2, 1, 3]),
    ("insert before([1, 3], -1, 2)", [1, 2, 3]), ("remove([1, 2, 3], 2)", [1, 3]), ("remove([1], 5)", None),
    ("list replace([2, 4], 1, 9)", [9, 4]), ("reverse([1, 2, 3])", [3, 2, 1]),
    ("list replace([2, 4, 8], function(item, newItem) item < newItem, 5)", [5, 5, 8]),
    ("index of([1, 2, 3, 2], 2)", [2, 4]), ("index of([1], 5)", []), ("index of([1, null], null)", [2]),
    ("union([1, 2], [2, 3])", [1, 2, 3]), ("distinct values([1, 2, 3, 2, 1])", [1, 2, 3]),
    ("distinct values([1, null, null, 1.0])", [1, None]), ("duplicate values([1, 2, 1])", [1]),
    ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]), ("sort([3, 1, 2])", [1, 2, 3]),
    ("sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1]), ('sort(["b", "a"])', ["a", "b"]), ('sort([1, "a"])', None),
    ("sort(list: [2, 1], precedes: function(x, y) x < y)", [1, 2]), ('get value({a: 1}, "a")', 1),
    ('get value({a: 1}, "b")', None), ('get value({a: {b: 2}}, ["a", "b"])', 2), ("get value(null, null)", None),
    ("get entries({a: 1})", [{"key": "a", "value": 1}]), ('context([{key: "a", value: 1}])', {"a": 1}),
    ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}), ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
    ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}), ("count(xs)", 3), ("sum(people.age)", 92),
    ("max(for p in people return p.age)", 45), ("list contains(element: 1, list: [1])", True),
]

MOMENTS: list[Case] = [
    ('date("2024-01-31")', W("2024-01-31")), ('date("2024-02-30")', None), ('date("x")', None),
    ("date(2024, 2, 29)", W("2024-02-29")), ("date(2023, 2, 29)", None),
    ("date(year: 2024, month: 1, day: 2)", W("2024-01-02")), ("date(null)", None),
    ('date(date and time("2024-01-31T10:00:00Z"))', W("2024-01-31")), ('time("10:20:30")', W("10:20:30")),
    ('time("10:20:30.25+02:00")', W("10:20:30.25+02:00")), ('time("25:00:00")', None),
    ("time(10, 20, 30)", W("10:20:30")), ('time(10, 20, 30, duration("PT1H"))', W("10:20:30+01:00")),
    ('time("10:20:30Z")', W("10:20:30Z")), ('time(date and time("2024-01-31T10:20:30Z"))', W("10:20:30Z")),
    ("time(1, 2, 3.5)", W("01:02:03.5")), ('date and time("2024-01-31T10:20:30")', W("2024-01-31T10:20:30")),
    ('date and time("2024-01-31")', W("2024-01-31T00:00:00")),
    ('date and time("2024-01-31T10:20:30+02:00")', W("2024-01-31T10:20:30+02:00")),
    ('date and time("2024-01-31T25:00:00")', None),
    ('date and time("2024-01-31T10:20:30@Europe/Warsaw")', W("2024-01-31T10:20:30@Europe/Warsaw")),
    ('date and time("2024-01-31T10:20:30@No/Where")', None),
    ('date and time(date("2024-01-31"), time("10:20:30"))', W("2024-01-31T10:20:30")),
    ('duration("P1DT2H")', W("P1DT2H")), ('duration("PT90M")', W("PT1H30M")), ('duration("P14M")', W("P1Y2M")),
    ('duration("-P1D")', W("-P1D")), ('duration("P1Y1D")', None), ('duration("P")', None), ('duration("PT")', None),
    ('duration("PT0S")', W("PT0S")), ('duration("P0M")', W("P0M")), ('duration("PT1.5S")', W("PT1.5S")),
    ('@"2024-01-31" + @"P1D"', W("2024-02-01")), ('@"2024-01-31" + @"P1M"', W("2024-02-29")),
    ('@"2024-03-31" - @"P1M"', W("2024-02-29")), ('@"2024-01-31" - @"P1D"', W("2024-01-30")),
    ('@"P1D" + @"2024-01-31"', W("2024-02-01")), ('@"2024-01-31T23:00:00Z" + @"PT2H"', W("2024-02-01T01:00:00Z")),
    ('@"2024-03-30T12:00:00@Europe/Warsaw" + @"P1D"', W("2024-03-31T13:00:00@Europe/Warsaw")),
    ('@"2024-03-02" - @"2024-02-28"', W("P3D")), ('@"2024-01-01T10:00:00Z" - @"2024-01-01T10:00:00+02:00"', W("PT2H")),
    ('@"2024-03-31T12:00:00@Europe/Warsaw" - @"2024-03-30T12:00:00@Europe/Warsaw"', W("PT23H")),
    ('@"2024-01-01T10:00:00Z" - @"2024-01-01T10:00:00"', None), ('@"23:30:00" + @"PT1H"', W("00:30:00")),
    ('@"10:00:00" - @"09:30:00"', W("PT30M")), ('@"10:00:00" - @"PT11H"', W("23:00:00")),
    ('@"P1D" + @"PT12H"', W("P1DT12H")), ('@"P1Y" + @"P1M"', W("P1Y1M")), ('@"P1Y" + @"P1D"', None),
    ('@"P1D" * 2', W("P2D")), ('2 * @"P1M"', W("P2M")), ('@"P1D" / 2', W("PT12H")), ('@"P1D" / @"PT12H"', 2),
    ('@"P1Y" / @"P1M"', 12), ('@"P1D" / 0', None), ('-@"P1D"', W("-P1D")), ('@"P1D" - @"PT1H"', W("PT23H")),
    ('@"P1D" = @"PT24H"', True), ('@"P1Y" = @"P12M"', True), ('@"P1D" < @"PT25H"', True), ('@"P1Y" > @"P365D"', None),
    ('@"2024-01-01" < @"2024-01-02"', True), ('@"2024-01-01" = @"2024-01-01T00:00:00"', None),
    ('@"2024-01-01T10:00:00Z" = @"2024-01-01T12:00:00+02:00"', True),
    ('@"2024-01-01T10:00:00Z" = @"2024-01-01T10:00:00"', None), ('@"10:00:00Z" = @"12:00:00+02:00"', True),
    ('@"10:00:00" < @"12:00:00"', True), ('@"10:00:00Z" < @"12:00:00"', None), ('@"2024-01-31".year', 2024),
    ('@"2024-01-31".month', 1), ('@"2024-01-31".day', 31), ('@"2024-01-31".weekday', 3),
    ('@"10:20:30.5".second', N("30.5")), ('@"10:20:30+02:00".time offset', W("PT2H")),
    ('@"10:20:30".time offset', None), ('@"2024-01-31T10:20:30@Europe/Warsaw".timezone', "Europe/Warsaw"),
    ('@"2024-01-31T10:20:30Z".hour', 10), ('@"P1DT2H3M4S".days', 1), ('@"P1DT2H3M4S".hours', 2),
    ('@"P1DT2H3M4S".minutes', 3), ('@"P1DT2H3M4S".seconds', 4), ('@"P1Y2M".years', 1), ('@"P1Y2M".months', 2),
    ('@"-P1Y2M".months', -2), ('@"P1D".years', None),
    ('years and months duration(@"2024-01-15", @"2025-03-14")', W("P1Y1M")),
    ('years and months duration(@"2025-03-14", @"2024-01-15")', W("-P1Y1M")),
    ('day of week(@"2024-01-31")', "Wednesday"), ('month of year(@"2024-01-31")', "January"),
    ('day of year(@"2024-02-01")', 32), ('week of year(@"2024-01-31")', 5),
    ('@"2024-01-01" between @"2023-01-01" and @"2025-01-01"', True), ('@"9999-12-31" + @"P1D"', None),
    ('date and time(@"2024-01-31T10:00:00Z", "Europe/Warsaw")', W("2024-01-31T11:00:00@Europe/Warsaw")),
]

TOPICS: dict[str, list[Case]] = {
    "literals": LITERALS, "arithmetic": ARITHMETIC, "comparison": COMPARISON, "logic": LOGIC, "membership": MEMBERSHIP,
    "paths": PATHS, "texts": TEXTS, "numbers": NUMBERS, "lists": LISTS, "moments": MOMENTS,
}
