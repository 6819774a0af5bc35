"""The gate of publishing: everything for which a drawn process is refused, told to the person who drew it.

Works on the XML alone, so that it can say what is wrong with diagrams the engine could not even parse.
"""

from collections.abc import Collection, Mapping

from engine.checks.decisions import check_decisions, read_models
from engine.checks.drawing import Package
from engine.checks.effort import check_effort
from engine.checks.events import check_events, check_links
from engine.checks.expressions import answered_before, check_conditions
from engine.checks.files import check_file, check_package, gather, read_files
from engine.checks.findings import Finding
from engine.checks.kinds import check_kinds, check_parts
from engine.checks.known import Known
from engine.checks.people import check_people
from engine.checks.rounds import check_rounds
from engine.checks.soundness import check_soundness
from engine.checks.structure import check_structure
from engine.checks.timers import check_timers
from engine.checks.verbs import check_verbs
from engine.outside.catalogue import Catalogue, built_in_systems
from sla.calendars import BUILT_IN

__all__ = ["Finding", "check_diagram"]


def check_diagram(
    diagrams: Mapping[str, bytes],
    process_id: str,
    *,
    forms: Mapping[str, frozenset[str]],
    teams: Collection[str],
    verbs: Mapping[str, tuple[frozenset[str], frozenset[str]]],
    letters: Collection[str],
    calendars: Collection[str] = tuple(BUILT_IN),
    systems: Catalogue | None = None,
    decisions: Mapping[str, bytes] = {},
) -> list[Finding]:
    """Why the process `process_id`, with all it calls, cannot be published; empty when it can.

    diagrams: file name → BPMN XML. forms: form key → names of its fields. teams: team keys. verbs: verb → names of
    the parameters it must have and of those it may have. letters: keys of the letters that can be sent. calendars:
    their keys. systems: what may be asked of other systems, the built-in catalogue when not given. decisions: file
    name → DMN XML.
    """
    # 1. Files that cannot be read or are too big are not looked into.
    roots, findings = read_files(diagrams)
    findings += [finding for file, root in roots.items() for finding in check_file(file, root)]
    if findings:
        return findings
    # 2. Without the process, or with calls in a circle, nothing below would make sense.
    package, findings = gather(roots, process_id)
    if package is None or findings:
        return findings
    known = Known(forms, teams, verbs, letters, calendars, built_in_systems() if systems is None else systems,
                  read_models(decisions))
    return _in_order(_check(package, known), package)


def _check(package: Package, known: Known) -> list[Finding]:
    """All findings about a readable package; tokens are moved only through shapes that are right."""
    parts = [finding for file in package.files() for finding in check_parts(file, package.roots[file])]
    shape = [*parts, *check_package(package), *check_kinds(package), *check_structure(package), *check_links(package)]
    events = list(check_events(package))
    answered = answered_before(package)
    meaning = [
        *check_conditions(package, known, answered),
        *check_timers(package, known, answered),
        *check_verbs(package, known, answered),
        *check_decisions(package, known, answered),
        *check_rounds(package, known, answered),
        *check_people(package, known, answered),
    ]
    moved = list(check_soundness(package)) if not shape else []
    effort = check_effort(package) if not shape and not moved else ()
    return [*shape, *events, *meaning, *moved, *effort]


def _in_order(findings: list[Finding], package: Package) -> list[Finding]:
    """By file, the file of the process first, then from top to bottom."""
    return sorted(findings, key=lambda f: (f.file != package.main.file, f.file, f.line, f.rule))
