"""From words to nodes: a parser by strength of binding, bounded in depth and size."""

from collections.abc import Callable, Collection, Iterable, Mapping

from feel import limits
from feel.errors import RefusedError
from feel.grammar import nodes
from feel.grammar.forms import PREFIXES
from feel.grammar.kinds import read_kind
from feel.grammar.lexer import Token
from feel.grammar.nodes import Node
from feel.grammar.words import Known, Words
from feel.types import BARE, Type

# How strongly operators bind, weakest first.
OR, AND, COMPARE, ADD, MULTIPLY, POWER, NEGATE, INSTANCE = 1, 2, 3, 4, 5, 6, 7, 8
BINDING = {
    "or": OR, "and": AND, "=": COMPARE, "!=": COMPARE, "<": COMPARE, "<=": COMPARE, ">": COMPARE, ">=": COMPARE,
    "in": COMPARE, "between": COMPARE, "+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER,
    "instance": INSTANCE,
}
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
SPACED_PARTS = ("time offset", "start included", "end included")


class Parser(Words):
    """One pass over the words of one text.

    functions: the names of the built-in functions. names: those of what the context has, None when they are not told.
    members: names after a dot and in filters. types: those that have names of their own. is_strict: refuse what has
    no value; else it is read as null.
    """

    def __init__(self, text: str, functions: frozenset[str], *, names: Iterable[str] | None = None,
                 members: Iterable[str] = (), types: Mapping[str, Type] | None = None, is_strict: bool = True) -> None:
        super().__init__(text)
        self.depth = 0
        self.count = 0
        self.functions = functions
        self.names_are_told = names is not None
        self.is_strict = is_strict
        self.scopes = [Known(names or ())]
        self.members = Known([*members, *(names or ()), *SPACED_PARTS])
        self.types = dict(types or {})
        self.filters = 0  # filters around, in which the members of the items are names
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

    def flawed(self, problem: RefusedError) -> Node:
        """What has no value: refused, or null with a reason where the standard's leniency is asked for."""
        if self.is_strict:
            raise problem
        return nodes.Nothing(problem.position or 0, problem.message)

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
            return self.instance_of(left)
        return nodes.Comparison(word.at, word.text, left, self.expression(COMPARE))

    def instance_of(self, left: Node) -> Node:
        word = self.word
        kind = read_kind(self)
        if kind in BARE:
            return self.flawed(RefusedError(f"The type {kind} has parts, as in list<number>.", word.at))
        if kind is None and self.is_strict:
            raise RefusedError(f"There is no type {word.text!r} here.", word.at)
        return nodes.InstanceOf(left.at, left, kind)

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

    # Tests

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

    def whole_tests(self) -> nodes.Tests:
        """What stands in the cell of a decision table: `-`, tests with commas between them, `not(…)` around them."""
        if self.sees("-") and self.words[self.next + 1].kind == "end":
            return nodes.Tests(0, (), False)
        if self.word.text == "not" and self.words[self.next + 1].text == "(" and self.closes_at_end(self.next + 1):
            self.next += 2
            tests = self.listed_tests()
            self.expect(")")
            return nodes.Tests(0, tests, True)
        tests = self.listed_tests()
        if self.word.kind != "end":
            raise self.wrong(f"{self.shown()} was not expected here.")
        return nodes.Tests(0, tests, False)

    def listed_tests(self) -> tuple[nodes.Test, ...]:
        tests = [self.test(self.inner)]
        while self.skip(","):
            tests.append(self.test(self.inner))
        return tuple(tests)

    def closes_at_end(self, opening: int) -> bool:
        """Whether the round bracket at a word is closed by the last word."""
        level = 0
        for place, word in enumerate(self.words[opening:-1], opening):
            level += word.kind == "sign" and word.text in ("(", "[", "{")
            level -= word.kind == "sign" and word.text in (")", "]", "}")
            if level == 0:
                return place == len(self.words) - 2
        return False

    # What stands first

    def prefix(self) -> Node:
        word = self.word
        if word.kind in ("number", "string"):
            return self.counted(self.constant(word))
        if word.kind == "name":
            return self.counted(self.named())
        known = self.known_name() if word.kind == "keyword" else (0, "")
        if known[0]:
            return self.counted(self.named())
        reading = PREFIXES.get(word.text) if word.kind in ("sign", "keyword") else None
        is_lonely = word.text == "]" and self.words[self.next + 1].kind == "end"
        if reading is None or is_lonely:
            raise self.wrong("A value was expected here." if word.kind == "end" else
                             f"A value was expected here, not {self.shown()}.")
        self.take()
        return self.counted(reading(self, word))

    def constant(self, word: Token) -> Node:
        self.take()
        if word.kind == "number" and self.word.kind in ("name", "keyword") and self.word.at == word.end:
            raise self.wrong(f"The number {word.text[:20]} runs into a letter.")
        if word.flaw and (self.is_strict or word.kind == "number"):
            raise word.flaw
        return nodes.Literal(word.at, word.value)

    def named(self) -> Node:
        """A name, which may have several words: one that is known, or that of a function before a bracket."""
        word = self.word
        function, known = self.function_name(), self.known_name()
        length, name = function if function[0] > known[0] else known
        if length:
            self.next += length
            return nodes.Name(word.at, name)
        self.take()
        if self.word.kind != "name" or self.word.text == "?":
            return nodes.Name(word.at, word.text)
        if self.is_strict and not self.names_are_told:
            raise self.wrong(f"{self.shown()} was not expected after {word.text!r}; "
                             "names of several words belong to built-in functions only.")
        return nodes.Name(word.at, self.joined(word))

    def joined(self, first: Token) -> str:
        """A name nobody knows: words that follow one another can be nothing else."""
        words = [first.text]
        while self.word.kind == "name":
            words.append(self.take().text)
        return " ".join(words)

    def known_name(self) -> tuple[int, str]:
        """The longest name that is known here and begins at this word, and its count of words."""
        places = [*self.scopes, self.members] if self.filters else self.scopes
        return max((known.longest(self.words, self.next) for known in reversed(places)), key=lambda found: found[0])

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

    # What follows

    def postfix(self, node: Node) -> Node:
        levels = 0
        while self.sees(".", "[", "(") and not (self.sees("[") and self.closes_range()):
            levels += 1
            if self.depth + levels > limits.DEPTH:
                raise self.wrong(f"The expression is nested more than {limits.DEPTH} levels deep.")
            reading = self.path if self.sees(".") else self.filter if self.sees("[") else self.call
            node = self.counted(reading(node))
        return node

    def call(self, function: Node) -> Node:
        self.expect("(")
        labels, arguments = [], []
        if self.skip(")"):
            return nodes.Call(function.at, function, (), ())
        while True:
            start = self.next
            label = self.written(":")
            if label:
                self.take()
                labels.append(label)
            else:
                self.next = start
            arguments.append(self.inner())
            if not self.skip(","):
                break
        self.expect(")")
        if labels and len(labels) != len(arguments):
            return self.flawed(RefusedError("Either all arguments have names or none.", function.at))
        if len(set(labels)) < len(labels):
            return self.flawed(RefusedError("An argument is given twice.", function.at))
        return nodes.Call(function.at, function, tuple(arguments), tuple(labels))

    def path(self, node: Node) -> Node:
        names = []
        while self.skip("."):
            length, name = max((known.longest(self.words, self.next) for known in (self.members, *self.scopes)),
                               key=lambda found: found[0])
            if length:
                self.next += length
                names.append(name)
                continue
            word = self.take()
            if word.kind not in ("name", "keyword") or word.text == "?":
                raise RefusedError("A name was expected after the dot.", word.at)
            names.append(self.joined(word))
        return nodes.Path(node.at, node, tuple(names))

    def filter(self, node: Node) -> Node:
        self.take()
        self.filters += 1
        by = self.inner()
        self.filters -= 1
        self.expect("]")
        return nodes.Filter(node.at, node, by)

    def closes_range(self) -> bool:
        """Whether this "[" ends a range, as in ]1..5[, and does not begin a filter: nothing follows it as a value."""
        if not self.ends_range:
            return False
        after = self.words[self.next + 1]
        starts = after.text in PREFIXES and after.kind in ("sign", "keyword") and after.text != "]"
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

    def within(self, names: Collection[str], reading: Callable[[], Node]) -> Node:
        """What is read where `names` are known too."""
        self.scopes.append(Known(names))
        node = reading()
        self.scopes.pop()
        return node
