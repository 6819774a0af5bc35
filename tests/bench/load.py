"""Load: several clients at once, each with a connection of its own that is kept open."""

import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

from web.edge import SESSION_COOKIE


@dataclass(frozen=True)
class Asked:
    """One request: where, whose cookie, what form (none for a page that is read)."""

    path: str
    token: str
    form: dict[str, str] | None = None


def send(requests: Sequence[Asked], ports: Sequence[int], *, clients: int) -> tuple[float, list[float]]:
    """Send them all, each client its share in turn; seconds it took in all, and of each request. All must succeed."""
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        shares = pool.map(lambda place: _send(requests[place::clients], ports[place % len(ports)]), range(clients))
        times = [one for share in shares for one in share]
    return time.perf_counter() - began, times


def _send(requests: Sequence[Asked], port: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times = []
    for one in requests:
        headers = {"Cookie": f"{SESSION_COOKIE}={one.token}", "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        connection.request("GET" if one.form is None else "POST", one.path,
                           None if one.form is None else urlencode(one.form), headers)
        response = connection.getresponse()
        text = response.read()
        times.append(time.perf_counter() - began)
        wanted = 200 if one.form is None else 302
        if response.status != wanted:
            raise RuntimeError(f"{one.path}: {response.status} {text[:500]!r}")
    connection.close()
    return times
