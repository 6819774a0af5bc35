# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""Activities that are done several times: for each item of a list, a number of times, or while a condition holds.

The rounds are tokens of the activity in a scope of their own, for which a token of `Several` waits.
"""

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from engine.diagrams.elements import Element, Rounds, Style
from engine.diagrams.errors import EngineError
from engine.diagrams.spiff.specs import Nested, run_of
from engine.diagrams.spiff.tokens import Course, Place, Token

MOST_ROUNDS = 200


class Several(Nested):
    """Begins the rounds of an activity and is over when they are.

    body: the spec of one round.
    """

    body: Any

    def __init__(self, wf_spec: Any, element: Element, rounds: Rounds) -> None:
        super().__init__(wf_spec, element)
        self.rounds = rounds

    def open(self, my_task: Token) -> None:
        my_task.course = self._plan(my_task)
        scope = my_task.workflow.instance.open(my_task, self.process)
        scope.begin()
        for _ in range(my_task.course.count if self.rounds.style is Style.PARALLEL else 1):
            self._begin_next(my_task, scope)

    def end_round(self, my_task: Token, ended: Token) -> None:
        """One round is over: what it gave is kept, and the next begins if there is one."""
        course, run, rounds = my_task.course, run_of(my_task), self.rounds
        assert course is not None and ended.place is not None, "restored together"
        course.ended += 1
        if rounds.results:
            course.results[ended.place.index] = plain(run.evaluate(rounds.result, ended))
        if rounds.style is not Style.LOOP and rounds.condition and run.is_true(rounds.condition, ended):
            ended.workflow.clear()
        elif rounds.style is not Style.PARALLEL:
            self._begin_next(my_task, ended.workflow)

    def _on_complete(self, my_task: Token) -> None:
        if self.rounds.results and my_task.course is not None:
            run_of(my_task).write(my_task, self.rounds.results, my_task.course.results)
        super()._on_complete(my_task)

    def _plan(self, my_task: Token) -> Course:
        if self.rounds.style is Style.LOOP:
            return Course(0)
        run, items = run_of(my_task), None
        if self.rounds.collection:
            value = run.evaluate(self.rounds.collection, my_task)
            if not isinstance(value, list | tuple):
                raise self._bad(f"{self.rounds.collection} is not a list")
            items = [plain(item) for item in value]
            count: Any = len(items)
        else:
            count = run.evaluate(self.rounds.cardinality, my_task)
            if isinstance(count, bool) or not isinstance(count, int | Decimal) or count != int(count) or count < 0:
                raise self._bad(f"{self.rounds.cardinality} is not a number of rounds")
        if count > MOST_ROUNDS:
            raise self._bad(f"{count} rounds are more than {MOST_ROUNDS}")
        return Course(int(count), items, results=[None] * int(count) if self.rounds.results else [])

    def _begin_next(self, my_task: Token, scope: Any) -> None:
        course = my_task.course
        assert course is not None, "planned before"
        is_loop = self.rounds.style is Style.LOOP
        if self._goes_on(my_task, course) if is_loop else course.begun < course.count:
            course.begun += 1
            scope.put(self.body, place=Place(course.begun - 1))

    def _goes_on(self, my_task: Token, course: Course) -> bool:
        rounds = self.rounds
        if rounds.maximum is not None and course.begun >= rounds.maximum:
            return False
        if not rounds.condition or (not course.begun and not rounds.is_tested_before):
            return True
        return bool(run_of(my_task).is_true(rounds.condition, my_task))

    def _bad(self, reason: str) -> EngineError:
        return EngineError(element_id=self.element.id, reason=reason)


def seen_in_rounds(token: Token, variables: Mapping[str, object]) -> Mapping[str, object]:
    """What expressions at a token see: in a round also its item, its number, and what was answered inside it."""
    inner: list[Mapping[str, object]] = []
    while (caller := token.workflow.caller) is not None:
        if token.place is not None and caller.course is not None:
            inner.append(_facts(caller.task_spec.rounds, caller.course, token.place))
        token = caller
        if token.course is not None and not inner:
            inner.append(_counts(token.course))
    if token.course is not None and not inner:
        inner.append(_counts(token.course))
    if not inner:
        return variables
    merged = dict(variables)
    for facts in reversed(inner):
        merged.update(facts)
    return merged


def place_of(token: Token) -> tuple[Place, Course, Rounds] | None:
    """The innermost round a token is in."""
    while (caller := token.workflow.caller) is not None:
        if token.place is not None and caller.course is not None:
            return token.place, caller.course, caller.task_spec.rounds
        token = caller
    return None


def plain(value: Any) -> Any:
    """The value as a state can hold it, the way variables are stored: dates and moments as ISO text."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if not isinstance(value, timedelta) else value.total_seconds()


def _facts(rounds: Rounds, course: Course, place: Place) -> Mapping[str, object]:
    own: dict[str, object] = {**_counts(course), "loopCounter": place.index + 1}
    if course.items is not None:
        own[rounds.item] = course.items[place.index]
    return own | place.written


def _counts(course: Course) -> Mapping[str, object]:
    return {
        "loopCounter": course.begun,
        "numberOfInstances": course.count or course.begun,
        "numberOfCompletedInstances": course.ended,
        "numberOfActiveInstances": course.begun - course.ended,
    }
