"""Running the program of a pattern on a text."""

from collections.abc import Iterator
from dataclasses import dataclass

from feel.errors import RefusedError
from feel.patterns.signs import Accepts

_FUEL = 2_000  # steps that a pattern which refers back may take on an empty text
_BACK_WORK = 50  # what it costs at least


@dataclass(slots=True)
class Step:
    """One step of a program. kind: sign, fork, jump, save, start, end, back (to a group: `to`) or match."""

    kind: str
    accepts: Accepts | None = None
    to: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A program and how it is run. groups: how many brackets can be referred to.

    is_literal: whether the pattern, and what replaces it, is a plain text.
    """

    steps: list[Step]
    groups: int
    is_multiline: bool
    is_caseless: bool = False
    is_literal: bool = False
    refers_back: bool = False

    def work(self, text: str) -> int:
        """What finding costs, in steps that have a tenth of the weight of other work."""
        return len(self.steps) * len(text) // 10 + (_BACK_WORK if self.refers_back else 1)

    def find(self, text: str, start: int = 0) -> list[int] | None:
        """Where the first match from `start` on lies: beginning and end of the whole and of each group, -1 for none."""
        if self.refers_back:
            return self._tried(text, start)
        return self._found(text, start)

    def _found(self, text: str, start: int) -> list[int] | None:
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
            return at == 0 or (self.is_multiline and at < len(text) and text[at - 1] == "\n")
        return at == len(text) or (self.is_multiline and text[at] == "\n")

    def _tried(self, text: str, start: int) -> list[int] | None:
        """The same by trying one way after another, which knows at each step what the groups hold."""
        fuel = _FUEL + len(self.steps) * len(text)
        for begin in range(start, len(text) + 1):
            stack = [(0, begin, [-1] * (2 * self.groups + 2), dict[int, int]())]
            while stack:
                fuel -= 1
                if fuel < 0:
                    raise RefusedError("A pattern that refers back to its groups takes too long.")
                number, at, saved, entered = stack.pop()
                if self.steps[number].kind == "match":
                    return saved
                stack.extend(self._ways(number, text, at, saved, entered))
        return None

    def _ways(self, number: int, text: str, at: int, saved: list[int],
              entered: dict[int, int]) -> Iterator[tuple[int, int, list[int], dict[int, int]]]:
        """Where a step leads, the preferred way last. entered: where each loop was at its present round."""
        step = self.steps[number]
        if step.kind == "fork":
            inside = {**entered, number: at}
            yield step.other, at, saved, inside
            yield step.to, at, saved, inside
        elif step.kind == "jump":
            if step.to > number or entered.get(step.to) != at:  # a round that took nothing ends the loop
                yield step.to, at, saved, entered
            else:
                yield max(self.steps[step.to].to, self.steps[step.to].other), at, saved, entered
        elif step.kind == "save":
            yield number + 1, at, [*saved[:step.to], at, *saved[step.to + 1:]], entered
        elif step.kind in ("start", "end"):
            if self._is_edge(step.kind, text, at):
                yield number + 1, at, saved, entered
        elif step.kind == "back":
            held = text[saved[2 * step.to]:saved[2 * step.to + 1]] if saved[2 * step.to + 1] >= 0 else ""
            here = text[at:at + len(held)]
            if here == held or (self.is_caseless and here.casefold() == held.casefold()):
                yield number + 1, at + len(held), saved, entered
        elif at < len(text) and step.accepts is not None and step.accepts(text[at]):
            yield number + 1, at + 1, saved, entered
