"""Process versions: published once, parsed once, kept on a bounded shelf."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from engine.checks import Finding
from engine.decisions.models import Models
from engine.diagrams.bundle import Bundle, Element, Kind, parse_bundle
from engine.gate import examine
from engine.packages import Package, ProcessContent
from engine.records import ProcessVersion
from forms.checks import SheetFinding
from forms.sheet import Sheet, parse_sheet
from helpdesk import audit
from helpdesk.catalogue import Classification, Service
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person, Team
from helpdesk.statements.prepared import Prepared
from sla.calendars import BUILT_IN, Calendar

SHELF_SIZE = 64


class PackageRefused(DeskError):
    """The process cannot be published: {count} things do not fit."""

    def __init__(self, findings: list[Finding], sheets: list[tuple[str, SheetFinding]]) -> None:
        self.findings = findings
        self.sheets = sheets
        super().__init__(count=len(findings) + len(sheets))


@dataclass(frozen=True)
class LoadedVersion:
    """A version ready to run: its bundle, its sheets and its decisions."""

    id: int
    number: int
    content: ProcessContent
    bundle: Bundle
    sheets: Mapping[str, Sheet]
    decisions: Models

    def name(self, language: str) -> str:
        return self.content.name.get(language) or self.content.name["pl"]

    def element(self, element_id: str) -> Element | None:
        return self.bundle.elements.get(element_id)

    @property
    def start_element(self) -> str:
        return next(one.id for one in self.bundle.elements.values()
                    if one.kind is Kind.START and one.process == self.bundle.process_id and one.parent is None)

    @property
    def may_withdraw(self) -> bool:
        """Whether a client may take such a request back."""
        return self.bundle.elements[self.start_element].properties.get("may_withdraw") != "false"

    @property
    def start_sheet(self) -> Sheet | None:
        key = self.bundle.start_form
        return self.sheets[key] if key else None


@dataclass(frozen=True)
class Place:
    """The keys of a classification and its service in the catalogue."""

    classification: str
    service: str


class Shelf:
    """The most recently used versions, parsed; safe for threads. One shelf belongs to one process."""

    def __init__(self, size: int = SHELF_SIZE) -> None:
        self._size = size
        self._versions: OrderedDict[int, LoadedVersion] = OrderedDict()
        self._lock = Lock()
        self._team_ids: dict[str, int] = {}
        self._places: dict[int, Place] = {}
        self.calendars: Mapping[str, Calendar] = BUILT_IN

    def take(self, session: Session, version_id: int) -> LoadedVersion:
        """The version, parsed now if it was not on the shelf."""
        with self._lock:
            found = self._versions.get(version_id)
            if found is not None:
                self._versions.move_to_end(version_id)
                return found
        row = session.get(ProcessVersion, version_id)
        if row is None:
            raise NotFound()
        loaded = load(row)
        with self._lock:
            self._versions[version_id] = loaded
            while len(self._versions) > self._size:
                self._versions.popitem(last=False)
        return loaded


    def find_team_id(self, session: Session, key: str) -> int | None:
        """The team that a lane belongs to. A team is never removed and its key never changes, so it is kept."""
        if key not in self._team_ids:
            self._team_ids |= {row.key: row.id for row in session.execute(select(Team.key, Team.id))}
        return self._team_ids.get(key)

    def place_of(self, session: Session, classification_id: int) -> Place:
        """The place in the catalogue; its keys never change, so it is kept."""
        if classification_id not in self._places:
            self._places[classification_id] = Place(*session.execute(
                select(Classification.key, Service.key).join(Service).where(
                    Classification.id == classification_id)).one())
        return self._places[classification_id]


def shelf_of(session: Session) -> Shelf:
    """The shelf that the session's database carries."""
    shelf = session.info.get("shelf")
    if shelf is None:
        shelf = session.info["shelf"] = Shelf()
    assert isinstance(shelf, Shelf)
    return shelf


def load(row: ProcessVersion) -> LoadedVersion:
    content = ProcessContent.from_dict(row.content)
    diagrams = {name: text.encode() for name, text in content.diagrams.items()}
    bundle = parse_bundle(diagrams, content.process_id)
    sheets = {key: parse_sheet(schema) for key, schema in content.forms.items()}
    decisions = Models({name: text.encode() for name, text in content.decisions.items()})
    return LoadedVersion(row.id, row.number, content, bundle, sheets, decisions)


_VERSION = cast(Table, ProcessVersion.__table__)
_CURRENT = Prepared(select(_VERSION.c.id).where(
    _VERSION.c.process_key == bindparam("process_key"), _VERSION.c.is_current.is_(True)))


def current_version(session: Session, process_key: str) -> LoadedVersion:
    """The version new requests of this type run on."""
    found = _CURRENT.read(session, {"process_key": process_key})
    if not found:
        raise NotFound()
    return shelf_of(session).take(session, found[0][0])


def list_process_names(session: Session, language: str) -> dict[str, str]:
    """What each request type is called, by its key."""
    found = session.execute(select(ProcessVersion.process_key, ProcessVersion.content["name"]).where(
        ProcessVersion.is_current.is_(True)))
    return {key: names.get(language) or names["pl"] for key, names in found}


def check_process(content: ProcessContent, teams: frozenset[str]) -> None:
    """Raise PackageRefused with everything in diagram and forms that does not fit; they are looked at by a child."""
    findings, sheets = examine(content, teams)
    if findings or sheets:
        raise PackageRefused(findings, sheets)


def publish(session: Session, content: ProcessContent, *, by: Person | None, now: datetime) -> ProcessVersion:
    """Make the content the current version of its process; the same content again makes no new version.

    Raises PackageRefused when diagram or forms do not fit.
    """
    teams = frozenset(session.scalars(select(Team.key)))
    check_process(content, teams)
    found = session.scalar(select(ProcessVersion).where(
        ProcessVersion.process_key == content.key, ProcessVersion.digest == content.digest))
    if found is not None and found.is_current:
        return found
    session.execute(update(ProcessVersion).where(ProcessVersion.process_key == content.key).values(is_current=False))
    if found is None:
        last = session.scalar(select(func.max(ProcessVersion.number)).where(
            ProcessVersion.process_key == content.key)) or 0
        found = ProcessVersion(process_key=content.key, number=last + 1, digest=content.digest,
                               content=content.to_dict(), published_at=now, published_by_id=by.id if by else None)
        session.add(found)
    found.is_current = True
    session.flush()
    audit.record(session, "process_published", by=by.id if by else None, now=now, process=content.key,
                 number=found.number, digest=content.digest)
    return found


def publish_package(session: Session, package: Package, *, by: Person | None, now: datetime) -> list[ProcessVersion]:
    """Publish every process of a package, after adding the teams it names."""
    known = set(session.scalars(select(Team.key)))
    for key, name in package.teams.items():
        if key not in known:
            session.add(Team(key=key, name_pl=name["pl"], name_en=name["en"]))
    session.flush()
    return [publish(session, content, by=by, now=now) for content in package.processes]
