"""One instance of a process, from one step to the next. Knows no database and no clock."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

from SpiffWorkflow.util.task import TaskState

from engine.diagrams.bundle import Bundle, Element, Kind
from engine.diagrams.elements import Trigger
from engine.diagrams.errors import (
    Blame,
    EngineError,
    NotWaiting,
    RunBroken,
    StepBudgetSpent,
    ThrowError,
    UncaughtError,
)
from engine.diagrams.reports import USUAL, Budget, Later, Perform, Step, Thrown, Wait
from engine.diagrams.spiff import catching
from engine.diagrams.spiff import state as states
from engine.diagrams.spiff.scripting import FeelEngine, evaluate, is_true
from engine.diagrams.spiff.specs import ARMED, FIRED, ORIGIN, BoundaryEvent, CatchEvent, Drawn, ServiceTask, UserTask
from engine.diagrams.spiff.timers import Armed, Reckon, arm, rearm

__all__ = ["Budget", "Run", "Step", "Thrown", "Wait"]

PRUNE_EVERY = 50


class Run:
    """An instance in memory. After any error but NotWaiting it is broken: drop it, the last saved state counts.

    variables: belong to the caller; conditions, timers and parameters see them.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        variables: dict[str, object],
        now: datetime,
        perform: Perform,
        reckon: Reckon,
        budget: Budget = USUAL,
    ) -> None:
        self.bundle, self.variables, self.now, self.budget = bundle, variables, now, budget
        self.trail: list[Step] = []
        self.thrown: list[Thrown] = []
        self.end_elements: list[str] = []
        self._perform, self._reckon = perform, reckon
        self._inside: set[int] = set()
        self._to_route: list[Any] = []
        self._errors: list[tuple[Any, str]] = []
        self._steps, self._started_at = 0, 0.0
        self._is_busy = self._is_broken = False
        self._instance: Any = None

    @classmethod
    def start(cls, bundle: Bundle, **facts: Any) -> Self:
        """A new instance, run on until it waits; facts: as for the constructor."""
        run = cls(bundle, **facts)
        with run._step():
            run._instance = states.Instance(bundle, FeelEngine(run.variables), run)
        return run

    @classmethod
    def restore(cls, bundle: Bundle, *, state: bytes, **facts: Any) -> Self:
        """The instance that was dumped; raises StateRefused."""
        run = cls(bundle, **facts)
        stored = states.load(state)
        run._instance = states.restore(stored, bundle, FeelEngine(run.variables), run)
        run.end_elements = stored.ends
        run._inside = {task.id for task in run._instance.live_tasks() if _is_inside(task)}
        return run

    def dump(self) -> bytes:
        """The state to store."""
        self._check()
        return states.dump(self._instance, ends=self.end_elements)

    @property
    def is_ended(self) -> bool:
        return bool(self._instance.completed)

    @property
    def waits(self) -> list[Wait]:
        """Everything the instance waits for, in a stable order."""
        return [wait for task in self._instance.live_tasks() if (wait := self._wait(task)) is not None]

    def complete(self, token: int) -> None:
        """A person has done the human task; raises NotWaiting if it is not waiting."""
        task = self._task(token, TaskState.READY)
        if not isinstance(task.task_spec, UserTask):
            raise NotWaiting(token=token)
        with self._step():
            self._run_task(task)

    def fire(self, token: int) -> None:
        """The alarm of a timer has rung (nobody looks at the clock again); raises NotWaiting if the timer is gone."""
        task = self._task(token, TaskState.WAITING)
        if ARMED not in task.internal_data:
            raise NotWaiting(token=token)
        with self._step():
            self._fire(task)

    def escalate(self, code: str) -> bool:
        """An escalation from outside (a clock): goes to each boundary event that waits for it.

        Of nested activities that wait for the same code only the innermost hears it. An event that does not interrupt
        hears it each time and starts a branch each time, whether or not the branch before has ended. False if nothing
        waits.
        """
        return self._deliver(catching.escalation_from_outside(self._instance, code))

    def message(self, name: str) -> bool:
        """A message from outside: goes to everything that waits for it. False if nothing does."""
        return self._deliver(catching.message(self._instance, name))

    def answer(self, token: int, values: Mapping[str, object]) -> None:
        """What a service task waited for has come; raises NotWaiting if it is not waiting."""
        task = self._called(token)
        with self._step(), Blame(element_id_of(task)):
            self.variables[task.task_spec.element.result] = dict(values)
            states.prepare(task)
            task.complete()

    def refuse(self, token: int, code: str) -> None:
        """What a service task waited for was refused: an error at the task. Raises NotWaiting, UncaughtError."""
        task = self._called(token)
        with self._step():
            self.variables[task.task_spec.element.result] = {"error": code}
            self._throw_error(task, code)

    def cancel(self) -> None:
        """Ends the instance where it stands."""
        with self._step():
            self._instance.cancel()

    # What the task specs report and ask for

    def entered(self, task: Any) -> None:
        if task.id not in self._inside:
            self._inside.add(task.id)
            self._note(task, "entered")

    def left(self, task: Any) -> None:
        self._inside.discard(task.id)
        element = task.task_spec.element
        if element.kind is Kind.END and task.workflow is self._instance:
            self.end_elements = [*(end for end in self.end_elements if end != element.id), element.id]
        self._note(task, "left", tuple(self._flows(task)))

    def cancelled(self, task: Any) -> None:
        if task.id in self._inside:
            self._inside.discard(task.id)
            self._note(task, "cancelled")

    def throw(self, task: Any) -> None:
        self._to_route.append(task)

    def holds(self, condition: str, element: Element) -> bool:
        return is_true(condition, self.variables, element_id=element.id)

    def arm_timer(self, element: Element) -> Armed:
        with Blame(element.id):
            value = evaluate(element.timer, self.variables, element_id=element.id)
            return arm(element, value, now=self.now, reckon=self._reckon)

    def perform_verb(self, task: Any) -> bool:
        """Whether the verb is done; if not, its answer comes later or the error it threw is on its way."""
        element: Element = task.task_spec.element
        parameters = {
            name: evaluate(text, self.variables, element_id=element.id) for name, text in element.parameters.items()
        }
        try:
            result = self._perform(element.verb or "", parameters, element, task.id)
        except ThrowError as error:
            self._errors.append((task, error.code))
            return False
        if isinstance(result, Later):
            return False
        self.variables.update(result or {})
        return True

    # Steps

    @contextmanager
    def _step(self) -> Iterator[None]:
        """One step: afterwards the instance has come to rest, or is broken."""
        self._check()
        self._steps, self._started_at = 0, time.monotonic()
        self._is_busy = self._is_broken = True
        try:
            yield
            with Blame(self.bundle.process_id):
                self._advance()
                states.prune(self._instance)
        finally:
            self._is_busy = False
        if not self.is_ended and not self.waits:
            raise EngineError(element_id=self.bundle.process_id, reason="nothing waits and the end was not reached")
        self._is_broken = False

    def _advance(self) -> None:
        while True:
            self._route()
            task = self._next_ready()
            if task is None:
                return
            self._run_task(task)
            if self._steps % PRUNE_EVERY == 0:
                states.prune(self._instance)

    def _next_ready(self) -> Any:
        """The task to run next: inner workflows go first, so that they are over before their caller looks."""
        scopes = [*self._instance.scopes()]
        for scope in reversed(scopes):
            for task in scope.tasks.values():
                if task.state == TaskState.READY and not task.task_spec.manual:
                    return task
        return None

    def _run_task(self, task: Any) -> None:
        name = element_id_of(task)
        if self._steps >= self.budget.steps or time.monotonic() - self._started_at > self.budget.seconds:
            raise StepBudgetSpent(
                element_id=name, reason="", steps=self._steps, seconds=round(time.monotonic() - self._started_at, 1)
            )
        self._steps += 1
        with Blame(name):
            states.prepare(task)
            task.run()

    def _fire(self, task: Any) -> None:
        """The event happens. A boundary event that does not interrupt stays armed and lets a twin of it happen."""
        spec, twin = task.task_spec, task
        with Blame(element_id_of(task)):
            if isinstance(spec, BoundaryEvent) and not spec.cancel_activity and self._stays(task):
                twin = task.parent._add_child(spec, TaskState.FUTURE)
                twin.internal_data[ORIGIN] = task.id
            twin.internal_data[FIRED] = True
            spec._update(twin)
        self._run_task(twin)

    def _stays(self, task: Any) -> bool:
        armed: Armed | None = task.internal_data.get(ARMED)
        if armed is None:
            return True
        following = rearm(task.task_spec.element, armed, now=self.now, reckon=self._reckon)
        if following is not None:
            task.internal_data[ARMED] = following
        return following is not None

    def _deliver(self, tasks: list[Any]) -> bool:
        """Fires those that still wait when it is their turn."""
        self._check()
        if not tasks:
            return False
        with self._step():
            for task in tasks:
                if task.state == TaskState.WAITING:
                    self._fire(task)
        return True

    # Events thrown inside

    def _route(self) -> None:
        while self._errors:
            self._throw_error(*self._errors.pop(0))
        while self._to_route:
            task = self._to_route.pop(0)
            element: Element = task.task_spec.element
            if element.trigger is Trigger.MESSAGE:
                found = catching.message(self._instance, element.code)
            else:
                found = catching.around(self._instance, task.workflow, element.trigger, element.code)
            for caught in found:
                if caught.state == TaskState.WAITING:
                    self._fire(caught)
            if not found and element.trigger is Trigger.ERROR:
                raise UncaughtError(element_id=element.id, reason="", code=element.code)
            if not found:
                self.thrown.append(Thrown(element.trigger.value, element.code, element.id))

    def _throw_error(self, task: Any, code: str) -> None:
        """An error at a task: to its own boundary event, else to the nearest around it."""
        element: Element = task.task_spec.element
        found = catching.at(task, Trigger.ERROR, code) or catching.around(
            self._instance, task.workflow, Trigger.ERROR, code)
        if not found:
            raise UncaughtError(element_id=element.id, reason="", code=code)
        self._fire(found[0])

    # Reading

    def _called(self, token: int) -> Any:
        task = self._task(token, TaskState.STARTED)
        if not isinstance(task.task_spec, ServiceTask):
            raise NotWaiting(token=token)
        return task

    def _task(self, token: int, state: int) -> Any:
        self._check()
        task = self._instance.find_task(token)
        if task is None or task.state != state:
            raise NotWaiting(token=token)
        return task

    def _check(self) -> None:
        if self._is_busy:
            raise EngineError(element_id=self.bundle.process_id, reason="nothing may happen in the middle of a step")
        if self._is_broken:
            raise RunBroken()

    def _wait(self, task: Any) -> Wait | None:
        spec = task.task_spec
        element: Element | None = getattr(spec, "element", None)
        if element is None:
            return None
        if isinstance(spec, UserTask):
            return Wait(task.id, element.id, "task", element.name, lane=self._lane(task))
        if isinstance(spec, ServiceTask) and task.state == TaskState.STARTED:
            return Wait(task.id, element.id, "call", element.name, lane=self._lane(task))
        if not isinstance(spec, (CatchEvent, BoundaryEvent)) or element.trigger is Trigger.ERROR:
            return None
        armed: Armed | None = task.internal_data.get(ARMED)
        if armed is not None:
            return Wait(task.id, element.id, "timer", element.name, armed.due_at, armed.generation, self._lane(task))
        return Wait(task.id, element.id, element.trigger.value, element.code, lane=self._lane(task))

    def _lane(self, task: Any) -> str | None:
        """The lane of the element, or of the call activity the called process runs for."""
        while task is not None:
            if task.task_spec.element.lane is not None:
                return str(task.task_spec.element.lane)
            task = self._instance.caller_of(task.workflow)
        return None

    def _note(self, task: Any, what: str, flows: tuple[str, ...] = ()) -> None:
        token = task.internal_data.get(ORIGIN, task.id)
        self.trail.append(Step(task.task_spec.element.id, what, token, flows))

    def _flows(self, task: Any) -> Iterator[str]:
        source = task.task_spec.element.id
        for child in task.children:
            flow = self.bundle.flow_ids.get((source, element_id_of(child)))
            if flow is not None:
                yield flow


def element_id_of(task: Any) -> str:
    """The drawn element a task stands for; helpers of the library count to the element they help."""
    spec = task.task_spec
    if isinstance(spec, Drawn):
        return spec.element.id
    return str(spec.name).removesuffix(".BoundaryEventSplit").removesuffix(".BoundaryEventJoin")


def _is_inside(task: Any) -> bool:
    return isinstance(task.task_spec, (UserTask, CatchEvent)) or bool(task.state == TaskState.STARTED)
