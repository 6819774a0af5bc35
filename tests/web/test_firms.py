"""Firms: for whom people act, who lets them in, and who sees the requests."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.audit import AuditEntry
from helpdesk.outbox import Letter
from helpdesk.people.firms import Firm, FirmMember, list_members
from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser

Browse = Callable[..., Browser]
NIP, EORI = "5260250274", "PL526025027400000"
FIRM = {"name": "Lipowy Dwór sp. z o.o.", "nip": "526-025-02-74", "eori": EORI.lower(), "basis": "Prezes zarządu"}


def add(browser: Browser, status: int = 200, **fields: str) -> str:
    return browser.post("/account/firms", FIRM | fields, status)


def member_id(desk: Desk, key: str) -> int:
    return desk.ask(lambda session: session.scalars(select(FirmMember.id).where(
        FirmMember.person_id == desk.person(session, key).id)).one())


def firm_id(desk: Desk) -> int:
    return desk.ask(lambda session: session.scalars(select(Firm.id).where(Firm.nip == NIP)).one())


def firm_id_of(session: Session) -> int:
    return session.scalars(select(Firm.id).where(Firm.nip == NIP)).one()


def acts(desk: Desk) -> list[str]:
    return desk.ask(lambda session: [act for act in session.scalars(
        select(AuditEntry.act).order_by(AuditEntry.id)) if act.startswith("firm_")])


def letters(desk: Desk, key: str) -> list[str]:
    return desk.ask(lambda session: list(session.scalars(select(Letter.text).where(
        Letter.person_id == desk.person(session, key).id, Letter.text.startswith("firm_")).order_by(Letter.id))))


def found(desk: Desk, browse: Browse) -> None:
    """A firm that Clara manages, which the administrator has confirmed."""
    add(browse("clara"))
    browse("ada").post(f"/firms/people/{member_id(desk, 'clara')}/confirm")


def let_in(desk: Desk, browse: Browse, key: str = "colin", *, sees_all: bool = True) -> None:
    """A firm that Clara manages and in which another person is."""
    found(desk, browse)
    add(browse(key), name="Lipowy")
    place = f"/account/firms/members/{member_id(desk, key)}"
    browse("clara").post(place)
    if sees_all:
        browse("clara").post(place, {"sees_all": "on"})


def submit_for(desk: Desk, browse: Browse, key: str, firm: str) -> str:
    """A request sent from the form, for the firm that its select offers."""
    browser = browse(key)
    form = browser.get("/catalogue/portal/error")
    assert "For whom is the request?" in form
    browser.post("/catalogue/portal/error", {**INCIDENT, "_firm": firm})
    page = browser.get("/catalogue/portal/error/summary")
    act_id = re.search(r'name="act_id" value="([^"]+)"', page)
    assert act_id is not None and ("For the firm:" in page) is bool(firm)
    done = browser.post("/catalogue/portal/error/summary", {"act_id": act_id[1]})
    found = re.search(r"ZGL\d{7}", done)
    assert found is not None
    return found[0]


def test_whoever_names_a_firm_first_acts_for_it_at_once_and_manages_it_when_an_administrator_confirms(
        desk: Desk, browse: Browse) -> None:
    page = add(browse("clara"))
    assert "not confirmed yet" in page and ">you manage it" not in page and NIP in page and EORI in page
    assert acts(desk) == ["firm_added"] and letters(desk, "ada") == ["firm_to_confirm"]
    assert "For whom is the request?" in browse("clara").get("/catalogue/portal/error")

    waiting = browse("ada").get(f"/firms/{firm_id(desk)}")
    assert "Prezes zarządu" in waiting and "clara@example.com" in waiting
    browse("ada").post(f"/firms/people/{member_id(desk, 'clara')}/confirm")

    assert ">you manage it" in browse("clara").get("/account/firms") and letters(desk, "clara") == ["firm_confirmed"]
    assert acts(desk) == ["firm_added", "firm_confirmed"]


def test_a_firm_that_is_not_confirmed_opens_nothing(desk: Desk, browse: Browse) -> None:
    found(desk, browse)
    with desk.session() as session:  # somebody was let in before anybody looked
        session.get_one(Firm, firm_id_of(session)).confirmed_at = None
        session.add(FirmMember(firm_id=firm_id_of(session), person_id=desk.person(session, "colin").id, called="L",
                               state="active", sees_all=True, is_manager=True, since_at=desk.now))
    add(browse("beth"), name="Dwór")
    number = submit_for(desk, browse, "clara", str(firm_id(desk)))

    colin = browse("colin")
    colin.get(f"/requests/{number}", 404)
    assert number not in colin.get("/requests")
    page = colin.get(f"/account/firms/{firm_id(desk)}")
    assert "not confirmed this firm yet" in page and "Beth" not in page and "Clara" not in page
    beth = f"/account/firms/members/{member_id(desk, 'beth')}"
    assert "has not confirmed" in colin.post(beth, status=409)
    colin.post(beth + "/remove", status=409)
    assert "has not confirmed" in colin.post(f"/account/firms/{firm_id(desk)}/invitations", {"email": "a@example.com"},
                                             422)


def test_an_administrator_refuses_with_a_reason_and_confirms_whom_the_firm_belongs_to(
        desk: Desk, browse: Browse) -> None:
    add(browse("colin"), name="Przywłaszczony", basis="Znajomy prezesa")
    add(browse("clara"))
    assert letters(desk, "ada") == ["firm_to_confirm"] * 2 and letters(desk, "colin") == []
    colin, ada = f"/firms/people/{member_id(desk, 'colin')}", browse("ada")
    assert "Say why" in ada.post(colin + "/refuse", {"reason": " "}, 422)

    page = ada.post(colin + "/refuse", {"reason": "Nie ma Pana w KRS."})
    assert "Clara" in page and "Colin" not in page.split("<main", 1)[1].split("People of the firm")[1]
    ada.post(f"/firms/people/{member_id(desk, 'clara')}/confirm")

    assert letters(desk, "colin") == ["firm_not_confirmed"] and letters(desk, "clara") == ["firm_confirmed"]
    assert desk.ask(lambda session: session.scalars(select(Letter.facts).where(
        Letter.text == "firm_not_confirmed")).one())["said"] == "Nie ma Pana w KRS."
    assert "Lipowy Dwór" in ada.get("/firms?q=526-025") and "Lipowy" not in ada.get("/firms?kind=waiting")


def test_whoever_named_the_firm_first_only_asks_once_another_is_confirmed(desk: Desk, browse: Browse) -> None:
    add(browse("colin"), name="Przywłaszczony")
    add(browse("clara"))

    browse("ada").post(f"/firms/people/{member_id(desk, 'clara')}/confirm")

    assert "waits to be let in" in browse("colin").get("/account/firms")
    browse("colin").get(f"/account/firms/{firm_id(desk)}", 404)
    page = browse("clara").get(f"/account/firms/{firm_id(desk)}")
    assert "Lipowy Dwór" in page and "asks to be let in" in page and "Colin" in page


def test_name_and_numbers_are_corrected_with_what_was_there_in_the_audit_log(desk: Desk, browse: Browse) -> None:
    found(desk, browse)
    place, clara, ada = firm_id(desk), browse("clara"), browse("ada")
    assert "Give the name" in clara.post(f"/account/firms/{place}/name", {"name": " "}, 422)

    clara.post(f"/account/firms/{place}/name", {"name": "Lipowy Dwór S.A."})
    browse("colin").post(f"/account/firms/{place}/name", {"name": "Mój"}, 404)
    assert "check digit" in ada.post(f"/firms/{place}", {"name": "Dwór", "nip": "1234563219"}, 422)
    assert "at least one number" in ada.post(f"/firms/{place}", {"name": "Dwór"}, 422)
    ada.post(f"/firms/{place}", {"name": "Lipowy Dwór S.A.", "nip": "1234563218", "eori": EORI})

    told = desk.ask(lambda session: [entry.details for entry in session.scalars(
        select(AuditEntry).where(AuditEntry.act == "firm_corrected").order_by(AuditEntry.id))])
    assert told[0] == {"firm_id": place, "name_old": ["Lipowy", "Dwór", "sp.", "z", "o.o."],
                       "name_new": ["Lipowy", "Dwór", "S.A."]}
    assert told[1] == {"firm_id": place, "nip_old": [NIP], "nip_new": ["1234563218"]}
    assert letters(desk, "clara") == ["firm_confirmed", "firm_corrected"]
    add(browse("colin"), name="Drugi", eori="")
    assert "Another firm is written down with this NIP" in ada.post(
        f"/firms/{place}", {"name": "Dwór", "nip": NIP}, 422)


@pytest.mark.parametrize(("fields", "said"), [
    ({"nip": "5260250275"}, "check digit"), ({"nip": "", "eori": ""}, "at least one number"),
    ({"eori": "PL1"}, "EORI number has a different length"), ({"id_sisc": "x"}, "ID SISC"),
    ({"name": " "}, "name of the firm"), ({"basis": ""}, "on what basis")])
def test_what_is_no_firm_is_not_added(desk: Desk, browse: Browse, fields: dict[str, str], said: str) -> None:
    assert said in add(browse("clara"), 422, **fields)

    assert desk.ask(lambda session: session.scalar(select(Firm.id))) is None


def test_a_known_firm_is_joined_only_when_a_manager_lets_the_person_in(desk: Desk, browse: Browse) -> None:
    found(desk, browse)
    page = add(browse("colin"), name="Dwór", eori="")
    assert "We have passed it on" in page and "Dwór" in page
    assert "Lipowy" not in page and EORI not in page and "Clara" not in page
    assert letters(desk, "clara") == ["firm_confirmed", "firm_join_asked"]
    assert "For whom is the request?" not in browse("colin").get("/catalogue/portal/error")
    place = f"/account/firms/members/{member_id(desk, 'colin')}"
    browse("colin").post(place, status=404)
    browse("amir").post(place, status=404)
    browse("colin").get(f"/account/firms/{firm_id(desk)}", 404)

    assert "Colin" in browse("clara").get(f"/account/firms/{firm_id(desk)}")
    browse("clara").post(place)

    assert letters(desk, "colin") == ["firm_accepted"]
    assert "Lipowy Dwór" in browse("colin").get("/account/firms")
    browse("clara").post(place + "/remove")
    assert letters(desk, "colin") == ["firm_accepted", "firm_removed"]
    assert acts(desk) == ["firm_added", "firm_confirmed", "firm_join_asked", "firm_member_accepted",
                          "firm_member_removed"]


def test_colleagues_see_what_was_requested_for_the_firm_when_it_lets_them_and_cannot_act(
        desk: Desk, browse: Browse) -> None:
    let_in(desk, browse, sees_all=False)
    number = submit_for(desk, browse, "clara", str(firm_id(desk)))
    private = submit_for(desk, browse, "clara", "")
    colin = browse("colin")
    colin.get(f"/requests/{number}", 404)
    assert number not in colin.get("/requests")

    browse("clara").post(f"/account/firms/members/{member_id(desk, 'colin')}", {"sees_all": "on"})

    listed = colin.get("/requests")
    assert number in listed and private not in listed and "Clara" in listed
    assert number in colin.get(f"/requests?firm={firm_id(desk)}&state=all")
    page = colin.get(f"/requests/{number}")
    assert "/reply" not in page and "/withdraw" not in page
    colin.get(f"/requests/{private}", 404)
    for path in (f"/requests/{number}/reply", f"/requests/{number}/withdraw"):
        colin.post(path, {"body": "Ja"}, 403)
    browse("beth").get(f"/requests/{number}", 404)
    browse("clara").post(f"/account/firms/members/{member_id(desk, 'colin')}/remove")
    colin.get(f"/requests/{number}", 404)
    assert desk.item(number) and "Lipowy Dwór" in browse("amir").get(f"/tickets/{number}")


def test_nobody_requests_for_a_firm_that_has_not_let_them_in(desk: Desk, browse: Browse) -> None:
    add(browse("clara"))
    colin = browse("colin")
    colin.post("/catalogue/portal/error", {**INCIDENT, "_firm": str(firm_id(desk))})
    page = colin.get("/catalogue/portal/error/summary")
    act_id = re.search(r'name="act_id" value="([^"]+)"', page)
    assert act_id is not None and "Lipowy" not in page

    assert "You do not act for this firm" in colin.post(
        "/catalogue/portal/error/summary", {"act_id": act_id[1]}, 422)


def test_a_firm_is_not_closed_because_many_ask_to_be_let_in(
        desk: Desk, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    let_in(desk, browse)
    add(browse("beth"))
    monkeypatch.setattr("helpdesk.people.firms.members.MEMBERS_MAX", 1)  # those who ask stand before all others

    browse("colin").post(f"/account/firms/members/{member_id(desk, 'colin')}/remove")

    monkeypatch.undo()
    assert desk.ask(lambda session: [one.person.name for one in list_members(session, firm_id(desk))]) == [
        "Beth Kowalska", "Clara Wójcik"]


def test_a_firm_keeps_a_manager_and_one_that_all_have_left_is_nobodys(desk: Desk, browse: Browse) -> None:
    let_in(desk, browse)
    number = submit_for(desk, browse, "clara", str(firm_id(desk)))
    own, other = (f"/account/firms/members/{member_id(desk, key)}" for key in ("clara", "colin"))
    assert "Somebody has to manage the firm" in browse("clara").post(own, {"sees_all": "on"}, 409)
    browse("clara").post(own + "/remove", status=409)

    browse("clara").post(other, {"is_manager": "on"})
    browse("clara").post(own + "/remove")
    browse("colin").post(other + "/remove")

    assert desk.ask(lambda session: [list_members(session, one.id) for one in session.scalars(select(Firm))]) == [[]]
    assert "not confirmed yet" in add(browse("colin"))
    browse("colin").get(f"/requests/{number}", 404)
