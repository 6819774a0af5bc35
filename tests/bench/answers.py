"""The first answer of every page, for whoever of the cast may read it, at a desk of many requests on SQLite."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask

from tests.bench.browsing import settings_for
from tests.bench.cpu import counting
from tests.bench.desks import analyse, new_database
from tests.bench.filling import fill
from tests.desk import CAST, Desk
from tests.web.conftest import opener
from tests.web.test_access import ALLOWED, World, address, build_world, routes
from web.app import create_app
from web.edge import Desk as WebDesk

SIZE = 50_000
TIMES = 5
WANTED_MS = 100


def run(*, size: int = SIZE) -> dict[str, Any]:
    """By page: the median of the slowest reader in milliseconds by the clock on the wall, and the statements."""
    with new_database("sqlite") as database, tempfile.TemporaryDirectory() as folder:
        fill(database, size)
        desk = Desk(database)
        app = create_app(WebDesk(settings_for(Path(folder)), database, clock=lambda: desk.now))
        world = build_world(desk, opener(app, desk))
        analyse(database)
        pages: dict[str, dict[str, float]] = {}
        for rule, took, statements in _answers(app, desk, world):
            before = pages.get(rule, {"wall_ms": 0, "statements": 0})
            pages[rule] = {"wall_ms": max(before["wall_ms"], took), "statements": max(before["statements"], statements)}
    slow = [rule for rule, one in pages.items() if one["wall_ms"] >= WANTED_MS]
    return {"size": size, "pages": pages, "over_wanted": slow}


def _answers(app: Flask, desk: Desk, world: World) -> Iterator[tuple[str, float, int]]:
    """Each page, each reader: the page, milliseconds, statements."""
    for key in (*CAST, None):
        client = opener(app, desk)(key, "pl").client
        for rule, act in routes(app, "GET"):
            if world.expected(rule.endpoint, act, key) != ALLOWED:
                continue
            path = address(app, rule, world.arguments)
            client.get(path).close()
            with counting(desk.database) as seen:
                client.get(path).close()
            times = []
            for _ in range(TIMES):
                began = time.perf_counter()
                client.get(path).close()
                times.append(time.perf_counter() - began)
            yield rule.rule, round(median(times) * 1000, 1), len(seen)
