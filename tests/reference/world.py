"""Where the tokens of one instance are."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from tests.reference.drawing import Flow, Node, Scope
from tests.reference.rounds import Course


@dataclass
class Armed:
    """An event that is waited for. remaining: how often a cycle still rings, this time included."""

    number: int
    node: Node
    due_at: datetime | None = None
    generation: int = 0
    remaining: int = 1
    period: str = ""

    def shape(self):
        return (self.node.id, self.due_at, self.generation, self.remaining)


@dataclass
class Work:
    """A token inside a node: an activity under way, an event or a choice of events that is waited for.

    edges: what is waited for at the edge of the activity. awaits: what is waited for inside. inner: what runs inside.
    course: of an activity that is done several times, whose rounds are inside. place: which of the rounds this one is.
    """

    number: int
    node: Node
    edges: list[Armed] = field(default_factory=list)
    awaits: list[Armed] = field(default_factory=list)
    inner: list["Scene"] = field(default_factory=list)
    course: Course | None = None
    place: int | None = None

    def shape(self):
        parts = (self.edges, self.awaits, self.inner)
        rounds = (self.place, self.course.shape() if self.course else None)
        return (self.node.id, rounds, *(tuple(sorted((x.shape() for x in part), key=repr)) for part in parts))


@dataclass
class Token:
    """A token on its way; flow: along which, None at a start. place: of a round that begins."""

    flow: Flow | None
    node: Node
    place: int | None = None

    def shape(self):
        return (self.flow.id if self.flow else "", self.node.id, self.place)


@dataclass
class Scene:
    """A process or subprocess that runs. arrived: the flows on which tokens wait before a joining gateway."""

    number: int
    scope: Scope
    moving: list[Token] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    arrived: dict[str, list[Flow]] = field(default_factory=lambda: defaultdict(list))
    handlers: list[Armed] = field(default_factory=list)

    @property
    def is_over(self):
        return not self.moving and not self.works and not any(self.arrived.values())

    def shape(self):
        """The same for two scenes in which the same may happen."""
        waiting = sorted((gate, *sorted(f.id for f in flows)) for gate, flows in self.arrived.items() if flows)
        parts = (self.moving, self.works, self.handlers)
        return (self.scope.id, *(tuple(sorted((x.shape() for x in part), key=repr)) for part in parts), *waiting)

    def within(self):
        """This scene and all inside it, with the work each runs for."""
        todo = [(self, None, None)]
        while todo:
            scene, around, work = todo.pop()
            yield scene, around, work
            todo += [(inner, scene, one) for one in scene.works for inner in one.inner]
