"""What an announcement can be: its kinds, its states and their arrows, and the words its fields choose from."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What is announced; in the order in which people must hear of it, the worst first."""

    CENTRAL_FAILURE = "central_failure"
    LOCAL_FAILURE = "local_failure"
    DIFFICULTY = "difficulty"
    PLANNED_BREAK = "planned_break"
    CHANGE = "change"
    INFORMATION = "information"


FAILURES = frozenset({Kind.CENTRAL_FAILURE, Kind.LOCAL_FAILURE})
# What a person would otherwise report as an error.
TROUBLES = FAILURES | {Kind.DIFFICULTY, Kind.PLANNED_BREAK}
GRAVITY: Mapping[str, int] = {kind.value: place for place, kind in enumerate(Kind)}


class State(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    ENDED = "ended"
    ARCHIVED = "archived"
    DISCARDED = "discarded"


S = State
NEXT: Mapping[State, frozenset[State]] = {
    # Only a failure may go out without having been approved; a second person confirms it afterwards.
    S.DRAFT: frozenset({S.APPROVED, S.PUBLISHED, S.DISCARDED}),
    # Words that are changed have to be approved anew.
    S.APPROVED: frozenset({S.DRAFT, S.PUBLISHED, S.DISCARDED}),
    S.PUBLISHED: frozenset({S.ENDED}),
    S.ENDED: frozenset({S.ARCHIVED}),
    S.ARCHIVED: frozenset(),
    S.DISCARDED: frozenset(),
}
UNPUBLISHED = frozenset({S.DRAFT, S.APPROVED})
PUBLIC = frozenset({S.PUBLISHED, S.ENDED, S.ARCHIVED})


class Way(StrEnum):
    """The channels of a system: which way of reaching it has failed."""

    PORTAL = "portal"
    PULL = "ws_pull"
    PUSH = "ws_push"
    MAIL = "mail"
    ALTERNATIVE = "bcp"
    MOBILE = "mobile"


class Environment(StrEnum):
    """Which of the two installations of a system is meant."""

    PRODUCTION = "production"
    TEST = "test"


class Queueing(StrEnum):
    """What happens to messages that are sent meanwhile."""

    UNKNOWN = "unknown"
    QUEUED = "queued"
    REJECTED = "rejected"
    LOST = "lost"


class Procedure(StrEnum):
    """Whether the emergency procedure may be used without asking for consent."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


class Audience(StrEnum):
    """Who reads it: everybody, people with an account, or the desk alone."""

    EVERYBODY = "everybody"
    CLIENTS = "clients"
    STAFF = "staff"


class Step(StrEnum):
    """What an update tells."""

    NEWS = "news"
    PROLONGED = "prolonged"
    ENDED = "ended"
    CALLED_OFF = "called_off"
