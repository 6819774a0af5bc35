"""The fleet: webs, workers and posts on one database; one of them, or the database, is killed again and again."""

import os
import random
import signal
import socket
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.kill.cluster import Cluster
from tests.kill.nursery import Nursery

WEBS, WORKERS, POSTS = 4, 2, 1
DATABASE_EVERY = 10  # kills; one of so many is the database's, where it has processes of its own
COMMANDS = {"web": ["serve"], "work": ["work", "--only", "alarms", "--only", "calls", "--only", "cleaning"],
            "post": ["work", "--only", "letters"]}


class Fleet:
    """Processes by name: web0 to web3, work0, work1, post0."""

    def __init__(self, database_url: str, folder: Path, cluster: Cluster | None) -> None:
        self.folder, self.cluster = folder, cluster
        self.ports = {f"web{place}": free_port() for place in range(WEBS)}
        self.kills: Counter[str] = Counter()
        self.ended_by_themselves = 0
        self._environment = {
            "OKIENKO_DATABASE": database_url, "OKIENKO_DATA": str(folder), "OKIENKO_SECRET": "k" * 40,
            "OKIENKO_ADDRESS": "http://127.0.0.1", "OKIENKO_TICK_SECONDS": "1", "OKIENKO_THREADS": "6",
            "OKIENKO_REQUESTS_PER_HOUR": "1000000",
            # Nothing is held up for minutes: what waits when the last act is done has to leave before the count.
            "OKIENKO_AVALANCHE_MINUTES": "0",
        }
        self._nursery = Nursery()
        names = (*self.ports, *(f"work{one}" for one in range(WORKERS)), *(f"post{one}" for one in range(POSTS)))
        self._pids = {name: self._start(name) for name in names}

    def kill_one(self, chance: random.Random) -> None:
        """Kill any of them in the middle of whatever it does, and start it again."""
        self.revive()
        if self.cluster is not None and self.kills.total() % DATABASE_EVERY == DATABASE_EVERY - 1:
            self.cluster.crash()
            self.kills["database"] += 1
            return
        name = chance.choice(sorted(self._pids))
        with suppress(ProcessLookupError):
            os.kill(self._pids[name], signal.SIGKILL)
        self.kills[_kind(name)] += 1
        self._pids[name] = self._start(name, after=self._pids[name])

    def revive(self) -> None:
        """Start again what has ended by itself, as a supervisor does: a program ends when it finds no database."""
        for name, pid in self._pids.items():
            if not _is_alive(pid):
                self._pids[name] = self._start(name)
                self.ended_by_themselves += 1

    def a_port(self, chance: random.Random) -> int:
        return chance.choice(sorted(self.ports.values()))

    def words(self) -> str:
        """What the processes have written about errors."""
        return "".join(f"--- {path.name}\n{text[-4000:]}\n" for path in sorted(self.folder.glob("*.log"))
                       if "rror" in (text := path.read_text(encoding="utf-8")))

    def close(self) -> None:
        self._nursery.close()

    def _start(self, name: str, after: int | None = None) -> int:
        while after is not None and _is_alive(after):
            time.sleep(0.005)
        port = self.ports.get(name)
        more = {"OKIENKO_PORT": str(port)} if port else {}
        return self._nursery.start(COMMANDS[_kind(name)], {**self._environment, **more}, self.folder / f"{name}.log")


def _kind(name: str) -> str:
    return name.rstrip("0123456789")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
