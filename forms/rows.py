"""Rows of repeated parts on the page: which there are, what their fields are called, adding and removing one.

A page sends the number of every row under the name of its list, and a row's fields as list.number.field. Numbers stay
as they are while the form is filled in, so that nothing moves when a row between others is removed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.components import MOST_ROWS, Question, Repeated, questions

CHANGE_FIELD = "_rows"  # the button that adds or removes a row: "add list", "remove list 3"
BIGGEST_NUMBER = 999

Raw = dict[str, list[str]]


@dataclass(frozen=True)
class Row:
    """One row of a list. number: as the page knows it. place: from 0, as the answers know it."""

    of: Repeated
    number: int
    place: int

    @property
    def name(self) -> str:
        """What the names of its fields begin with."""
        return f"{self.of.name}.{self.number}"

    def field(self, question: Question) -> str:
        """The name of a field of this row."""
        return f"{self.name}.{question.name}"

    def label(self, language: str) -> str:
        """What the row is called: Document 2."""
        return f"{self.of.row[language]} {self.place + 1}"

    @property
    def questions(self) -> Sequence[Question]:
        return questions(self.of.parts)


def rows_of(part: Repeated, raw: Mapping[str, Sequence[str]]) -> list[Row]:
    """The rows that were sent, in order; more than any list may have come from no page of ours."""
    numbers = [int(text) for text in raw.get(part.name, ()) if is_number(text)]
    return [Row(part, number, place) for place, number in enumerate(list(dict.fromkeys(numbers))[:MOST_ROWS + 1])]


def first_rows(part: Repeated) -> list[str]:
    """The numbers of the rows that are shown before anything was filled in."""
    return [str(number) for number in range(part.first)]


def is_number(text: str) -> bool:
    """Whether a text is the number of a row."""
    return text.isascii() and text.isdecimal() and len(text) <= len(str(BIGGEST_NUMBER))


def read_change(text: str) -> tuple[str, int | None] | None:
    """Which list a button changes, and which of its rows goes; None if it is no button of ours."""
    match text.split(" "):
        case ["add", name] if name:
            return name, None
        case ["remove", name, number] if name and is_number(number):
            return name, int(number)
    return None


def change(raw: Mapping[str, Sequence[str]], text: str) -> Raw:
    """What was typed, with a row more or less as the button says."""
    changed = {key: list(values) for key, values in raw.items() if key != CHANGE_FIELD}
    asked = read_change(text)
    if asked is None:
        return changed
    name, gone = asked
    numbers = [one for one in changed.get(name, []) if is_number(one)]
    if gone is None:
        following = max((int(one) for one in numbers), default=-1) + 1
        if len(numbers) < MOST_ROWS and following <= BIGGEST_NUMBER:
            changed[name] = [*numbers, str(following)]
        return changed
    changed[name] = [one for one in numbers if int(one) != gone]
    # The last row that goes leaves its list behind, so that it is not taken for one never shown.
    changed[name] = changed[name] or [""]
    return {key: values for key, values in changed.items() if not is_in_row(key, name, gone)}


def is_in_row(field: str, name: str, number: int) -> bool:
    """Whether a field belongs to that row of that list."""
    return field.startswith(f"{name}.{number}.")


def flatten(name: str, value: object) -> Iterator[tuple[str, object]]:
    """An answer as a page would send it: of a list, the numbers of its rows and then each field by its name."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flatten(f"{name}.{key}", inner)
    elif isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        yield name, [str(place) for place in range(len(value))]
        for place, row in enumerate(value):
            yield from flatten(f"{name}.{place}", row)
    else:
        yield name, value
