"""What begins with a word or sign of its own: brackets, contexts, conditions, loops, functions, literals with @."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from feel import temporal
from feel.errors import NullError, RefusedError
from feel.grammar import nodes
from feel.grammar.kinds import read_kind
from feel.grammar.lexer import Token
from feel.grammar.nodes import Node
from feel.grammar.words import Known
from feel.types import ANY, Type

if TYPE_CHECKING:
    from feel.grammar.parser import Parser

Form: TypeAlias = Callable[["Parser", Token], Node]


def round_bracket(parser: "Parser", word: Token) -> Node:
    if parser.skip("="):
        point = parser.compared()
        parser.expect(")")
        return nodes.Interval(word.at, point, point, True, True)
    node = parser.inner()
    if parser.sees(".."):
        return parser.interval(word.at, "(", node)
    parser.expect(")")
    return node


def square_bracket(parser: "Parser", word: Token) -> Node:
    if parser.skip("]"):
        return nodes.Listing(word.at, ())
    items = [parser.inner()]
    if parser.sees(".."):
        return parser.interval(word.at, "[", items[0])
    while parser.skip(","):
        items.append(parser.inner())
    parser.expect("]")
    return nodes.Listing(word.at, tuple(items))


def outward_bracket(parser: "Parser", word: Token) -> Node:
    return parser.interval(word.at, "]", parser.inner())


def context(parser: "Parser", word: Token) -> Node:
    entries: dict[str, Node] = {}
    known, flaw = Known(), None
    parser.scopes.append(known)
    while not parser.skip("}"):
        if entries:
            parser.expect(",")
        at, name = parser.word.at, _key(parser)
        if not parser.sees(":"):
            raise parser.wrong("':' was expected here; a name of several words stands in quotes.")
        parser.take()
        if name in entries:
            flaw = flaw or parser.flawed(RefusedError(f"The entry {name!r} is there twice.", at))
        entries[name] = parser.inner()
        known.add(name)
        parser.members.add(name)
    parser.scopes.pop()
    return flaw or nodes.Context(word.at, tuple(entries.items()))


def _key(parser: "Parser") -> str:
    if parser.word.kind == "string":
        return str(parser.take().value)
    start = parser.next
    name = parser.written(":")
    if name is not None:
        return name
    parser.next = start
    key = parser.take()
    if key.kind not in ("name", "keyword"):
        raise RefusedError("A name was expected here.", key.at)
    return key.text


def negation(parser: "Parser", word: Token) -> Node:
    return nodes.Negate(word.at, parser.expression(_NEGATE - 1))


def constant(parser: "Parser", word: Token) -> Node:
    return nodes.Literal(word.at, {"true": True, "false": False, "null": None}[word.text])


def literal(parser: "Parser", word: Token) -> Node:
    """What begins with @: a date, a time, both, or a duration."""
    text = parser.take()
    if text.kind != "string":
        raise RefusedError("A text was expected after '@'.", text.at)
    try:
        value = temporal.read_literal(text.value)
    except NullError as error:
        return parser.flawed(RefusedError(str(error), word.at))
    if value is None:
        return parser.flawed(RefusedError(f"{text.value[:40]!r} is not a date, a time or a duration.", word.at))
    return nodes.Literal(word.at, value)


def half_range(parser: "Parser", word: Token) -> Node:
    end = parser.compared()
    touches = word.text in ("<=", ">=")
    if word.text in ("<", "<="):
        return nodes.Interval(word.at, None, end, False, touches)
    return nodes.Interval(word.at, end, None, touches, False)


def condition(parser: "Parser", word: Token) -> Node:
    asked = parser.inner()
    parser.expect("then")
    then = parser.inner()
    parser.expect("else")
    return nodes.If(word.at, asked, then, parser.expression())


def _sources(parser: "Parser") -> tuple[nodes.Source, ...]:
    """The sources of a loop; leaves the names they give known, one scope for each."""
    sources = []
    while True:
        at, name = parser.word.at, parser.new_name("in")
        parser.expect("in")
        items = parser.compared()
        until = parser.compared() if parser.skip("..") else None
        source = nodes.Source(at, name, items, until)
        parser.counted(source)
        sources.append(source)
        parser.scopes.append(Known((name,)))
        if not parser.skip(","):
            return tuple(sources)


def loop(parser: "Parser", word: Token) -> Node:
    sources = _sources(parser)
    parser.expect("return")
    result = parser.expression()
    del parser.scopes[-len(sources):]
    return nodes.For(word.at, sources, result)


def quantified(parser: "Parser", word: Token) -> Node:
    sources = _sources(parser)
    parser.expect("satisfies")
    asked = parser.expression()
    del parser.scopes[-len(sources):]
    return nodes.Quantified(word.at, word.text == "every", sources, asked)


def function(parser: "Parser", word: Token) -> Node:
    parser.expect("(")
    parameters: dict[str, Type] = {}
    flaw: Node | None = None
    while not parser.skip(")"):
        if parameters:
            parser.expect(",")
        name, kind = parser.new_name(":", ",", ")"), ANY
        if parser.skip(":"):
            at, found = parser.word.at, read_kind(parser)
            kind = found or ANY
            flaw = flaw or (None if found else parser.flawed(RefusedError("There is no such type.", at)))
        if name in parameters:
            flaw = flaw or parser.flawed(RefusedError("A parameter is there twice.", word.at))
        parameters[name] = kind
    is_foreign = parser.sees("external")
    if is_foreign:
        flaw = parser.flawed(parser.wrong("Functions from outside are not allowed."))
        parser.take()
    body = parser.within(parameters, parser.expression)
    return flaw or nodes.Function(word.at, tuple(parameters), tuple(parameters.values()), body)


_NEGATE = 7  # the strength of a minus sign before a value, see the parser
PREFIXES: dict[str, Form] = {
    "-": negation, "(": round_bracket, "[": square_bracket, "]": outward_bracket, "{": context, "@": literal,
    "true": constant, "false": constant, "null": constant, "<": half_range, "<=": half_range, ">": half_range,
    ">=": half_range, "if": condition, "for": loop, "some": quantified, "every": quantified, "function": function,
}
