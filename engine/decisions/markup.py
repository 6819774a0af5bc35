"""The XML of a decision model: namespaces of all versions, names of types, texts with their places."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.decisions.errors import BadModel
from engine.decisions.records import Place, Text
from engine.diagrams.errors import BadDiagram
from engine.diagrams.xml import line_of, local_name, safe_root

NAMESPACES = frozenset({
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
    "https://www.omg.org/spec/DMN/20240513/MODEL/",
})
_FEEL = re.compile(r"https?://www\.omg\.org/spec/(FEEL/|DMN/)\w*/?(FEEL/?)?|feel", re.IGNORECASE)


def definitions(data: bytes, *, file: str) -> etree._Element:
    """The root of a model. Raises BadModel when it is not one, or not XML we read."""
    try:
        root = safe_root(data, file=file)
    except BadDiagram as error:
        raise BadModel(**error.facts) from error
    if local_name(root) != "definitions" or namespace_of(root) not in NAMESPACES:
        raise BadModel(file=file, line=line_of(root), reason="this is not a decision model (DMN)")
    return root


def name_of(node: etree._Element, attribute: str = "name") -> str:
    """The name in an attribute, one space between words; "" when there is none."""
    return " ".join((node.get(attribute) or "").split())


def namespace_of(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[0].lstrip("{")


@dataclass(frozen=True, slots=True)
class Markup:
    """One file while it is being read.

    aliases: namespaces of what it imports, with the names they have here. language: of its texts.
    """

    file: str
    aliases: Mapping[str, str]
    own: str
    language: str | None

    def children(self, node: etree._Element, *names: str) -> Iterator[etree._Element]:
        """The children that belong to the standard, of these names or of all."""
        for child in node:
            is_ours = isinstance(child.tag, str) and namespace_of(child) in NAMESPACES
            if is_ours and (not names or local_name(child) in names):
                yield child

    def child(self, node: etree._Element, *names: str) -> etree._Element | None:
        return next(self.children(node, *names), None)

    def place(self, node: etree._Element, element: str | None = None) -> Place:
        """Where a node stands; it is called by its own name or id, else by that of what it stands in."""
        around: etree._Element | None = node
        while element is None and around is not None:
            element = around.get("name") or around.get("id")
            around = around.getparent()
        return Place(file=self.file, line=line_of(node), element=element or "")

    def text(self, node: etree._Element | None) -> Text | None:
        """The text of a literal expression, a cell or a list of values; None when there is none."""
        inner = self.child(node, "text") if node is not None else None
        if node is None or inner is None or not (inner.text or "").strip():
            return None
        language = node.get("expressionLanguage") or self.language
        return Text(place=self.place(inner), text=inner.text or "",
                    language=None if language is None or _FEEL.fullmatch(language) else language)

    def cell(self, node: etree._Element) -> Text:
        """The same, the empty text when there is none."""
        return self.text(node) or Text(place=self.place(node), text="")

    def type_ref(self, node: etree._Element) -> str | None:
        """The name of the type in the attribute or the element `typeRef`."""
        inner = self.child(node, "typeRef")
        written = (node.get("typeRef") or (inner.text if inner is not None else None) or "").strip()
        return self._type_name(node, written) if written else None

    def _type_name(self, node: etree._Element, written: str) -> str:
        found = re.fullmatch(r"\{(?P<address>[^}]*)\}(?P<name>.+)|(?P<prefix>[\w.-]+):(?P<local>[^:]+)", written)
        if found is None:
            return written
        address = found["address"] or node.nsmap.get(found["prefix"] or "")
        name = (found["name"] or found["local"]).strip()
        if address is None:
            return name if found["prefix"] == "feel" else written
        alias = self.aliases.get(address, "")
        return f"{alias}.{name}" if alias and address != self.own else name

    def bad(self, node: etree._Element, reason: str) -> BadModel:
        return BadModel(file=self.file, line=line_of(node), reason=f"{self.place(node).element}: {reason}")
