"""Four eyes: a step that names other steps cannot be done by those who did them."""

import pytest
from sqlalchemy import select

from engine.four_eyes import NeedsAnother, list_barred, participants
from engine.records import WorkItem
from engine.versions import PackageRefused
from helpdesk.people.accounts import Membership, Team
from tests.desk import Desk
from tests.engine.altered import publish_altered
from tests.engine.test_account_deletion import DONE, ask_to_delete

FORM = '<spiffworkflow:property name="form" value="deletion_deactivation" />'


def barring(words: str) -> tuple[str, str]:
    return FORM, f'{FORM}<spiffworkflow:property name="not_by" value="{words}" />'


def join(desk: Desk, key: str, team: str, *, leads: bool = False) -> None:
    """Put somebody into one more team."""
    with desk.session() as session:
        team_id = session.scalars(select(Team.id).where(Team.key == team)).one()
        session.add(Membership(person_id=desk.person(session, key).id, team_id=team_id, is_lead=leads))


@pytest.fixture
def number(desk: Desk) -> str:
    """A request that Amir has checked and Beth's team is to finish, Amir not."""
    publish_altered(desk, "account_deletion", barring("check_request"))
    join(desk, "amir", "second_line")
    join(desk, "lena", "second_line", leads=True)
    number = ask_to_delete(desk)
    desk.complete(number, "check_request", decision="delete")
    return number


def test_who_did_the_first_step_cannot_take_be_given_or_finish_the_second(desk: Desk, number: str) -> None:
    for act in (lambda: desk.claim(number), lambda: desk.assign(number, to="amir"),
                lambda: desk.complete(number, "deactivate_account", **DONE)):
        with pytest.raises(NeedsAnother) as refused:
            act()
        assert "Amir Nowak" in str(refused.value)

    assert desk.item(number).holder_id is None
    desk.assign(number, to="beth")
    desk.complete(number, "deactivate_account", by="beth", **DONE)
    assert desk.item(number).element_id == "survey"


def test_who_was_given_the_second_step_first_cannot_finish_it_after_the_first(desk: Desk, number: str) -> None:
    desk.claim(number, by="beth")
    with desk.session() as session:
        first = session.scalars(select(WorkItem).where(WorkItem.element_id == "check_request")).one()
        first.done_by_id = desk.person(session, "beth").id

    with pytest.raises(NeedsAnother):
        desk.complete(number, "deactivate_account", by="beth", **DONE)
    desk.release(number, by="beth")

    desk.complete(number, "deactivate_account", by="amir", **DONE)


def test_the_list_knows_which_steps_are_somebody_elses(desk: Desk, number: str) -> None:
    with desk.session() as session:
        items = list(session.scalars(select(WorkItem)))
        open_item = desk.item(number).id

        assert list_barred(session, items, desk.person(session, "amir")) == {open_item}
        assert list_barred(session, items, desk.person(session, "beth")) == set()


def test_the_client_of_the_ticket_can_be_barred(desk: Desk) -> None:
    publish_altered(desk, "account_deletion", barring("client"))
    join(desk, "clara", "second_line")
    number = ask_to_delete(desk)
    desk.complete(number, "check_request", decision="delete")

    with pytest.raises(NeedsAnother):
        desk.claim(number, by="clara")

    desk.claim(number, by="beth")


def test_participants_are_the_staff_who_had_a_step_or_wrote(desk: Desk, number: str) -> None:
    desk.note(number, "Sprawdzone.", by="lena")
    desk.reply(number, "Dziękuję.")
    with desk.session() as session:
        names = {desk.person(session, key).id for key in ("amir", "lena")}

        assert participants(session, desk.ticket(number).id) == names


@pytest.mark.parametrize("words", ["nobody_did_this", "deactivate_account", "check_request, account_scope", ""])
def test_a_step_that_names_no_other_human_step_is_refused(desk: Desk, words: str) -> None:
    with pytest.raises(PackageRefused) as refused:
        publish_altered(desk, "account_deletion", barring(words))

    assert {finding.element for finding in refused.value.findings} == {"deactivate_account"}
