"""A parsed process version: read once, shared by all its instances, never changed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from engine.diagrams.elements import HOSTS, Element, Flow, Kind, Lane
from engine.diagrams.errors import BadDiagram
from engine.diagrams.reading import ProcessReader
from engine.diagrams.spiff.building import build_specs
from engine.diagrams.xml import bpmn, safe_root

__all__ = ["Bundle", "Element", "Flow", "Kind", "Lane", "parse_bundle"]

MAX_ELEMENTS = 500
# The library has tasks of its own under these names.
RESERVED = frozenset({"Start", "End", "StartEventSplit", "StartEventJoin"})
CHOOSING = frozenset({Kind.EXCLUSIVE, Kind.INCLUSIVE})


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A process and everything it calls.

    elements, flows and lanes are those of all the processes; spec and inner_specs belong to the library.
    """

    process_id: str
    elements: Mapping[str, Element]
    flows: list[Flow]
    lanes: Mapping[str, Lane]
    start_form: str | None
    spec: Any
    inner_specs: Mapping[str, Any]
    has_inclusive: bool


def parse_bundle(diagrams: Mapping[str, bytes], process_id: str) -> Bundle:
    """The process `process_id` with everything it calls, out of one or several diagrams by file name.

    Ids must be unique over all the processes that take part. Raises BadDiagram.
    """
    roots = {file: safe_root(data, file=file) for file, data in diagrams.items()}
    readers = _reachable(_processes(roots), process_id)
    elements = _elements(readers.values())
    flows = [flow for reader in readers.values() for flow in reader.flows()]
    _check_conditions(flows, elements)
    for file in sorted({reader.file for reader in readers.values()}):
        _check_schema(file, roots[file])
    spec, inner = build_specs(process_id, elements, flows)
    start = next(e for e in elements.values() if e.kind is Kind.START and e.process == process_id and not e.parent)
    return Bundle(
        process_id=process_id,
        elements=elements,
        flows=flows,
        lanes={key: lane for reader in readers.values() for key, lane in reader.lanes.items()},
        start_form=start.properties.get("form"),
        spec=spec,
        inner_specs=inner,
        has_inclusive=any(element.kind is Kind.INCLUSIVE for element in elements.values()),
    )


def _processes(roots: Mapping[str, etree._Element]) -> dict[str, ProcessReader]:
    result: dict[str, ProcessReader] = {}
    for file, root in roots.items():
        for node in root.iter(bpmn("process")):
            reader = ProcessReader(node, file=file)
            if reader.process_id in result:
                raise BadDiagram(file=file, line=node.sourceline, reason=f"two processes are {reader.process_id}")
            result[reader.process_id] = reader
    return result


def _reachable(processes: Mapping[str, ProcessReader], process_id: str) -> dict[str, ProcessReader]:
    """The process and what it calls, refusing calls that come back to where they started."""
    result: dict[str, ProcessReader] = {}

    def visit(wanted: str, path: tuple[str, ...], caller: Element | None) -> None:
        place: dict[str, object] = {"file": caller.file if caller else "", "line": caller.line if caller else 0}
        if wanted in path:
            raise BadDiagram(**place, reason=f"the process {wanted} calls itself")
        if wanted in result:
            return
        if wanted not in processes:
            raise BadDiagram(**place, reason=f"there is no process {wanted}")
        result[wanted] = processes[wanted]
        if len(path) > 20:
            raise BadDiagram(**place, reason="processes call each other more than 20 deep")
        for element in processes[wanted].elements():
            if element.kind is Kind.CALL:
                visit(element.called or "", (*path, wanted), element)

    visit(process_id, (), None)
    return result


def _elements(readers: Iterable[ProcessReader]) -> dict[str, Element]:
    result: dict[str, Element] = {}
    for reader in readers:
        for element in reader.elements():
            if element.id in RESERVED:
                raise _bad(element, "this id is reserved")
            if element.id in result:
                raise _bad(element, f"the id is also used in {result[element.id].file}, line {result[element.id].line}")
            result[element.id] = element
            if len(result) > MAX_ELEMENTS:
                raise _bad(element, f"more than {MAX_ELEMENTS} elements")
    for element in result.values():
        host = result.get(element.attached_to or "")
        is_host = host is not None and host.kind in HOSTS and not host.is_started_by_event
        if element.kind is Kind.BOUNDARY and not (host and is_host and host.parent == element.parent):
            raise _bad(element, "it must be attached to a task or a subprocess")
    return result


def _check_conditions(flows: Iterable[Flow], elements: Mapping[str, Element]) -> None:
    """A condition anywhere else would be passed over."""
    ways = Counter(flow.source for flow in flows)
    for flow in flows:
        source = elements.get(flow.source)
        if source is None:
            continue
        if flow.condition and source.kind not in CHOOSING | HOSTS:
            raise _bad(source, "only a flow that leaves a gateway that chooses, or a step, may have a condition")
        if source.kind in CHOOSING and ways[source.id] > 1 and not flow.condition and not flow.is_default:
            raise _bad(source, f"the flow {flow.id} has no condition and is not the default")


def _check_schema(file: str, root: etree._Element) -> None:
    """The standard's own schema; what we know of the extensions is read from them already."""
    etree.strip_elements(root, bpmn("extensionElements"), with_tail=False)
    try:
        VALIDATOR.validate(root, file)
    except ValidationException as error:
        line = getattr(error, "line_number", 0) or 0
        raise BadDiagram(file=file, line=line, reason=str(error.args[0]).strip(". ")) from error


def _bad(element: Element, reason: str) -> BadDiagram:
    return BadDiagram(file=element.file, line=element.line, reason=f"{element.id}: {reason}")
