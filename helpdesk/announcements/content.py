"""What an announcement says: all its fields as one value, what is wrong with them, what is missing to publish it."""

import re
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.announcements.kinds import TROUBLES, Audience, Environment, Kind, Procedure, Queueing, Way
from helpdesk.announcements.records import (
    SHORT_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Announcement,
    AnnouncementService,
)
from helpdesk.catalogue import Area, Service
from helpdesk.errors import DeskError
from helpdesk.languages import _

MARK_MAX = 80
# What the usual words leave to be filled in (helpdesk.announcements.usual).
GAP = re.compile(r"\[\w[^\]]*\]")
LONG_TEXTS = ("impact", "advice", "afterwards", "instruction", "ending")


@dataclass(frozen=True)
class Content:
    """Every field that its authors write. Moments are in UTC."""

    kind: Kind = Kind.CENTRAL_FAILURE
    environment: Environment = Environment.PRODUCTION
    audience: Audience = Audience.EVERYBODY
    is_mailed: bool = True
    area_id: int | None = None
    service_ids: frozenset[int] = field(default=frozenset())
    channels: tuple[Way, ...] = ()
    offices: str = ""
    starts_at: datetime | None = None
    expected_end_at: datetime | None = None
    ends_by_itself: bool = False
    title_pl: str = ""
    title_en: str = ""
    impact_pl: str = ""
    impact_en: str = ""
    advice_pl: str = ""
    advice_en: str = ""
    afterwards_pl: str = ""
    afterwards_en: str = ""
    queueing: Queueing = Queueing.UNKNOWN
    procedure: Procedure = Procedure.NOT_APPLICABLE
    legal_basis: str = ""
    mark: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    instruction_pl: str = ""
    instruction_en: str = ""
    ending_pl: str = ""
    ending_en: str = ""

    @classmethod
    def of(cls, announcement: Announcement) -> Self:
        """What the announcement says now."""
        values = {one.name: getattr(announcement, one.name) for one in fields(cls)}
        return cls(**values | {
            "kind": Kind(announcement.kind), "environment": Environment(announcement.environment),
            "audience": Audience(announcement.audience), "queueing": Queueing(announcement.queueing),
            "procedure": Procedure(announcement.procedure),
            "channels": tuple(Way(one) for one in announcement.channels)})

    def plain(self) -> dict[str, Any]:
        """The content as JSON holds it, to be compared with another edition."""
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, datetime):
                value = value.isoformat()
            found[one.name] = sorted(value) if isinstance(value, frozenset) else (
                list(value) if isinstance(value, tuple) else value)
        return found


class Fault(NamedTuple):
    """A field that is not right, and why."""

    field: str
    sentence: str
    most: int = 0


class BadContent(DeskError):
    """Some fields are missing or not right. What you typed is kept; correct the fields below."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__()


def faults_of(content: Content) -> list[Fault]:
    """What even a draft must not have: nothing to call it by, too long texts, times in the wrong order."""
    found = [] if content.title_pl or content.title_en else [Fault("title_pl", _("Give it a title."))]
    found += [Fault("starts_at", _("Say when it starts."))] if content.starts_at is None else []
    limits = {f"{name}_{code}": TEXT_MAX for name in LONG_TEXTS for code in ("pl", "en")}
    limits |= {"title_pl": TITLE_MAX, "title_en": TITLE_MAX, "offices": SHORT_MAX, "legal_basis": SHORT_MAX,
               "mark": MARK_MAX}
    found += [Fault(name, _("At most {most} characters fit here."), most) for name, most in limits.items()
              if len(getattr(content, name)) > most]
    for begin, end in (("starts_at", "expected_end_at"), ("valid_from", "valid_until")):
        since, until = getattr(content, begin), getattr(content, end)
        if since is not None and until is not None and until <= since:
            found.append(Fault(end, _("The end must be later than the beginning.")))
    if content.ends_by_itself and content.expected_end_at is None:
        found.append(Fault("expected_end_at", _("What ends by itself needs the moment of its end.")))
    return found


def missing_of(content: Content) -> list[Fault]:
    """What must not be missing when it is published."""
    found = faults_of(content)
    needed = ["title_pl", "title_en", "impact_pl", "impact_en"]
    if content.kind in TROUBLES:
        needed += ["advice_pl", "advice_en"]
    if content.procedure is Procedure.YES:
        needed += ["instruction_pl", "instruction_en", "legal_basis"]
    found += [Fault(name, _("This is needed to publish it, in both languages."))
              for name in needed if not getattr(content, name) and name not in {one.field for one in found}]
    found += [Fault(name, _("Replace what stands in square brackets.")) for name in _texts()
              if GAP.search(getattr(content, name))]
    if content.kind in TROUBLES and not content.service_ids:
        found.append(Fault("service_ids", _("Tick the services that it is about.")))
    if content.kind is Kind.PLANNED_BREAK and content.expected_end_at is None:
        found.append(Fault("expected_end_at", _("A planned break needs the moment of its end.")))
    if content.kind is Kind.LOCAL_FAILURE and not content.offices:
        found.append(Fault("offices", _("A local failure needs the offices that it is about.")))
    if content.procedure is Procedure.YES and content.kind not in TROUBLES:
        found.append(Fault("procedure", _("Only a failure, a difficulty or a break can allow the procedure.")))
    return found


def _texts() -> list[str]:
    return [f"{name}_{code}" for name in ("title", *LONG_TEXTS) for code in ("pl", "en")]


def write(session: Session, announcement: Announcement, content: Content) -> None:
    """Put the content into the record; services and areas that there are not are passed over. Raises BadContent."""
    faults = faults_of(content)
    if faults:
        raise BadContent(faults)
    wanted = set(session.scalars(select(Service.id).where(Service.id.in_(sorted(content.service_ids)))))
    area_id = session.scalar(select(Area.id).where(Area.id == content.area_id)) if content.area_id else None
    content = replace(content, service_ids=frozenset(wanted), area_id=area_id)
    for name, value in content.plain().items():
        if name not in ("service_ids", "starts_at", "expected_end_at", "valid_from", "valid_until"):
            setattr(announcement, name, value)
    for name in ("starts_at", "expected_end_at", "valid_from", "valid_until"):
        setattr(announcement, name, getattr(content, name))
    kept = {place.service_id: place for place in announcement.places}
    for service_id in kept.keys() - wanted:
        announcement.places.remove(kept[service_id])
    announcement.places += [AnnouncementService(service_id=service_id) for service_id in sorted(wanted - kept.keys())]
