"""What the language says when it does not understand or will not do something."""

from dataclasses import dataclass


class FeelError(Exception):
    """One plain sentence about what is wrong in an expression, and where.

    position: characters before the place, from 0. line and column: from 1.
    """

    def __init__(self, message: str, position: int = 0, line: int = 1, column: int = 1) -> None:
        super().__init__(message, position, line, column)
        self.message = message
        self.position = position
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class RefusedError(Exception):
    """A FeelError in the making: whoever knows the place, and at last the text, adds it."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position

    def within(self, text: str) -> FeelError:
        """The same as an error that names the line and column of `text`."""
        position = min(self.position or 0, len(text))
        line = text.count("\n", 0, position) + 1
        return FeelError(self.message, position, line, position - text.rfind("\n", 0, position))


class NullError(Exception):
    """What the standard calls an error: the value is null. The sentence becomes a warning of the evaluation."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Why something was null. position: characters before the place, from 0."""

    message: str
    position: int
