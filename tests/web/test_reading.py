"""What holds for reading any page: few statements, whoever reads it. The routes are read from the application."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.people.accounts import Membership, Team, add_person
from tests.desk import CAST, Desk
from tests.web.conftest import Browser
from tests.web.test_access import ALLOWED, World, address, routes, world
from tests.web.test_costs import counting

__all__ = ["world"]  # the fixture
pytestmark = pytest.mark.one_database
MOST_STATEMENTS = 20


def test_no_page_is_read_with_many_statements(
        app: Flask, desk: Desk, world: World, browse: Callable[..., Browser]) -> None:
    _fill(desk)
    too_many = {}
    for key in (*CAST, None):
        browser = browse(key)
        browser.client.get(f"/requests/{world.number}")  # the process is on the shelf, as after the first minute
        for rule, act in routes(app, "GET"):
            if world.expected(rule.endpoint, act, key) != ALLOWED:
                continue
            with counting(desk) as seen:
                browser.client.get(address(app, rule, world.arguments)).close()
            if len(seen) > MOST_STATEMENTS:
                too_many[key, rule.rule] = len(seen)

    assert too_many == {}


def _fill(desk: Desk) -> None:
    """More colleagues and more requests than a page may send statements."""
    with desk.session() as session:
        for team in session.scalars(select(Team)).all():
            for place in range(MOST_STATEMENTS):
                colleague = add_person(
                    session, email=f"{team.key}.{place}@example.com", name=f"Nr {place}", now=desk.now)
                colleague.memberships = [Membership(team_id=team.id, is_lead=False)]
    for place in range(MOST_STATEMENTS):
        number = desk.submit(by="clara" if place % 2 else "colin")
        if place % 3 == 0:
            desk.claim(number)
