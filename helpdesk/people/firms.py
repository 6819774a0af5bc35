"""Firms: for whom people act, who let them in, and who of them sees all of the firm's requests.

Nothing here proves that somebody belongs to a firm: whoever names it first manages it, and lets the others in. So a
firm opens nothing but its own requests; what the catalogue shows to certain firms goes by the person's own NIP.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from helpdesk import audit, identifiers, outbox
from helpdesk.database import Record
from helpdesk.errors import Conflict, DeskError, NotFound
from helpdesk.people.accounts import Person
from helpdesk.people.signin import check_tries, count_try

NAME_MAX, FIRMS_MAX, MEMBERS_MAX = 200, 20, 200
TRIES_IN, TRIES_MOST = timedelta(hours=1), 10
PATH = "/account/firms"


class State(StrEnum):
    """Whether the firm has let a person in."""

    ASKED = "asked"
    ACTIVE = "active"


class Firm(Record):
    """A firm, by at least one of its numbers. One that everybody has left has none, so that nobody inherits it."""

    __tablename__ = "firm"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    nip: Mapped[str | None] = mapped_column(String(10), unique=True)
    eori: Mapped[str | None] = mapped_column(String(17), unique=True)
    id_sisc: Mapped[str | None] = mapped_column(String(17), unique=True)
    added_at: Mapped[datetime]

    @property
    def numbers(self) -> str:
        """Its numbers in words: “NIP 5260250274, EORI PL…”."""
        known = (("NIP", self.nip), ("EORI", self.eori), ("ID SISC", self.id_sisc))
        return ", ".join(f"{kind} {number}" for kind, number in known if number)


class FirmMember(Record):
    """A person at a firm. called: what they call it; the firm's own name is told once they are in.

    sees_all: whether the firm lets them see the requests that others made for it.
    """

    __tablename__ = "firm_member"
    __table_args__ = (UniqueConstraint("firm_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    called: Mapped[str] = mapped_column(String(NAME_MAX))
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


class AlreadyThere(DeskError):
    """You have added this firm already."""


class TooManyFirms(DeskError):
    """You can act for at most {most} firms."""


class LastManager(Conflict):
    """Somebody has to manage the firm. Make another person its manager first."""


class NotForFirm(DeskError):
    """You do not act for this firm. Choose for whom the request is once more."""


def read_numbers(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, DeskError]]:
    """The numbers as they are stored, and what is wrong with which field."""
    numbers: dict[str, str] = {}
    problems: dict[str, DeskError] = {}
    for kind in ("nip", "eori", "id_sisc"):
        if not (text := typed.get(kind, "").strip()):
            continue
        try:
            numbers[kind] = identifiers.IDENTIFIERS[kind](text)
        except DeskError as error:
            problems[kind] = error
    if not numbers and not problems:
        problems["nip"] = NoNumber()
    return numbers, problems


def add(session: Session, by: Person, *, name: str, numbers: Mapping[str, str], now: datetime) -> FirmMember:
    """The person acts for the firm: as its manager if nobody has named it before, else when a manager lets them in.

    numbers: as `read_numbers` gives them. Raises BadFirmName, AlreadyThere, TooManyFirms, TooManyTries.
    """
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise BadFirmName(most=NAME_MAX)
    # Whoever tries one number after another would learn which firms are known here.
    check_tries(session, f"firm:{by.id}", most=TRIES_MOST, within=TRIES_IN, now=now)
    if (session.scalar(select(func.count(FirmMember.id)).where(FirmMember.person_id == by.id)) or 0) >= FIRMS_MAX:
        raise TooManyFirms(most=FIRMS_MAX)
    count_try(session, f"firm:{by.id}", now=now)
    firm = session.scalar(select(Firm).where(or_(*(
        getattr(Firm, kind) == number for kind, number in numbers.items()))).order_by(Firm.id).limit(1))
    if firm is None:
        return _found(session, by, name, numbers, now=now)
    if session.scalar(_at(firm.id).where(FirmMember.person_id == by.id)) is not None:
        raise AlreadyThere()
    member = FirmMember(firm=firm, person=by, called=name, since_at=now)
    session.add(member)
    session.flush()
    audit.record(session, "firm_join_asked", by=by.id, now=now, firm_id=firm.id)
    for manager in session.scalars(_at(firm.id).where(FirmMember.is_manager,
                                                      FirmMember.state == State.ACTIVE.value)):
        if not manager.person.is_disabled:
            outbox.queue(session, to=manager.person, text="firm_join_asked", now=now, firm=firm.name, who=by.name,
                         path=f"{PATH}/{firm.id}")
    return member


def accept(session: Session, member: FirmMember, *, by: Person, now: datetime) -> None:
    """Let the person in who asked for it."""
    _demand_manager(session, member.firm_id, by)
    if member.is_active:
        return
    member.state, member.since_at = State.ACTIVE.value, now
    session.flush()
    audit.record(session, "firm_member_accepted", by=by.id, now=now, firm_id=member.firm_id, person_id=member.person_id)
    outbox.queue(session, to=member.person, text="firm_accepted", now=now, firm=member.firm.name, path=PATH)


def change(session: Session, member: FirmMember, *, is_manager: bool, sees_all: bool, by: Person,
           now: datetime) -> None:
    """Say whether a member manages the firm and sees all its requests. Raises LastManager."""
    _demand_manager(session, member.firm_id, by)
    if not member.is_active:
        raise NotFound()
    if member.is_manager and not is_manager:
        _check_another_manager(session, member)
    if (member.is_manager, member.sees_all) == (is_manager, sees_all):
        return
    member.is_manager, member.sees_all = is_manager, sees_all
    session.flush()
    audit.record(session, "firm_member_changed", by=by.id, now=now, firm_id=member.firm_id,
                 person_id=member.person_id, is_manager=is_manager, sees_all=sees_all)
    if member.person_id != by.id:
        outbox.queue(session, to=member.person, text="firm_changed", now=now, firm=member.firm.name, path=PATH)


def remove(session: Session, member: FirmMember, *, by: Person, now: datetime) -> None:
    """Refuse who asked, take a member out, or leave oneself. Raises LastManager."""
    is_own = member.person_id == by.id
    if not is_own:
        _demand_manager(session, member.firm_id, by)
    firm, was_active, who, called = member.firm, member.is_active, member.person, member.name
    others = list(session.scalars(_at(firm.id).where(FirmMember.id != member.id)))
    if was_active and member.is_manager and any(one.is_active for one in others):
        _check_another_manager(session, member)
    session.execute(delete(FirmMember).where(FirmMember.id == member.id))
    session.expunge(member)
    act = "firm_left" if is_own else "firm_member_removed" if was_active else "firm_member_refused"
    audit.record(session, act, by=by.id, now=now, firm_id=firm.id, person_id=who.id)
    if not is_own:
        outbox.queue(session, to=who, text="firm_removed" if was_active else "firm_refused", now=now, firm=called,
                     path=PATH)
    if was_active and not any(one.is_active for one in others):
        for one in others:
            outbox.queue(session, to=one.person, text="firm_refused", now=now, firm=one.called, path=PATH)
        _close(session, firm)


def list_firms(session: Session, person: Person, *, only_active: bool = False) -> list[FirmMember]:
    """The firms of the person, in the order in which they were added."""
    query = select(FirmMember).where(FirmMember.person_id == person.id).order_by(FirmMember.id)
    return list(session.scalars(query.where(FirmMember.state == State.ACTIVE.value) if only_active else query))


def list_members(session: Session, firm_id: int) -> list[FirmMember]:
    """Everybody at the firm, those who ask to be let in first."""
    return list(session.scalars(_at(firm_id).order_by(FirmMember.state.desc(), FirmMember.id).limit(MEMBERS_MAX)))


def get_managed(session: Session, firm_id: int, *, by: Person) -> Firm:
    """The firm, if the person manages it. Raises NotFound."""
    return _demand_manager(session, firm_id, by).firm


def get_member(session: Session, member_id: int, *, by: Person) -> FirmMember:
    """Somebody at a firm that the person manages, or the person's own place at one. Raises NotFound."""
    member = session.get(FirmMember, member_id)
    if member is None:
        raise NotFound()
    if member.person_id != by.id:
        _demand_manager(session, member.firm_id, by)
    return member


def demand_acting(session: Session, person: Person, firm_id: int) -> None:
    """Raise NotForFirm unless the firm lets the person act for it."""
    if session.scalar(_at(firm_id).where(
            FirmMember.person_id == person.id, FirmMember.state == State.ACTIVE.value)) is None:
        raise NotForFirm()


def seen_by(person_id: object) -> Select[int]:
    """The ids of the firms all of whose requests a person sees, as a part of other statements."""
    return select(FirmMember.firm_id).where(
        FirmMember.person_id == person_id, FirmMember.sees_all, FirmMember.state == State.ACTIVE.value)


def is_colleague(person: Person, firm_id: int | None) -> bool:
    """Whether the firm lets the person see the requests that others made for it."""
    session = object_session(person)
    if firm_id is None or session is None:
        return False
    return session.scalar(seen_by(person.id).where(FirmMember.firm_id == firm_id)) is not None


def _found(session: Session, by: Person, name: str, numbers: Mapping[str, str], *, now: datetime) -> FirmMember:
    firm = Firm(name=name, added_at=now, **numbers)
    member = FirmMember(firm=firm, person=by, called=name, state=State.ACTIVE.value, is_manager=True, sees_all=True,
                        since_at=now)
    session.add(member)
    session.flush()
    audit.record(session, "firm_added", by=by.id, now=now, firm_id=firm.id)
    return member


def _at(firm_id: int) -> Select[FirmMember]:
    return select(FirmMember).where(FirmMember.firm_id == firm_id)


def _demand_manager(session: Session, firm_id: int, by: Person) -> FirmMember:
    found = session.scalar(_at(firm_id).where(
        FirmMember.person_id == by.id, FirmMember.is_manager, FirmMember.state == State.ACTIVE.value))
    if found is None:
        raise NotFound()
    return found


def _check_another_manager(session: Session, member: FirmMember) -> None:
    # The firm's row is written first, so that two managers who step back wait for one another on both databases.
    session.execute(update(Firm).where(Firm.id == member.firm_id).values(name=Firm.name)
                    .execution_options(synchronize_session=False))
    if session.scalar(_at(member.firm_id).where(
            FirmMember.id != member.id, FirmMember.is_manager, FirmMember.state == State.ACTIVE.value)
            .limit(1)) is None:
        raise LastManager()


def _close(session: Session, firm: Firm) -> None:
    """Nobody is left: who asked to be let in waits for nobody, and whoever names the numbers next begins anew."""
    session.execute(delete(FirmMember).where(FirmMember.firm_id == firm.id))
    firm.nip = firm.eori = firm.id_sisc = None
    session.flush()
