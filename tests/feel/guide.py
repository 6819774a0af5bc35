"""The tables of docs/feel.md, made from what is registered and from the cases.

`python -m tests.feel.guide` writes them.
"""

from collections.abc import Iterator
from pathlib import Path

from feel.functions import BUILTINS
from feel.functions.registry import Signature
from feel.meaning.calls import SPECIAL
from tests.feel.test_cases import FILES, cases, read, used

PAGE = Path(__file__).parents[2] / "docs" / "feel.md"
BEGIN, END = "<!-- made by tests/feel/guide.py: {} -->", "<!-- end -->"
CONSTRUCTS = {
    "Literal": "a number, a text, `true`, `false`, `null`, or a date, time or duration behind `@`",
    "Name": "the value of a name; a name may have several words and the signs `+ - * / . '`",
    "Path": "an entry of a context, of every context of a list, or a part of a date, time, duration or range",
    "Filter": "the items of a list for which a condition holds, or the one at a place, from the end when negative",
    "Call": "a call of a function by position or by name of the parameters",
    "Negate": "a number or a duration with the other sign; binds more strongly than `**`",
    "Arithmetic": "`+ - * / **`, each from left to right; also of dates, times and durations",
    "Comparison": "`= != < <= > >=`; null when the two are of different kinds",
    "And": "three-valued: false decides, then null",
    "Or": "three-valued: true decides, then null",
    "Between": "a value between two others, both included",
    "In": "a value tested by a range, a list, a comparison or several of them in brackets",
    "Test": "one of such tests; `?` in it is the value tested",
    "Tests": "what stands in the cell of a decision table: tests with commas, `not(…)`, or `-` for anything",
    "InstanceOf": "whether a value is of a type; null is of none but `Null`",
    "If": "anything but true takes the `else`",
    "Interval": "a range as a value, open or closed at each end; `(< 5)` is open to infinity",
    "Listing": "a list",
    "Context": "a context; its entries know those before them",
    "Source": "one of the sources of a loop: a list, a range or two ends with `..` between them",
    "For": "a list of results; `partial` is the list so far",
    "Quantified": "`some` or `every`; null when what is known does not decide",
    "Function": "a function as a value; parameters may have types",
    "Nothing": "what can never have a value: null in a decision, refused in a diagram",
}


def example(wanted: str) -> str:
    """The best case for a function or a construct: one that is nothing else, else the first that has it."""
    known = [(text, gives) for stem in FILES for text, gives in cases(stem) if wanted in used(text)]
    text, gives = min(known, key=lambda case: (not _is_only(case[0], wanted), case[1] == "null", "::" in case[0]))
    tested, colons, cell = text.partition(" :: ")
    return f"`{cell}` for `{tested}` → `{gives}`" if colons else f"`{text}` → `{gives}`"


def _is_only(text: str, wanted: str) -> bool:
    if wanted.endswith("()"):
        return text.startswith(wanted[:-1])
    return "::" not in text and type(read(text)).__name__ == wanted


def parameters(signature: Signature) -> str:
    shown = [f"{parameter.name}{'?' if parameter.is_optional else ''}" for parameter in signature.parameters]
    return f"({', '.join(shown)}{'…' if signature.is_variadic else ''})"


def functions() -> Iterator[tuple[str, str, str]]:
    for name in sorted([*BUILTINS, *SPECIAL]):
        ways = [parameters(signature) for signature in BUILTINS[name].signatures] if name in BUILTINS else [
            "(name or path)" if name == "is defined" else "()"]
        yield f"`{name}`", "<br>".join(dict.fromkeys(ways)), example(f"{name}()")


def constructs() -> Iterator[tuple[str, str]]:
    for name, meaning in CONSTRUCTS.items():
        yield meaning, example(name)


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def tables() -> dict[str, str]:
    return {"constructs": table(("What", "Example"), constructs()),
            "functions": table(("Function", "Parameters", "Example"), functions())}


def filled(page: str) -> str:
    """The page with its tables made anew."""
    for name, made in tables().items():
        before, mark, rest = page.partition(BEGIN.format(name))
        _, end, after = rest.partition(END)
        assert mark and end, name
        page = f"{before}{mark}\n{made}\n{end}{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
