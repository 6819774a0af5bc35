"""Events: what is thrown must be caught, what is caught must be said once, messages have names."""

from collections.abc import Iterator

from engine.checks.drawing import Node, Package, Scope
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as

_REFERENCES = {
    "error": "errorRef", "escalation": "escalationRef", "message": "messageRef", "signal": "signalRef",
}  # fmt: skip
_CODES = {"error": "errorCode", "escalation": "escalationCode"}
_THROWING = {"endEvent", "intermediateThrowEvent", "sendTask"}

Escapes = frozenset[tuple[Node, str]]


def check_events(package: Package) -> Iterator[Finding]:
    """Everything about thrown and caught events."""
    for scope in package.scopes():
        for node in scope.nodes.values():
            if node.trigger in _REFERENCES and not refused_as(node):
                yield from _check_reference(package, node)
        yield from _check_catching(package, scope)
    for node, code in _escaping(package, package.main.scope, {}):
        yield found(f"{node.trigger}_not_caught", node, code=code)


def code_of(package: Package, node: Node) -> str | None:
    """The code or message name of an event; None when it has none and so stands for any."""
    definition = package.definitions.get((node.file, _reference(node) or ""))
    if definition is None:
        return None
    return definition.xml.get(_CODES.get(node.trigger, "name")) or definition.xml.get("name") or None


def _check_reference(package: Package, node: Node) -> Iterator[Finding]:
    reference = _reference(node)
    definition = package.definitions.get((node.file, reference or ""))
    if reference and (definition is None or definition.kind != node.trigger):
        yield found("event_reference_unknown", node, id=reference)
    elif node.trigger == "message" and code_of(package, node) is None:
        yield found("message_without_name", node)
    elif node.trigger == "signal" and code_of(package, node) is None:
        yield found("signal_without_name", node)
    elif node.kind in _THROWING and code_of(package, node) is None:
        yield found("thrown_without_code", node)


def _reference(node: Node) -> str | None:
    """The id of what an event or task throws or waits for; for tasks it stands at the task itself."""
    return (node.triggers[0] if node.triggers else node.xml).get(_REFERENCES[node.trigger])


def check_links(package: Package) -> Iterator[Finding]:
    """Each link that throws has one that catches, and the other way round."""
    for scope in package.scopes():
        yield from _check_links(scope)


def _check_links(scope: Scope) -> Iterator[Finding]:
    links = [n for n in scope.nodes.values() if n.link is not None and not refused_as(n)]
    caught: set[str] = set()
    for node in links:
        is_catching = node.kind == "intermediateCatchEvent"
        others = {n.link for n in links if (n.kind == "intermediateCatchEvent") != is_catching}
        if not node.link:
            yield found("link_without_name", node)
        elif node.link not in others:
            yield found("link_unpaired", node, link=node.link)
        elif is_catching and node.link in caught:
            yield found("link_caught_twice", node, link=node.link)
        caught |= {node.link or ""} if is_catching else set()


def _check_catching(package: Package, scope: Scope) -> Iterator[Finding]:
    taken: set[tuple[str, str, str | None]] = set()
    starts = (start for handler in scope.handlers if (start := scope.start_of(handler)) is not None)
    for node in (*scope.of_kind("boundaryEvent"), *starts):
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
        past: set[tuple[Node, str]] = set()
        for host in scope.nodes.values():
            inner = inner_scope(package, scope, host)
            if inner is not None:
                inside = _escaping(package, inner, known)
                out = {(n, code) for n, code in inside if not is_caught(package, scope, host, n.trigger, code)}
                # What interrupts its scope has nothing beside it that could catch.
                is_alone = host.is_handler and (start := scope.start_of(host)) is not None and start.is_interrupting
                past, escapes = (past | out, escapes) if is_alone else (past, escapes | out)
        kept = {(n, code) for n, code in escapes if not is_handled(package, scope, n.trigger, code)}
        known[key] = frozenset(kept | past)
    return known[key]


def _thrown(package: Package, node: Node) -> str | None:
    """The code of the error or escalation that `node` throws."""
    is_throwing = node.kind in _THROWING and node.trigger in {"error", "escalation"} and not refused_as(node)
    return code_of(package, node) if is_throwing else None


def inner_scope(package: Package, scope: Scope, node: Node) -> Scope | None:
    """What runs inside a subprocess or call activity."""
    return package.inner_scope(scope, node)


def is_caught(package: Package, scope: Scope, host: Node, trigger: str, code: str) -> bool:
    """Whether a boundary event of `host` catches what is thrown inside it."""
    return any(b.trigger == trigger and code_of(package, b) in {None, code} for b in scope.attached(host))


def is_handled(package: Package, scope: Scope, trigger: str, code: str) -> bool:
    """Whether a subprocess that an event starts catches what is thrown in its scope."""
    starts = (scope.start_of(handler) for handler in scope.handlers)
    return any(s is not None and s.trigger == trigger and code_of(package, s) in {None, code} for s in starts)
