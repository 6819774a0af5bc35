"""A system at the other side, faked at the edge of the world."""

from collections.abc import Callable

import pytest

from engine.outside.addresses import Address
from engine.outside.calling import call_due
from tests.desk import Desk
from tests.engine.outside.asking import FakeSystem

ADDRESSES = {"directory": Address("https://directory.example.gov.pl"),
             "monitoring": Address("https://monitoring.example.gov.pl")}


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def call_round(desk: Desk, system: FakeSystem) -> Callable[[], int]:
    """One round of the worker."""
    return lambda: call_due(desk.database, ADDRESSES, now=desk.now, ask=system.ask)
