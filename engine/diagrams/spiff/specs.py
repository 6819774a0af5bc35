# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""Our task specs: what each drawn element does when a token reaches it.

They are SpiffWorkflow's own with four differences: they tell the run what happens; they predict nothing (the run
prepares the next tasks when a task is about to be run); tasks carry no data; and events are routed by the run.
"""

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.elements import Element, Kind, Trigger
from engine.diagrams.errors import EngineError

FIRED = "fired"
ARMED = "armed"
ARRIVED = "arrived"
ORIGIN = "origin"


def run_of(task: Any) -> Any:
    """The run a task belongs to."""
    return task.workflow.top_workflow.run


class Drawn(BpmnSpecMixin):
    """Every element a person drew."""

    element: Element

    def _predict(self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing: the library would draw the whole way ahead at every step."""

    def _run_hook(self, my_task: Any) -> Any:
        run_of(my_task).entered(my_task)
        return super()._run_hook(my_task)

    def _on_complete_hook(self, my_task: Any) -> None:
        run_of(my_task).left(my_task)
        super()._on_complete_hook(my_task)

    def _on_cancel(self, my_task: Any) -> None:
        run_of(my_task).cancelled(my_task)
        super()._on_cancel(my_task)


class StartEvent(Drawn, defaults.StartEvent):
    pass


class EndEvent(Drawn, defaults.EndEvent):
    pass


class ThrowEvent(Drawn, defaults.IntermediateThrowEvent):
    pass


class UserTask(Drawn, defaults.UserTask):
    def _on_ready_hook(self, my_task: Any) -> None:
        run_of(my_task).entered(my_task)
        super()._on_ready_hook(my_task)


class ServiceTask(Drawn, BpmnSpecMixin):
    def _run_hook(self, my_task: Any) -> bool | None:
        """None, which leaves the token where it is, when the answer comes later or an error was thrown."""
        super()._run_hook(my_task)
        return True if run_of(my_task).perform_verb(my_task) else None


class ExclusiveGateway(Drawn, defaults.ExclusiveGateway):
    """Takes the first flow, in the order of the file, whose condition holds, else the default one."""

    def _run_hook(self, my_task: Any) -> bool:
        run_of(my_task).entered(my_task)
        my_task._sync_children([self._chosen(my_task)], TaskState.FUTURE)
        return True

    def _chosen(self, my_task: Any) -> Any:
        chosen = self.default_task_spec
        for condition, name in self.cond_task_specs:
            if condition is not None and run_of(my_task).holds(condition.args[0], self.element):
                chosen = name
                break
        if chosen is None:
            raise EngineError(element_id=self.element.id, reason="no condition holds and there is no default flow")
        return self._wf_spec.task_specs[chosen]


class ParallelGateway(Drawn, defaults.ParallelGateway):
    """Waits for one token on each incoming flow.

    The library derives who has arrived from all of the history; a second round of a loop is then taken for complete
    when it is not. Here the one waiting task keeps the list of arrivals.
    """

    def _update_hook(self, my_task: Any) -> bool:
        if ARRIVED not in my_task.internal_data:
            self._arrive(my_task)
        missing: Counter[str] = Counter(self._inputs) - Counter(my_task.internal_data[ARRIVED])
        if missing:
            my_task._set_state(TaskState.WAITING)
        return not missing

    def _arrive(self, my_task: Any) -> None:
        arrived = [my_task.parent.task_spec.name]
        for task in list(my_task.workflow.tasks.values()):
            if task.task_spec is self and task is not my_task and task.state == TaskState.WAITING:
                arrived = task.internal_data[ARRIVED] + arrived
                task.workflow._remove_task(task.id)
        my_task.internal_data[ARRIVED] = arrived

    def _run_hook(self, my_task: Any) -> bool:
        run_of(my_task).entered(my_task)
        return True


class CatchEvent(Drawn, defaults.IntermediateCatchEvent):
    def _update_hook(self, my_task: Any) -> Any:
        is_ready = super()._update_hook(my_task)
        run_of(my_task).entered(my_task)
        return is_ready


class BoundaryEvent(Drawn, defaults.BoundaryEvent):
    def _predict_hook(self, my_task: Any) -> None:
        """Only an event that interrupts has to do with the end of its activity."""
        following = [s for s in self.outputs if self.cancel_activity or not isinstance(s, BoundaryEventJoin)]
        my_task._sync_children(following, TaskState.FUTURE)


class _Nested(Drawn):
    """A subprocess or a called process; the library would copy data in and out."""

    def start_workflow(self, my_task: Any) -> None:
        run_of(my_task).entered(my_task)
        super().start_workflow(my_task)

    def _on_cancel(self, my_task: Any) -> None:
        """What is inside is cancelled before what is around it."""
        inner = my_task.workflow.top_workflow.get_subprocess(my_task)
        if inner is not None:
            inner.cancel()
        super()._on_cancel(my_task)

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        pass

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        pass


class SubProcess(_Nested, defaults.SubWorkflowTask):
    pass


class CallActivity(_Nested, defaults.CallActivity):
    pass


class Catch(EventDefinition):
    """What a waiting event waits for. Only the run marks it as fired."""

    def __init__(self, element: Element) -> None:
        super().__init__(element.name)
        self.element = element

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get(FIRED))

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def update_task(self, my_task: Any) -> None:
        if self.element.trigger is Trigger.TIMER and ARMED not in my_task.internal_data:
            my_task.internal_data[ARMED] = run_of(my_task).arm_timer(self.element)

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop(FIRED, None)


class Throw(EventDefinition):
    """What a throwing event throws: it goes to the run, which looks for who catches it after this step."""

    def throw(self, my_task: Any) -> None:
        run_of(my_task).throw(my_task)


class Terminate(TerminateEventDefinition):
    def throw(self, my_task: Any) -> None:
        """Nobody else hears of it."""


def definition_of(element: Element) -> Any:
    """The library's event definition for an event."""
    if element.trigger is Trigger.NONE:
        return NoneEventDefinition()
    if element.trigger is Trigger.TERMINATE:
        return Terminate()
    is_throwing = element.kind in (Kind.END, Kind.THROW)
    return Throw(element.name) if is_throwing else Catch(element)
