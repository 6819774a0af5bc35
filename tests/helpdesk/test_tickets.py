"""Tickets: their numbers, the arrows between statuses, and how they are searched."""

from itertools import product

import pytest

from helpdesk.errors import NotFound
from helpdesk.tickets import ENDED, NEXT, Status, Ticket, WrongMove, get_ticket, set_status
from tests.desk import MONDAY, Desk


@pytest.mark.parametrize(("before", "after"), list(product(Status, Status)), ids=lambda status: status.value)
def test_a_status_moves_along_its_arrows_only(before: Status, after: Status) -> None:
    ticket = Ticket(status=before.value)

    if after is before or after in NEXT[before]:
        set_status(ticket, after, now=MONDAY)
        assert ticket.status == after.value
        if after is not before:
            assert (ticket.closed_at == MONDAY) == (after in ENDED)
    else:
        with pytest.raises(WrongMove):
            set_status(ticket, after, now=MONDAY)
        assert ticket.status == before.value


def test_every_status_has_arrows_and_no_way_leads_out_of_cancelled() -> None:
    assert set(NEXT) == set(Status)
    assert NEXT[Status.CANCELLED] == frozenset()


def test_numbers_have_seven_digits_and_no_gaps(desk: Desk) -> None:
    numbers = [desk.submit() for _ in range(3)]

    assert numbers[0] == "ZGL2400001"
    assert [int(number[3:]) - 2_400_001 for number in numbers] == [0, 1, 2]


def test_a_request_that_is_refused_uses_no_number(desk: Desk) -> None:
    first = desk.submit()
    with pytest.raises(Exception, match="missing"):
        desk.submit({})

    assert int(desk.submit()[3:]) == int(first[3:]) + 1


@pytest.mark.parametrize("written", ["{}", " {} ", "{}\n"])
def test_a_number_is_found_as_people_write_it(desk: Desk, written: str) -> None:
    number = desk.submit()

    with desk.session() as session:
        assert get_ticket(session, written.format(number.lower())).number == number
        for wrong in ("", "ZGL", number[:-1], f"{number}0", "%"):
            with pytest.raises(NotFound):
                get_ticket(session, wrong)
