"""Small decision models written by hand, for tests."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from engine.decisions.models import Models, Outcome

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def model(*parts: str, name: str = "m", namespace: str = "urn:m", standard: str = NAMESPACE) -> bytes:
    return (f'<definitions xmlns="{standard}" name="{name}" id="{name}" namespace="{namespace}">'
            f'{"".join(parts)}</definitions>').encode()


def text(value: str) -> str:
    return f"<text>{escape(value)}</text>"


def literal(value: str, type_ref: str | None = None) -> str:
    return f"<literalExpression{_type(type_ref)}>{text(value)}</literalExpression>"


def given(name: str, type_ref: str | None = None) -> str:
    """An input data."""
    return f'<inputData id={quoteattr(_id(name))} name={quoteattr(name)}>{variable(name, type_ref)}</inputData>'


def decision(name: str, expression: str, *, needs: Iterable[str] = (), knows: Iterable[str] = (),
             type_ref: str | None = None) -> str:
    """A decision. needs: names of inputs and decisions. knows: names of knowledge models and services."""
    required = "".join(f'<informationRequirement><requiredInput href="#{_id(one)}"/></informationRequirement>'
                       for one in needs)
    return (f'<decision id="{_id(name)}" name={quoteattr(name)}>{variable(name, type_ref)}{required}'
            f"{_knowledge(knows)}{expression}</decision>")


def knowledge(name: str, parameters: Mapping[str, str | None], body: str, *, knows: Iterable[str] = (),
              type_ref: str | None = None) -> str:
    return (f'<businessKnowledgeModel id="{_id(name)}" name={quoteattr(name)}>{variable(name, type_ref)}'
            f"<encapsulatedLogic>{_parameters(parameters)}{body}</encapsulatedLogic>{_knowledge(knows)}"
            f"</businessKnowledgeModel>")


def service(name: str, outputs: Iterable[str], *, inside: Iterable[str] = (), decisions: Iterable[str] = (),
            inputs: Iterable[str] = (), type_ref: str | None = None) -> str:
    parts = (("outputDecision", outputs), ("encapsulatedDecision", inside), ("inputDecision", decisions),
             ("inputData", inputs))
    references = "".join(f'<{kind} href="#{_id(one)}"/>' for kind, names in parts for one in names)
    return f'<decisionService id="{_id(name)}" name={quoteattr(name)}>{variable(name, type_ref)}{references}' \
           f"</decisionService>"


def function(parameters: Mapping[str, str | None], body: str, kind: str = "FEEL") -> str:
    return f'<functionDefinition kind="{kind}">{_parameters(parameters)}{body}</functionDefinition>'


def variable(name: str, type_ref: str | None = None) -> str:
    return f"<variable name={quoteattr(name)}{_type(type_ref)}/>"


def table(policy: str, inputs: Mapping[str, str | None], outputs: Mapping[str, str | None], *rules: str,
          types: Mapping[str, str] | None = None, defaults: Mapping[str, str] | None = None) -> str:
    """A decision table. inputs, outputs: expression or name → allowed values. rules: `cell | cell -> cell | cell`."""
    types, defaults = types or {}, defaults or {}
    policy, _, aggregation = policy.partition(" / ")
    aggregate = f' aggregation="{aggregation}"' if aggregation else ""
    columns = "".join(f"<input><inputExpression{_type(types.get(name))}>{text(name)}</inputExpression>"
                      f"{_values('inputValues', allowed)}</input>" for name, allowed in inputs.items())
    columns += "".join(f"<output name={quoteattr(name)}{_type(types.get(name))}>{_values('outputValues', allowed)}"
                       f"{_values('defaultOutputEntry', defaults.get(name))}</output>"
                       for name, allowed in outputs.items())
    return f'<decisionTable hitPolicy="{policy}"{aggregate}>{columns}{"".join(map(_rule, rules))}</decisionTable>'


def _rule(written: str) -> str:
    tests, _, conclusions = written.partition("->")
    return "<rule>" + "".join(
        f"<{kind}>{text(cell.strip())}</{kind}>"
        for kind, cells in (("inputEntry", tests), ("outputEntry", conclusions)) for cell in cells.split("|")
    ) + "</rule>"


def item(name: str, type_ref: str | None = None, *, allowed: str | None = None, constraint: str | None = None,
         many: bool = False, parts: str = "", tag: str = "itemDefinition") -> str:
    """An item definition, or with tag="itemComponent" a component for `parts` of another."""
    base = f"<typeRef>{escape(type_ref)}</typeRef>" if type_ref else ""
    return (f'<{tag} name={quoteattr(name)} isCollection="{str(many).lower()}">{base}'
            f"{_values('allowedValues', allowed)}{_values('typeConstraint', constraint)}{parts}</{tag}>")


def decide(parts: str | bytes, name: str = "d", **inputs: object) -> Outcome:
    """What a model of these parts decides."""
    data = parts if isinstance(parts, bytes) else model(parts)
    return Models({"m.dmn": data}).decide(name, inputs)


def value(parts: str | bytes, name: str = "d", **inputs: object) -> object:
    return decide(parts, name, **inputs).value


def _id(name: str) -> str:
    return "_" + "".join(sign if sign.isalnum() else "_" for sign in name)


def _type(type_ref: str | None) -> str:
    return f" typeRef={quoteattr(type_ref)}" if type_ref else ""


def _values(tag: str, allowed: str | None) -> str:
    return f"<{tag}>{text(allowed)}</{tag}>" if allowed else ""


def _parameters(parameters: Mapping[str, str | None]) -> str:
    return "".join(f"<formalParameter name={quoteattr(name)}{_type(type_ref)}/>"
                   for name, type_ref in parameters.items())


def _knowledge(names: Iterable[str]) -> str:
    return "".join(f'<knowledgeRequirement><requiredKnowledge href="#{_id(one)}"/></knowledgeRequirement>'
                   for one in names)
