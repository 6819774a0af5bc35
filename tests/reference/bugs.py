"""Mistakes one could make in the engine, each put in by replacing one function. None of them makes it crash at once."""

from dataclasses import replace
from functools import wraps

from SpiffWorkflow.util.task import TaskState

import engine.diagrams.reading as reading
from engine.diagrams.elements import Kind, Style, Trigger
from engine.diagrams.run import Run
from engine.diagrams.spiff import catching, firing, specs
from engine.diagrams.spiff import state as states
from engine.diagrams.spiff.gateways import ExclusiveGateway, InclusiveGateway, Join, ParallelGateway
from engine.diagrams.spiff.rounds import Several
from engine.diagrams.spiff.tokens import Place, Scope

BUGS = {}


def bug(*kinds):
    """Registers a mistake under its own name; kinds: the blocks it shows in."""

    def register(function):
        BUGS[function.__name__] = (function, kinds)
        return function

    return register


def around(monkeypatch, owner, name, change):
    """Replaces a function by `change(original, *arguments)`."""
    original = getattr(owner, name)

    @wraps(original)
    def changed(*arguments, **facts):
        return change(original, *arguments, **facts)

    monkeypatch.setattr(owner, name, changed)


# Gateways


@bug("parallel", "line")
def a_parallel_join_goes_on_with_the_first_arrival(patch):
    patch.setattr(ParallelGateway, "is_open", lambda self, task: True)


@bug("parallel", "line")
def a_parallel_join_forgets_who_came_before(patch):
    def change(original, self, task):
        own = task.arrived
        original(self, task)
        task.arrived = own
        return self.is_open(task)

    around(patch, Join, "_wait", change)


@bug("parallel", "line")
def a_parallel_join_counts_tokens_and_not_flows(patch):
    patch.setattr(ParallelGateway, "is_open", lambda self, task: len(task.arrived) > 1)


@bug("parallel", "line")
def arrivals_at_a_join_are_not_saved(patch):
    def change(original, scope, rows):
        for row in rows.rows:
            row.arrived = row.arrived and row.arrived[-1:]
        return original(scope, rows)

    around(patch, states, "_fill", change)


@bug("choice")
def the_default_way_is_taken_when_the_first_condition_fails(patch):
    def choose(self, task):
        first = [way for way in self.ways if not way.is_default][:1]
        holds = [way for way in first if way.condition is None or specs.run_of(task).holds(way, task)]
        return holds or self.default_ways()

    patch.setattr(ExclusiveGateway, "choose", choose)


@bug("choice")
def conditions_are_tried_from_the_last_one(patch):
    def change(original, self, task):
        usual, self.ways = self.ways, self.ways[::-1]
        try:
            return original(self, task)
        finally:
            self.ways = usual

    around(patch, ExclusiveGateway, "choose", change)


# Events at an edge


def _edges(patch, change):
    def element(original, self, node, parent):
        found = original(self, node, parent)
        return change(found) if found.kind is Kind.BOUNDARY else found

    around(patch, reading.ProcessReader, "_element", element)


@bug("line", "sub")
def an_interrupting_event_does_not_interrupt(patch):
    _edges(patch, lambda edge: replace(edge, is_interrupting=edge.trigger is Trigger.ERROR))


@bug("line", "sub")
def an_event_that_should_not_interrupt_does(patch):
    _edges(patch, lambda edge: replace(edge, is_interrupting=True))


@bug("sub", "line", "telling")
def what_runs_inside_an_interrupted_subprocess_is_forgotten_and_not_cancelled(patch):
    def change(original, self, token):
        inner = self.instance.subprocesses.get(token.id)
        if inner is not None:
            inner.tasks.clear()
        return original(self, token)

    around(patch, Scope, "drop", change)


@bug("line")
def a_cycle_rings_once(patch):
    patch.setattr(firing, "rearm", lambda *_, **__: None)


@bug("line")
def a_cycle_drifts(patch):
    def change(original, element, armed, *, now, reckon):
        following = original(element, armed, now=now, reckon=reckon)
        late = following and reckon(armed.period, now)
        return following and type(following)(late, following.generation, following.remaining, armed.period)

    around(patch, firing, "rearm", change)


# Who hears what


@bug("failing")
def an_error_is_caught_one_level_too_high(patch):
    def change(original, scope, trigger, code):
        outer = scope.caller.workflow if scope.caller is not None else scope
        return original(outer, trigger, code) or original(scope, trigger, code)

    around(patch, catching, "around", change)


@bug("failing")
def an_event_for_all_codes_goes_before_the_one_that_names_it(patch):
    def change(original, listeners, trigger, code):
        found = list(listeners)
        return original(found, trigger, "") or original(found, trigger, code)

    around(patch, catching, "_best", change)


@bug("parallel", "telling", "line")
def only_the_first_who_waits_hears_a_message(patch):
    around(patch, catching, "named", lambda original, *which: original(*which)[:1])


@bug("sub", "line")
def those_around_hear_an_escalation_too(patch):
    patch.setattr(catching, "_around", lambda task: iter(()))


@bug("line")
def a_token_catches_what_it_threw_itself(patch):
    def change(original, self, task, trigger, code, found):
        if trigger is Trigger.MESSAGE:
            found = catching.named(self._instance, trigger, code)
        original(self, task, trigger, code, found)

    around(patch, Run, "_route", change)


# Ends and savings


@bug("early", "parallel")
def terminate_ends_only_its_own_way(patch):
    patch.setattr(specs.EndEvent, "_on_complete", specs.Drawn._on_complete)


@bug("parallel", "line")
def a_token_is_lost_by_saving(patch):
    def change(original, scope):
        rows = original(scope)
        alone = [row for row in rows.rows if row.host is None]
        if len(alone) > 1:
            rows.rows = [row for row in rows.rows if row.token != alone[-1].token and row.host != alone[-1].token]
        return rows

    around(patch, states, "_rows", change)


@bug("line", "sub")
def a_timer_is_armed_anew_by_saving(patch):
    def change(original, scope, rows):
        original(scope, rows)
        for token in scope.tasks.values():
            if token.armed is not None:
                token.armed = type(token.armed)(token.armed.due_at, 0, token.armed.remaining, token.armed.period)

    around(patch, states, "_fill", change)


@bug("call", "line")
def the_lane_of_the_caller_is_forgotten(patch):
    patch.setattr(Run, "_lane", lambda self, task: task.lane or task.task_spec.element.lane)


@bug("sub", "parallel")
def a_subprocess_is_over_with_its_first_end(patch):
    def change(original, self, token):
        original(self, token)
        if token.task_spec.element.kind is Kind.END and self.caller is not None:
            self.clear()

    around(patch, Scope, "forget", change)


# Choices of several ways and of events, what an event starts, rounds


@bug("some", "line")
def an_inclusive_join_does_not_wait(patch):
    patch.setattr(InclusiveGateway, "is_complete", lambda self, task: True)


@bug("some", "parted")
def an_inclusive_gateway_takes_one_way_only(patch):
    around(patch, specs.Drawn, "choose", lambda original, self, task: original(self, task)[:1])


@bug("first", "line")
def events_that_lost_behind_a_gateway_may_still_happen(patch):
    def change(original, run, task):
        beside = [one for one in task.workflow.listeners(task.host) if one is not task]
        original(run, task)
        for one in beside[:1]:
            one.host = None
            one._set_state(TaskState.WAITING)
            task.workflow.tasks[one.id] = one

    around(patch, firing, "_leave_gateway", change)


@bug("minded", "line")
def a_subprocess_that_an_event_starts_does_not_interrupt(patch):
    patch.setattr(firing, "_start", lambda run, task: task.workflow.put(task.task_spec.handler))


@bug("rounds", "line")
def results_of_rounds_come_in_the_order_they_ended(patch):
    def change(original, self, task, ended):
        course, place = task.course, ended.place
        usual, ended.place = course.items, Place(course.ended, place.written)
        course.items = usual and _moved(usual, place, ended.place)
        original(self, task, ended)
        course.items = usual

    def _moved(items, old, new):
        items = list(items)
        items[new.index] = items[old.index]
        return items

    around(patch, Several, "end_round", change)


@bug("rounds", "line")
def rounds_do_not_end_when_their_condition_holds(patch):
    def change(original, self, task, ended):
        usual, self.rounds = self.rounds, replace(self.rounds, condition="")
        original(self, task, ended)
        self.rounds = usual

    around(patch, Several, "end_round", change)


@bug("rounds", "line")
def rounds_one_by_one_begin_all_at_once(patch):
    around(patch, reading, "_several", lambda original, *of: replace(original(*of), style=Style.PARALLEL))
