"""Markup: the Markdown of articles as HTML and as plain text, and what in it is not allowed.

HTML in the text is shown as text. Links go to the web, to an address of mail or to a path of this desk; pictures are
only those of the article itself, written `![what is to be seen](picture:12)`.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from helpdesk.languages import _

PICTURE = "picture:"
TOP, LOWEST = 2, 4
ALT_MAX = 300
_LINK = re.compile(r"(?:https?://|mailto:)[^\s]+|/(?![/\\])[^\s\\]*|#[\w-]+", re.IGNORECASE)
_PICTURE = re.compile(rf"{PICTURE}(\d{{1,18}})")

# What is said of text that may not stay so; {text} is the place.
LINK_REFUSED = _("The link to “{text}” is not allowed: links start with https://, http://, mailto: or / "
                 "(a page of this desk).")
PICTURE_FOREIGN = _("The picture “{text}” is not one of this article: add it here and insert it from the list.")
PICTURE_WITHOUT_WORDS = _("The picture “{text}” has no description: write in the square brackets what is to be seen.")
HEADING_TOO_HIGH = _("The heading “{text}” is one of the page itself: begin with two signs, ##.")
HTML_SHOWN = _("HTML is shown as it is typed, not done: “{text}”.")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a text: a sentence of this module and the place it names."""

    sentence: str
    text: str

    def said(self, translate: Callable[[str], str]) -> str:
        return translate(self.sentence).format(text=self.text)


def render(source: str, *, address: Callable[[int], str] | None = None, top: int = TOP) -> Markup:
    """The text as HTML. address: of a picture by its id; without it only the pictures' descriptions are shown.

    top: the rank of the highest heading, where the text stands below others of a page.
    """
    tokens = _parser().parse(source.replace("\x00", ""))
    _place_pictures(tokens, address)
    for token in tokens:
        # Where a column is set is said by a style, which no page of ours has.
        token.attrs.pop("style", None)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + top - TOP, 6)}"
    return Markup(_parser().renderer.render(tokens, _parser().options, {}))  # noqa: S704 - the parser escapes


def plain(source: str) -> str:
    """The words of the text alone, for searching and for extracts."""
    pieces: list[str] = []
    for token in _parser().parse(source.replace("\x00", "")):
        if token.type in {"fence", "code_block"}:
            pieces.append(token.content)
        elif token.type == "inline":
            pieces.append("".join(_words_of(one) for one in token.children or ()))
    return " ".join(" ".join(pieces).split())


def pictures_in(*sources: str) -> set[int]:
    """The ids of the pictures that the texts show."""
    return {number for source in sources for number in _picture_ids(source)}


def find_problems(source: str, *, pictures: Collection[int] | None = None) -> list[Problem]:
    """What is not allowed in the text. pictures: the ids that the article has, or None if any will do."""
    return [Problem(sentence, text[:80]) for sentence, text in _look(source, pictures)]


def _look(source: str, pictures: Collection[int] | None) -> Iterator[tuple[str, str]]:
    tokens = _parser().parse(source)
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.meta.get("level") == 1:
            yield HEADING_TOO_HIGH, tokens[place + 1].content
        for one in token.children or ():
            if one.type == "image":
                number = _picture_id(one)
                if number is None or (pictures is not None and number not in pictures):
                    yield PICTURE_FOREIGN, str(one.attrGet("src") or "")
                if not one.content.strip():
                    yield PICTURE_WITHOUT_WORDS, str(one.attrGet("src") or "")
            elif one.type == "text":
                # What the parser did not take for a link stays text.
                for refused in re.findall(r"\]\(\s*([^)\s]+)", one.content):
                    yield LINK_REFUSED, refused
                for tag in re.findall(r"<[a-zA-Z/!][^>]*>", one.content):
                    yield HTML_SHOWN, tag


def _is_link(url: str) -> bool:
    return bool(_LINK.fullmatch(url) or _PICTURE.fullmatch(url))


def _picture_id(token: Token) -> int | None:
    found = _PICTURE.fullmatch(str(token.attrGet("src") or ""))
    return int(found.group(1)) if found else None


def _picture_ids(source: str) -> Iterator[int]:
    for token in _parser().parse(source):
        for one in token.children or ():
            number = _picture_id(one) if one.type == "image" else None
            if number is not None:
                yield number


def _words_of(token: Token) -> str:
    if token.type in {"text", "code_inline"}:
        return token.content
    if token.type == "image":
        return f" {token.content} "
    return " " if token.type in {"softbreak", "hardbreak"} else ""


def _place_pictures(tokens: Sequence[Token], address: Callable[[int], str] | None) -> None:
    """Give every picture its address; one that is not the article's becomes its description."""
    for token in tokens:
        for one in token.children or ():
            if one.type == "link_open" and _PICTURE.fullmatch(str(one.attrGet("href") or "")):
                one.attrSet("href", "#")
            if one.type != "image":
                continue
            number = _picture_id(one)
            one.meta["src"] = address(number) if address is not None and number is not None else ""


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
    # html=False alone leaves the rules on, which would then give nothing for a tag.
    parser.disable(["html_block", "html_inline"])
    parser.validateLink = _is_link  # type: ignore[method-assign]
    parser.core.ruler.push("headings", _lower_headings)
    parser.add_render_rule("image", _show_picture)
    parser.add_render_rule("table_open", lambda *_rest: '<div class="article__table" tabindex="0"><table>\n')
    parser.add_render_rule("table_close", lambda *_rest: "</table></div>\n")
    parser.add_render_rule("link_open", _open_link)
    return parser


def _lower_headings(state: Any) -> None:
    """The page's own heading is the only one of the first rank."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            level = int(token.tag[1])
            token.meta["level"] = level
            token.tag = f"h{min(max(level, TOP), LOWEST)}"


def _show_picture(_renderer: RendererHTML, tokens: Sequence[Token], place: int, _options: OptionsDict,
                  _env: EnvType) -> str:
    token = tokens[place]
    words = escape(token.content[:ALT_MAX])
    src = token.meta.get("src")
    return f'<img src="{escape(src)}" alt="{words}" loading="lazy">' if src else f"<em>{words}</em>"


def _open_link(_renderer: RendererHTML, tokens: Sequence[Token], place: int, _options: OptionsDict,
               _env: EnvType) -> str:
    href = str(tokens[place].attrGet("href") or "")
    elsewhere = ' rel="noopener noreferrer"' if href.lower().startswith("http") else ""
    return f'<a href="{escape(href)}"{elsewhere}>'
