"""My services: one choice that the catalogue and the announcements go by."""

from sqlalchemy import select

from helpdesk.audit import AuditEntry
from helpdesk.catalogue import Service, load_catalogue
from helpdesk.interests import choose, chosen_ids, follow, has_chosen, people_interested, unfollow
from tests.desk import Desk


def services(desk: Desk) -> list[int]:
    """The ids of three services of the catalogue."""
    with desk.session() as session:
        load_catalogue(session, {"services": [
            {"key": key, "area": "client_zone", "name": {"pl": key, "en": key}, "classifications": []}
            for key in ("import", "export", "transit")]})
        return list(session.scalars(select(Service.id).where(Service.key != "portal").order_by(Service.id)))


def test_a_choice_replaces_the_one_before_and_is_remembered_even_if_empty(desk: Desk) -> None:
    one, two, three = services(desk)
    with desk.session() as session:
        clara = desk.person(session, "clara")
        assert (chosen_ids(session, clara), has_chosen(session, clara)) == (frozenset(), False)

        choose(session, clara, [one, two, 987_654], now=desk.now)
        follow(session, clara, three, now=desk.now)
        unfollow(session, clara, one, now=desk.now)
        assert chosen_ids(session, clara) == {two, three}

        choose(session, clara, [], now=desk.now)
        assert (chosen_ids(session, clara), has_chosen(session, clara)) == (frozenset(), True)
        assert not chosen_ids(session, None)
    details = desk.ask(lambda session: list(session.scalars(
        select(AuditEntry.details).where(AuditEntry.act == "services_chosen").order_by(AuditEntry.id))))
    assert [tuple(one.values()) for one in details] == [(2, 0), (1, 0), (0, 1), (0, 2)]


def test_whoever_chose_one_of_the_services_is_found_once_and_closed_accounts_are_not(desk: Desk) -> None:
    one, two, three = services(desk)
    with desk.session() as session:
        for key, ids in (("clara", [one, two]), ("colin", [two]), ("amir", [three]), ("beth", [one])):
            choose(session, desk.person(session, key), ids, now=desk.now)
        desk.person(session, "beth").is_disabled = True

    with desk.session() as session:
        found = {tuple(ids): [person.name.split()[0] for person in people_interested(session, ids)]
                 for ids in ([one, two], [three], [])}

    assert found == {(one, two): ["Clara", "Colin"], (three,): ["Amir"], (): []}
