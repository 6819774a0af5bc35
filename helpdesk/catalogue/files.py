"""The catalogue as a file: the TOML that `okienko catalogue load` and the editor read, and that the editor writes."""

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.catalogue.audience import BadAudience, parse_audience
from helpdesk.catalogue.records import (
    DESCRIPTION_MAX,
    HOURS_MAX,
    KEY_MAX,
    KEYWORDS_MAX,
    NAME_MAX,
    Area,
    Classification,
    Entry,
    Service,
    list_areas,
)
from helpdesk.errors import DeskError

FILE_MAX, ENTRIES_MAX = 1_000_000, 5_000
KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
# Addresses of pages that stand where the page of a service would.
RESERVED = frozenset({"done", "search"})
HEAD = "# The service catalogue. `okienko catalogue load` and the catalogue's editor read it.\n"
_TEXTS: tuple[tuple[str, int], ...] = (("description", DESCRIPTION_MAX), ("hours", HOURS_MAX))

Facts = Mapping[str, Any]


class BadCatalogue(DeskError):
    """The catalogue cannot be read: {reason}"""


def read_catalogue(path: Path) -> dict[str, Any]:
    """The content of a catalogue file. Raises BadCatalogue."""
    try:
        return parse_catalogue(path.read_bytes())
    except OSError as error:
        raise BadCatalogue(reason=str(error)) from error


def parse_catalogue(data: bytes) -> dict[str, Any]:
    """The content of a catalogue file that was sent. Raises BadCatalogue."""
    if len(data) > FILE_MAX:
        raise BadCatalogue(reason=f"it is larger than {FILE_MAX} bytes")
    try:
        return tomllib.loads(data.decode("utf-8"))
    # A file nested deeper than Python's own limit is no catalogue either.
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadCatalogue(reason=str(error)) from error


def load_catalogue(session: Session, content: Facts, *, request_types: Collection[str] | None = None) -> dict[str, int]:
    """Add or update areas, services and classifications from a mapping such as catalogue.toml; how many of each.

    What the file does not name stays as it is. request_types: those that a classification may start; None for any.
    Raises BadCatalogue when something is missing, too long, or names an area or a request type that does not exist.
    """
    areas, services = _many(content, "areas", "the file"), _many(content, "services", "the file")
    inner = [_many(facts, "classifications", str(facts.get("key"))) for facts in services]
    if len(areas) + len(services) + sum(map(len, inner)) > ENTRIES_MAX:
        raise BadCatalogue(reason=f"it has more than {ENTRIES_MAX} entries")
    ids = _load_areas(session, areas)
    for place, (facts, classifications) in enumerate(zip(services, inner, strict=True)):
        service = _load_service(session, facts, place, ids)
        _load_classifications(session, service, classifications, request_types)
    session.flush()
    return {"area": len(areas), "service": len(services), "classification": sum(map(len, inner))}


def write_catalogue(session: Session) -> str:
    """The whole catalogue as a file that `load_catalogue` reads back into the same."""
    areas = list_areas(session)
    blocks = [_block("areas", area) for area in areas]
    for area in areas:
        for service in area.services:
            keywords = [word.strip() for word in service.keywords.split(",") if word.strip()]
            blocks.append(_block("services", service, area=area.key, keywords=keywords))
            blocks += [_block("services.classifications", one, request_type=one.request_type,
                              keywords=[word.strip() for word in one.keywords.split(",") if word.strip()])
                       for one in service.classifications]
    return "\n".join([HEAD, *blocks])


def _load_areas(session: Session, many: list[Facts]) -> dict[str, int]:
    known = {area.key: area for area in session.scalars(select(Area))}
    for place, facts in enumerate(many):
        key = _key(facts, "an area")
        area = known.setdefault(key, Area(key=key))
        _describe(area, facts, place)
        session.add(area)
    session.flush()
    return {area.key: area.id for area in known.values()}


def _load_service(session: Session, facts: Facts, place: int, area_ids: Mapping[str, int]) -> Service:
    key = _key(facts, "a service")
    if key in RESERVED:
        raise BadCatalogue(reason=f"{key}: the key is reserved")
    service = session.scalar(select(Service).where(Service.key == key)) or Service(key=key)
    _describe(service, facts, place)
    area = str(facts.get("area"))
    if area not in area_ids:
        raise BadCatalogue(reason=f"{key}: there is no area “{area}”")
    service.area_id = area_ids[area]
    service.keywords = _keywords(facts, key)
    session.add(service)
    session.flush()
    return service


def _load_classifications(session: Session, service: Service, many: list[Facts],
                          request_types: Collection[str] | None) -> None:
    known = {one.key: one for one in session.scalars(
        select(Classification).where(Classification.service_id == service.id))}
    for place, facts in enumerate(many):
        key = _key(facts, f"a classification of {service.key}")
        one = known.setdefault(key, Classification(key=key, service_id=service.id))
        _describe(one, facts, place)
        one.request_type = _text(facts, "request_type", f"{service.key}, {key}", KEY_MAX)
        if request_types is not None and one.request_type not in request_types:
            raise BadCatalogue(reason=f"{service.key}, {key}: the request type “{one.request_type}” is not published")
        one.keywords = _keywords(facts, key)
        session.add(one)


def _describe(record: Any, facts: Facts, place: int) -> None:
    """What all three kinds have in common, and the hours of a service."""
    name = facts.get("name") if isinstance(facts.get("name"), Mapping) else {}
    record.position = place
    record.name_pl = _text(name or {}, "pl", f"{record.key}, name", NAME_MAX)
    record.name_en = _text(name or {}, "en", f"{record.key}, name", NAME_MAX)
    for field, most in _TEXTS:
        if not hasattr(record, f"{field}_pl"):
            continue
        told = facts.get(field) or (facts.get("hint") if field == "description" else None) or {}
        if not isinstance(told, Mapping):
            raise BadCatalogue(reason=f"{record.key}: {field} has a text for each language")
        for language in ("pl", "en"):
            text = _text(told, language, f"{record.key}, {field}", most) if told.get(language) else ""
            setattr(record, f"{field}_{language}", text)
    try:
        record.audience = str(parse_audience(str(facts.get("audience", ""))))
    except BadAudience as error:
        raise BadCatalogue(reason=f"{record.key}: {error.sentence()}") from error
    record.is_hidden = facts.get("hidden", False) is True


def _many(facts: Facts, name: str, where: str) -> list[Facts]:
    many = facts.get(name, [])
    if not isinstance(many, list) or not all(isinstance(one, Mapping) for one in many):
        raise BadCatalogue(reason=f"{where}: {name} is a list of tables")
    return many


def _key(facts: Facts, what: str) -> str:
    key = facts.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key) or len(key) > KEY_MAX:
        raise BadCatalogue(reason=f"{what}: the key is missing or is not of small letters, digits, _ and -")
    return key


def _text(facts: Facts, name: str, where: str, most: int) -> str:
    text = facts.get(name)
    if not isinstance(text, str) or not text.strip():
        raise BadCatalogue(reason=f"{where}: {name} is missing")
    if len(text) > most or "\x00" in text:
        raise BadCatalogue(reason=f"{where}: {name} is longer than {most} characters")
    return text.strip()


def _keywords(facts: Facts, key: str) -> str:
    told = facts.get("keywords", [])
    words = told.split(",") if isinstance(told, str) else told if isinstance(told, list) else [None]
    if not all(isinstance(word, str) for word in words):
        raise BadCatalogue(reason=f"{key}: keywords are a list of words")
    text = ", ".join(word.strip() for word in map(str, words) if word.strip())
    if len(text) > KEYWORDS_MAX or "\x00" in text:
        raise BadCatalogue(reason=f"{key}: the keywords are longer than {KEYWORDS_MAX} characters together")
    return text


def _block(kind: str, entry: Entry, **facts: object) -> str:
    return "\n".join([f"[[{kind}]]", *_lines(entry, facts), ""])


def _lines(entry: Entry, facts: Mapping[str, object]) -> Iterator[str]:
    yield f"key = {_quoted(entry.key)}"
    if "area" in facts:
        yield f"area = {_quoted(facts['area'])}"
    for field in ("name", "description", "hours"):
        for language in ("pl", "en"):
            text = getattr(entry, f"{field}_{language}", "")
            if text:
                yield f"{field}.{language} = {_quoted(text)}"
    if facts.get("keywords"):
        yield f"keywords = {_quoted(facts['keywords'])}"
    if "request_type" in facts:
        yield f"request_type = {_quoted(facts['request_type'])}"
    if entry.audience:
        yield f"audience = {_quoted(entry.audience)}"
    if entry.is_hidden:
        yield "hidden = true"


def _quoted(value: object) -> str:
    """A text or a list of texts as TOML writes it, which is as JSON does but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
