"""A desk with a failure that everybody can read of."""

from collections.abc import Callable

import pytest

from engine.outages import ending, joining
from engine.outside.delivering import deliver_due
from tests.desk import Desk
from tests.helpdesk.announcements.writing import do, published

END = {"text_pl": "Portal znów działa.", "text_en": "The portal works again."}


@pytest.fixture
def failure(desk: Desk) -> int:
    return published(desk)


@pytest.fixture
def join(desk: Desk, failure: int) -> Callable[..., None]:
    def join_(number: str, *, by: str = "amir", to: int = failure) -> None:
        ticket_id = desk.ticket(number).id
        do(desk, by, lambda session, person: joining.join(session, ticket_id, to, by=person, now=desk.now))
    return join_


@pytest.fixture
def end(desk: Desk, failure: int) -> Callable[[], int]:
    """End the failure and bring the news to every request; how many processes heard it."""
    def end_() -> int:
        do(desk, "lena", lambda session, person: ending.end(session, failure, by=person, now=desk.now, **END))
        return deliver_due(desk.database, now=desk.now)
    return end_
