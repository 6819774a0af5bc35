"""Making an account: the address is proved, and nobody learns whose address is known."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from helpdesk.outbox import Letter
from helpdesk.people import proofs, registration
from helpdesk.people.accounts import Person, find_person
from helpdesk.people.proofs import Proof
from helpdesk.settings import Settings
from tests.desk import Desk
from tests.web.account.conftest import PASSWORD, Post, Visitor, acts
from tests.web.conftest import CHEAP
from web.app import create_app
from web.edge import Desk as WebDesk

pytestmark = pytest.mark.one_database
Visit = Callable[[], Visitor]
EWA = {"name": "Ewa Nowak", "email": "Ewa@Example.com ", "password": PASSWORD, "language": "pl", "agrees": "1"}


def people(desk: Desk) -> int:
    return desk.ask(lambda session: session.scalar(select(func.count(Person.id))) or 0)


def test_an_account_is_there_once_its_address_is_confirmed_by_a_button(desk: Desk, visit: Visit, post: Post) -> None:
    before = people(desk)
    ewa = visit()
    assert ewa.press("/register", **EWA).headers["Location"] == "/register/sent"
    assert people(desk) == before and ewa.sign_in("ewa@example.com").status_code == 422

    link = post.link("register_confirm")
    for _scanner in range(3):  # programs that look for viruses follow links
        assert visit().get(link).status_code == 200
    assert people(desk) == before
    assert ewa.press(link).status_code == 302

    assert ewa.sign_in("ewa@example.com").status_code == 302 and ewa.is_in
    with desk.session() as session:
        made = find_person(session, "ewa@example.com")
        assert made is not None and (made.name, made.language) == ("Ewa Nowak", "pl")
        assert made.rules_agreed_at is not None
        assert session.scalars(select(Proof.details)).one() == {}
    assert visit().get(link).status_code == 410
    assert post.texts("ewa@example.com") == ["register_confirm", "account_made"]
    assert {"registration_asked", "person_added"} <= set(acts(desk))


def test_a_known_address_gets_the_same_answer_and_its_owner_a_letter(desk: Desk, visit: Visit, post: Post) -> None:
    answers = []
    for email in ("clara@example.com", "nobody@example.com"):
        visitor = visit()
        answers.append(visitor.press("/register", **{**EWA, "email": email}))
        answers.append(visitor.get("/register/sent"))

    assert (answers[0].status_code, answers[0].headers["Location"]) == (
        answers[2].status_code, answers[2].headers["Location"])
    nonce = r'nonce="[^"]+"|csrf_token" value="[^"]+"'
    assert re.sub(nonce, "", answers[1].text) == re.sub(nonce, "", answers[3].text)
    assert post.texts("clara@example.com") == ["register_known"]
    assert post.texts("nobody@example.com") == ["register_confirm"]


@pytest.mark.parametrize(("changed", "field"), [
    ({"email": "bez małpy"}, "email"), ({"name": "  "}, "name"), ({"password": "krótkie"}, "password"),
    ({"password": "x" * 201}, "password"), ({"password": "moje EWA NOWAK hasło"}, "password"),
    ({"password": "hasło nowak hasło"}, "password"), ({"password": "a ewa@example.com b"}, "password"),
    ({"agrees": ""}, None)])
def test_what_is_not_right_is_said_at_its_field(desk: Desk, visit: Visit, changed: dict[str, str],
                                                field: str | None) -> None:
    form = {**EWA, **changed}
    if field is None:
        del form["agrees"]

    answer = visit().press("/register", **form)

    assert answer.status_code == 422 and f'href="#{field or "agrees"}"' in answer.text
    assert PASSWORD not in answer.text and "registration_asked" not in acts(desk)


@pytest.mark.parametrize("password", ["x" * 12, "ż" * 200, "1234567890 12", "zupełnie zwykłe zdanie bez cyfr"])
def test_no_rule_says_what_a_password_is_made_of(visit: Visit, password: str) -> None:
    assert visit().press("/register", **{**EWA, "password": password}).status_code == 302


def test_who_does_not_confirm_in_time_leaves_nothing(desk: Desk, visit: Visit, post: Post) -> None:
    ewa = visit()
    ewa.press("/register", **EWA)
    link = post.link("register_confirm")
    desk.later(hours=24, minutes=1)

    gone = ewa.get(link)
    assert gone.status_code == 410 and "no longer works" in gone.text
    desk.later(days=3)
    with desk.session() as session:
        proofs.forget(session, now=desk.now)
        registration.forget(session, now=desk.now)
    with desk.session() as session:
        assert session.scalars(select(Proof)).all() == session.scalars(select(Letter)).all() == []


def test_the_address_that_is_taken_meanwhile_stays_with_who_was_first(visit: Visit, post: Post, desk: Desk) -> None:
    first, second = visit(), visit()
    first.press("/register", **EWA)
    link = post.link("register_confirm")
    second.press("/register", **{**EWA, "name": "Kto Inny", "password": "zupełnie inne hasło"})
    assert first.press(link).status_code == 302

    late = second.press(post.link("register_confirm"))

    assert late.status_code == 410
    assert second.sign_in("ewa@example.com", "zupełnie inne hasło").status_code == 422
    assert first.sign_in("ewa@example.com").status_code == 302


def test_registering_is_braked_for_an_address_and_for_a_host(desk: Desk, visit: Visit) -> None:
    codes = [visit().press("/register", **EWA).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429]

    codes = [visit().press("/register", **{**EWA, "email": f"e{number}@example.com"}).status_code
             for number in range(18)]
    assert codes == [302] * 17 + [429]
    desk.later(hours=1, minutes=1)
    assert visit().press("/register", **EWA).status_code == 302


def test_a_desk_may_make_all_accounts_itself(desk: Desk, settings: Settings) -> None:
    client = create_app(WebDesk(replace(settings, registration=False), desk.database, clock=lambda: desk.now,
                                hasher=CHEAP)).test_client()

    assert "/register" not in client.get("/sign-in").text
    assert client.get("/register").status_code == 403
