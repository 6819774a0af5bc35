# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""Gateways: which ways are taken, and which tokens are waited for."""

from collections import Counter
from collections.abc import Mapping, Sequence

from SpiffWorkflow.util.task import TaskState

from engine.diagrams.spiff.specs import Drawn, Way, run_of
from engine.diagrams.spiff.tokens import Token


class ExclusiveGateway(Drawn):
    """Takes the first flow, in the order of the file, whose condition holds, else the default one."""

    def choose(self, my_task: Token) -> Sequence[Way]:
        holds = run_of(my_task).holds
        for way in self.ways:
            if not way.is_default and (way.condition is None or holds(way, my_task)):
                return (way,)
        return self.default_ways()


class Join(Drawn):
    """A gateway that may wait for several tokens. One task keeps on which flows they have arrived.

    incoming: the ids of the flows that lead here, each with the element it leaves.
    """

    incoming: Mapping[str, str]

    def arrive(self, my_task: Token) -> bool:
        my_task.arrived = [my_task.flow]
        return self._wait(my_task)

    def _wait(self, my_task: Token) -> bool:
        """Joins those who wait already; whether all are there."""
        for other in list(my_task.workflow.tasks.values()):
            if other.task_spec is self and other is not my_task and other.state == TaskState.WAITING:
                my_task.arrived = (other.arrived or []) + (my_task.arrived or [])
                my_task.workflow.forget(other)
        my_task._set_state(TaskState.WAITING)
        return self.is_open(my_task)

    def is_open(self, my_task: Token) -> bool:
        raise NotImplementedError

    def flows_from(self, arrived: Sequence[str]) -> list[str]:
        """Flows a state has, those of the first format told by the elements they leave: `element>`."""
        result: list[str] = []
        for flow in arrived:
            leaving = [own for own, source in self.incoming.items() if flow == f"{source}>"]
            result.append(next((own for own in leaving if own not in result), leaving[0] if leaving else flow))
        return result

    def perform(self, my_task: Token) -> bool:
        """Takes one token from each flow that has any; the others wait for the next time."""
        rest = Counter(my_task.arrived) - Counter(set(my_task.arrived or ()))
        my_task.arrived = None
        if rest:
            waiting = Token(my_task.workflow, self)
            waiting.arrived = sorted(rest.elements(), key=list(self.incoming).index)
            if self._wait(waiting):
                waiting._set_state(TaskState.READY)
                self._on_ready(waiting)
        return True


class ParallelGateway(Join):
    """Waits for one token on each incoming flow."""

    def is_open(self, my_task: Token) -> bool:
        return len(self.incoming) < 2 or set(self.incoming) <= set(my_task.arrived or ())


class InclusiveGateway(Join):
    """Waits while a token elsewhere in the scope may still come to a flow on which none has arrived.

    reach: by name of an element, the incoming flows a token there may come to without passing here.
    """

    reach: Mapping[str, frozenset[str]]

    def is_open(self, my_task: Token) -> bool:
        """Only whether nothing has to be waited for at all; the run asks `is_complete` when nothing else moves."""
        return len(self.incoming) < 2

    def is_complete(self, my_task: Token) -> bool:
        """Whether the tokens that have arrived are all that may come (BPMN 2.0.2, 13.4.3).

        One that may still come to a flow with a token does not count, even if it may come to an empty one too.
        """
        filled = set(my_task.arrived or ())
        empty = set(self.incoming) - filled
        if not empty:
            return True
        nowhere: frozenset[str] = frozenset()
        elsewhere = (self.reach.get(t.task_spec.name, nowhere) for t in my_task.workflow.tokens() if t is not my_task)
        return all(filled & ahead or not empty & ahead for ahead in elsewhere)


class EventBasedGateway(Drawn):
    """Waits for the first of the events behind it."""

    def arrive(self, my_task: Token) -> bool:
        run_of(my_task).entered(my_task)
        my_task._set_state(TaskState.WAITING)
        for way in self.ways:
            my_task.workflow.listen(way.target, host=my_task.id, flow=way.flow)
        return False


def reach_of(incoming: Mapping[str, str], ahead: Mapping[str, Sequence[str]], here: str) -> dict[str, frozenset[str]]:
    """For each element the flows into the gateway `here` that a token there may come to without passing it.

    incoming: flow → the element it leaves. ahead: element → the elements a token may go to from it.
    """
    before: dict[str, list[str]] = {}
    for source, targets in ahead.items():
        for target in targets:
            before.setdefault(target, []).append(source)
    result: dict[str, set[str]] = {}
    for flow, source in incoming.items():
        todo, seen = [source], {source}
        while todo:
            name = todo.pop()
            if name == here:
                continue
            result.setdefault(name, set()).add(flow)
            todo += (fresh := [one for one in before.get(name, ()) if one not in seen])
            seen.update(fresh)
    return {name: frozenset(flows) for name, flows in result.items()}
