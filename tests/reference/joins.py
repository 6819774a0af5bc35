"""When an inclusive gateway need not wait any longer: BPMN 2.0.2, 13.4.3."""


def may_still_come(scene, gate, way):
    """Whether a token may still come along `way`, which has none, other than one that would be needed elsewhere.

    True when there is a token from which a path leads to `way` without visiting `gate`, and none of the paths from that
    token leads to an incoming flow that has a token already.
    """
    taken = {flow.id for flow in scene.arrived[gate.id]}
    return any(way.id in reached and not reached & taken for reached in _reached(scene, gate))


def _reached(scene, gate):
    """For each token in the scene, the incoming flows of `gate` to which a path leads that does not visit `gate`."""
    scope = scene.scope
    for token in scene.moving:
        if token.flow is None:
            yield _paths(scope, gate, _onwards(scope, token.node))
        elif token.node is not gate:
            yield _paths(scope, gate, [token.flow])
        else:
            yield {token.flow.id}
    for work in scene.works:
        yield _paths(scope, gate, _onwards(scope, work.node))
    for other, flows in scene.arrived.items():
        if other != gate.id:
            for flow in flows:
                yield _paths(scope, gate, [flow])


def _onwards(scope, node):
    """The flows a token in `node` may take, also through the events at its edge and a link."""
    ways = list(scope.outgoing(node))
    for edge in scope.boundaries(node):
        ways += scope.outgoing(edge)
    if node.kind == "intermediateThrowEvent" and node.trigger == "link":
        ways += scope.outgoing(scope.link(node.code))
    return ways


def _paths(scope, gate, flows):
    todo, seen = list(flows), {flow.id for flow in flows}
    while todo:
        flow = todo.pop()
        if flow.target == gate.id:
            continue
        for following in _onwards(scope, scope.nodes[flow.target]):
            if following.id not in seen:
                seen.add(following.id)
                todo.append(following)
    return {flow.id for flow in scope.incoming(gate)} & seen
