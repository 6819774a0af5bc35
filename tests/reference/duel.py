"""The engine and the reference play the same story; whatever differs is a `Difference`.

After each act they must agree on what happened (elements entered, left and cancelled, with the flows taken; service
calls; what was thrown and not caught), on everything that is waited for, and on the end. The order within one act is
left open where the standard leaves it open: the reference must be able to reach the same in some order.
"""

from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import partial

from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import EngineError, ThrowError
from engine.diagrams.reports import LATER
from engine.diagrams.run import Run
from tests.reference.drawing import read_processes
from tests.reference.events import Uncaught
from tests.reference.interpreter import Endless, Interpreter
from tests.reference.outcomes import outcomes, usual

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
OUTSIDE = ("message", "signal", "escalation")
VERBS = {"task": ["complete"], "timer": ["fire"], "call": ["answer", "refuse"]}


class Difference(AssertionError):
    """The engine did something the standard does not allow, or did not do what it asks for."""


class Duel:
    """One instance of a process in both; variables: what conditions read."""

    def __init__(self, data, process_id="p", *, saves=True, **variables):
        self.bundle = parse_bundle({"drawn.bpmn": data}, process_id)
        self.variables, self.saves, self.now = dict(variables), saves, NOW
        self.calls = []
        self.worlds = [Interpreter(read_processes(data), process_id, now=NOW)]
        self.largest = 0
        self.story, self.run = [], None
        self._act("start", self._start, lambda world: [Interpreter.start])

    @property
    def is_ended(self):
        return self.worlds[0].is_ended

    def acts(self):
        """Everything that may be done next, in an order that does not depend on the engine."""
        waits = sorted(self.worlds[0].waits(), key=repr)
        own = [(verb, wait[:-1]) for wait in waits for verb in VERBS.get(wait[1], ())]
        return own + sorted({(wait[1], wait[2]) for wait in waits if wait[1] in OUTSIDE and wait[2]})

    def do(self, verb, what, *, later=timedelta(0)):
        """One act of `acts`, or a message, signal or escalation nobody waits for."""
        if isinstance(what, tuple):
            if verb == "fire":
                self.now = max(self.now, what[3]) + later
            token = next(wait.token for wait in self.run.waits if _key(wait) == what)
            facts = {"answer": [{}], "refuse": ["lost"]}.get(verb, [])
            ours = partial(getattr(self.run, verb), token, *facts)
            self._act((verb, *what), ours, lambda world: _meant(world, verb, what))
        else:
            verb = "escalate" if verb == "escalation" else verb
            ours = partial(getattr(self.run, verb), what)
            self._act((verb, what), ours, lambda world: [lambda copy: getattr(copy, verb)(what)])

    def _act(self, name, ours, theirs):
        """theirs: what the act may mean in a world of the reference."""
        self.story.append(name)
        error = None
        if name != "start":
            self.run.now = self.now
        try:
            ours()
        except EngineError as raised:
            error = raised
        worlds = self._compare(error, theirs)
        if error is not None:
            self.worlds[0].root.moving.clear()
            self.worlds[0].root.works.clear()
            return
        self.worlds = worlds
        self.run.trail.clear()
        self.run.thrown.clear()
        self.calls.clear()
        if self.saves:
            self._reload()

    def _compare(self, error, acts):
        for world in self.worlds:
            world.now, world.variables = self.now, deepcopy(self.variables)
        if error is not None:
            if any(_fails(world, act) for world in self.worlds for act in acts(world)):
                return self.worlds
            raise self._difference(f"the engine gave up: {error}", acts)
        seen = [(step.element_id, step.what, step.flows) for step in self.run.trail]
        found = {}
        for world in self.worlds:
            for act in acts(world):
                for outcome in outcomes(world, act, seen):
                    if not self._contrasts(outcome):
                        found[outcome.shape()] = outcome
                        break
        if not found:
            raise self._difference("they differ", acts)
        return list(found.values())

    def _contrasts(self, world):
        """What the engine and `world` disagree on after the same trail."""
        ours, theirs = self._view(), _view(world)
        return [_told(key, ours[key], theirs[key]) for key in ours if ours[key] != theirs[key]]

    def _view(self):
        waits = sorted(map(_key, self.run.waits), key=repr)
        thrown = [(one.kind, one.name, one.element_id) for one in self.run.thrown]
        return {
            "waits": waits,
            "is_ended": self.run.is_ended,
            "calls": Counter(self.calls),
            "thrown": Counter(thrown),
            "ends": set(self.run.end_elements),
            "variables": repr(sorted(self.variables.items())),
            "trail": Counter((step.element_id, step.what, step.flows) for step in self.run.trail),
        }

    def _difference(self, what, acts):
        lines = [what, "after " + " / ".join(map(str, self.story))]
        if self.run is None:
            return Difference("\n".join(lines))
        try:
            lines += self._contrasts(usual(self.worlds[0], acts(self.worlds[0])[0]))
        except (Uncaught, Endless) as error:
            lines.append(f"the reference ends with the error {error}")
        return Difference("\n".join(lines))

    def _reload(self):
        state = self.run.dump()
        self.largest = max(self.largest, len(state))
        self.run = Run.restore(self.bundle, state=state, **self.facts())
        view = _view(self.worlds[0])
        if sorted(map(_key, self.run.waits), key=repr) != view["waits"] or self.run.is_ended != view["is_ended"]:
            raise Difference(f"something was lost by saving, after {self.story}")

    def _start(self):
        self.run = Run.start(self.bundle, **self.facts())

    def facts(self):
        return {"variables": self.variables, "now": self.now, "perform": self._perform, "reckon": reckon}

    def _perform(self, verb, parameters, element, token):
        self.calls.append((element.id, tuple(parameters.items())))
        told = str(parameters.get("text"))
        if told.startswith("throw "):
            raise ThrowError(code=told.removeprefix("throw "))
        return LATER if told == "later" else None


def answers(random):
    """What people may have answered in the form that starts a sketch."""
    moment = NOW + timedelta(days=1)
    items = ["a", "b", "c"][: random.randrange(4)]
    return {"choice": random.randrange(5), "more": random.random() < 0.3, "moment": moment, "items": items}


def play(data, random, *, most=25, saves=True):
    """A random story of a sketch, to its end or `most` acts long; gives the duel."""
    duel = Duel(data, saves=saves, request=answers(random))
    for _ in range(most):
        if duel.is_ended:
            break
        duel.variables["request"] = answers(random)
        acts = duel.acts()
        if random.random() < 0.1:
            acts = [("message", "nothing"), ("message", "answer"), ("escalation", "breach"), ("escalation", "half")]
        later = timedelta(hours=random.choice((0, 0, 0, 1, 30)))
        duel.do(*random.choice(acts), later=later)
    return duel


def reckon(value, now):
    """When a timer is due."""
    return value if isinstance(value, datetime) else now + timedelta(hours=int(value.removeprefix("PT")[:-1]))


def _key(wait):
    round_ = wait.round and (wait.round.number, wait.round.of, wait.round.item)
    return (wait.element_id, wait.kind, wait.name, wait.due_at, wait.generation, wait.lane, round_)


def _view(world):
    return {
        "waits": sorted((wait[:-1] for wait in world.waits()), key=repr),
        "is_ended": world.is_ended,
        "calls": Counter(world.calls),
        "thrown": Counter(world.thrown),
        "ends": set(world.ends),
        "variables": repr(sorted(world.variables.items())),
        "trail": Counter(world.trail),
    }


def _meant(world, verb, what):
    """What an act may mean in `world`: more than one thing when several waits look the same."""
    facts = ["lost"] if verb == "refuse" else []
    numbers = [wait[-1] for wait in world.waits() if wait[:-1] == what]
    return [lambda copy, number=number: getattr(copy, verb)(number, *facts) for number in numbers]


def _told(key, ours, theirs):
    """What only one of the two has."""
    if isinstance(ours, Counter):
        ours, theirs = ours - theirs, theirs - ours
    if isinstance(ours, list):
        ours, theirs = [x for x in ours if x not in theirs], [x for x in theirs if x not in ours]
    return f"{key}: only the engine {ours}, only the reference {theirs}"


def _fails(world, act):
    """Whether the reference ends with an error too."""
    try:
        usual(world, act)
    except (Uncaught, Endless):
        return True
    return False
