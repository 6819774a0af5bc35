"""Everything in a process that does not fit: its diagrams, its decisions and its forms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.actions import VERB_PARAMETERS
from engine.checks import Finding, check_diagram
from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import BadDiagram
from engine.packages import ProcessContent
from forms.checks import SheetFinding, check_sheet
from helpdesk.texts import LETTERS

Sheets = list[tuple[str, SheetFinding]]


@dataclass(frozen=True)
class EngineFinding(Finding):
    """What the gate let through and the engine refuses all the same, in the engine's own words."""

    def sentence(self, lang: str) -> str:
        said = "The engine cannot run this process" if lang == "en" else "Silnik nie umie wykonać tego procesu"
        return f"{said}: {self.facts['reason']}."


def look(content: ProcessContent, teams: Collection[str]) -> tuple[list[Finding], Sheets]:
    """What does not fit in the diagrams, and in each form by its key. teams: keys of the desk's teams."""
    sheets = [(key, finding) for key, schema in content.forms.items() for finding in check_sheet(schema)]
    fields = {key: field_names(schema) for key, schema in content.forms.items()}
    diagrams = {name: text.encode() for name, text in content.diagrams.items()}
    decisions = {key: text.encode() for key, text in content.decisions.items()}
    findings = check_diagram(
        diagrams, content.process_id, forms=fields, teams=teams, verbs=VERB_PARAMETERS, letters=LETTERS,
        decisions=decisions,
    )  # fmt: skip
    return findings or _refused_by_engine(diagrams, content.process_id), sheets


def _refused_by_engine(diagrams: Mapping[str, bytes], process_id: str) -> list[Finding]:
    try:
        parse_bundle(diagrams, process_id)
    except BadDiagram as error:
        element, _, reason = error.reason.rpartition(": ")
        file = error.file or next(iter(diagrams))
        return [EngineFinding(file, element, error.line, "engine_refuses", {"reason": reason})]
    return []


def field_names(schema: Mapping[str, object]) -> frozenset[str]:
    """The keys of all questions of a form definition, groups included."""
    found: set[str] = set()
    components = schema.get("components")
    # The sheets' own check tells what is wrong with them; here a broken one only has fewer fields.
    for component in components if isinstance(components, list) else []:
        if isinstance(component, Mapping):
            is_list = component.get("type") == "dynamiclist"
            key = component.get("path" if is_list else "key")
            # What is in the rows of a list is read through the list.
            found |= (set() if is_list else field_names(component)) | ({str(key)} if key else set())
    return frozenset(found)
