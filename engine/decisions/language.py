"""The texts of a model as formulas: read once, evaluated many times, failing into null with a note."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache

from engine.decisions.records import Place, Text
from engine.decisions.session import Note, Scope, refused
from feel import Expression, FeelError, Function, admit, parse, parse_tests
from feel.errors import RefusedError
from feel.types import Type, call
from feel.values import Value

Meaning = Callable[[Scope], Value]
Test = Callable[[Value, Scope], bool]
MANY = 50  # names in scope; beyond, every one of them is among the members too
ROUND = ("item", "partial", "results")  # names that iterations and tables give
MOST_NAMES = 500  # of several words, that may stand in one text
_WORD = re.compile(r"\w+")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Language:
    """Reads the texts of one model and keeps what could not be read.

    members: names that may stand behind a dot or in a filter, as the components of types do. types: those of the
    model, by name.
    """

    def __init__(self, members: Collection[str]) -> None:
        self.troubles: list[Note] = []
        self.types: Mapping[str, Type] = {}
        self._members: dict[str, set[str]] = {}
        known = {*members, *ROUND}
        counts = Counter(word for name in known for word in set(_words(name)))
        for name in known:
            # Found by its rarest word: many names may begin alike.
            self._members.setdefault(min(_words(name), key=counts.__getitem__), set()).add(name)

    def formula(self, text: Text, names: Collection[str]) -> Meaning:
        """The meaning of a text; of one that cannot be read, null and a note."""
        found = self._read(text, names, parse)
        return self.null(text.place, found) if isinstance(found, str) else _formula(text.place, found)

    def can_read(self, text: Text, names: Collection[str]) -> bool:
        return not isinstance(self._read(text, names, parse), str)

    def tests(self, text: Text | None, names: Collection[str]) -> Test | None:
        """Whether a value passes the unary tests of a text; None when there are none to pass."""
        if text is None or text.text.strip() in ("", "-"):
            return None
        found = self._read(text, names, parse_tests)
        formula = self.null(text.place, found) if isinstance(found, str) else _formula(text.place, found)
        return lambda value, scope: formula(scope.within({"?": value})) is True

    def priorities(self, text: Text, names: Collection[str]) -> list[Test]:
        """The tests of a text one by one, in their order."""
        parts = (Text(place=text.place, text=part, language=text.language) for part in split(text.text))
        return [test for part in parts if (test := self.tests(part, names)) is not None]

    def null(self, place: Place, problem: str) -> Meaning:
        """The meaning of what cannot be evaluated, which is a trouble of the model."""
        self.troubles.append(Note(place, problem))

        def run(scope: Scope) -> Value:
            scope.session.note(place, problem)
            return None

        return run

    def _read(self, text: Text, names: Collection[str], reading: Callable[..., Expression]) -> Expression | str:
        """The expression, or why the text is none."""
        if text.language:
            return f"the language {text.language} is not read"
        # Of a thousand names in a model only those in the text matter, and only they are paid for.
        words = {"", *_WORD.findall(text.text)}
        members = {name for word in words for name in self._members.get(word, ()) if words.issuperset(_words(name))}
        if len(members) > MOST_NAMES:
            return f"more than {MOST_NAMES} names may be meant here"
        try:
            return reading(text.text.strip(), names=_among(names, words, members), members=members,
                           types=self.types, is_strict=False)
        except FeelError as error:
            return str(error)


@lru_cache(maxsize=20_000)
def _words(name: str) -> tuple[str, ...]:
    """The words of a name; of one that has none, as an emoji, the one that every text has."""
    return tuple(_WORD.findall(name)) or ("",)


def _among(names: Collection[str], words: set[str], members: set[str]) -> frozenset[str]:
    """Those of the names in scope that may stand in a text of these words."""
    few = [name for name in members if name in names] if len(names) > MANY else names
    return frozenset(name for name in few if words.issuperset(_words(name)))


def _formula(place: Place, expression: Expression) -> Meaning:
    def run(scope: Scope) -> Value:
        session = scope.session
        session.spend(place)
        warnings = session.budget.warnings
        known = len(warnings)
        try:
            value = expression.outcome(scope.values, session.budget).value
        except FeelError as error:
            if session.budget.left < 0:
                raise refused(place, "it would take too long") from error
            session.note(place, str(error))
            return None
        # Taken away, so that what is around this formula does not tell them again.
        for warned in warnings[known:]:
            session.note(place, warned.message)
        del warnings[known:]
        return value

    return run


def split(text: str) -> Iterator[str]:
    """The parts of a text between the commas that stand in no brackets and no strings."""
    waited: list[str] = []
    start, at = 0, 0
    while at < len(text):
        sign = text[at]
        if sign == '"':
            at += 1
            while at < len(text) and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        elif sign in _CLOSING:
            waited.append(_CLOSING[sign])
        elif waited and sign == waited[-1]:
            waited.pop()
        elif sign == "," and not waited:
            yield text[start:at].strip()
            start = at + 1
        at += 1
    yield text[start:].strip()


def call_by_name(value: Value, arguments: Mapping[str, Value]) -> Value:
    """What a function gives for named arguments; those not given are null. Raises TypeError if it takes others."""
    if not isinstance(value, Function):
        raise TypeError("this is not a function")
    for name in arguments:
        if name not in value.parameters:
            raise TypeError(f"the function has no parameter {name}")
    return call(value, *[arguments.get(name) for name in value.parameters])


def admitted(raw: object, place: Place) -> Value:
    """A value from outside as a value of the language. Raises DecisionRefused when it is none, or is too large."""
    try:
        return admit(raw)
    except RefusedError as error:
        raise refused(place, error.message) from error
