"""One human task and the start of a request through HTTP, beside the floor in the same run."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from helpdesk.database import Database
from tests.bench import acts
from tests.bench.browsing import Visitor, open_app, signed_in
from tests.bench.cpu import backends, counting, cpu_of
from tests.bench.desks import KINDS, analyse, new_database
from tests.bench.filling import fill, newest_of
from tests.bench.load import Asked, send
from tests.bench.profile import shares
from tests.bench.serving import served

TICKETS = 4_000
CLIENTS = 4
ROUNDS = 4
BATCH = 60  # requests of each round
WORKERS = (1, 2)


def run(*, kinds: Sequence[str] = KINDS, rounds: int = ROUNDS) -> dict[str, Any]:
    """By database: what an act costs with one and with two server processes, its statements and where it goes."""
    return {kind: _with(kind, rounds) for kind in kinds}


def _with(kind: str, rounds: int) -> dict[str, Any]:
    with new_database(kind) as database, tempfile.TemporaryDirectory() as folder:
        fill(database, TICKETS, open_share=1, mix={"new": 1}, clients=TICKETS // 2)
        analyse(database)
        steps = newest_of(database, "recognise")
        told: dict[str, Any] = {"task": {}, "start": {}}
        where = Path(folder)
        for act in told:
            told[act] = _inside(database, where, act, steps)
        url = database.engine.url.render_as_string(hide_password=False)
        for number in WORKERS:
            with (served("desk", url, where, number=number) as desks,
                  served("floor", url, where, number=number) as floors):
                for act in told:
                    told[act][f"{number} processes"] = _compared(database, act, steps, desks, floors, rounds)
        return told


def _inside(database: Database, folder: Path, act: str, steps: Any) -> dict[str, Any]:
    """Statements of one act, and the share of each layer in its time."""
    app = open_app(database, folder)
    browser = Visitor(app, database, "amir@example.com")
    asked = iter(_asked(database, act, steps, 50))

    def do() -> None:
        browser.send(next(asked))

    for _ in range(5):
        do()
    with counting(database) as seen:
        do()
    return {"statements": len(seen), "shares": shares(do, times=40)}


def _compared(database: Database, act: str, steps: Any, desks: list[tuple[int, int]],
              floors: list[tuple[int, int]], rounds: int) -> dict[str, Any]:
    """The desk and the floor in turns, each with its own tickets; the median of the rounds counts."""
    found: dict[str, list[dict[str, float]]] = {"desk": [], "floor": []}
    for turn in range(rounds + 1):
        for who, servers in (("desk", desks), ("floor", floors)):
            asked = _asked(database, act, steps, BATCH)
            once = _send(database, asked, servers)
            if turn:  # the first round warms everything up
                found[who].append(once)
    told: dict[str, Any] = {who: {key: round(median(one[key] for one in many), 2) for key in many[0]}
                            for who, many in found.items()}
    told["ratio"] = round(median(desk["cpu_ms"] / floor["cpu_ms"] for desk, floor in zip(
        found["desk"], found["floor"], strict=True)), 2)
    return told


def _asked(database: Database, act: str, steps: Any, number: int) -> list[Asked]:
    if act == "start":
        return acts.starts(database, number)
    token, form_token = signed_in(database, "amir@example.com")
    return [acts.task(ticket, item_id, token, form_token)
            for ticket, item_id, _ in (next(steps) for _ in range(number))]


def _send(database: Database, asked: list[Asked], servers: list[tuple[int, int]]) -> dict[str, float]:
    pids = [pid for _, pid in servers]
    served_by = backends(database)
    before, before_outside = cpu_of(pids), cpu_of(served_by)
    took, times = send(asked, [port for port, _ in servers], clients=CLIENTS)
    own, outside = cpu_of(pids) - before, cpu_of(served_by) - before_outside
    times.sort()
    return {"requests_per_s": len(asked) / took, "p50_ms": median(times) * 1000,
            "p95_ms": times[int(len(times) * 0.95)] * 1000, "cpu_ms": (own + outside) / len(asked) * 1000,
            "of_it_database_ms": outside / len(asked) * 1000}
