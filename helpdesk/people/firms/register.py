"""The register of firms: an administrator confirms who manages one, and corrects what is written of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from helpdesk import audit, outbox
from helpdesk.errors import DeskError, NotFound
from helpdesk.people.accounts import Person
from helpdesk.people.firms.members import get_managed, list_members, take_out, tell_managers
from helpdesk.people.firms.records import KINDS, PATH, Firm, FirmMember, NoNumber, State, check_firm_name
from helpdesk.people.policy import Act, demand

LISTED_MOST, REASON_MAX = 500, 1000
# One that everybody has left is no firm any more.
_LIVES = exists().where(FirmMember.firm_id == Firm.id)


class NoReason(DeskError):
    """Say why, in at most {most} characters; the person gets it in a letter."""


class NumberTaken(DeskError):
    """Another firm is written down with this {kind}: {firm}."""


def list_firms(session: Session, *, text: str = "", is_waiting: bool = False) -> list[tuple[Firm, int]]:
    """Firms with the number of people at each, by name; the first LISTED_MOST.

    text: a part of the name or of a number. is_waiting: only those that are not confirmed, the oldest first.
    """
    people = select(func.count(FirmMember.id)).where(FirmMember.firm_id == Firm.id).scalar_subquery()
    query = select(Firm, people).where(_LIVES)
    text = " ".join(text.replace("\x00", "").split())
    if text:
        bare = text.replace("-", "").replace(" ", "").upper()
        query = query.where(or_(Firm.name.icontains(text, autoescape=True), *(
            getattr(Firm, kind).contains(bare, autoescape=True) for kind in KINDS)))
    if is_waiting:
        query = query.where(Firm.confirmed_at.is_(None)).order_by(Firm.added_at, Firm.id)
    else:
        query = query.order_by(func.lower(Firm.name), Firm.id)
    return [(firm, count) for firm, count in session.execute(query.limit(LISTED_MOST))]


def count_waiting(session: Session) -> int:
    """How many firms wait to be confirmed."""
    return session.scalar(select(func.count(Firm.id)).where(_LIVES, Firm.confirmed_at.is_(None))) or 0


def get_firm(session: Session, firm_id: int) -> Firm:
    """A firm that somebody is at. Raises NotFound."""
    firm = session.scalar(select(Firm).where(_LIVES, Firm.id == firm_id))
    if firm is None:
        raise NotFound()
    return firm


def get_place(session: Session, member_id: int) -> FirmMember:
    """Somebody at a firm. Raises NotFound."""
    member = session.get(FirmMember, member_id)
    if member is None:
        raise NotFound()
    return member


def confirm(session: Session, member: FirmMember, *, by: Person, now: datetime) -> None:
    """The person manages the firm: what they say of themselves is right. The first time, the firm is confirmed by it.

    Whoever had named the firm first and is not confirmed asks to be let in from now on, like everybody else.
    """
    demand(by, Act.ADMINISTER)
    firm = member.firm
    if not firm.is_confirmed:
        if not member.is_active:
            for other in list_members(session, firm.id):
                other.state, other.is_manager, other.sees_all = State.ASKED.value, False, False
        firm.confirmed_at, firm.name = now, member.name
    elif member.is_active and member.is_manager:
        return
    if not member.is_active:
        member.since_at = now
    member.state, member.is_manager, member.sees_all = State.ACTIVE.value, True, True
    session.flush()
    audit.record(session, "firm_confirmed", by=by.id, now=now, firm_id=firm.id, person_id=member.person_id)
    outbox.queue(session, to=member.person, text="firm_confirmed", now=now, firm=firm.name, path=f"{PATH}/{firm.id}")


def refuse(session: Session, member: FirmMember, *, reason: str, by: Person, now: datetime) -> bool:
    """The person does not act for the firm, asking or let in; they are told why. Raises NoReason.

    Gives whether anybody is still there.
    """
    demand(by, Act.ADMINISTER)
    reason = reason.replace("\x00", "").strip()
    if not 0 < len(reason) <= REASON_MAX:
        raise NoReason(most=REASON_MAX)
    firm_id, who, called = member.firm_id, member.person, member.name
    take_out(session, member, now=now)
    audit.record(session, "firm_not_confirmed", by=by.id, now=now, firm_id=firm_id, person_id=who.id)
    outbox.queue(session, to=who, text="firm_not_confirmed", now=now, firm=called, said=reason, path=PATH)
    return bool(session.scalar(select(exists().where(FirmMember.firm_id == firm_id))))


def rename(session: Session, firm_id: int, name: str, *, by: Person, now: datetime) -> None:
    """A manager corrects the name of the firm. Raises NotFound, BadFirmName."""
    firm = get_managed(session, firm_id, by=by)
    _write(session, firm, {"name": check_firm_name(name)}, by=by, now=now)


def correct(session: Session, firm: Firm, *, name: str, numbers: Mapping[str, str | None], by: Person,
            now: datetime) -> None:
    """An administrator corrects name and numbers; what is not among the numbers is taken away.

    Raises BadFirmName, NoNumber, NumberTaken.
    """
    demand(by, Act.ADMINISTER)
    if not any(numbers.values()):
        raise NoNumber()
    for kind, number in numbers.items():
        other = session.scalar(select(Firm.name).where(getattr(Firm, kind) == number, Firm.id != firm.id))
        if number and other is not None:
            raise NumberTaken(kind=KINDS[kind], firm=other)
    _write(session, firm, {"name": check_firm_name(name), **{kind: numbers.get(kind) or None for kind in KINDS}},
           by=by, now=now)


def _write(session: Session, firm: Firm, wanted: Mapping[str, str | None], *, by: Person, now: datetime) -> None:
    """Put down what was corrected, with what was there before, and tell the managers."""
    changed = {field: (getattr(firm, field), new) for field, new in wanted.items() if getattr(firm, field) != new}
    if not changed:
        return
    for field, (_old, new) in changed.items():
        setattr(firm, field, new)
    session.flush()
    # An audit entry holds ids and words; the name of a firm is no secret, and its words say what was changed.
    words: dict[str, Any] = {f"{field}_{when}": (value or "").split() for field, pair in changed.items()
             for when, value in zip(("old", "new"), pair, strict=True)}
    audit.record(session, "firm_corrected", by=by.id, now=now, firm_id=firm.id, **words)
    tell_managers(session, firm, "firm_corrected", now=now, but=by)
