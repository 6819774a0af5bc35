"""The nursery: a process that has everything imported and forks webs and workers from itself.

Starting Python anew 50 times would take longer than the test may. What is forked runs the real command line with an
environment of its own, and dies like any process. Each line read is one order, each line written the new process's id;
when the orders end, every child is killed.
"""

import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from sqlalchemy.orm import configure_mappers

ROOT = Path(__file__).parents[2]
EVERYTHING = ("web.cli", "web.app", "web.work", "mailroom.delivery", "waitress", "psycopg",
              "sqlalchemy.dialects.postgresql.psycopg")


class Nursery:
    """The test's side: starts processes and kills them as `kill -9` does."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.kill.nursery"]
        self._process = Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True)

    def start(self, command: list[str], environment: dict[str, str], log: Path) -> int:
        """Run `okienko COMMAND`; gives the process's id."""
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"command": command, "environment": environment, "log": str(log)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=30)


def main() -> None:
    for module in EVERYTHING:
        import_module(module)
    configure_mappers()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
        children.append(pid)
        print(pid, flush=True)
    for pid in children:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _become(order: dict[str, Any]) -> None:
    """Turn this fork into one of the desk's commands; never comes back."""
    from web.cli import main as okienko
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(order["environment"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    sys.argv = ["okienko", *order["command"]]
    try:
        okienko()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
