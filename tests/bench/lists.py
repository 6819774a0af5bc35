"""Lists, ticket pages and searches with ever more tickets."""

import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from helpdesk.people.accounts import Person
from helpdesk.tickets import Ticket
from tests.bench.browsing import Visitor, open_app
from tests.bench.cpu import measured
from tests.bench.desks import KINDS, analyse, new_database
from tests.bench.filling import fill, newest_of

SIZES = (1_000, 50_000, 500_000)
TIMES = 30
TABS = ("mine", "unclaimed", "teams", "waiting", "every")
ORDERS = ("left", "-left", "number", "-number", "opened", "subject", "client", "priority", "-priority")


def run(*, sizes: tuple[int, ...] = SIZES, kinds: tuple[str, ...] = KINDS) -> dict[str, Any]:
    """By database and number of tickets: what each page costs."""
    return {kind: {str(size): _with(kind, size) for size in sizes} for kind in kinds}


def _with(kind: str, size: int) -> dict[str, Any]:
    with new_database(kind) as database, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        stages = fill(database, size)
        analyse(database)
        told: dict[str, Any] = {"stages": stages, "filled_in_s": round(time.perf_counter() - began, 1)}
        app = open_app(database, Path(folder))
        amir, marek = (Visitor(app, database, f"{name}@example.com") for name in ("amir", "marek"))
        with database.transaction() as session:
            client = session.scalars(select(Person).join(Ticket, Ticket.client_id == Person.id).where(
                Person.email.like("klient%")).order_by(Ticket.id.desc()).limit(1)).one()
            number = session.scalars(select(Ticket.number).where(Ticket.client_id == client.id)
                                     .order_by(Ticket.id.desc()).limit(1)).one()
        clara = Visitor(app, database, client.email)
        work = next(newest_of(database, "recognise"))[0]
        for name, visitor, path in _pages(number, work, client):
            visitors = {"agent": amir, "manager": marek, "client": clara}
            told[name] = measured(database, lambda: visitors[visitor].get(path), times=TIMES)  # noqa: B023
        return told


def _pages(number: str, work: str, client: Person) -> list[tuple[str, str, str]]:
    first, last = client.name.split()
    pages = [(f"worklist {tab}", "agent", f"/worklist?tab={tab}") for tab in TABS]
    pages += [(f"all by {order}", "manager", f"/worklist?tab=every&order={order}") for order in ORDERS]
    pages += [
        ("teams' work", "manager", "/team-work"), ("ticket page", "agent", f"/tickets/{work}"),
        ("client's list", "client", "/requests?state=all"), ("client's request", "client", f"/requests/{number}"),
        ("search: every ticket has it", "agent", "/worklist?tab=every&q=potwierdzenie"),
        ("search: many have it", "agent", "/worklist?tab=every&q=deklaracja"),
        ("search: beginning of a word", "agent", "/worklist?tab=every&q=dek"),
        ("search: a client", "agent", f"/worklist?tab=every&q={first}+{last}"),
        ("search: an address", "agent", f"/worklist?tab=every&q={client.email}"),
        ("search: four words", "agent", "/worklist?tab=every&q=deklaracja+tranzyt+hasło+plik"),
        ("search: nothing has it", "agent", "/worklist?tab=every&q=nieistniejące"),
        ("search: by a manager", "manager", "/worklist?tab=every&q=portal"),
        ("search: among my teams' steps", "agent", "/worklist?tab=teams&q=deklaracja")]
    return pages


