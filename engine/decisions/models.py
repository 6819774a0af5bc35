"""Decision models made ready, and what they decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from engine.decisions.boxed import Maker, conforming
from engine.decisions.errors import UnknownDecision
from engine.decisions.evaluation import Evaluation, Ready
from engine.decisions.graph import Graph
from engine.decisions.language import Language, Meaning
from engine.decisions.reading import read_model
from engine.decisions.records import Decision, InputData, KnowledgeModel, Model, Node
from engine.decisions.session import Note, Session
from engine.decisions.types import Types, result_of
from feel.types import ANY, Type
from feel.values import Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided, and why values in it are null."""

    value: Value
    notes: tuple[Note, ...]


class Models:
    """All models of one folder, read and made ready. Never changes; safe for threads.

    troubles: what cannot be evaluated and will be null, with places.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Raises BadModel for what is no model, names what is not there, or goes in a circle."""
        self._graph = Graph({file: read_model(data, file=file) for file, data in sorted(files.items())})
        self._types: dict[str, Types] = {}
        # A name may stand behind a dot or in a filter wherever it comes from, be it another model.
        words = frozenset[str]().union(*(model.words for model in self._graph.models.values()))
        languages = {file: Language(words) for file in self._graph.models}
        for file, model in self._graph.models.items():
            self._types[file] = Types(model, languages[file], partial(self._elsewhere, model))
        for file, model in self._graph.models.items():
            languages[file].types = self._all_types(model)
        self._ready = {
            (file, node.id): self._make(model, node, Maker(languages[file], self._types[file]))
            for file, model in self._graph.models.items() for node in model.nodes.values()
        }
        self.troubles = tuple(trouble for language in languages.values() for trouble in language.troubles)

    @property
    def models(self) -> Mapping[str, Model]:
        return self._graph.models

    def find(self, name: str, *, file: str | None = None) -> tuple[Model, Node] | None:
        """The node with this id or name, in one file or in the first that has it."""
        for model in self._graph.models.values():
            node = model.named(name) if file is None or model.file == file else None
            if node is not None:
                return model, node
        return None

    def decides(self, name: str) -> bool:
        """Whether there is a decision, or something else that can be decided, with this id or name."""
        found = self.find(name)
        return found is not None and not isinstance(found[1], InputData)

    def inputs_of(self, name: str) -> set[tuple[str, ...]]:
        """What has to be known for a decision: names of inputs, with names of parts where a type tells them."""
        found = self.find(name)
        paths: set[tuple[str, ...]] = set()
        for model, node in self._graph.inputs(*found) if found else ():
            parts = self._ready[model.file, node.id].wanted.entries
            paths |= {(node.variable, part) for part, _ in parts} or {(node.variable,)}
        if found and isinstance(found[1], KnowledgeModel) and found[1].function:
            paths |= {(one.name,) for one in found[1].function.parameters}
        return paths

    def decide(
        self, name: str, inputs: Mapping[str, object], *, file: str | None = None,
        decided: Mapping[str, object] | None = None, now: datetime | None = None,
    ) -> Outcome:
        """The value of a decision, or of a knowledge model or a service called with `inputs`, by id or name.

        inputs: values of input data by name; those of imported models as contexts under the name of the import.
        decided: values for decisions that are not to be made again. now: for formulas that ask for it.
        Raises UnknownDecision, and DecisionRefused when it would need too much.
        """
        found = self.find(name, file=file)
        if found is None:
            raise UnknownDecision(name=name)
        evaluation = Evaluation(self._graph, self._ready, inputs, decided or {}, session=Session(now))
        value = evaluation.decide(*found)
        return Outcome(value, tuple(evaluation.session.notes))

    def _make(self, model: Model, node: Node, maker: Maker) -> Ready:
        wanted = maker.types.named(node.type_ref, node.place)
        names = frozenset(one.through.name if one.through and one.through.name else one.node.variable
                          for one in self._graph.needs(model, node))
        meaning: Meaning | None = None
        if isinstance(node, Decision):
            meaning = _typed(maker.make(node.expression, names), wanted, node)
        elif isinstance(node, KnowledgeModel) and node.function is not None:
            meaning = maker.function(node.function, names | {node.variable}, result_of(wanted))
        return Ready(meaning, wanted)

    def _all_types(self, model: Model) -> Mapping[str, Type]:
        """The types a text of this model may name: its own, and those of imported models."""
        types = dict(self._types[model.file].all())
        for one in model.imports:
            other = self._graph.imported(model, one) if one.is_model else None
            if other is not None:
                prefix = f"{one.name}." if one.name else ""
                types |= {f"{prefix}{name}": kind for name, kind in self._types[other.file].all().items()}
        return types

    def _elsewhere(self, model: Model, name: str) -> Type | None:
        """A type of an imported model."""
        for one in model.imports:
            if not one.is_model or (one.name and not name.startswith(f"{one.name}.")):
                continue
            other = self._graph.imported(model, one)
            inner = name[len(one.name) + 1:] if one.name else name
            if other is not None and (found := self._types[other.file].find(inner)) is not None:
                return found
        return None


def _typed(meaning: Meaning, wanted: Type, node: Node) -> Meaning:
    return meaning if wanted is ANY else conforming(meaning, wanted, node.place)

