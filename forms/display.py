"""A sheet as a page shows it: every part with its texts in one language, its state, and how it is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from markdown_it import MarkdownIt
from markupsafe import Markup

from feel import Expression
from forms.components import LONG_TEXT_LIMIT, Group, Kind, Part, Passage, Question, Repeated, questions, walk
from forms.conditions import Scope, Tree, is_hidden, tree
from forms.fields import TICKED
from forms.messages import say
from forms.rows import rows_of
from forms.values import write

_INPUT_TYPES = {Kind.DATE: "date", Kind.TIME: "time", Kind.MOMENT: "datetime-local", Kind.FILES: "file"}
_SHAPE_TYPES = {"email": "email", "phone": "tel"}
_SHAPE_COMPLETE = {"email": "email", "phone": "tel"}
_NARROW = frozenset({Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.MOMENT})
_DIGITS = frozenset({"nip", "pesel", "regon"})


class Filling(Protocol):
    """What a page needs to know of a filled sheet."""

    @property
    def parts(self) -> Sequence[Part]: ...
    @property
    def language(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def errors(self) -> Mapping[str, str]: ...
    @property
    def newly_asked(self) -> Sequence[str]: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def row_scopes(self) -> Mapping[str, Scope]: ...


@dataclass(frozen=True)
class ShownOption:
    """One of the answers to choose from, and whether it is chosen."""

    value: str
    label: str
    id: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One part of the page; what its type has no use for is empty.

    type: the form-js type. hides_itself: its own condition hides it now. is_hidden: that, or a group around it does.
    """

    type: str
    is_hidden: bool
    hides_itself: bool = False
    hide: Tree | None = None
    name: str = ""
    id: str = ""
    label: str = ""
    hint: str = ""
    error: str = ""
    is_optional: bool = False
    is_conditional: bool = False
    is_new: bool = False
    values: Sequence[str] = ()
    options: Sequence[ShownOption] = ()
    input: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    suffix: str = ""
    is_many: bool = False
    html: Markup = field(default_factory=Markup)
    parts: Sequence["Shown"] = ()
    rows: Sequence["ShownRow"] = ()
    fresh: "ShownRow | None" = None
    most: int = 0
    fewest: int = 0

    @property
    def value(self) -> str:
        """The one text typed, or nothing."""
        return self.values[0] if self.values else ""

    @property
    def is_ticked(self) -> bool:
        """Whether the box is ticked."""
        return self.value.strip().lower() in TICKED

    @property
    def is_short(self) -> bool:
        """Whether a narrow input is enough."""
        return self.type in _NARROW

    @property
    def row_word(self) -> str:
        """What one of the things of a list is called, in the middle of a sentence."""
        word = self.fresh.label if self.fresh else ""
        return word if word[1:2].isupper() else word[:1].lower() + word[1:]

    @property
    def described_by(self) -> str:
        """The ids of the hint and the error, as aria-describedby wants them."""
        ids = [f"{self.id}-hint"] * bool(self.hint) + [f"{self.id}-error"] * bool(self.error)
        return " ".join(ids)


@dataclass(frozen=True)
class ShownRow:
    """One row of a list with its parts. number: as its fields are called; name: what they begin with."""

    number: str
    name: str
    label: str
    parts: Sequence[Shown]


FRESH = "__row__"  # stands for the number of a row that the page's script may add


@dataclass(frozen=True)
class _View:
    """From where parts are shown: the names that conditions may follow, what they read, and the row around."""

    filled: Filling
    names: Mapping[str, str]
    scope: Scope
    begin: str = ""

    def name(self, question: Question) -> str:
        return f"{self.begin}{question.name}"


def show(filled: Filling) -> list[Shown]:
    """The parts to render. Hidden ones are among them only if the page's script can bring them back."""
    names = {question.name: question.name for question in questions(filled.parts)}
    return _shown(filled.parts, _View(filled, names, filled.scope), (), outer_hidden=False)


def problems(filled: Filling) -> list[tuple[str, str, str]]:
    """For the summary above the form: the id to go to, the label and the error, in the order of the questions."""
    language, found = filled.language, []
    for part, _ in walk(filled.parts):
        if isinstance(part, Question | Repeated) and part.name in filled.errors:
            found.append((field_id(part.name), part.label[language], filled.errors[part.name]))
        for row in rows_of(part, filled.values) if isinstance(part, Repeated) else ():
            found += [(field_id(name), f"{row.label(language)}, {question.label[language]}", filled.errors[name])
                      for question in row.questions if (name := row.field(question)) in filled.errors]
    return found


def field_id(name: str) -> str:
    """The id of a field's first input on the page."""
    return "f-" + name.replace(".", "-")


@lru_cache(maxsize=512)
def markdown(text: str) -> Markup:
    """Markdown as safe HTML: tags are shown as text, pictures from elsewhere are not fetched."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - markdown-it escapes everything it does not make itself


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_inline", "html_block"])


def _shown(parts: Sequence[Part], view: _View, around: tuple[Expression, ...], outer_hidden: bool) -> list[Shown]:
    shown = []
    for part in parts:
        hide = tree(part.hide, view.names) if part.hide is not None else None
        hidden = part.hide is not None and is_hidden((part.hide,), view.scope)
        if hidden and hide is None:
            continue
        hides = around if part.hide is None else (*around, part.hide)
        one = _one(part, view, hides, hidden or outer_hidden)
        shown.append(replace(one, hide=hide, hides_itself=hidden))
    return shown


def _one(part: Part, view: _View, hides: tuple[Expression, ...], hidden: bool) -> Shown:
    language = view.filled.language
    if isinstance(part, Question):
        return _question(part, view, hidden, conditional=bool(hides))
    if isinstance(part, Repeated):
        return _list(part, view, hides, hidden)
    if isinstance(part, Group):
        inner = _shown(part.parts, view, hides, hidden)
        return Shown(type="group", is_hidden=hidden, id=f"g-{view.begin.replace('.', '-')}{part.id}",
                     label=part.label[language], hint=part.hint[language], parts=inner)
    if isinstance(part, Passage):
        return Shown(type="text", is_hidden=hidden, html=markdown(part.markdown[language]))
    return Shown(type="separator", is_hidden=hidden)


def _list(part: Repeated, view: _View, hides: tuple[Expression, ...], hidden: bool) -> Shown:
    filled = view.filled
    rows = [_row(part, str(row.number), row.label(filled.language), filled.row_scopes.get(row.name, view.scope), view,
                 hides, hidden) for row in rows_of(part, filled.values)]
    defaults = {**view.scope, **{question.path[0]: question.default for question in questions(part.parts)}}
    fresh = _row(part, FRESH, part.row[filled.language], defaults, view, hides, hidden)
    return Shown(
        type="list", is_hidden=hidden, name=part.name, id=field_id(part.name), label=part.label[filled.language],
        hint=part.hint[filled.language], error="" if hidden else filled.errors.get(part.name, ""),
        is_optional=part.fewest == 0, is_conditional=bool(hides), is_new=part.name in filled.newly_asked,
        rows=rows, fresh=fresh, most=part.most, fewest=part.fewest)


def _row(part: Repeated, number: str, label: str, scope: Scope, view: _View, hides: tuple[Expression, ...],
         hidden: bool) -> ShownRow:
    begin = f"{part.name}.{number}."
    names = {**view.names, **{question.name: begin + question.name for question in questions(part.parts)}}
    inner = _View(view.filled, names, scope, begin)
    # Whether the list as a whole is shown is asked about the list; in its rows only their own conditions are asked.
    return ShownRow(number, begin[:-1], label, _shown(part.parts, inner, (), hidden))


def _question(question: Question, view: _View, hidden: bool, *, conditional: bool) -> Shown:
    filled, language, name = view.filled, view.filled.language, view.name(question)
    values = filled.values.get(name, ())
    if view.begin.endswith(f".{FRESH}."):
        values = [] if question.default in (None, "", []) else [write(question.default, language)]
    may_skip = not question.required and question.required_if is None and question.kind is not Kind.TICK
    return Shown(
        type=str(question.kind), is_hidden=hidden, name=name, id=field_id(name),
        label=question.label[language], hint=_hint(question, language),
        error="" if hidden else filled.errors.get(name, ""),
        is_optional=may_skip, is_conditional=conditional, is_new=name in filled.newly_asked,
        values=values, options=_options(question, name, values, language), input=_input(question),
        prefix=question.prefix.get(language, ""), suffix=question.suffix.get(language, ""),
        is_many=question.many_files,
    )


def _hint(question: Question, language: str) -> str:
    hint = question.hint[language]
    if question.kind is Kind.LONG_TEXT and question.limits.max_length != LONG_TEXT_LIMIT:
        hint = f"{hint} {say('at_most', language, n=question.limits.max_length)}".strip()
    return hint


def _options(question: Question, name: str, values: Sequence[str], language: str) -> list[ShownOption]:
    first = field_id(name)
    return [
        ShownOption(option.value, option.label[language], first if index == 0 else f"{first}-{index + 1}",
                    option.value in values)
        for index, option in enumerate(question.options)
    ]


def _input(question: Question) -> dict[str, str]:
    """The attributes of the input that say how it is typed."""
    kind, shape = question.kind, question.limits.shape
    attributes = {"type": _INPUT_TYPES.get(kind) or _SHAPE_TYPES.get(shape, "text")}
    if complete := question.autocomplete or _SHAPE_COMPLETE.get(shape, ""):
        attributes["autocomplete"] = complete
    if kind is Kind.NUMBER:
        attributes |= {"inputmode": "numeric" if question.limits.decimals == 0 else "decimal", "autocomplete": "off"}
    if shape in _DIGITS:
        attributes["inputmode"] = "numeric"
    if shape:
        attributes |= {"spellcheck": "false", "autocapitalize": "none" if shape == "email" else "characters"}
    if question.accept:
        attributes["accept"] = question.accept
    return attributes
