"""Hostile shapes: loops, calls, gateways, rounds, storms of events, dead ends, wrong references."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tests.hostile.case import Case, Numbered, drawn, family, line, plain

GATES = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway")


@family
def calls() -> Iterator[Case]:
    case = Numbered("call")
    for length in (1, 2, 3, 7):
        yield case(drawn(*_circle(length)), rule="recursive_call")
    for depth in (2, 9, 10, 11, 12, 30):
        for each in (1, 2, 5):
            yield case(drawn(*_tree(depth, each)))
    yield case(drawn(*_tree(3, 12)), rule="too_much_at_once")
    yield case(drawn(*_tree(2, 60)), rule="too_much_at_once")
    for target in ("", "nobody", "first", "p ", "P", "__init__"):
        yield case(drawn(lambda part, target=target: line(part, _call(part, "call", target))))


def _call(part, name, process):
    return part.node("callActivity", name, named=False, calledElement=process)


def _circle(length):
    def draw(number):
        target = f"q{(number + 1) % length}" if (number + 1) % length else "p"
        return lambda part: _link(part, number, [_call(part, f"call_{number}", target)])

    return [draw(0), *((f"q{number}", draw(number)) for number in range(1, length))]


def _tree(depth, each):
    def draw(number):
        def inside(part):
            if number == depth:
                return _link(part, number, [part.service(f"core_{number}")])
            return _link(part, number, [_call(part, f"call_{number}_{one}", f"q{number + 1}") for one in range(each)])

        return inside

    return [draw(0), *((f"q{number}", draw(number)) for number in range(1, depth + 1))]


def _link(part, number, middle):
    start = part.start(f"begin_{number}", **({"form": "request"} if not number else {}))
    part.way(start, *middle, part.event("endEvent", f"end_{number}"))


@family
def gateways() -> Iterator[Case]:
    case = Numbered("gateway")
    for kind in GATES:
        for number in (2, 30, 240, 1_000):
            yield case(drawn(lambda part, kind=kind, number=number: _fan(part, kind, number)))
        yield case(drawn(lambda part, kind=kind: _back(part, kind)))
        yield case(drawn(lambda part, kind=kind: _itself(part, kind)))
        yield case(drawn(lambda part, kind=kind: _grid(part, kind)))


def _fan(part, kind, number):
    """A gateway with many ways out, all of which come together again."""
    part.node(kind, "open", default="open__w0" if kind in GATES[::2] else "")
    line(part, "open")
    part.flows.pop()
    part.node(kind, "close", named=False)
    for one in range(number):
        part.flow("open", part.service(f"w{one}"), "request.choice = 1" if one and kind in GATES[::2] else "")
        part.flow(f"w{one}", "close")
    part.flow("close", "end")


def _back(part, kind):
    """A gateway from which a way leads back to the one before it, and nobody is waited for."""
    part.node(kind, "top", named=False)
    part.node(kind, "choice", default="choice__end")
    line(part, "top", part.service("work"), "choice")
    part.flow("choice", "top", "request.more = true")


def _itself(part, kind):
    part.node(kind, "self", default="self__end")
    line(part, "self")
    part.flow("self", "self", "request.more = true")


def _grid(part, kind):
    """Eight gateways each of which leads to each of the next eight."""
    names = [[part.node(kind, f"g{row}_{one}", named=False) for one in range(8)] for row in range(4)]
    line(part, part.node(kind, "fork", named=False), names[0][0])
    for row, following in pairwise(names):
        for one in row:
            for other in following:
                part.flow(one, other)
    for one in names[-1]:
        part.flow(one, "end")


@family
def loops_that_wait_for_nobody() -> Iterator[Case]:
    case = Numbered("loop")
    for number in range(1, 6):
        yield case(drawn(lambda part, number=number: _round_and_round(part, number)), rule="endless_loop")
        yield case(drawn(lambda part, number=number: _by_links(part, number)))
    yield case(drawn(_error_and_again), rule="endless_loop")
    yield case(drawn(_through_subprocess), rule="endless_loop")


def _round_and_round(part, number):
    part.node("exclusiveGateway", "top", named=False)
    part.node("exclusiveGateway", "choice", default="choice__end")
    line(part, "top", *[part.service(f"s{one}") for one in range(number)], "choice")
    part.flow("choice", "top", "request.more = true")


def _by_links(part, number):
    line(part, part.event("intermediateThrowEvent", "leap", "link", "l0"))
    part.flows.pop()
    for one in range(number):
        target = f"l{(one + 1) % number}"
        land = part.event("intermediateCatchEvent", f"land_{one}", "link", f"l{one}")
        part.flow(land, part.event("intermediateThrowEvent", f"leap_{one}", "link", target))


def _error_and_again(part):
    part.node("exclusiveGateway", "top", named=False)
    line(part, "top", part.service("work", '"throw lost"'))
    part.flow(part.boundary("caught", "work", "error", ""), "top")


def _through_subprocess(part):
    inner = part.sketch.part()
    inner.way(inner.start("in"), inner.service("core"), inner.event("endEvent", "out"))
    part.node("subProcess", "sub", inner.inside(), named=False)
    part.node("exclusiveGateway", "top", named=False)
    part.node("exclusiveGateway", "choice", default="choice__end")
    line(part, "top", "sub", "choice")
    part.flow("choice", "top", "request.more = true")


@family
def rounds() -> Iterator[Case]:
    case = Numbered("rounds")
    for size in ("10000000", "9**9**9", "201", "200", "0", "-1", "1.5", '"x"', "request.items", "null", "1/0", ""):
        yield case(drawn(lambda part, size=size: line(part, _many(part, "each", size))))
    for size in ("15", "50", "200"):
        yield case(drawn(lambda part, size=size: line(part, _twice(part, size))))
    lists = ("[1,2,3]", "for x in 1..100000 return x", "for x in 1..999, y in 1..999 return x", "5", "null", "nobody")
    for items in (*lists, "request.choice", '"abc"', "1..10", "[[[1]]]", "{a: 1}", "request.items[item > 0]"):
        yield case(drawn(lambda part, items=items: line(part, _over(part, items))))
    for facts in ("", 'loopMaximum="0"', 'loopMaximum="99999"', 'loopMaximum="-1"', 'loopMaximum="x"', 'testBefore="true"'):
        for condition in ("true", "", "9**9**9 > 1", "nobody"):
            yield case(drawn(lambda part, f=facts, c=condition: line(part, _loop(part, f, c))))


def _many(part, name, size):
    marker = f"<bpmn:loopCardinality>{size}</bpmn:loopCardinality>"
    return part.user(name, f"<bpmn:multiInstanceLoopCharacteristics>{marker}</bpmn:multiInstanceLoopCharacteristics>")


def _twice(part, size):
    marker = f"<bpmn:loopCardinality>{size}</bpmn:loopCardinality>"
    marker = f"<bpmn:multiInstanceLoopCharacteristics>{marker}</bpmn:multiInstanceLoopCharacteristics>"
    inner = part.sketch.part()
    inner.way(inner.start("in"), inner.service("core", inside=marker), inner.event("endEvent", "out"))
    return part.node("subProcess", "sub", marker + inner.inside(), named=False)


def _over(part, items):
    marker = f"<bpmn:loopDataInputRef>{items.replace('>', '&gt;')}</bpmn:loopDataInputRef>"
    marker += '<bpmn:inputDataItem id="in_item" name="item"/>'
    return part.user("each", f"<bpmn:multiInstanceLoopCharacteristics>{marker}</bpmn:multiInstanceLoopCharacteristics>")


def _loop(part, facts, condition):
    inside = f"<bpmn:loopCondition>{condition.replace('>', '&gt;')}</bpmn:loopCondition>" if condition else ""
    return part.service("again", inside=f"<bpmn:standardLoopCharacteristics {facts}>{inside}</bpmn:standardLoopCharacteristics>")


@family
def storms() -> Iterator[Case]:
    case = Numbered("storm")
    for trigger in ("signal", "message", "escalation"):
        for interrupts in (True, False):
            yield case(drawn(lambda part, t=trigger, i=interrupts: _wakes_itself(part, t, i)))
            yield case(drawn(lambda part, t=trigger, i=interrupts: _at_the_edge(part, t, i)))
        yield case(drawn(lambda part, t=trigger: _ping_pong(part, t)))
        yield case(drawn(lambda part, t=trigger: _two_handlers(part, t)))
        yield case(drawn(lambda part, t=trigger: _shout_and_hear(part, t)))


def _handler(part, name, trigger, ref, thrown, interrupts=False):
    inner = part.sketch.part()
    free = {} if interrupts else {"isInterrupting": "false"}
    start = inner.event("startEvent", f"{name}_start", trigger, ref, **free)
    inner.way(start, inner.event("endEvent", f"{name}_end", trigger, thrown))
    part.node("subProcess", name, inner.inside(), named=False, triggeredByEvent="true")


def _wakes_itself(part, trigger, interrupts):
    _handler(part, "handle", trigger, "x", "x", interrupts)
    line(part, part.event("intermediateThrowEvent", "tell", trigger, "x"))


def _two_handlers(part, trigger):
    _handler(part, "handle", trigger, "x", "y")
    _handler(part, "other", trigger, "y", "x")
    line(part, part.event("intermediateThrowEvent", "tell", trigger, "x"))


def _at_the_edge(part, trigger, interrupts):
    inner = part.sketch.part()
    tell = inner.event("intermediateThrowEvent", "tell", trigger, "x")
    inner.way(inner.start("in"), tell, inner.user("inside"), inner.event("endEvent", "out"))
    part.node("subProcess", "sub", inner.inside(), named=False)
    line(part, part.node("exclusiveGateway", "top", named=False), "sub")
    part.flow(part.boundary("edge", "sub", trigger, "x", interrupts=interrupts), "top")


def _ping_pong(part, trigger):
    part.node("parallelGateway", "fork", named=False)
    line(part, "fork")
    for name, heard, told in (("ping", "x", "y"), ("pong", "y", "x")):
        part.node("exclusiveGateway", f"{name}_top", named=False)
        hear = part.event("intermediateCatchEvent", f"{name}_hear", trigger, heard)
        tell = part.event("intermediateThrowEvent", f"{name}_tell", trigger, told)
        part.way("fork", f"{name}_top", hear, tell, f"{name}_top")


def _shout_and_hear(part, trigger):
    part.node("exclusiveGateway", "top", named=False)
    tell = part.event("intermediateThrowEvent", "tell", trigger, "x")
    line(part, "top", tell, part.event("intermediateCatchEvent", "hear", trigger, "x"))
    part.flow("hear", "top", "request.more = true")


WRONG = ("nobody", "", "p", "begin", "end", "p_lanes", "first", "x'] | //*['")


@family
def wrong_references() -> Iterator[Case]:
    case, text = Numbered("reference"), drawn(_everything).decode()
    places = ("sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "errorRef", "escalationRef", "signalRef",
              "calledElement", "bpmnElement")  # fmt: skip
    for place in places:
        for wrong in WRONG:
            yield case(re.sub(rf'{place}="[^"]*"', f'{place}="{wrong}"', text, count=1))
    for wrong in WRONG:
        yield case(re.sub(r"<bpmn:flowNodeRef>[^<]*", f"<bpmn:flowNodeRef>{wrong}", text, count=1))
        yield case(text.replace('name="form" value="step"', f'name="form" value="{wrong}"', 1))


def _everything(part):
    part.node("exclusiveGateway", "choice", default="choice__task")
    inner = part.sketch.part()
    inner.way(inner.start("in"), inner.event("endEvent", "out", "error", "lost"))
    part.node("subProcess", "sub", inner.inside(), named=False)
    part.user("task")
    part.way(part.start("begin", form="request"), "choice", "task", "sub", part.event("endEvent", "end", "signal", "s"))
    part.flow("choice", "sub", "request.choice = 1")
    part.flow(part.boundary("caught", "sub", "error", "lost"), "end")
    part.way(part.boundary("heard", "task", "message", "m", interrupts=False), part.event("endEvent", "heard_end"))
    part.way(part.boundary("half", "task", "escalation", "h", interrupts=False), part.event("endEvent", "half_end"))


@family
def pieces_taken_out() -> Iterator[Case]:
    """Each element of a diagram is gone, in turn; each attribute is empty, in turn."""
    case, text = Numbered("piece"), drawn(_everything).decode()
    for piece in re.findall(r"<bpmn:\w+ [^>]*/>|<bpmn:(?:userTask|startEvent|sequenceFlow) .*?</bpmn:\w+>", text):
        yield case(text.replace(piece, "", 1))
    for attribute in sorted(set(re.findall(r' (\w+="[^"]+")', text)))[:60]:
        yield case(text.replace(attribute, attribute.split("=")[0] + '=""'))


@family
def lanes() -> Iterator[Case]:
    case, text = Numbered("lane"), plain()
    nest = '<bpmn:lane id="l{0}"><bpmn:childLaneSet id="c{0}">'
    for depth in (1, 5, 30):
        inside = "".join(nest.format(n) for n in range(depth)) + "</bpmn:childLaneSet></bpmn:lane>" * depth
        yield case(text.replace("<bpmn:laneSet", f'<bpmn:laneSet id="more">{inside}</bpmn:laneSet><bpmn:laneSet', 1))
    for number in (2, 100, 3_000):
        more = "".join(f'<bpmn:lane id="m{n}"><bpmn:flowNodeRef>first</bpmn:flowNodeRef></bpmn:lane>' for n in range(number))
        yield case(text.replace("</bpmn:laneSet>", f"{more}</bpmn:laneSet>", 1))
    for number in (2, 300):
        pools = "".join(f'<bpmn:participant id="pool{n}" processRef="p"/>' for n in range(number))
        yield case(text.replace("<bpmn:process", f'<bpmn:collaboration id="c">{pools}</bpmn:collaboration><bpmn:process', 1))
