"""Expressions and tests: parsed once, evaluated many times."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from feel import limits
from feel.errors import FeelError, RefusedError, Warned
from feel.functions import BUILTINS
from feel.grammar.kinds import read_kind
from feel.grammar.nodes import Node
from feel.grammar.parser import Parser
from feel.meaning import Budget, Builder, Ledger, Meaning, Scope
from feel.meaning.calls import SPECIAL
from feel.types import Type
from feel.values import Function, Value, weigh

FUNCTIONS = frozenset(BUILTINS) | frozenset(SPECIAL)
TOO_DEEP = "The expression is nested too deeply."
_WEIGHED = frozenset({list, dict, Function})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value, and why it or parts of it are null where the standard speaks of an error."""

    value: Value
    warnings: tuple[Warned, ...]


class Expression:
    """A text with a meaning.

    text: as it was written. names: the paths it may read from the context, as ("triage", "decision"); a name inside
    a filter is among them although the filtered item may have it. node: what it is made of.
    """

    __slots__ = ("_meaning", "names", "node", "text")

    def __init__(self, text: str, node: Node, names: frozenset[tuple[str, ...]], meaning: Meaning) -> None:
        self.text = text
        self.node = node
        self.names = names
        self._meaning = meaning

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def evaluate(self, context: Mapping[str, object]) -> Value:
        """The value of the expression where names have the values of `context`; unknown names are None (null).

        Gives None, bool, str, Decimal, list, dict, date, time, datetime, timedelta, YearsMonths or a range.
        Raises FeelError for what it will not do; what the standard calls an error is None.
        """
        value = self._value(context, Ledger())
        if isinstance(value, Function):
            raise FeelError("The result is a function, not a value.")
        return value

    def outcome(self, context: Mapping[str, object], budget: Budget | None = None) -> Outcome:
        """The value, which may be a function too, and the warnings.

        budget: what this and other evaluations may use in all; then `context` holds values of the language.
        """
        ledger = budget or Ledger()
        known = len(ledger.warnings)
        value = self._value(context, ledger)
        return Outcome(value, tuple(ledger.warnings[known:]))

    def _value(self, context: Mapping[str, object], ledger: Ledger) -> Value:
        calls = ledger.calls
        try:
            value = self._meaning(Scope(context, None, ledger))
            if type(value) in _WEIGHED:
                weigh(value)
            return value
        except RefusedError as refusal:
            raise refusal.within(self.text) from None
        except RecursionError:
            raise FeelError(TOO_DEEP) from None
        finally:
            ledger.calls = calls


class Tests(Expression):
    """The tests of a cell of a decision table: `> 5`, `"a", "b"`, `not([1..3])`, `-`, or a condition about `?`."""

    __slots__ = ()

    def passes(self, value: Value, context: Mapping[str, object], budget: Budget | None = None) -> Outcome:
        """Whether `value` passes: True, False, or None (null) when that cannot be told; with the warnings."""
        return self.outcome({**context, "?": value}, budget)


def parse(text: str, *, names: Collection[str] | None = None, members: Collection[str] = (),
          types: Mapping[str, Type] | None = None, is_strict: bool = True) -> Expression:
    """The expression written in `text`.

    names: what the context has, so that names of several words or with signs can be told; None when that is not known.
    members: names of parts, which stand after a dot or in a filter. types: types that have names of their own.
    is_strict: refuse what cannot have a value (a function nobody knows, wrong arguments, a date that is none); else
    that is null, with a warning at evaluation, as the standard says.

    Raises FeelError with the place where the text stops being an expression, or where it is too long, deep or large.
    """
    if names is None and not members and not types:
        return _parse(_checked(text), is_strict)
    return Expression(*_read(_checked(text), names, members, types, is_strict, is_test=False))


def parse_tests(text: str, *, names: Collection[str] | None = None, members: Collection[str] = (),
                types: Mapping[str, Type] | None = None, is_strict: bool = True) -> Tests:
    """The tests written in `text`, as in a cell of a decision table; the arguments are those of `parse`."""
    return Tests(*_read(_checked(text), names, members, types, is_strict, is_test=True))


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise FeelError("An expression is a text.")
    if len(text) > limits.TEXT:
        raise FeelError(f"The expression is longer than {limits.TEXT} characters.")
    return text


@lru_cache(maxsize=2_000)
def _parse(text: str, is_strict: bool) -> Expression:
    return Expression(*_read(text, None, (), None, is_strict, is_test=False))


_Read: TypeAlias = tuple[str, Node, frozenset[tuple[str, ...]], Meaning]


def _read(text: str, names: Collection[str] | None, members: Collection[str], types: Mapping[str, Type] | None,
          is_strict: bool, *, is_test: bool) -> _Read:
    try:
        parser = Parser(text, FUNCTIONS, names=names, members=members, types=types, is_strict=is_strict)
        node = parser.whole_tests() if is_test else parser.whole()
        builder = Builder(names or (), is_strict=is_strict)
        meaning = builder.build(node)
    except RefusedError as refusal:
        raise refusal.within(text) from None
    except RecursionError:
        raise FeelError(TOO_DEEP) from None
    return text, node, frozenset(builder.names - {("?",)} if is_test else builder.names), meaning


def parse_type(text: str, *, types: Mapping[str, Type] | None = None) -> Type:
    """The type written in `text`, such as `list<number>`. types: those that have names of their own."""
    try:
        parser = Parser(_checked(text), FUNCTIONS, types=types)
        kind = read_kind(parser)
        if kind is None or parser.word.kind != "end":
            raise RefusedError(f"{text[:40]!r} is no type.")
        return kind
    except RefusedError as refusal:
        raise refusal.within(text) from None
