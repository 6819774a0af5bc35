"""What is wrong with a single component of a sheet."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from feel import FeelError, parse
from forms.checks.findings import SheetFinding, finding
from forms.components import (
    CHOICES,
    LARGEST_LIMIT,
    LONG_TEXT_LIMIT,
    MOST_CELLS,
    MOST_ROWS,
    ROWS_LIMIT,
    TEXT_LIMIT,
    Kind,
)
from forms.patterns import LONGEST_TEXT, BadPattern, SlowPattern, parse_pattern
from forms.schema import Json, kind_of
from forms.values import DIGITS, SHAPES, is_plain

# What the browser may offer from the person's own data; the rest of a sheet is about somebody or something else.
AUTOCOMPLETE = frozenset({
    "name", "given-name", "family-name", "organization", "email", "tel", "street-address", "postal-code",
    "address-level2", "country-name", "off",
})
LONGEST_LABEL = 300
LONGEST_ROW = 60
LONGEST_NAME = 60  # of a field in a row; files are kept by it
LONGEST_PASSAGE = 10_000
MOST_OPTIONS = 300
# What form-js can do and this desk does not, so that nobody relies on it.
UNSUPPORTED = (
    "valuesKey", "valuesExpression", "readonly", "disabled", "disallowPassedDates", "isRepeating", "expression",
)
# The type of every setting that is looked at later, so that the checks after this one need not ask again.
SHAPES_OF: Mapping[str, tuple[type, ...]] = {
    "type": (str,), "key": (str,), "id": (str,), "label": (str,), "dateLabel": (str,), "timeLabel": (str,),
    "description": (str,), "text": (str,), "path": (str,), "subtype": (str,), "accept": (str,), "multiple": (bool,),
    "values": (list,), "components": (list,), "validate": (dict,), "conditional": (dict,), "properties": (dict,),
    "appearance": (dict,), "decimalDigits": (int, Decimal), "defaultRepetitions": (int, Decimal),
    "allowAddRemove": (bool,), "isRepeating": (bool,),
}

_OPTION = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff](?:[^\x00-\x1f\x7f\ud800-\udfff]{0,98}[^\s\ud800-\udfff])?")


@dataclass(frozen=True)
class Condition:
    """An expression of a component and the paths it reads. setting: hide, required_if, refused_if or around (group)."""

    component: str
    setting: str
    names: frozenset[tuple[str, ...]]


def check_shape(component: Json, name: str) -> Iterator[SheetFinding]:
    """Settings whose value is not of the kind that JSON of form-js has there."""
    for setting, kinds in SHAPES_OF.items():
        value = component.get(setting)
        if value is not None and not isinstance(value, kinds):
            yield finding(name, "wrong_type", setting=setting)
    for part in ("properties", "appearance"):
        settings = component.get(part)
        for setting, value in settings.items() if isinstance(settings, Mapping) else ():
            if not isinstance(value, str):
                yield finding(name, "wrong_type", setting=f"{part}.{setting}")
            elif not is_plain(value):
                yield finding(name, "bad_characters", setting=f"{part}.{setting}")
    if not isinstance(component.get("type"), str):
        yield finding(name, "unsupported_type", type="")


def read_conditions(component: Json, name: str) -> Iterator[Condition | SheetFinding]:
    """The expressions of a component, or what is wrong with them."""
    properties = component.get("properties") or {}
    texts = {"hide": (component.get("conditional") or {}).get("hide"),
             "required_if": properties.get("required_if"), "refused_if": properties.get("refused_if")}
    for setting, text in texts.items():
        if text is None or text == "":
            continue
        if not isinstance(text, str) or not text.startswith("="):
            yield finding(name, "not_feel", setting=setting)
            continue
        try:
            yield Condition(name, setting, parse(text.removeprefix("=").strip()).names)
        except FeelError as error:
            yield finding(name, "bad_feel", setting=setting, reason=error)


def check_texts(component: Json, name: str) -> Iterator[SheetFinding]:
    """Texts that a person reads: there, in both languages, and plain."""
    kind = component["type"]
    keys = ("text",) if kind == "text" else ("label", "dateLabel", "timeLabel")
    own = next((key for key in keys if component.get(key)), "")
    if not own and kind not in ("separator", "group"):
        yield finding(name, "missing_label")
    english = {**(component.get("properties") or {})}
    longest = LONGEST_PASSAGE if kind == "text" else LONGEST_LABEL
    if own:
        wanted = "text.en" if kind == "text" else "label.en"
        yield from check_text(component[own], english.get(wanted), name, own, wanted[:-3], longest)
    if component.get("description"):
        text = component["description"]
        yield from check_text(text, english.get("description.en"), name, "description", "description", LONGEST_PASSAGE)


def check_text(text: object, english: object, name: str, setting: str, wanted: str,
               longest: int) -> Iterator[SheetFinding]:
    """One text and its English version."""
    if not isinstance(text, str) or not text.strip():
        yield finding(name, "missing_label")
        return
    if not isinstance(english, str) or not english.strip():
        yield finding(name, "missing_english", setting=wanted)
        english = ""
    if text.startswith("="):
        yield finding(name, "feel_text", setting=setting)
    if not is_plain(text + english):
        yield finding(name, "bad_characters", setting=setting)
    if "{{" in text + english:
        yield finding(name, "template", setting=setting)
    if max(len(text), len(english)) > longest:
        yield finding(name, "text_too_long", setting=setting, n=longest)


def check_list(component: Json, name: str) -> Iterator[SheetFinding]:
    """The settings of a repeated part."""
    properties = component.get("properties") or {}
    for setting in ("allowAddRemove", "isRepeating"):
        if component.get(setting) is False:
            yield finding(name, "unsupported_setting", setting=setting)
    for setting in ("required_if", "refused_if"):
        if properties.get(setting):
            yield finding(name, "unsupported_setting", setting=setting)
    yield from _check_range(properties, ("min_rows", "max_rows"), 0, MOST_ROWS, name, whole=True)
    if not _within(component.get("defaultRepetitions"), 0, MOST_ROWS, whole=True):
        yield finding(name, "bad_limit", setting="defaultRepetitions", lowest=0, highest=MOST_ROWS)
    if properties.get("row.pl") or properties.get("row.en"):
        yield from check_text(properties.get("row.pl"), properties.get("row.en"), name, "row.pl", "row", LONGEST_ROW)


def check_cells(component: Json, name: str, asked: int, names: Collection[str]) -> Iterator[SheetFinding]:
    """Whether a page can carry all rows. asked: questions in one row."""
    most = (component.get("properties") or {}).get("max_rows") or ROWS_LIMIT
    if not asked:
        yield finding(name, "empty_list")
    elif _within(most, 1, MOST_ROWS, whole=True) and int(most) * asked > MOST_CELLS:
        yield finding(name, "too_many_cells", n=MOST_CELLS)
    for long in sorted(one for one in names if len(f"{name}.99.{one}") > LONGEST_NAME):
        yield finding(f"{name}.{long}", "long_name", n=LONGEST_NAME)


def check_question(component: Json, name: str) -> Iterator[SheetFinding]:
    """Whether the question can be asked and its answer read."""
    kind = Kind(kind_of(component) or "")
    for setting in UNSUPPORTED:
        if component.get(setting):
            yield finding(name, "unsupported_setting", setting=setting)
    if kind in CHOICES:
        yield from _check_options(component.get("values") or [], name)
    properties = component.get("properties") or {}
    if properties.get("refused_if"):
        yield from check_text(properties.get("refused.pl"), properties.get("refused.en"), name, "refused.pl", "refused",
                              LONGEST_LABEL)
    complete = properties.get("autocomplete", "")
    if complete and complete not in AUTOCOMPLETE:
        yield finding(name, "bad_autocomplete", value=complete)
    accept = component.get("accept") or ""
    if accept and not re.fullmatch(r"\.[a-z0-9]{1,8}(\s*,\s*\.[a-z0-9]{1,8}){0,30}", accept, re.IGNORECASE | re.ASCII):
        yield finding(name, "bad_accept")
    yield from _check_limits(component, kind, name)
    yield from _check_default(component, kind, name)


def _check_options(values: list[Any], name: str) -> Iterator[SheetFinding]:
    if not values:
        yield finding(name, "no_options")
    if len(values) > MOST_OPTIONS:
        yield finding(name, "too_many_options", n=MOST_OPTIONS)
        return
    seen = set()
    for option in values:
        value = option.get("value") if isinstance(option, Mapping) else None
        if not isinstance(value, str) or not _OPTION.fullmatch(value):
            yield finding(name, "bad_option")
            continue
        if value in seen:
            yield finding(name, "duplicate_option", value=value)
        seen.add(value)
        if not isinstance(option.get("services", ""), str):
            yield finding(name, "wrong_type", setting=f"{value}.services")
        english = option.get("label.en")
        yield from check_text(option.get("label"), english, f"{name}={value}", "label", "label", LONGEST_LABEL)


def _check_limits(component: Json, kind: Kind, name: str) -> Iterator[SheetFinding]:
    rules = component.get("validate") or {}
    shape = rules.get("validationType") or ""
    if shape and (kind is not Kind.TEXT or not isinstance(shape, str) or shape not in SHAPES | {"custom"}):
        yield finding(name, "unknown_validation", value=shape)
    yield from _check_range(rules, ("minLength", "maxLength"), 0, LARGEST_LIMIT, name, whole=True)
    yield from _check_pattern(rules, kind, name)
    largest = 10 ** (DIGITS - 1)
    yield from _check_range(rules, ("min", "max"), -largest, largest, name, whole=False)
    if not _within(component.get("decimalDigits"), 0, DIGITS, whole=True):
        yield finding(name, "bad_limit", setting="decimalDigits", lowest=0, highest=DIGITS)
    if not isinstance(rules.get("required", False), bool):
        yield finding(name, "wrong_type", setting="validate.required")


def _check_range(rules: Json, settings: tuple[str, str], lowest: int, highest: int, name: str, *,
                 whole: bool) -> Iterator[SheetFinding]:
    right = True
    for setting in settings:
        if not _within(rules.get(setting), 1 if setting in {"maxLength", "max_rows"} else lowest, highest, whole=whole):
            right = False
            yield finding(name, "bad_limit", setting=setting, lowest=lowest, highest=highest)
    low, high = (rules.get(setting) for setting in settings)
    if right and low not in (None, "") and high not in (None, "") and Decimal(str(low)) > Decimal(str(high)):
        yield finding(name, "crossed_limits")


def _within(value: object, lowest: int, highest: int, *, whole: bool) -> bool:
    if value is None or value == "":
        return True
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, float, str)):
        return False
    try:
        number = Decimal(str(value))
        return number.is_finite() and lowest <= number <= highest and (not whole or number == int(number))
    except InvalidOperation:
        return False


def _check_pattern(rules: Json, kind: Kind, name: str) -> Iterator[SheetFinding]:
    pattern = rules.get("pattern")
    if not pattern:
        return
    if not isinstance(pattern, str):
        yield finding(name, "wrong_type", setting="validate.pattern")
        return
    try:
        parse_pattern(pattern)
    except BadPattern as error:
        yield finding(name, "bad_pattern", reason=error.facts["reason"])
    except SlowPattern as error:
        yield finding(name, "slow_pattern", reason=error.facts["reason"])
    longest = rules.get("maxLength") or (LONG_TEXT_LIMIT if kind is Kind.LONG_TEXT else TEXT_LIMIT)
    if _within(longest, LONGEST_TEXT + 1, LARGEST_LIMIT, whole=True):
        yield finding(name, "pattern_length", n=LONGEST_TEXT)


def _check_default(component: Json, kind: Kind, name: str) -> Iterator[SheetFinding]:
    default = component.get("defaultValue")
    if default is None or default == "" or default == []:
        return
    values = [option.get("value") for option in component.get("values") or [] if isinstance(option, Mapping)]
    if not _is_answer(default, kind, values):
        yield finding(name, "bad_default")


def _is_answer(default: object, kind: Kind, values: list[object]) -> bool:
    match kind:
        case Kind.TICK:
            return isinstance(default, bool)
        case Kind.NUMBER:
            return _within(default, -(10**DIGITS), 10**DIGITS, whole=False)
        case Kind.CHECKLIST:
            return isinstance(default, list) and all(item in values for item in default)
        case Kind.RADIO | Kind.SELECT:
            return default in values
        case Kind.FILES:
            return False
    return isinstance(default, str)
