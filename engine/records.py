"""What the engine writes down: versions, instances, work items, answers, trail, incidents, done acts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.people.accounts import Person, Team
from helpdesk.tickets import Ticket


class ProcessVersion(Record):
    """One published state of diagram, forms and texts; never changed. `digest` is the hash of `content`."""

    __tablename__ = "process_version"
    __table_args__ = (UniqueConstraint("process_key", "digest"), UniqueConstraint("process_key", "number"))
    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    is_current: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Instance(Record):
    """A ticket's run through a process version: state only, with the variables beside it."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("process_version.id"), index=True)
    state: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    variables: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What somebody let be passed over the next time (engine.repair): element id → flow, or "" for the plain way.
    passing_over: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_element: Mapped[str] = mapped_column(String(120), default="")

    @property
    def has_begun(self) -> bool:
        """Whether the process has begun to move; one whose start form lacks answers has not."""
        return bool(self.state) or self.ended_at is not None


class ItemState(StrEnum):
    """Where a work item is."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


START_TOKEN = 0  # of a step that completes the start form: no token of the process has begun to move


class WorkItem(Record):
    """A human task that waits for a person: of a team, or of the client when `team_id` is empty."""

    __tablename__ = "work_item"
    __table_args__ = (
        UniqueConstraint("instance_id", "token"),
        Index("ix_work_item_team_open", "team_id", "state", "due_at"),
        Index("ix_work_item_holder_open", "holder_id", "state", "due_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    token: Mapped[int] = mapped_column(BigInteger)
    element_id: Mapped[str] = mapped_column(String(120))
    name_pl: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(60))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_answered_by_reply: Mapped[bool] = mapped_column(default=False)
    # Whose doers must not do it: ids of elements and words of engine.four_eyes.PARTIES.
    not_by: Mapped[str] = mapped_column(String(300), default="")
    # The field that a link in a letter can answer (engine/clients/one_click.py).
    one_click: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10), default=ItemState.OPEN.value)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    ticket: Mapped[Ticket] = relationship()
    team: Mapped[Team | None] = relationship()
    holder: Mapped[Person | None] = relationship(foreign_keys=[holder_id])

    @property
    def is_open(self) -> bool:
        return self.state == ItemState.OPEN.value

    @property
    def is_for_client(self) -> bool:
        return self.team_id is None

    @property
    def completes_start(self) -> bool:
        """Whether it asks what the start form still lacks, before the process begins."""
        return self.token == START_TOKEN

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_pl


class Answer(Record):
    """A form as it was answered, with the long texts that do not belong among the variables."""

    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(120))
    form: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]


class TrailStep(Record):
    """An element of the diagram entered, left or cancelled."""

    __tablename__ = "trail_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    token: Mapped[int] = mapped_column(BigInteger)
    element_id: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Incident(Record):
    """A step that failed and was rolled back: where, why, how often; a person mends it."""

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(120), default="")
    act: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(default=1)
    happened_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    # Since when the desk does not try any more by itself.
    waits_for_person_at: Mapped[datetime | None]
    mended_at: Mapped[datetime | None] = mapped_column(index=True)
    mended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class DoneAct(Record):
    """The idempotency row: an act with this key was done, and this came of it."""

    __tablename__ = "done_act"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done_at: Mapped[datetime] = mapped_column(index=True)


class Heartbeat(Record):
    """When a worker last did its round, and how late the latest alarm was."""

    __tablename__ = "heartbeat"
    worker: Mapped[str] = mapped_column(String(60), primary_key=True)
    beat_at: Mapped[datetime]
    lateness_seconds: Mapped[float] = mapped_column(default=0.0)
