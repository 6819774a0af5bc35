"""An interpreter of BPMN 2.0.2 written only for the tests: slow, simple, and not related to the engine.

Where the standard leaves an order open, `choose` decides between moves in the order of `rank`; `outcomes.py` asks for
every possible decision.

A trail entry is (element, "entered" | "left" | "cancelled", flows taken). A gateway that joins is entered when it goes
on. An event at an edge is entered when it happens.
"""

import re
from datetime import datetime, timedelta

from tests.reference.conditions import holds, look_up, plain
from tests.reference.drawing import Flow, Node
from tests.reference.joins import may_still_come
from tests.reference.world import Armed, Scene, Token, Work

JOINS = {"parallelGateway", "inclusiveGateway"}
WAITING = {"userTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"}


class Uncaught(Exception):
    """An error that nothing catches."""


class Interpreter:
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

    answer = complete

    def refuse(self, number, code):
        self._fail(*self._work(number), code)
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
            for work in scene.works:
                fitting = [a for a in work.edges if a.node.trigger == "escalation" and a.node.code in (code, "")]
                if fitting:
                    heard[work.number] = (work, max(fitting, key=lambda a: a.node.code).number)
        outer = {n for n, (work, _) in heard.items() if heard.keys() & (_inside(work) - {n})}
        self._announce([armed for n, (_, armed) in heard.items() if n not in outer])
        self._settle()

    # What it looks like from outside

    @property
    def is_ended(self):
        return self.root.is_over

    def waits(self):
        """(element, kind, name, due moment, generation, lane, number) of everything that is waited for."""
        for scene, _, _ in self.root.within():
            for work in scene.works:
                kind = {"userTask": "task", "serviceTask": "call"}.get(work.node.kind)
                if kind:
                    lane = self._lane(scene, work.node)
                    yield (work.node.id, kind, work.node.name, None, 0, lane, work.number)
            for armed in self._armed_in(scene):
                if armed.node.trigger != "error":
                    yield self._wait(scene, armed)

    def _wait(self, scene, armed):
        node = armed.node
        name = node.name if node.trigger == "timer" else node.code
        lane = self._lane(scene, node)
        return (node.id, node.trigger, name, armed.due_at, armed.generation, lane, armed.number)

    def shape(self):
        """The same for two instances in which the same may happen."""
        told = [sorted(a.node.id for a in self._all_armed() if a.number in numbers) for numbers in self.told]
        return (self.root.shape(), repr(told), tuple(sorted(self.ends)), repr(sorted(self.variables.items())))

    # 1. One thing after another until nothing moves any more

    def _settle(self):
        while moves := sorted(self._moves(), key=lambda move: self.rank(*move[:2])):
            moves[self.choose(len(moves))][2]()

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
            self._begin(scene, node)
        else:
            self._pass(scene, node)

    # 2. Nodes

    def _begin(self, scene, node):
        if node.trigger == "link":
            self._note(node, "entered")
            return self._leave(scene, node)
        self._note(node, "entered")
        work = Work(self._number(), node)
        work.edges = [self._arm(edge) for edge in scene.scope.boundaries(node)]
        scene.works.append(work)
        if node.kind in ("receiveTask", "intermediateCatchEvent"):
            work.awaits = [self._arm(node)]
        elif node.kind == "eventBasedGateway":
            work.awaits = [self._arm(scene.scope.nodes[flow.target]) for flow in scene.scope.outgoing(node)]
        elif node.kind in ("subProcess", "callActivity"):
            inner = scene.scope.inner.get(node.id) or self.processes[node.called]
            work.inner = [self._scene(inner)]
            self._arm_handlers(work.inner[0])
        elif node.kind == "serviceTask":
            self._serve(scene, work)
        elif node.kind == "sendTask":
            self._finish(scene, work)
            self._throw(scene, node)
        return None

    def _serve(self, scene, work):
        """A service does what it is told: it is done at once, answers `later`, or throws an error."""
        values = tuple((name, self._value(text)) for name, text in work.node.parameters)
        self.calls.append((work.node.id, values))
        told = str(dict(values).get("text", ""))
        if told.startswith("throw "):
            self._fail(scene, work, told.removeprefix("throw "))
        elif told != "later":
            self._finish(scene, work)

    def _fail(self, scene, work, code):
        """An error at an activity: caught at its own edge or around it."""
        found = _catching(work, "error", code) or self._around(scene, "error", code)
        if not found:
            raise Uncaught(code)
        self._happen(found[0])

    def _finish(self, scene, work):
        """The work is done; nobody waits at its edges any more."""
        scene.works.remove(work)
        self._leave(scene, work.node)

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
        open_ = [flow for flow in others if not flow.condition or holds(flow.condition, self.variables)]
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

    # 4. Events

    def _throw(self, scene, node):
        """An error is heard at once; the rest by those who wait now, while the token that threw may already go on."""
        if node.trigger in ("message", "signal"):
            found = self._listeners(node.trigger, node.code)
        else:
            found = self._around(scene, node.trigger, node.code)
        if node.trigger == "error":
            if not found:
                raise Uncaught(node.code)
            self._happen(found[0])
        elif found:
            self._announce(found)
        else:
            self.thrown.append((node.trigger, node.code, node.id))

    def _listeners(self, trigger, code):
        """Everything in the instance that waits for it."""
        return [armed.number for armed in self._all_armed() if (armed.node.trigger, armed.node.code) == (trigger, code)]

    def _announce(self, numbers):
        self.told += [numbers] if numbers else []

    def _tell(self, number):
        """One of those who wait for what was thrown hears it, if it still waits; whose turn it is is open."""
        self.told[0].remove(number)
        self.told = [numbers for numbers in self.told if numbers]
        self._happen(number)

    def _around(self, scene, trigger, code):
        """The nearest place around `scene` that catches it; one that names the code goes before one for all."""
        around = {inner.number: (outer, work) for inner, outer, work in self.root.within()}
        while around[scene.number][1] is not None:
            scene, work = around[scene.number]
            if found := _catching(work, trigger, code):
                return found
        return []

    def _happen(self, number):
        """What is waited for happens, if anybody still waits for it."""
        for scene, _, _ in self.root.within():
            for work in scene.works:
                for armed in work.edges:
                    if armed.number == number:
                        return self._at_edge(scene, work, armed)
                for armed in work.awaits:
                    if armed.number == number:
                        return self._awaited(scene, work, armed)
        return None

    def _at_edge(self, scene, work, armed):
        if armed.node.interrupts:
            scene.works.remove(work)
            self._cancel(work)
        elif not self._rings_again(armed):
            work.edges.remove(armed)
        self._note(armed.node, "entered")
        self._leave(scene, armed.node)

    def _awaited(self, scene, work, armed):
        scene.works.remove(work)
        if work.node.kind == "eventBasedGateway":
            flow = next(flow for flow in scene.scope.outgoing(work.node) if flow.target == armed.node.id)
            self._note(work.node, "left", (flow.id,))
            self._note(armed.node, "entered")
        self._leave(scene, armed.node)

    def _cancel(self, work):
        for inner in work.inner:
            self._clear(inner)
        self._note(work.node, "cancelled")

    def _clear(self, scene):
        """Everything that is under way here is cancelled."""
        for work in scene.works:
            self._cancel(work)
        scene.moving, scene.works, scene.handlers = [], [], []
        scene.arrived.clear()

    # 5. What is waited for

    def _all_armed(self):
        for scene, _, _ in self.root.within():
            yield from self._armed_in(scene)

    def _armed_in(self, scene):
        yield from scene.handlers
        for work in scene.works:
            yield from work.edges
            yield from work.awaits

    def _arm(self, node):
        armed = Armed(self._number(), node)
        if node.trigger != "timer":
            return armed
        value = self._value(node.timer)
        if node.clockwork == "timeCycle":
            count, armed.period = re.fullmatch(r"R(\d+)/(.+)", value).groups()
            armed.remaining = int(count)
        armed.due_at = _moment(armed.period or value, self.now)
        return armed

    def _arm_handlers(self, scene):
        scene.handlers = []

    def _rings_again(self, armed):
        """Whether an event that does not interrupt is still waited for; rounds that passed meanwhile count as rung."""
        if armed.node.trigger != "timer":
            return True
        while armed.remaining > 1 and armed.period:
            armed.remaining -= 1
            armed.due_at = _moment(armed.period, armed.due_at)
            if armed.due_at > self.now:
                armed.generation += 1
                return True
        return False

    # 6. The rest

    def _work(self, number):
        return next((s, w) for s, _, _ in self.root.within() for w in s.works if w.number == number)

    def _scene(self, scope):
        return Scene(self._number(), scope, moving=[Token(None, scope.start())])

    def _number(self):
        self.numbers += 1
        return self.numbers

    def _note(self, node: Node, what, flows=()):
        self.trail.append((node.id, what, flows))

    def _value(self, text):
        return look_up(text, self.variables) if re.fullmatch(r"[a-z][\w.]*", text) else plain(text)

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


def _catching(work, trigger, code):
    """The event at the edge of `work` that catches a code; one that names it goes before one for all."""
    near = [a for a in work.edges if a.node.trigger == trigger and a.node.code in (code, "")]
    return [armed.number for armed in sorted(near, key=lambda armed: not armed.node.code)][:1]


def _inside(work):
    """The numbers of all work inside `work`, itself included."""
    return {work.number}.union(*(_inside(one) for scene in work.inner for one in scene.works))


def _moment(value, start):
    if isinstance(value, datetime):
        return value
    return start + timedelta(hours=int(re.fullmatch(r"PT(\d+)H", value)[1]))
