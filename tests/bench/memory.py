"""Memory after load, start-up and publishing: the real commands, with real clocks."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.packages import read_built_in
from engine.versions import publish_package
from helpdesk.database import Database
from tests.bench import acts
from tests.bench.browsing import signed_in
from tests.bench.cpu import memory_of
from tests.bench.desks import KINDS, analyse, new_database
from tests.bench.filling import fill, newest_of
from tests.bench.load import Asked, send
from tests.bench.serving import ROOT, free_port, wait_for
from tests.desk import MONDAY

TICKETS = 6_000
BATCH = 8
CLIENTS = 4


def run(*, minutes: float = 1.0, kinds: tuple[str, ...] = KINDS) -> dict[str, Any]:
    """By database: seconds to the first answer, megabytes of the web worker and the scheduler after the load."""
    return {"minutes": minutes, "publishing": _publishing(), **{kind: _with(kind, minutes) for kind in kinds}}


def _publishing() -> dict[str, float]:
    package = read_built_in()
    with new_database("sqlite") as database, database.transaction() as session:
        began = time.process_time()
        # The content is there already, so this is the checking; storing a version is one row.
        publish_package(session, package, by=None, now=MONDAY)
        took = time.process_time() - began
    return {"processes": len(package.processes), "cpu_ms_each": round(took / len(package.processes) * 1000, 1)}


def _with(kind: str, minutes: float) -> dict[str, Any]:
    with new_database(kind) as database, tempfile.TemporaryDirectory() as folder:
        fill(database, TICKETS, open_share=1, mix={"new": 1}, clients=TICKETS // 2)
        analyse(database)
        with (_running(database, folder, "serve") as (port, web, took),
              _running(database, folder, "work") as (_, work, _)):
            fresh = {"web_mb_at_start": round(memory_of(web)), "started_in_s": round(took, 2)}
            sent = _load(database, port, minutes * 60)
            return {**fresh, "requests": sent, "web_mb": round(memory_of(web)), "scheduler_mb": round(memory_of(work))}


def _load(database: Database, port: int, seconds: float) -> int:
    """Lists, tickets, starts and finished steps, as long as it is to last; how many requests there were."""
    steps = newest_of(database, "recognise")
    until = time.monotonic() + seconds
    sent = 0
    while time.monotonic() < until:
        token, form_token = signed_in(database, "amir@example.com")
        some = [next(steps, None) for _ in range(BATCH)]
        work = [one for one in some if one is not None]
        asked = [Asked("/worklist?tab=every", token), Asked("/worklist?tab=teams&q=deklaracja", token)]
        asked += [Asked(f"/tickets/{number}", token) for number, _, _ in work]
        asked += [acts.task(number, item_id, token, form_token) for number, item_id, _ in work]
        asked += acts.starts(database, BATCH // 2) if work else []
        send(asked, [port], clients=CLIENTS)
        sent += len(asked)
    return sent


@contextmanager
def _running(database: Database, folder: str, command: str) -> Iterator[tuple[int, int, float]]:
    """`okienko serve` or `okienko work`: its port, its process, and how long it took to answer."""
    port = free_port()
    environment = os.environ | {
        "OKIENKO_DATA": folder, "OKIENKO_DATABASE": database.engine.url.render_as_string(hide_password=False),
        "OKIENKO_SECRET": "q7" * 20, "OKIENKO_PORT": str(port), "OKIENKO_REQUESTS_PER_HOUR": "1000000",
        "OKIENKO_TICK_SECONDS": "1"}
    process = subprocess.Popen([sys.executable, "-c", "from web.cli import main; main()", command], cwd=ROOT,
                               env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        took = wait_for(f"http://127.0.0.1:{port}/health") if command == "serve" else 0.0
        yield port, process.pid, took
    finally:
        process.terminate()
        process.wait(timeout=30)


