"""Pages of consents: for those who decide and their leads, and for the client."""

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO

import pytest

from tests.desk import Desk
from tests.engine.processes.test_emergency_consent import ASKED
from tests.web.conftest import Browser
from tests.web.test_costs import counting

Browse = Callable[..., Browser]
pytestmark = pytest.mark.one_database


def decided(desk: Desk, firm: str, *, declarations: int, back: bool = False, **verdict: object) -> str:
    """A request of Clara's for a consent, decided by Beth."""
    number = desk.submit({**ASKED, "firm": firm, "eori": f"PL5250001007{declarations:05d}",
                          "declarations": declarations}, about="emergency_consent")
    desk.call()
    desk.complete(number, "check_channel", backup="fails", verdict="own_failure")
    desk.complete(number, "decide_consent", by="beth", **verdict)
    if back:
        desk.complete(number, "report_state", by="clara", state="back")
    return number


def test_the_pages_say_it_and_the_table_is_for_a_spreadsheet(desk: Desk, browse: Browse) -> None:
    overdue = decided(desk, "Przystań", declarations=4000, back=True, verdict="grant", hours=12)
    desk.wait(days=4)
    desk.now = desk.now.replace(hour=9)
    lasting = decided(desk, "=Lipowy Dwór", declarations=40, verdict="grant", hours=12)
    decided(desk, "Przystań", declarations=4000, back=True, verdict="grant", hours=12)
    decided(desk, "Baran", declarations=300, verdict="refuse", reason="Łącze działa.")
    beth, clara = browse("beth"), browse("clara")

    with counting(desk) as seen:
        page = beth.get("/consents")
    assert len(seen) <= 20, "\n".join(seen)
    for said in ("PA/2026/00003", "Lipowy Dwór", "data overdue", "data to be confirmed", "refused", "2.5%",
                 "1 of 40 in 2026", "2 of 4000 in 2026", "Beth Kowalska"):
        assert said in page, said
    found = beth.get("/consents?state=overdue&system=1&year=2026&firm=przysta")
    assert "PA/2026/00001" in found and overdue in found and "PA/2026/00003" not in found
    assert "Nothing fits" in beth.get("/consents?firm=nobody")

    text = beth.client.get("/consents.csv").get_data(as_text=True)
    table = list(csv.reader(StringIO(text.lstrip("\ufeff"))))
    row = next(one for one in table if one[0] == "PA/2026/00002")
    assert len(table) == 5 and {len(one) for one in table} == {len(row)}
    assert (row[1], row[4], row[12]) == ("'=Lipowy Dwór", "valid", "2.5")
    assert datetime.fromisoformat(row[5]) < datetime.fromisoformat(row[6])

    with counting(desk) as seen:
        ours = clara.get("/requests/consents")
    assert len(seen) <= 20, "\n".join(seen)
    valid = clara.get(f"/requests/{lasting}").partition("<main")[2]
    assert valid.index("You may use the emergency procedure") < valid.index("PA/2026/00002") < valid.index("3PL15")
    assert valid.index("3PL15") < valid.index('value="back"') < valid.index("What is going on now")
    assert "You may use the emergency procedure" not in clara.get(f"/requests/{overdue}")
    assert "3PL15" in ours and "PA/2026/00002" in ours and "Beth" not in ours and "2.5%" not in ours
    assert "Our consents" in clara.get("/requests") and "Our consents" not in browse("colin").get("/requests")
    assert "There is nothing here" in browse("colin").get("/requests/consents")
