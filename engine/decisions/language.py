"""The texts of a model as formulas: read once, evaluated many times, failing into null with a note."""

from collections.abc import Callable, Collection, Iterator

from engine.decisions.records import Place, Text
from engine.decisions.session import Note, Scope
from feel import Expression, FeelError, parse
from feel.values import Lambda, Value

Meaning = Callable[[Scope], Value]
TESTED = "?"
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Formula:
    """A text that gives a value."""

    def __init__(self, text: Text, expression: Expression) -> None:
        self.place = text.place
        self._expression = expression

    def __call__(self, scope: Scope) -> Value:
        scope.session.spend(self.place)
        try:
            return self._expression.evaluate(scope.values)
        except FeelError as error:
            scope.session.note(self.place, str(error))
            return None


class Tests:
    """The unary tests of a cell or of a list of allowed values."""

    def __init__(self, place: Place, tests: list[Callable[[Scope], bool]]) -> None:
        self.place = place
        self._tests = tests

    def accept(self, value: Value, scope: Scope) -> bool:
        return self.position(value, scope) is not None

    def position(self, value: Value, scope: Scope) -> int | None:
        """The place of the first test that the value passes, from 0; None when it passes none."""
        if not self._tests:
            return 0
        inner = scope.within({TESTED: value})
        return next((place for place, test in enumerate(self._tests) if test(inner)), None)


class Language:
    """Reads the texts of one model and keeps what could not be read.

    words: names that may occur anywhere behind a dot or in a filter, as the components of types do.
    """

    def __init__(self, words: Collection[str]) -> None:
        self.troubles: list[Note] = []
        self._words = frozenset(words)

    def formula(self, text: Text, names: frozenset[str]) -> Meaning:
        """The formula of a text; when it cannot be read, one that notes so and gives null."""
        problem = f"the language {text.language} is not read" if text.language else None
        if problem is None:
            try:
                return Formula(text, parse(text.text.strip()))
            except FeelError as error:
                problem = str(error)
        return self.failing(text.place, problem)

    def failing(self, place: Place, problem: str) -> Meaning:
        self.troubles.append(Note(place, problem))

        def run(scope: Scope) -> Value:
            scope.session.note(place, problem)
            return None

        return run

    def tests(self, text: Text | None, names: frozenset[str]) -> Tests | None:
        """The unary tests of a text, None when there are none to pass."""
        if text is None or text.text.strip() in ("", "-"):
            return None
        return Tests(text.place, [self._test(text, part, names) for part in split(text.text)])

    def _test(self, text: Text, part: str, names: frozenset[str]) -> Callable[[Scope], bool]:
        if part.strip() == "-":
            return lambda scope: True
        if part.startswith("not(") and part.endswith(")"):
            inner = [self._test(text, one, names) for one in split(part[4:-1])]
            return lambda scope: not any(test(scope) for test in inner)
        formula = self.formula(Text(place=text.place, text=f"? in ({part})", language=text.language), names)
        return lambda scope: formula(scope) is True


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


def function(parameters: tuple[str, ...], call: Callable[..., Value]) -> Value:
    """A function as a value of the language."""
    return Lambda(parameters, call)


def call_by_name(value: Value, arguments: dict[str, Value]) -> Value:
    """What a function gives for named arguments; those not given are null. Raises TypeError if it takes others."""
    if not isinstance(value, Lambda):
        raise TypeError("this is not a function")
    for name in arguments:
        if name not in value.parameters:
            raise TypeError(f"the function has no parameter {name}")
    return value.call(*[arguments.get(name) for name in value.parameters])


def admitted(raw: object) -> Value:
    """A value from outside as a value of the language. Raises FeelError when it is none, or too large."""
    return _ITSELF.evaluate({"value": raw})


_ITSELF = parse("value")
