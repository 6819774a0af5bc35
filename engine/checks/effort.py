"""How much may happen before somebody has to do something: loops that wait for nobody, and more than a step may do."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from engine.checks.drawing import BPMN, Node, Package, Scope
from engine.checks.events import code_of
from engine.checks.expressions import constant, verb_of
from engine.checks.findings import Finding, found
from engine.checks.verbs import CALL
from engine.diagrams.reports import USUAL
from engine.diagrams.spiff.rounds import MOST_ROUNDS
from engine.diagrams.xml import local_name
from feel import FeelError, parse

WAITING = {"userTask", "receiveTask", "eventBasedGateway"}
LOOP = "standardLoopCharacteristics"
LISTENING = {"boundaryEvent", "intermediateCatchEvent", "receiveTask", "startEvent"}
THROWING = {"endEvent", "intermediateThrowEvent", "sendTask"}


def check_effort(package: Package) -> Iterator[Finding]:
    """Loops in which no token ever rests, and processes of which one step may be too much."""
    ahead = _Ahead(package)
    told: set[str] = set()
    for node in package.nodes():
        circle = ahead.circle(node.id) if node.id not in told else set()
        if circle:
            yield found("endless_loop", node)
        told |= circle
    cost = _Cost(package)
    if not told and cost.of(package.main.scope) > USUAL.steps:
        yield found("too_much_at_once", cost.dearest or package.main, limit=USUAL.steps)


class _Ahead:
    """Where a token, or what it causes, gets to at once from each element."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._passes: dict[str, bool] = {}
        self.edges: dict[str, set[str]] = {}
        self._caught = self._catching()
        for scope in package.scopes():
            for node in scope.nodes.values():
                self.edges.setdefault(node.id, set()).update(self._from(scope, node))
        self._cool_down()

    def _cool_down(self) -> None:
        """Leaves only what can happen again and again by itself.

        A parallel gateway needs that of all ways to it; an event that has happened, that a token comes to wait again.
        """
        before: dict[str, set[str]] = {}
        for source, targets in self.edges.items():
            for target in targets:
                before.setdefault(target, set()).add(source)
        needs: dict[str, set[str]] = {}
        begun: dict[str, set[str]] = {}
        joined: dict[str, set[str]] = {}
        for scope in self.package.scopes():
            for node in scope.nodes.values():
                needs[f"{node.id} fired"] = _armed_by(scope, node)
                if node.kind == "parallelGateway":
                    joined[node.id] = {flow.source for flow in scope.incoming(node)}
            for handler in scope.handlers:
                if (start := scope.start_of(handler)) is not None:
                    begun[f"{start.id} fired"] = _begun_by(scope, start)
        needs |= begun
        hot, is_stable = set(self.edges), False
        while not is_stable:
            fed = {one: before.get(one, set()) & hot for one in hot}
            cold = {one for one in hot if not fed[one] or not joined.get(one, set()) <= fed[one]}
            cold |= {one for one in hot if not needs.get(one, set()) <= hot}
            hot -= cold
            is_stable = not cold
        self.edges = {source: targets & hot for source, targets in self.edges.items() if source in hot}

    def circle(self, node_id: str) -> set[str]:
        """The elements on ways that lead from `node_id` back to it."""
        reached = self._reach(node_id)
        return {one for one in reached if node_id in self._reach(one)} if node_id in reached else set()

    def _reach(self, start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            fresh = self.edges.get(todo.pop(), set()) - seen
            seen |= fresh
            todo += fresh
        return seen

    def _from(self, scope: Scope, node: Node) -> Iterator[str]:
        inner = self.package.inner_scope(scope, node)
        if inner is not None and not node.is_handler:
            yield from (start.id for start in inner.of_kind("startEvent"))
        if node.kind in THROWING and node.trigger in {"message", "signal", "escalation", "error"}:
            catching = [*self._caught.get((node.trigger, code_of(self.package, node)), ())]
            if node.trigger in {"escalation", "error"}:
                catching += self._caught.get((node.trigger, None), ())
            yield from (f"{catcher.id} fired" for catcher in catching if not _is_gone(catcher, node))
        onward = [flow.target for flow in scope.outgoing(node)]
        self.edges.setdefault(f"{node.id} fired", set()).update(onward)
        if node.kind == "serviceTask":  # its verb may throw an error
            yield from (b.id for b in scope.attached(node) if b.trigger == "error")
        if not self._rests(scope, node):
            yield from onward
            if node.rounds is not None and local_name(node.rounds) == LOOP and node.rounds.get("loopMaximum") is None:
                yield node.id

    def _rests(self, scope: Scope, node: Node) -> bool:
        """Whether a token that arrives always waits for something from outside."""
        inner = self.package.inner_scope(scope, node)
        if node.rounds is not None and local_name(node.rounds) != LOOP:
            return False  # there may be no item
        if node.rounds is not None and node.rounds.get("testBefore") in {"true", "1"}:
            return False
        if inner is not None:
            return not self._may_pass(inner)
        is_event = node.kind == "intermediateCatchEvent" and node.trigger != "link"
        return node.kind in WAITING or is_event or (node.kind == "serviceTask" and verb_of(node) == CALL)

    def _may_pass(self, scope: Scope) -> bool:
        """Whether a scope may be over without having waited."""
        key = scope.owner.id
        if key not in self._passes:
            self._passes[key] = False  # calls do not go round in circles; this is for safety
            todo = list(scope.of_kind("startEvent"))
            seen = {start.id for start in todo}
            while todo:
                node = todo.pop()
                if node.kind == "endEvent":
                    self._passes[key] = True
                    break
                ways = () if self._rests(scope, node) else scope.outgoing(node)
                fresh = [scope.nodes[flow.target] for flow in ways if flow.target not in seen]
                seen |= {one.id for one in fresh}
                todo += fresh
        return self._passes[key]

    def _catching(self) -> Mapping[tuple[str, str | None], list[Node]]:
        result: dict[tuple[str, str | None], list[Node]] = {}
        for node in self.package.nodes():
            is_named = node.trigger in {"message", "signal", "escalation", "error"}
            if node.kind in LISTENING and is_named:
                result.setdefault((node.trigger, code_of(self.package, node)), []).append(node)
        return result


def _armed_by(scope: Scope, node: Node) -> set[str]:
    """What has to happen again before an event that has happened can happen once more."""
    if node.kind == "boundaryEvent":
        return {node.host_id} if node.is_interrupting else set()
    if node.kind not in {"intermediateCatchEvent", "receiveTask"}:
        return set()
    gateways = {f.source for f in scope.incoming(node) if scope.nodes[f.source].kind == "eventBasedGateway"}
    return gateways or {node.id}


def _begun_by(scope: Scope, start: Node) -> set[str]:
    """The same for the start of a subprocess: what interrupts its scope needs that scope to begin again."""
    if not start.is_interrupting:
        return set()
    begins = next(scope.of_kind("startEvent"), None)
    if begins is None:
        return set()
    return {f"{begins.id} fired" if begins.begins_handler else begins.id}


def _is_gone(catcher: Node, node: Node) -> bool:
    """Whether what `node` throws comes too late for `catcher`: it runs in what has interrupted the scope of both."""
    if not catcher.begins_handler:
        return False
    scope = catcher.xml.getparent().getparent()  # type: ignore[union-attr]  # an event lies in a subprocess
    around = [Node(node.file, x) for x in node.xml.iterancestors() if x.getparent() is scope]
    starts = [Node(node.file, x) for one in around if one.is_handler for x in one.xml.iterfind(f"{BPMN}startEvent")]
    return any(start.is_interrupting for start in starts)


class _Cost:
    """How many elements at most are run when everything in a scope happens at once."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.dearest: Node | None = None
        self._known: dict[str, int] = {}

    def of(self, scope: Scope) -> int:
        key = scope.owner.id
        if key not in self._known:
            costs = {node: self._of_node(scope, node) for node in scope.nodes.values()}
            self._known[key] = sum(costs.values())
            dearest = max(costs, key=lambda node: costs[node], default=None)
            if dearest is not None and costs[dearest] > USUAL.steps:
                self.dearest = self.dearest or dearest
        return self._known[key]

    def _of_node(self, scope: Scope, node: Node) -> int:
        inner = self.package.inner_scope(scope, node)
        once = 1 if inner is None else 2 + self.of(inner)
        return once * _most_rounds(node) + 1 if node.rounds is not None else once


def _most_rounds(node: Node) -> int:
    """How often a step may be done in one go, as far as the drawing says."""
    if node.rounds is not None and local_name(node.rounds) == LOOP:
        most = node.rounds.get("loopMaximum") or "1"
        return int(most) if most.isdigit() else 1
    text = node.said_of_rounds("loopCardinality")
    try:
        value = constant(parse(text)) if text else None
    except FeelError:
        return MOST_ROUNDS
    return int(value) if isinstance(value, int | Decimal) and 0 <= value <= MOST_ROUNDS else MOST_ROUNDS
