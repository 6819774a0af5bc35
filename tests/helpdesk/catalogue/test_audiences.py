"""Who may see what: a hidden thing is not in the list, is not found, has no page and cannot be asked for."""

from collections.abc import Mapping
from typing import Any

import pytest

from helpdesk.catalogue import Area, Classification, Service, get_classification, load_catalogue
from helpdesk.catalogue.audience import BadAudience, Viewer, parse_audience
from helpdesk.catalogue.finding import find_offers
from helpdesk.catalogue.offers import get_offer, get_offered, list_offers
from helpdesk.errors import NotFound
from helpdesk.tickets import Channel
from tests.desk import Desk

NIP = "2002514945"
CAST = ("clara", "colin", "amir", "lena", "oskar", "ada", "marek")
PEOPLE = (*CAST, None)
EVERYBODY = {*PEOPLE}
# What is written → who sees it. Clara is the one of the firm.
SEES: Mapping[str, set[str | None]] = {
    "": EVERYBODY,
    "signed_in": {*CAST},
    f"firms: {NIP}": {"clara"},
    "firms: 3002886239, 200-251-49-45": {"clara"},
    "firms: 3002886239": set(),
    "roles: staff": {"amir", "lena", "oskar", "ada", "marek"},
    "roles: agent": {"amir", "lena"},
    "roles: lead, owner": {"lena", "oskar"},
    "roles: administrator": {"ada"},
    "roles: manager": {"marek"},
}
LEVELS: tuple[type[Area | Service | Classification], ...] = (Area, Service, Classification)


def hide(desk: Desk, level: type[Any], **facts: Any) -> None:
    """Give what leads to the portal's error these facts, on one level of the catalogue."""
    with desk.session() as session:
        desk.person(session, "clara").nip = NIP
        found = get_classification(session, "portal", "error")
        one = {Area: found.service.area, Service: found.service, Classification: found}[level]
        for name, value in facts.items():
            setattr(one, name, value)


def ways(desk: Desk, *keys: str | None) -> tuple[bool, bool, bool, bool]:
    """Whether people together see it in the list, find it, get its page, and its form."""
    with desk.session() as session:
        viewer = Viewer(*(desk.person(session, key) if key else None for key in keys))
        offers = list_offers(session, viewer)
        listed = any(one.key == "error" for offer in offers for some in offer.services for one in some.classifications)
        found = any(hit.classification is not None and hit.classification.key == "error"
                    for hit in find_offers(offers, "błąd portalu"))
        try:
            page = any(one.key == "error" for one in get_offer(session, "portal", viewer).classifications)
        except NotFound:
            page = False
        try:
            form = get_offered(session, "portal", "error", viewer).key == "error"
        except NotFound:
            form = False
        return listed, found, page, form


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.__tablename__)
def test_an_audience_holds_in_the_list_the_search_the_page_and_the_form(desk: Desk, level: type[Any]) -> None:
    wrong = {}
    for text, people in SEES.items():
        hide(desk, level, audience=str(parse_audience(text)))
        for key in PEOPLE:
            seen = ways(desk, key)
            if seen != (key in people,) * 4:
                wrong[text, key] = seen

    assert wrong == {}


def test_what_is_hidden_is_there_for_nobody(desk: Desk) -> None:
    for level in LEVELS:
        hide(desk, level, is_hidden=True)
        assert {ways(desk, key) for key in PEOPLE} == {(False,) * 4}
        hide(desk, level, is_hidden=False)


def test_a_request_is_refused_for_what_the_client_may_not_see_and_leaves_nothing(desk: Desk) -> None:
    hide(desk, Service, audience=f"firms: {NIP}")

    with pytest.raises(NotFound):
        desk.submit(by="colin")
    with pytest.raises(NotFound):
        desk.submit(by="amir", client="colin")

    numbers = [desk.submit(by="clara"), desk.submit(by="amir", client="clara", channel=Channel.PHONE)]
    assert numbers == ["ZGL2400001", "ZGL2400002"]


def test_an_agent_also_chooses_for_a_client_what_is_there_for_agents(desk: Desk) -> None:
    hide(desk, Classification, audience="roles: agent")

    assert ways(desk, "colin", "amir") == (True,) * 4
    assert ways(desk, "colin") == (False,) * 4
    assert desk.submit(by="amir", client="colin")


@pytest.mark.parametrize("text", [
    "everyone", "signed_in: x", "firms", "firms:", "firms: ,", "roles: king", "roles: staff, king", "firms: ' or 1=1",
    "firms: " + ", ".join(str(number) for number in range(1_000_000_000, 1_000_000_050)), "SIGNED_IN"])
def test_an_audience_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadAudience):
        parse_audience(text)


def test_a_service_about_which_nothing_can_be_asked_is_offered_to_follow_only(desk: Desk) -> None:
    with desk.session() as session:
        load_catalogue(session, {"services": [{"key": "radar", "area": "client_zone", "classifications": [],
                                               "name": {"pl": "Radar", "en": "Radar"}}]})
        keys = [[one.service.key for offer in list_offers(session, Viewer(), with_empty=with_empty)
                 for one in offer.services] for with_empty in (False, True)]

    # Both stand at the same position; which comes first is no matter.
    assert [sorted(one) for one in keys] == [["portal"], ["portal", "radar"]]
