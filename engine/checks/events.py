"""Events: what is thrown must be caught, what is caught must be said once, messages have names."""

from collections.abc import Iterator

from engine.checks.drawing import Node, Package, Scope
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as

_REFERENCES = {"error": "errorRef", "escalation": "escalationRef", "message": "messageRef"}
_CODES = {"error": "errorCode", "escalation": "escalationCode"}
_THROWING = {"endEvent", "intermediateThrowEvent"}

Escapes = frozenset[tuple[Node, str]]


def check_events(package: Package) -> Iterator[Finding]:
    """Everything about thrown and caught events."""
    for scope in package.scopes():
        for node in scope.nodes.values():
            if node.trigger in _REFERENCES and not refused_as(node):
                yield from _check_reference(package, node)
        yield from _check_boundaries(package, scope)
    for node, code in _escaping(package, package.main.scope, {}):
        yield found(f"{node.trigger}_not_caught", node, code=code)


def code_of(package: Package, node: Node) -> str | None:
    """The code or message name of an event; None when it has none and so stands for any."""
    reference = node.triggers[0].get(_REFERENCES[node.trigger]) or ""
    definition = package.definitions.get((node.file, reference))
    if definition is None:
        return None
    return definition.xml.get(_CODES.get(node.trigger, "name")) or definition.xml.get("name") or None


def _check_reference(package: Package, node: Node) -> Iterator[Finding]:
    reference = node.triggers[0].get(_REFERENCES[node.trigger])
    definition = package.definitions.get((node.file, reference or ""))
    if reference and (definition is None or definition.kind != node.trigger):
        yield found("event_reference_unknown", node, id=reference)
    elif node.trigger == "message" and code_of(package, node) is None:
        yield found("message_without_name", node)
    elif node.kind in _THROWING and code_of(package, node) is None:
        yield found("thrown_without_code", node)


def _check_boundaries(package: Package, scope: Scope) -> Iterator[Finding]:
    taken: set[tuple[str, str, str | None]] = set()
    for node in scope.of_kind("boundaryEvent"):
        if refused_as(node):
            continue
        if node.trigger == "error" and not node.is_interrupting:
            yield found("error_must_interrupt", node)
        if node.trigger in {"error", "escalation"}:
            caught = (node.host_id, node.trigger, code_of(package, node))
            if caught in taken:
                yield found("caught_twice", node, code=caught[2] or "*")
            taken.add(caught)


def _escaping(package: Package, scope: Scope, known: dict[str, Escapes]) -> Escapes:
    """What is thrown inside `scope`, or in what it calls, and caught by nobody inside.

    known: what was found for other scopes, so that calls do not multiply.
    """
    key = scope.owner.id
    if key not in known:
        escapes = {(n, code) for n in scope.nodes.values() if (code := _thrown(package, n))}
        for host in scope.nodes.values():
            inner = inner_scope(package, scope, host)
            if inner is not None:
                inside = _escaping(package, inner, known)
                escapes |= {(n, code) for n, code in inside if not is_caught(package, scope, host, n.trigger, code)}
        known[key] = frozenset(escapes)
    return known[key]


def _thrown(package: Package, node: Node) -> str | None:
    """The code of the error or escalation that `node` throws."""
    is_throwing = node.kind in _THROWING and node.trigger in {"error", "escalation"} and not refused_as(node)
    return code_of(package, node) if is_throwing else None


def inner_scope(package: Package, scope: Scope, node: Node) -> Scope | None:
    """What runs inside a subprocess or call activity."""
    if node.kind == "callActivity":
        called = package.find_process(node.xml.get("calledElement") or "")
        return called.scope if called else None
    return scope.inner.get(node.id)


def is_caught(package: Package, scope: Scope, host: Node, trigger: str, code: str) -> bool:
    """Whether a boundary event of `host` catches what is thrown inside it."""
    return any(b.trigger == trigger and code_of(package, b) in {None, code} for b in scope.attached(host))
