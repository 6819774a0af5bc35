"""Event definitions of BPMN in every place they may stand."""

from itertools import product

from spiff_samples import boundary, catch, end, flows, handler, start, sub, throw, user
from standard_drawing import drawn
from standard_rows import ENDS, PASSING, WORDS, Row, activity, alone, processes, refused, refused_alone

INSIDE = {
    "none": "", "message": '<bpmn:messageEventDefinition messageRef="message_word"/>',
    "timer": '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>',
    "signal": '<bpmn:signalEventDefinition signalRef="signal_word"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="escalation_word"/>',
    "error": '<bpmn:errorEventDefinition errorRef="error_word"/>',
    "link": '<bpmn:linkEventDefinition name="word"/>', "terminate": "<bpmn:terminateEventDefinition/>",
    "conditional": "<bpmn:conditionalEventDefinition><bpmn:condition>a = 1</bpmn:condition>"
                   "</bpmn:conditionalEventDefinition>",
    "compensation": "<bpmn:compensateEventDefinition/>", "cancel": "<bpmn:cancelEventDefinition/>",
}  # fmt: skip
INSIDE["multiple"] = INSIDE["message"] + INSIDE["signal"]
INSIDE["parallel multiple"] = INSIDE["multiple"]
ACT = {"message": "message word", "signal": "signal word", "escalation": "escalate word", "timer": "fire x"}
ODD = {
    "link": "event_not_here", "terminate": "event_not_here", "conditional": "conditional_event",
    "compensation": "compensation", "cancel": "cancel_event", "multiple": "several_triggers",
    "parallel multiple": "several_triggers", "none": "event_without_trigger", "error": "event_not_here",
    "escalation": "event_not_here", "timer": "event_not_here",
}  # fmt: skip


def odd_event(tag, definition, extra=""):
    extra += ' parallelMultiple="true"' if definition == "parallel multiple" and tag != "endEvent" else ""
    return f'<bpmn:{tag} id="x"{extra}>{INSIDE[definition]}</bpmn:{tag}>'


def starts():
    for name in INSIDE:
        rule = {"timer": "timer_start", "message": "message_start", "multiple": "several_triggers",
                "parallel multiple": "several_triggers", "conditional": "conditional_event",
                "compensation": "compensation", "cancel": "cancel_event"}.get(name, "triggered_start")  # fmt: skip
        for place in ("of the process", "of a subprocess"):
            begins = odd_event("startEvent", name)
            if place == "of the process":
                inside, trail = begins + end() + flows("x > end"), "+x -x +end -end"
            else:
                inside = start() + sub("work", begins, end("e1"), flows("x > e1")) + end() + flows("start > work > end")
                trail = "+start -start +work +x -x +e1 -e1 -work +end -end"
            facts = {"draw": lambda inside=inside: drawn(inside, WORDS)}
            facts |= {"trail": trail} if name == "none" else {"refused": rule}
            yield Row("Start events", name, place, **facts)


def handlers():
    for name, how in product(INSIDE, ("interrupting", "not interrupting")):
        interrupts = how == "interrupting"
        begins = odd_event("startEvent", name, "" if interrupts else ' isInterrupting="false"')
        side = sub("side", begins, user("u"), end("e"), flows("x > u > e"), extra=' triggeredByEvent="true"')
        last = end("end", "error", "word") if name == "error" else end()
        inside = start() + user("a") + last + side + flows("start > a > end")
        place = f"{how} event subprocess"
        if name in ACT or (name == "error" and interrupts):
            act = ACT.get(name, "complete a")
            runs = "+side +x -x +u"
            if name == "error":
                trail = f"+start -start +a -a +end -end {runs} -u +e -e -side"
            elif interrupts:
                trail = f"+start -start +a ×a {runs} -u +e -e -side"
            else:
                trail = f"+start -start +a {runs} -a +end -end -u +e -e -side"
                act += ", complete a"
            yield Row("Start events", name, place, draw=lambda inside=inside: drawn(inside, WORDS),
                      acts=f"{act}, complete u", trail=trail)  # fmt: skip
            continue
        rule = {"none": "handler_start", "error": "error_must_interrupt", "link": "handler_not_by_this",
                "terminate": "handler_not_by_this"}.get(name, ODD[name])  # fmt: skip
        yield Row("Start events", name, place, **refused(rule, inside))


def intermediate():
    for name in INSIDE:
        node = odd_event("intermediateCatchEvent", name)
        if name in ("message", "signal", "timer"):
            yield Row("Intermediate events", name, "catching", **alone(node, acts=ACT[name]))
        elif name == "link":
            inside = start() + throw("t", "link", "word") + node + end() + flows("start > t", "x > end")
            yield Row("Intermediate events", name, "catching", draw=lambda inside=inside: drawn(inside),
                      trail="+start -start +t -t +x -x +end -end")  # fmt: skip
        else:
            yield Row("Intermediate events", name, "catching", **refused_alone(ODD[name], node))
        node = odd_event("intermediateThrowEvent", name)
        if name in ("none", "message", "signal"):
            yield Row("Intermediate events", name, "throwing", **alone(node))
        elif name == "escalation":
            side = handler("side", "escalation", "word", end("e"), flows("side_start > e"), interrupting=False)
            yield Row("Intermediate events", name, "throwing", **alone(
                node + side, trail="+x -x +side +side_start -side_start") | {
                "trail": "+start -start +x -x +side +end -end +side_start -side_start +e -e -side"})  # fmt: skip
        elif name == "link":
            inside = start() + node + catch("c", "link", "word") + end() + flows("start > x", "c > end")
            yield Row("Intermediate events", name, "throwing", draw=lambda inside=inside: drawn(inside),
                      trail="+start -start +x -x +c -c +end -end")  # fmt: skip
        else:
            yield Row("Intermediate events", name, "throwing", **refused_alone(ODD[name], node))


def ends():
    for name in INSIDE:
        node = odd_event("endEvent", name)
        inside = start() + node + flows("start > x")
        if name in ("none", "message", "signal", "terminate"):
            yield Row("End events", name, "", draw=lambda inside=inside: drawn(inside, WORDS),
                      trail="+start -start +x -x")  # fmt: skip
        elif name in ("error", "escalation"):
            work = sub("work", start("s1"), node, flows("s1 > x"))
            inside = start() + work + boundary("edge", "work", name, "word") + end() + end("late") + flows(
                "start > work > end", "edge > late")  # fmt: skip
            yield Row("End events", name, "", draw=lambda inside=inside: drawn(inside, WORDS),
                      trail="+start -start +work +s1 -s1 +x -x ×work +edge -edge +late -late")  # fmt: skip
        else:
            yield Row("End events", name, "", **refused(ODD[name], inside))


# Events at the edge of activities


def edges():
    hosts = [kind for kind in ENDS if kind != "service task with a verb"]
    for name, host, how in product(INSIDE, hosts, ("interrupting", "not interrupting")):
        interrupts = how == "interrupting"
        extra = ' attachedToRef="h"' + ("" if interrupts else ' cancelActivity="false"')
        fails = name == "error" and interrupts
        inside = (
            start() + activity(host, "h", fails=fails) + odd_event("boundaryEvent", name, extra) + end() + end("late")
            + flows("start > h > end", "x > late")
        )  # fmt: skip
        facts = {"draw": lambda inside=inside, host=host, fails=fails: drawn(inside, WORDS, *processes(host, fails))}
        if name in ACT or fails:
            acts, trail = played(name, host, interrupts)
            facts |= {"acts": acts, "trail": " ".join(f"+start -start {trail}".split())}
        else:
            facts["refused"] = "error_must_interrupt" if name == "error" else ODD[name]
        yield Row("Boundary events", name, f"{how}, on a {host}", **facts)


def played(name, host, interrupts):
    """The acts and the trail of an event at the edge of an activity."""
    ends, before, after = ENDS[host]
    whole = f"+h {before} {after} -h +end -end"
    happens = "+x -x +late -late"
    if host in PASSING or (name == "error" and host in ("user task", "receive task")):
        return ends.format("h"), whole  # it ends before anything can happen at its edge, or throws no errors
    if name == "error":
        if host == "service task":
            return "refuse h", f"+h ×h {happens}"
        return ends, f"+h {before} -hu +hf -hf ×h {happens}"
    act = ACT[name]
    if host == "receive task" and name == "message":
        # Both wait for the same message: the task hears it first.
        return act, "+h -h +end -end"
    if interrupts:
        return act, f"+h {before} {'×hu' if before else ''} ×h {happens}"
    return f"{act}, {ends.format('h')}", f"+h {before} {happens} {after} -h +end -end"
