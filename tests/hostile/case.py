"""A hostile package, and the register of the families that make them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.reference.sketch import LANES, Part, Sketch

FAMILIES: dict[str, Callable[[], Iterator["Case"]]] = {}
FIELDS = {
    "request": ("choice", "more", "moment", "items"), "step": ("answer",),
    "question": ("text", "urgent", "wait_for"), "reply": ("answer",),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One package. files: by their path. rule: what it is made to be refused for, "" when that is open."""

    name: str
    files: dict[str, bytes]
    process_id: str = "p"
    rule: str = ""
    calls: tuple[str, ...] = ()
    cpu: float | None = None  # seconds the gate may take, when the case is about that


def family(function: Callable[[], Iterator[Case]]) -> Callable[[], Iterator[Case]]:
    """Registers a family under the name of its function."""
    FAMILIES[function.__name__] = function
    return function


@dataclass
class Numbered:
    """Makes cases of one family, numbered."""

    prefix: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __call__(self, data: bytes | str, **facts: object) -> Case:
        text = data.encode() if isinstance(data, str) else data
        files = {"bpmn/p.bpmn": text, **facts.pop("more", {})}  # type: ignore[dict-item]
        return Case(f"{self.prefix} {next(self.numbers)}", files, **facts)  # type: ignore[arg-type]


def drawn(draw: Callable[[Part], object], *called: tuple[str, Callable[[Part], object]]) -> bytes:
    """A whole diagram of the process `p` and of those it calls."""
    sketch = Sketch()
    for name, function in (("p", draw), *called):
        part = sketch.part()
        function(part)
        sketch.process(name, part)
    return sketch.data()


def line(part: Part, *middle: str) -> None:
    """Start, a step, what is given, end."""
    part.way(part.start("begin", form="request"), part.user("first"), *middle, part.event("endEvent", "end"))


def plain() -> str:
    """A diagram with which nothing is wrong."""
    return drawn(line).decode()


def manifest(case: Case) -> bytes:
    """The package.toml of a case."""
    teams = [f"team_{number}" for number in range(LANES)] + ["first_line", "second_line"]
    lines = ['[package]', 'name = "hostile"', 'version = "1"']
    lines += [f'[teams.{team}]\npl = "{team}"\nen = "{team}"' for team in teams]
    lines += ["[[processes]]", 'key = "p"', 'file = "p.bpmn"', f'process_id = "{case.process_id}"']
    lines += [f"calls = {list(case.calls)}".replace("'", '"')] if case.calls else []
    return "\n".join([*lines, 'name.pl = "P"', 'name.en = "P"']).encode()
