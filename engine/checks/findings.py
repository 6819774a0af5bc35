"""What a check found: one thing wrong with a diagram, told to the person who drew it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.checks.drawing import Drawn
from engine.checks.sentences import SENTENCES


@dataclass(frozen=True)
class Finding:
    """One reason why a process cannot be published.

    file: name of the diagram. element: id of the element to mark, "" when the whole file is meant. line: where it
    stands in the file, 0 when nowhere. rule: stable snake_case key. facts: what the sentence tells, by name.
    """

    file: str
    element: str
    line: int
    rule: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def sentence(self, lang: str) -> str:
        """The finding as one plain sentence; `lang` is "pl" or "en". A fact `name_en` stands for `name` in English."""
        own = {key.removesuffix(f"_{lang}"): value for key, value in self.facts.items() if key.endswith(f"_{lang}")}
        return SENTENCES[self.rule][lang].format_map({**self.facts, **own})


def found(rule: str, drawn: Drawn, **facts: object) -> Finding:
    """A finding at `drawn`, which is called by its name, or by its id when it has none."""
    names = {"name": drawn.name or drawn.id, "name_en": drawn.name_en or drawn.name or drawn.id}
    told = {key: str(value) for key, value in facts.items()}
    return Finding(file=drawn.file, element=drawn.id, line=drawn.line, rule=rule, facts={**names, **told})
