"""Complaints on pages: the client makes one, and both sides see the link; what waits for a system is told."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine.outside.delivering import deliver_due
from helpdesk.people.accounts import Membership, Team
from tests.desk import Desk
from tests.engine.outside.asking import request
from tests.web.conftest import Browser

Browse = Callable[..., Browser]
SOLUTION = "Please clear the memory of your browser."
WRONG = {"about": "does_not_work", "description": "It is the same as before."}


@pytest.fixture
def solved(desk: Desk) -> str:
    """A solved request of Clara's; Beth decides complaints."""
    with desk.session() as session:
        team_id = session.scalars(select(Team.id).where(Team.key == "complaints")).one()
        session.add(Membership(person_id=desk.person(session, "beth").id, team_id=team_id, is_lead=False))
    number = desk.submit()
    desk.complete(number, "recognise", decision="solve", solution=SOLUTION, priority="normal")
    return number


def complain(client: Browser, number: str) -> str:
    """The number of a complaint made by form and summary."""
    page = client.post(f"/requests/{number}/complaint", WRONG)
    act_id = re.search(r'name="act_id" value="([^"]+)"', page)
    assert act_id is not None and "It is the same as before." in page
    done = client.post(f"/requests/{number}/complaint/summary", {"act_id": act_id.group(1)})
    found = re.search(r"The complaint was registered under the number (ZGL\d{7})", done)
    assert found is not None
    return found.group(1)


def test_a_client_disputes_a_solution_by_form_summary_and_number(browse: Browse, desk: Desk, solved: str) -> None:
    clara = browse("clara")
    assert "Make a complaint" in clara.get(f"/requests/{solved}")
    assert SOLUTION in clara.get(f"/requests/{solved}/complaint")

    complaint = complain(clara, solved)

    disputed, own = clara.get(f"/requests/{solved}"), clara.get(f"/requests/{complaint}")
    assert f'href="/requests/{complaint}"' in disputed and "Make a complaint" not in disputed
    assert f'href="/requests/{solved}"' in own and "This is a complaint about" in own
    assert desk.ticket(solved).status == "complaint"


def test_the_reasons_are_on_the_page_of_the_complaint(browse: Browse, desk: Desk, solved: str) -> None:
    clara = browse("clara")
    complaint = complain(clara, solved)
    desk.complete(complaint, "decide", by="beth", verdict="rejected", reasons="The solution was tried and works.")
    deliver_due(desk.database, now=desk.now)

    page = clara.get(f"/requests/{complaint}")

    assert "Decision" in page and "The solution was tried and works." in page
    assert "the complaint was rejected" in clara.get(f"/requests/{solved}")


def test_a_complaint_without_reasons_comes_back_with_what_was_typed(browse: Browse, solved: str) -> None:
    page = browse("clara").post(f"/requests/{solved}/complaint", {"about": "wrong", "expected": "Pomoc."}, status=422)

    assert "Pomoc." in page and "error" in page


def test_what_can_no_longer_be_disputed_offers_no_form(browse: Browse, desk: Desk, solved: str) -> None:
    desk.later(days=15)
    clara = browse("clara")

    assert "Make a complaint" not in clara.get(f"/requests/{solved}")
    page = clara.get(f"/requests/{solved}/complaint")
    assert "14 days" in page and 'name="description"' not in page


def test_nobody_else_complains(browse: Browse, solved: str) -> None:
    browse("colin").get(f"/requests/{solved}/complaint", status=404)
    browse("amir").get(f"/requests/{solved}/complaint", status=403)


def test_agents_see_the_link_on_both_sides(browse: Browse, solved: str) -> None:
    complaint = complain(browse("clara"), solved)
    beth, amir = browse("beth"), browse("amir")

    assert f'href="/tickets/{solved}"' in beth.get(f"/tickets/{complaint}")
    assert f'href="/tickets/{complaint}"' in beth.get(f"/tickets/{solved}")
    # Amir's team has no part in the complaint: he reads its number and cannot open it.
    page = amir.get(f"/tickets/{solved}")
    assert complaint in page and f'href="/tickets/{complaint}"' not in page


def test_a_step_that_waits_for_a_system_is_told_in_words(browse: Browse, desk: Desk) -> None:
    number = request(desk)

    page = browse("amir").get(f"/tickets/{number}")

    assert "waits for the answer of account directory" in page
