"""`python -m tests.load`: many clients at one desk for some minutes, driven by locust, with a table at the end.

The desk is `okienko serve --with-worker`, one process, with a filled SQLite database; the clients take their share of
the same cores. It fails when a page failed or 95 of 100 answers took longer than wanted.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from helpdesk.database import Database
from helpdesk.people.accounts import Person
from helpdesk.people.signin import sign_in
from helpdesk.tickets import Ticket
from tests.bench.__main__ import FIGURES, PAGE, ROOT
from tests.bench.desks import analyse, new_database
from tests.bench.filling import fill
from tests.bench.serving import free_port, wait_for
from tests.bench.table import write_table
from tests.desk import INCIDENT

WANTED_MS = 500


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    given.add_argument("--clients", type=int, default=200)
    given.add_argument("--minutes", type=float, default=5.0)
    given.add_argument("--tickets", type=int, default=50_000)
    asked = given.parse_args()
    with new_database("sqlite") as database, tempfile.TemporaryDirectory() as folder:
        print(f"filling a desk with {asked.tickets:,} requests …", flush=True)
        now = datetime.now(UTC)
        fill(database, asked.tickets, clients=asked.clients, now=now)
        analyse(database)
        people = Path(folder) / "clients.json"
        people.write_text(json.dumps(list(_sign_in(database, asked.clients, now=now))), encoding="utf-8")
        database.engine.dispose()
        with _served(str(database.engine.url), folder) as address:
            rows = _drive(address, people, Path(folder), asked)
    found = {"clients": asked.clients, "minutes": asked.minutes, "tickets": asked.tickets, "pages": rows,
             "measured": {"on": f"{now:%Y-%m-%d}"}}
    _write(found)
    whole = rows["all"]
    print(json.dumps(whole))
    if whole["failed"] or whole["p95_ms"] >= WANTED_MS:
        sys.exit(f"wanted: no error and p95 below {WANTED_MS} ms")


def _sign_in(database: Database, number: int, *, now: datetime) -> Iterator[dict[str, str]]:
    """That many clients with requests, signed in: the token of each, and the newest request."""
    with database.transaction() as session:
        newest = select(Ticket.client_id, func.max(Ticket.id).label("ticket_id")).group_by(Ticket.client_id).subquery()
        found = session.execute(
            select(Person, Ticket.number).join(newest, newest.c.client_id == Person.id)
            .join(Ticket, Ticket.id == newest.c.ticket_id).where(Person.email.like("klient%"))
            .order_by(Person.id).limit(number)).all()
        assert len(found) == number, "more clients are needed"
        for person, ticket in found:
            yield {"token": sign_in(session, person, lasts=timedelta(days=1), now=now), "number": ticket}


@contextmanager
def _served(url: str, folder: str) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "OKIENKO_DATABASE": url, "OKIENKO_DATA": folder, "OKIENKO_PORT": str(port),
                   "OKIENKO_ADDRESS": address, "OKIENKO_SECRET": secrets.token_hex(32),
                   "OKIENKO_REQUESTS_PER_HOUR": "1000"}
    with (Path(folder) / "server.log").open("wb") as journal:
        server = subprocess.Popen([str(Path(sys.executable).with_name("okienko")), "serve", "--with-worker"], cwd=ROOT,
                                  env=environment, stdout=journal, stderr=journal)
        try:
            wait_for(f"{address}/health")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=60)


def _drive(address: str, people: Path, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Let the clients come; the figures of each page."""
    environment = {**os.environ, "CLIENTS": str(people),
                   "ANSWERS": json.dumps({key: str(value) for key, value in INCIDENT.items()})}
    subprocess.run(
        [sys.executable, "-m", "locust", "-f", str(Path(__file__).parent / "clients.py"), "--headless",
         "-u", str(asked.clients), "-r", str(max(1, asked.clients // 20)), "-t", f"{int(asked.minutes * 60)}s",
         "--host", address, "--json-file", str(folder / "load"), "--only-summary"], env=environment, check=False)
    pages = json.loads((folder / "load.json").read_text(encoding="utf-8"))
    seconds = asked.minutes * 60
    told = {f"{page['method']} {page['name']}": _figures([page], seconds) for page in pages}
    return {**dict(sorted(told.items())), "all": _figures(pages, seconds)}


def _figures(pages: Sequence[Mapping[str, Any]], seconds: float) -> dict[str, Any]:
    times: Counter[float] = Counter()
    for page in pages:
        times.update({float(took): number for took, number in page["response_times"].items()})
    answers = sum(times.values())
    return {"answers": answers, "failed": sum(page["num_failures"] for page in pages),
            **{f"p{share}_ms": _within(times, answers * share / 100) for share in (50, 95, 99)},
            "per_s": round(answers / seconds, 1)}


def _within(times: Mapping[float, int], number: float) -> int:
    """The milliseconds in which that many answers came."""
    for took in sorted(times):
        number -= times[took]
        if number <= 0:
            return round(took)
    return 0


def _write(found: dict[str, Any]) -> None:
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}
    figures["load"] = found
    FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    write_table(PAGE, figures)


if __name__ == "__main__":
    main()
