"""Servers of the bench, each in a process of its own: the desk as it is served, or the floor.

`python -m tests.bench.serving desk|floor DATABASE FOLDER PORT` serves until it is ended.
"""

import gc
import logging
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

from engine.versions import Shelf
from helpdesk.database import Database
from tests.bench.browsing import open_app
from tests.bench.floor import open_floor

THREADS = 4
ROOT = Path(__file__).parent.parent.parent


def main() -> None:
    from waitress import serve
    what, url, folder, port = sys.argv[1:]
    app = open_floor(url) if what == "floor" else open_app(Database(url, info={"shelf": Shelf()}), Path(folder))
    logging.getLogger("waitress").setLevel(logging.ERROR)  # four clients at once are wanted
    gc.freeze()
    serve(app, host="127.0.0.1", port=int(port), threads=THREADS, ident=None)


@contextmanager
def served(what: str, url: str, folder: Path, *, number: int) -> Iterator[list[tuple[int, int]]]:
    """That many server processes: the port and the process of each, once they answer."""
    running: list[tuple[int, subprocess.Popen[bytes]]] = []
    try:
        for _ in range(number):
            port = free_port()
            running.append((port, subprocess.Popen(
                [sys.executable, "-m", "tests.bench.serving", what, url, str(folder), str(port)], cwd=ROOT)))
        for port, _ in running:
            wait_for(f"http://127.0.0.1:{port}/health")
        yield [(port, process.pid) for port, process in running]
    finally:
        for _, process in running:
            process.terminate()
        for _, process in running:
            process.wait(timeout=30)


def wait_for(address: str, *, seconds: float = 60) -> float:
    """Wait until a server answers; seconds it took."""
    began = time.monotonic()
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return time.monotonic() - began
        except urllib.error.HTTPError:
            return time.monotonic() - began  # without a worker the desk says that it is not well, and serves
        except OSError:
            if time.monotonic() - began > seconds:
                raise
            time.sleep(0.02)


def free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    main()
