"""Diagrams each of which is refused for one rule, and the same in other shapes, so that every rule is met often.

They come from `tests/engine/broken`, where there is one or more for each rule.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.case import Case, Numbered, drawn, family, line

BROKEN = Path(__file__).parents[1] / "engine" / "broken"
NAME = re.compile(r'(<bpmn:(?:userTask|serviceTask|endEvent|lane|exclusiveGateway)[^>]* name=")([^"]+)"')


def _as_it_is(text: str) -> str:
    return text


def _with_a_long_comment(text: str) -> str:
    return re.sub(r"(<bpmn:definitions)", "<!--" + "x" * 20_000 + r"-->\1", text, count=1)


def _with_hostile_names(text: str) -> str:
    return NAME.sub(r"\1&lt;script&gt;alert(1)&lt;/script&gt;&#x202E;\2" + '"', text)


def _with_other_prefixes(text: str) -> str:
    return text.replace("bpmn:", "b:").replace("xmlns:bpmn=", "xmlns:b=")


def _with_a_mark_and_other_line_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


def _with_many_notes(text: str) -> str:
    notes = "".join(f'<bpmn:textAnnotation id="hostile_{n}"><bpmn:text>{"n" * 99}</bpmn:text></bpmn:textAnnotation>' for n in range(300))
    return re.sub(r"</bpmn:process>", notes + "</bpmn:process>", text, count=1)


SHAPES = (_as_it_is, _with_a_long_comment, _with_hostile_names, _with_other_prefixes, _with_a_mark_and_other_line_ends, _with_many_notes)


@family
def spoilt() -> Iterator[Case]:
    case = Numbered("spoilt")
    for path in sorted(BROKEN.glob("*.bpmn")):
        own = BROKEN / "dmn" / f"{path.stem}.dmn"
        model = own if own.exists() else BROKEN / "dmn" / "usual.dmn"
        more = {f"dmn/{model.name}": model.read_bytes()}
        for shape in SHAPES:
            text = shape(path.read_bytes().decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
            yield case(text, process_id="desk", rule=path.stem.partition("--")[0], more=more)


@family
def too_big_and_too_much() -> Iterator[Case]:
    case = Numbered("big")
    for size in (1_000_001, 1_200_000, 1_500_000, 1_800_000, 1_990_000):
        yield case(drawn(line).decode() + " " * size, rule="file_too_big")
    for size in (501, 502, 700, 900, 1_200):
        yield case(drawn(lambda part, size=size: line(part, *[part.service(f"s{n}") for n in range(size // 2)])), rule="too_many_elements")
    for size in range(5):
        yield case(drawn(lambda part, size=size: line(part, *[part.user(f"s{n}") for n in range(200 + size)])), rule="too_much_to_check", cpu=0.005)
