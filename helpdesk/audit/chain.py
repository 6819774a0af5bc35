"""The chain: how an entry or a seal is written as bytes, and the digest that ties it to the one before it.

A digest names its format, so that a later format can stand beside this one. What is hashed begins with the kind of
thing it is: an entry can never be passed off as a seal. Format 1 never changes; a test holds its bytes.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

FORMAT = 1
# What comes before the first link of a chain.
NOTHING = ""
DIGEST_MAX = 80
TEXT_MAX = 200
ENTRY, SEAL = "okienko audit entry", "okienko audit seal"


def entry_digest(previous: str, *, ticket_id: int | None, place: int, at: datetime, act: str, by_id: int | None,
                 details: Mapping[str, Any]) -> str:
    """The digest of one audit entry after the digest of the entry before it in its chain."""
    return _digest(ENTRY, previous, ticket_id, place, _moment(at), act, by_id, details)


def seal_digest(previous: str, *, number: int, at: datetime, heads: Sequence[Sequence[Any]]) -> str:
    """The digest of a seal: of the heads it holds and of the seal before it."""
    return _digest(SEAL, previous, number, _moment(at), list(heads))


def check_details(details: Mapping[str, Any]) -> None:
    """Raise ValueError for what cannot be hashed the same way on every database, or may be what a person wrote.

    A number with a fraction comes back differently from different databases. A text with spaces is no id.
    """
    for key, value in details.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            is_word = isinstance(one, str) and len(one) <= TEXT_MAX and not any(mark.isspace() for mark in one)
            if not (one is None or isinstance(one, bool | int) or is_word):
                raise ValueError(f"“{key}” of an audit entry must be ids and short words, and is {type(one).__name__}")


def _digest(kind: str, *parts: Any) -> str:
    written = json.dumps([kind, FORMAT, *parts], sort_keys=True, separators=(",", ":"), ensure_ascii=True,
                         allow_nan=False)
    return f"{FORMAT}:{sha256(written.encode()).hexdigest()}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
