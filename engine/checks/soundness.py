"""Soundness: moving tokens through a process in every possible way, to see whether they get stuck or multiply.

A bounded search over states; a state is the multiset of places that hold a token. Places are flows and activities
that can be interrupted. A subprocess is searched by itself and then stands for one activity that may end as its inside
can. The side branch of a boundary event that does not interrupt is searched by itself too, from its own token: it may
run any number of times beside the main path, and so must not come back to it. So may a subprocess that an event
starts; it is a scope of its own and no flow leaves it. Where conditions choose, every choice of them is tried.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from engine.checks.drawing import ACTIVITIES, Flow, Node, Package, Scope
from engine.checks.events import code_of, inner_scope, is_caught, is_handled
from engine.checks.findings import Finding, found
from engine.diagrams.spiff.gateways import reach_of

MAX_STATES = 20_000
MOST_CONDITIONS = 10  # on ways out of one node: every choice of them is tried
COMPLETE = "complete"  # the outcome of a scope that ends well; others are codes of errors that leave it

State = tuple[str, ...]


@dataclass(frozen=True)
class _Move:
    """One thing that may happen: tokens taken from places and put on others. An outcome ends the whole scope."""

    node: Node
    takes: State
    gives: State
    outcome: str = ""


@dataclass(frozen=True)
class _Join:
    """An inclusive gateway with several ways in. reach: by place, the ways in a token there may still come to."""

    node: Node
    ins: tuple[str, ...]
    gives: tuple[State, ...]
    reach: Mapping[str, frozenset[str]]

    def moves(self, held: Mapping[str, int]) -> Iterator[_Move]:
        """What may happen here: nothing while a token elsewhere may still come to an empty way (BPMN 2.0.2, 13.4.3)."""
        filled = frozenset(place for place in self.ins if held.get(place))
        empty = frozenset(self.ins) - filled
        elsewhere = [self.reach[place] for place in held if place in self.reach and place not in filled]
        if filled and all(filled & ahead or not empty & ahead for ahead in elsewhere):
            for given in self.gives:
                yield _Move(self.node, tuple(sorted(filled)), given)


@dataclass
class _Net:
    moves: list[_Move] = field(default_factory=list)
    joins: list["_Join"] = field(default_factory=list)
    by_place: dict[str, list[_Move]] = field(default_factory=lambda: defaultdict(list))
    ends: set[str] = field(default_factory=set)

    def add(self, move: _Move) -> None:
        self.moves.append(move)
        self.by_place[min(move.takes)].append(move)


class _UnsoundError(Exception):
    """The search found something; it stops there, because what follows from it would only repeat it."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def check_soundness(package: Package, *, max_states: int = MAX_STATES) -> Iterator[Finding]:
    """Deadlocks, tokens that meet unsynchronised, tokens without bound: the first one of each process or subprocess."""
    search = _Search(package, max_states)
    for process in package.processes:
        search.outcomes(process.scope)
    spent = [f for f in search.findings if f.rule == "too_complicated"]
    yield from (f for f in search.findings if f not in spent[1:])


class _Search:
    def __init__(self, package: Package, max_states: int) -> None:
        self.package = package
        self.max_states = max_states
        self.states = 0  # seen so far, in all scopes together
        self.findings: list[Finding] = []
        self._known: dict[str, frozenset[str]] = {}

    def outcomes(self, scope: Scope) -> frozenset[str]:
        """How `scope` may end. Whatever is wrong inside is noted once."""
        key = scope.owner.id
        if key not in self._known:
            try:
                self._known[key] = self._search(scope)
            except _UnsoundError as unsound:
                self.findings.append(unsound.finding)
                self._known[key] = frozenset({COMPLETE})
        return self._known[key]

    def _search(self, scope: Scope) -> frozenset[str]:
        net = self._net(scope)
        start = next(scope.of_kind("startEvent"))
        result = set(self._walk(scope, net, _places(scope, start)))
        sides = [b for b in scope.of_kind("boundaryEvent") if not b.is_interrupting]
        for side in sides:
            result |= self._walk(scope, net, _places(scope, side)) - {COMPLETE}
        self._check_sides(scope, start, sides)
        return self._with_handlers(scope, result)

    def _with_handlers(self, scope: Scope, ways: set[str]) -> frozenset[str]:
        """How a scope may end when an event may start something in it."""
        past: set[str] = set()
        for handler in scope.handlers:
            start = scope.start_of(handler)
            inside = self.outcomes(scope.inner[handler.id])
            if start is not None and start.is_interrupting:
                past |= inside  # nothing is left beside it that could catch
            else:
                ways = ways | (inside - {COMPLETE})
        caught = {way for way in ways if way != COMPLETE and is_handled(self.package, scope, *way.split(" ", 1))}
        return frozenset(ways - caught | past)

    # 1. What may happen in a scope.

    def _net(self, scope: Scope) -> _Net:
        net = _Net()
        for node in scope.nodes.values():
            ins = [_place(scope, f) for f in scope.incoming(node)]
            if not ins or _is_plain(scope, node):
                continue
            outs = _leaving(scope, node)
            if node.kind == "parallelGateway":
                net.add(_Move(node, tuple(sorted(ins)), outs[0]))
            elif node.kind == "inclusiveGateway" and len(ins) > 1:
                net.joins.append(_Join(node, tuple(ins), tuple(outs), _reach_of(scope, node, ins)))
            elif node.kind == "endEvent":
                self._add_end(net, node, ins)
            elif _is_watched(scope, node):
                self._add_watched(net, scope, node, ins, outs)
            else:
                for place in ins:
                    for out in outs:
                        net.add(_Move(node, (place,), out))
        return net

    def _add_end(self, net: _Net, node: Node, ins: list[str]) -> None:
        outcome = COMPLETE if node.trigger == "terminate" else ""
        if node.trigger == "error":
            outcome = f"error {code_of(self.package, node)}"
        counter = f"end {node.id}"
        net.ends.add(counter)
        for place in ins:
            net.add(_Move(node, (place,), (counter,), outcome))

    def _add_watched(self, net: _Net, scope: Scope, node: Node, ins: list[str], outs: list[State]) -> None:
        """An activity that takes time: it may complete, be interrupted, or be ended by an error from inside."""
        inner = inner_scope(self.package, scope, node)
        ways = self.outcomes(inner) if inner is not None else frozenset({COMPLETE})
        errors = {way.removeprefix("error ") for way in ways if way != COMPLETE}
        busy = f"in {node.id}"
        for place in ins:
            net.add(_Move(node, (place,), (busy,)))
        for out in outs if COMPLETE in ways else ():
            net.add(_Move(node, (busy,), out))
        for boundary in scope.attached(node):
            code = code_of(self.package, boundary) if boundary.trigger == "error" else None
            is_thrown = inner is None or boundary.trigger != "error" or (errors if code is None else code in errors)
            if boundary.is_interrupting and is_thrown:
                net.add(_Move(node, (busy,), _places(scope, boundary)))
        for code in errors:
            if not is_caught(self.package, scope, node, "error", code):
                net.add(_Move(node, (busy,), (), f"error {code}"))

    # 2. Everything that can happen, breadth first.

    def _walk(self, scope: Scope, net: _Net, first: State) -> set[str]:
        parents: dict[State, State | None] = {first: None}
        todo, outcomes = deque([first]), set[str]()
        while todo:
            state = todo.popleft()
            moves = list(_enabled(net, state))
            if not moves and all(place in net.ends for place in state):
                outcomes.add(COMPLETE)
            elif not moves:
                raise _UnsoundError(found("deadlock", _waiting(net, state) or scope.owner))
            for move in moves:
                if move.outcome:
                    outcomes.add(move.outcome)
                    continue
                after = _after(state, move)
                if after not in parents:
                    parents[after] = state
                    _refuse_many(move.node, after, parents)
                    todo.append(after)
            if self.states + len(parents) > self.max_states:
                raise _UnsoundError(found("too_complicated", scope.owner, limit=self.max_states))
        self.states += len(parents)
        return outcomes

    # 3. Side branches stay at the side.

    def _check_sides(self, scope: Scope, start: Node, sides: list[Node]) -> None:
        main = _reach(scope, start)
        todo = [(main, side) for side in sides if side.host_id in main]
        seen = {side.id for _, side in todo}
        for around, side in todo:  # grows while it is walked
            branch = _reach(scope, side)
            shared = [scope.nodes[x] for x in branch & around if scope.nodes[x].kind != "endEvent"]
            if shared:
                first = min(shared, key=lambda n: n.line)
                raise _UnsoundError(found("side_branch_returns", side, other=first.name or first.id))
            nested = [s for s in sides if s.host_id in branch and s.id not in seen]
            seen |= {s.id for s in nested}
            todo += [(branch | around, s) for s in nested]


def _places(scope: Scope, node: Node) -> State:
    """The places that are filled when all ways out of a node are taken."""
    return tuple(sorted(_place(scope, flow) for flow in scope.outgoing(node)))


def _leaving(scope: Scope, node: Node) -> list[State]:
    """What may be filled when a token leaves a node: each way alone, every choice of those with conditions, or all."""
    ways = scope.outgoing(node)
    if node.kind in {"exclusiveGateway", "eventBasedGateway"}:
        return [(_place(scope, flow),) for flow in ways]
    is_choosing = node.kind == "inclusiveGateway" or node.kind in ACTIVITIES
    chosen = [flow for flow in ways if is_choosing and flow.condition]
    if not chosen:
        return [_places(scope, node)]
    if len(chosen) > MOST_CONDITIONS:
        raise _UnsoundError(found("too_complicated", node, limit=2**MOST_CONDITIONS))
    always = [flow for flow in ways if not flow.condition and flow.id != node.default]
    results = [
        [*always, *some] for size in range(1, len(chosen) + 1) for some in combinations(chosen, size)
    ]
    results.append([flow for flow in ways if flow.id == node.default] or always)
    return [tuple(sorted(_place(scope, flow) for flow in result)) for result in results]


def _reach_of(scope: Scope, join: Node, ins: list[str]) -> dict[str, frozenset[str]]:
    """By place, the ways into `join` that a token there may come to without passing it."""
    sources = {_place(scope, flow): flow.source for flow in scope.incoming(join)}
    ahead = {node.id: scope.next_ids(node) for node in scope.nodes.values()}
    by_node = reach_of(sources, ahead, join.id)
    nowhere: frozenset[str] = frozenset()
    result = {f"in {node_id}": reached for node_id, reached in by_node.items()}
    for flow in scope.linked:
        place = _place(scope, flow)
        here = frozenset({place}) if place in ins else nowhere
        result[place] = result.get(place, nowhere) | here | by_node.get(_end_of(scope, flow), nowhere)
    return result


def _is_plain(scope: Scope, node: Node) -> bool:
    """One way in, one way out, nothing that interrupts: a token passes and nothing can come between."""
    return len(scope.incoming(node)) == len(scope.outgoing(node)) == 1 and not _is_watched(scope, node)


def _is_watched(scope: Scope, node: Node) -> bool:
    return _is_interruptible(scope, node) or node.kind in {"subProcess", "callActivity"}


def _is_interruptible(scope: Scope, node: Node) -> bool:
    return any(b.is_interrupting for b in scope.attached(node))


def _place(scope: Scope, flow: Flow) -> str:
    """The place of a flow; flows with only plain nodes between them share the place of the last one."""
    return _last(scope, flow).id


def _end_of(scope: Scope, flow: Flow) -> str:
    """The first node behind a flow at which something may be decided."""
    return _last(scope, flow).target


def _last(scope: Scope, flow: Flow) -> Flow:
    passed: set[str] = set()
    while flow.id not in passed and _is_plain(scope, scope.nodes[flow.target]):
        passed.add(flow.id)
        flow = scope.outgoing(scope.nodes[flow.target])[0]
    return flow


def _enabled(net: _Net, state: State) -> Iterator[_Move]:
    held = Counter(state)
    for join in net.joins:
        yield from join.moves(held)
    for place in held:
        for move in net.by_place.get(place, ()):
            if all(held[wanted] >= count for wanted, count in Counter(move.takes).items()):
                yield move


def _after(state: State, move: _Move) -> State:
    left = list(state)
    for place in move.takes:
        left.remove(place)
    return tuple(sorted([*left, *move.gives]))


def _refuse_many(node: Node, state: State, parents: dict[State, State | None]) -> None:
    """Refuse a state with more tokens than an earlier one on the way that it contains, or two tokens in one place."""
    held = Counter(state)
    earlier = parents[state]
    while earlier is not None:
        if len(earlier) < len(state) and Counter(earlier) <= held:
            raise _UnsoundError(found("unbounded", node))
        earlier = parents[earlier]
    if max(held.values()) > 1:
        raise _UnsoundError(found("not_synchronised", node))


def _waiting(net: _Net, state: State) -> Node | None:
    """The gateway that waits in vain: some of what it needs is there, not all."""
    stuck = [m.node for m in net.moves if len(m.takes) > 1 and set(m.takes) & set(state)]
    stuck += [join.node for join in net.joins if set(join.ins) & set(state)]
    return min(stuck, key=lambda n: n.line, default=None)


def _reach(scope: Scope, origin: Node) -> set[str]:
    """The nodes a token may visit from `origin` without entering a side branch."""
    todo, seen = [origin], {origin.id}
    while todo:
        node = todo.pop()
        ahead = [f.target for f in scope.outgoing(node)] + [b.id for b in scope.attached(node) if b.is_interrupting]
        for node_id in ahead:
            if node_id not in seen:
                seen.add(node_id)
                todo.append(scope.nodes[node_id])
    return seen
