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
from tests.reference.rounds import PARALLEL, WHILE, Alone, plan
from tests.reference.world import Armed, Scene, Token, Work

MOST_MOVES = 3_000
JOINS = {"parallelGateway", "inclusiveGateway"}
WAITING = {"userTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"}


class Uncaught(Exception):
    """An error that nothing catches."""


class Endless(Exception):
    """It does not come to rest."""


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

    # Rounds of an activity

    def _begin_rounds(self, scene, work):
        rounds = work.node.rounds
        work.course = plan(rounds, self._value(rounds.collection, self._seen(scene)) if rounds.collection else 0)
        work.inner = [Scene(self._number(), Alone(scene.scope, work.node))]
        for _ in range(work.course.count if rounds.kind == PARALLEL else 1):
            self._next_round(scene, work)

    def _next_round(self, scene, work):
        course = work.course
        if self._goes_on(scene, work) if course.rounds.kind == WHILE else course.begun < course.count:
            course.begun += 1
            work.inner[0].moving.append(Token(None, work.node, course.begun - 1))

    def _goes_on(self, scene, work):
        rounds, begun = work.node.rounds, work.course.begun
        if rounds.limit and begun >= rounds.limit:
            return False
        if not rounds.condition or (not begun and not rounds.asks_first):
            return True
        return holds(rounds.condition, self._seen(scene, work))

    def _end_round(self, scene, ended):
        around = {inner.number: (outer, work) for inner, outer, work in self.root.within()}
        outer, work = around[scene.number]
        course, seen = work.course, self._seen(scene, ended)
        course.ended += 1
        seen = self._seen(scene, ended)
        if course.rounds.output:
            course.results[ended.place] = self._value(course.rounds.result, seen)
        if course.rounds.until and holds(course.rounds.until, seen):
            self._clear(scene)
        elif course.rounds.kind != PARALLEL:
            self._next_round(outer, work)

    def _seen(self, scene, work=None):
        """The variables, and in a round what belongs to it."""
        around = {inner.number: (outer, one) for inner, outer, one in self.root.within()}
        found = []
        while scene is not None:
            outer, caller = around[scene.number]
            if work is not None and work.place is not None:
                found.append(caller.course.facts(work.place))
            elif work is not None and work.course is not None and not found:
                found.append(work.course.counts())
            scene, work = outer, caller
        seen = dict(self.variables)
        for facts in reversed(found):
            seen |= facts
        return seen

    def _round(self, scene, work):
        """(number, of how many, item) of the innermost round that `work` is in."""
        around = {inner.number: (outer, one) for inner, outer, one in self.root.within()}
        while scene is not None:
            outer, caller = around[scene.number]
            if work.place is not None:
                course = caller.course
                return (work.place + 1, course.count, None if course.items is None else course.items[work.place])
            scene, work = outer, caller
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
        found = _catching(work.edges, "error", code) or self._around(scene, "error", code)
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
            return self._happen(found[0])
        # A signal is for other instances too.
        if not found or node.trigger == "signal":
            self.thrown.append((node.trigger, node.code, node.id))
        return self._announce(found)

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
        """What catches it nearest: a subprocess it starts in `scene`, an event at the edge around, or further out."""
        around = {inner.number: (outer, work) for inner, outer, work in self.root.within()}
        while scene is not None:
            outer, work = around[scene.number]
            found = _catching(scene.handlers, trigger, code) or _catching(work.edges if work else [], trigger, code)
            if found:
                return found
            scene = outer
        return []

    def _happen(self, number):
        """What is waited for happens, if anybody still waits for it."""
        for scene, _, _ in self.root.within():
            for armed in scene.handlers:
                if armed.number == number:
                    return self._handle(scene, armed)
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

    def _handle(self, scene, armed):
        """A subprocess that an event starts: alone in its scope, or beside what runs there."""
        start, handler = armed.node, self._handler(scene, armed.node)
        if start.interrupts:
            self._clear(scene)
        elif not self._rings_again(armed):
            scene.handlers.remove(armed)
        self._begin(scene, handler)

    def _handler(self, scene, start):
        return next(node for node in scene.scope.handlers() if scene.scope.inner[node.id].start() is start)

    def _awaited(self, scene, work, armed):
        if work.node.kind != "eventBasedGateway":
            self._finish(scene, work)
        else:
            scene.works.remove(work)
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

    def _arm(self, scene, node):
        armed = Armed(self._number(), node)
        if node.trigger != "timer":
            return armed
        value = self._value(node.timer, self._seen(scene))
        if node.clockwork == "timeCycle":
            count, armed.period = re.fullmatch(r"R(\d+)/(.+)", value).groups()
            armed.remaining = int(count)
        armed.due_at = _moment(armed.period or value, self.now)
        return armed

    def _arm_handlers(self, scene):
        starts = [scene.scope.inner[node.id].start() for node in scene.scope.handlers()]
        scene.handlers = [self._arm(scene, start) for start in starts]

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


def _catching(listening, trigger, code):
    """Which of them catches a code; one that names it goes before one for all."""
    near = [a for a in listening if a.node.trigger == trigger and a.node.code in (code, "")]
    return [armed.number for armed in sorted(near, key=lambda armed: not armed.node.code)][:1]


def _moment(value, start):
    if isinstance(value, datetime):
        return value
    return start + timedelta(hours=int(re.fullmatch(r"PT(\d+)H", value)[1]))
