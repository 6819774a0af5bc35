"""How much of everything an expression may use."""

from decimal import Context, DivisionByZero, InvalidOperation, Overflow

TEXT = 8_000  # characters of an expression
DEPTH = 40  # levels of nesting
CALLS = 60  # functions that call one another
NODES = 1_000  # parts an expression is made of
STRING = 20_000  # characters of a string that an expression makes
ITEMS = 10_000  # items of a value, counted through all its levels
WORK = 100_000  # items looked at during one evaluation
PATTERN = 200  # characters of a regular expression

# IEEE 754 decimal128: what the standard asks of numbers.
NUMBERS = Context(prec=34, Emax=6144, Emin=-6143, traps=[InvalidOperation, DivisionByZero, Overflow])
