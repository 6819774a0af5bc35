"""Cutting the text of an expression into words."""

import re
from dataclasses import dataclass
from decimal import DecimalException

from feel import limits
from feel.errors import RefusedError
from feel.values import Value

KEYWORDS = frozenset({"and", "or", "if", "then", "else", "in", "between", "for", "return", "some", "every", "satisfies",
                      "true", "false", "null", "instance", "of", "function", "external"})
_WORD = re.compile(
    r"(?P<space>(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*|\?)"
    r'|(?P<string>"(?:[^"\\\n\r]|\\[^\n\r])*")'
    r"|(?P<sign>\*\*|<=|>=|!=|\.\.|[-+*/<>=()\[\]{},:.@])")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE = {'"': '"', "'": "'", "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word. kind: number, string, name, keyword, sign or end; value: what a number or string stands for."""

    kind: str
    text: str
    at: int
    value: Value = None


def tokens(text: str) -> list[Token]:
    """The words of an expression, an "end" behind them."""
    found, at = [], 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise RefusedError(_complaint(text, at), at)
        kind, word = str(match.lastgroup), match.group()
        if kind != "space":
            found.append(_token(kind, word, at))
        at = match.end()
        if kind == "number" and _WORD.match(text, at) and (text[at].isalnum() or text[at] == "_"):
            raise RefusedError(f"The number {word[:20]} runs into a letter.", at)
    found.append(Token("end", "", len(text)))
    return found


def _complaint(text: str, at: int) -> str:
    if text[at] == '"':
        return "This text has no closing quote."
    if text[at] == "'":
        return "Texts stand in double quotes."
    if text.startswith("/*", at):
        return "This comment has no end."
    return f"The sign {text[at]!r} has no meaning here."


def _token(kind: str, word: str, at: int) -> Token:
    if kind == "number":
        return Token(kind, word, at, _number(word, at))
    if kind == "string":
        return Token(kind, word, at, _string(word, at))
    return Token("keyword" if word in KEYWORDS else kind, word, at)


def _number(word: str, at: int) -> Value:
    try:
        return limits.NUMBERS.create_decimal(word)
    except DecimalException:
        raise RefusedError("This number is too large.", at) from None


def _string(word: str, at: int) -> str:
    if "\\" not in word:
        return word[1:-1]

    def replaced(found: re.Match[str]) -> str:
        short, long, simple = found.groups()
        if simple is None and int(short or long, 16) <= 0x10FFFF:
            return chr(int(short or long, 16))
        if simple in _SIMPLE:
            return _SIMPLE[simple]
        raise RefusedError(f"The escape {found.group()} is not known.", at + 1 + found.start())

    made = _ESCAPE.sub(replaced, word[1:-1])
    try:
        # Two halves written as \uD83D\uDC0E are one character.
        return made.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        raise RefusedError("This text holds half a character.", at) from None


class Words:
    """The words of one text, read from left to right."""

    def __init__(self, text: str) -> None:
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

    def name(self) -> str:
        if self.word.kind != "name":
            raise self.wrong(f"A name was expected here, not {self.shown()}.")
        return self.take().text

    def shown(self) -> str:
        return "the end" if self.word.kind == "end" else repr(self.word.text[:20])

    def wrong(self, message: str) -> RefusedError:
        return RefusedError(message, self.word.at)
