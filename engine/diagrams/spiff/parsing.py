# mypy: ignore-missing-imports, disallow-subclassing-any=False
"""From the XML to the library's specs, with the elements we allow and nothing else."""

from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from engine.diagrams.elements import Element, Kind
from engine.diagrams.spiff import specs
from engine.diagrams.xml import bpmn


class EventParser(TaskParser):
    """Events take what they wait for from our own reading of the diagram."""

    def create_task(self) -> Any:
        element = self.process_parser.parser.elements[self.bpmn_id]
        extra = {"cancel_activity": element.is_interrupting} if element.kind is Kind.BOUNDARY else {}
        definition = specs.definition_of(element)
        task = self.spec_class(self.spec, self.bpmn_id, event_definition=definition, **extra, **self.bpmn_attributes)
        if element.kind is Kind.START:
            self.spec.start.connect(task)
        elif element.kind is Kind.END:
            task.connect(self.spec.end)
        return task


class DiagramParser(BpmnParser):
    """Knows the elements of `Kind`; everything else is refused by the library's own message."""

    PARSER_CLASSES = {
        bpmn(Kind.START): (EventParser, specs.StartEvent),
        bpmn(Kind.END): (EventParser, specs.EndEvent),
        bpmn(Kind.BOUNDARY): (EventParser, specs.BoundaryEvent),
        bpmn(Kind.CATCH): (EventParser, specs.CatchEvent),
        bpmn(Kind.THROW): (EventParser, specs.ThrowEvent),
        bpmn(Kind.USER_TASK): (TaskParser, specs.UserTask),
        bpmn(Kind.SERVICE_TASK): (TaskParser, specs.ServiceTask),
        bpmn(Kind.EXCLUSIVE): (ConditionalGatewayParser, specs.ExclusiveGateway),
        bpmn(Kind.PARALLEL): (GatewayParser, specs.ParallelGateway),
        bpmn(Kind.SUBPROCESS): (SubWorkflowParser, specs.SubProcess),
        bpmn(Kind.CALL): (CallActivityParser, specs.CallActivity),
    }

    def __init__(self, elements: Mapping[str, Element]) -> None:
        super().__init__(validator=VALIDATOR)
        self.elements = elements

    def get_document_positions(self, root: etree._Element) -> dict[str, Any]:
        """None: where a box stands on the page must not decide which condition is tried first."""
        return {}


def parse_specs(
    roots: Mapping[str, etree._Element], process_id: str, elements: Mapping[str, Element]
) -> tuple[Any, dict[str, Any]]:
    """The spec of a process and those of everything it calls or contains, by process id.

    roots: lose their extension elements; we have read them, and the library takes ids in them for those of elements.
    """
    parser = DiagramParser(elements)
    for file, root in roots.items():
        etree.strip_elements(root, bpmn("extensionElements"), with_tail=False)
        parser.add_bpmn_xml(root, file)
    spec = parser.get_spec(process_id)
    inner = parser.get_subprocess_specs(process_id)
    for process in (spec, *inner.values()):
        for task_spec in process.task_specs.values():
            if isinstance(task_spec, specs.Drawn):
                task_spec.element = elements[task_spec.bpmn_id]
    return spec, inner
