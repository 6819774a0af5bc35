"""Evaluating the nodes of the requirement graph, each once, from the inputs up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.decisions.graph import Graph, Reached
from engine.decisions.language import Meaning, admitted, call_by_name
from engine.decisions.records import Decision, InputData, KnowledgeModel, Model, Node, Service
from engine.decisions.session import Scope, Session
from engine.decisions.types import fitting, result_of, told_type
from feel import Function
from feel.types import Type
from feel.values import Value

Path = tuple[str, ...]  # the imports that lead to a model, by their names
Key = tuple[Path, str, str]


@dataclass(frozen=True, slots=True)
class Ready:
    """A node made ready. meaning: of a decision its value, of a knowledge model its function."""

    meaning: Meaning | None
    wanted: Type


class Evaluation:
    """One evaluation: the values of nodes for certain inputs.

    given: values of nodes that are known beforehand, as inside a decision service.
    """

    def __init__(
        self, graph: Graph, ready: Mapping[tuple[str, str], Ready], inputs: Mapping[str, object],
        decided: Mapping[str, object], *, session: Session, given: Mapping[Key, Value] | None = None,
    ) -> None:
        self._graph, self._ready = graph, ready
        self._inputs, self._decided = inputs, decided
        self.session = session
        self._values: dict[Key, Value] = dict(given or {})

    def decide(self, model: Model, node: Node) -> Value:
        """The value of a decision or an input; what a knowledge model or a service gives for the inputs."""
        value = self._value(model, node, ())
        if not isinstance(node, (KnowledgeModel, Service)):
            return value
        taken = value.parameters if isinstance(value, Function) else ()
        try:
            return call_by_name(value, {name: admitted(self._inputs[name], node.place)
                                        for name in taken if name in self._inputs})
        except TypeError as error:
            self.session.note(node.place, str(error))
            return None

    def _value(self, model: Model, node: Node, path: Path) -> Value:
        key = (path, model.file, node.id)
        if key not in self._values:
            self.session.spend(node.place)
            self._values[key] = self.session.weigh(node.place, self._made(model, node, path))
        return self._values[key]

    def _made(self, model: Model, node: Node, path: Path) -> Value:
        if isinstance(node, InputData):
            return self._fitting(model, node, self._input(node, path))
        if isinstance(node, Decision) and not path and node.name in self._decided:
            return self._fitting(model, node, self._decided[node.name])
        if isinstance(node, Service):
            return self._service(model, node, path)
        meaning = self._ready[model.file, node.id].meaning
        if meaning is None:
            return None
        scope = Scope(self._scope(self._graph.needs(model, node), path), self.session)
        value = meaning(scope)
        if isinstance(node, KnowledgeModel):
            scope.values[node.variable] = value
        return value

    def _scope(self, needed: Iterable[Reached], path: Path) -> dict[str, Value]:
        """The values of what a node requires, by name, those of imported models under the import's name."""
        values: dict[str, Value] = {}
        for one in needed:
            alias = one.through.name if one.through else ""
            value = self._value(one.model, one.node, (*path, alias) if alias else path)
            if alias:
                values.setdefault(alias, {})[one.node.variable] = value
            else:
                values[one.node.variable] = value
        return values

    def _input(self, node: Node, path: Path) -> object:
        """The value given for an input: as deep in the inputs as its model is imported, else further outside."""
        for depth in range(len(path), -1, -1):
            values: object = self._inputs
            for name in path[:depth]:
                values = values.get(name) if isinstance(values, Mapping) else None
            if isinstance(values, Mapping):
                for name in (node.variable, node.name, ".".join((*path[depth:], node.name))):
                    if name in values:
                        return values[name]
        return None

    def _fitting(self, model: Model, node: Node, raw: object) -> Value:
        wanted = self._ready[model.file, node.id].wanted
        return fitting(admitted(raw, node.place), wanted, Scope({}, self.session), node.place, "value given")

    def _service(self, model: Model, node: Service, path: Path) -> Value:
        """A decision service as a function of its input data and its input decisions."""
        taken = self._graph.taken(model, node)
        keys = [(self._path(one, path), one.model.file, one.node.id) for one in taken]
        names = tuple(one.node.variable for one in taken)
        wanted = self._ready[model.file, node.id].wanted

        def call(*arguments: Value) -> Value:
            given = {key: self._fitting(one.model, one.node, value)
                     for key, one, value in zip(keys, taken, arguments, strict=True)}
            if any(given[key] is None is not value for key, value in zip(keys, arguments, strict=True)):
                return None
            inner = Evaluation(self._graph, self._ready, {}, {}, session=self.session, given=given)
            with self.session.calling(node.place):
                outputs = inner._outputs(model, node, path)
            return fitting(outputs, result_of(wanted), Scope({}, self.session), node.place)

        types = tuple(told_type(self._ready[one.model.file, one.node.id].wanted) for one in taken)
        return Function(names, call, types=types, result=result_of(wanted))

    def _outputs(self, model: Model, node: Service, path: Path) -> Value:
        reached = [self._graph.reach(model, node, one) for one in node.outputs]
        values = [self._value(one.model, one.node, self._path(one, path)) for one in reached]
        if len(values) == 1:
            return values[0]
        return {one.node.variable: value for one, value in zip(reached, values, strict=True)}

    @staticmethod
    def _path(one: Reached, path: Path) -> Path:
        return (*path, one.through.name) if one.through and one.through.name else path
