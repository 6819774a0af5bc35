"""The built-in functions of the language. Importing a module of them enters its functions in the table."""

from feel.functions import contexts, lists, matching, moments, numbers, ranges, texts
from feel.functions.registry import BUILTINS, Builtin, Signature

__all__ = ["BUILTINS", "Builtin", "Signature", "contexts", "lists", "matching", "moments", "numbers", "ranges", "texts"]
