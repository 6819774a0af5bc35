"""The test sheets, and a browser's way of posting them."""

import json
from pathlib import Path

import pytest

from forms.sheet import parse_sheet

SHEETS = Path(__file__).parent / "sheets"

RIGHT = {
    "_asked": ["*"],
    "full_name": ["Klara Żuraw"],
    "email": ["klara@example.pl"],
    "phone": ["22 555 01 00"],
    "nip": ["123-456-32-18"],
    "post_code": ["00-950"],
    "matter": ["Nie działa.\r\nOd rana."],
    "side": ["office"],
    "system": ["ais"],
    "channels": ["service", "portal"],
    "cost": ["1 234,50"],
    "visit_on": ["2027-01-15"],
    "hour": ["07:15"],
    "since": ["2027-01-14T09:00"],
    "consent": ["true"],
}


@pytest.fixture(scope="session")
def visit():
    return parse_sheet((SHEETS / "visit.json").read_bytes())


@pytest.fixture(scope="session")
def decision():
    return parse_sheet((SHEETS / "decision.json").read_bytes())


@pytest.fixture
def right():
    """Answers to every question of the visit sheet that is asked of somebody in no hurry."""
    return {name: list(values) for name, values in RIGHT.items()}


@pytest.fixture
def draft():
    """The visit sheet as its author's JSON, to be spoilt."""
    return json.loads((SHEETS / "visit.json").read_text())
