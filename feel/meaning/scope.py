"""Where names are looked up while an expression is evaluated, and what an evaluation may use."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeAlias

from feel import limits
from feel.errors import RefusedError, Warned
from feel.values import Value, admit

MISSING = object()
_WARNINGS = 20


class Scope:
    """Some names with values, and the scope around them. The outermost one holds what came from outside.

    ledger: one for a whole evaluation; counts its work and keeps what it has already admitted.
    """

    __slots__ = ("ledger", "outer", "values")

    def __init__(self, values: Mapping[str, object], outer: "Scope | None", ledger: "Ledger") -> None:
        self.values = values
        self.outer = outer
        self.ledger = ledger

    def find(self, name: str) -> Value:
        """The value of a name, MISSING when nobody has it."""
        scope: Scope = self
        while scope.outer is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        raw = scope.values.get(name, MISSING)
        return raw if raw is MISSING else self.ledger.admit(raw)

    def within(self, values: Mapping[str, object]) -> "Scope":
        return Scope(values, self, self.ledger)


class Ledger:
    """What one evaluation has used, and why some of its values were null (the first twenty reasons)."""

    __slots__ = ("admitted", "calls", "left", "now", "today", "warnings")

    def __init__(self) -> None:
        self.left = limits.WORK
        self.calls = 0  # functions that are being called, one inside another
        self.admitted: dict[int, tuple[object, Value]] = {}
        self.warnings: list[Warned] = []
        self.now: datetime | None = None
        self.today: date | None = None

    def spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise RefusedError("The expression would take too long.")

    def warn(self, message: str, at: int) -> None:
        if len(self.warnings) < _WARNINGS:
            self.warnings.append(Warned(message, at))

    def admit(self, raw: object) -> Value:
        """The value of something from outside. A list or a context is converted once in an evaluation."""
        if not isinstance(raw, (list, dict)):
            return admit(raw)
        known = self.admitted.get(id(raw))
        if known is None:
            # The raw value is kept too, so that nothing else can get its id meanwhile.
            known = self.admitted[id(raw)] = raw, admit(raw)
        return known[1]


class Budget(Ledger):
    """What many evaluations that belong together may use in all.

    What they read are values of the language already (`feel.admit` makes them), so nothing is converted.
    work: see `limits.WORK`. now: what `now()` and `today()` give where the context has no names `now` and `today`.
    """

    __slots__ = ()

    def __init__(self, *, work: int = limits.WORK, now: datetime | None = None) -> None:
        super().__init__()
        self.left = work
        self.now = now
        self.today = now.date() if now else None

    def admit(self, raw: object) -> Value:
        return raw


Meaning: TypeAlias = Callable[[Scope], Value]
