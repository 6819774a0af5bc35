"""The catalogue as its administrator changes it: one entry at a time, or a whole file; every change is audited.

Nothing is ever removed: requests refer to where they were made. What is not offered any more is hidden. Keys never
change, nor does the service of a classification: processes and links know an entry by them.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk import audit
from helpdesk.catalogue.audience import BadAudience, parse_audience
from helpdesk.catalogue.files import KEY, RESERVED, load_catalogue, parse_catalogue
from helpdesk.catalogue.records import (
    DESCRIPTION_MAX,
    HOURS_MAX,
    KEY_MAX,
    KEYWORDS_MAX,
    NAME_MAX,
    Area,
    Classification,
    Service,
)
from helpdesk.errors import Conflict, DeskError, NotFound
from helpdesk.fulltext.words import fold
from helpdesk.people.accounts import Person

Editable = Area | Service | Classification
KINDS: Mapping[str, type[Area] | type[Service] | type[Classification]] = {
    "area": Area, "service": Service, "classification": Classification}
# The texts of an entry and how long they may be; an entry has those of them that its record has.
TEXTS: Mapping[str, int] = {
    "name_pl": NAME_MAX, "name_en": NAME_MAX, "description_pl": DESCRIPTION_MAX, "description_en": DESCRIPTION_MAX,
    "keywords": KEYWORDS_MAX, "hours_pl": HOURS_MAX, "hours_en": HOURS_MAX}
NAMES = ("name_pl", "name_en")
FIELDS = (*TEXTS, "audience", "is_hidden", "area_id", "request_type")


class BadEntry(DeskError):
    """Some fields have to be corrected."""

    def __init__(self, problems: Mapping[str, DeskError]) -> None:
        self.problems = problems
        super().__init__()


class NothingTyped(DeskError):
    """Fill this in."""


class TooManyLetters(DeskError):
    """Use {most} characters at most; now there are {count}."""


class UnfitKey(DeskError):
    """Use small letters without accents, digits, - and _; at most {most} of them."""


class KeyTaken(DeskError):
    """The key “{key}” is already used here."""


class NobodyNamed(DeskError):
    """Name the firms by their numbers, or tick the roles; together they must not be too many."""


class NotPublished(DeskError):
    """Choose one of the published request types."""


class EntryChanged(Conflict):
    """Somebody else changed this in the meantime. What you typed is below; compare it and save again."""


def get_entry(session: Session, kind: str, entry_id: int) -> Editable:
    """An area, a service or a classification. Raises NotFound."""
    found = session.get(KINDS[kind], entry_id) if kind in KINDS else None
    if found is None:
        raise NotFound()
    assert isinstance(found, Area | Service | Classification)
    return found


def state_of(entry: Editable) -> str:
    """A short word that changes with everything that can be edited: a form brings back the one it was made from."""
    said = repr([getattr(entry, field, None) for field in FIELDS])
    return sha256(said.encode()).hexdigest()[:16]


def add(session: Session, kind: str, typed: Mapping[str, str], *, parent: Area | Service | None,
        request_types: Collection[str], by: Person, now: datetime) -> Editable:
    """A new entry, the last one of its place. typed: FIELDS and perhaps a key. Raises BadEntry."""
    entry = KINDS[kind]()
    if isinstance(entry, Service):
        assert isinstance(parent, Area)
        entry.area_id = parent.id
    elif isinstance(entry, Classification):
        assert isinstance(parent, Service)
        entry.service_id = parent.id
    problems = _fill(session, entry, typed, request_types)
    key = typed.get("key", "").strip() or _key_of(typed.get("name_en", ""))
    wrong = _check_key(session, entry, key)
    # Without an English name there is nothing to make a key from; the name is what has to be told.
    if wrong is not None and (typed.get("key", "").strip() or "name_en" not in problems):
        problems["key"] = wrong
    if problems:
        raise BadEntry(problems)
    entry.key, entry.position = key, _last(session, entry) + 1
    session.add(entry)
    session.flush()
    audit.record(session, "catalogue_added", by=by.id, now=now, kind=kind, entry_id=entry.id, key=key)
    return entry


def change(session: Session, entry: Editable, typed: Mapping[str, str], *, state: str, request_types: Collection[str],
           by: Person, now: datetime) -> None:
    """Let the entry say what was typed. state: what `state_of` gave when the form was made.

    Raises BadEntry, and EntryChanged when the entry is not what the form was made from.
    """
    if state != state_of(entry):
        raise EntryChanged()
    before = {field: getattr(entry, field, None) for field in FIELDS}
    problems = _fill(session, entry, typed, request_types)
    if problems:
        raise BadEntry(problems)
    changed = sorted(field for field, value in before.items() if getattr(entry, field, None) != value)
    session.flush()
    audit.record(session, "catalogue_changed", by=by.id, now=now, kind=entry.__tablename__, entry_id=entry.id,
                 fields=changed)


def move(session: Session, entry: Editable, *, up: bool, by: Person, now: datetime) -> None:
    """Let the entry change places with the one before or after it; at the end of its list it stays."""
    siblings = list(session.scalars(_siblings(entry)))
    place = siblings.index(entry)
    other = place + (-1 if up else 1)
    if 0 <= other < len(siblings):
        siblings[place], siblings[other] = siblings[other], siblings[place]
    for position, one in enumerate(siblings):
        one.position = position
    session.flush()
    audit.record(session, "catalogue_moved", by=by.id, now=now, kind=entry.__tablename__, entry_id=entry.id, up=up)


def load(session: Session, data: bytes, *, request_types: Collection[str], by: Person, now: datetime) -> dict[str, int]:
    """Add and update what a file lists; how many of each. Raises BadCatalogue, and nothing is changed."""
    counts = load_catalogue(session, parse_catalogue(data), request_types=request_types)
    audit.record(session, "catalogue_loaded", by=by.id, now=now, **counts)
    return counts


def _fill(session: Session, entry: Editable, typed: Mapping[str, str],
          request_types: Collection[str]) -> dict[str, DeskError]:
    """Write what was typed into the entry; gives what is wrong, by field."""
    problems: dict[str, DeskError] = {}
    for field, most in TEXTS.items():
        if not hasattr(type(entry), field):
            continue
        text = " ".join(typed.get(field, "").replace("\x00", "").split())
        if field in NAMES and not text:
            problems[field] = NothingTyped()
        elif len(text) > most:
            problems[field] = TooManyLetters(most=most, count=len(text))
        setattr(entry, field, text)
    try:
        entry.audience = str(parse_audience(typed.get("audience", "")))
    except BadAudience:
        problems["audience"] = NobodyNamed()
    entry.is_hidden = bool(typed.get("is_hidden"))
    if isinstance(entry, Service) and typed.get("area_id"):
        entry.area_id = _get_area(session, typed["area_id"]).id
    if isinstance(entry, Classification):
        entry.request_type = typed.get("request_type", "")[:KEY_MAX]
        if entry.request_type not in request_types:
            problems["request_type"] = NotPublished()
    return problems


def _get_area(session: Session, text: str) -> Area:
    """The area that a form names. Raises NotFound."""
    found = next((area for area in session.scalars(select(Area)) if str(area.id) == text), None)
    if found is None:
        raise NotFound()
    return found


def _key_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:KEY_MAX].strip("_")


def _check_key(session: Session, entry: Editable, key: str) -> DeskError | None:
    if not KEY.fullmatch(key) or len(key) > KEY_MAX:
        return UnfitKey(most=KEY_MAX)
    kind = type(entry)
    query = select(func.count()).select_from(kind).where(kind.key == key)
    if isinstance(entry, Classification):
        query = query.where(Classification.service_id == entry.service_id)
    is_taken = (isinstance(entry, Service) and key in RESERVED) or session.scalar(query)
    return KeyTaken(key=key) if is_taken else None


def _last(session: Session, entry: Editable) -> int:
    return max((one.position for one in session.scalars(_siblings(entry))), default=-1)


def _siblings(entry: Editable) -> Any:
    """A query for everything in the same list, in its order."""
    kind = type(entry)
    query = select(kind).order_by(kind.position, kind.id)
    if isinstance(entry, Service):
        return query.where(Service.area_id == entry.area_id)
    return query.where(Classification.service_id == entry.service_id) if isinstance(entry, Classification) else query
