"""Reading a decision model from its XML: types, nodes of the requirement graph, imports."""

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from engine.decisions.boxes import read_expression, read_function, read_parameters
from engine.decisions.markup import NAMESPACES, Markup, definitions, name_of, namespace_of
from engine.decisions.records import (
    Decision,
    Import,
    InputData,
    Item,
    KnowledgeModel,
    Model,
    Node,
    Service,
)
from engine.diagrams.xml import line_of, local_name

MOST_NODES = 2_000
_REQUIRED = ("requiredInput", "requiredDecision", "requiredKnowledge")


def read_model(data: bytes, *, file: str) -> Model:
    """The model in one file. Raises BadModel with the line where it stops being one."""
    root = definitions(data, file=file)
    plain = Markup(file=file, aliases={}, own=root.get("namespace", ""), language=root.get("expressionLanguage"))
    imports = tuple(_import(plain, one) for one in plain.children(root, "import"))
    markup = Markup(file=file, aliases={one.namespace: one.name for one in imports}, own=plain.own,
                    language=plain.language)
    items: dict[str, Item] = {}
    for node in markup.children(root, "itemDefinition"):
        item = _item(markup, node)
        if item.name in items:
            raise markup.bad(node, "two types have this name")
        items[item.name] = item
    return Model(file=file, name=root.get("name", ""), namespace=plain.own, imports=imports, items=items,
                 nodes=_nodes(markup, root), words=frozenset(_words(root)))


def _words(root: etree._Element) -> Iterator[str]:
    for node in root.iter():
        if namespace_of(node) in NAMESPACES:
            yield from filter(None, (name_of(node), name_of(node, "iteratorVariable")))


def _import(markup: Markup, node: etree._Element) -> Import:
    return Import(place=markup.place(node), name=name_of(node),
                  namespace=node.get("namespace", ""), location=node.get("locationURI"),
                  is_model=node.get("importType", "") in NAMESPACES)


def _item(markup: Markup, node: etree._Element) -> Item:
    name = name_of(node)
    if not name:
        raise markup.bad(node, "a type has no name")
    function = markup.child(node, "functionItem")
    result = function.get("outputTypeRef") if function is not None else None
    return Item(
        place=markup.place(node), name=name, type_ref=markup.type_ref(node),
        components=tuple(_item(markup, one) for one in markup.children(node, "itemComponent")),
        is_collection=node.get("isCollection") in ("true", "1"),
        allowed=markup.text(markup.child(node, "allowedValues")),
        constraint=markup.text(markup.child(node, "typeConstraint")),
        is_function=function is not None,
        parameters=read_parameters(markup, function, "parameters") if function is not None else (),
        result=result,
    )


def _nodes(markup: Markup, root: etree._Element) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    names: dict[str, str] = {}
    for element in markup.children(root, *_KINDS):
        node = _KINDS[local_name(element)](markup, element)
        if node.id in nodes:
            raise markup.bad(element, f"the id {node.id} is also used in line {nodes[node.id].place.line}")
        if names.setdefault(node.name, node.id) != node.id:
            raise markup.bad(element, f"the name is also used in line {nodes[names[node.name]].place.line}")
        nodes[node.id] = node
        if len(nodes) > MOST_NODES:
            raise markup.bad(element, f"more than {MOST_NODES} nodes")
    return nodes


def _basics(markup: Markup, node: etree._Element) -> dict[str, str | None]:
    variable = markup.child(node, "variable")
    known_as = name_of(variable) if variable is not None else ""
    name = name_of(node) or known_as
    if not name:
        raise markup.bad(node, f"the {local_name(node)} has no name")
    return {"id": node.get("id") or f"{name}@{line_of(node)}", "name": name, "variable": known_as or name,
            "type_ref": markup.type_ref(variable) if variable is not None else None}


def _input_data(markup: Markup, node: etree._Element) -> Node:
    return InputData(place=markup.place(node), **_basics(markup, node))  # type: ignore[arg-type]


def _decision(markup: Markup, node: etree._Element) -> Node:
    return Decision(place=markup.place(node), **_basics(markup, node),  # type: ignore[arg-type]
                    requires=_requirements(markup, node), expression=read_expression(markup, node))


def _knowledge(markup: Markup, node: etree._Element) -> Node:
    logic = markup.child(node, "encapsulatedLogic")
    return KnowledgeModel(place=markup.place(node), **_basics(markup, node),  # type: ignore[arg-type]
                          requires=_requirements(markup, node),
                          function=read_function(markup, logic) if logic is not None else None)


def _service(markup: Markup, node: etree._Element) -> Node:
    return Service(place=markup.place(node), **_basics(markup, node),  # type: ignore[arg-type]
                   outputs=_references(markup, node, "outputDecision"),
                   encapsulated=_references(markup, node, "encapsulatedDecision"),
                   input_decisions=_references(markup, node, "inputDecision"),
                   inputs=_references(markup, node, "inputData"))


def _requirements(markup: Markup, node: etree._Element) -> tuple[str, ...]:
    return tuple(reference for one in markup.children(node, "informationRequirement", "knowledgeRequirement")
                 for reference in _references(markup, one, *_REQUIRED))


def _references(markup: Markup, node: etree._Element, *kinds: str) -> tuple[str, ...]:
    return tuple((one.get("href") or "").strip() for one in markup.children(node, *kinds))


_KINDS: Mapping[str, Callable[[Markup, etree._Element], Node]] = {
    "inputData": _input_data, "decision": _decision, "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
}
