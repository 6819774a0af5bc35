"""An interpreter of BPMN 2.0.2 written only for the tests: slow, simple, and not related to the engine.

Where the standard leaves an order open, `choose` decides between moves in the order of `rank`; `outcomes.py` asks for
every possible decision.

A trail entry is (element, "entered" | "left" | "cancelled", flows taken). A gateway that joins is entered when it goes
on. An event at an edge is entered when it happens.
"""

import re

from tests.reference.conditions import holds, look_up, plain
from tests.reference.drawing import Flow, Node
from tests.reference.events import Events, Uncaught, catching
from tests.reference.joins import may_still_come
from tests.reference.repeating import InRounds
from tests.reference.world import Scene, Token, Work

MOST_MOVES = 3_000
JOINS = {"parallelGateway", "inclusiveGateway"}
WAITING = {"userTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"}


class Endless(Exception):
    """It does not come to rest."""


class Interpreter(Events, InRounds):
    """One instance. variables are shared with whoever plays it, as those of the engine are."""

    def __init__(self, processes, process_id, *, now):
        self.processes, self.now = processes, now
        self.variables = {}
        self.trail, self.calls, self.thrown, self.ends = [], [], [], set()
        self.told = []  # who hears of what was thrown and has not been told yet
        self.choose, self.rank = first, alike
        self.numbers = 0
        self.root = self._scene(processes[process_id])

    # Acts

    def start(self):
        self._arm_handlers(self.root)
        self._settle()

    def complete(self, number):
        self._finish(*self._work(number))
        self._settle()

    def answer(self, number):
        scene, work = self._work(number)
        self.variables[work.node.id] = {}
        self._finish(scene, work)
        self._settle()

    def refuse(self, number, code):
        scene, work = self._work(number)
        self.variables[work.node.id] = {"error": code}
        self._fail(scene, work, code)
        self._settle()

    def fire(self, number):
        self._happen(number)
        self._settle()

    def message(self, name):
        self._announce(self._listeners("message", name))
        self._settle()

    def signal(self, name):
        self._announce(self._listeners("signal", name))
        self._settle()

    def escalate(self, code):
        """From outside: everything that waits for it hears it, but of nested activities only the innermost."""
        heard = {}
        for scene, _, _ in self.root.within():
            places = [(work.edges, work.inner) for work in scene.works] + [(scene.handlers, [])]
            places[-1] = (scene.handlers, [inner for work in scene.works for inner in work.inner])
            for listening, inner in places:
                fitting = [a for a in listening if a.node.trigger == "escalation" and a.node.code in (code, "")]
                inside = {a.number for one in inner for scene_, _, _ in one.within() for a in self._armed_in(scene_)}
                if listening is scene.handlers:
                    inside |= {a.number for work in scene.works for a in work.edges}
                if fitting:
                    heard[max(fitting, key=lambda armed: armed.node.code).number] = inside
        self._announce([number for number, inside in heard.items() if not inside & heard.keys()])
        self._settle()

    # What it looks like from outside

    @property
    def is_ended(self):
        return self.root.is_over

    def waits(self):
        """(element, kind, name, due moment, generation, lane, round, number) of everything that is waited for."""
        for scene, _, _ in self.root.within():
            for work in scene.works:
                kind = {"userTask": "task", "serviceTask": "call"}.get(work.node.kind)
                if kind and work.course is None:
                    lane, round_ = self._lane(scene, work.node), self._round(scene, work)
                    yield (work.node.id, kind, work.node.name, None, 0, lane, round_, work.number)
            for armed in self._armed_in(scene):
                if armed.node.trigger != "error":
                    yield self._wait(scene, armed)

    def _wait(self, scene, armed):
        node = armed.node
        name = node.name if node.trigger == "timer" else node.code
        lane = self._lane(scene, node)
        return (node.id, node.trigger, name, armed.due_at, armed.generation, lane, None, armed.number)

    def shape(self):
        """The same for two instances in which the same may happen."""
        told = [sorted(a.node.id for a in self._all_armed() if a.number in numbers) for numbers in self.told]
        return (self.root.shape(), repr(told), tuple(sorted(self.ends)), repr(sorted(self.variables.items())))

    # 1. One thing after another until nothing moves any more

    def _settle(self):
        for _ in range(MOST_MOVES):
            moves = sorted(self._moves(), key=lambda move: self.rank(*move[:2]))
            if not moves:
                return self._rest()
            moves[self.choose(len(moves))][2]()
        raise Endless

    def _rest(self):
        if self.root.is_over:
            self.root.handlers = []

    def _moves(self):
        """Everything that may happen next: the element, what is then noted first, and how to do it."""
        for armed in self._all_armed():
            if self.told and armed.number in self.told[0]:
                yield armed.node.id, "entered", lambda number=armed.number: self._tell(number)
        if self.told and not any(armed.number in self.told[0] for armed in self._all_armed()):
            yield "", "", lambda: self.told.pop(0)
        for scene, around, work in reversed([*self.root.within()]):
            for token in scene.moving:
                yield token.node.id, "entered", lambda scene=scene, token=token: self._move(scene, token)
            for gate in [scene.scope.nodes[gate] for gate, flows in scene.arrived.items() if flows]:
                if self._is_complete(scene, gate):
                    yield gate.id, "entered", lambda scene=scene, gate=gate: self._join(scene, gate)
            if scene.is_over and work is not None:
                yield work.node.id, "left", lambda around=around, work=work: self._finish(around, work)

    def _move(self, scene, token):
        scene.moving.remove(token)
        node = token.node
        if node.kind in JOINS and len(scene.scope.incoming(node)) > 1:
            scene.arrived[node.id].append(token.flow)
        elif node.kind in JOINS or node.kind == "exclusiveGateway":
            self._note(node, "entered")
            self._leave(scene, node)
        elif node.is_activity or node.kind in WAITING:
            self._begin(scene, node, token.place)
        else:
            self._pass(scene, node)

    # 2. Nodes

    def _begin(self, scene, node, place=None):
        """A token gets to an activity, or to an event or a choice of events to be waited for. place: of a round."""
        self._note(node, "entered")
        if node.trigger == "link":
            return self._leave(scene, node)
        work = Work(self._number(), node, place=place)
        work.edges = [self._arm(scene, edge) for edge in scene.scope.boundaries(node)]
        scene.works.append(work)
        if node.rounds and place is None:
            return self._begin_rounds(scene, work)
        if node.kind in ("receiveTask", "intermediateCatchEvent"):
            work.awaits = [self._arm(scene, node)]
        elif node.kind == "eventBasedGateway":
            targets = [scene.scope.nodes[flow.target] for flow in scene.scope.outgoing(node)]
            work.awaits = [self._arm(scene, target) for target in targets]
        elif node.kind in ("subProcess", "callActivity"):
            work.inner = [self._scene(scene.scope.inner.get(node.id) or self.processes[node.called])]
            self._arm_handlers(work.inner[0])
        elif node.kind == "serviceTask":
            self._serve(scene, work)
        elif node.kind == "sendTask":
            self._throw(scene, node)
            self._finish(scene, work)
        return None

    # Services and what follows

    def _serve(self, scene, work):
        """A service does what it is told: it is done at once, answers `later`, or throws an error."""
        seen = self._seen(scene, work)
        values = tuple((name, self._value(text, seen)) for name, text in work.node.parameters)
        self.calls.append((work.node.id, values))
        told = str(dict(values).get("text", ""))
        if told.startswith("throw "):
            self._fail(scene, work, told.removeprefix("throw "))
        elif told != "later":
            self._finish(scene, work)

    def _fail(self, scene, work, code):
        """An error at an activity: caught at its own edge or around it."""
        found = catching(work.edges, "error", code) or self._around(scene, "error", code)
        if not found:
            raise Uncaught(code)
        self._happen(found[0])

    def _finish(self, scene, work):
        """The work is done; nobody waits at its edges any more."""
        scene.works.remove(work)
        if work.course is not None and work.course.rounds.output:
            self.variables[work.course.rounds.output] = work.course.results
        self._leave(scene, work.node)
        if work.place is not None:
            self._end_round(scene, work)

    def _pass(self, scene, node):
        """A token goes through a start, an end or a throwing event."""
        self._note(node, "entered")
        if node.kind == "endEvent":
            self._note(node, "left")
            if scene is self.root:
                self.ends.add(node.id)
            if node.trigger == "terminate":
                self._clear(scene)
            elif node.trigger:
                self._throw(scene, node)
        elif node.kind == "intermediateThrowEvent" and node.trigger == "link":
            target = scene.scope.link(node.code)
            self._note(node, "left")
            scene.moving.append(Token(None, target))
        else:
            self._leave(scene, node)
            if node.kind == "intermediateThrowEvent" and node.trigger:
                self._throw(scene, node)

    def _leave(self, scene, node):
        ways = self._ways(scene, node)
        self._note(node, "left", tuple(flow.id for flow in ways))
        scene.moving += [Token(flow, scene.scope.nodes[flow.target]) for flow in ways]

    def _ways(self, scene, node) -> list[Flow]:
        """The flows a token takes out of a node."""
        ways = scene.scope.outgoing(node)
        if node.kind == "parallelGateway":
            return ways
        if node.kind == "exclusiveGateway" and len(ways) == 1:
            return ways
        default = [flow for flow in ways if flow.id == node.default]
        others = [flow for flow in ways if flow not in default]
        seen = self._seen(scene)
        open_ = [flow for flow in others if not flow.condition or holds(flow.condition, seen)]
        if node.kind == "exclusiveGateway":
            return open_[:1] or default
        # Flows without a condition are always taken; the default one when no condition holds.
        chosen = [flow for flow in open_ if flow.condition]
        return [flow for flow in ways if flow in open_ or (flow in default and not chosen)]

    # 3. Joins

    def _is_complete(self, scene, gate):
        arrived = {flow.id for flow in scene.arrived[gate.id]}
        ways = [flow for flow in scene.scope.incoming(gate) if flow.id not in arrived]
        if gate.kind == "parallelGateway":
            return not ways
        return not any(may_still_come(scene, gate, way) for way in ways)

    def _join(self, scene, gate):
        for flow in scene.scope.incoming(gate):
            if flow in scene.arrived[gate.id]:
                scene.arrived[gate.id].remove(flow)
        self._note(gate, "entered")
        self._leave(scene, gate)

    # 4. The rest

    def _work(self, number):
        return next((s, w) for s, _, _ in self.root.within() for w in s.works if w.number == number)

    def _scene(self, scope):
        return Scene(self._number(), scope, moving=[Token(None, scope.start())])

    def _number(self):
        self.numbers += 1
        return self.numbers

    def _note(self, node: Node, what, flows=()):
        self.trail.append((node.id, what, flows))

    def _value(self, text, seen):
        return look_up(text, seen) if re.fullmatch(r"[a-z][\w.]*", text) else plain(text)

    def _lane(self, scene, node):
        """The lane of the node, or of the activity for which the process around it was called."""
        around = {inner.number: (outer, work) for inner, outer, work in self.root.within()}
        while not node.lane:
            scene, work = around[scene.number]
            if work is None:
                return None
            node = work.node
        return node.lane


def first(count):
    return 0


def alike(element, what):
    return 0
