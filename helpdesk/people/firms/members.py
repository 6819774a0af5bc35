"""Members: who asks to act for a firm, who of them was let in, and what each may do there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session, object_session

from helpdesk import audit, identifiers, outbox
from helpdesk.errors import DeskError, NotFound
from helpdesk.people import proofs
from helpdesk.people.accounts import Person, Role, list_with_role
from helpdesk.people.firms.records import (
    BASIS_MAX,
    KINDS,
    PATH,
    AlreadyThere,
    BadBasis,
    Firm,
    FirmMember,
    LastManager,
    NoNumber,
    NotConfirmed,
    NotForFirm,
    State,
    TooManyFirms,
    TooManyMembers,
    check_firm_name,
)
from helpdesk.people.signin import check_tries, count_try

FIRMS_MAX, MEMBERS_MAX = 20, 200
TRIES_IN, TRIES_MOST = timedelta(hours=1), 10
ACTIVE = FirmMember.state == State.ACTIVE.value


def read_numbers(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, DeskError]]:
    """The numbers as they are stored, and what is wrong with which field."""
    numbers: dict[str, str] = {}
    problems: dict[str, DeskError] = {}
    for kind in KINDS:
        if not (text := typed.get(kind, "").strip()):
            continue
        try:
            numbers[kind] = identifiers.IDENTIFIERS[kind](text)
        except DeskError as error:
            problems[kind] = error
    if not numbers and not problems:
        problems["nip"] = NoNumber()
    return numbers, problems


def add(session: Session, by: Person, *, name: str, numbers: Mapping[str, str], basis: str,
        now: datetime) -> FirmMember:
    """The person acts for the firm: as its manager if nobody has named it before, else when they are let in.

    numbers: as `read_numbers` gives them. basis: why they may act for it, read by whoever lets them in. Raises
    BadFirmName, BadBasis, AlreadyThere, TooManyFirms, TooManyMembers, TooManyTries.
    """
    name, basis = check_firm_name(name), check_basis(basis)
    # Whoever tries one number after another would learn which firms are known here.
    check_tries(session, f"firm:{by.id}", most=TRIES_MOST, within=TRIES_IN, now=now)
    check_has_room(session, by)
    count_try(session, f"firm:{by.id}", now=now)
    firm = session.scalar(select(Firm).where(or_(*(
        getattr(Firm, kind) == number for kind, number in numbers.items()))).order_by(Firm.id).limit(1))
    if firm is None:
        return _found(session, by, name, numbers, basis, now=now)
    if find_place(session, firm.id, by) is not None:
        raise AlreadyThere()
    check_firm_has_room(session, firm)
    member = FirmMember(firm=firm, person=by, called=name, basis=basis, since_at=now)
    session.add(member)
    session.flush()
    audit.record(session, "firm_join_asked", by=by.id, now=now, firm_id=firm.id)
    if not firm.is_confirmed:
        _tell_administrators(session, member, now=now)
    tell_managers(session, firm, "firm_join_asked", now=now, who=by.name)
    return member


def accept(session: Session, member: FirmMember, *, by: Person, now: datetime) -> None:
    """Let the person in who asked for it. Raises NotConfirmed."""
    demand_confirmed_manager(session, member.firm_id, by)
    if member.is_active:
        return
    member.state, member.since_at = State.ACTIVE.value, now
    session.flush()
    audit.record(session, "firm_member_accepted", by=by.id, now=now, firm_id=member.firm_id, person_id=member.person_id)
    outbox.queue(session, to=member.person, text="firm_accepted", now=now, firm=member.firm.name, path=PATH)


def change(session: Session, member: FirmMember, *, is_manager: bool, sees_all: bool, by: Person,
           now: datetime) -> None:
    """Say whether a member manages the firm and sees all its requests. Raises NotConfirmed, LastManager."""
    demand_confirmed_manager(session, member.firm_id, by)
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
    """Refuse who asked, take a member out, or leave oneself. Raises NotConfirmed, LastManager."""
    is_own = member.person_id == by.id
    if not is_own:
        demand_confirmed_manager(session, member.firm_id, by)
    firm, was_active, who, called = member.firm, member.is_active, member.person, member.name
    if was_active and member.is_manager and session.scalar(
            _at(firm.id).where(FirmMember.id != member.id, ACTIVE).limit(1)) is not None:
        _check_another_manager(session, member)
    take_out(session, member, now=now)
    act = "firm_left" if is_own else "firm_member_removed" if was_active else "firm_member_refused"
    audit.record(session, act, by=by.id, now=now, firm_id=firm.id, person_id=who.id)
    if not is_own:
        outbox.queue(session, to=who, text="firm_removed" if was_active else "firm_refused", now=now, firm=called,
                     path=PATH)


def take_out(session: Session, member: FirmMember, *, now: datetime) -> None:
    """The person is no longer at the firm; a firm that nobody acts for any more ends with its last."""
    firm = member.firm
    session.execute(delete(FirmMember).where(FirmMember.id == member.id))
    session.expunge(member)
    others = list(session.scalars(_at(firm.id)))
    # Those who ask at a firm that is not confirmed wait for the administrator and not for whoever named it first.
    if any(one.is_active for one in others) or (others and not firm.is_confirmed):
        return
    for one in others:
        outbox.queue(session, to=one.person, text="firm_refused", now=now, firm=one.called, path=PATH)
    session.execute(delete(FirmMember).where(FirmMember.firm_id == firm.id))
    proofs.drop_of_firm(session, firm.id, now=now)
    firm.nip = firm.eori = firm.id_sisc = None
    session.flush()


def list_firms(session: Session, person: Person, *, only_active: bool = False) -> list[FirmMember]:
    """The firms of the person, in the order in which they were added."""
    query = select(FirmMember).where(FirmMember.person_id == person.id).order_by(FirmMember.id)
    return list(session.scalars(query.where(ACTIVE) if only_active else query))


def list_seen_members(session: Session, firm: Firm, *, by: Person) -> list[FirmMember]:
    """Whom a manager sees at the firm: everybody once it is confirmed, until then nobody but themselves."""
    members = list_members(session, firm.id)
    return members if firm.is_confirmed else [one for one in members if one.person_id == by.id]


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


def find_place(session: Session, firm_id: int, person: Person) -> FirmMember | None:
    """The person's place at the firm, let in or not."""
    return session.scalar(_at(firm_id).where(FirmMember.person_id == person.id))


def demand_confirmed_manager(session: Session, firm_id: int, by: Person) -> FirmMember:
    """The place of the person who manages the confirmed firm. Raises NotFound, NotConfirmed."""
    place = _demand_manager(session, firm_id, by)
    if not place.firm.is_confirmed:
        raise NotConfirmed()
    return place


def demand_acting(session: Session, person: Person, firm_id: int) -> None:
    """Raise NotForFirm unless the person acts for the firm: let in by it, or the first who named it."""
    if session.scalar(_at(firm_id).where(FirmMember.person_id == person.id, ACTIVE)) is None:
        raise NotForFirm()


def seen_by(person_id: object) -> Select[int]:
    """The ids of the firms all of whose requests a person sees, as a part of other statements."""
    return select(FirmMember.firm_id).join(Firm, Firm.id == FirmMember.firm_id).where(
        FirmMember.person_id == person_id, FirmMember.sees_all, ACTIVE, Firm.confirmed_at.is_not(None))


def is_colleague(person: Person, firm_id: int | None) -> bool:
    """Whether the firm lets the person see the requests that others made for it."""
    session = object_session(person)
    if firm_id is None or session is None:
        return False
    return session.scalar(seen_by(person.id).where(FirmMember.firm_id == firm_id)) is not None


def is_unconfirmed(session: Session, firm_id: int | None, number: str) -> bool:
    """Whether the firm of a request, or one with the number that it quotes, is here and not confirmed."""
    quoted = [getattr(Firm, kind) == number for kind in KINDS] if number else []
    return session.scalar(select(Firm.id).where(
        or_(Firm.id == firm_id, *quoted), Firm.confirmed_at.is_(None)).limit(1)) is not None


def tell_managers(session: Session, firm: Firm, text: str, *, now: datetime, but: Person | None = None,
                  **facts: Any) -> None:
    """A letter to everybody who manages the confirmed firm, which leads to its page."""
    if not firm.is_confirmed:
        return
    for one in session.scalars(_at(firm.id).where(FirmMember.is_manager, ACTIVE)):
        if not one.person.is_disabled and (but is None or one.person_id != but.id):
            outbox.queue(session, to=one.person, text=text, now=now, firm=firm.name, path=f"{PATH}/{firm.id}", **facts)


def check_basis(basis: str) -> str:
    """Why somebody acts for a firm, with single spaces. Raises BadBasis."""
    basis = " ".join(basis.replace("\x00", "").split())
    if not 0 < len(basis) <= BASIS_MAX or not basis.isprintable():
        raise BadBasis(most=BASIS_MAX)
    return basis


def check_has_room(session: Session, person: Person) -> None:
    """Raise TooManyFirms if the person has as many firms as anybody may have."""
    if (session.scalar(select(func.count(FirmMember.id)).where(FirmMember.person_id == person.id)) or 0) >= FIRMS_MAX:
        raise TooManyFirms(most=FIRMS_MAX)


def check_firm_has_room(session: Session, firm: Firm) -> None:
    """Raise TooManyMembers if as many people as may be are at the firm."""
    if (session.scalar(select(func.count(FirmMember.id)).where(FirmMember.firm_id == firm.id)) or 0) >= MEMBERS_MAX:
        raise TooManyMembers(most=MEMBERS_MAX)


def _found(session: Session, by: Person, name: str, numbers: Mapping[str, str], basis: str, *,
           now: datetime) -> FirmMember:
    firm = Firm(name=name, added_at=now, **numbers)
    member = FirmMember(firm=firm, person=by, called=name, basis=basis, state=State.ACTIVE.value, is_manager=True,
                        sees_all=True, since_at=now)
    session.add(member)
    session.flush()
    audit.record(session, "firm_added", by=by.id, now=now, firm_id=firm.id)
    _tell_administrators(session, member, now=now)
    return member


def _tell_administrators(session: Session, member: FirmMember, *, now: datetime) -> None:
    for administrator in list_with_role(session, Role.ADMINISTRATOR):
        outbox.queue(session, to=administrator, text="firm_to_confirm", now=now, firm=member.called,
                     path=f"/firms/{member.firm_id}")


def _at(firm_id: int) -> Select[FirmMember]:
    return select(FirmMember).where(FirmMember.firm_id == firm_id)


def _demand_manager(session: Session, firm_id: int, by: Person) -> FirmMember:
    found = session.scalar(_at(firm_id).where(FirmMember.person_id == by.id, FirmMember.is_manager, ACTIVE))
    if found is None:
        raise NotFound()
    return found


def _check_another_manager(session: Session, member: FirmMember) -> None:
    # The firm's row is written first, so that two managers who step back wait for one another on both databases.
    session.execute(update(Firm).where(Firm.id == member.firm_id).values(name=Firm.name)
                    .execution_options(synchronize_session=False))
    if session.scalar(_at(member.firm_id).where(
            FirmMember.id != member.id, FirmMember.is_manager, ACTIVE).limit(1)) is None:
        raise LastManager()
