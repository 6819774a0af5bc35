"""Activities, markers and gateways of BPMN: what each does here, or by which rule it is refused.

A row draws a small diagram. One that runs tells the acts that play it to its end and the trail they leave: `+a`
entered, `-a` left, `×a` cancelled. docs/bpmn.md is made from the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from spiff_samples import (
    call,
    catch,
    codes,
    end,
    event,
    first,
    flows,
    inclusive,
    loop,
    marked,
    process,
    properties,
    receive,
    send,
    service,
    several,
    start,
    sub,
    user,
    xor,
)
from standard_drawing import drawn


@dataclass(frozen=True)
class Row:
    """section, element, place: as the page says. refused: the rule, "" when it runs."""

    section: str
    element: str
    place: str
    draw: Callable[[], bytes]
    acts: str = ""
    trail: str = ""
    refused: str = ""
    note: str = ""

    @property
    def id(self):
        return "-".join(f"{self.element} {self.place}".replace(",", "").split())


WORDS = codes(message="word", signal="word", escalation="word", error="word")
CALLED = process("q", start("hs"), user("hu"), end("he"), flows("hs > hu > he"))
FAILING = process("q", start("hs"), user("hu"), end("hf", "error", "word"), flows("hs > hu > hf"))
LATER = {"system": '"directory"', "operation": '"unlock_account"', "login": '"clara"'}
RULE = '<bpmn:businessRuleTask id="{}">' + properties(decision="urgency") + "</bpmn:businessRuleTask>"
NOTE = {"text": '"ok"'}


def alone(node, *more, acts="", trail="+x -x"):
    """A process of one node `x`."""
    inside = f"{start()}{node}{end()}{flows('start > x > end')}"
    return {"draw": lambda: drawn(inside, WORDS, *more), "acts": acts, "trail": f"+start -start {trail} +end -end"}


def refused(rule, inside, *more):
    return {"draw": lambda: drawn(inside, WORDS, *more), "refused": rule}


def refused_alone(rule, node, *more):
    return refused(rule, f"{start()}{node}{end()}{flows('start > x > end')}", *more)


# 1. Activities


def activity(kind, id="x", marker="", fails=False):
    """An activity of this kind."""
    inside = {
        "user task": lambda: marked(user(id), marker),
        "service task": lambda: marked(service(id, "call_system", **LATER), marker),
        "service task with a verb": lambda: marked(service(id, "add_note", **NOTE), marker),
        "send task": lambda: send(id, "word", marker),
        "receive task": lambda: receive(id, "word", marker),
        "business rule task": lambda: marked(RULE.format(id), marker),
        "subprocess": lambda: sub(id, marker, start("hs"), user("hu"), end("hf", "error", "word") if fails else
                                  end("he"), flows("hs > hu > " + ("hf" if fails else "he"))),
        "call activity": lambda: call(id, "q", marker),
    }  # fmt: skip
    return inside[kind]()


# What ends an activity of each kind, and what the trail shows of its inside until then and from then on.
ENDS = {
    "user task": ("complete {0}", "", ""),
    "service task": ("answer {0}", "", ""),
    "service task with a verb": ("", "", ""),
    "send task": ("", "", ""),
    "receive task": ("message word", "", ""),
    "business rule task": ("", "", ""),
    "subprocess": ("complete hu", "+hs -hs +hu", "-hu +he -he"),
    "call activity": ("complete hu", "+hs -hs +hu", "-hu +he -he"),
}
PASSING = {"service task with a verb", "send task", "business rule task"}  # never rest


def processes(kind, fails=False):
    return [FAILING if fails else CALLED] if kind == "call activity" else []


def activities():
    for kind, (ends, before, after) in ENDS.items():
        trail = " ".join(f"+x {before} {after} -x".split())
        place = "that asks another system" if kind == "service task" else ""
        yield Row("Activities", kind, place, **alone(activity(kind), *processes(kind), acts=ends.format("x"),
                                                     trail=trail))  # fmt: skip
    inner = start("s1") + end("e1") + flows("s1 > e1")
    for kind, tag, rule, inside in [
        ("task", "task", "plain_task", ""), ("manual task", "manualTask", "manual_task", ""),
        ("script task", "scriptTask", "script_task", ""), ("transaction", "transaction", "transaction", inner),
        ("ad hoc subprocess", "adHocSubProcess", "ad_hoc_subprocess", user("a")),
        ("choreography task", "choreographyTask", "kind_not_allowed", ""),
    ]:  # fmt: skip
        yield Row("Activities", kind, "", **refused_alone(rule, f'<bpmn:{tag} id="x">{inside}</bpmn:{tag}>'))


def markers():
    loops = {
        "loop": (loop("loopCounter < 2"), 2, True), "several at once": (several(times="2"), 2, False),
        "several one by one": (several(times="2", one_by_one=True), 2, True),
    }  # fmt: skip
    for kind, (name, (marker, _, one_by_one)) in product(ENDS, loops.items()):
        ends, before, after = ENDS[kind]
        if name == "loop" and kind in PASSING:
            rule = "endless_loop"
            yield Row("Markers", name, f"on a {kind}", **refused_alone(rule, activity(kind, marker=marker)),
                      note="with a condition; with a maximum it runs")  # fmt: skip
            marker = loop("loopCounter < 2", most=5)
        opens, closes = f"+x {before}", f"{after} -x"
        if one_by_one:
            trail = f"+x {opens} {closes} {opens} {closes} -x"
        elif kind in PASSING:
            trail = "+x +x -x +x -x -x"
        elif kind in ("subprocess", "call activity"):
            trail = f"+x +x +x {before} {before} {after} -x {after} -x -x"
        else:
            trail = f"+x +x +x {closes} {closes} -x"
        acts = [ends.format("x")] * (1 if kind == "receive task" and not one_by_one else 2)
        more = " with a maximum" if name == "loop" and kind in PASSING else ""
        yield Row("Markers", name + more, f"on a {kind}", **alone(
            activity(kind, marker=marker), *processes(kind), acts=", ".join(filter(None, acts)),
            trail=" ".join(trail.split())))  # fmt: skip
    compensating = user("x").replace('id="x"', 'id="x" isForCompensation="true"', 1)
    yield Row("Markers", "compensation", "on a user task", **refused_alone("compensation", compensating))
    inner = event("startEvent", "b", "message", "word") + end("e") + flows("b > e")
    side = sub("side", several(times="2"), inner, extra=' triggeredByEvent="true"')
    yield Row("Markers", "several", "on an event subprocess", **refused_alone("rounds_not_here", user("x") + side))
    odd = marked(user("x"), several(times="2").replace("<bpmn:multi", '<bpmn:multi', 1).replace(
        "Characteristics>", 'Characteristics behavior="One">', 1))  # fmt: skip
    yield Row("Markers", "several with events", "on a user task", **refused_alone("rounds_throw_events", odd))


# 2. Gateways


def two(gateway, *ways, more=""):
    """A gateway of two ways to users a and b, which meet at another."""
    return start() + gateway + user("a") + user("b") + more + end() + flows("start > x", *ways)


def gateways():
    again = ["a > m", "b > m", "m > end"]
    choice = ["x > a ? ticket.priority = \"high\"", "x > b"]
    yield Row("Gateways", "exclusive", "", draw=lambda: drawn(two(xor("x", "x__b"), *choice, *again, more=xor("m"))),
              acts="complete b", trail="+start -start +x -x +b -b +m -m +end -end")
    yield Row("Gateways", "parallel", "", draw=lambda: drawn(two(
        '<bpmn:parallelGateway id="x"/>', "x > a", "x > b", *again, more='<bpmn:parallelGateway id="m"/>')),
        acts="complete a, complete b", trail="+start -start +x -x +a +b -a -b +m -m +end -end")  # fmt: skip
    for high, acts, trail in ((True, "high, complete a", "+a -a"), (False, "complete b", "+b -b")):
        yield Row("Gateways", "inclusive", "one way that holds" if high else "the default way", draw=lambda: drawn(
            two(inclusive("x", "x__b"), *choice, *again, more=inclusive("m"))), acts=acts,
            trail=f"+start -start +x -x {trail} +m -m +end -end")  # fmt: skip
    both_hold = ["x > a ? ticket.priority = \"high\"", "x > b ? ticket.priority != \"low\"", "x > m", *again]
    yield Row("Gateways", "inclusive", "two ways that hold", draw=lambda: drawn(two(
        inclusive("x", "x__m"), *both_hold, more=inclusive("m"))), acts="high, complete b, complete a",
        trail="+start -start +x -x +a +b -b -a +m -m +end -end")  # fmt: skip
    events = catch("a", "message", "word") + catch("b", "timeDuration", '"PT1H"')
    waiting = start() + first("x") + events + end() + flows("start > x > a > end", "x > b > end")
    yield Row("Gateways", "event-based", "", draw=lambda: drawn(waiting, WORDS), acts="fire b",
              trail="+start -start +x -x +b -b +end -end")
    for how, attributes in (("all at once", 'eventGatewayType="Parallel"'), ("starting the process",
                            'instantiate="true"')):  # fmt: skip
        odd = waiting.replace("<bpmn:eventBasedGateway", f"<bpmn:eventBasedGateway {attributes}")
        yield Row("Gateways", "event-based", how, **refused("event_gateway_kind", odd))
    yield Row("Gateways", "complex", "", **refused_alone("complex_gateway", '<bpmn:complexGateway id="x"/>'))
