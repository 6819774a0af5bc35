"""Plays a sample: a run with a clock, remembered service calls, and an optional save after every step."""

import re
from datetime import UTC, datetime, timedelta

from spiff_samples import SAMPLES

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.run import Run

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def reckon(value, now):
    if isinstance(value, datetime):
        return value
    if isinstance(value, timedelta):
        return now + value
    return now + timedelta(hours=int(re.fullmatch(r"PT(\d+)H", value)[1]))


class Player:
    def __init__(self, sample, *, saves=False, start=True, **variables):
        self.bundle = parse_bundle({f"{sample}.bpmn": SAMPLES[sample]}, "p") if isinstance(sample, str) else sample
        self.variables = {"moment": NOW + timedelta(days=1), "rounds": 0, "teams": ["x", "y"], **variables}
        self.saves, self.now, self.calls, self.trail, self.sizes = saves, NOW, [], [], []
        if start:
            self.run = Run.start(self.bundle, **self._facts())
            self._after()

    def _facts(self):
        return {"variables": self.variables, "now": self.now, "perform": self._perform, "reckon": reckon}

    def _perform(self, verb, parameters, element, token):
        self.calls.append((verb, element.id, parameters))
        if verb == "count":
            return {"rounds": self.variables["rounds"] + parameters["by"]}
        return None

    def _after(self):
        self.trail += self.run.trail
        self.run.trail.clear()
        if self.saves:
            state = self.run.dump()
            self.sizes.append(len(state))
            self.restore(state)

    def restore(self, state):
        self.run = Run.restore(self.bundle, state=state, **self._facts())

    @property
    def waiting(self):
        return sorted(wait.element_id for wait in self.run.waits)

    @property
    def tasks(self):
        return sorted(wait.element_id for wait in self.run.waits if wait.kind == "task")

    def wait(self, element_id):
        found = [wait for wait in self.run.waits if wait.element_id == element_id]
        assert found, f"{element_id} is not in {self.waiting}"
        return found[0]

    def complete(self, *element_ids, **variables):
        self.variables.update(variables)
        for element_id in element_ids:
            self.run.complete(self.wait(element_id).token)
            self._after()

    def fire(self, element_id, *, later=timedelta(0)):
        wait = self.wait(element_id)
        self.now = max(self.now, wait.due_at) + later
        self.run.now = self.now
        self.run.fire(wait.token)
        self._after()

    def escalate(self, code):
        result = self.run.escalate(code)
        self._after()
        return result

    def message(self, name, payload=None):
        result = self.run.message(name, payload)
        self._after()
        return result

    def signal(self, name):
        result = self.run.signal(name)
        self._after()
        return result

    def answer(self, element_id, **values):
        """A person answers a step's form, then completes it; a step done several times in the order it waits."""
        wait = self.wait(element_id)
        self.run.write_at(wait.token, f"{element_id}_form", values)
        self.run.complete(wait.token)
        self._after()

    def steps(self, what):
        return [step.element_id for step in self.trail if step.what == what]
