"""Hostile texts: expressions, timers, names, code in every place where the library would run it, decision models."""

from collections.abc import Iterator
from html import escape

from tests.hostile.case import Case, Numbered, drawn, family, line, plain

BOMBS = (
    "9**9**9**9 > 1", "2 ** 999999 > 1", 'string length("a" + "b") > 0 and count(for x in 1..100000 return x) > 1',
    "count(for a in 1..999, b in 1..999, c in 1..999 return a) > 1", "some x in 1..999999999 satisfies x = 0",
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")', 'matches("aaaaaaaaaaaaaaaaaaaaaaaa", "(a|aa)+b")',
    'replace("' + "a" * 3000 + '", "(a*)*b", "x") = "y"', "(" * 39 + "1" + ")" * 39 + " = 1", "(" * 5000 + "1",
    "[" * 60 + "]" * 60 + " = null", "{f: function(x) f(x + 1), r: f(1)}.r = 1", "not(" * 30 + "true" + ")" * 30,
    "-" * 3000 + "1 = 1", "1 + " * 2000 + "1 > 0", 'split("' + "a," * 1500 + '", ",") = []', "1/0 = 1", "if if if",
    'string join(for x in 1..10000 return "aaaaaaaaaaaaaaaaaaaaaaaa") = ""', "sort(1..9999, function(a, b) a > b) = []",
    "for x in [1], y in [x], z in [y] return nobody", "request." + "a." * 1000 + "b = 1", "request.choice[1][1][1] = 1",
    "date and time(\"9999999999-01-01T00:00:00\") > 1", 'duration("P999999999999Y") > duration("P1D")', "\u202e1 = 1\u0000",
)  # fmt: skip
CODE = (
    "__import__('os').system('touch /tmp/okienko_was_here')", "().__class__.__bases__[0].__subclasses__()",
    "open('/etc/passwd').read()", "exec('x = 1')", "lambda: 1", "[x for x in ().__class__.__mro__]", "{{ 7 * 7 }}",
    "${7*7}", "%s%n", "<script>alert(1)</script>", "';DROP TABLE ticket;--", "=cmd|' /C calc'!A0", "javascript:alert(1)",
)  # fmt: skip
TIMES = (
    '"P99999999999Y"', '"R1000000/PT0S"', '"-P1D"', '"PT0.5S"', '"PT0S"', '"P5Y"', '"P2000D"', '"R/PT1M"', '"R0/PT1H"',
    '"R1001/PT1H"', '"R3/PT1S"', '"R99999999999/PT1H"', '"R3/-PT1H"', '"R3/P99999D"', "PT4H", "${x}", "", '""', '"x"', "5",
    "null", "nobody", '"P1D @ nowhere"', '"P1D @ office"', '"2026-01-01"', 'date("2026-01-01")', "now()", '"P1DT"',
    'date and time("2026-01-01T00:00:00")', '"P" + "9" + "D"', 'duration("P1D") * 99999999', '"R3/R3/PT1H"', '"P1W2D"',
    "9**9**9", 'duration("-PT1H")', "[1,2]", '"' + "P" * 5_000 + '"', '"PT' + "9" * 3_000 + 'H"', "for x in 1..9999 return x",
)  # fmt: skip
NAMES = (
    "<script>alert(1)</script>", "\u202eevil\u202c", "a" * 20_000, "\u200b\u200b\u200b", "'; DROP TABLE ticket;--", "{{7*7}}",
    "{name}", "{0.__class__}", "%(x)s", "\n\n\n", "=1+1", "\U0001f4a3" * 500, "Z\u0335\u0321" * 500, " ", "&amp;amp;",
)  # fmt: skip


@family
def conditions() -> Iterator[Case]:
    case = Numbered("condition")
    for text in map(_clean, (*BOMBS, *CODE)):
        yield case(drawn(lambda part, text=text: _choice(part, text)))


def _clean(text):
    return "".join(one for one in text if one.isprintable() or one == "\u202e")


def _choice(part, condition):
    part.node("exclusiveGateway", "choice", default="choice__end")
    line(part, "choice")
    part.flow("choice", part.service("other"), condition)
    part.flow("other", "end")


@family
def parameters() -> Iterator[Case]:
    case = Numbered("parameter")
    for text in map(_clean, (*BOMBS, *CODE)):
        yield case(drawn(lambda part, text=text: line(part, part.service("work", text))))


@family
def timers() -> Iterator[Case]:
    case = Numbered("timer")
    for time in TIMES:
        for clockwork in ("timeDuration", "timeCycle", "timeDate"):
            yield case(drawn(lambda part, ref=f"{clockwork} {time}": _edge(part, ref)))
        yield case(drawn(lambda part, t=time: line(part, part.event("intermediateCatchEvent", "wait", "timer", f"timeDuration {t}"))))


def _edge(part, ref):
    line(part)
    edge = part.boundary("late", "first", "timer", ref, interrupts=False)
    part.way(edge, part.service("remind"), part.event("endEvent", "late_end"))


@family
def names() -> Iterator[Case]:
    case, text = Numbered("name"), plain()
    for name in NAMES:
        for place in ('name="first"', 'name="end"', 'value="end"', 'name="team_0"', 'name="p"'):
            yield case(text.replace(place, f'{place.partition("=")[0]}="{escape(name)}"'))


@family
def properties() -> Iterator[Case]:
    case, text = Numbered("property"), plain()
    here = '<spiffworkflow:property name="form" value="step"/>'
    for number in (100, 5_000):
        more = "".join(f'<spiffworkflow:property name="p{n}" value="v"/>' for n in range(number))
        yield case(text.replace(here, here + more, 1))
    for name in ("form", "sla", "priority", "lane", "completed_by_reply", "result", "collection", "public.pl", "different_person",
                 "decision", "x" * 5_000):  # fmt: skip
        for value in ("9**9**9", "P99999999999Y", "true", "nobody", "<script>", "a" * 50_000):
            more = f'<spiffworkflow:property name="{name}" value="{escape(value)}"/>'
            yield case(text.replace(here, here + more, 1))


@family
def code() -> Iterator[Case]:
    """Code in every place where the library would run it."""
    case, text = Numbered("code"), plain()
    for source in CODE[:6]:
        written = escape(source)
        task = f'<bpmn:userTask id="first" name="first"><bpmn:extensionElements><spiffworkflow:preScript>{written}'
        for tag in ("preScript", "postScript", "instructionsForEndUser", "unitTests", "messageVariable", "taskMetadataValues"):
            more = f"<spiffworkflow:{tag}>{written}</spiffworkflow:{tag}>"
            yield case(text.replace("<spiffworkflow:properties>", more + "<spiffworkflow:properties>", 1))
        yield case(text.replace("bpmn:userTask", "bpmn:scriptTask"))
        yield case(text.replace('<bpmn:userTask id="first" name="first"><bpmn:extensionElements>', task + "</spiffworkflow:preScript>"))
        condition = f'<bpmn:conditionExpression language="python">{written}</bpmn:conditionExpression>'
        yield case(text.replace("</bpmn:sequenceFlow>", condition + "</bpmn:sequenceFlow>", 1))
        for marker in (f"<bpmn:loopCardinality>{written}</bpmn:loopCardinality>", f"<bpmn:completionCondition>{written}</bpmn:completionCondition>"):
            marker = f"<bpmn:multiInstanceLoopCharacteristics>{marker}</bpmn:multiInstanceLoopCharacteristics>"
            yield case(text.replace("</bpmn:userTask>", marker + "</bpmn:userTask>"))
        data = f'<bpmn:dataObject id="d" name="{written}"/><bpmn:dataStoreReference id="r" name="{written}"/>'
        yield case(text.replace("<bpmn:userTask", data + "<bpmn:userTask", 1))
        correlation = f'<bpmn:correlationProperty id="c"><bpmn:correlationPropertyRetrievalExpression messageRef="m"><bpmn:messagePath>{written}</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>'
        yield case(text.replace("<bpmn:process", correlation + "<bpmn:process", 1))


DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="n">'
    '<decision id="weigh" name="weigh"><variable name="weigh"/>{}</decision></definitions>'
)


@family
def decisions() -> Iterator[Case]:
    case = Numbered("decision")
    literal = "<literalExpression><text>{}</text></literalExpression>"
    models = [DMN.format(literal.format(escape(_clean(text)))) for text in BOMBS]
    models += [DMN.format('<informationRequirement><requiredDecision href="#weigh"/></informationRequirement>' + literal.format("weigh"))]
    rule = "<rule><inputEntry><text>{0}</text></inputEntry><outputEntry><text>{0}</text></outputEntry></rule>"
    for number in (10, 1_000, 5_000):
        rules = "".join(rule.format(n) for n in range(number))
        head = '<input><inputExpression><text>request.choice</text></inputExpression></input><output name="o"/>'
        models.append(DMN.format(f'<decisionTable hitPolicy="COLLECT">{head}{rules}</decisionTable>'))
    models += ["", "<", f'<!DOCTYPE d [<!ENTITY a "b">]>{DMN.format("&a;")}', DMN.format("<context>" * 60 + "</context>" * 60)]
    for model in models:
        yield case(drawn(lambda part: line(part, _decide(part))), more={"dmn/m.dmn": model.encode()})


def _decide(part):
    extension = '<spiffworkflow:properties><spiffworkflow:property name="decision" value="weigh"/></spiffworkflow:properties>'
    return part.node("businessRuleTask", "weigh_it", extension=extension, named=False)
