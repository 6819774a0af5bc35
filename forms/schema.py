"""Sheets as they are kept: form-js JSON, loaded within limits and turned into components once it has been checked."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from feel import Expression, parse
from forms.components import (
    CHOICES,
    LONG_TEXT_LIMIT,
    ROWS_LIMIT,
    TEXT_LIMIT,
    Group,
    Kind,
    Limits,
    Option,
    Part,
    Passage,
    Question,
    Repeated,
    Separator,
    Words,
)
from forms.messages import LANGUAGES, say
from forms.patterns import parse_pattern
from helpdesk.errors import DeskError

LARGEST = 512 * 1024
DEEPEST = 5  # groups in groups
Json = Mapping[str, Any]
# A place in the subject of a form, with the marks in front of it: “, {began_at}”.
PLACE = re.compile(r"([^\w{}]*)\{([a-z][a-z0-9_.]*)\}")


class UnreadableSheet(DeskError):
    """The sheet cannot be read: {reason}."""


def load(source: bytes | str | Json) -> Json:
    """The JSON object of a sheet.

    Raises UnreadableSheet if it is too large, not JSON, or not an object.
    """
    if isinstance(source, Mapping):
        return source
    if len(source) > LARGEST:
        raise UnreadableSheet(reason=f"larger than {LARGEST} bytes")
    try:
        schema = json.loads(source, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UnreadableSheet(reason=str(error)) from None
    if not isinstance(schema, dict):
        raise UnreadableSheet(reason="not a JSON object")
    return schema


def parts_of(components: list[Json], path: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """The components as frozen parts. They have passed check_sheet, so nothing is missing or odd."""
    return tuple(_part(component, path) for component in components)


def subject_of(schema: Json) -> Words:
    """What a start form says about the subject of its tickets; empty if it says nothing."""
    properties = schema.get("properties") or {}
    return {language: properties[f"subject.{language}"] for language in LANGUAGES
            if f"subject.{language}" in properties}


def kind_of(component: Json) -> Kind | None:
    """The kind of answer a component asks for, or None if it asks for nothing we know.

    form-js has one type for dates and times and tells them apart by their subtype.
    """
    name = component.get("subtype", "date") if component.get("type") == "datetime" else component.get("type")
    if component.get("type") in ("date", "time"):
        return None
    try:
        return Kind(str(name))
    except ValueError:
        return None


def words(component: Json, key: str) -> Words:
    """A text of a component in both languages; empty if it has none."""
    properties = component.get("properties") or {}
    english = component.get(f"{key}.en") or properties.get(f"{key}.en") or component.get(key) or ""
    return {"pl": component.get(key) or "", "en": english}


def condition(text: object) -> Expression | None:
    """The FEEL expression in a property that begins with an equals sign."""
    return parse(text.removeprefix("=").strip()) if isinstance(text, str) and text.strip() else None


def group_path(component: Json) -> tuple[str, ...]:
    """Where the answers of a group go; a group without a path leaves them among the others."""
    path = component.get("path") or ""
    return tuple(path.split(".")) if path else ()


def _part(component: Json, path: tuple[str, ...]) -> Part:
    hide = condition((component.get("conditional") or {}).get("hide"))
    match component["type"]:
        case "text":
            return Passage(words(component, "text"), hide)
        case "separator":
            return Separator(hide)
        case "group":
            inner = parts_of(component.get("components") or [], path + group_path(component))
            name = re.sub(r"[^A-Za-z0-9_-]", "", component.get("id") or "-".join(path + group_path(component)))
            return Group(name, words(component, "label"), words(component, "description"), inner, hide)
        case "dynamiclist":
            return _repeated(component, path, hide)
    return _question(component, path, hide)


def _repeated(component: Json, path: tuple[str, ...], hide: Expression | None) -> Repeated:
    own = (*path, component["path"])
    properties = component.get("properties") or {}
    fewest = int(properties.get("min_rows") or 0)
    most = int(properties.get("max_rows") or max(ROWS_LIMIT, fewest))
    first = component.get("defaultRepetitions")
    return Repeated(
        id="-".join(own), path=own, label=words(component, "label"), hint=words(component, "description"),
        row={language: properties.get(f"row.{language}") or say("row", language) for language in LANGUAGES},
        parts=parts_of(component.get("components") or []), fewest=fewest, most=most,
        first=min(max(1 if first is None else int(first), fewest), most), hide=hide)


def _question(component: Json, path: tuple[str, ...], hide: Expression | None) -> Question:
    properties = component.get("properties") or {}
    appearance = component.get("appearance") or {}
    shown = {**appearance, "properties": properties}
    kind = Kind(kind_of(component) or "")
    values = (component.get("values") or []) if kind in CHOICES else []
    return Question(
        kind=kind,
        path=(*path, component["key"]),
        label=_label(component),
        hint=words(component, "description"),
        required=bool((component.get("validate") or {}).get("required")),
        required_if=condition(properties.get("required_if")),
        refused_if=condition(properties.get("refused_if")),
        refusal={"pl": properties.get("refused.pl") or "", "en": properties.get("refused.en") or ""},
        hide=hide,
        limits=_limits(component),
        options=tuple(Option(str(value["value"]), words(value, "label"),
                             frozenset(str(value.get("services") or "").split())) for value in values),
        default=component.get("defaultValue"),
        prefix=words(shown, "prefixAdorner"),
        suffix=words(shown, "suffixAdorner"),
        autocomplete=str(properties.get("autocomplete", "")),
        accept=str(component.get("accept") or ""),
        many_files=bool(component.get("multiple")),
    )


def _label(component: Json) -> Words:
    """form-js keeps the label of a date or a time apart from that of other fields."""
    for key in ("label", "dateLabel", "timeLabel"):
        if component.get(key):
            polish = component[key]
            return {"pl": polish, "en": (component.get("properties") or {}).get("label.en") or polish}
    return {"pl": "", "en": ""}


def _limits(component: Json) -> Limits:
    rules = component.get("validate") or {}
    default = LONG_TEXT_LIMIT if component["type"] == "textarea" else TEXT_LIMIT
    shape = rules.get("validationType") or ""
    digits = component.get("decimalDigits")
    return Limits(
        min_length=int(rules.get("minLength") or 0),
        max_length=int(rules.get("maxLength") or default),
        pattern=parse_pattern(rules["pattern"]) if rules.get("pattern") else None,
        lowest=_number(rules.get("min")),
        highest=_number(rules.get("max")),
        decimals=None if digits is None else int(digits),
        shape="" if shape == "custom" else shape,
    )


def _number(value: object) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")
