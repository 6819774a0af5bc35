"""Small diagrams that publishing accepts: lanes, names, forms and pictures are added to what is drawn."""

import re
from pathlib import Path

from lxml import etree
from spiff_samples import diagram, process

from engine.actions import VERB_PARAMETERS
from engine.checks import check_diagram
from engine.diagrams.xml import BPMN, SPIFF
from helpdesk.texts import LETTERS

MODEL = (Path(__file__).parents[1] / "broken" / "dmn" / "usual.dmn").read_bytes()
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
NODES = re.compile(r"(Event|[tT]ask|Gateway|ubProcess|callActivity|transaction)$")


def drawn(inside, *more):
    """A diagram of one process `p` with `inside`, and of other processes and definitions."""
    root = etree.fromstring(diagram(process("p", inside), *more))
    for element in root.iter(f"{{{BPMN}}}process"):
        _add_lane(element)
        for name in ("textAnnotation", "association", "group"):  # the schema wants them last
            element.extend(element.findall(f"{{{BPMN}}}{name}"))
    nodes = [x for x in root.iter(f"{{{BPMN}}}*") if NODES.search(etree.QName(x).localname) and x.get("id")]
    flows = list(root.iter(f"{{{BPMN}}}sequenceFlow"))
    for element in (*nodes, *flows, *root.iter(f"{{{BPMN}}}lane")):
        _add_names(element)
    _add_pictures(root, [x.get("id") for x in (*nodes, *flows)])
    return etree.tostring(root)


def check(data):
    """What publishing says of it."""
    forms = dict.fromkeys(re.findall(r'name="form" value="(\w+)"', data.decode()), frozenset({"answer"}))
    return check_diagram({"p.bpmn": data}, "p", forms=forms, teams={"first_line", "x", "y"}, verbs=VERB_PARAMETERS,
                         letters=LETTERS, decisions={"usual.dmn": MODEL})  # fmt: skip


def _add_lane(element):
    if element.find(f"{{{BPMN}}}laneSet") is not None:
        return
    lanes = etree.Element(f"{{{BPMN}}}laneSet", id=f"{element.get('id')}_lanes")
    lane = etree.SubElement(lanes, f"{{{BPMN}}}lane", id="first_line" if element.get("id") == "p" else "y", name="L")
    for child in element:
        if child.get("id") and NODES.search(etree.QName(child).localname):
            etree.SubElement(lane, f"{{{BPMN}}}flowNodeRef").text = child.get("id")
    element.insert(0, lanes)


def _add_names(element):
    if not element.get("name"):
        element.set("name", element.get("id"))
    extensions = element.find(f"{{{BPMN}}}extensionElements")
    if extensions is None:
        extensions = etree.Element(f"{{{BPMN}}}extensionElements")
        element.insert(0, extensions)
    properties = extensions.find(f"{{{SPIFF}}}properties")
    if properties is None:
        properties = etree.SubElement(extensions, f"{{{SPIFF}}}properties")
    etree.SubElement(properties, f"{{{SPIFF}}}property", name="name.en", value=element.get("id"))


def _add_pictures(root, ids):
    page = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", id="page")
    plane = etree.SubElement(page, f"{{{DI}}}BPMNPlane", id="plane", bpmnElement="p")
    for own in ids:
        shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{own}_shape", bpmnElement=own)
        etree.SubElement(shape, f"{{{DC}}}Bounds", x="1", y="1", width="9", height="9")
