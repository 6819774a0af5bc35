"""An expression: parsed once, evaluated many times."""

from collections.abc import Mapping
from functools import lru_cache

from feel import limits
from feel.errors import FeelError, RefusedError
from feel.functions import BUILTINS
from feel.meaning import Builder, Ledger, Meaning, Scope
from feel.meaning.calls import SPECIAL
from feel.parser import Parser
from feel.values import Lambda, Value, weigh

FUNCTIONS = frozenset(BUILTINS) | frozenset(SPECIAL)
TOO_DEEP = "The expression is nested too deeply."


class Expression:
    """A text with a meaning.

    text: as it was written. names: the paths it may read from the context, as ("triage", "decision"); a name inside
    a filter is among them although the filtered item may have it.
    """

    __slots__ = ("_meaning", "names", "text")

    def __init__(self, text: str, names: frozenset[tuple[str, ...]], meaning: Meaning) -> None:
        self.text = text
        self.names = names
        self._meaning = meaning

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, context: Mapping[str, object]) -> Value:
        """The value of the expression where names have the values of `context`; unknown names are None (null).

        Gives None, bool, str, Decimal, list, dict, date, time, datetime, timedelta, YearsMonths or a range.
        Raises FeelError for what it does not know or will not do.
        """
        try:
            value = self._meaning(Scope(context, None, Ledger()))
            if type(value) in _WEIGHED:
                _check(value)
            return value
        except RefusedError as refusal:
            raise refusal.within(self.text) from None
        except RecursionError:
            raise FeelError(TOO_DEEP) from None


_WEIGHED = frozenset({list, dict, Lambda})


def _check(value: Value) -> None:
    if isinstance(value, Lambda):
        raise RefusedError("The result is a function, not a value.")
    weigh(value)


def parse(text: str) -> Expression:
    """The expression written in `text`.

    Raises FeelError with the place where it stops being one, or where it is too long, too deep or too large.
    """
    if not isinstance(text, str):
        raise FeelError("An expression is a text.")
    if len(text) > limits.TEXT:
        raise FeelError(f"The expression is longer than {limits.TEXT} characters.")
    return _parse(text)


@lru_cache(maxsize=2_000)
def _parse(text: str) -> Expression:
    try:
        node = Parser(text, FUNCTIONS).whole()
        builder = Builder()
        meaning = builder.build(node)
    except RefusedError as refusal:
        raise refusal.within(text) from None
    except RecursionError:
        raise FeelError(TOO_DEEP) from None
    return Expression(text, frozenset(builder.names), meaning)
