"""Whole diagrams as text: everything publishing asks for (names, lanes, forms, pictures) is added by itself."""

from html import escape
from itertools import count, pairwise

from engine.actions import VERB_PARAMETERS
from engine.checks import check_diagram
from helpdesk.texts import LETTERS

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' id="definitions" targetNamespace="http://example.org">'
)
SHAPE = '<bpmndi:BPMNShape bpmnElement="{}"><dc:Bounds x="1" y="1" width="9" height="9"/></bpmndi:BPMNShape>'
NAMES = {"error": "errorCode", "escalation": "escalationCode", "message": "", "signal": ""}
FORMS = {"request": frozenset({"choice", "more", "moment", "items"}), "step": frozenset({"answer"})}
LANES = 40


def properties(**values):
    """The extension in which properties stand; `name__en` is `name.en`."""
    inside = "".join(
        f'<spiffworkflow:property name="{name.replace("__", ".")}" value="{escape(str(value))}"/>'
        for name, value in values.items()
    )
    return f"<spiffworkflow:properties>{inside}</spiffworkflow:properties>" if inside else ""


class Part:
    """A process or a subprocess that is being drawn."""

    def __init__(self, sketch):
        self.sketch, self.nodes, self.flows, self.users = sketch, [], [], []

    def node(self, kind, name, inside="", *, extension="", named=True, **attributes):
        """Draws a node and gives its id."""
        self.sketch.pictured.append(name)
        extension += properties(name__en=name) if named else ""
        extension = f"<bpmn:extensionElements>{extension}</bpmn:extensionElements>" if extension else ""
        written = "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items() if value != "")
        self.nodes.append(f'<bpmn:{kind} id="{name}" name="{name}"{written}>{extension}{inside}</bpmn:{kind}>')
        return name

    def flow(self, source, target, condition=""):
        """Draws an arrow and gives its id."""
        name = f"{source}__{target}"
        self.sketch.pictured.append(name)
        inside = f"<bpmn:extensionElements>{properties(name__en=name)}</bpmn:extensionElements>"
        inside += f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
        ends = f'id="{name}" name="{name}" sourceRef="{source}" targetRef="{target}"'
        self.flows.append(f"<bpmn:sequenceFlow {ends}>{inside}</bpmn:sequenceFlow>")
        return name

    def way(self, *stops):
        for source, target in pairwise(stops):
            self.flow(source, target)

    def start(self, name, **values):
        extension = properties(**values) if values else ""
        return self.node("startEvent", name, extension=extension, named=False)

    def user(self, name, inside="", **attributes):
        self.sketch.users.append(name)
        extension = properties(form="step", name__en=name)
        return self.node("userTask", name, inside, extension=extension, named=False, **attributes)

    def service(self, name, text='"ok"', inside="", **attributes):
        operator = (
            '<spiffworkflow:serviceTaskOperator id="add_note"><spiffworkflow:parameters>'
            f'<spiffworkflow:parameter id="text" type="any" value="{escape(text)}"/>'
            "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        )
        return self.node("serviceTask", name, inside, extension=operator, named=False, **attributes)

    def event(self, kind, name, trigger="", ref="", **attributes):
        """An event; ref: the code or name, or the time of a timer, such as `timeDuration "PT4H"`."""
        return self.node(kind, name, self.definition(name, trigger, ref), named=kind == "endEvent", **attributes)

    def boundary(self, name, host, trigger, ref="", *, interrupts=True):
        how = {} if interrupts else {"cancelActivity": "false"}
        return self.event("boundaryEvent", name, trigger, ref, attachedToRef=host, **how)

    def definition(self, name, trigger, ref):
        if not trigger:
            return ""
        if trigger == "timer":
            clockwork, _, time = ref.partition(" ")
            inside = f"<bpmn:{clockwork}>{escape(time)}</bpmn:{clockwork}>"
            return f'<bpmn:timerEventDefinition id="{name}_d">{inside}</bpmn:timerEventDefinition>'
        if trigger == "link":
            return f'<bpmn:linkEventDefinition id="{name}_d" name="{ref}"/>'
        where = f' {trigger}Ref="{self.sketch.code(trigger, ref)}"' if ref else ""
        return f'<bpmn:{trigger}EventDefinition id="{name}_d"{where}/>'

    def inside(self):
        return "".join([*self.nodes, *self.flows])


class Sketch:
    """A file with processes; `process` opens one, `data` gives the file."""

    def __init__(self):
        self.numbers, self.pictured, self.codes, self.processes, self.users = count(1), [], {}, [], []

    def number(self):
        return next(self.numbers)

    def code(self, trigger, name):
        """The id of a message, signal, error or escalation, which is defined when it is first needed."""
        own = self.codes[trigger, name] = f"{trigger}_{name}"
        return own

    def part(self):
        return Part(self)

    def process(self, name, part):
        """Adds a process in which every user task lies in one lane; each process has a lane of its own."""
        own, self.users = self.users, []
        lane = f"team_{len(self.processes)}"
        inside = "".join(f"<bpmn:flowNodeRef>{user}</bpmn:flowNodeRef>" for user in own)
        extension = f"<bpmn:extensionElements>{properties(name__en=lane)}</bpmn:extensionElements>"
        lanes = f'<bpmn:lane id="{lane}" name="{lane}">{extension}{inside}</bpmn:lane>'
        self.processes.append(
            f'<bpmn:process id="{name}" name="{name}" isExecutable="true">'
            f'<bpmn:laneSet id="{name}_lanes">{lanes}</bpmn:laneSet>{part.inside()}</bpmn:process>'
        )

    def data(self):
        codes = []
        for (trigger, name), own in self.codes.items():
            code = f' {NAMES[trigger]}="{name}"' if NAMES[trigger] else ""
            codes.append(f'<bpmn:{trigger} id="{own}" name="{name}"{code}/>')
        picture = "".join(SHAPE.format(name) for name in self.pictured)
        picture = f'<bpmndi:BPMNDiagram id="picture"><bpmndi:BPMNPlane id="plane">{picture}</bpmndi:BPMNPlane>'
        inside = "".join([*codes, *self.processes, picture, "</bpmndi:BPMNDiagram>"])
        return f"{HEAD}{inside}</bpmn:definitions>".encode()


def findings(data, process_id="p"):
    """Why a sketch would not be published."""
    teams = {f"team_{number}" for number in range(LANES)}
    return check_diagram(
        {"drawn.bpmn": data}, process_id, forms=FORMS, teams=teams, verbs=VERB_PARAMETERS, letters=LETTERS
    )
