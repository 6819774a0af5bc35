"""Activities of the reference that are done several times."""

from tests.reference.conditions import holds
from tests.reference.rounds import PARALLEL, WHILE, Alone, plan
from tests.reference.world import Scene, Token


class InRounds:
    """The part of the interpreter that has to do with rounds."""

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
