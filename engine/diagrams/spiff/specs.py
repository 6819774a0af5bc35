# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""Our task specs: what each drawn element does when a token reaches it.

They are SpiffWorkflow's own with four differences: they tell the run what happens; they look neither ahead nor back, a
token that moves on is put behind the flows it takes; tokens carry no data; and events are routed by the run.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.elements import Element, Kind, Trigger
from engine.diagrams.errors import EngineError
from engine.diagrams.spiff.tokens import Token


def run_of(task: Any) -> Any:
    """The run a token belongs to."""
    return task.workflow.instance.run


class Way(NamedTuple):
    """A flow that leaves an element, to the spec at its end. A link is a way without a flow."""

    flow: str
    target: Any
    condition: str | None = None
    is_default: bool = False


class Drawn(BpmnSpecMixin):
    """Every element a person drew. It is passed at once if nothing else is said.

    ways: out of it, in the order of the file. attached: its boundary events.
    """

    def __init__(self, wf_spec: Any, element: Element) -> None:
        super().__init__(wf_spec, element.id)
        self.element = element
        self.ways: tuple[Way, ...] = ()
        self.attached: tuple[Any, ...] = ()
        self.is_decided = False  # whether a condition has to be looked at
        self.is_choice = element.kind is Kind.EVENT_BASED

    def test(self) -> None:
        """The library's own check; ours were made when the process was published."""

    def arrive(self, my_task: Token) -> bool:
        """A token is here; whether its turn comes at once."""
        return True

    def choose(self, my_task: Token) -> Sequence[Way]:
        """The ways a token takes: all without a condition, those whose condition holds, else the default one."""
        if not self.is_decided:
            return self.ways
        holds = run_of(my_task).holds
        taken = [way for way in self.ways if not way.is_default and (way.condition is None or holds(way, my_task))]
        return taken or self.default_ways()

    def chosen_by_hand(self, flow: str) -> Sequence[Way]:
        """The way that somebody chose; if they chose none, the only one, the default one, or all plain ones."""
        if flow:
            taken = [way for way in self.ways if way.flow == flow]
        elif (self.is_decided or self.is_choice) and len(self.ways) > 1:
            return self.default_ways()
        else:
            taken = list(self.ways)
        if not taken:
            raise EngineError(element_id=self.element.id, reason=f"the flow {flow} does not leave it")
        return taken

    def default_ways(self) -> Sequence[Way]:
        taken = [way for way in self.ways if way.is_default]
        if not taken:
            raise EngineError(element_id=self.element.id, reason="no condition holds and there is no default flow")
        return taken

    def _update(self, my_task: Token) -> None:
        if self.arrive(my_task):
            my_task._set_state(TaskState.READY)
            self._on_ready(my_task)

    def _on_ready(self, my_task: Token) -> None:
        run_of(my_task).ready.append(my_task)

    def _run(self, my_task: Token) -> bool | None:
        run_of(my_task).entered(my_task)
        return True if my_task.passes is not None else self.perform(my_task)

    def perform(self, my_task: Token) -> bool | None:
        """What the element does; None leaves the token where it is."""
        return True

    def _on_complete(self, my_task: Token) -> None:
        ways = self.choose(my_task) if my_task.passes is None else self.chosen_by_hand(my_task.passes)
        scope = my_task.workflow
        run_of(my_task).left(my_task, ways)
        scope.forget(my_task)
        for way in ways:
            scope.put(way.target, flow=way.flow)
        if my_task.place is not None:
            scope.caller.task_spec.end_round(scope.caller, my_task)

    def listen_around(self, my_task: Token) -> None:
        """From now on the events at the edge of the activity may happen."""
        for spec in self.attached:
            my_task.workflow.listen(spec, host=my_task.id)


class Event(Drawn):
    """What may wait for something: a token that does, or a listener."""

    def arrive(self, my_task: Token) -> bool:
        my_task._set_state(TaskState.WAITING)
        if my_task.host is None:
            run_of(my_task).entered(my_task)
        if self.element.trigger is Trigger.TIMER:
            my_task.armed = run_of(my_task).arm_timer(my_task)
        return False


class StartEvent(Drawn):
    """A plain start, and the start inside a subprocess that an event has started."""


class ThrowEvent(Drawn):
    def perform(self, my_task: Token) -> bool:
        if self.element.trigger not in (Trigger.NONE, Trigger.LINK):
            run_of(my_task).throw(my_task)
        return True


class EndEvent(ThrowEvent):
    def perform(self, my_task: Token) -> bool:
        return True if self.element.trigger is Trigger.TERMINATE else super().perform(my_task)

    def _on_complete(self, my_task: Token) -> None:
        super()._on_complete(my_task)
        if self.element.trigger is Trigger.TERMINATE:
            my_task.workflow.clear()


class Pass(Drawn):
    """The catching side of a link."""


class CatchEvent(Event):
    pass


class BoundaryEvent(Event):
    pass


class HandlerStart(Event):
    """The start event of a subprocess that an event starts, as it listens around that subprocess."""

    handler: Any


class Activity(Drawn):
    def arrive(self, my_task: Token) -> bool:
        self.listen_around(my_task)
        return True


class UserTask(Activity):
    def _on_ready(self, my_task: Token) -> None:
        """Its turn comes when a person has done it."""
        my_task.lane = run_of(my_task).chosen_lane(my_task)
        run_of(my_task).entered(my_task)


class ServiceTask(Activity):
    def perform(self, my_task: Token) -> bool | None:
        """None when the answer comes later or an error was thrown."""
        return True if run_of(my_task).perform_verb(my_task) else None


class RuleTask(Activity):
    def perform(self, my_task: Token) -> bool:
        run_of(my_task).decide(my_task)
        return True


class SendTask(Activity):
    def perform(self, my_task: Token) -> bool:
        run_of(my_task).throw(my_task)
        return True


class ReceiveTask(Event):
    def arrive(self, my_task: Token) -> bool:
        if my_task.host is None:
            self.listen_around(my_task)
        return super().arrive(my_task)


class Nested(Drawn):
    """A subprocess or a call: its token waits until what it holds is over.

    process: the name of the spec of what is inside.
    """

    process: str

    def arrive(self, my_task: Token) -> bool:
        run_of(my_task).entered(my_task)
        my_task._set_state(TaskState.STARTED)
        self.listen_around(my_task)
        self.open(my_task)
        return False

    def open(self, my_task: Token) -> None:
        my_task.workflow.instance.open(my_task, self.process).begin()


class SubProcess(Nested):
    pass


class CallActivity(Nested):
    pass


class Handler(Nested):
    """A subprocess that an event starts. Nothing leads to it and no flow leaves it."""

