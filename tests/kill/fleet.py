"""The fleet: two webs and two workers on one database, one of which is killed again and again."""

import os
import random
import signal
import socket
import time
from collections import Counter
from pathlib import Path

from tests.kill.nursery import Nursery

WEBS = WORKERS = 2


class Fleet:
    """Processes by name: web0, web1, work0, work1."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.folder = folder
        self.ports = {f"web{place}": free_port() for place in range(WEBS)}
        self.kills: Counter[str] = Counter()
        self._environment = {
            "OKIENKO_DATABASE": database_url, "OKIENKO_DATA": str(folder), "OKIENKO_SECRET": "k" * 40,
            "OKIENKO_ADDRESS": "http://127.0.0.1", "OKIENKO_TICK_SECONDS": "1", "OKIENKO_THREADS": "6",
            "OKIENKO_REQUESTS_PER_HOUR": "1000000",
        }
        self._nursery = Nursery()
        self._pids = {name: self._start(name) for name in (*self.ports, *(f"work{one}" for one in range(WORKERS)))}

    def kill_one(self, chance: random.Random) -> None:
        """Kill any of them in the middle of whatever it does, and start it again."""
        name = chance.choice(sorted(self._pids))
        os.kill(self._pids[name], signal.SIGKILL)
        self.kills[name.rstrip("01")] += 1
        self._pids[name] = self._start(name, after=self._pids[name])

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
        command = "serve" if port else "work"
        return self._nursery.start(command, {**self._environment, **more}, self.folder / f"{name}.log")


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
