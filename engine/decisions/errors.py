"""What can go wrong between a decision model and its values."""

from engine.diagrams.errors import BadDiagram
from helpdesk.errors import DeskError


class BadModel(BadDiagram):
    """{file}, line {line}: {reason}"""


class DecisionRefused(DeskError):
    """The decision at “{element}” ({file}, line {line}) was stopped: {reason}"""

    file: str
    line: int
    element: str
    reason: str


class UnknownDecision(DeskError):
    """There is no decision “{name}” in these models."""

    name: str
