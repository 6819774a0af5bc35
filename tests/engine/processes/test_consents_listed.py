"""Lists of consents: how each stands, who sees it, how often a firm asks."""

from functools import partial

import pytest
from sqlalchemy import update

from engine.consents.listing import Standing, Wish, list_of_client, list_of_desk, standing_of
from engine.overview.places import Cut
from helpdesk import consents
from helpdesk.consents import Consent
from helpdesk.people import firms
from helpdesk.people.firms import register
from helpdesk.tickets import Ticket
from tests.engine.processes.test_emergency_consent import ASKED, LONGER, Desk, decided

OTHER = {"firm": "Lipowy Dwór", "number_kind": "nip", "nip": "5260250274", "declarations": 40}


def of_desk(desk: Desk, *, by: str = "beth", most: int = 25, **wish: object) -> Cut[Consent]:
    return desk.ask(lambda session: list_of_desk(
        session, Wish(**wish), by=desk.person(session, by), now=desk.now, most=most))  # type: ignore[arg-type]


def numbers(listed: Cut[Consent]) -> list[str]:
    return [one.number or one.state for one in listed.rows]


@pytest.fixture
def in_every_state(desk: Desk) -> dict[Standing, str]:
    """One decision in each state; the numbers of their requests."""
    found = {Standing.ENDED: decided(desk), Standing.OVERDUE: decided(desk)}
    for number in found.values():
        desk.complete(number, "report_state", by="clara", state="back")
    desk.complete(found[Standing.ENDED], "confirm_entered", by="clara", operations=1, duplicates="none",
                  is_entered=True)
    desk.complete(found[Standing.ENDED], "reconcile", result="complete")
    desk.wait(days=4)
    later = {"began_at": f"{desk.now:%Y-%m-%d}T07:30", "expected_end": f"{desk.now:%Y-%m-%d}T22:00"}
    found |= {Standing.UNCONFIRMED: decided(desk, asked=later), Standing.VALID: decided(desk, asked=OTHER | later),
              Standing.REFUSED: decided(desk, "refuse", OTHER | later)}
    desk.complete(found[Standing.UNCONFIRMED], "report_state", by="clara", state="back")
    return found


def test_every_state_is_told_and_found_by_the_database_alike(desk: Desk, in_every_state: dict[Standing, str]) -> None:
    for standing, number in in_every_state.items():
        listed = of_desk(desk, standing=standing)

        assert [one.ticket.number for one in listed.rows] == [number]
        assert [standing_of(one, now=desk.now) for one in listed.rows] == [standing]
    assert len(of_desk(desk).rows) == 5
    assert numbers(of_desk(desk, firm="lipowy")) == numbers(of_desk(desk, firm="526-025")) == [
        "refused", "PA/2026/00004"]
    assert numbers(of_desk(desk, firm="lipowy", year=2025)) == numbers(of_desk(desk, firm="%")) == []
    assert len(of_desk(desk, service_id=of_desk(desk).rows[0].service_id).rows) == 5


def test_pages_begin_where_the_one_before_ended(desk: Desk, in_every_state: dict[Standing, str]) -> None:
    first = of_desk(desk, most=2)
    second = of_desk(desk, most=2, place=first.after)
    third = of_desk(desk, most=2, place=second.after)

    assert [numbers(one) for one in (first, second, third)] == [
        ["refused", "PA/2026/00004"], ["PA/2026/00003", "PA/2026/00002"], ["PA/2026/00001"]]
    assert (first.before, third.after) == (None, None)
    assert numbers(of_desk(desk, most=2, place=third.before)) == numbers(second)
    assert numbers(of_desk(desk, most=2, place="nonsense")) == numbers(first)


def test_the_share_is_counted_as_the_decision_table_counts_it(desk: Desk) -> None:
    """For the table the request is one more; once it has its consent, that one more is among them."""
    for declarations, asked in ((40, "examine"), (50, "grant"), (100, "grant")):
        number = desk.submit({**ASKED, "eori": f"PL5250001007{declarations:05d}", "declarations": declarations},
                             about="emergency_consent")
        desk.complete(number, "check_channel", backup="fails", verdict="own_failure")
        assert desk.instance(number).variables["consent_proposal"]["proposal"] == asked
        desk.complete(number, "decide_consent", by="beth", verdict="grant", hours=12)
        desk.complete(number, "report_state", by="clara", **LONGER)
        desk.complete(number, "decide_longer", by="beth", verdict="grant", hours=12)
        shares = desk.ask(lambda session: consents.shares_of(session, list_of_desk(
            session, Wish(), by=desk.person(session, "beth"), now=desk.now).rows[:1]))

        share, = shares.values()
        assert share.percent == pytest.approx(100 / declarations) and share.is_over == (asked == "examine")


def test_a_client_sees_their_own_and_what_their_firm_lets_them_see(
        desk: Desk, in_every_state: dict[Standing, str]) -> None:
    def seen(by: str) -> int:
        return desk.ask(lambda session: len(list_of_client(
            session, Wish(), by=desk.person(session, by), now=desk.now).rows))
    assert (seen("clara"), seen("colin")) == (5, 0)

    with desk.session() as session:
        clara, colin = (desk.person(session, key) for key in ("clara", "colin"))
        lipowy = partial(firms.add, name="Lipowy Dwór", numbers={"nip": "5260250274"}, basis="Prezes", now=desk.now)
        founder, place = lipowy(session, clara), lipowy(session, colin)
        register.confirm(session, founder, by=desk.person(session, "ada"), now=desk.now)
        firm = founder.firm
        firms.accept(session, place, by=clara, now=desk.now)
        session.execute(update(Ticket).where(Ticket.number == in_every_state[Standing.VALID]).values(firm_id=firm.id))
    assert seen("colin") == 0
    with desk.session() as session:
        firms.change(session, session.get_one(firms.FirmMember, place.id), is_manager=False, sees_all=True,
                     by=desk.person(session, "clara"), now=desk.now)
    assert seen("colin") == 1
