"""What is wrong with a sheet, found before it is published: whatever passes here can be asked and read."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from feel import FeelError, parse
from forms.checks import details
from forms.checks.findings import SheetFinding, finding
from forms.messages import LANGUAGES
from forms.schema import DEEPEST, PLACE, Json, UnreadableSheet, group_path, kind_of, load

MOST_COMPONENTS = 200
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
CONTAINERS = frozenset({"group", "dynamiclist"})
SILENT = frozenset({"text", "separator"})
# Of a subject: how long, and which places it may have beside the form's fields.
SUBJECT_MOST = 120
CATALOGUE = frozenset({"service", "classification"})

__all__ = ["SheetFinding", "check_sheet"]


@dataclass
class _Seen:
    """What the walk through a sheet has come across."""

    names: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    count: int = 0
    conditions: list[details.Condition] = field(default_factory=list)


def check_sheet(schema: bytes | str | Json, known: Collection[str] = ()) -> list[SheetFinding]:
    """Everything that keeps a sheet from being published; an empty list if nothing does.

    known: first names that conditions may read besides the sheet's own fields, for example "ticket" and the keys
    of other sheets. Without it any dotted name is taken to be one of those, and only plain names are checked.
    """
    try:
        sheet = load(schema)
    except UnreadableSheet as error:
        return [finding("", "unreadable", reason=error.facts["reason"])]
    components = sheet.get("components")
    if not isinstance(components, list) or sheet.get("type", "default") != "default":
        return [finding("", "no_components")]
    found = []
    if not isinstance(sheet.get("id"), str) or not KEY.fullmatch(sheet["id"]):
        found.append(finding("", "bad_id"))
    seen = _Seen()
    found.extend(_check_all(components, (), 0, (), seen))
    found.extend(_check_names(seen, known))
    found.extend(_check_subject(sheet, seen))
    found.extend(_find_circles(seen.conditions, seen.lists, seen.names))
    return found


def _check_subject(sheet: Json, seen: _Seen) -> Iterator[SheetFinding]:
    """A subject is given in both languages, and its places are fields or what the catalogue says."""
    properties = sheet.get("properties") or {}
    if not isinstance(properties, Mapping):
        yield finding("", "bad_subject", n=SUBJECT_MOST)
        return
    texts = [properties.get(f"subject.{language}") for language in LANGUAGES]
    if texts == [None] * len(texts):
        return
    if not all(isinstance(text, str) and 0 < len(text) <= SUBJECT_MOST for text in texts):
        yield finding("", "bad_subject", n=SUBJECT_MOST)
        return
    places = {found[2] for text in texts for found in PLACE.finditer(str(text))}
    for place in sorted(places - seen.names - CATALOGUE):
        yield finding("", "unknown_place", place=place)


def _check_all(components: list[Any], path: tuple[str, ...], depth: int, around: tuple[details.Condition, ...],
               seen: _Seen) -> Iterator[SheetFinding]:
    if depth > DEEPEST:
        yield finding(".".join(path), "too_deep", n=DEEPEST)
        return
    for component in components:
        seen.count += 1
        if seen.count > MOST_COMPONENTS:
            if seen.count == MOST_COMPONENTS + 1:
                yield finding("", "too_many", n=MOST_COMPONENTS)
            return
        if not isinstance(component, Mapping):
            yield finding("", "not_an_object")
            continue
        yield from _check_one(component, path, depth, around, seen)


def _check_one(component: Json, path: tuple[str, ...], depth: int, around: tuple[details.Condition, ...],
               seen: _Seen) -> Iterator[SheetFinding]:
    name = _told_name(component, path)
    kind = component.get("type")
    wrong = list(details.check_shape(component, name))
    yield from wrong
    if wrong:
        return
    if kind not in CONTAINERS | SILENT and kind_of(component) is None:
        yield finding(name, "unsupported_type", type=kind)
        return
    conditions = list(details.read_conditions(component, name))
    yield from (found for found in conditions if isinstance(found, SheetFinding))
    own = tuple(condition for condition in conditions if isinstance(condition, details.Condition))
    seen.conditions.extend(own)
    hides = (*around, *(condition for condition in own if condition.setting == "hide"))
    yield from details.check_texts(component, name)
    if kind == "group":
        yield from _check_group(component, path, depth, hides, seen)
    elif kind == "dynamiclist":
        yield from _check_list(component, path, hides, seen)
    elif kind not in SILENT:
        seen.conditions.extend(details.Condition(name, "around", hide.names) for hide in around)
        yield from _check_key(component.get("key"), name, seen)
        yield from details.check_question(component, name)


def _check_group(component: Json, path: tuple[str, ...], depth: int, hides: tuple[details.Condition, ...],
                 seen: _Seen) -> Iterator[SheetFinding]:
    inner = path + group_path(component)
    for key in inner[len(path):]:
        if not KEY.fullmatch(key):
            yield finding(_told_name(component, path), "bad_key")
            return
    seen.groups.update(".".join(inner[:end]) for end in range(1, len(inner) + 1))
    yield from _check_all(component.get("components") or [], inner, depth + 1, hides, seen)


def _check_list(component: Json, path: tuple[str, ...], hides: tuple[details.Condition, ...],
                seen: _Seen) -> Iterator[SheetFinding]:
    """A repeated part: conditions inside read the fields of their own row by plain names."""
    key = component.get("path")
    name = ".".join((*path, str(key or "")))
    yield from _check_key(key, name, seen)
    yield from details.check_list(component, name)
    if name in seen.lists:
        return
    seen.lists.add(name)
    seen.conditions.extend(details.Condition(name, "around", hide.names) for hide in hides)
    inside = _Seen(count=seen.count)
    yield from (replace(one, component=f"{name}.{one.component}".rstrip("."))
                for one in _check_all(component.get("components") or [], (), 0, (), inside))
    seen.count = inside.count
    own = inside.names | inside.groups
    if inside.lists:
        yield finding(name, "list_in_list")
    for double in sorted(inside.names & inside.groups):
        yield finding(f"{name}.{double}", "duplicate_key", key=double)
    seen.names.update(f"{name}.{one}" for one in inside.names)
    seen.groups.update(f"{name}.{one}" for one in inside.groups)
    for condition in inside.conditions:
        seen.conditions.append(replace(
            condition, component=f"{name}.{condition.component}",
            names=frozenset((*name.split("."), *read) if read[0] in own else read for read in condition.names)))
    seen.conditions.extend(details.Condition(f"{name}.{one}", "around", hide.names)
                           for one in inside.names for hide in hides)
    yield from details.check_cells(component, name, len(inside.names), inside.names)


def _check_key(key: object, name: str, seen: _Seen) -> Iterator[SheetFinding]:
    if not isinstance(key, str) or not KEY.fullmatch(key):
        yield finding(name, "bad_key")
    elif not _is_name(key):
        yield finding(name, "reserved_key", key=key)
    elif name in seen.names:
        yield finding(name, "duplicate_key", key=name)
    seen.names.add(name)


def _is_name(key: str) -> bool:
    """Whether conditions can read an answer by this key: words of FEEL, such as "and", mean something else there."""
    try:
        return key != "not" and parse(key).names == {(key,)}  # "not(" begins a call
    except FeelError:
        return False


def _check_names(seen: _Seen, known: Collection[str]) -> Iterator[SheetFinding]:
    for name in sorted(seen.names & seen.groups):
        yield finding(name, "duplicate_key", key=name)
    for condition in seen.conditions:
        for read in sorted(condition.names) if condition.setting != "around" else ():
            if not _exists(read, seen, known):
                yield finding(condition.component, "unknown_name", setting=condition.setting, name=".".join(read))


def _exists(read: tuple[str, ...], seen: _Seen, known: Collection[str]) -> bool:
    name = ".".join(read)
    if name in seen.names or name in seen.groups or read[0] in known:
        return True
    if read[0] in seen.names | seen.groups:
        return False
    return not known and len(read) > 1


def _told_name(component: Json, path: tuple[str, ...]) -> str:
    """What the author knows the component by: its key with its path, else its id."""
    key = component.get("path" if component.get("type") == "dynamiclist" else "key")
    return ".".join((*path, key)) if isinstance(key, str) and key else str(component.get("id", ""))[:80]


def _find_circles(conditions: Sequence[details.Condition], lists: Collection[str] = (),
                  fields: Collection[str] = ()) -> Iterator[SheetFinding]:
    """One finding for every field that decides, directly or through others, whether it is shown itself."""
    reads: dict[str, set[str]] = {}
    for condition in conditions:
        if condition.setting not in {"required_if", "refused_if"}:
            reads.setdefault(condition.component, set()).update(".".join(name) for name in condition.names)
    for name in lists:
        # Whoever reads a list reads the fields of all its rows.
        reads.setdefault(name, set()).update(field for field in fields if field.startswith(f"{name}."))
    for name in sorted(reads):
        if name in _reached(name, reads):
            yield finding(name, "circular")


def _reached(start: str, reads: Mapping[str, set[str]]) -> set[str]:
    """Every field that the start depends on, however far away."""
    reached: set[str] = set()
    waiting = list(reads.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(reads.get(name, ()))
    return reached
