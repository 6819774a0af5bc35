"""The rest of a sheet: what is still to be asked when some answers are known and others are lacking."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from feel import Expression
from forms.answers import Filled
from forms.components import Group, Part, Question, Repeated, questions, walk
from forms.sheet import Sheet


def rest_of(sheet: Sheet, lacking: Collection[str]) -> tuple[Part, ...]:
    """The parts with the questions that are lacking, and those that may be asked because of them."""
    asked = set(lacking)
    while more := {part.name for part, hides in walk(sheet.parts) if isinstance(part, Question | Repeated)
                   and part.name not in asked and _depends(part, hides, asked)}:
        asked |= more
    return _only(sheet.parts, asked)


def fill_rest(sheet: Sheet, known: Mapping[str, object], typed: Mapping[str, Sequence[str]] | None, language: str, *,
              context: Mapping[str, Any], files: Mapping[str, Sequence[str]]) -> Filled:
    """The rest of the sheet, filled in: `answers` are those of the whole sheet once nothing is lacking.

    known: answers as they were stored. typed: what was sent now, None when the rest is shown for the first time.
    files: by field, those of the request and those just added.
    """
    before = sheet.raw(known, language)
    lacking = sheet.read(before, language, context, files=files, may_lack=True).lacking
    parts = rest_of(sheet, lacking)
    names = {question.name for question in questions(parts)} | {
        part.name for part, _ in walk(parts) if isinstance(part, Repeated)}
    now = {name: list(texts) for name, texts in (typed or {}).items() if _is_asked(name, names)}
    kept = {name: texts for name, texts in before.items() if typed is None or not _is_asked(name, names)}
    # Nothing is told of what the page has shown, for it has shown only the rest: every question is taken as asked.
    filled = sheet.read({**kept, **now}, language, context, files=files)
    shown = replace(filled, parts=parts)
    return shown if typed is not None else replace(shown, errors={}, answers={})


def _is_asked(name: str, names: Collection[str]) -> bool:
    return name in names or any(name.startswith(f"{one}.") for one in names)


def _depends(part: Question | Repeated, hides: Sequence[Expression], asked: Collection[str]) -> bool:
    conditions = [*hides, *([part.required_if] if isinstance(part, Question) and part.required_if else [])]
    return any(".".join(name[:end]) in asked for condition in conditions for name in condition.names
               for end in range(1, len(name) + 1))


def _only(parts: Sequence[Part], asked: Collection[str]) -> tuple[Part, ...]:
    kept: list[Part] = []
    for part in parts:
        if isinstance(part, Group):
            inner = _only(part.parts, asked)
            if inner:
                kept.append(replace(part, parts=inner))
        elif isinstance(part, Question | Repeated) and part.name in asked:
            kept.append(part)
    return tuple(kept)
