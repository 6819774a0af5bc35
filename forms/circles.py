"""Conditions that go in a circle: a field that decides, directly or through others, whether it is shown itself."""

from collections.abc import Iterator, Mapping, Sequence

from forms.details import Condition
from forms.findings import SheetFinding, finding


def find_circles(conditions: Sequence[Condition]) -> Iterator[SheetFinding]:
    """One finding for every field whose being shown depends on itself."""
    reads: dict[str, set[str]] = {}
    for condition in conditions:
        if condition.setting != "required_if":
            reads.setdefault(condition.component, set()).update(".".join(name) for name in condition.names)
    for name in sorted(reads):
        if name in _reached(name, reads):
            yield finding(name, "circular")


def _reached(start: str, reads: Mapping[str, set[str]]) -> set[str]:
    """Every field that the start depends on, however far away."""
    reached: set[str] = set()
    waiting = list(reads.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(reads.get(name, ()))
    return reached
