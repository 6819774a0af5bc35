"""The catalogue is edited, and goes into a file and back; nothing is lost, and every change is audited."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.demo.content import read_catalogue
from helpdesk.audit import AuditEntry
from helpdesk.catalogue import (
    BadCatalogue,
    Service,
    get_classification,
    get_service,
    list_areas,
    load_catalogue,
    write_catalogue,
)
from helpdesk.catalogue import editor as catalogue_editor
from helpdesk.catalogue.editor import BadEntry, EntryChanged, add, change, move, state_of
from helpdesk.catalogue.files import parse_catalogue
from tests.desk import Desk

TYPES = {"incident", "ticket"}
NAMES = {"name_pl": "Radar", "name_en": "Radar (new)"}


def whole(session: Session) -> list[Any]:
    """Everything the catalogue says, without ids."""
    def said(entry: Any) -> list[Any]:
        return [entry.key, entry.name_pl, entry.name_en, entry.description_pl, entry.description_en, entry.audience,
                entry.is_hidden, getattr(entry, "keywords", ""), getattr(entry, "hours_pl", ""),
                getattr(entry, "request_type", "")]
    return [(said(area), [(said(service), [said(one) for one in service.classifications])
                          for service in area.services]) for area in list_areas(session)]


def problems_of(session: Session, desk: Desk, kind: str, typed: Mapping[str, str]) -> dict[str, str]:
    parent: Any = {"area": None, "service": get_service(session, "portal").area,
                   "classification": get_service(session, "portal")}[kind]
    with pytest.raises(BadEntry) as caught:
        add(session, kind, typed, parent=parent, request_types=TYPES, by=desk.person(session, "ada"), now=desk.now)
    return {field: type(error).__name__ for field, error in caught.value.problems.items()}


def test_the_file_of_a_catalogue_reads_back_into_the_same(desk: Desk) -> None:
    odd = "„Cudzysłów”, \\ i \"zwykły\" = #\tx"
    with desk.session() as session:
        load_catalogue(session, read_catalogue())
        found = get_classification(session, "import", "import_rejected")
        found.description_pl, found.audience, found.is_hidden = odd, "roles: staff, lead", True
        found.service.hours_pl, found.service.audience = "pon.–pt. 8–16", "firms: 2002514945"
        session.flush()
        before, written = whole(session), write_catalogue(session)
    with desk.session() as session:
        for area in list_areas(session):
            for service in area.services:
                service.name_pl, service.is_hidden, service.audience = "x", True, ""
        load_catalogue(session, parse_catalogue(written.encode()))
        session.flush()
        session.expire_all()

        assert whole(session) == before
        assert write_catalogue(session) == written


def test_entries_are_added_changed_moved_and_hidden_and_every_change_is_audited(desk: Desk) -> None:
    with desk.session() as session:
        ada = desk.person(session, "ada")
        facts = {"request_types": TYPES, "by": ada, "now": desk.now}
        area = add(session, "area", NAMES, parent=None, **facts)
        service = add(session, "service", {**NAMES, "keywords": "PL1"}, parent=area, **facts)  # type: ignore[arg-type]
        one, two = (add(session, "classification", {**NAMES, "name_en": name, "request_type": "ticket"},
                        parent=service, **facts) for name in ("First", "Second"))  # type: ignore[arg-type]
        move(session, two, up=True, by=ada, now=desk.now)
        move(session, two, up=True, by=ada, now=desk.now)
        portal_area = get_service(session, "portal").area
        change(session, service, {**NAMES, "area_id": str(portal_area.id), "audience": "signed_in", "is_hidden": "1"},
               state=state_of(service), **facts)
        keys = (area.key, service.key, one.key, two.key)
    with desk.session() as session:
        found = get_service(session, "radar_new")
        assert keys == ("radar_new", "radar_new", "first", "second")
        assert [each.key for each in found.classifications] == ["second", "first"]
        assert (found.area.key, found.audience) == ("client_zone", "signed_in")
        assert (found.is_hidden, found.keywords) == (True, "")
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("catalogue_"))
                               .order_by(AuditEntry.id)).all()
    assert acts == ["catalogue_added"] * 4 + ["catalogue_moved"] * 2 + ["catalogue_changed"]


def test_everything_wrong_is_told_at_once_by_its_field(desk: Desk) -> None:
    with desk.session() as session:
        assert problems_of(session, desk, "area", {"audience": "firms: "}) == {
            "name_pl": "NothingTyped", "name_en": "NothingTyped", "audience": "NobodyNamed"}
        assert problems_of(session, desk, "classification", {
            "name_pl": "x" * 161, "name_en": "Error", "keywords": "k" * 401, "request_type": "no_such"}) == {
            "name_pl": "TooManyLetters", "keywords": "TooManyLetters", "request_type": "NotPublished",
            "key": "KeyTaken"}
        for key, problem in (("portal", "KeyTaken"), ("done", "KeyTaken"), ("Łódź", "UnfitKey"),
                             ("k" * 61, "UnfitKey")):
            assert problems_of(session, desk, "service", {**NAMES, "key": key}) == {"key": problem}


def test_who_edits_what_somebody_else_has_just_changed_is_told(desk: Desk) -> None:
    with desk.session() as session:
        portal, ada = get_service(session, "portal"), desk.person(session, "ada")
        seen = state_of(portal)
        change(session, portal, NAMES, state=seen, request_types=TYPES, by=ada, now=desk.now)

        with pytest.raises(EntryChanged):
            change(session, portal, {**NAMES, "name_pl": "Inny"}, state=seen, request_types=TYPES, by=ada, now=desk.now)
        assert portal.name_pl == "Radar"


BAD_FILES = {
    "not toml": "areas = [", "not utf-8": b"\xff", "areas are no list": "areas = 3", "no key": "[[areas]]\nname.pl='A'",
    "no English name": "[[areas]]\nkey='a'\nname.pl='A'", "bad key": "[[areas]]\nkey='A B'\nname={pl='A',en='A'}",
    "unknown area": "[[services]]\nkey='s'\narea='nowhere'\nname={pl='A',en='A'}",
    "reserved": "[[services]]\nkey='done'\narea='client_zone'\nname={pl='A',en='A'}",
    "unknown type": "[[services]]\nkey='s'\narea='client_zone'\nname={pl='A',en='A'}\n[[services.classifications]]\n"
                    "key='c'\nname={pl='A',en='A'}\nrequest_type='no_such'",
    "bad audience": "[[areas]]\nkey='a'\naudience='king'\nname={pl='A',en='A'}",
    "long": f"[[areas]]\nkey='a'\nname={{pl='{'A' * 161}',en='A'}}", "huge": "#" * 1_000_001,
    "deep": "a = " + "[" * 5_000 + "]" * 5_000,
}


def test_a_file_that_does_not_fit_is_refused_with_a_reason_and_changes_nothing(desk: Desk) -> None:
    before = desk.ask(whole)
    for what, data in BAD_FILES.items():
        with pytest.raises(BadCatalogue, match=r"."), desk.session() as session:  # noqa: PT012
            catalogue_editor.load(session, data if isinstance(data, bytes) else data.encode(), request_types=TYPES,
                                  by=desk.person(session, "ada"), now=desk.now)
            pytest.fail(what)

    assert desk.ask(whole) == before
    assert desk.ask(lambda session: len(session.scalars(select(Service)).all())) == 1
