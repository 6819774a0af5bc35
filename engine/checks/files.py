"""What must be true of the files before anything drawn in them is looked at: XML, size, depth, ids."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.checks.drawing import BPMN, DI, FLOW_NODES, Drawn, Package, Process, read_processes
from engine.checks.findings import Finding, found
from engine.diagrams.errors import BadDiagram
from engine.diagrams.xml import MAX_BYTES, MAX_DEPTH, is_plain_id, line_of, local_name, safe_root

MAX_ELEMENTS = 500  # nodes and flows of one file; beyond that the engine's parser recurses too deep
RESERVED_IDS = frozenset({"Start", "End", "Root"})  # names of the engine's own steps
MAX_CALLS = 10  # processes that call processes that call…
NAMED = FLOW_NODES | {"process", "sequenceFlow", "lane"}
DEFINITIONS = frozenset({"error", "escalation", "message", "signal"})


def read_files(diagrams: Mapping[str, bytes]) -> tuple[dict[str, etree._Element], list[Finding]]:
    """The readable files as trees, and why the others are refused."""
    roots: dict[str, etree._Element] = {}
    findings: list[Finding] = []
    for file, data in sorted(diagrams.items()):
        rule = _refused_bytes(data)
        if rule:
            findings.append(Finding(file, "", 0, rule, {"name": file}))
            continue
        try:
            roots[file] = safe_root(data)
        except BadDiagram:
            findings.append(_refused_tree(file, data))
    return roots, findings


def _refused_bytes(data: bytes) -> str | None:
    """The rule that refuses the bytes as such, so that a person hears more than "not XML"."""
    if len(data) > MAX_BYTES:
        return "file_too_big"
    if b"<!ENTITY" in data:
        return "entity"
    return "doctype" if b"<!DOCTYPE" in data else None


def _refused_tree(file: str, data: bytes) -> Finding:
    """Why a file of an allowed size and without a DTD could not be read, and where."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        deep = _first_too_deep(etree.fromstring(data, parser))
    except (etree.XMLSyntaxError, ValueError) as error:
        return Finding(file, "", int(getattr(error, "lineno", 0) or 0), "not_xml", {"name": file})
    if deep is None:
        return Finding(file, "", 1, "doctype", {"name": file})
    return Finding(file, deep.get("id") or "", line_of(deep), "too_deep", {"limit": str(MAX_DEPTH)})


def check_file(file: str, root: etree._Element) -> Iterator[Finding]:
    """The limits of one file and its ids. The ids decide whether anything else can be checked."""
    if root.tag != f"{BPMN}definitions":
        yield Finding(file, "", 1, "not_a_diagram", {"name": file})
        return
    drawn = [x for x in root.iter(f"{BPMN}*") if local_name(x) in FLOW_NODES or local_name(x) == "sequenceFlow"]
    if len(drawn) > MAX_ELEMENTS:
        facts = {"name": file, "count": str(len(drawn)), "limit": str(MAX_ELEMENTS)}
        yield Finding(file, "", 0, "too_many_elements", facts)
    yield from _check_ids(file, root)


def _first_too_deep(root: etree._Element) -> etree._Element | None:
    level, depth = [root], 1
    while level and depth <= MAX_DEPTH:
        level, depth = [child for x in level for child in x.iterchildren("*")], depth + 1
    return level[0] if level else None


def _check_ids(file: str, root: etree._Element) -> Iterator[Finding]:
    """Ids are unique among the elements of BPMN and of the picture; extensions have ids of their own kind."""
    seen: set[str] = set()
    for element in root.iter(f"{BPMN}*", f"{DI}*"):
        own = element.get("id")
        is_named = str(element.tag).startswith(BPMN) and local_name(element) in NAMED
        if own in seen:
            yield found("duplicate_id", Drawn(file, element), id=own)
        elif is_named and (not own or not is_plain_id(own)):
            yield found("bad_id", Drawn(file, element), id=own or "")
        elif is_named and own in RESERVED_IDS:
            yield found("reserved_id", Drawn(file, element), id=own)
        if own:
            seen.add(own)


def gather(roots: Mapping[str, etree._Element], process_id: str) -> tuple[Package | None, list[Finding]]:
    """The process and all it calls. None when there is no such process, or its calls go round in a circle."""
    processes = read_processes(roots)
    main = processes.get(process_id)
    if main is None:
        return None, [Finding(file, "", 0, "no_such_process", {"id": process_id}) for file in sorted(roots)[:1]]
    called: dict[str, Process] = {}
    findings = list(_follow_calls(processes, main, (process_id,), called))
    return Package(roots, main, called), findings


def _follow_calls(
    processes: Mapping[str, Process], caller: Process, path: tuple[str, ...], called: dict[str, Process]
) -> Iterator[Finding]:
    for node in caller.nodes():
        if node.kind != "callActivity":
            continue
        target = node.xml.get("calledElement") or ""
        if len(path) > MAX_CALLS:
            yield found("calls_too_deep", node, limit=MAX_CALLS)
        elif target in path:
            yield found("recursive_call", node, process=target)
        elif target not in processes:
            yield found("unknown_process", node, process=target)
        elif target not in called:
            called[target] = processes[target]
            yield from _follow_calls(processes, processes[target], (*path, target), called)


def check_package(package: Package) -> Iterator[Finding]:
    """Each process may be run, and no id means two things in two files."""
    for process in package.processes:
        if process.xml.get("isExecutable") != "true":
            yield found("not_executable", process)
    first: dict[str, tuple[str, etree._Element]] = {}
    for file in package.files():
        for element in package.roots[file].iter(f"{BPMN}*"):
            own = element.get("id") or ""
            if own and _is_shared(element):
                earlier, twin = first.setdefault(own, (file, element))
                if earlier != file and not _is_same_definition(element, twin):
                    yield found("duplicate_id", Drawn(file, element), id=own)


def _is_same_definition(one: etree._Element, other: etree._Element) -> bool:
    """Two files may define the same error, escalation or message, each for itself."""
    return local_name(one) in DEFINITIONS and one.tag == other.tag and one.items() == other.items()


def _is_shared(element: etree._Element) -> bool:
    """Whether the engine knows the element by its id alone, whatever file it stands in."""
    kind = local_name(element)
    return kind in FLOW_NODES or kind in DEFINITIONS or kind in {"process", "sequenceFlow"}
