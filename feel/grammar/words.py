"""The words of one text, read from left to right, and the names that are known while reading."""

from collections.abc import Iterable, Sequence

from feel.errors import RefusedError
from feel.grammar.lexer import Token, spelling, tokens

_NAMELIKE = frozenset({"name", "keyword", "number"})
_IN_NAMES = frozenset({"+", "-", "*", "/", ".", "**", ".."})


class Known:
    """Names by their first word, the longest first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in sorted(set(names)):
            self.add(name)

    def add(self, name: str) -> None:
        words = spelling(name)
        if words:
            here = self.by_first.setdefault(words[0], [])
            if (words, name) not in here:
                here.append((words, name))
                here.sort(key=lambda known: (-len(known[0]), known))

    def longest(self, words: Sequence[Token], at: int) -> tuple[int, str]:
        """How many words from `at` on are a known name, and the name; (0, "") when none is."""
        for spelled, name in self.by_first.get(words[at].text, ()):
            here = words[at:at + len(spelled)]
            if len(here) == len(spelled) and all(
                    word.text == part and word.kind != "string" for word, part in zip(here, spelled, strict=True)):
                return len(spelled), name
        return 0, ""


class Words:
    """The words of one text, and where the reader is. Knows nothing of what they mean."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = tokens(text)
        self.next = 0

    @property
    def word(self) -> Token:
        return self.words[self.next]

    def take(self) -> Token:
        word = self.words[self.next]
        if word.kind != "end":
            self.next += 1
        return word

    def sees(self, *texts: str) -> bool:
        word = self.words[self.next]
        return word.text in texts and word.kind in ("sign", "keyword")

    def skip(self, text: str) -> bool:
        if self.sees(text):
            self.next += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        if not self.sees(text):
            raise self.wrong(f"{text!r} was expected here, not {self.shown()}.")
        return self.take()

    def written(self, *ends: str) -> str | None:
        """A name as it is written up to one of `ends`, which stays; None when something else stands here.

        Takes what may be part of a name: words, numbers and the signs + - * / . ' and odd ones between them.
        """
        end = self.next
        if self.words[end].kind not in ("name", "keyword"):
            return None
        while not ((word := self.words[end]).text in ends and word.kind in ("sign", "keyword")):
            if word.kind not in _NAMELIKE and word.kind != "odd" and not (
                    word.kind == "sign" and word.text in _IN_NAMES):
                return None
            end += 1
        name = " ".join(self.text[self.word.at:self.words[end - 1].end].split())
        self.next = end
        return name

    def new_name(self, *ends: str) -> str:
        """The name of something that is given here."""
        name = self.written(*ends)
        if name is None:
            if self.word.kind != "name":
                raise self.wrong(f"A name was expected here, not {self.shown()}.")
            return self.take().text
        return name

    def shown(self) -> str:
        return "the end" if self.word.kind == "end" else repr(self.word.text[:20])

    def wrong(self, message: str) -> RefusedError:
        return self.word.flaw if self.word.flaw and self.word.kind == "odd" else RefusedError(message, self.word.at)
