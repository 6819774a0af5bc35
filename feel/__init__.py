"""The one expression language of the house: FEEL, as DMN 1.5 defines it. Parses and evaluates, knows nobody."""

from feel.errors import FeelError
from feel.expression import Expression, parse
from feel.values import YearsMonths

__all__ = ["Expression", "FeelError", "YearsMonths", "parse"]
