"""Reading a type: number, list<string>, context<a: number>, function<number, string -> boolean>, range<date>."""

from typing import TYPE_CHECKING

from feel import limits
from feel.errors import RefusedError
from feel.grammar.words import Known, Words
from feel.types import ANY, BY_NAME, Type, context_of, function_of, list_of, range_of

if TYPE_CHECKING:
    from feel.grammar.parser import Parser

_KNOWN = Known(BY_NAME)


def read_kind(parser: "Parser", depth: int = 0) -> Type | None:
    """The type that is written here; None when it is the name of none."""
    if depth > limits.DEPTH:
        raise parser.wrong(f"The type is nested more than {limits.DEPTH} levels deep.")
    own = Known(parser.types).longest(parser.words, parser.next)
    length, name = max(own, _KNOWN.longest(parser.words, parser.next), key=lambda found: found[0])
    if not length:
        _unknown(parser)
        return None
    parser.next += length
    kind = parser.types[name] if own[0] == length else BY_NAME[name]
    if parser.sees("<") and kind.kind in _PARTS and kind in BY_NAME.values():
        parser.take()
        return _PARTS[kind.kind](parser, depth + 1)
    return kind


def _unknown(parser: Words) -> None:
    if parser.word.kind not in ("name", "keyword"):
        raise parser.wrong(f"A type was expected here, not {parser.shown()}.")
    parser.take()
    while parser.word.kind == "name" or parser.sees("."):
        parser.take()


def _part(parser: "Parser", depth: int) -> Type:
    at = parser.word.at
    kind = read_kind(parser, depth)
    if kind is None:
        raise RefusedError("There is no such type.", at)
    return kind


def _list(parser: "Parser", depth: int) -> Type:
    kind = list_of(_part(parser, depth))
    parser.expect(">")
    return kind


def _range(parser: "Parser", depth: int) -> Type:
    kind = range_of(_part(parser, depth))
    parser.expect(">")
    return kind


def _context(parser: "Parser", depth: int) -> Type:
    entries: dict[str, Type] = {}
    while not parser.skip(">"):
        if entries:
            parser.expect(",")
        name = parser.new_name(":")
        parser.expect(":")
        entries[name] = _part(parser, depth)
    return context_of(entries)


def _function(parser: "Parser", depth: int) -> Type:
    """`function<A, B> -> C`, or `function<A, B -> C>`; without a result any is meant."""
    parameters: list[Type] = []
    while not parser.sees(">", "->"):
        if parameters:
            parser.expect(",")
        parameters.append(_part(parser, depth))
    is_inside = parser.skip("->")
    result = _part(parser, depth) if is_inside else ANY
    parser.expect(">")
    if not is_inside and parser.skip("->"):
        result = _part(parser, depth)
    return function_of(tuple(parameters), result)


_PARTS = {"list": _list, "range": _range, "context": _context, "function": _function}
