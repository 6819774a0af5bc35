"""Mistakes one could make in the engine, each put in by replacing one function. None of them makes it crash at once."""

from dataclasses import replace
from functools import wraps

from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

import engine.diagrams.run as running
from engine.diagrams.elements import Kind, ProcessReader, Trigger
from engine.diagrams.run import Run
from engine.diagrams.spiff import catching, specs
from engine.diagrams.spiff import state as states
from engine.diagrams.spiff.specs import ARRIVED, ExclusiveGateway, ParallelGateway

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
    def change(original, self, task):
        original(self, task)
        return True

    around(patch, ParallelGateway, "_update_hook", change)


@bug("parallel", "line")
def a_parallel_join_forgets_who_came_before(patch):
    def change(original, self, task):
        original(self, task)
        task.internal_data[ARRIVED] = task.internal_data[ARRIVED][-1:]

    around(patch, ParallelGateway, "_arrive", change)


@bug("parallel", "line")
def arrivals_at_a_join_are_not_saved(patch):
    def change(original, workflow, scope):
        for row in scope.rows:
            row.arrived = row.arrived and row.arrived[-1:]
        return original(workflow, scope)

    around(patch, states, "_fill", change)


@bug("choice")
def the_default_way_is_taken_when_the_first_condition_fails(patch):
    def chosen(self, task):
        name = self.default_task_spec
        for condition, first in [one for one in self.cond_task_specs if one[0] is not None][:1]:
            name = first if specs.run_of(task).holds(condition.args[0], self.element) else name
        return self._wf_spec.task_specs[name]

    patch.setattr(ExclusiveGateway, "_chosen", chosen)


@bug("choice")
def conditions_are_tried_from_the_last_one(patch):
    def change(original, self, task):
        usual, self.cond_task_specs = self.cond_task_specs, self.cond_task_specs[::-1]
        try:
            return original(self, task)
        finally:
            self.cond_task_specs = usual

    around(patch, ExclusiveGateway, "_chosen", change)


# Events at an edge


def _edges(patch, change):
    def element(original, self, node, parent):
        found = original(self, node, parent)
        return change(found) if found.kind is Kind.BOUNDARY else found

    around(patch, ProcessReader, "_element", element)


@bug("line", "sub")
def an_interrupting_event_does_not_interrupt(patch):
    _edges(patch, lambda edge: replace(edge, is_interrupting=edge.trigger is Trigger.ERROR))


@bug("line", "sub")
def an_event_that_should_not_interrupt_does(patch):
    _edges(patch, lambda edge: replace(edge, is_interrupting=True))


@bug("sub", "line", "telling")
def what_runs_inside_an_interrupted_subprocess_lives_on(patch):
    patch.setattr(specs._Nested, "_on_cancel", lambda self, task: specs.run_of(task).cancelled(task))


@bug("line")
def a_cycle_rings_once(patch):
    patch.setattr(running, "rearm", lambda *_, **__: None)


@bug("line")
def a_cycle_drifts(patch):
    def change(original, element, armed, *, now, reckon):
        following = original(element, armed, now=now, reckon=reckon)
        return following and replace_due(following, now, armed, reckon)

    def replace_due(following, now, armed, reckon):
        return type(following)(reckon(armed.period, now), following.generation, following.remaining, armed.period)

    around(patch, running, "rearm", change)


# Who hears what


@bug("failing")
def an_error_is_caught_one_level_too_high(patch):
    def change(original, instance, scope, trigger, code):
        caller = instance.caller_of(scope)
        return original(instance, caller.workflow if caller is not None else scope, trigger, code) or original(
            instance, scope, trigger, code
        )

    around(patch, catching, "around", change)


@bug("failing")
def an_event_for_all_codes_goes_before_the_one_that_names_it(patch):
    def change(original, host, trigger, code):
        return original(host, trigger, "") or original(host, trigger, code)

    around(patch, catching, "at", change)


@bug("parallel", "telling", "line")
def only_the_first_who_waits_hears_a_message(patch):
    around(patch, catching, "message", lambda original, instance, name: original(instance, name)[:1])


@bug("sub", "line")
def those_around_hear_an_escalation_too(patch):
    def change(original, instance, code):
        return [task for task in catching._waiting(instance, Trigger.ESCALATION) if catching._code(task) in (code, "")]

    around(patch, catching, "escalation_from_outside", change)


@bug("line")
def a_token_catches_what_it_threw_itself(patch):
    def throw(self, task):
        self._to_route.append((task.task_spec.element, [task]))

    def change(original, self):
        self._to_route = [
            (element, catching.message(self._instance, element.code) if element.trigger is Trigger.MESSAGE else [])
            for element, _ in self._to_route
        ]
        original(self)

    patch.setattr(Run, "throw", throw)
    around(patch, Run, "_route", change)


# Ends and savings


@bug("early", "parallel")
def terminate_ends_only_its_own_way(patch):
    def change(original, element):
        return NoneEventDefinition() if element.trigger is Trigger.TERMINATE else original(element)

    around(patch, specs, "definition_of", change)


@bug("parallel", "line")
def a_token_is_lost_by_saving(patch):
    def change(original, scope):
        rows = original(scope)
        return rows[:-1] if len(rows) > 1 and rows[-1].parent == states.ROOT else rows

    around(patch, states, "_rows", change)


@bug("call", "line")
def the_lane_of_the_caller_is_forgotten(patch):
    patch.setattr(Run, "_lane", lambda self, task: task.task_spec.element.lane)
