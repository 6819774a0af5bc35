"""From words to nodes: a parser by strength of binding, bounded in depth and size."""

from collections.abc import Callable

from feel import limits, nodes, temporal
from feel.errors import RefusedError
from feel.lexer import Token, Words
from feel.nodes import Node

# How strongly operators bind, weakest first.
OR, AND, COMPARE, ADD, MULTIPLY, POWER, NEGATE, INSTANCE = 1, 2, 3, 4, 5, 6, 7, 8
BINDING = {
    "or": OR, "and": AND, "=": COMPARE, "!=": COMPARE, "<": COMPARE, "<=": COMPARE, ">": COMPARE, ">=": COMPARE,
    "in": COMPARE, "between": COMPARE, "+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER,
    "instance": INSTANCE,
}
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
KINDS = ("string", "number", "boolean", "date", "time", "date and time", "days and time duration",
         "years and months duration", "list", "context", "range", "function", "Any", "Null")
SPACED_PARTS = {"time": "offset", "start": "included", "end": "included"}


class Parser(Words):
    """One pass over the words of one text.

    functions: the names a call may have; those of several words are known only from here.
    """

    def __init__(self, text: str, functions: frozenset[str]) -> None:
        super().__init__(text)
        self.depth = 0
        self.count = 0
        self.functions = functions
        self.ends_range = False  # whether a "[" here may close a range

    def whole(self) -> Node:
        node = self.expression()
        if self.word.kind != "end":
            raise self.wrong(f"{self.shown()} was not expected here.")
        return node

    def counted(self, node: Node) -> Node:
        self.count += 1
        if self.count > limits.NODES:
            raise RefusedError(f"The expression has more than {limits.NODES} parts.", node.at)
        return node

    # Expressions

    def expression(self, strength: int = 0) -> Node:
        """An expression whose operators bind more strongly than `strength`."""
        self.depth += 1
        if self.depth > limits.DEPTH:
            raise self.wrong(f"The expression is nested more than {limits.DEPTH} levels deep.")
        left = self.postfix(self.prefix())
        while True:
            word = self.word
            binding = BINDING.get(word.text, 0) if word.kind in ("sign", "keyword") else 0
            if binding <= strength:
                break
            left = self.counted(self.infix(left, word, binding))
        self.depth -= 1
        return left

    def infix(self, left: Node, word: Token, binding: int) -> Node:
        if binding == AND:
            return nodes.And(left.at, self.chain(left, "and", AND))
        if binding == OR:
            return nodes.Or(left.at, self.chain(left, "or", OR))
        if binding in (ADD, MULTIPLY, POWER):
            return self.arithmetic(left, binding)
        self.take()
        if word.text == "between":
            low = self.expression(COMPARE)
            self.expect("and")
            return nodes.Between(left.at, left, low, self.expression(COMPARE))
        if word.text == "in":
            return nodes.In(left.at, left, self.tests())
        if word.text == "instance":
            self.expect("of")
            return nodes.InstanceOf(left.at, left, self.kind())
        return nodes.Comparison(word.at, word.text, left, self.expression(COMPARE))

    def chain(self, first: Node, operator: str, binding: int) -> tuple[Node, ...]:
        terms = [first]
        while self.skip(operator):
            terms.append(self.expression(binding))
        return tuple(terms)

    def arithmetic(self, first: Node, binding: int) -> Node:
        rest = []
        while self.word.kind == "sign" and BINDING.get(self.word.text) == binding:
            operator = self.take().text
            rest.append((operator, self.expression(binding)))
        return nodes.Arithmetic(first.at, first, tuple(rest))

    def tests(self) -> tuple[nodes.Test, ...]:
        """What follows `in`: one test, or several in round brackets."""
        opening = self.word
        if not self.skip("("):
            return (self.test(self.compared),)
        tests = [self.test(self.inner)]
        if len(tests) == 1 and tests[0].operator == "in" and self.sees(".."):
            interval = self.interval(opening.at, "(", tests[0].operand)
            return (nodes.Test(opening.at, "in", self.counted(interval)),)
        while self.skip(","):
            tests.append(self.test(self.inner))
        self.expect(")")
        if self.sees(".", "[", "(") or BINDING.get(self.word.text, 0) > COMPARE:
            raise self.wrong(f"{self.shown()} was not expected after the tests of 'in'.")
        return tuple(tests)

    def test(self, reading: Callable[[], Node]) -> nodes.Test:
        word = self.word
        if self.sees(*COMPARISONS):
            return nodes.Test(word.at, self.take().text, self.compared())
        return nodes.Test(word.at, "in", reading())

    def compared(self) -> Node:
        return self.expression(COMPARE)

    def kind(self) -> str:
        at, words = self.word.at, [self.take().text]
        while " ".join(words) not in KINDS or self.kind_goes_on(words):
            if len(words) > 4 or self.word.kind not in ("name", "keyword"):
                raise RefusedError(f"There is no type {' '.join(words)!r} here.", at)
            words.append(self.take().text)
        if self.sees("<"):
            raise self.wrong("Types with parts, like list<number>, are not known yet.")
        return " ".join(words)

    def kind_goes_on(self, words: list[str]) -> bool:
        following = self.words[self.next:self.next + 2]
        return words == ["date"] and [word.text for word in following] == ["and", "time"]

    # What stands first

    def prefix(self) -> Node:
        word = self.word
        if word.kind in ("number", "string"):
            self.take()
            return self.counted(nodes.Literal(word.at, word.value))
        if word.kind == "name":
            return self.counted(self.named())
        reading = _PREFIXES.get(word.text) if word.kind in ("sign", "keyword") else None
        is_lonely = word.text == "]" and self.words[self.next + 1].kind == "end"
        if reading is None or is_lonely:
            raise self.wrong("A value was expected here." if word.kind == "end" else
                             f"A value was expected here, not {self.shown()}.")
        self.take()
        return self.counted(reading(self, word))

    def named(self) -> Node:
        """A name, or a call of a function, whose name may have several words."""
        word = self.word
        length, text = self.function_name()
        if length:
            self.next += length
            return self.call(word.at, text)
        self.take()
        if self.sees("("):
            return self.call(word.at, word.text)
        if self.word.kind == "name":
            raise self.wrong(f"{self.shown()} was not expected after {word.text!r}; "
                             "names of several words belong to built-in functions only.")
        return nodes.Name(word.at, word.text)

    def function_name(self) -> tuple[int, str]:
        """The longest name of a known function that stands here before a bracket, and its count of words."""
        longest, words = (0, ""), list[str]()
        for length, word in enumerate(self.words[self.next:self.next + 6], 1):
            if word.kind not in ("name", "keyword"):
                if word.text == "(" and word.kind == "sign" and " ".join(words) in self.functions:
                    longest = length - 1, " ".join(words)
                break
            words.append(word.text)
        return longest

    def call(self, at: int, function: str) -> Node:
        self.expect("(")
        labels, arguments = [], []
        if self.skip(")"):
            return nodes.Call(at, function, (), ())
        while True:
            label = self.label()
            if label:
                labels.append(label)
            arguments.append(self.inner())
            if not self.skip(","):
                break
        self.expect(")")
        if labels and len(labels) != len(arguments):
            raise RefusedError("Either all arguments have names or none.", at)
        if len(set(labels)) < len(labels):
            raise RefusedError("An argument is given twice.", at)
        return nodes.Call(at, function, tuple(arguments), tuple(labels))

    def label(self) -> str:
        end = self.next
        while self.words[end].kind in ("name", "keyword"):
            end += 1
        if end == self.next or self.words[end].text != ":" or self.words[end].kind != "sign":
            return ""
        label = " ".join(word.text for word in self.words[self.next:end])
        self.next = end + 1
        return label

    def postfix(self, node: Node) -> Node:
        levels = 0
        while self.sees(".", "[", "(") and not (self.sees("[") and self.closes_range()):
            levels += 1
            if self.depth + levels > limits.DEPTH:
                raise self.wrong(f"The expression is nested more than {limits.DEPTH} levels deep.")
            if self.sees("("):
                raise self.wrong("Only a function known by name can be called.")
            node = self.counted(self.path(node) if self.sees(".") else self.filter(node))
        return node

    def path(self, node: Node) -> Node:
        names = []
        while self.skip("."):
            word = self.take()
            if word.kind not in ("name", "keyword") or word.text == "?":
                raise RefusedError("A name was expected after the dot.", word.at)
            second = SPACED_PARTS.get(word.text)
            is_spaced = second is not None and self.word.kind == "name" and self.word.text == second
            names.append(f"{word.text} {self.take().text}" if is_spaced else word.text)
        return nodes.Path(node.at, node, tuple(names))

    def filter(self, node: Node) -> Node:
        self.take()
        by = self.inner()
        self.expect("]")
        return nodes.Filter(node.at, node, by)

    def closes_range(self) -> bool:
        """Whether this "[" ends a range, as in ]1..5[, and does not begin a filter: nothing follows it as a value."""
        if not self.ends_range:
            return False
        after = self.words[self.next + 1]
        starts = after.text in _PREFIXES and after.kind in ("sign", "keyword") and after.text != "]"
        return not (starts or after.kind in ("number", "string", "name"))

    # Brackets

    def interval(self, at: int, opening: str, start: Node | None) -> Node:
        """The rest of a range, from `..` on."""
        self.expect("..")
        kept, self.ends_range = self.ends_range, True
        end = self.expression(COMPARE)
        self.ends_range = kept
        closing = self.take()
        if closing.text not in ("]", ")", "[") or closing.kind != "sign":
            raise RefusedError("A range ends with ']', ')' or '['.", closing.at)
        return nodes.Interval(at, start, end, opening == "[", closing.text == "]")

    def inner(self) -> Node:
        """An expression inside brackets, where the end of a range outside is not looked for."""
        kept, self.ends_range = self.ends_range, False
        node = self.expression()
        self.ends_range = kept
        return node

    def round_bracket(self, word: Token) -> Node:
        node = self.inner()
        if self.sees(".."):
            return self.interval(word.at, "(", node)
        self.expect(")")
        return node

    def square_bracket(self, word: Token) -> Node:
        if self.skip("]"):
            return nodes.Listing(word.at, ())
        items = [self.inner()]
        if self.sees(".."):
            return self.interval(word.at, "[", items[0])
        while self.skip(","):
            items.append(self.inner())
        self.expect("]")
        return nodes.Listing(word.at, tuple(items))

    def outward_bracket(self, word: Token) -> Node:
        return self.interval(word.at, "]", self.inner())

    def context(self, word: Token) -> Node:
        entries: dict[str, Node] = {}
        while not self.skip("}"):
            if entries:
                self.expect(",")
            key = self.take()
            if key.kind not in ("name", "keyword", "string"):
                raise RefusedError("A name was expected here.", key.at)
            name = key.value if key.kind == "string" else key.text
            if name in entries:
                raise RefusedError(f"The entry {name!r} is there twice.", key.at)
            if not self.sees(":"):
                raise self.wrong("':' was expected here; a name of several words stands in quotes.")
            self.take()
            entries[name] = self.inner()
        return nodes.Context(word.at, tuple(entries.items()))

    # Words that begin something

    def negation(self, word: Token) -> Node:
        return nodes.Negate(word.at, self.expression(NEGATE - 1))

    def constant(self, word: Token) -> Node:
        return nodes.Literal(word.at, {"true": True, "false": False, "null": None}[word.text])

    def temporal(self, word: Token) -> Node:
        text = self.take()
        if text.kind != "string":
            raise RefusedError("A text was expected after '@'.", text.at)
        try:
            value = temporal.read_literal(text.value)
        except RefusedError as refusal:
            raise RefusedError(refusal.message, word.at) from None
        if value is None:
            raise RefusedError(f"{text.value[:40]!r} is not a date, a time or a duration.", word.at)
        return nodes.Literal(word.at, value)

    def half_range(self, word: Token) -> Node:
        end = self.expression(COMPARE)
        touches = word.text in ("<=", ">=")
        if word.text in ("<", "<="):
            return nodes.Interval(word.at, None, end, False, touches)
        return nodes.Interval(word.at, end, None, touches, False)

    def condition(self, word: Token) -> Node:
        condition = self.inner()
        self.expect("then")
        then = self.inner()
        self.expect("else")
        return nodes.If(word.at, condition, then, self.expression())

    def sources(self) -> tuple[nodes.Source, ...]:
        sources = []
        while True:
            at, name = self.word.at, self.name()
            self.expect("in")
            items = self.expression(COMPARE)
            until = self.expression(COMPARE) if self.skip("..") else None
            source = nodes.Source(at, name, items, until)
            self.counted(source)
            sources.append(source)
            if not self.skip(","):
                return tuple(sources)

    def loop(self, word: Token) -> Node:
        sources = self.sources()
        self.expect("return")
        return nodes.For(word.at, sources, self.expression())

    def quantified(self, word: Token) -> Node:
        sources = self.sources()
        self.expect("satisfies")
        return nodes.Quantified(word.at, word.text == "every", sources, self.expression())

    def function(self, word: Token) -> Node:
        self.expect("(")
        parameters: list[str] = []
        while not self.skip(")"):
            if parameters:
                self.expect(",")
            parameters.append(self.name())
            if self.sees(":"):
                raise self.wrong("Types of parameters are not known yet.")
        if len(set(parameters)) < len(parameters):
            raise RefusedError("A parameter is there twice.", word.at)
        if self.sees("external"):
            raise self.wrong("Functions from outside are not allowed.")
        return nodes.Function(word.at, tuple(parameters), self.expression())


_PREFIXES: dict[str, Callable[[Parser, Token], Node]] = {
    "-": Parser.negation, "(": Parser.round_bracket, "[": Parser.square_bracket, "]": Parser.outward_bracket,
    "{": Parser.context, "@": Parser.temporal, "true": Parser.constant, "false": Parser.constant,
    "null": Parser.constant, "<": Parser.half_range, "<=": Parser.half_range, ">": Parser.half_range,
    ">=": Parser.half_range, "if": Parser.condition, "for": Parser.loop, "some": Parser.quantified,
    "every": Parser.quantified, "function": Parser.function,
}
