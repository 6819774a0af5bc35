"""Announcements as records, what they say, and finding them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload

from helpdesk.announcements.kinds import (
    FAILURES,
    GRAVITY,
    PUBLIC,
    TROUBLES,
    Audience,
    Environment,
    Kind,
    Procedure,
    Queueing,
    State,
)
from helpdesk.catalogue import Area, Service
from helpdesk.database import Record
from helpdesk.errors import NotFound
from helpdesk.people.accounts import Person

NUMBER_PREFIX = "KOM"
TITLE_MAX, TEXT_MAX, SHORT_MAX = 160, 6_000, 300
LISTED_MOST = 300


class Announcement(Record):
    """One announcement. The fields of its content stand in `helpdesk.announcements.content`.

    number: KOM/2026/0001, given when it is published. starts_at, expected_end_at, ended_at: of what it is about.
    ends_by_itself: whether the expected end is its end, as of a planned break. edition: counts how often its words were
    saved. sequence: counts what readers of a calendar must hear. confirm_by: until when a second person must have
    confirmed what went out urgently. try_at: when the worker looks at it next.
    """

    __tablename__ = "announcement"
    __table_args__ = (UniqueConstraint("year", "serial"), Index("ix_announcement_state_starts", "state", "starts_at"),
                      Index("ix_announcement_look", "look_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int | None]
    serial: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default=State.DRAFT.value)
    environment: Mapped[str] = mapped_column(String(12), default=Environment.PRODUCTION.value)
    audience: Mapped[str] = mapped_column(String(12), default=Audience.EVERYBODY.value)
    is_mailed: Mapped[bool] = mapped_column(default=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    channels: Mapped[list[str]] = mapped_column(default=list)
    offices: Mapped[str] = mapped_column(String(SHORT_MAX), default="")
    starts_at: Mapped[datetime]
    expected_end_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ends_by_itself: Mapped[bool] = mapped_column(default=False)
    is_called_off: Mapped[bool] = mapped_column(default=False)
    title_pl: Mapped[str] = mapped_column(String(TITLE_MAX))
    title_en: Mapped[str] = mapped_column(String(TITLE_MAX))
    impact_pl: Mapped[str] = mapped_column(Text, default="")
    impact_en: Mapped[str] = mapped_column(Text, default="")
    advice_pl: Mapped[str] = mapped_column(Text, default="")
    advice_en: Mapped[str] = mapped_column(Text, default="")
    afterwards_pl: Mapped[str] = mapped_column(Text, default="")
    afterwards_en: Mapped[str] = mapped_column(Text, default="")
    queueing: Mapped[str] = mapped_column(String(12), default=Queueing.UNKNOWN.value)
    procedure: Mapped[str] = mapped_column(String(16), default=Procedure.NOT_APPLICABLE.value)
    legal_basis: Mapped[str] = mapped_column(String(SHORT_MAX), default="")
    mark: Mapped[str] = mapped_column(String(80), default="")
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    instruction_pl: Mapped[str] = mapped_column(Text, default="")
    instruction_en: Mapped[str] = mapped_column(Text, default="")
    ending_pl: Mapped[str] = mapped_column(Text, default="")
    ending_en: Mapped[str] = mapped_column(Text, default="")
    edition: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    confirm_by: Mapped[datetime | None]
    look_at: Mapped[datetime | None]

    area: Mapped[Area | None] = relationship()
    places: Mapped[list["AnnouncementService"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    updates: Mapped[list["AnnouncementUpdate"]] = relationship(
        order_by="AnnouncementUpdate.id", cascade="all, delete-orphan", lazy="selectin")
    written_by: Mapped[Person] = relationship(foreign_keys=[written_by_id])
    changed_by: Mapped[Person] = relationship(foreign_keys=[changed_by_id])
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id])

    __mapper_args__ = {"version_id_col": revision}

    @property
    def number(self) -> str:
        """KOM/2026/0001; empty before it is published."""
        return f"{NUMBER_PREFIX}/{self.year}/{self.serial:04d}" if self.serial is not None else ""

    @property
    def path(self) -> str:
        """The address of its public page; empty before it is published."""
        return f"/status/{self.year}/{self.serial}" if self.serial is not None else ""

    @property
    def services(self) -> list[Service]:
        return [place.service for place in self.places]

    @property
    def service_ids(self) -> frozenset[int]:
        return frozenset(place.service_id for place in self.places)

    @property
    def is_failure(self) -> bool:
        return self.kind in FAILURES

    @property
    def has_emergency_procedure(self) -> bool:
        return self.procedure == Procedure.YES.value

    @property
    def needs_confirmation(self) -> bool:
        """Whether it went out urgently and no second person has confirmed it yet."""
        return self.confirm_by is not None

    def end_at(self, now: datetime) -> datetime | None:
        """When what it is about was over, as far as is known at `now`."""
        if self.ended_at is not None:
            return self.ended_at
        is_over = self.ends_by_itself and self.expected_end_at is not None and self.expected_end_at <= now
        return self.expected_end_at if is_over else None

    def is_under_way(self, now: datetime) -> bool:
        return self.state == State.PUBLISHED.value and self.starts_at <= now and self.end_at(now) is None

    def is_planned(self, now: datetime) -> bool:
        return self.state == State.PUBLISHED.value and self.starts_at > now

    def may_use_procedure(self, now: datetime) -> bool:
        """Whether the emergency procedure may be used at this moment without asking."""
        until = self.valid_until or self.end_at(now)
        return (self.has_emergency_procedure and self.state in PUBLIC and not self.is_called_off
                and (self.valid_from or self.starts_at) <= now and (until is None or now < until))

    def text(self, name: str, language: str) -> str:
        """What one of its bilingual fields says: title, impact, advice, afterwards, instruction, ending."""
        return str(getattr(self, f"{name}_{'en' if language == 'en' else 'pl'}"))


class AnnouncementService(Record):
    """A system or service that an announcement is about."""

    __tablename__ = "announcement_service"
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)
    service: Mapped[Service] = relationship(lazy="joined")


class AnnouncementUpdate(Record):
    """What was said about it afterwards, with its moment. expected_end_at: the new expected end, if it told one."""

    __tablename__ = "announcement_update"
    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), index=True)
    step: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text_pl: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    expected_end_at: Mapped[datetime | None]
    by: Mapped[Person | None] = relationship()

    def text(self, language: str) -> str:
        return self.text_en if language == "en" else self.text_pl


class AnnouncementEdition(Record):
    """What its content was after each saving, so that the second of two people sees what the first has changed."""

    __tablename__ = "announcement_edition"
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    by: Mapped[Person] = relationship(lazy="joined")


class AnnouncementWatcher(Record):
    """Somebody who wants to be told about one announcement without having made a request."""

    __tablename__ = "announcement_watcher"
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime]


def find_active(session: Session, *, now: datetime, service_ids: Collection[int] | None = None,
                kinds: Collection[Kind] = TROUBLES, audiences: Collection[Audience] = tuple(Audience),
                environment: Environment | None = None) -> list[Announcement]:
    """Published announcements that are under way, failures first, then difficulties, the newest first.

    service_ids: only those about one of these services; none when the collection is empty.
    """
    if service_ids is not None and not service_ids:
        return []
    query = _read().where(
        Announcement.state == State.PUBLISHED.value, Announcement.starts_at <= now,
        Announcement.kind.in_([kind.value for kind in kinds]),
        Announcement.audience.in_([audience.value for audience in audiences]))
    if environment is not None:
        query = query.where(Announcement.environment == environment.value)
    found = session.scalars(query.where(_about(service_ids)) if service_ids is not None else query)
    return sorted((one for one in found if one.is_under_way(now)), key=_by_gravity)


def find_planned(session: Session, *, now: datetime, audiences: Collection[Audience] = tuple(Audience),
                 service_ids: Collection[int] | None = None) -> list[Announcement]:
    """Published announcements of what is still to come, the nearest first."""
    if service_ids is not None and not service_ids:
        return []
    query = _read().where(Announcement.state == State.PUBLISHED.value, Announcement.starts_at > now,
                          Announcement.audience.in_([audience.value for audience in audiences]))
    query = query.where(_about(service_ids)) if service_ids is not None else query
    return list(session.scalars(query.order_by(Announcement.starts_at, Announcement.id).limit(LISTED_MOST)))


def list_public(session: Session, *, since: datetime, audiences: Collection[Audience] = (Audience.EVERYBODY,),
                service_ids: Collection[int] | None = None, until: datetime | None = None) -> list[Announcement]:
    """Everything that was published and lasted, or was published, since a moment; the newest first."""
    if service_ids is not None and not service_ids:
        return []
    query = _read().where(
        Announcement.state.in_([state.value for state in PUBLIC]),
        Announcement.audience.in_([audience.value for audience in audiences]),
        or_(Announcement.ended_at.is_(None), Announcement.ended_at >= since, Announcement.published_at >= since))
    if until is not None:
        query = query.where(Announcement.published_at < until)
    query = query.where(_about(service_ids)) if service_ids is not None else query
    return list(session.scalars(query.order_by(Announcement.published_at.desc(), Announcement.id.desc())
                                .limit(LISTED_MOST)))


def list_all(session: Session, *, states: Collection[State], most: int = LISTED_MOST) -> list[Announcement]:
    """Announcements in some states, those changed last first."""
    return list(session.scalars(
        _read().where(Announcement.state.in_([state.value for state in states]))
        .order_by(Announcement.changed_at.desc(), Announcement.id.desc()).limit(most)))


def get_announcement(session: Session, announcement_id: int) -> Announcement:
    found = session.scalar(_read().where(Announcement.id == announcement_id))
    if found is None:
        raise NotFound()
    return found


def get_public(session: Session, year: int, serial: int, *, audiences: Collection[Audience]) -> Announcement:
    """The published announcement with this number, if these readers may see it."""
    found = session.scalar(_read().where(Announcement.year == year, Announcement.serial == serial))
    if found is None or found.audience not in {audience.value for audience in audiences}:
        raise NotFound()
    return found


def lock_announcement(session: Session, announcement_id: int) -> Announcement:
    """The announcement for an act: locked on PostgreSQL; on both its revision is checked when it is written."""
    found = session.scalar(select(Announcement).where(Announcement.id == announcement_id)
                           .with_for_update(of=Announcement).execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def audiences_of(person: Person | None) -> tuple[Audience, ...]:
    """Whose announcements the person may read."""
    if person is None:
        return (Audience.EVERYBODY,)
    return tuple(Audience) if person.is_staff else (Audience.EVERYBODY, Audience.CLIENTS)


def _about(service_ids: Collection[int]) -> ColumnElement[bool]:
    return Announcement.id.in_(select(AnnouncementService.announcement_id).where(
        AnnouncementService.service_id.in_(sorted(service_ids))))


def _read() -> Select[Announcement]:
    return select(Announcement).options(
        selectinload(Announcement.places).joinedload(AnnouncementService.service), joinedload(Announcement.area))


def _by_gravity(one: Announcement) -> tuple[int, float, int]:
    return GRAVITY[one.kind], -one.starts_at.timestamp(), one.id


def by_service(announcements: Collection[Announcement]) -> Mapping[int, list[Announcement]]:
    """The announcements about each service."""
    found: dict[int, list[Announcement]] = {}
    for one in announcements:
        for service_id in one.service_ids:
            found.setdefault(service_id, []).append(one)
    return found
