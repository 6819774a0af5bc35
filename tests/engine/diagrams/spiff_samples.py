"""Small diagrams, written as text: elements by their kind, flows as arrows."""

from html import escape
from itertools import pairwise

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="defs" targetNamespace="http://example.org">'
)


def properties(**values):
    inside = "".join(
        f'<spiffworkflow:property name="{k.replace("__", ".")}" value="{escape(v)}"/>' for k, v in values.items()
    )
    inside = f"<spiffworkflow:properties>{inside}</spiffworkflow:properties>"
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def event(tag, id, trigger="", ref="", more="", extra=""):
    if trigger == "link":
        inside = f'<bpmn:linkEventDefinition id="{id}_def" name="{ref}"/>'
    elif trigger in ("timeDuration", "timeDate", "timeCycle"):
        text = f'<bpmn:{trigger} xsi:type="bpmn:tFormalExpression">{escape(ref)}</bpmn:{trigger}>'
        inside = f'<bpmn:timerEventDefinition id="{id}_def">{text}</bpmn:timerEventDefinition>'
    elif trigger:
        name = f' {trigger}Ref="{trigger}_{ref}"' if ref else ""
        inside = f'<bpmn:{trigger}EventDefinition id="{id}_def"{name}/>'
    else:
        inside = ""
    return f'<bpmn:{tag} id="{id}" name="{id} pl"{extra}>{more}{inside}</bpmn:{tag}>'


def start(id="start", **values):
    return event("startEvent", id, more=properties(**values) if values else "")


def end(id="end", trigger="", ref=""):
    return event("endEvent", id, trigger, ref)


def catch(id, trigger, ref):
    return event("intermediateCatchEvent", id, trigger, ref)


def throw(id, trigger, ref):
    return event("intermediateThrowEvent", id, trigger, ref)


def boundary(id, host, trigger, ref="", interrupting=True):
    extra = f' attachedToRef="{host}"' + ("" if interrupting else ' cancelActivity="false"')
    return event("boundaryEvent", id, trigger, ref, extra=extra)


def user(id, **values):
    return f'<bpmn:userTask id="{id}" name="{id} pl">{properties(form=f"{id}_form", **values)}</bpmn:userTask>'


def service(id, verb="note", **parameters):
    inside = "".join(
        f'<spiffworkflow:parameter id="{k}" type="any" value="{escape(v)}"/>' for k, v in parameters.items()
    )
    return (
        f'<bpmn:serviceTask id="{id}" name="{id} pl"><bpmn:extensionElements><spiffworkflow:serviceTaskOperator'
        f' id="{verb}"><spiffworkflow:parameters>{inside}</spiffworkflow:parameters>'
        f"</spiffworkflow:serviceTaskOperator></bpmn:extensionElements></bpmn:serviceTask>"
    )


def xor(id, default=""):
    return f'<bpmn:exclusiveGateway id="{id}"' + (f' default="{default}"' if default else "") + "/>"


def both(id):
    return f'<bpmn:parallelGateway id="{id}"/>'


def inclusive(id, default=""):
    return f'<bpmn:inclusiveGateway id="{id}"' + (f' default="{default}"' if default else "") + "/>"


def first(id):
    """An event-based gateway."""
    return f'<bpmn:eventBasedGateway id="{id}"/>'


def call(id, process, *inside, extra=""):
    return f'<bpmn:callActivity id="{id}" calledElement="{process}"{extra}>{"".join(inside)}</bpmn:callActivity>'


def sub(id, *inside, extra=""):
    return f'<bpmn:subProcess id="{id}"{extra}>{"".join(inside)}</bpmn:subProcess>'


def handler(id, trigger, ref="", *inside, interrupting=True):
    """A subprocess that an event starts; its start is called `<id>_start`."""
    how = "" if interrupting else ' isInterrupting="false"'
    begins = event("startEvent", f"{id}_start", trigger, ref, extra=how)
    return sub(id, begins, *inside, extra=' triggeredByEvent="true"')


def handling(id, trigger, ref="", interrupting=True):
    """A subprocess that an event starts, with one step of the same name and `_task` in it."""
    way = flows(f"{id}_start > {id}_task > {id}_end")
    return handler(id, trigger, ref, user(f"{id}_task"), end(f"{id}_end"), way, interrupting=interrupting)


def receive(id, message, *inside):
    return f'<bpmn:receiveTask id="{id}" messageRef="message_{message}">{"".join(inside)}</bpmn:receiveTask>'


def send(id, message, *inside):
    return f'<bpmn:sendTask id="{id}" messageRef="message_{message}">{"".join(inside)}</bpmn:sendTask>'


def loop(condition="", most=None, before=False):
    """The marker of an activity that is repeated."""
    extra = (f' loopMaximum="{most}"' if most else "") + (' testBefore="true"' if before else "")
    inside = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{extra}>{inside}</bpmn:standardLoopCharacteristics>"


def several(over="", *, times="", item="", results="", result="", until="", one_by_one=False):
    """The marker of an activity that is done for each item of a list, or a number of times."""
    parts = [
        f"<bpmn:loopCardinality>{times}</bpmn:loopCardinality>" if times else "",
        f"<bpmn:loopDataInputRef>{over}</bpmn:loopDataInputRef>" if over else "",
        f"<bpmn:loopDataOutputRef>{results}</bpmn:loopDataOutputRef>" if results else "",
        f'<bpmn:inputDataItem id="{item}_in" name="{item}"/>' if item else "",
        f'<bpmn:outputDataItem id="{results}_out" name="{result}"/>' if result else "",
        f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else "",
    ]
    extra = ' isSequential="true"' if one_by_one else ""
    marker = "multiInstanceLoopCharacteristics"
    return f"<bpmn:{marker}{extra}>{''.join(parts)}</bpmn:{marker}>"


def marked(element, marker):
    """The element with a marker inside it, where the schema wants it: behind its extensions."""
    head, close, rest = element.partition(">")
    if rest.startswith("<bpmn:extensionElements>"):
        return head + close + rest.replace("</bpmn:extensionElements>", f"</bpmn:extensionElements>{marker}", 1)
    return head + close + marker + rest


def flows(*lines):
    """Each line: `a > b > c`, or `a > b ? condition`. A flow's id is `a__b`."""
    result = []
    for line in lines:
        way, _, condition = line.partition("?")
        stops = [stop.strip() for stop in way.split(">")]
        for source, target in pairwise(stops):
            text = (
                f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition.strip())}'
                f"</bpmn:conditionExpression>"
                if condition
                else ""
            )
            ends = f'id="{source}__{target}" sourceRef="{source}" targetRef="{target}"'
            result.append(f"<bpmn:sequenceFlow {ends}>{text}</bpmn:sequenceFlow>")
    return "".join(result)


def lanes(**members):
    inside = "".join(
        f'<bpmn:lane id="{lane}" name="{lane} pl">'
        + "".join(f"<bpmn:flowNodeRef>{member}</bpmn:flowNodeRef>" for member in ids.split())
        + "</bpmn:lane>"
        for lane, ids in members.items()
    )
    return f'<bpmn:laneSet id="lanes">{inside}</bpmn:laneSet>'


def process(id, *inside):
    return f'<bpmn:process id="{id}" isExecutable="true">{"".join(inside)}</bpmn:process>'


def codes(**names):
    result = []
    for kind, values in names.items():
        attribute = {"message": "", "signal": "", "error": "errorCode", "escalation": "escalationCode"}[kind]
        for value in values.split():
            code = f' {attribute}="{value}"' if attribute else ""
            result.append(f'<bpmn:{kind} id="{kind}_{value}" name="{value}"{code}/>')
    return "".join(result)


def diagram(*inside):
    return f"{HEAD}{''.join(inside)}</bpmn:definitions>".encode()


SAMPLES = {
    "line": diagram(process("p", start(form="report"), user("a"), user("b"), end(), flows("start > a > b > end"))),
    "loop": diagram(
        process(
            "p",
            lanes(first_line="a", second_line="b"),
            start(),
            user("a"),
            service("count", "count", by="1"),
            xor("again", "again__b"),
            user("b"),
            xor("back", "back__end"),
            end(),
            boundary("late", "b", "timeDuration", '"PT4H"'),
            service("warn"),
            flows(
                "start > a > count > again > b > back > end",
                "late > warn > a",
                "again > a ? rounds < 3",
                "back > a ? more = true",
            ),
        )
    ),
    "parallel": diagram(
        process(
            "p",
            start(),
            xor("begin"),
            both("split"),
            user("a"),
            user("b"),
            service("c"),
            both("join"),
            user("check"),
            xor("again", "again__end"),
            end(),
            flows(
                "start > begin > split > a > join",
                "split > b > join",
                "split > c > join",
                "join > check > again > end",
                "again > begin ? more = true",
            ),
        )
    ),
    "nested": diagram(
        process(
            "p",
            lanes(first_line="start outer end"),
            start(),
            sub(
                "outer",
                start("start_1"),
                user("a"),
                sub(
                    "inner",
                    start("start_2"),
                    both("split"),
                    user("b"),
                    user("c"),
                    both("join"),
                    end("end_2"),
                    flows("start_2 > split > b > join > end_2", "split > c > join"),
                ),
                user("d"),
                end("end_1"),
                flows("start_1 > a > inner > d > end_1"),
            ),
            user("e"),
            end(),
            flows("start > outer > e > end"),
        )
    ),
    "call": diagram(
        process(
            "p",
            lanes(first_line="start ask a end", second_line="ask_again"),
            start(),
            call("ask", "question"),
            user("a"),
            call("ask_again", "question"),
            end(),
            flows("start > ask > a > ask_again > end"),
        ),
        process(
            "question",
            start("q_start"),
            user("q_ask"),
            xor("q_if", "q_if__q_end"),
            user("q_more"),
            end("q_end"),
            flows("q_start > q_ask > q_if > q_end", "q_if > q_more ? more = true", "q_more > q_end"),
        ),
    ),
    "timers": diagram(
        process(
            "p",
            start(),
            user("a"),
            user("b"),
            user("late_task"),
            user("remind_task"),
            catch("pause", "timeDate", "moment"),
            boundary("late", "a", "timeDuration", '"PT4H"'),
            end("end_late"),
            boundary("remind", "b", "timeDuration", '"PT1H"', interrupting=False),
            end("end_remind"),
            end(),
            flows("start > a > b > pause > end", "late > late_task > end_late", "remind > remind_task > end_remind"),
        )
    ),
    "cycle": diagram(
        process(
            "p",
            start(),
            user("a"),
            user("nag"),
            end("nagged"),
            user("b"),
            end(),
            boundary("remind", "a", "timeCycle", '"R3/PT24H"', interrupting=False),
            flows("start > a > b > end", "remind > nag > nagged"),
        )
    ),
    "escalations": diagram(
        codes(escalation="half breach"),
        process(
            "p",
            start(),
            sub("work", start("start_1"), user("a"), user("b"), end("end_1"), flows("start_1 > a > b > end_1")),
            boundary("on_half", "work", "escalation", "half", interrupting=False),
            user("hurry"),
            end("hurried"),
            boundary("on_breach", "work", "escalation", "breach"),
            user("rescue"),
            end("rescued"),
            end(),
            flows("start > work > end", "on_half > hurry > hurried", "on_breach > rescue > rescued"),
        ),
    ),
    "catch_all": diagram(
        codes(escalation="half most"),
        process(
            "p",
            start(),
            user("a"),
            boundary("on_any", "a", "escalation", interrupting=False),
            user("hurry"),
            end("hurried"),
            end(),
            flows("start > a > end", "on_any > hurry > hurried"),
        ),
    ),
    "thrown": diagram(
        codes(escalation="hot cold", error="broken"),
        process(
            "p",
            start(),
            sub(
                "work",
                start("start_1"),
                user("a"),
                throw("shout", "escalation", "hot"),
                user("b"),
                xor("which", "which__end_1"),
                end("end_1"),
                end("failed", "error", "broken"),
                end("gone", "escalation", "cold"),
                flows(
                    "start_1 > a > shout > b > which > end_1",
                    "which > failed ? bad = true",
                    "which > gone ? cold = true",
                ),
            ),
            boundary("on_hot", "work", "escalation", "hot", interrupting=False),
            user("cool"),
            end("cooled"),
            boundary("on_cold", "work", "escalation", "cold"),
            user("warm"),
            end("warmed"),
            boundary("on_broken", "work", "error", "broken"),
            user("repair"),
            end("repaired"),
            end(),
            flows(
                "start > work > end",
                "on_hot > cool > cooled",
                "on_cold > warm > warmed",
                "on_broken > repair > repaired",
            ),
        ),
    ),
    "uncaught": diagram(
        codes(error="broken"),
        process("p", start(), user("a"), end("failed", "error", "broken"), flows("start > a > failed")),
    ),
    "messages": diagram(
        codes(message="answer withdrawn"),
        process(
            "p",
            start(),
            sub(
                "work",
                start("start_1"),
                user("a"),
                catch("wait", "message", "answer"),
                user("b"),
                end("end_1"),
                flows("start_1 > a > wait > b > end_1"),
            ),
            boundary("on_withdrawn", "work", "message", "withdrawn"),
            end("end_withdrawn"),
            boundary("on_answer", "work", "message", "answer", interrupting=False),
            user("read"),
            end("end_read"),
            end(),
            flows("start > work > end", "on_withdrawn > end_withdrawn", "on_answer > read > end_read"),
        ),
    ),
    "terminate": diagram(
        process(
            "p",
            start(),
            both("split"),
            user("a"),
            end("stop", "terminate"),
            sub(
                "work",
                start("start_1"),
                both("split_1"),
                user("b"),
                user("c"),
                end("stop_1", "terminate"),
                end("end_1"),
                flows("start_1 > split_1 > b > stop_1", "split_1 > c > end_1"),
            ),
            user("d"),
            end(),
            flows("start > split > a > stop", "split > work > d > end"),
        )
    ),
    "race": diagram(
        codes(message="answer"),
        process(
            "p", start(), xor("again"), first("which"), catch("soon", "timeDuration", '"PT1H"'),
            catch("later", "timeDuration", '"PT9H"'), catch("heard", "message", "answer"), user("a"), user("b"),
            xor("back", "back__end"), end(),
            flows("start > again > which > soon > a > back > end", "which > later > a", "which > heard > b > back",
                  "back > again ? more = true"),
        ),
    ),
    "choosing": diagram(
        process(
            "p", start(), xor("begin"), inclusive("which", "which__c"), user("a"), user("b"), user("c"),
            boundary("late", "a", "timeDuration", '"PT4H"'), inclusive("joined"), user("check"),
            xor("back", "back__end"), end(),
            flows("start > begin > which > c > joined > check > back > end", "which > a ? more = true",
                  "which > b ? bad != true", "a > joined", "b > joined", "late > b", "back > begin ? more = true"),
        ),
    ),
    "handlers": diagram(
        codes(message="answer withdrawn", escalation="half breach", error="broken"),
        process(
            "p", start(),
            sub("work", start("start_1"), user("a"), xor("which", "which__end_1"), end("end_1"),
                end("failed", "error", "broken"), handling("repair", "error", "broken"),
                handling("heard", "message", "answer", interrupting=False),
                flows("start_1 > a > which > end_1", "which > failed ? bad = true")),
            user("b"), end(), handling("nag", "timeCycle", '"R3/PT2H"', interrupting=False),
            handling("hurry", "escalation", "half", interrupting=False), handling("stop", "message", "withdrawn"),
            flows("start > work > b > end"),
        ),
    ),
    "rounds": diagram(
        codes(escalation="half"),
        process(
            "p", start(), marked(user("a"), several("teams", item="team", results="opinions", result="team")),
            boundary("on_half", "a", "escalation", "half"), marked(user("b"), loop("more = true", most=3)),
            marked(sub("work", start("start_1"), user("c"), end("end_1"), flows("start_1 > c > end_1")),
                   several(times="2", one_by_one=True)),
            end(), flows("start > a > b > work > end", "on_half > b"),
        ),
    ),
}
