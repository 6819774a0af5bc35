"""The list of synonyms as editors keep it: groups of words that mean the same, added, changed and taken away."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from helpdesk import audit
from helpdesk.errors import Conflict, DeskError, NotFound
from helpdesk.fulltext.synonyms import (
    GROUP_MIN,
    GROUP_MOST,
    JOINT,
    MOST_GROUPS,
    PHRASE_MAX,
    PHRASE_WORDS,
    SynonymGroup,
    phrase_of,
)
from helpdesk.fulltext.words import fold
from helpdesk.knowledge.gaps import settle_words
from helpdesk.people.accounts import Person
from helpdesk.people.policy import Act, demand


class TooFewWords(DeskError):
    """Write at least two words that mean the same, with commas between them."""


class TooManySynonyms(DeskError):
    """A group holds {most} words or phrases at most."""


class UnfitSynonym(DeskError):
    """“{written}” cannot be looked for. Up to {most} letters and {words} words, of which one says something."""


class TooManyGroups(DeskError):
    """The list holds {most} groups at most. Take away those that are not needed."""


class GroupChanged(Conflict):
    """Somebody has changed this group since you opened the page. Look at what it says now, and save again."""


def list_groups(session: Session) -> list[SynonymGroup]:
    """All groups, by their first words."""
    return sorted(session.scalars(_there()), key=lambda group: (fold(group.words), group.id))


def get_group(session: Session, group_id: int) -> SynonymGroup:
    group = session.get(SynonymGroup, group_id)
    if group is None or group.removed_at is not None:
        raise NotFound()
    return group


def add(session: Session, typed: str, *, by: Person, now: datetime) -> SynonymGroup:
    """A new group of what was typed, with commas between the words. Raises TooFewWords, TooManyGroups…"""
    demand(by, Act.EDIT_ARTICLES)
    if (session.scalar(select(func.count()).select_from(_there().subquery())) or 0) >= MOST_GROUPS:
        raise TooManyGroups(most=MOST_GROUPS)
    group = SynonymGroup(words=joined(typed.split(",")), changed_at=now)
    session.add(group)
    session.flush()
    settle_words(session, group.phrases, now=now)
    audit.record(session, "synonyms_added", by=by.id, now=now, group_id=group.id)
    return group


def change(session: Session, group: SynonymGroup, typed: str, *, seen: str, by: Person, now: datetime) -> None:
    """Other words in the group. seen: what it said when it was opened. Raises GroupChanged, TooFewWords…"""
    demand(by, Act.EDIT_ARTICLES)
    words = joined(typed.split(","))
    if seen != group.words:
        raise GroupChanged()
    group.words, group.changed_at = words, now
    session.flush()
    settle_words(session, group.phrases, now=now)
    audit.record(session, "synonyms_changed", by=by.id, now=now, group_id=group.id)


def remove(session: Session, group: SynonymGroup, *, by: Person, now: datetime) -> None:
    """Take the group away; no file brings it back."""
    demand(by, Act.EDIT_ARTICLES)
    group.removed_at = now
    session.flush()
    audit.record(session, "synonyms_removed", by=by.id, now=now, group_id=group.id)


def load(session: Session, groups: Mapping[str, Iterable[str]]) -> int:
    """Take over groups of a file, by their keys; what an editor changed or took away stays so. How many are new."""
    there = {group.key: group for group in session.scalars(select(SynonymGroup).where(SynonymGroup.key.is_not(None)))}
    for key, phrases in groups.items():
        group = there.get(key)
        if group is None:
            session.add(SynonymGroup(key=key, words=joined(phrases)))
        elif group.changed_at is None and group.removed_at is None:
            group.words = joined(phrases)
    session.flush()
    return len(groups.keys() - there.keys())


def joined(phrases: Iterable[str]) -> str:
    """A group as it is kept: each word or phrase once, tidied. Raises TooFewWords, TooManySynonyms, UnfitSynonym."""
    found: dict[str, str] = {}
    for written in (" ".join(phrase.replace("\x00", "").split()) for phrase in phrases):
        if written:
            found.setdefault(fold(written), written)
    for written in found.values():
        if len(written) > PHRASE_MAX or not 0 < len(phrase_of(written)) <= PHRASE_WORDS:
            raise UnfitSynonym(written=written[:PHRASE_MAX], most=PHRASE_MAX, words=PHRASE_WORDS)
    if len(found) < GROUP_MIN:
        raise TooFewWords()
    if len(found) > GROUP_MOST:
        raise TooManySynonyms(most=GROUP_MOST)
    return JOINT.join(found.values())


def _there() -> Select[SynonymGroup]:
    return select(SynonymGroup).where(SynonymGroup.removed_at.is_(None))
