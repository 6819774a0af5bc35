"""The one expression language of the house: FEEL, as DMN 1.5 defines it. Parses and evaluates, knows nobody.

**Expressions.** `parse(text)` gives an `Expression`; `expression.evaluate({"a": 1})` its value. Numbers are `Decimal`,
strings `str`, lists `list`, contexts `dict`, dates `date`, times `time`, dates and times `datetime`, durations
`timedelta` and `YearsMonths`, ranges `Range`, functions `Function`; null is None. Ints, floats, tuples and mappings in
the context are converted when they are read.

**Names.** `parse(text, names={"Monthly Salary", "loan"}, members={"term months"}, types={"tLoan": …})`: `names` are
what the context has, `members` what stands after a dot or, in filters, alone (a name of both kinds may be in both; the
keys of contexts and the parameters written in the text itself are known anyway). A name that is called and among
`names` is a value of the context, else a built-in function.

**Null and errors.** What the standard calls an error is null. `is_strict=True` (the default: for what people draw)
refuses at parsing what can never have a value: unknown functions and types, wrong arguments, dates that are none.
`is_strict=False` (for decisions) makes them null. `expression.outcome(context)` gives `Outcome(value, warnings)`, each
warning with the position; its value may be a function. What is too much, and a text that is no expression, raises
`FeelError` with its place in both.

**Tests of cells.** `parse_tests(text, …)` takes the same arguments and gives `Tests`;
`tests.passes(value, context).value` is True, False or None (null). `-` is always true. They may speak of `?`.

**Many evaluations that belong together.** `Budget(work=…, now=…)` given to `outcome` and `passes` bounds them all, is
what functions made by one of them use when another calls them, and says what `now()` and `today()` are. With a budget
the context has to hold values of the language: `admit(raw)` makes them.

**Types.** `feel.types`: NUMBER, STRING, … `list_of(NUMBER)`, `context_of({"a": NUMBER})`, `function_of`, `range_of`;
`parse_type(text, types={…})` reads one. `kind.holds(value)` is `instance of`; `kind.convert(value)` gives
`(fits, converted)` by the rules of 10.3.2.9.4, and null always fits.

**Functions.** `Function(("a", "b"), lambda a, b: …, types=(NUMBER, NUMBER), result=NUMBER)` is a function for
expressions to call, by position or by name; `feel.types.call(function, *values)` calls one, whoever made it.
"""

from feel import types
from feel.errors import FeelError, Warned
from feel.expression import Expression, Outcome, Tests, parse, parse_tests, parse_type
from feel.meaning import Budget
from feel.values import Function, Range, YearsMonths, admit

__all__ = ["Budget", "Expression", "FeelError", "Function", "Outcome", "Range", "Tests", "Warned", "YearsMonths",
           "admit", "parse", "parse_tests", "parse_type", "types"]
