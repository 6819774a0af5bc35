"""Cutting the text of an expression into words."""

import re
from dataclasses import dataclass
from decimal import DecimalException

from feel import limits
from feel.errors import RefusedError
from feel.values import Value

KEYWORDS = frozenset({"and", "or", "if", "then", "else", "in", "between", "for", "return", "some", "every", "satisfies",
                      "true", "false", "null", "instance", "of", "function", "external"})
# The letters a name may begin with, and the signs that may follow, as the standard lists them.
_START = (r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
          r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF")
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
_WORD = re.compile(
    r"(?P<space>(?:[\s\uFEFF\u200B\u180E]|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    rf"|(?P<name>[{_START}][{_PART}]*|\?)"
    r'|(?P<string>"(?:[^"\\]|\\[^\n\r])*")'
    r"|(?P<sign>\*\*|<=|>=|!=|\.\.|->|[-+*/<>=()\[\]{},:.@])"
    r"|(?P<odd>[^\"])")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE = {'"': '"', "'": "'", "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word. kind: number, string, name, keyword, sign, odd or end; value: what a number or string stands for.

    flaw: what is wrong with it, told when the word is used as a value.
    """

    kind: str
    text: str
    at: int
    value: Value = None
    flaw: RefusedError | None = None

    @property
    def end(self) -> int:
        return self.at + len(self.text)


def tokens(text: str) -> list[Token]:
    """The words of an expression, an "end" behind them."""
    found, at = [], 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None or (text.startswith("/*", at) and match.lastgroup == "sign"):
            raise RefusedError(complaint(text, at), at)
        kind, word = str(match.lastgroup), match.group()
        if kind != "space":
            found.append(_token(kind, word, at))
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def spelling(name: str) -> tuple[str, ...]:
    """A name as the words it is cut into, so that `a+b` and `a + b` are one."""
    return tuple(match.group() for match in _WORD.finditer(name) if match.lastgroup != "space")


def complaint(text: str, at: int) -> str:
    """Why no word begins at a place."""
    if text[at] == '"':
        return "This text has no closing quote."
    if text[at] == "'":
        return "Texts stand in double quotes."
    if text.startswith("/*", at):
        return "This comment has no end."
    return f"The sign {text[at]!r} has no meaning here."


def _token(kind: str, word: str, at: int) -> Token:
    if kind == "number":
        return _number(word, at)
    if kind == "string":
        return _string(word, at)
    if kind == "odd":
        return Token(kind, word, at, flaw=RefusedError(complaint(word, 0), at))
    return Token("keyword" if word in KEYWORDS else kind, word, at)


def _number(word: str, at: int) -> Token:
    try:
        return Token("number", word, at, limits.NUMBERS.create_decimal(word))
    except DecimalException:
        return Token("number", word, at, flaw=RefusedError("This number is too large.", at))


def _string(word: str, at: int) -> Token:
    inside = word[1:-1]
    flaw = RefusedError("A text goes over the end of its line.", at) if "\n" in inside or "\r" in inside else None
    if "\\" not in word:
        return Token("string", word, at, inside, flaw)
    flaws = [flaw] if flaw else []

    def replaced(found: re.Match[str]) -> str:
        short, long, simple = found.groups()
        if simple is None and int(short or long, 16) <= 0x10FFFF:
            return chr(int(short or long, 16))
        if simple in _SIMPLE:
            return _SIMPLE[simple]
        flaws.append(RefusedError(f"The escape {found.group()} is not known.", at + 1 + found.start()))
        return found.group()

    made = _ESCAPE.sub(replaced, inside)
    try:
        # Two halves written as \uD83D\uDC0E are one character.
        made = made.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        raise RefusedError("This text holds half a character.", at) from None
    return Token("string", word, at, made, flaws[0] if flaws else None)
