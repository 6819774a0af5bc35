"""Invitations to act for a firm: proved by the address, used once, taken back, and kept until there is an account."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.audit import AuditEntry
from helpdesk.outbox import Letter
from helpdesk.people import firms, proofs, registration
from helpdesk.people.firms import FirmMember, invitations, register
from helpdesk.people.proofs import Proof
from tests.desk import Desk
from tests.web.account.conftest import PASSWORD, Post, Visitor
from tests.web.conftest import Browser

pytestmark = pytest.mark.one_database
Browse = Callable[..., Browser]
Visit = Callable[[], Visitor]
EWA = {"name": "Ewa Nowak", "email": "ewa@example.com", "password": PASSWORD, "language": "en", "agrees": "1"}


@pytest.fixture
def firm_id(desk: Desk) -> int:
    """The firm that Clara manages, confirmed."""
    with desk.session() as session:
        founder = firms.add(session, desk.person(session, "clara"), name="Lipowy Dwór", numbers={"nip": "5260250274"},
                            basis="Prezes", now=desk.now)
        register.confirm(session, founder, by=desk.person(session, "ada"), now=desk.now)
        return founder.firm_id


def invite(browse: Browse, firm_id: int, email: str, status: int = 200, **fields: str) -> str:
    return browse("clara").post(f"/account/firms/{firm_id}/invitations", {"email": email, **fields}, status)


def members(desk: Desk) -> dict[str, tuple[str, bool, bool]]:
    return desk.ask(lambda session: {one.person.email: (one.state, one.sees_all, one.is_manager)
                                     for one in session.scalars(select(FirmMember))})


def proof_id(desk: Desk) -> int:
    return desk.ask(lambda session: session.scalars(select(Proof.id).order_by(Proof.id.desc())).first() or 0)


def test_an_invitation_survives_the_registration_of_whom_it_is_for(
        desk: Desk, browse: Browse, visit: Visit, post: Post, firm_id: int) -> None:
    assert "ewa@example.com" in invite(browse, firm_id, " Ewa@Example.com ", sees_all="on")
    link, ewa = post.link("firm_invited_newcomer"), visit()
    page = ewa.get(link).text
    assert "Lipowy Dwór" in page and "clara@example.com" in page and "/register?email=ewa@example.com" in page
    assert 'value="ewa@example.com"' in ewa.get("/register?email=ewa@example.com").text

    ewa.press("/register", **EWA)
    desk.wait(days=3)  # the letter is kept longer than those of people who never became anybody
    with desk.session() as session:
        registration.forget(session, now=desk.now)
        proofs.forget(session, now=desk.now)
    assert visit().get(link).status_code == 200
    ewa.press("/register", **EWA)
    confirmed = ewa.press(post.link("register_confirm"))
    assert confirmed.headers["Location"] == "/sign-in?next=/account/firms"
    assert post.texts("ewa@example.com")[-2:] == ["account_made", "firm_invited"]

    ewa.sign_in("ewa@example.com")
    assert "Lipowy Dwór" in ewa.get("/account/firms").text and "Accept" in ewa.get(link).text
    assert ewa.press(f"/account/firms/invitations/{proof_id(desk)}", at="/account/firms").status_code == 404
    waiting = desk.ask(lambda session: session.scalars(select(Proof.id).where(Proof.firm_id == firm_id)).one())
    ewa.press(f"/account/firms/invitations/{waiting}", at="/account/firms")

    assert members(desk)["ewa@example.com"] == ("active", True, False)
    assert visit().get(link).status_code == 410  # used up
    assert "firm_invitation_accepted" in post.texts("clara@example.com")


def test_only_the_account_with_the_very_address_accepts_and_only_once(
        desk: Desk, browse: Browse, firm_id: int) -> None:
    invite(browse, firm_id, "colin@example.com")
    answer = f"/account/firms/invitations/{proof_id(desk)}"
    assert "Lipowy Dwór" in browse("colin").get("/account/firms")
    assert "Lipowy Dwór" not in browse("beth").get("/account/firms")
    browse("beth").post(answer, status=404)

    browse("colin").post(answer)
    browse("colin").post(answer, status=410)

    assert members(desk)["colin@example.com"] == ("active", False, False)
    assert "acts for the firm already" in invite(browse, firm_id, "colin@example.com", 422)


def test_an_invitation_is_taken_back_declined_replaced_and_runs_out(
        desk: Desk, browse: Browse, visit: Visit, post: Post, firm_id: int) -> None:
    invite(browse, firm_id, "ewa@example.com")
    first = post.link("firm_invited_newcomer")
    invite(browse, firm_id, "ewa@example.com")  # the newer takes the place of the older
    second = post.link("firm_invited_newcomer")
    assert visit().get(first).status_code == 410 and visit().get(second).status_code == 200
    page = browse("clara").get(f"/account/firms/{firm_id}")
    assert len(re.findall("/take-back", page)) == 1
    taken = f"/account/firms/{firm_id}/invitations/{proof_id(desk)}/take-back"
    browse("colin").post(taken, status=404)
    browse("clara").post(taken)
    assert visit().get(second).status_code == 410
    assert "no longer works" in browse("clara").post(taken, status=422)

    invite(browse, firm_id, "colin@example.com")
    browse("colin").post(f"/account/firms/invitations/{proof_id(desk)}", {"answer": "decline"})
    invite(browse, firm_id, "beth@example.com")
    late = proof_id(desk)
    desk.wait(days=7)
    browse("beth").post(f"/account/firms/invitations/{late}", status=410)

    assert set(members(desk)) == {"clara@example.com"}
    assert desk.ask(lambda session: [act for act in session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))
                                     if act.startswith("firm_invit")]) == [
        "firm_invited", "firm_invited", "firm_invitation_taken_back", "firm_invited", "firm_invitation_declined",
        "firm_invited"]


def test_whoever_asked_already_is_let_in_by_the_invitation_they_accept(
        desk: Desk, browse: Browse, firm_id: int) -> None:
    browse("colin").post("/account/firms", {"name": "Dwór", "nip": "5260250274", "basis": "Pracownik"})
    invite(browse, firm_id, "colin@example.com")

    browse("colin").post(f"/account/firms/invitations/{proof_id(desk)}")

    assert members(desk)["colin@example.com"][0] == "active"


def test_a_letter_to_a_stranger_says_nothing_that_a_person_wrote_and_letters_are_counted(
        desk: Desk, browse: Browse, post: Post, firm_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    browse("clara").post(f"/account/firms/{firm_id}/name", {"name": "Kup teraz evil.example"})
    assert "not an e-mail address" in invite(browse, firm_id, "ewa", 422)
    invite(browse, firm_id, "ewa@example.com")
    facts = desk.ask(lambda session: session.scalars(select(Letter.facts).where(
        Letter.text == "firm_invited_newcomer")).one())
    assert set(facts) == {"proof", "language"}

    monkeypatch.setattr(invitations, "SENT_TO_ADDRESS", 2)
    invite(browse, firm_id, "ewa@example.com")
    assert "too many attempts" in invite(browse, firm_id, "ewa@example.com", 422)


def test_the_invitations_of_a_firm_end_with_it(desk: Desk, browse: Browse, firm_id: int) -> None:
    invite(browse, firm_id, "colin@example.com")
    answer, place = f"/account/firms/invitations/{proof_id(desk)}", desk.ask(
        lambda session: session.scalars(select(FirmMember.id)).one())
    assert desk.now + timedelta(days=6) < desk.ask(lambda session: session.get_one(Proof, proof_id(desk)).expires_at)

    browse("clara").post(f"/account/firms/members/{place}/remove")

    browse("colin").post(answer, status=410)
    assert members(desk) == {}
