"""The administrator's pages: people, roles, teams, accounts and passwords."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine import staff
from helpdesk.audit import AuditEntry
from helpdesk.errors import NotAllowed
from helpdesk.people.accounts import LastAdministrator, Role, Team, find_person, is_password, list_people
from tests.desk import Desk
from tests.web.conftest import CHEAP, Browser

# Pages: what they ask of the database is tested on both below them.
pytestmark = pytest.mark.one_database


@pytest.fixture
def ada(browse: Callable[..., Browser]) -> Browser:
    return browse("ada")


def id_of(desk: Desk, key: str) -> int:
    return desk.ask(lambda session: desk.person(session, key).id)


def places(desk: Desk, key: str) -> tuple[list[str], dict[str, bool]]:
    with desk.session() as session:
        person = desk.person(session, key)
        return person.roles, {place.team.key: place.is_lead for place in person.memberships}


def team_id(desk: Desk, key: str) -> int:
    return desk.ask(lambda session: session.scalars(select(Team.id).where(Team.key == key)).one())


def audit(desk: Desk) -> list[str]:
    return desk.ask(lambda session: list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))))


def test_people_are_found_by_name_address_and_firm(desk: Desk, ada: Browser) -> None:
    with desk.session() as session:
        desk.person(session, "colin").firm = "100 % Lipowy Dwór"

    assert "Amir Nowak" in ada.get("/people") and "Clara" not in ada.get("/people")
    for wanted, found in (("wójc", "Clara"), ("COLIN@", "Colin"), ("lipowy", "Colin"), ("100 %", "Colin")):
        page = ada.get(f"/people?q={wanted.replace('%', '%25')}")
        assert found in page and "Amir" not in page
    assert "Nobody was found" in ada.get("/people?q=%25%25")


def test_names_are_in_the_order_of_the_polish_alphabet(desk: Desk) -> None:
    with desk.session() as session:
        for number, name in enumerate(("Żaneta", "Zenon", "Łucja", "Lucjan", "Ćwik", "Cyryl", "ósma", "Olga")):
            staff.add_person(session, email=f"n{number}@example.com", name=name, by=desk.person(session, "ada"),
                             now=desk.now)
        names = [one.name for one in list_people(session) if one.email.startswith("n")]

    assert names == ["Cyryl", "Ćwik", "Lucjan", "Łucja", "Olga", "ósma", "Zenon", "Żaneta"]


def test_a_person_is_added_and_gets_a_password_shown_once(desk: Desk, ada: Browser) -> None:
    page = ada.post("/people/new", {
        "name": " Jan  Nowy ", "email": " Jan@Example.com", "phone": "+48 22", "language": "en"})
    assert "Jan Nowy" in page and "no password yet" in page
    with desk.session() as session:
        person = find_person(session, "jan@example.com")
        assert person is not None and (person.language, person.password_hash) == ("en", "")

    page = ada.post(f"/people/{person.id}/password", {"how": "generated"})

    shown = re.search(r"<code>([^<]+)</code>", page)
    assert shown is not None and len(shown.group(1)) >= 20
    assert shown.group(1) not in ada.get(f"/people/{person.id}")
    with desk.session() as session:
        person = find_person(session, "jan@example.com")
        assert person is not None and is_password(person.password_hash, shown.group(1), CHEAP)
    assert {"person_added", "password_set"} <= set(audit(desk))


@pytest.mark.parametrize(("form", "sentence"), [
    ({"name": "Jan", "email": "clara@EXAMPLE.com"}, "There is already an account"),
    ({"name": "", "email": "jan@example.com"}, "Give a name"),
    ({"name": "x" * 121, "email": "jan@example.com"}, "Give a name"),
    *[({"name": "Jan", "email": bad}, "is not an e-mail address")
      for bad in ("", "jan", "jan@", "a@b", "a@example.com, b@example.com", "a b@example.com", "<a@example.com>",
                  "a@example.com\nBcc: b@example.com", "x" * 250 + "@example.com")]])
def test_a_person_that_cannot_be_added_is_explained_and_kept(
        desk: Desk, ada: Browser, form: dict[str, str], sentence: str) -> None:
    page = ada.post("/people/new", {**form, "firm": "Dwór"}, status=422)

    assert sentence in page and 'value="Dwór"' in page


def test_roles_and_teams_become_exactly_what_was_chosen(desk: Desk, ada: Browser) -> None:
    first, second = team_id(desk, "first_line"), team_id(desk, "second_line")
    ada.post(f"/people/{id_of(desk, 'amir')}/places", {
        "role": ["manager", "nonsense"], f"team_{first}": "", f"team_{second}": "lead", "team_999": "lead"})

    assert places(desk, "amir") == (["manager"], {"second_line": True})
    assert "places_changed" in audit(desk)


def test_who_leaves_a_team_hands_the_steps_back(desk: Desk, ada: Browser) -> None:
    number = desk.submit()
    desk.claim(number)

    page = ada.post(f"/people/{id_of(desk, 'amir')}/places", {f"team_{team_id(desk, 'second_line')}": "member"})

    assert "1 step went back to its team." in page
    assert desk.item(number).holder_id is None
    desk.claim(number, by="lena")


def test_who_stays_in_the_team_keeps_the_steps(desk: Desk, ada: Browser) -> None:
    number = desk.submit()
    desk.claim(number)

    ada.post(f"/people/{id_of(desk, 'amir')}/places", {f"team_{team_id(desk, 'first_line')}": "lead"})

    assert desk.item(number).holder_id == id_of(desk, "amir")


def test_rights_change_at_once_without_a_new_sign_in(
        desk: Desk, ada: Browser, browse: Callable[..., Browser]) -> None:
    oskar = browse("oskar")
    oskar.get("/people", status=403)
    ada.post(f"/people/{id_of(desk, 'oskar')}/places", {"role": ["owner", "administrator"]})
    oskar.get("/people")
    ada.post(f"/people/{id_of(desk, 'oskar')}/places", {"role": "owner"})
    oskar.get("/people", status=403)


def test_a_closed_account_is_out_everywhere_and_can_be_opened_again(
        desk: Desk, ada: Browser, browse: Callable[..., Browser]) -> None:
    amir = browse("amir")
    amir.get("/worklist")

    page = ada.post(f"/people/{id_of(desk, 'amir')}/close")

    assert "account closed" in page
    assert "Sign in to the help desk" in amir.get("/worklist")
    ada.post(f"/people/{id_of(desk, 'amir')}/open")
    assert "Sign in to the help desk" in amir.get("/worklist")
    browse("amir").get("/worklist")


@pytest.mark.parametrize(("path", "form"), [("close", {}), ("places", {"role": "manager"})])
def test_the_last_administrator_stays(desk: Desk, ada: Browser, path: str, form: dict[str, str]) -> None:
    page = ada.post(f"/people/{id_of(desk, 'ada')}/{path}", form, status=422)

    assert "This is the last administrator" in page
    assert places(desk, "ada") == (["administrator"], {})
    ada.get("/people")


def test_a_closed_administrator_does_not_count(desk: Desk, ada: Browser) -> None:
    oskar = id_of(desk, "oskar")
    ada.post(f"/people/{oskar}/places", {"role": "administrator"})
    ada.post(f"/people/{oskar}/close")

    ada.post(f"/people/{id_of(desk, 'ada')}/close", status=422)
    with desk.session() as session, pytest.raises(LastAdministrator):
        staff.change_places(session, desk.person(session, "ada"), roles=[], teams={}, by=desk.person(session, "ada"),
                            now=desk.now)


def test_a_typed_password_is_set_and_a_weak_one_is_not(
        desk: Desk, ada: Browser, browse: Callable[..., Browser]) -> None:
    clara = browse("clara")
    path = f"/people/{id_of(desk, 'clara')}/password"

    assert "from 12 to 200 characters" in ada.post(path, {"how": "typed", "password": "short"}, status=422)
    clara.get("/account")
    page = ada.post(path, {"how": "typed", "password": "a sentence of some words"})

    assert "a sentence of some words" not in page
    assert "Sign in to the help desk" in clara.get("/account")


def test_ones_own_password_is_not_made_up(desk: Desk, ada: Browser) -> None:
    answer = ada.send(f"/people/{id_of(desk, 'ada')}/password", {"how": "generated"}, status=302, follow=False)

    assert answer.headers["Location"] == "/account/password"
    ada.get("/people")


def test_a_team_is_added_and_renamed_and_keeps_its_key(desk: Desk, ada: Browser) -> None:
    page = ada.post("/people/teams", {"key": "third_line", "name_pl": "Trzecia linia", "name_en": "Third line"})
    assert "third_line" in page
    third = team_id(desk, "third_line")

    ada.post(f"/people/teams/{third}", {"key": "other", "name_pl": "Linia trzecia", "name_en": "Line three"})

    page = ada.get("/people/teams")
    assert "Linia trzecia" in page and "third_line" in page and "other" not in page
    assert {"team_added", "team_renamed"} <= set(audit(desk))


@pytest.mark.parametrize(("key", "sentence"), [
    ("first_line", "already a team"), ("client", "cannot be a key"), ("", "cannot be a key"),
    ("Third", "cannot be a key"), ("3rd", "cannot be a key"), ("łódź", "cannot be a key"),
    ("a b", "cannot be a key"), ("x" * 61, "cannot be a key")])
def test_a_key_that_no_lane_can_have_is_refused(desk: Desk, ada: Browser, key: str, sentence: str) -> None:
    page = ada.post("/people/teams", {"key": key, "name_pl": "Trzecia", "name_en": "Third"}, status=422)

    assert sentence in page and 'value="Trzecia"' in page


@pytest.mark.parametrize("key", ["clara", "amir", "lena", "oskar", "marek"])
def test_the_use_cases_let_only_administrators_in(desk: Desk, key: str) -> None:
    with desk.session() as session:
        by, clara = desk.person(session, key), desk.person(session, "clara")
        team = session.scalars(select(Team)).first()
        assert team is not None
        for act in (
            lambda: staff.add_person(session, email="x@example.com", name="X", by=by, now=desk.now),
            lambda: staff.change_places(session, by, roles=[Role.ADMINISTRATOR], teams={}, by=by, now=desk.now),
            lambda: staff.close_account(session, clara, by=by, now=desk.now),
            lambda: staff.open_account(session, clara, by=by, now=desk.now),
            lambda: staff.set_password(session, clara, "a long enough one", hasher=CHEAP, by=by, now=desk.now),
            lambda: staff.add_team(session, key="x_team", name_pl="X", name_en="X", by=by, now=desk.now),
            lambda: staff.rename_team(session, team, name_pl="X", name_en="X", by=by, now=desk.now),
        ):
            with pytest.raises(NotAllowed):
                act()
