"""What is read from a diagram, and what is refused."""

import pytest
from spiff_samples import (
    HEAD,
    SAMPLES,
    both,
    boundary,
    call,
    catch,
    codes,
    diagram,
    end,
    flows,
    lanes,
    process,
    properties,
    service,
    start,
    sub,
    user,
    xor,
)

from engine.diagrams.bundle import Kind, parse_bundle
from engine.diagrams.errors import BadDiagram
from engine.diagrams.xml import MAX_BYTES, safe_root


def drawn(*inside):
    return parse_bundle({"p.bpmn": diagram(*inside)}, "p")


def test_elements_say_everything_that_is_drawn():
    bundle = drawn(
        codes(escalation="half"),
        process(
            "p",
            lanes(first_line="start work", client="tell"),
            start(form="report"),
            sub(
                "work",
                start("s1"),
                user("a", name__en="Recognise", public__pl="Czytamy", sla="PT4H @ office"),
                end("e1"),
                flows("s1 > a > e1"),
            ),
            boundary("on_half", "work", "escalation", "half", interrupting=False),
            boundary("late", "work", "timeCycle", '"R3/P1D"', interrupting=False),
            service("tell", "notify", to='"client"', text='"registered"'),
            end(),
            flows("start > work > tell > end", "on_half > end", "late > end"),
        ),
    )
    a, half, late, tell = (bundle.elements[key] for key in ("a", "on_half", "late", "tell"))

    assert bundle.start_form == "report"
    assert (a.kind, a.name, a.parent, a.lane, a.lane_name) == (
        Kind.USER_TASK,
        "a pl",
        "work",
        "first_line",
        "first_line pl",
    )
    assert a.kind == "userTask"
    assert a.names == {"pl": "a pl", "en": "Recognise"}
    assert a.public == {"pl": "Czytamy", "en": "Recognise"}
    assert (a.properties["form"], a.properties["sla"]) == ("a_form", "PT4H @ office")
    assert (half.attached_to, half.trigger, half.code, half.is_interrupting) == ("work", "escalation", "half", False)
    assert (late.trigger, late.clockwork, late.timer) == ("timer", "timeCycle", '"R3/P1D"')
    assert (tell.verb, tell.parameters, tell.lane) == ("notify", {"to": '"client"', "text": '"registered"'}, "client")
    assert a.line == 1 and a.file == "p.bpmn"


def test_flows_say_their_condition_and_default():
    bundle = parse_bundle({"loop.bpmn": SAMPLES["loop"]}, "p")
    by_id = {flow.id: flow for flow in bundle.flows}

    assert (by_id["again__a"].condition, by_id["again__a"].is_default) == ("rounds < 3", False)
    assert (by_id["again__b"].condition, by_id["again__b"].is_default) == (None, True)


def test_wording_of_lanes_and_flows_is_read():
    lane = f'<bpmn:lane id="first_line" name="I linia">{properties(name__en="First line")}</bpmn:lane>'
    bundle = drawn(process("p", f'<bpmn:laneSet id="ls">{lane}</bpmn:laneSet>', start(), end(), flows("start > end")))

    assert bundle.lanes["first_line"].names == {"pl": "I linia", "en": "First line"}


def test_lines_point_into_the_file():
    data = diagram(process("p", start(), user("a"), end(), flows("start > a > end"))).replace(
        b"<bpmn:userTask", b"\n\n<bpmn:userTask"
    )

    assert parse_bundle({"p.bpmn": data}, "p").elements["a"].line == 3


LINE = "start > a > end"
LINK = '<bpmn:intermediateThrowEvent id="a"><bpmn:linkEventDefinition id="l" name="x"/></bpmn:intermediateThrowEvent>'
DATA = (
    '<bpmn:userTask id="a"><bpmn:dataInputAssociation id="d"><bpmn:targetRef>a</bpmn:targetRef>'
    "</bpmn:dataInputAssociation></bpmn:userTask>"
)
MANY = '<bpmn:userTask id="a"><bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>'
REFUSED = {
    "an unknown process": ("there is no process", process("q", start(), end(), flows("start > end"))),
    "a process that calls itself": ("calls itself", process("p", start(), call("a", "p"), end(), flows(LINE))),
    "two that call each other": (
        "calls itself",
        process("p", start(), call("a", "q"), end(), flows(LINE))
        + process("q", start("s"), call("b", "p"), end("e"), flows("s > b > e")),
    ),
    "a call of nothing": ("there is no process", process("p", start(), call("a", "q"), end(), flows(LINE))),
    "the same id in two processes": (
        "the id is also used",
        process("p", start(), call("a", "q"), end(), flows(LINE)),
    ),
    "a manual task": (
        "manualTask is not supported",
        process("p", start(), '<bpmn:manualTask id="a"/>', end(), flows(LINE)),
    ),
    "a link to nowhere": (
        "0 links",
        process(
            "p",
            start(),
            LINK,
            end(),
            flows("start > a"),
        ),
    ),
    "rounds without a number": (
        "how many times",
        process(
            "p",
            start(),
            MANY,
            end(),
            flows(LINE),
        ),
    ),
    "a condition on a flow that leaves the start": (
        "may have a condition",
        process("p", start(), user("a"), end(), flows("start > a ? yes = true", "a > end")),
    ),
    "a condition on a flow that leaves a parallel gateway": (
        "may have a condition",
        process("p", start(), both("a"), end(), flows("start > a", "a > end ? yes = true")),
    ),
    "a data arrow": ("data inputs", process("p", start(), DATA, end(), flows(LINE))),
    "a subprocess that an event starts, with a flow to it": (
        "startEvent cannot be of the kind none",
        process(
            "p",
            start(),
            sub("a", start("s"), end("e"), flows("s > e")).replace('id="a"', 'id="a" triggeredByEvent="true"'),
            end(),
            flows(LINE),
        ),
    ),
    "a service without a verb": (
        "names no verb",
        process("p", start(), '<bpmn:serviceTask id="a"/>', end(), flows(LINE)),
    ),
    "a timer without a time": ("says no time", process("p", start(), catch("a", "timeDate", ""), end(), flows(LINE))),
    "an escalation without a definition": (
        "escalation has no name",
        process("p", start(), user("a"), boundary("b", "a", "escalation", "x"), end(), flows(LINE, "b > end")),
    ),
    "an event on a gateway": (
        "attached to",
        process("p", start(), xor("a"), boundary("b", "a", "timeDate", "x"), end(), flows(LINE, "b > end")),
    ),
    "an event-based gateway before a task": (
        "waits for no event",
        process("p", start(), '<bpmn:eventBasedGateway id="a"/>', user("b"), end(), flows("start > a > b > end")),
    ),
    "a name of the library": ("reserved", process("p", start(), user("End"), end(), flows("start > End > end"))),
    "no start": ("no start event", process("p", user("a"), end(), flows("a > end"))),
    "a flow into nothing": ("leads to", process("p", start(), flows("start > a"))),
    "broken BPMN": ("nonsense is not supported", '<bpmn:process id="p"><bpmn:nonsense/></bpmn:process>'),
    "an id that is an expression": ("letters", process("p", start(), user("a.b"), end(), flows("start > a.b > end"))),
    "a very long chain": (
        "more than 500",
        process(
            "p",
            start(),
            "".join(user(f"u{n}") for n in range(600)),
            end(),
            flows(" > ".join(["start", *(f"u{n}" for n in range(600)), "end"])),
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_run_is_refused_with_a_sentence(case):
    reason, inside = REFUSED[case]
    files = {"p.bpmn": diagram(inside)}
    if case == "the same id in two processes":
        files["q.bpmn"] = diagram(process("q", start(), end("e"), flows("start > e")))

    with pytest.raises(BadDiagram, match=reason) as caught:
        parse_bundle(files, "p")
    assert str(caught.value)


def test_a_chain_as_long_as_allowed_is_parsed():
    names = [f"u{n}" for n in range(300)]

    bundle = drawn(process("p", start(), *map(user, names), end(), flows(" > ".join(["start", *names, "end"]))))

    assert len(bundle.elements) == 302


def test_many_processes_that_call_each_other_do_not_hang():
    """Each calls the next one twice: two to the power of eighteen ways through."""
    parts = [
        process(
            f"p{n}",
            start(f"s{n}"),
            call(f"a{n}", f"p{n + 1}"),
            call(f"b{n}", f"p{n + 1}"),
            end(f"e{n}"),
            flows(f"s{n} > a{n} > b{n} > e{n}"),
        )
        for n in range(18)
    ]
    last = process("p18", start("s18"), end("e18"), flows("s18 > e18"))

    assert len(parse_bundle({"x": diagram(*parts, last)}, "p0").elements) == 18 * 4 + 2


HOSTILE = {
    "an entity": b'<!DOCTYPE d [<!ENTITY e "x">]><d>&e;</d>',
    "a file": b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>',
    "a bare DTD": b"<!DOCTYPE d><d/>",
    "laughs": b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;&b;&b;&b;</d>',
    "nothing": b"",
    "text": b"hello",
    "half": b"<a><b></a>",
    "a null byte": b"<a>\0</a>",
    "a wrong encoding": b'<?xml version="1.0" encoding="utf-99"?><a/>',
    "depth": b"<a>" * 60 + b"</a>" * 60,
    "great depth": b"<a>" * 9000 + b"</a>" * 9000,
    "size": b"<a>" + b" " * MAX_BYTES + b"</a>",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_xml_is_refused(case):
    with pytest.raises(BadDiagram):
        safe_root(HOSTILE[case], file="x.bpmn")


def test_comments_and_instructions_are_dropped():
    data = f"<?xml version='1.0'?><?evil now?>{HEAD}<!-- hello --></bpmn:definitions>".encode()

    assert len(safe_root(data)) == 0


def test_a_gateway_may_have_a_boundary_event_host_beside_it():
    """The library names its helpers after the host; two hosts do not get in each other's way."""
    bundle = drawn(
        process(
            "p",
            start(),
            both("split"),
            user("a"),
            user("b"),
            boundary("x", "a", "timeDuration", '"PT1H"'),
            boundary("y", "b", "timeDuration", '"PT1H"'),
            both("join"),
            end(),
            flows("start > split > a > join > end", "split > b > join", "x > join", "y > join"),
        )
    )

    assert bundle.elements["x"].attached_to == "a"
