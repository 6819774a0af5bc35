"""The two acts that are measured: a request is started, and a human step of it is finished, as browsers do it."""

import secrets
from datetime import timedelta

from sqlalchemy import exists, insert, select

from helpdesk.catalogue import Classification
from helpdesk.database import Database
from helpdesk.files import Draft
from helpdesk.people.accounts import Person
from helpdesk.people.signin import SignedIn, hash_token
from tests.bench.load import Asked
from tests.desk import INCIDENT, MONDAY

START = "/catalogue/portal/error/summary"
ANSWER = {"decision": "ask", "question": "Jakiego systemu dotyczy zgłoszenie i od kiedy?", "priority": "high"}
ASKED = {key: [str(value)] for key, value in INCIDENT.items()}


def starts(database: Database, number: int) -> list[Asked]:
    """Requests of that many clients, each filled in and waiting in its draft: sending one is the measured start."""
    with database.transaction() as session:
        place = session.scalars(select(Classification.id).where(Classification.key == "error")).one()
        clients = list(session.scalars(select(Person.id).where(
            Person.email.like("klient%"), ~exists().where(Draft.person_id == Person.id)).limit(number)))
        assert len(clients) == number, "more clients are needed"
        signed = [{"person_id": client, "token": secrets.token_hex(16), "csrf_token": secrets.token_hex(16)}
                  for client in clients]
        session.execute(insert(Draft), [{"person_id": client, "place": f"start:{place}", "typed": ASKED,
                                         "changed_at": MONDAY} for client in clients])
        session.execute(insert(SignedIn), [
            {"person_id": one["person_id"], "token_hash": hash_token(str(one["token"])),
             "csrf_token": one["csrf_token"],
             "since_at": MONDAY, "seen_at": MONDAY, "expires_at": MONDAY + timedelta(days=365)} for one in signed])
    return [Asked(START, str(one["token"]), {"csrf_token": str(one["csrf_token"]), "act_id": secrets.token_hex(8)})
            for one in signed]


def task(number: str, item_id: int, token: str, form_token: str) -> Asked:
    """The first step is finished with a question to the client: the measured human task."""
    return Asked(f"/tickets/{number}/steps/{item_id}", token, {
        "csrf_token": form_token, "act_id": secrets.token_hex(8), **ANSWER})
