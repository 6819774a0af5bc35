"""A parsed process version: read once, shared by all its instances, never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.diagrams.elements import HOSTS, Element, Flow, Kind, Lane, ProcessReader
from engine.diagrams.errors import BadDiagram
from engine.diagrams.spiff.parsing import parse_specs
from engine.diagrams.xml import bpmn, safe_root

__all__ = ["Bundle", "Element", "Flow", "Kind", "Lane", "parse_bundle"]

MAX_ELEMENTS = 500
# The library has tasks of its own under these names.
RESERVED = frozenset({"Start", "End", "StartEventSplit", "StartEventJoin"})


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
    flow_ids: Mapping[tuple[str, str], str]


def parse_bundle(diagrams: Mapping[str, bytes], process_id: str) -> Bundle:
    """The process `process_id` with everything it calls, out of one or several diagrams by file name.

    Ids must be unique over all the processes that take part. Raises BadDiagram.
    """
    roots = {file: safe_root(data, file=file) for file, data in diagrams.items()}
    readers = _reachable(_processes(roots), process_id)
    elements = _elements(readers.values())
    flows = [flow for reader in readers.values() for flow in reader.flows()]
    _check_conditions(flows, elements)
    used = {reader.file: roots[reader.file] for reader in readers.values()}
    spec, inner = _specs(used, process_id, elements)
    start = next(e for e in elements.values() if e.kind is Kind.START and e.process == process_id and not e.parent)
    return Bundle(
        process_id=process_id,
        elements=elements,
        flows=flows,
        lanes={key: lane for reader in readers.values() for key, lane in reader.lanes.items()},
        start_form=start.properties.get("form"),
        spec=spec,
        inner_specs=inner,
        flow_ids={(flow.source, flow.target): flow.id for flow in reversed(flows)},
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
        if element.kind is Kind.BOUNDARY and (host is None or host.kind not in HOSTS or host.parent != element.parent):
            raise _bad(element, "it must be attached to a task or a subprocess")
    return result


def _check_conditions(flows: Iterable[Flow], elements: Mapping[str, Element]) -> None:
    """The library would pass over a condition anywhere else and let the token go on."""
    for flow in flows:
        source = elements.get(flow.source)
        if flow.condition and source is not None and source.kind is not Kind.EXCLUSIVE:
            raise _bad(source, "only a flow that leaves an exclusive gateway may have a condition")


def _specs(roots: Mapping[str, etree._Element], process_id: str, elements: Mapping[str, Element]) -> Any:
    try:
        return parse_specs(roots, process_id, elements)
    except RecursionError as error:
        raise BadDiagram(file="", line=0, reason="the way through the diagram is too long") from error
    except Exception as error:  # The library raises many things: a missing attribute, a duplicate name, its own.
        element = elements.get(getattr(error, "id", ""))
        file = getattr(error, "file_name", "") or (element.file if element else "")
        line = element.line if element else getattr(error, "line_number", 0) or 0
        raise BadDiagram(
            file=file, line=line, reason=f"{element.id if element else process_id}: {_said(error)}"
        ) from error


def _bad(element: Element, reason: str) -> BadDiagram:
    return BadDiagram(file=element.file, line=element.line, reason=f"{element.id}: {reason}")


def _said(error: Exception) -> str:
    """What the library says, without the dots it adds."""
    return str(error.args[0]).strip(". ") if error.args else type(error).__name__
