"""What is refused when a process is published: one broken diagram for every reason, and none for the diagrams we ship.

A broken diagram names its rule in its file name (what follows "--" tells variants apart) and, in its second line,
where the finding has to be: at an element, at a line, or nowhere. Its decision model is the one of the same name in the
folder dmn, or the usual one.
"""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.actions import OUTCOMES, VERB_PARAMETERS
from engine.checks import Finding, check_diagram
from engine.checks.sentences import SENTENCES
from engine.checks.verbs import ALLOWED_TIMES, FIELDS, VALUES
from engine.checks.verbs import LETTERS as LETTER_PLACES
from helpdesk.texts import LETTERS

ROOT = Path(__file__).parents[2]
BROKEN = sorted((Path(__file__).parent / "broken").glob("*.bpmn"))
MODELS = Path(__file__).parent / "broken" / "dmn"
SHIPPED = sorted((ROOT / "workflows" / "bpmn").glob("*.bpmn"))
# Too large to keep as files; what no check finds is told by the watch over it (tests/engine/gate).
MADE_HERE = {"file_too_big", "too_many_elements", "too_much_to_check"}

TEAMS = {"first_line", "second_line", "complaints"}
FORMS = {"question": frozenset({"text", "urgent", "wait_for"}), "reply": frozenset({"answer"})}

PLAIN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="definitions">
  {definitions}
  <bpmn:process id="desk" name="Zgłoszenie" isExecutable="true">
    {process}
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram">{picture}</bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def check(text: str | bytes, process_id: str = "desk", name: str = "desk.bpmn") -> list[Finding]:
    data = text.encode() if isinstance(text, str) else text
    own = MODELS / f"{name.removesuffix('.bpmn')}.dmn"
    model = own if own.exists() else MODELS / "usual.dmn"
    return check_diagram(
        {name: data}, process_id, forms=FORMS, teams=TEAMS, verbs=VERB_PARAMETERS, letters=LETTERS,
        decisions={model.name: model.read_bytes()},
    )


def draw(*elements: str, definitions: str = "") -> str:
    """A diagram of these elements, each with a picture."""
    process = "\n    ".join(elements)
    ids = re.findall(r'<bpmn:\w+ id="(\w+)"', process)
    bounds = '<dc:Bounds x="1" y="1" width="9" height="9"/>'
    shapes = (f'<bpmndi:BPMNShape bpmnElement="{own}">{bounds}</bpmndi:BPMNShape>' for own in ids)
    return PLAIN.format(process=process, picture="".join(shapes), definitions=definitions)


def named(name: str) -> str:
    return (
        '<bpmn:extensionElements><spiffworkflow:properties>'
        f'<spiffworkflow:property name="name.en" value="{name}"/></spiffworkflow:properties></bpmn:extensionElements>'
    )


def note(own: str) -> str:
    """A step of the system: an internal note."""
    return (
        f'<bpmn:serviceTask id="{own}" name="{own}"><bpmn:extensionElements>'
        '<spiffworkflow:serviceTaskOperator id="add_note"><spiffworkflow:parameters>'
        '<spiffworkflow:parameter id="text" value="&quot;ok&quot;"/></spiffworkflow:parameters>'
        "</spiffworkflow:serviceTaskOperator></bpmn:extensionElements></bpmn:serviceTask>"
    )


def end(own: str, inside: str = "") -> str:
    return f'<bpmn:endEvent id="{own}" name="{own}">{named(own)}{inside}</bpmn:endEvent>'


def way(*steps: str) -> list[str]:
    """Sequence flows from step to step."""
    return [
        f'<bpmn:sequenceFlow id="{one}_to_{other}" sourceRef="{one}" targetRef="{other}"/>'
        for one, other in pairwise(steps)
    ]


def boundary(own: str, host: str, inside: str, *, interrupts: bool) -> str:
    how = "true" if interrupts else "false"
    return (
        f'<bpmn:boundaryEvent id="{own}" name="{own}" attachedToRef="{host}" cancelActivity="{how}">'
        f"{inside}</bpmn:boundaryEvent>"
    )


def part(*inside: str) -> str:
    """A subprocess."""
    start = '<bpmn:startEvent id="part_began"/>'
    return f'<bpmn:subProcess id="part" name="part">{start}{"".join(inside)}</bpmn:subProcess>'


def gate(own: str) -> str:
    return f'<bpmn:parallelGateway id="{own}"/>'


def choice(own: str, default: str = "") -> str:
    return f'<bpmn:exclusiveGateway id="{own}" name="{own}"' + (f' default="{default}"/>' if default else "/>")


def named_way(one: str, other: str, condition: str = "") -> str:
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return (
        f'<bpmn:sequenceFlow id="{one}_to_{other}" sourceRef="{one}" targetRef="{other}" name="{other}">'
        f"{named(other)}{inside}</bpmn:sequenceFlow>"
    )


START = '<bpmn:startEvent id="began"/>'
DAY = '<bpmn:timerEventDefinition><bpmn:timeDuration>"P1D @ office"</bpmn:timeDuration></bpmn:timerEventDefinition>'
TOO_HARD = '<bpmn:escalation id="too_hard" escalationCode="too_hard"/>'
LOST = '<bpmn:error id="lost" errorCode="lost"/>'
FAILED = '<bpmn:errorEventDefinition errorRef="lost"/>'
HELP = '<bpmn:escalationEventDefinition escalationRef="too_hard"/>'


# 1. Every rule refuses what it is for, at the right place, and nothing else does.


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_diagram_is_refused_for_its_reason_and_no_other(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    rule, kind, place = re.findall(r"<!-- refused: (\w+) at (?:(line) )?(.*?) ?-->", text)[0]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if f'id="{place}"' in line]

    findings = check(text, name=path.name)

    assert [finding.rule for finding in findings] == [rule] == [path.stem.partition("--")[0]]
    if kind or place == "nowhere":
        assert (findings[0].element, findings[0].line) == ("", int(place) if kind else 0)
    else:
        assert (findings[0].element, findings[0].file) == (place.strip(), path.name)
        assert findings[0].line == (lines[-1] if rule == "duplicate_id" else lines[0] if lines else findings[0].line)


def test_every_rule_has_a_broken_diagram() -> None:
    shown = {path.stem.partition("--")[0] for path in BROKEN}

    assert shown | MADE_HERE == set(SENTENCES)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_finding_is_a_whole_sentence_in_both_languages(path: Path) -> None:
    for finding in check(path.read_bytes(), name=path.name):
        polish, english = finding.sentence("pl"), finding.sentence("en")

        assert polish != english
        for sentence in (polish, english):
            assert "{" not in sentence and "None" not in sentence and "“”" not in sentence and "„”" not in sentence


def test_the_gate_knows_the_outcomes_and_verbs_that_exist() -> None:
    assert set(VALUES["close", "outcome"]) == OUTCOMES
    for verb, parameter in VALUES.keys() | LETTER_PLACES | FIELDS | ALLOWED_TIMES:
        assert parameter in VERB_PARAMETERS[verb][0] | VERB_PARAMETERS[verb][1]


# 2. The limits, at the limit and beyond it.


def test_a_file_of_more_than_a_megabyte_is_refused_unread() -> None:
    findings = check(b"<" * 1_000_001)

    assert [finding.rule for finding in findings] == ["file_too_big"]


@pytest.mark.parametrize(("steps", "rules"), [(248, []), (249, ["too_many_elements"])])
def test_five_hundred_steps_and_arrows_are_the_limit(steps: int, rules: list[str]) -> None:
    names = [f"step_{number}" for number in range(steps)]

    findings = check(draw(START, *(note(name) for name in names), end("done"), *way("began", *names, "done")))

    assert [finding.rule for finding in findings] == rules


# 3. What is right is not refused.


def test_side_branches_end_for_themselves() -> None:
    steps = [START, note("work"), end("done"), *way("began", "work", "done")]
    steps += [boundary("late", "work", DAY, interrupts=False), note("remind"), end("reminded")]
    steps += way("late", "remind", "reminded")
    steps += [boundary("hard", "remind", HELP, interrupts=False), *way("hard", "reminded")]

    assert check(draw(*steps, definitions=TOO_HARD)) == []


def test_a_side_branch_of_a_side_branch_must_not_come_back_to_it() -> None:
    steps = [START, note("work"), end("done"), *way("began", "work", "done")]
    steps += [boundary("late", "work", DAY, interrupts=False), note("remind"), note("again"), end("reminded")]
    steps += [boundary("hard", "remind", HELP, interrupts=False)]
    steps += [*way("late", "remind", "again", "reminded"), *way("hard", "again")]

    findings = check(draw(*steps, definitions=TOO_HARD))

    assert [(f.rule, f.element) for f in findings] == [("side_branch_returns", "hard")]


def test_a_loop_with_parallel_steps_inside_is_sound() -> None:
    wait = f'<bpmn:intermediateCatchEvent id="right" name="right">{DAY}</bpmn:intermediateCatchEvent>'
    steps = [START, choice("again"), gate("both"), note("left"), wait, gate("joined")]
    steps += [choice("enough", "enough_to_done")]
    steps += [*way("began", "again", "both", "left", "joined", "enough"), *way("both", "right", "joined"), end("done")]
    steps += [named_way("enough", "done"), named_way("enough", "again", "ticket.priority = &quot;high&quot;")]

    assert check(draw(*steps)) == []


def test_an_error_thrown_inside_is_caught_outside_and_terminate_ends_everything() -> None:
    fail = end("failed", FAILED)
    search = part(note("look"), fail, *way("part_began", "look", "failed"))
    steps = [START, gate("both"), search, boundary("not_found", "part", FAILED, interrupts=True)]
    steps += [note("other"), gate("joined"), *way("both", "other", "joined"), *way("not_found", "over")]
    steps += [end("over", "<bpmn:terminateEventDefinition/>"), end("done")]
    steps += way("began", "both", "part", "joined", "done")

    findings = check(draw(*steps, definitions=LOST))

    assert findings == []


def test_an_error_that_goes_elsewhere_leaves_the_join_waiting() -> None:
    fail = end("failed", FAILED)
    search = part(note("look"), fail, *way("part_began", "look", "failed"))
    steps = [START, gate("both"), search, boundary("not_found", "part", FAILED, interrupts=True)]
    steps += [note("other"), gate("joined"), *way("both", "other", "joined"), *way("not_found", "over")]
    steps += [end("over"), end("done"), *way("began", "both", "part", "joined", "done")]

    findings = check(draw(*steps, definitions=LOST))

    assert [(f.rule, f.element) for f in findings] == [("deadlock", "joined")]


def test_a_boundary_event_without_a_code_catches_every_escalation() -> None:
    throw = f'<bpmn:intermediateThrowEvent id="help" name="help">{HELP}</bpmn:intermediateThrowEvent>'
    inside = part(throw, end("part_done"), *way("part_began", "help", "part_done"))
    steps = [START, inside, end("done"), end("told")]
    steps += [boundary("any", "part", "<bpmn:escalationEventDefinition/>", interrupts=False)]
    steps += [*way("began", "part", "done"), *way("any", "told")]

    assert check(draw(*steps, definitions=TOO_HARD)) == []


def test_notes_and_data_objects_are_only_a_picture() -> None:
    steps = [START, note("work"), end("done"), *way("began", "work", "done"), '<bpmn:dataObject id="paper"/>']
    steps += ['<bpmn:dataObjectReference id="paper_here" dataObjectRef="paper"/>', '<bpmn:group id="around"/>']
    steps += ['<bpmn:textAnnotation id="remark"><bpmn:text>why</bpmn:text></bpmn:textAnnotation>']
    steps += ['<bpmn:association id="line" sourceRef="work" targetRef="remark"/>']

    assert check(draw(*steps)) == []


# 4. Soundness, on drawings nobody thought of: what is properly nested is sound, and a wrong gateway in it is found.


class Drawing:
    """Draws nested blocks; gateway number `wrong` closes its block with the other kind of gateway."""

    def __init__(self, wrong: int | None = None) -> None:
        self.elements: list[str] = []
        self.blocks = 0
        self.steps = 0
        self.wrong = wrong

    def draw(self, block: object, before: str) -> str:
        """Draws the block behind `before`; gives the element it ends with."""
        if not isinstance(block, tuple):
            self.steps += 1
            return self._put(note(f"step_{self.steps}"), f"step_{self.steps}", before)
        kind, parts = block
        if kind == "sequence":
            for part in parts:
                before = self.draw(part, before)
            return before
        self.blocks += 1
        own, is_wrong = self.blocks, self.blocks == self.wrong
        close = gate(f"close_{own}") if (kind == "both") != is_wrong else choice(f"close_{own}")
        open_ = gate(f"open_{own}") if kind == "both" else choice(f"open_{own}", f"open_{own}_to_way_{own}_0")
        self._put(open_, f"open_{own}", before)
        for number, part in enumerate(parts):
            first = f"way_{own}_{number}"
            condition = "" if kind == "both" or number == 0 else "ticket.priority = &quot;high&quot;"
            self.elements += [note(first), named_way(f"open_{own}", first, condition)]
            self.elements += way(self.draw(part, first), f"close_{own}")
        self.elements.append(close)
        return f"close_{own}"

    def _put(self, element: str, own: str, before: str) -> str:
        self.elements += [element, *way(before, own)]
        return own

    def whole(self, block: object) -> str:
        last = self.draw(block, "began")
        return draw(START, *self.elements, end("done"), *way(last, "done"))


BLOCKS = st.recursive(
    st.just("step"),
    lambda inner: st.tuples(st.sampled_from(["both", "either", "sequence"]), st.lists(inner, min_size=2, max_size=3)),
    max_leaves=7,
)


@given(block=BLOCKS)
@settings(max_examples=40, deadline=None)
def test_what_is_properly_nested_is_sound(block: object) -> None:
    assert check(Drawing().whole(block)) == []


@given(block=BLOCKS, data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_wrong_gateway_is_found(block: object, data: st.DataObject) -> None:
    drawing = Drawing()
    drawing.whole(block)
    assume(drawing.blocks)
    wrong = data.draw(st.integers(1, drawing.blocks))

    findings = check(Drawing(wrong).whole(block))

    assert {finding.rule for finding in findings} <= {"deadlock", "not_synchronised"}
    assert len(findings) == 1


# 5. What we ship, and what becomes of it when it is damaged.


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_damaged_diagram_gives_sentences_and_no_crash(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(SHIPPED))
    root = etree.fromstring(path.read_bytes())
    elements = [element for element in root.iter("{*}*") if element is not root]
    for element in data.draw(st.lists(st.sampled_from(elements), min_size=1, max_size=3)):
        victim = data.draw(st.sampled_from([*element.keys(), ""]))
        if victim:
            element.set(victim, data.draw(st.sampled_from(["", "reported", "true", "P1D"])))
        elif (parent := element.getparent()) is not None:
            parent.remove(element)

    findings = check(etree.tostring(root), process_id=path.stem)

    assert all(finding.sentence("pl") and finding.sentence("en") for finding in findings)




@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_processes_we_ship_are_not_refused(path: Path) -> None:
    forms = {p.stem: _field_names(json.loads(p.read_text())) for p in (ROOT / "forms" / "definitions").glob("*.json")}
    diagrams = {p.name: p.read_bytes() for p in SHIPPED}

    findings = check_diagram(
        diagrams, path.stem, forms=forms, teams=TEAMS, verbs=VERB_PARAMETERS, letters=LETTERS,
        decisions={p.name: p.read_bytes() for p in (ROOT / "workflows" / "dmn").glob("*.dmn")},
    )

    assert [f"{f.file}:{f.line} {f.rule}: {f.sentence('en')}" for f in findings] == []


def _field_names(definition: dict[str, object]) -> frozenset[str]:
    inside = definition.get("components", [])
    assert isinstance(inside, list)
    own = {str(component["key"]) for component in inside if "key" in component}
    return frozenset(own.union(*(_field_names(component) for component in inside)))
