"""What is kept of firms: their numbers, who is at them, and what can be wrong with either."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.database import Record
from helpdesk.errors import Conflict, DeskError
from helpdesk.people.accounts import Person

NAME_MAX, BASIS_MAX = 200, 500
PATH = "/account/firms"
KINDS = {"nip": "NIP", "eori": "EORI", "id_sisc": "ID SISC"}


class State(StrEnum):
    """Whether the firm has let a person in."""

    ASKED = "asked"
    ACTIVE = "active"


class Firm(Record):
    """A firm, by at least one of its numbers. One that everybody has left has none, so that nobody inherits it.

    confirmed_at: when an administrator saw who manages it; until then it opens nothing.
    """

    __tablename__ = "firm"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    nip: Mapped[str | None] = mapped_column(String(10), unique=True)
    eori: Mapped[str | None] = mapped_column(String(17), unique=True)
    id_sisc: Mapped[str | None] = mapped_column(String(17), unique=True)
    added_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def numbers(self) -> str:
        """Its numbers in words: “NIP 5260250274, EORI PL…”."""
        return ", ".join(f"{name} {getattr(self, kind)}" for kind, name in KINDS.items() if getattr(self, kind))


class FirmMember(Record):
    """A person at a firm. called: what they call it; the firm's own name is told once they are in.

    basis: on what basis they act for it, in their own words. sees_all: whether the firm lets them see the requests that
    others made for it; it counts once the firm is confirmed.
    """

    __tablename__ = "firm_member"
    __table_args__ = (UniqueConstraint("firm_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    called: Mapped[str] = mapped_column(String(NAME_MAX))
    basis: Mapped[str] = mapped_column(String(BASIS_MAX), default="")
    state: Mapped[str] = mapped_column(String(10), default=State.ASKED.value)
    is_manager: Mapped[bool] = mapped_column(default=False)
    sees_all: Mapped[bool] = mapped_column(default=False)
    since_at: Mapped[datetime]
    firm: Mapped[Firm] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")

    @property
    def is_active(self) -> bool:
        return self.state == State.ACTIVE.value

    @property
    def name(self) -> str:
        return self.firm.name if self.is_active else self.called


class NoNumber(DeskError):
    """Give at least one number of the firm: NIP, EORI or ID SISC."""


class BadFirmName(DeskError):
    """Give the name of the firm, at most {most} characters."""


class BadBasis(DeskError):
    """Say in a few words on what basis you act for the firm, at most {most} characters."""


class AlreadyThere(DeskError):
    """You have added this firm already."""


class TooManyFirms(DeskError):
    """You can act for at most {most} firms."""


class TooManyMembers(DeskError):
    """At most {most} people can act for one firm, those who are invited counted with them."""


class LastManager(Conflict):
    """Somebody has to manage the firm. Make another person its manager first."""


class NotConfirmed(Conflict):
    """The help desk has not confirmed yet who manages this firm. Until then nobody else can be let in."""


class NotForFirm(DeskError):
    """You do not act for this firm. Choose for whom the request is once more."""


def check_firm_name(name: str) -> str:
    """The name with single spaces and nothing unprintable. Raises BadFirmName."""
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise BadFirmName(most=NAME_MAX)
    return name
