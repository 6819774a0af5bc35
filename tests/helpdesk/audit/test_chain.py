"""The form of the chain: what is hashed never changes, and only what every database gives back alike is taken."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from helpdesk.audit.chain import NOTHING, check_details, entry_digest, seal_digest

AT = datetime(2026, 11, 16, 8, 0, 0, 5, tzinfo=UTC)


def test_an_entry_is_hashed_as_it_always_was() -> None:
    written = (b'["okienko audit entry",1,"",7,1,"2026-11-16T08:00:00.000005+00:00","closed",3,'
               b'{"element":"zako\\u0144cz","outcome":"solved"}]')

    digest = entry_digest(NOTHING, ticket_id=7, place=1, at=AT, act="closed", by_id=3,
                          details={"outcome": "solved", "element": "zakończ"})

    assert digest == "1:" + sha256(written).hexdigest()


def test_a_seal_is_hashed_as_it_always_was() -> None:
    written = b'["okienko audit seal",1,"1:ab",2,"2026-11-16T08:00:00.000005+00:00",[[0,4,"1:cd"],[7,1,"1:ef"]]]'

    digest = seal_digest("1:ab", number=2, at=AT, heads=[[0, 4, "1:cd"], [7, 1, "1:ef"]])

    assert digest == "1:" + sha256(written).hexdigest()


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    there = AT.astimezone(timezone(timedelta(hours=13)))

    digests = {entry_digest(NOTHING, ticket_id=None, place=1, at=at, act="signed_in", by_id=1, details={})
               for at in (AT, there)}

    assert len(digests) == 1


@pytest.mark.parametrize("change", [
    {"ticket_id": 8}, {"ticket_id": None}, {"place": 2}, {"at": AT + timedelta(microseconds=1)}, {"act": "closed_"},
    {"by_id": None}, {"details": {"outcome": "refused"}}, {"details": {}}])
def test_every_part_of_an_entry_is_in_its_digest(change: dict[str, object]) -> None:
    facts: dict[str, object] = {"ticket_id": 7, "place": 1, "at": AT, "act": "closed", "by_id": 3,
                                "details": {"outcome": "solved"}}

    assert entry_digest("1:ab", **facts) != entry_digest("1:ab", **facts | change)  # type: ignore[arg-type]
    assert entry_digest("1:ab", **facts) != entry_digest("1:ac", **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0.5, float("nan"), {"a": 1}, b"a", AT, "Jan Kowalski", "x" * 201, [["a"]], [0.5]])
def test_what_is_no_id_or_short_word_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="ids and short words"):
        check_details({"what": value})


def test_ids_and_short_words_are_taken() -> None:
    check_details({"a": None, "b": True, "c": 2**60, "d": "wyjaśnij_sprawę", "e": [1, "owner"], "f": ""})
