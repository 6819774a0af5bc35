"""The pages of incidents: leads see those of their teams, process owners all; each repair by its form."""

import re
from collections.abc import Callable

import pytest

from engine.acts import StepFailed, note_failure
from tests.desk import DELETION, INCIDENT, Desk
from tests.engine.altered import publish_altered
from tests.engine.test_use_cases import UNWRITTEN
from tests.web.conftest import Browser

# Pages: what they ask of the database is tested on both below them.
pytestmark = pytest.mark.one_database

Browse = Callable[..., Browser]
WHY = {"reason": "Uzgodnione z kierownikiem."}


@pytest.fixture
def number(desk: Desk) -> str:
    publish_altered(desk, "account_deletion", UNWRITTEN)
    number = desk.submit(DELETION, about="delete_account")
    with pytest.raises(StepFailed) as failed:
        desk.complete(number, "check_request", decision="refuse", explanation="Nie.")
    note_failure(desk.database, failed.value, now=desk.now)
    return number


def test_the_list_and_its_count_lead_to_the_incident(browse: Browse, number: str) -> None:
    lena = browse("lena")

    page = lena.get("/incidents")

    assert f"/incidents/{number}" in page and "Waits for a person" in page
    assert re.search(r'href="/incidents"[^>]*>Incidents <span class="count">1</span>', lena.get("/worklist"))
    assert number not in browse("lena").get("/incidents?which=mended")
    assert number in browse("oskar").get("/incidents?which=waiting&page=1")
    assert number not in lena.get("/incidents?which=open&page=99999999")
    browse("amir").get("/incidents", status=403)


def test_the_page_says_where_and_why_with_the_detail_folded(browse: Browse, number: str) -> None:
    page = browse("lena").get(f"/incidents/{number}")

    assert "what follows it could not be done" in page and "does not try any more" in page
    assert "publish_refusal_request" in page and "deletion_check.note" in page.split("<details")[1]
    assert '"failed": ["publish_refusal_request"]' in page.replace("&#34;", '"')


def test_an_owner_mends_without_seeing_the_conversation(browse: Browse, desk: Desk, number: str) -> None:
    desk.reply(number, "Bardzo proszę o pośpiech.")
    oskar = browse("oskar")

    page = oskar.get(f"/incidents/{number}")

    assert "pośpiech" not in page and desk.ticket(number).subject not in page and f"/tickets/{number}" not in page
    oskar.get(f"/tickets/{number}", status=404)
    assert "The step was skipped" in oskar.post(f"/incidents/{number}/skip", {"what": "publish_refusal_request", **WHY})
    assert "Oskar Lis" in browse("lena").get(f"/tickets/{number}")


def test_an_owner_sees_no_words_of_the_client_among_the_values(browse: Browse, desk: Desk) -> None:
    number = desk.submit(INCIDENT)

    owners, leads = (browse(who).get(f"/incidents/{number}?variable=incident_report.subject")
                     for who in ("oskar", "lena"))

    assert str(INCIDENT["subject"]) not in owners and "not for you to see" in owners
    assert str(INCIDENT["subject"]) in leads


def test_a_repair_that_would_stop_again_is_refused_and_keeps_the_reason(browse: Browse, desk: Desk,
                                                                        number: str) -> None:
    acts = desk.acts(number)

    page = browse("lena").post(f"/incidents/{number}/skip", {"what": "check_request", **WHY}, status=422)

    assert "nothing was changed" in page and WHY["reason"] in page
    assert desk.acts(number) == acts


def test_a_value_is_corrected_by_its_form(browse: Browse, desk: Desk, number: str) -> None:
    lena = browse("lena")
    form = next(key for key, value in desk.instance(number).variables.items() if "scope" in value)
    assert "id=\"change-value\"" in lena.get(f"/incidents/{number}?variable={form}.scope")

    refused = lena.post(f"/incidents/{number}/change", {"variable": f"{form}.scope", "value": "all", **WHY}, 422)
    page = lena.post(f"/incidents/{number}/change", {"variable": f"{form}.scope", "value": "extended", **WHY})

    assert "does not fit" in refused and "The value was corrected" in page
    assert desk.instance(number).variables[form]["scope"] == "extended"


def test_a_step_is_moved_by_its_form(browse: Browse, desk: Desk, number: str) -> None:
    lena = browse("lena")
    page = lena.get(f"/incidents/{number}")
    choices = re.findall(r'<option value="(\d+ [\w-]+)"', page)
    wanted = next(one for one in choices if one.split(" ")[1] != "check_request" and "end" in one.split(" ")[1])

    page = lena.post(f"/incidents/{number}/move", {"what": wanted, **WHY})

    assert "goes on at the chosen step" in page
    assert desk.instance(number).ended_at is not None


@pytest.mark.parametrize("what", ["", "x", "1 end", "99999999999999999999999 end", "-1 end", "² end", " ", "1"])
def test_what_nobody_could_choose_is_refused(browse: Browse, desk: Desk, number: str, what: str) -> None:
    acts = desk.acts(number)

    for act in ("move", "skip"):
        browse("lena").post(f"/incidents/{number}/{act}", {"what": what, **WHY}, status=422)

    assert desk.acts(number) == acts


def test_a_request_is_cancelled_and_the_client_reads_why(browse: Browse, number: str) -> None:
    page = browse("lena").post(f"/incidents/{number}/cancel", {"reason": "Konto usunięto już w marcu."})

    assert "the client was told" in page and "Skip a step" not in page
    assert "Konto usunięto już w marcu." in browse("clara").get(f"/requests/{number}")
