"""A link that fills in a form: only what the form asks at once and would accept is taken from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from forms.components import Kind
from forms.sheet import Sheet

MOST_FIELDS = 30
LONGEST_VALUE = 1_000
LONGEST_LINK = 4_000  # all values together


def read_link(sheet: Sheet, given: Mapping[str, Sequence[str]], language: str, *,
              context: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a link fills in, as a page would send it; the rest of it is left out without a word.

    Never files, rows of lists, what is hidden, or an answer that would be refused.
    """
    asked = {question.name for question in sheet.questions if question.kind is not Kind.FILES}
    taken: dict[str, list[str]] = {}
    length = 0
    for name, values in list(given.items())[:MOST_FIELDS]:
        length += sum(map(len, values))
        if name in asked and length <= LONGEST_LINK and all(len(value) <= LONGEST_VALUE for value in values):
            taken[name] = list(values)
    # What one answer hides or makes wrong may depend on another, so it is read until all that is left fits.
    while taken:
        filled = sheet.read(taken, language, context, may_lack=True)
        wrong = set(filled.errors) & set(taken)
        if not wrong:
            shown = sheet.raw(filled.answers, language)
            return {name: shown[name] for name in taken if shown.get(name)}
        taken = {name: values for name, values in taken.items() if name not in wrong}
    return {}
