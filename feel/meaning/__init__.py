"""From nodes to functions: what every part of an expression means."""

from feel.meaning import calls, loops, operators, tests, values  # each enters what it gives meaning to
from feel.meaning.builder import Builder
from feel.meaning.scope import Budget, Ledger, Meaning, Scope

__all__ = ["Budget", "Builder", "Ledger", "Meaning", "Scope", "calls", "loops", "operators", "tests", "values"]
