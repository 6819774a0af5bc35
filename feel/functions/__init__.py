"""The built-in functions of the language."""

from feel.functions import (  # each enters its functions in the table
    contexts,
    lists,
    moments,
    numbers,
    texts,
)
from feel.functions.registry import BUILTINS, Builtin, Signature

__all__ = ["BUILTINS", "Builtin", "Signature", "contexts", "lists", "matching", "moments", "numbers", "texts"]
