"""A desk beside a directory of accounts that answers at once, as it is told to."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.acts import Typed
from engine.clients import requests
from engine.clients.objections import object_to
from engine.outside.addresses import Address
from engine.outside.answering import Reply
from engine.outside.calling import call_due
from engine.packages import built_in_forms
from forms.sheet import parse_sheet
from helpdesk.catalogue import Classification
from helpdesk.database import Database
from helpdesk.files import FileLimits, add_file, keep_draft
from helpdesk.outbox import Letter
from helpdesk.people.accounts import Membership, Team, add_person
from helpdesk.storage import Folder
from tests.desk import Desk

ADDRESSES = {"directory": Address("https://directory.example.gov.pl"),
             "monitoring": Address("https://monitoring.example.gov.pl")}
ACCOUNT: Mapping[str, Any] = {
    "is_found": True, "login": "clara@example.com", "is_locked": True, "scope": "extended", "id_sisc": "",
    "is_own": True}


class Directory:
    """What was asked, in order, and what is said to each operation: values, the code of a refusal, or an error."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.says: dict[str, Any] = {
            "find_account": ACCOUNT, "unlock_account": {"is_unlocked": True}, "is_login_free": {"is_free": True},
            "change_login": {"login": "nowy@example.com"}, "issue_one_time_password": {"is_issued": True},
            "expire_one_time_password": {"is_expired": True, "was_used": False},
            "suspend_certificate": {"state": "suspended"}, "lift_suspension": {"state": "valid"},
            "revoke_certificate": {"state": "revoked"}, "state_of": {"is_up": True, "since": "", "announcement": ""}}

    def ask(self, _address: object, operation: str, payload: Mapping[str, Any], *, key: str) -> Reply:
        self.asked.append((operation, payload))
        said = self.says[operation]
        if isinstance(said, Exception):
            raise said
        return Reply(refusal=said) if isinstance(said, str) else Reply(dict(said))

    def operations(self) -> list[str]:
        return [operation for operation, _ in self.asked]


class DeskBesideDirectory(Desk):
    """Each act is followed by the worker's round, so that the directory has answered before the next."""

    directory: Directory

    def submit(self, *arguments: Any, **facts: Any) -> str:
        number = super().submit(*arguments, **facts)
        self.call_round()
        return number

    def submit_with_file(self, answers: dict[str, object], *, field: str, about: str, by: str = "clara") -> str:
        """A request whose form has one file attached."""
        def act(session: Session) -> str:
            author = self.person(session, by)
            draft = keep_draft(session, author.id, "start", {}, now=self.now)
            with TemporaryDirectory() as folder:
                add_file(session, Folder(Path(folder)), BytesIO(b"%PDF-1.4 dokument"), name="dokument.pdf",
                         by_id=author.id, limits=FileLimits(), now=self.now, draft_id=draft.id, field=field)
            where = session.scalars(select(Classification).where(Classification.key == about)).one()
            return requests.submit(session, where, Typed.of(**answers), by=author, client=author, now=self.now,
                                   draft=draft)
        number = self.database.run(act)
        self.call_round()
        return number

    def join(self, key: str, team: str, *, leads: bool = False) -> None:
        """Put somebody into one more team."""
        with self.session() as session:
            team_id = session.scalars(select(Team.id).where(Team.key == team)).one()
            session.add(Membership(person_id=self.person(session, key).id, team_id=team_id, is_lead=leads))

    def object_by_letter(self, number: str, address: str, reason: str = "") -> None:
        """Follow the link of the newest letter to the address and object."""
        letter = [one for one in self.rows(Letter, number) if one.address == address][-1]
        self.database.run(lambda session: object_to(session, session.get_one(Letter, letter.id), reason, now=self.now))
        self.call_round()

    def finish(self, *arguments: Any, **facts: Any) -> None:
        super().finish(*arguments, **facts)
        self.call_round()

    def tick(self) -> int:
        fired = super().tick()
        self.call_round()
        return fired

    def call_round(self) -> None:
        while call_due(self.database, ADDRESSES, now=self.now, ask=self.directory.ask):
            pass


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def desk(database: Database, directory: Directory) -> Desk:
    desk = DeskBesideDirectory(database)
    desk.directory = directory
    with desk.session() as session:
        team_id = session.scalars(select(Team.id).where(Team.key == "second_line")).one()
        for key in ("borys", "bruno"):  # where four eyes are demanded, Beth needs company
            colleague = add_person(session, email=f"{key}@example.com", name=key.title(), now=desk.now)
            colleague.memberships = [Membership(team_id=team_id)]
    return desk


def state(desk: Desk, number: str) -> tuple[str, str, str]:
    """Status, outcome, and the element the process ended at."""
    ticket = desk.ticket(number)
    return ticket.status, ticket.outcome, desk.instance(number).end_element


def wrong_in(form: str, answers: Mapping[str, object]) -> set[str]:
    """The fields of a built-in form that these answers are refused for; no desk is needed for that."""
    sheet = parse_sheet((built_in_forms() / f"{form}.json").read_bytes())
    return set(sheet.read(Typed.of(**answers), "pl").errors)
