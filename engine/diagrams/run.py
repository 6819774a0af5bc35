"""One instance of a process, from one step to the next. Knows no database and no clock."""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
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
from engine.diagrams.reports import USUAL, Budget, Decide, Later, Perform, Round, Step, Thrown, Wait, no_decisions
from engine.diagrams.spiff import catching, firing, gateways, rounds, specs
from engine.diagrams.spiff import state as states
from engine.diagrams.spiff.scripting import FeelEngine, evaluate, is_true
from engine.diagrams.spiff.timers import Armed, Reckon, arm
from engine.diagrams.spiff.tokens import Instance, Scope, Token

__all__ = ["Budget", "Run", "Step", "Thrown", "Wait"]


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
        decide: Decide = no_decisions,
        budget: Budget = USUAL,
    ) -> None:
        self.bundle, self.variables, self.now, self.budget = bundle, variables, now, budget
        self.trail: list[Step] = []
        self.thrown: list[Thrown] = []
        self.end_elements: list[str] = []
        # Elements that somebody decided to pass over the next time, each with the way out that they chose, or "".
        self.passing_over: dict[str, str] = {}
        self.reckon = reckon
        self._perform, self._decide = perform, decide
        # What the specs hand over: whose turn it is, scopes that may be over, what was thrown and has to be caught.
        self.ready: deque[Token] = deque()
        self.touched: list[Scope] = []
        self._to_route: list[tuple[Token, Trigger, str, list[Token]]] = []
        self._steps, self._started_at = 0, 0.0
        self._is_busy = self._is_broken = False
        self._instance: Any = None

    @classmethod
    def start(cls, bundle: Bundle, **facts: Any) -> Self:
        """A new instance, run on until it waits; facts: as for the constructor."""
        run = cls(bundle, **facts)
        with run._step():
            run._instance = Instance(bundle, FeelEngine(run.variables), run)
            run._instance.begin()
        return run

    @classmethod
    def restore(cls, bundle: Bundle, *, state: bytes, **facts: Any) -> Self:
        """The instance that was dumped; raises StateRefused."""
        run = cls(bundle, **facts)
        stored = states.load(state)
        run._instance = states.restore(stored, bundle, FeelEngine(run.variables), run)
        run.end_elements = stored.ends
        run.touched.clear()
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
        task = self._task(token, specs.UserTask)
        with self._step():
            self.run_task(task)

    def fire(self, token: int) -> None:
        """The alarm of a timer has rung (nobody looks at the clock again); raises NotWaiting if the timer is gone."""
        task = self._task(token, specs.Event)
        if task.armed is None:
            raise NotWaiting(token=token)
        with self._step():
            firing.fire(self, task)

    def escalate(self, code: str) -> bool:
        """An escalation from outside (a clock): goes to each event that waits for it.

        Of nested activities that wait for the same code only the innermost hears it. An event that does not interrupt
        hears it each time and starts a branch each time, whether or not the branch before has ended. False if nothing
        waits.
        """
        return self._deliver(catching.escalation_from_outside(self._instance, code))

    def message(self, name: str, payload: Mapping[str, object] | None = None) -> bool:
        """A message from outside: goes to everything that waits for it. False if nothing does.

        payload: is kept in the variable that each catching element names as its `result`.
        """
        return self._deliver(catching.named(self._instance, Trigger.MESSAGE, name), payload)

    def signal(self, name: str) -> bool:
        """A signal from outside: goes to everything that waits for it. False if nothing does."""
        return self._deliver(catching.named(self._instance, Trigger.SIGNAL, name))

    def answer(self, token: int, values: Mapping[str, object]) -> None:
        """What a service task waited for has come; raises NotWaiting if it is not waiting."""
        task = self._task(token, specs.ServiceTask)
        with self._step(), Blame(task.task_spec.name):
            self.write(task, task.task_spec.element.result, dict(values))
            task.complete()

    def refuse(self, token: int, code: str) -> None:
        """What a service task waited for was refused: an error at the task. Raises NotWaiting, UncaughtError."""
        task = self._task(token, specs.ServiceTask)
        with self._step():
            self.write(task, task.task_spec.element.result, {"error": code})
            self._announce(task, Trigger.ERROR, code)

    def write_at(self, token: int, name: str, value: object) -> None:
        """Keeps what a person answered at a step; in a round of an activity the round sees its own answers."""
        task = self._instance.find_task(token)
        if task is None:
            raise NotWaiting(token=token)
        self.write(task, name, value)

    def standing(self) -> list[Token]:
        """The tokens, callers before what runs inside them; what only listens beside one is none."""
        return [task for task in self._instance.live_tasks() if task.host is None]

    @contextmanager
    def by_hand(self, token: int) -> Iterator[Token]:
        """One step that somebody does to a token by hand (engine.diagrams.mending). Raises NotWaiting."""
        task = next((one for one in self.standing() if one.id == token), None)
        if task is None:
            raise NotWaiting(token=token)
        with self._step(), Blame(task.task_spec.name):
            yield task

    def cancel(self) -> None:
        """Ends the instance where it stands."""
        with self._step():
            self._instance.clear()
            self._instance.completed = True

    # What the task specs report and ask for

    def entered(self, task: Token) -> None:
        if not task.is_inside:
            task.is_inside = True
            self._note(task, "entered")

    def left(self, task: Token, ways: Iterable[specs.Way]) -> None:
        task.is_inside = False
        element: Element = task.task_spec.element
        if element.kind is Kind.END and task.workflow is self._instance:
            self.end_elements = [*(end for end in self.end_elements if end != element.id), element.id]
        self._note(task, "left", tuple(way.flow for way in ways if way.flow))

    def cancelled(self, task: Token) -> None:
        if task.is_inside:
            task.is_inside = False
            self._note(task, "cancelled")

    def throw(self, task: Token) -> None:
        element: Element = task.task_spec.element
        self._announce(task, element.trigger, element.code)

    def holds(self, way: specs.Way, task: Token) -> bool:
        return self.is_true(way.condition or "", task)

    def is_true(self, condition: str, task: Token) -> bool:
        return is_true(condition, self.seen_by(task), element_id=task.task_spec.name)

    def evaluate(self, text: str, task: Token) -> object:
        return evaluate(text, self.seen_by(task), element_id=task.task_spec.name)

    def seen_by(self, task: Token) -> Mapping[str, object]:
        """The variables, and in a round of an activity what belongs to the round."""
        if task.workflow.caller is None and task.course is None:
            return self.variables
        return rounds.seen_in_rounds(task, self.variables)

    def write(self, task: Token, name: str, value: object) -> None:
        """Sets a variable; a round keeps what was written inside it for itself as well."""
        self.variables[name] = value
        place = rounds.place_of(task)
        if place is not None:
            place[0].written[name] = rounds.plain(value)

    def arm_timer(self, task: Token) -> Armed:
        element: Element = task.task_spec.element
        with Blame(element.id):
            return arm(element, self.evaluate(element.timer, task), now=self.now, reckon=self.reckon)

    def chosen_lane(self, task: Token) -> str | None:
        """The lane a step names itself, by an expression."""
        text = task.task_spec.element.properties.get("lane")
        return str(self.evaluate(text, task) or "") if text else None

    def perform_verb(self, task: Token) -> bool:
        """Whether the verb is done; if not, its answer comes later or the error it threw is on its way."""
        element: Element = task.task_spec.element
        seen = self.seen_by(task)
        parameters = {name: evaluate(text, seen, element_id=element.id) for name, text in element.parameters.items()}
        try:
            result = self._perform(element.verb or "", parameters, element, task.id)
        except ThrowError as error:
            self._announce(task, Trigger.ERROR, error.code)
            return False
        if isinstance(result, Later):
            return False
        for name, value in (result or {}).items():
            self.write(task, name, value)
        return True

    def decide(self, task: Token) -> None:
        for name, value in self._decide(task.task_spec.element, self.seen_by(task)).items():
            self.write(task, name, value)

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
                self._refuse_to_hang()
        finally:
            self._is_busy = False
        self._is_broken = False

    def _advance(self) -> None:
        """Runs on until only waits are left."""
        while True:
            if self._to_route:
                self._route(*self._to_route.pop(0))
            elif self.touched:
                self._end_if_over(self.touched.pop())
            elif self.ready:
                task = self.ready.popleft()
                if task.state == TaskState.READY:
                    self.run_task(task)
            elif (join := self._complete_join()) is not None:
                self.run_task(join)
            else:
                return

    def _complete_join(self) -> Token | None:
        """An inclusive gateway for which nothing more can come; looked for when nothing else moves."""
        if not self.bundle.has_inclusive:
            return None
        for task in self._instance.live_tasks():
            spec = task.task_spec
            if isinstance(spec, gateways.InclusiveGateway) and spec.is_complete(task):
                return task  # type: ignore[no-any-return]  # the library has no types
        return None

    def _end_if_over(self, scope: Scope) -> None:
        """A scope is over when its last token has gone; then its caller goes on."""
        if scope.spec is None or any(True for _ in scope.tokens()):
            return
        if scope.caller is None:
            scope.clear()
            self._instance.completed = True
        elif self._instance.subprocesses.get(scope.caller.id) is scope:
            scope.clear()
            del self._instance.subprocesses[scope.caller.id]
            self.run_task(scope.caller)

    def run_task(self, task: Token) -> None:
        name = task.task_spec.name
        if self._steps >= self.budget.steps or time.monotonic() - self._started_at > self.budget.seconds:
            raise StepBudgetSpent(
                element_id=name, reason="", steps=self._steps, seconds=round(time.monotonic() - self._started_at, 1)
            )
        self._steps += 1
        with Blame(name):
            task.run()

    def _deliver(self, tasks: list[Token], payload: Mapping[str, object] | None = None) -> bool:
        """Fires those that still wait when it is their turn."""
        self._check()
        if not tasks:
            return False
        with self._step():
            for task in tasks:
                if task.state == TaskState.WAITING:
                    if payload is not None:
                        self.write(task, task.task_spec.element.result, dict(payload))
                    firing.fire(self, task)
        return True

    def _announce(self, task: Token, trigger: Trigger, code: str) -> None:
        """Whoever waits at this moment will hear it: a token must not go on and catch what it threw itself."""
        if trigger in (Trigger.MESSAGE, Trigger.SIGNAL):
            found = catching.named(self._instance, trigger, code)
        else:
            found = catching.near(task, trigger, code)
        self._to_route.append((task, trigger, code, found))

    def _route(self, task: Token, trigger: Trigger, code: str, found: list[Token]) -> None:
        """Brings what was thrown inside to those who wait for it, as far as they still do."""
        element: Element = task.task_spec.element
        for one in found:
            if one.state == TaskState.WAITING:
                firing.fire(self, one)
        if not found and trigger is Trigger.ERROR:
            raise UncaughtError(element_id=element.id, reason="", code=code)
        if not found or trigger is Trigger.SIGNAL:
            self.thrown.append(Thrown(trigger.value, code, element.id))

    def _refuse_to_hang(self) -> None:
        """A backstop: what was accepted never comes here."""
        if not self.is_ended and not any(wait.kind != "escalation" for wait in self.waits):
            raise EngineError(element_id=self.bundle.process_id, reason="nothing waits and the end was not reached")

    # Reading

    def _task(self, token: int, kind: type) -> Token:
        """The task that rests with this token; raises NotWaiting if it is of another kind."""
        self._check()
        task: Token | None = self._instance.find_task(token)
        if task is None or not isinstance(task.task_spec, kind):
            raise NotWaiting(token=token)
        return task

    def _check(self) -> None:
        if self._is_busy:
            raise EngineError(element_id=self.bundle.process_id, reason="nothing may happen in the middle of a step")
        if self._is_broken:
            raise RunBroken()

    def _wait(self, task: Token) -> Wait | None:
        spec = task.task_spec
        element: Element = spec.element
        if isinstance(spec, specs.UserTask):
            return Wait(task.id, element.id, "task", element.name, lane=self._lane(task), round=self._round(task))
        if isinstance(spec, specs.ServiceTask):
            return Wait(task.id, element.id, "call", element.name, lane=self._lane(task), round=self._round(task))
        if not isinstance(spec, specs.Event) or element.trigger is Trigger.ERROR:
            return None
        if task.armed is not None:
            armed = task.armed
            return Wait(task.id, element.id, "timer", element.name, armed.due_at, armed.generation, self._lane(task))
        return Wait(task.id, element.id, element.trigger.value, element.code, lane=self._lane(task))

    def _lane(self, task: Token) -> str | None:
        """The lane of the element, or of the call activity the called process runs for."""
        if task.lane is not None:
            return task.lane
        around: Any = task
        while around is not None:
            if around.task_spec.element.lane is not None:
                return str(around.task_spec.element.lane)
            around = around.workflow.caller
        return None

    def _round(self, task: Token) -> Round | None:
        found = rounds.place_of(task) if task.workflow.caller is not None else None
        if found is None:
            return None
        place, course, _ = found
        return Round(place.index + 1, course.count, course.items[place.index] if course.items is not None else None)

    def _note(self, task: Token, what: str, flows: tuple[str, ...] = ()) -> None:
        self.trail.append(Step(task.task_spec.element.id, what, task.origin or task.id, flows))
