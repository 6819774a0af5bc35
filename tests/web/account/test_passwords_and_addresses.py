"""A forgotten password, another password, another address: who is told, what ends, what can be stopped."""

import re
from collections.abc import Callable

import pytest

from helpdesk.people import addresses, passwords, signin
from helpdesk.people.accounts import add_person, find_person
from tests.desk import Desk
from tests.web.account.conftest import OTHER, PASSWORD, Post, Visitor, acts, give_password
from tests.web.conftest import CHEAP

pytestmark = pytest.mark.one_database
Visit = Callable[[], Visitor]
NEW = "clara.nowa@example.com"


# --- forgotten

def test_a_new_password_is_set_by_a_link_that_works_once(desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    stranger = visit()
    stranger.press("/password/forgotten", email="Clara@example.com")
    link = post.link("password_reset")
    assert stranger.press(link, new_password="krótkie").status_code == 422
    assert stranger.press(link, new_password="to ja wójcik tutaj").status_code == 422

    assert stranger.press(link, new_password=OTHER).status_code == 302

    assert not clara.is_in and stranger.get(link).status_code == 410
    assert stranger.sign_in("clara@example.com").status_code == 422
    assert stranger.sign_in("clara@example.com", OTHER).status_code == 302
    assert post.texts("clara@example.com") == ["password_reset", "password_changed"]
    assert {"reset_asked", "password_set"} <= set(acts(desk))


def test_a_link_for_a_password_lasts_an_hour_and_the_newer_one_counts(desk: Desk, visit: Visit, post: Post) -> None:
    give_password(desk, "amir")  # staff too
    visitor = visit()
    visitor.press("/password/forgotten", email="amir@example.com")
    first = post.link("password_reset")
    visitor.press("/password/forgotten", email="amir@example.com")
    second = post.link("password_reset")

    assert visitor.get(first).status_code == 410 and visitor.get(second).status_code == 200
    desk.later(hours=1, minutes=1)
    assert visitor.get(second).status_code == 410


def test_nobody_learns_whether_there_is_an_account(desk: Desk, visit: Visit, post: Post) -> None:
    answers = [visit().press("/password/forgotten", email=email)
               for email in ("clara@example.com", "nobody@example.com")]

    assert len({(answer.status_code, answer.headers["Location"], answer.text) for answer in answers}) == 1
    assert post.texts("nobody@example.com") == []
    codes = [visit().press("/password/forgotten", email="nobody@example.com").status_code for _ in range(3)]
    assert codes == [302, 302, 429]


def test_who_was_added_by_telephone_gets_in_by_a_link(desk: Desk, visit: Visit, post: Post) -> None:
    with desk.session() as session:
        add_person(session, email="piotr@example.com", name="Piotr", now=desk.now)
    visitor = visit()
    visitor.press("/password/forgotten", email="piotr@example.com")

    visitor.press(post.link("password_reset"), new_password=OTHER)

    assert visitor.sign_in("piotr@example.com", OTHER).status_code == 302


def test_a_link_in_a_letter_is_not_on_the_page_of_letters(desk: Desk, clara: Visitor, post: Post) -> None:
    clara.press("/password/forgotten", email="clara@example.com")
    path = post.link("password_reset")
    letter_id = path.split("/")[3]

    for place in (f"/letters/{letter_id}", f"/letters/{letter_id}.eml"):
        answer = clara.get(place)
        assert answer.status_code == 200 and path not in answer.text and path.split("/")[-1] not in answer.text


@pytest.mark.parametrize("path", ["/password/new/{id}/{code}", "/register/confirm/{id}/{code}",
                                  "/address/confirm/{id}/{code}", "/address/stop/{id}/{code}"])
def test_a_link_fits_its_own_letter_and_its_own_page(desk: Desk, visit: Visit, post: Post, path: str) -> None:
    visit().press("/password/forgotten", email="clara@example.com")
    _, _, _, letter_id, code = post.link("password_reset").split("/")
    is_own = path.startswith("/password")

    assert visit().get(path.format(id=letter_id, code=code)).status_code == (200 if is_own else 404)
    assert visit().get(path.format(id=letter_id, code=code[:-1] + "x")).status_code == 404
    assert visit().get(path.format(id=int(letter_id) + 1, code=code)).status_code == 404


# --- another password

def test_who_changes_the_password_stays_and_all_others_are_out(
        desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    telephone = visit()
    telephone.sign_in("clara@example.com")

    assert clara.press("/account/password", old_password=PASSWORD, new_password=OTHER).status_code == 302

    assert clara.is_in and not telephone.is_in
    assert post.texts("clara@example.com") == ["password_changed"]


# --- another address

def ask(desk: Desk, clara: Visitor) -> None:
    assert clara.press("/account/address", email=NEW).status_code == 302


def test_a_new_address_counts_when_it_is_confirmed_and_both_are_told(
        desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    ask(desk, clara)
    assert NEW in clara.get("/account").text
    link = post.link("address_confirm")
    assert visit().get(link).status_code == 200
    assert visit().sign_in(NEW).status_code == 422

    assert visit().press(link).status_code == 302

    assert visit().sign_in(NEW).status_code == 302
    assert visit().sign_in("clara@example.com").status_code == 422
    assert post.texts(NEW) == ["address_announced", "address_confirm", "address_changed"]
    assert post.texts("clara@example.com") == ["address_changed"]
    assert visit().get(link).status_code == visit().get(post.link("address_announced")).status_code == 410
    assert {"address_asked", "address_changed"} <= set(acts(desk))


def test_the_present_address_can_stop_it(desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    ask(desk, clara)
    stop = post.link("address_announced")
    assert visit().get(stop).status_code == 200 and clara.is_in

    assert visit().press(stop).headers["Location"] == "/password/forgotten"

    assert not clara.is_in and visit().get(post.link("address_confirm")).status_code == 410
    with desk.session() as session:
        assert find_person(session, NEW) is None
    assert "address_stopped" in acts(desk)


def test_a_change_that_is_not_wanted_or_not_confirmed_in_time_is_none(
        desk: Desk, clara: Visitor, visit: Visit, post: Post) -> None:
    ask(desk, clara)
    clara.press("/account/address/take-back", at="/account")
    assert visit().get(post.link("address_confirm")).status_code == 410
    ask(desk, clara)
    desk.later(hours=24, minutes=1)
    assert visit().get(post.link("address_confirm")).status_code == 410


@pytest.mark.parametrize("who", ["the owner", "an administrator"])
def test_a_new_password_leaves_no_way_in_that_was_asked_for_before(
        desk: Desk, clara: Visitor, visit: Visit, post: Post, who: str) -> None:
    ask(desk, clara)

    with desk.session() as session:
        owner = desk.person(session, "clara")
        if who == "the owner":
            passwords.change(session, owner, "zupełnie nowe hasło", hasher=CHEAP, but=None, now=desk.now)
        else:
            signin.set_password(session, owner, "zupełnie nowe hasło", hasher=CHEAP, by=desk.person(session, "ada"),
                                now=desk.now)

    assert visit().get(post.link("address_confirm")).status_code == 410


def test_the_address_of_another_account_is_told_to_that_account_alone(
        desk: Desk, clara: Visitor, post: Post) -> None:
    answers = [re.sub(r'nonce="[^"]+"|[a-z.]+@example.com', "", clara.press("/account/address", email=email).text)
               for email in ("colin@example.com", NEW)]

    assert answers[0] == answers[1]
    assert post.texts("colin@example.com") == ["address_known"]
    with desk.session() as session:
        asked = addresses.find_asked(session, desk.person(session, "clara"), now=desk.now)
    assert asked is not None and asked.email == NEW


def test_who_signed_in_long_ago_shows_once_more_who_they_are(desk: Desk, clara: Visitor) -> None:
    desk.later(minutes=11)
    assert clara.get("/account/address").headers["Location"] == "/account/prove?next=/account/address"
    assert clara.press("/account/address", at="/account", email=NEW).status_code == 302
    assert clara.press("/account/prove", password="zupełnie złe hasło").status_code == 422

    assert clara.press("/account/prove", password=PASSWORD, next="/account/address").status_code == 302

    assert clara.get("/account/address").status_code == 200
    assert "address_asked" not in acts(desk)


def test_ones_own_name_and_telephone_are_corrected(desk: Desk, clara: Visitor) -> None:
    right = {"name": "Clara  Nowak", "phone": "+48 22 555 01 07", "language": "en"}
    assert clara.press("/account/facts", **right).status_code == 302
    for wrong in ({"name": " "}, {"name": "Clara", "phone": "zadzwoń"}, {"name": "Clara", "phone": "123"}):
        assert clara.press("/account/facts", **wrong).status_code == 422

    with desk.session() as session:
        person = desk.person(session, "clara")
        assert (person.name, person.phone, person.language) == ("Clara Nowak", "+48 22 555 01 07", "en")
