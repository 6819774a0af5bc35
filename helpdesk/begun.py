"""Begun: forms that somebody fills in before signing in, and that become theirs when they do.

Whose they are is known by a random token in a cookie of the browser, of which the draft holds the hash. An account that
is asked for in that browser gets them too when its owner signs in elsewhere first, on the telephone with the letter.
Anybody may write here, so that what is kept is small, short-lived and counted.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, aliased

from helpdesk.errors import DeskError
from helpdesk.files import BEGUN_LASTS, Draft
from helpdesk.people import proofs
from helpdesk.people.accounts import Person
from helpdesk.people.signin import TooManyTries, check_tries, count_try, hash_token

TYPED_MAX = 100_000  # characters of a form with its names
FROM_ONE_HOST, IN = 20, timedelta(hours=1)
AT_ONCE_MOST = 5_000  # at the whole desk


class NotKept(DeskError):
    """What you typed can only be kept once you are signed in. Sign in in another tab, come back here and go on: this page keeps it."""  # noqa: E501


def find_begun(session: Session, token: str, place: str, *, now: datetime) -> Draft | None:
    """What was typed at a place in the browser that has this token."""
    return session.scalar(select(Draft).where(
        Draft.begun_by == hash_token(token), Draft.place == place, Draft.changed_at > now - BEGUN_LASTS))


def keep_begun(session: Session, token: str, place: str, typed: Mapping[str, list[str]], *, host: str,
               now: datetime) -> Draft:
    """Keep what was typed at a place in this browser for a day. Raises NotKept."""
    if len(json.dumps(typed, ensure_ascii=False)) > TYPED_MAX:
        raise NotKept()
    draft = session.scalar(select(Draft).where(Draft.begun_by == hash_token(token), Draft.place == place))
    if draft is None:
        _demand_room(session, host, now=now)
        count_try(session, f"begun:{host}", now=now)
        draft = Draft(begun_by=hash_token(token), place=place)
    draft.typed, draft.changed_at = dict(typed), now
    session.add(draft)
    session.flush()
    return draft


def drop_begun(session: Session, token: str, place: str) -> None:
    """Forget what was typed at a place in this browser."""
    draft = session.scalar(select(Draft).where(Draft.begun_by == hash_token(token), Draft.place == place))
    if draft is not None:
        session.delete(draft)
        session.flush()


def take_over(session: Session, token: str, person: Person, *, now: datetime) -> int:
    """What was begun in this browser is the person's from now on; how many forms.

    Where they have an unfinished form already, nothing is written over: what was begun stays beside it, to be chosen.
    What says the same as their own is no choice, and is forgotten.
    """
    return _take(session, hash_token(token), person, now=now)


def take_registered(session: Session, person: Person, *, now: datetime) -> int:
    """The same with what was begun in the browser in which the account was asked for, wherever its owner is; once.

    Only what was typed before that: afterwards somebody else may have sat down at that browser.
    """
    found = proofs.take_remembered(session, proofs.Kind.REGISTER, person)
    if found is None:
        return 0
    proof, remembered = found
    return _take(session, str(remembered["begun"]), person, now=now, until=proof.asked_at)


def _take(session: Session, begun_by: str, person: Person, *, now: datetime, until: datetime | None = None) -> int:
    own = aliased(Draft)
    for begun, kept in session.execute(select(Draft, own).join(own, own.place == Draft.place).where(
            Draft.begun_by == begun_by, own.person_id == person.id, Draft.changed_at <= (until or now))):
        if begun.typed == kept.typed:
            session.delete(begun)
    session.flush()
    taken = session.scalars(update(Draft).where(
        Draft.begun_by == begun_by, Draft.changed_at > now - BEGUN_LASTS, Draft.changed_at <= (until or now),
        ~exists().where(own.person_id == person.id, own.place == Draft.place))
        .values(person_id=person.id, begun_by=None).returning(Draft.id).execution_options(synchronize_session=False))
    return len(taken.all())


def has_begun(session: Session, token: str, *, now: datetime) -> bool:
    """Whether anything begun is left in this browser."""
    return session.scalar(select(Draft.id).where(
        Draft.begun_by == hash_token(token), Draft.changed_at > now - BEGUN_LASTS).limit(1)) is not None


def _demand_room(session: Session, host: str, *, now: datetime) -> None:
    try:
        check_tries(session, f"begun:{host}", most=FROM_ONE_HOST, within=IN, now=now)
    except TooManyTries as error:
        raise NotKept() from error
    if (session.scalar(select(func.count()).select_from(Draft).where(Draft.person_id.is_(None))) or 0) >= AT_ONCE_MOST:
        raise NotKept()
