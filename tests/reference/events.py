"""Events of the reference: who hears what is thrown, and what happens then."""

import re
from datetime import datetime, timedelta

from tests.reference.world import Armed


class Uncaught(Exception):
    """An error that nothing catches."""


class Events:
    """The part of the interpreter that has to do with events."""

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
            found = catching(scene.handlers, trigger, code) or catching(work.edges if work else [], trigger, code)
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

    # What is waited for

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


def catching(listening, trigger, code):
    """Which of them catches a code; one that names it goes before one for all."""
    near = [a for a in listening if a.node.trigger == trigger and a.node.code in (code, "")]
    return [armed.number for armed in sorted(near, key=lambda armed: not armed.node.code)][:1]


def _moment(value, start):
    if isinstance(value, datetime):
        return value
    return start + timedelta(hours=int(re.fullmatch(r"PT(\d+)H", value)[1]))
