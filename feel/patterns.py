"""Regular expressions that take time in proportion to the text, whatever the pattern.

A pattern becomes a small program, which is run on all its possibilities at once (Pike's machine), so that there is no
backtracking and nothing to explode. It is the part of XPath's syntax that people write: classes, groups, choices,
repetitions, anchors. What is not there (references back, looking around) is refused by name.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from feel import limits
from feel.errors import NullError, RefusedError

Accepts = Callable[[str], bool]
_LETTERS: dict[str, Accepts] = {
    "d": lambda sign: unicodedata.category(sign) == "Nd",
    "w": lambda sign: unicodedata.category(sign)[0] not in "PZC",
    "s": lambda sign: sign in " \t\n\r",
}
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN_ESCAPES = frozenset("\\|.?*+(){}[]-^$/")
_MOST_STEPS = 1_000
_MOST_GROUPS = 20


@dataclass(slots=True)
class Step:
    """One step of a program. kind: sign, fork, jump, save, start, end or match."""

    kind: str
    accepts: Accepts | None = None
    to: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A program and how it is run. groups: how many brackets can be referred to."""

    steps: list[Step]
    groups: int
    is_multiline: bool

    def find(self, text: str, start: int = 0) -> list[int] | None:
        """Where the first match from `start` on lies: beginning and end of the whole and of each group, -1 for none."""
        active: list[tuple[int, list[int]]] = []
        found: list[int] | None = None
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            if found is None:
                active.extend(self._reached(0, [-1] * (2 * self.groups + 2), text, at, seen | {n for n, _ in active}))
            following: list[tuple[int, list[int]]] = []
            sign = text[at] if at < len(text) else ""
            for number, saved in active:
                step = self.steps[number]
                if step.kind == "match":
                    found = saved
                    break
                if sign and step.accepts is not None and step.accepts(sign):
                    following.extend(self._reached(number + 1, saved, text, at + 1, seen))
            active = following
            if not active and found is not None:
                break
        return found

    def _reached(self, number: int, saved: list[int], text: str, at: int,
                 seen: set[int]) -> Iterator[tuple[int, list[int]]]:
        """The steps that wait for a sign and can be reached from a step without one, the preferred first."""
        stack = [(number, saved)]
        while stack:
            number, saved = stack.pop()
            if number in seen:
                continue
            seen.add(number)
            step = self.steps[number]
            if step.kind == "jump":
                stack.append((step.to, saved))
            elif step.kind == "fork":
                stack.append((step.other, saved))
                stack.append((step.to, saved))
            elif step.kind == "save":
                stack.append((number + 1, [*saved[:step.to], at, *saved[step.to + 1:]]))
            elif step.kind in ("start", "end"):
                if self._is_edge(step.kind, text, at):
                    stack.append((number + 1, saved))
            else:
                yield number, saved

    def _is_edge(self, kind: str, text: str, at: int) -> bool:
        if kind == "start":
            return at == 0 or (self.is_multiline and text[at - 1] == "\n")
        return at == len(text) or (self.is_multiline and text[at] == "\n")


@lru_cache(maxsize=500)
def pattern(text: str, flags: str) -> Pattern:
    """The program of a pattern. Refuses one that is wrong, too long, or asks for what is not known."""
    if len(text) > limits.PATTERN:
        raise RefusedError(f"A pattern is longer than {limits.PATTERN} characters.")
    if set(flags) - set("imsx"):
        raise NullError("The flags of a pattern are i, m, s and x.")
    return _Reader(text, flags).pattern()


class _Reader:
    """Reads a pattern from left to right and writes its program."""

    def __init__(self, text: str, flags: str) -> None:
        self.text, self.at, self.flags = text, 0, flags
        self.groups, self.depth = 0, 0

    def pattern(self) -> Pattern:
        body = self.choice()
        if self.at < len(self.text):
            self.wrong("a bracket is closed that was never opened")
        steps = [Step("save", to=0), *body, Step("save", to=1), Step("match")]
        return Pattern(_placed(steps), self.groups, "m" in self.flags)

    def wrong(self, what: str) -> NoReturn:
        raise NullError(f"The pattern {self.text[:60]!r} is not understood: {what}.")

    def peek(self) -> str:
        while "x" in self.flags and self.text[self.at:self.at + 1].isspace():
            self.at += 1
        return self.text[self.at:self.at + 1]

    def choice(self) -> list[Step]:
        self.depth += 1
        if self.depth > 20:
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
            return [self.accepting(self.character_class())]
        if sign == "\\":
            return [self.accepting(self.escaped())]
        if sign == ".":
            return [self.accepting((lambda found: True) if "s" in self.flags else (lambda found: found not in "\n\r"))]
        if sign in "^$":
            return [Step("start" if sign == "^" else "end")]
        if sign in "*+?{}])":
            self.wrong(f"{sign!r} has nothing before it")
        return [self.accepting(sign.__eq__)]

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
        return [Step("save", to=2 * number), *body, Step("save", to=2 * number + 1)] if number else body

    def accepting(self, accepts: Accepts) -> Step:
        if "i" not in self.flags:
            return Step("sign", accepts)
        return Step("sign", lambda found: accepts(found) or any(map(accepts, (found.lower(), found.upper()))))

    def escaped(self) -> Accepts:
        sign = self.text[self.at:self.at + 1]
        self.at += 1
        if sign in _SIGNS:
            return _SIGNS[sign].__eq__
        if sign.lower() in _LETTERS:
            accepts = _LETTERS[sign.lower()]
            return accepts if sign.islower() else lambda found: not accepts(found)
        if sign and sign in "pP":
            return self.category(sign == "p")
        if sign not in _PLAIN_ESCAPES or not sign:
            self.wrong(f"the escape \\{sign} is not known")
        return sign.__eq__

    def category(self, is_wanted: bool) -> Accepts:
        name, closing, _ = self.text[self.at:].partition("}")
        if not closing or name[:1] != "{" or name[1:2] not in tuple("LMNPZSC") or len(name) > 3:
            self.wrong("a category is written \\p{L} or \\p{Lu}")
        self.at += len(name) + 1
        return lambda found: unicodedata.category(found).startswith(name[1:]) is is_wanted

    def character_class(self) -> Accepts:
        is_negative = self.text[self.at:self.at + 1] == "^"
        self.at += is_negative
        accepted: list[Accepts] = []
        while (sign := self.text[self.at:self.at + 1]) != "]" or not accepted:
            if sign in ("", "]", "["):
                self.wrong("a class is not closed, is empty or holds another one")
            accepted.append(self.member(sign))
        self.at += 1
        return lambda found: any(accepts(found) for accepts in accepted) is not is_negative

    def member(self, sign: str) -> Accepts:
        """One sign of a class, or a range of them."""
        self.at += 1
        if sign == "\\":
            following = self.text[self.at:self.at + 1]
            accepts = self.escaped()
            if following.lower() in _LETTERS or following in "pP":
                return accepts
            sign = _SIGNS.get(following, following)
        if self.text[self.at:self.at + 1] != "-" or self.text[self.at + 1:self.at + 2] in ("]", ""):
            return sign.__eq__
        last = self.text[self.at + 1]
        self.at += 2
        if last == "\\":
            last = self.text[self.at:self.at + 1]
            self.at += 1
            if last not in _PLAIN_ESCAPES:
                self.wrong("a range of signs ends with a sign")
        if last == "[" or last < sign:
            self.wrong("a range of signs goes upwards")
        return lambda found: sign <= found <= last


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
