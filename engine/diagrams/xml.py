"""Reads XML that a stranger may have written: no DTD, no entities, no network, limits on size and depth."""

import re

from lxml import etree

from engine.diagrams.errors import BadDiagram

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

# The library puts ids into XPath expressions and uses these characters in names of its own.
_PLAIN_ID = re.compile(r"[^\W\d][\w-]*", re.ASCII)


def safe_root(data: bytes, *, file: str = "") -> etree._Element:
    """The root element of an XML document, without comments and processing instructions.

    Raises BadDiagram if it is not well-formed, too big or too deep, or has a DTD.
    """
    if len(data) > MAX_BYTES:
        raise BadDiagram(file=file, line=0, reason=f"the file is larger than {MAX_BYTES} bytes")
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise BadDiagram(file=file, line=line, reason="this is not well-formed XML") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs do not know it
        raise BadDiagram(file=file, line=1, reason="a DTD is not allowed")
    _check_depth(root, file)
    return root


def bpmn(name: str) -> str:
    """The full name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def local_name(node: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def is_bpmn(node: etree._Element) -> bool:
    return str(node.tag).startswith(f"{{{BPMN}}}")


def line_of(node: etree._Element) -> int:
    """The line an element starts on."""
    line = node.sourceline
    return line if isinstance(line, int) else 0


def is_plain_id(text: str) -> bool:
    """Whether `text` may be the id of an element: ASCII letters, digits, "_" and "-", not starting with a digit."""
    return bool(_PLAIN_ID.fullmatch(text)) and len(text) <= 100


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _check_depth(root: etree._Element, file: str) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise BadDiagram(file=file, line=line_of(level[0]), reason=f"elements are nested deeper than {MAX_DEPTH}")
        level = [child for node in level for child in node]
