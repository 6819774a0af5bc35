"""Activities that are done several times: the state of their rounds, and what expressions see in a round."""

from dataclasses import dataclass, field

from tests.reference.drawing import Drawn, Rounds

PARALLEL, SEQUENTIAL, WHILE = "all at once", "one by one", "while"


class Alone(Drawn):
    """The scope of the rounds of one activity: nothing leads on, nothing is at the edge."""

    def __init__(self, scope, node):
        self.id, self.nodes, self.inner, self.flows = f"rounds of {node.id}", scope.nodes, scope.inner, []

    def outgoing(self, node):
        return []

    incoming = boundaries = outgoing

    def handlers(self):
        return []


@dataclass
class Course:
    """How far the rounds are. count: of them, 0 when nobody knows. results: by round."""

    rounds: Rounds
    count: int = 0
    items: list | None = None
    begun: int = 0
    ended: int = 0
    results: list = field(default_factory=list)

    def shape(self):
        return (self.count, self.begun, self.ended, repr(self.items), repr(self.results))

    def counts(self):
        return {
            "loopCounter": self.begun,
            "numberOfInstances": self.count or self.begun,
            "numberOfCompletedInstances": self.ended,
            "numberOfActiveInstances": self.begun - self.ended,
        }

    def facts(self, place):
        """What is seen in the round `place`, counted from 0."""
        own = self.counts() | {"loopCounter": place + 1}
        return own if self.items is None else own | {self.rounds.item or "item": self.items[place]}


def plan(rounds, value):
    """The rounds to come. value: of the list or of the number of rounds."""
    if rounds.kind == WHILE:
        return Course(rounds)
    items = value if isinstance(value, list) else None
    count = value if items is None else len(items)
    return Course(rounds, count, items, results=[None] * count if rounds.output else [])
