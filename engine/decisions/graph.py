"""The requirement graph: what every node needs, over all models that know each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.decisions.errors import BadModel
from engine.decisions.records import Decision, Import, InputData, KnowledgeModel, Model, Node, Service

DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Reached:
    """A node as another one gets at it. through: the import it comes by, None within one model."""

    model: Model
    node: Node
    through: Import | None


class Graph:
    """The models of one folder, with every reference resolved."""

    def __init__(self, models: Mapping[str, Model]) -> None:
        self.models = models
        self._checked: set[tuple[str, str]] = set()
        for model in models.values():
            for node in model.nodes.values():
                self._check(model, node, ())

    def imported(self, model: Model, one: Import) -> Model | None:
        """The model an import means, found by its namespace, or by its place when several share that."""
        found = [other for other in self.models.values() if other.namespace == one.namespace and other is not model]
        if len(found) > 1 and one.location:
            named = [other for other in found if one.location.rpartition("/")[2] == other.file]
            found = named or found
        return found[0] if found else None

    def reach(self, model: Model, node: Node, reference: str) -> Reached:
        """What a reference of `node` leads to. Raises BadModel when it leads nowhere."""
        address, _, key = reference.rpartition("#")
        if (not address or address == model.namespace) and key in model.nodes:
            return Reached(model, model.nodes[key], None)
        for one in model.imports:
            other = self.imported(model, one) if one.namespace == address or not address else None
            if other is not None and key in other.nodes:
                return Reached(other, other.nodes[key], one)
        raise BadModel(file=node.place.file, line=node.place.line,
                       reason=f"{node.name}: it requires {reference or 'nothing'}, which is not there")

    def needs(self, model: Model, node: Node) -> Iterator[Reached]:
        """What a node requires, in the order it is written."""
        if isinstance(node, (Decision, KnowledgeModel)):
            for reference in node.requires:
                yield self.reach(model, node, reference)
        elif isinstance(node, Service):
            for reference in (*node.outputs, *node.encapsulated):
                yield self.reach(model, node, reference)

    def taken(self, model: Model, node: Service) -> list[Reached]:
        """What a service takes when it is called, in the order of its parameters."""
        return [self.reach(model, node, reference) for reference in (*node.inputs, *node.input_decisions)]

    def inputs(self, model: Model, node: Node) -> list[tuple[Model, Node]]:
        """The inputs, and for a service the input decisions too, that must be given for a node."""
        given: dict[tuple[str, str], tuple[Model, Node]] = {}
        seen: set[tuple[str, str]] = set()
        todo = [(model, node)]
        if isinstance(node, Service):
            todo = []
            for one in self.taken(model, node):
                given[one.model.file, one.node.id] = one.model, one.node
        while todo:
            here, current = todo.pop()
            if (here.file, current.id) in seen:
                continue
            seen.add((here.file, current.id))
            if isinstance(current, InputData):
                given[here.file, current.id] = here, current
            elif isinstance(current, Decision):
                todo += [(one.model, one.node) for one in self.needs(here, current)]
        return list(given.values())

    def _check(self, model: Model, node: Node, path: tuple[Node, ...]) -> None:
        if node in path:
            raise BadModel(file=node.place.file, line=node.place.line, reason=f"{node.name}: it requires itself")
        key = (model.file, node.id)
        if key in self._checked:
            return
        if len(path) >= DEEPEST:
            raise BadModel(file=node.place.file, line=node.place.line,
                           reason=f"{node.name}: requirements are more than {DEEPEST} deep")
        if isinstance(node, Service):
            self.taken(model, node)
        for reached in self.needs(model, node):
            self._check(reached.model, reached.node, (*path, node))
        self._checked.add(key)
