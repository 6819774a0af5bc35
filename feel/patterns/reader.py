"""Reading a pattern: the regular expressions of XPath."""

from typing import NoReturn

from feel.errors import NullError
from feel.patterns.machine import Pattern, Step
from feel.patterns.signs import LETTERS, PLAIN, SIGNS, Accepts, between, one_of, property_of

_MOST_STEPS = 1_000
_MOST_GROUPS = 20
_DEEPEST = 20


class Reader:
    """Reads a pattern from left to right and writes its program."""

    def __init__(self, text: str, flags: str) -> None:
        self.text, self.at, self.flags = text, 0, flags
        self.groups, self.depth = 0, 0
        self.closed: set[int] = set()  # the groups that are complete, which alone can be referred to
        self.refers_back = False
        self.is_caseless = "i" in flags
        if "x" in flags and "q" not in flags:
            self.text = _unspaced(text)

    def pattern(self) -> Pattern:
        is_literal = "q" in self.flags
        body = self.literal() if is_literal else self.choice()
        if self.at < len(self.text) and not is_literal:
            self.wrong("a bracket is closed that was never opened")
        steps = [Step("save", to=0), *body, Step("save", to=1), Step("match")]
        return Pattern(_placed(steps), self.groups, "m" in self.flags, self.is_caseless, is_literal, self.refers_back)

    def literal(self) -> list[Step]:
        return [self.accepting(sign) for sign in self.text]

    def wrong(self, what: str) -> NoReturn:
        raise NullError(f"The pattern {self.text[:60]!r} is not understood: {what}.")

    def peek(self) -> str:
        return self.text[self.at:self.at + 1]

    def choice(self) -> list[Step]:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.wrong("it is nested too deeply")
        body = self.sequence()
        while self.peek() == "|":
            self.at += 1
            other = self.sequence()
            # Jumps are counted from the step they stand on until the whole is placed.
            body = [Step("fork", to=1, other=len(body) + 2), *body, Step("jump", to=len(other) + 1), *other]
        self.depth -= 1
        return body

    def sequence(self) -> list[Step]:
        body: list[Step] = []
        while self.peek() not in ("", "|", ")"):
            body += self.repeated(self.piece())
            if len(body) > _MOST_STEPS:
                self.wrong("it is too large")
        return body

    def repeated(self, piece: list[Step]) -> list[Step]:
        low, high = self.count()
        if (low, high) == (1, 1):
            return piece
        is_lazy = self.peek() == "?"
        self.at += is_lazy
        if self.peek() and self.peek() in "*+{?":
            self.wrong("a repetition is repeated")
        if len(piece) * max(low, high or 0, 1) > _MOST_STEPS:
            self.wrong("it repeats too often")
        body = [step for _ in range(low) for step in _copied(piece)]
        if high is None:
            return [*body, _fork(1, len(piece) + 2, is_lazy), *_copied(piece), Step("jump", to=-len(piece) - 1)]
        rest = high - low
        for left in range(rest, 0, -1):
            body += [_fork(1, left * (len(piece) + 1), is_lazy), *_copied(piece)]
        return body

    def count(self) -> tuple[int, int | None]:
        sign = self.peek()
        if sign and sign in "*+?":
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        if sign != "{":
            return 1, 1
        inside, closing, _ = self.text[self.at + 1:].partition("}")
        low, comma, high = inside.partition(",")
        if not closing or not _is_count(low) or not (high == "" or _is_count(high)):
            self.wrong("a repetition is written {2}, {2,} or {2,5}")
        self.at += len(inside) + 2
        least, most = int(low), int(high) if high else None if comma else int(low)
        if most is not None and most < least:
            self.wrong("a repetition goes from less to more")
        return least, most

    def piece(self) -> list[Step]:
        sign = self.peek()
        self.at += 1
        if sign == "(":
            return self.group()
        if sign == "[":
            return [Step("sign", self.character_class())]
        if sign == "\\":
            return self.escaped_piece()
        if sign == ".":
            return [Step("sign", (lambda found: True) if "s" in self.flags else (lambda found: found not in "\n\r"))]
        if sign in "^$":
            return [Step("start" if sign == "^" else "end")]
        if sign in "*+?{}])":
            self.wrong(f"{sign!r} has nothing before it")
        return [self.accepting(sign)]

    def escaped_piece(self) -> list[Step]:
        if self.text[self.at:self.at + 1] in tuple("123456789"):
            return [Step("back", to=self.reference())]
        return [Step("sign", self.escaped())]

    def reference(self) -> int:
        """The number of the group that is referred to: as many digits as there are groups for."""
        end = self.at + 1
        while self.text[end:end + 1].isdecimal() and int(self.text[self.at:end + 1]) <= self.groups:
            end += 1
        number = int(self.text[self.at:end])
        if number not in self.closed:
            self.wrong(f"there is no group {number} before it")
        self.at = end
        self.refers_back = True
        return number

    def group(self) -> list[Step]:
        number = 0
        if self.peek() == "?":
            if not self.text.startswith("?:", self.at):
                self.wrong("brackets that begin with '?' are not known, but for '(?:'")
            self.at += 2
        else:
            self.groups += 1
            number = self.groups
        if self.groups > _MOST_GROUPS:
            self.wrong(f"it has more than {_MOST_GROUPS} groups")
        body = self.choice()
        if self.peek() != ")":
            self.wrong("a bracket is not closed")
        self.at += 1
        self.closed.add(number)
        return [Step("save", to=2 * number), *body, Step("save", to=2 * number + 1)] if number else body

    def accepting(self, sign: str) -> Step:
        return Step("sign", one_of(sign, is_caseless=self.is_caseless))

    def escaped(self) -> Accepts:
        """What an escape accepts; the backslash is read already."""
        sign = self.text[self.at:self.at + 1]
        self.at += 1
        if sign in SIGNS:
            return SIGNS[sign].__eq__
        if sign and sign.lower() in LETTERS:
            accepts = LETTERS[sign.lower()]
            return accepts if sign.islower() else lambda found: not accepts(found)
        if sign and sign in "pP":
            return self.property(sign == "p")
        if sign not in PLAIN or not sign:
            self.wrong(f"the escape \\{sign} is not known")
        return sign.__eq__

    def property(self, is_wanted: bool) -> Accepts:
        name, closing, _ = self.text[self.at:].partition("}")
        accepts = property_of(name[1:]) if closing and name[:1] == "{" else None
        if accepts is None:
            self.wrong("a category is written \\p{L} or \\p{Lu}, a block \\p{IsGreek}")
        self.at += len(name) + 1
        return accepts if is_wanted else lambda found: not accepts(found)

    def character_class(self) -> Accepts:
        """What stands in square brackets; the first is read already. `[a-z-[aeiou]]` takes some away again."""
        self.depth += 1
        if self.depth > _DEEPEST:
            self.wrong("it is nested too deeply")
        is_negative = self.text[self.at:self.at + 1] == "^"
        self.at += is_negative
        accepted: list[Accepts] = []
        without: Accepts | None = None
        while (sign := self.text[self.at:self.at + 1]) != "]" or not accepted:
            if sign in ("", "]", "["):
                self.wrong("a class is not closed, is empty or holds another one")
            if accepted and self.text.startswith("-[", self.at):
                self.at += 2
                without = self.character_class()
                if self.text[self.at:self.at + 1] != "]":
                    self.wrong("a class ends with what is taken away from it")
                break
            accepted.append(self.member(sign))
        self.at += 1
        self.depth -= 1
        taken = without
        return lambda found: any(accepts(found) for accepts in accepted) is not is_negative and not (
            taken is not None and taken(found))

    def member(self, sign: str) -> Accepts:
        """One sign of a class, or a range of them."""
        self.at += 1
        if sign == "\\":
            following = self.text[self.at:self.at + 1]
            accepts = self.escaped()
            if following.lower() in LETTERS or following in "pP":
                return accepts
            sign = SIGNS.get(following, following)
        following = self.text[self.at + 1:self.at + 2]
        if self.text[self.at:self.at + 1] != "-" or following in ("]", "", "["):
            return one_of(sign, is_caseless=self.is_caseless)
        last = following
        self.at += 2
        if last == "\\":
            last = self.text[self.at:self.at + 1]
            self.at += 1
            if last not in PLAIN and last not in SIGNS:
                self.wrong("a range of signs ends with a sign")
            last = SIGNS.get(last, last)
        if last < sign:
            self.wrong("a range of signs goes upwards")
        return between(sign, last, is_caseless=self.is_caseless)


def _unspaced(text: str) -> str:
    """A pattern without the white space outside its classes."""
    kept, level, at = [], 0, 0
    while at < len(text):
        length = 2 if text[at] == "\\" and at + 1 < len(text) and text[at + 1] not in " \t\n\r" else 1
        level += {"[": 1, "]": -1}.get(text[at], 0)
        if level > 0 or text[at] not in " \t\n\r":
            kept.append(text[at:at + length])
        at += length
    return "".join(kept)


def _is_count(text: str) -> bool:
    return 0 < len(text) < 4 and text.isascii() and text.isdigit()


def _fork(to: int, other: int, is_lazy: bool) -> Step:
    return Step("fork", to=other if is_lazy else to, other=to if is_lazy else other)


def _copied(steps: list[Step]) -> list[Step]:
    return [Step(step.kind, step.accepts, step.to, step.other) for step in steps]


def _placed(steps: list[Step]) -> list[Step]:
    """The same steps, their jumps counted from the beginning instead of from themselves."""
    for number, step in enumerate(steps):
        if step.kind in ("jump", "fork"):
            step.to += number
            step.other += number
    return steps
