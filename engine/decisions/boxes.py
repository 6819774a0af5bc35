"""Reading boxed expressions from XML: literal expressions, tables, contexts and what can be nested in them."""

from collections.abc import Callable, Mapping

from lxml import etree

from engine.decisions.errors import BadModel
from engine.decisions.markup import Markup, name_of
from engine.decisions.records import (
    Conditional,
    Context,
    Entry,
    Expression,
    Filter,
    Function,
    Input,
    Invocation,
    Iteration,
    Listing,
    Literal,
    Missing,
    Output,
    Parameter,
    Relation,
    Rule,
    Table,
    Text,
)
from engine.diagrams.xml import local_name

POLICIES = {"UNIQUE": "U", "ANY": "A", "PRIORITY": "P", "FIRST": "F", "RULE ORDER": "R", "OUTPUT ORDER": "O",
            "COLLECT": "C"}
AGGREGATIONS = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}


def read_expression(markup: Markup, around: etree._Element) -> Expression:
    """The boxed expression that stands in `around`; a Missing one when there is none."""
    node = markup.child(around, *_READERS)
    return Missing(place=markup.place(around)) if node is None else _read(markup, node)


def _read(markup: Markup, node: etree._Element) -> Expression:
    """One that is not as it has to be is missing too, and says why: it does not take the others with it."""
    try:
        return _READERS[local_name(node)](markup, node)
    except BadModel as error:
        return Missing(place=markup.place(node), reason=error.reason)


def read_function(markup: Markup, node: etree._Element) -> Function:
    """A function definition, also the encapsulated logic of a knowledge model."""
    return Function(place=markup.place(node), type_ref=markup.type_ref(node), kind=node.get("kind", "FEEL"),
                    parameters=read_parameters(markup, node, "formalParameter"), body=read_expression(markup, node))


def read_parameters(markup: Markup, node: etree._Element, kind: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name=_name(markup, one), type_ref=markup.type_ref(one))
                 for one in markup.children(node, kind))


def _name(markup: Markup, node: etree._Element) -> str:
    name = name_of(node)
    if not name:
        raise markup.bad(node, f"the {local_name(node)} has no name")
    return name


def _literal(markup: Markup, node: etree._Element) -> Expression:
    text, place = markup.text(node), markup.place(node)
    if markup.child(node, "importedValues") is not None:
        return Missing(place=place, reason="values imported from elsewhere are not read")
    return Missing(place=place) if text is None else Literal(place=place, type_ref=markup.type_ref(node), text=text)


def _context(markup: Markup, node: etree._Element) -> Expression:
    return Context(place=markup.place(node), type_ref=markup.type_ref(node),
                   entries=tuple(_entry(markup, one, "variable") for one in markup.children(node, "contextEntry")))


def _entry(markup: Markup, node: etree._Element, naming: str) -> Entry:
    variable = markup.child(node, naming)
    return Entry(name=None if variable is None else _name(markup, variable),
                 type_ref=None if variable is None else markup.type_ref(variable),
                 value=read_expression(markup, node))


def _listing(markup: Markup, node: etree._Element) -> Listing:
    items = tuple(_read(markup, one) for one in markup.children(node, *_READERS))
    return Listing(place=markup.place(node), type_ref=markup.type_ref(node), items=items)


def _relation(markup: Markup, node: etree._Element) -> Expression:
    columns = tuple((_name(markup, one), markup.type_ref(one)) for one in markup.children(node, "column"))
    rows = tuple(_listing(markup, one) for one in markup.children(node, "row"))
    for row in rows:
        if len(row.items) != len(columns):
            raise markup.bad(node, f"a row has {len(row.items)} values under {len(columns)} columns")
    return Relation(place=markup.place(node), type_ref=markup.type_ref(node), columns=columns, rows=rows)


def _invocation(markup: Markup, node: etree._Element) -> Expression:
    bindings = tuple(_entry(markup, one, "parameter") for one in markup.children(node, "binding"))
    if any(one.name is None for one in bindings):
        raise markup.bad(node, "a binding has no parameter")
    return Invocation(place=markup.place(node), type_ref=markup.type_ref(node),
                      function=read_expression(markup, node), bindings=bindings)


def _conditional(markup: Markup, node: etree._Element) -> Expression:
    return Conditional(place=markup.place(node), type_ref=markup.type_ref(node), condition=_part(markup, node, "if"),
                       then=_part(markup, node, "then"), otherwise=_part(markup, node, "else"))


def _filter(markup: Markup, node: etree._Element) -> Expression:
    return Filter(place=markup.place(node), type_ref=markup.type_ref(node), items=_part(markup, node, "in"),
                  match=_part(markup, node, "match"))


def _iteration(markup: Markup, node: etree._Element) -> Expression:
    variable = name_of(node, "iteratorVariable")
    if not variable:
        raise markup.bad(node, "the iteration has no variable")
    return Iteration(place=markup.place(node), type_ref=markup.type_ref(node), kind=local_name(node),
                     variable=variable, items=_part(markup, node, "in"),
                     body=_part(markup, node, "return", "satisfies"))


def _part(markup: Markup, node: etree._Element, *names: str) -> Expression:
    part = markup.child(node, *names)
    return Missing(place=markup.place(node)) if part is None else read_expression(markup, part)


# Tables


def _table(markup: Markup, node: etree._Element) -> Expression:
    inputs = tuple(_input(markup, one) for one in markup.children(node, "input"))
    outputs = tuple(_output(markup, one) for one in markup.children(node, "output"))
    if not outputs:
        raise markup.bad(node, "the decision table has no output")
    if len(outputs) > 1 and not all(one.name for one in outputs):
        raise markup.bad(node, "each of several outputs needs a name")
    rules = tuple(_rule(markup, one) for one in markup.children(node, "rule"))
    for rule in rules:
        if (len(rule.tests), len(rule.conclusions)) != (len(inputs), len(outputs)):
            raise markup.bad(node, f"a rule has {len(rule.tests)} conditions and {len(rule.conclusions)} conclusions "
                                   f"under {len(inputs)} inputs and {len(outputs)} outputs")
    return Table(place=markup.place(node), type_ref=markup.type_ref(node), policy=_policy(markup, node),
                 inputs=inputs, outputs=outputs, rules=rules)


def _policy(markup: Markup, node: etree._Element) -> str:
    written, aggregation = node.get("hitPolicy", "UNIQUE"), node.get("aggregation")
    if written not in POLICIES or (aggregation is not None and aggregation not in AGGREGATIONS):
        raise markup.bad(node, f"there is no hit policy {written} {aggregation or ''}".rstrip())
    policy = POLICIES[written]
    return policy + AGGREGATIONS[aggregation] if aggregation and policy == "C" else policy


def _input(markup: Markup, node: etree._Element) -> Input:
    expression = markup.child(node, "inputExpression")
    if expression is None:
        raise markup.bad(node, "an input has no expression")
    return Input(place=markup.place(node), expression=markup.cell(expression), type_ref=markup.type_ref(expression),
                 allowed=markup.text(markup.child(node, "inputValues")))


def _output(markup: Markup, node: etree._Element) -> Output:
    return Output(place=markup.place(node), name=name_of(node) or None,
                  type_ref=markup.type_ref(node), allowed=markup.text(markup.child(node, "outputValues")),
                  default=markup.text(markup.child(node, "defaultOutputEntry")))


def _rule(markup: Markup, node: etree._Element) -> Rule:
    return Rule(place=markup.place(node), tests=_cells(markup, node, "inputEntry"),
                conclusions=_cells(markup, node, "outputEntry"))


def _cells(markup: Markup, node: etree._Element, kind: str) -> tuple[Text, ...]:
    return tuple(markup.cell(one) for one in markup.children(node, kind))


_READERS: Mapping[str, Callable[[Markup, etree._Element], Expression]] = {
    "literalExpression": _literal, "decisionTable": _table, "context": _context, "list": _listing,
    "relation": _relation, "invocation": _invocation, "functionDefinition": read_function,
    "conditional": _conditional, "filter": _filter, "for": _iteration, "some": _iteration, "every": _iteration,
}
