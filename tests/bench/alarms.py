"""A million armed alarms: what a tick costs when nothing is due, and how fast and how late what is due is fired."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.ticker import fire_due
from helpdesk.database import Database
from sla.alarms import oldest_overdue
from tests.bench.cpu import measured
from tests.bench.desks import KINDS, analyse, new_database
from tests.bench.filling import fill

ARMED = 1_000_000
TICKETS = 2_500
BURST = 150  # alarms due at once, for each number of workers
STEADY_RATE, STEADY_FOR = 10, 10  # alarms a second, for so many seconds
WORKERS = {"sqlite": (1,), "postgresql": (1, 2, 4)}
TOGETHER = 20_000
ROOT = Path(__file__).parent.parent.parent
THRESHOLD = 75  # of the promised time: the lead is told


def run(*, armed: int = ARMED, kinds: tuple[str, ...] = KINDS) -> dict[str, Any]:
    """By database: a tick's cost without and with that many alarms, alarms a second, lateness."""
    return {kind: _with(kind, armed) for kind in kinds}


def _with(kind: str, armed: int) -> dict[str, Any]:
    with new_database(kind) as database:
        now = datetime.now(UTC)
        fill(database, TICKETS, open_share=1, mix={"new": 1}, now=now)
        _later(database, now + timedelta(days=30))
        analyse(database)
        told: dict[str, Any] = {"armed": armed, "tick_with_few": _tick(database, now)}
        began = time.perf_counter()
        _arm(database, armed, now + timedelta(days=60))
        analyse(database)
        told["arming_took_s"] = round(time.perf_counter() - began, 1)
        told["tick_with_all"] = _tick(database, now)
        used = 0
        for workers in WORKERS[kind]:
            told[f"burst, {workers} workers"] = _fired(database, used, BURST, workers, spread=0)
            used += BURST
        told["steady"] = _fired(database, used, STEADY_RATE * STEADY_FOR, 1, spread=STEADY_FOR)
        return told


def _tick(database: Database, now: datetime) -> dict[str, float]:
    def tick() -> None:
        with database.transaction() as session:
            oldest_overdue(session, now=now)
        fire_due(database, now=now)

    return measured(database, tick, times=50)


def _later(database: Database, moment: datetime) -> None:
    """Nothing is due for now."""
    with database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE alarm SET due_at = {0}, try_at = {0} WHERE fired_at IS NULL".format(
                "?" if database.is_sqlite else "%s"), (_stored(database, moment),) * 2)


def _stored(database: Database, moment: datetime) -> Any:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else moment


def _arm(database: Database, number: int, first: datetime) -> None:
    """Timers of the tickets, one a second from `first`; only their rows, for nobody fires them here."""
    columns = "ticket_id, kind, token, generation, threshold, element_id, due_at, try_at, tries"
    raw = database.engine.raw_connection()
    connection = raw.dbapi_connection
    assert connection is not None
    tickets = [row[0] for row in _all(connection, "SELECT id FROM ticket ORDER BY id")]
    if database.is_sqlite:
        connection.execute("BEGIN")
    for start in range(0, number, TOGETHER):
        rows = [(tickets[place % len(tickets)], "timer", place + 1, 0, 0, "remind", moment, moment, 0)
                for place in range(start, min(number, start + TOGETHER))
                for moment in (_stored(database, first + timedelta(seconds=place)),)]
        if database.is_sqlite:
            connection.executemany(f"INSERT INTO alarm ({columns}) VALUES ({', '.join('?' * 9)})", rows)
        else:
            with connection.cursor().copy(f"COPY alarm ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    connection.commit()
    raw.close()


def _all(connection: Any, query: str) -> list[Any]:
    cursor = connection.cursor()
    cursor.execute(query)
    return list(cursor.fetchall())


def _fired(database: Database, skip: int, number: int, workers: int, *, spread: float) -> dict[str, float]:
    """One threshold of each of `number` tickets falls due, at once or spread over so many seconds."""
    url = database.engine.url.render_as_string(hide_password=False)
    mark = "?" if database.is_sqlite else "%s"
    running = [subprocess.Popen([sys.executable, "-m", "tests.bench.firing", url], cwd=ROOT, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    for one in running:
        assert one.stdout is not None and one.stdout.readline().strip() == "ready"
    with database.transaction() as session:
        connection = session.connection()
        ids = list(connection.exec_driver_sql(
            f"SELECT min(id) FROM alarm WHERE kind = 'clock' AND threshold = {THRESHOLD} AND fired_at IS NULL "
            f"GROUP BY ticket_id ORDER BY ticket_id LIMIT {number} OFFSET {skip // 100_000}").scalars())
        assert len(ids) == number
        began = datetime.now(UTC) + timedelta(seconds=0.5)
        for place, alarm_id in enumerate(ids):
            moment = _stored(database, began + timedelta(seconds=spread * place / number))
            connection.exec_driver_sql(f"UPDATE alarm SET due_at = {mark}, try_at = {mark} WHERE id = {mark}",
                                       (moment, moment, alarm_id))
    until = (began + timedelta(seconds=spread + 0.2)).isoformat()
    for one in running:
        assert one.stdin is not None
        print(until, file=one.stdin, flush=True)
    cpu = sum(float(one.communicate(timeout=300)[0].split()[-1]) for one in running)
    lateness = _lateness(database, ids)
    took = spread or lateness[-1]
    return {"alarms": number, "per_s": round(number / max(took, 0.001), 1),
            "cpu_ms_each": round(cpu / number * 1000, 2), "late_p50_ms": round(lateness[len(lateness) // 2] * 1000),
            "late_p99_ms": round(lateness[int(len(lateness) * 0.99) - 1] * 1000)}


def _lateness(database: Database, ids: list[int]) -> list[float]:
    """How late each alarm was, in seconds, sorted; every one must have been fired."""
    from sqlalchemy import select

    from sla.alarms import Alarm
    with database.transaction() as session:
        rows = session.execute(select(Alarm.due_at, Alarm.fired_at).where(Alarm.id.in_(ids))).all()
    assert all(row.fired_at is not None for row in rows), "not all alarms were fired"
    return sorted((row.fired_at - row.due_at).total_seconds() for row in rows)
