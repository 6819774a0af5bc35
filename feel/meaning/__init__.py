"""From nodes to functions: what every part of an expression means."""

from feel.meaning import calls, loops, operators  # each enters what it gives meaning to
from feel.meaning.builder import Builder
from feel.meaning.scope import Ledger, Meaning, Scope

__all__ = ["Builder", "Ledger", "Meaning", "Scope", "calls", "loops", "operators"]
