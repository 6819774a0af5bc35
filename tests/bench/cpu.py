"""Processor time: of this process, of others, and of the PostgreSQL backends that work for a database."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import event

from helpdesk.database import Database

TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pids: Iterable[int]) -> float:
    """Seconds of processor time that these processes have used so far."""
    used = 0
    for pid in pids:
        try:
            fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used += int(fields[11]) + int(fields[12])
    return used / TICK


def memory_of(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    for line in (Path("/proc") / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


def backends(database: Database) -> list[int]:
    """The PostgreSQL processes that serve this database; none on SQLite."""
    if database.is_sqlite:
        return []
    with database.engine.connect() as connection:
        return list(connection.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()").scalars())


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def measured(database: Database, do: Callable[[], object], *, times: int, warm: int = 3) -> dict[str, float]:
    """Milliseconds of processor time of one `do`, the backends' included, and statements.

    The median of this process's times, and the mean of the backends', whose clock is coarse.
    """
    for _ in range(warm):
        do()
    with counting(database) as seen:
        do()
    served = backends(database)
    before = cpu_of(served)
    own, walls = [], []
    for _ in range(times):
        began, wall = time.process_time(), time.perf_counter()
        do()
        own.append(time.process_time() - began)
        walls.append(time.perf_counter() - wall)
    outside = (cpu_of(served) - before) / times
    return {"cpu_ms": round((median(own) + outside) * 1000, 2), "wall_ms": round(median(walls) * 1000, 2),
            "statements": len(seen)}
