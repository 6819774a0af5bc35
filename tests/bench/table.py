"""The tables of docs/performance.md, between two marks, made from the figures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.engine import WISHES

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
SLOWEST = 12
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def write_table(page: Path, figures: dict[str, Any]) -> None:
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    tables = "\n".join(line for name, tell in TABLES.items() if name in figures for line in tell(figures[name]))
    page.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}", encoding="utf-8")


def _engine(found: dict[str, Any]) -> Iterator[str]:
    yield from _head("Restore → complete → save", found, "process", "plain library, ms", "ours, ms", "times faster",
                     "wanted", "state, plain", "state, ours")
    for name, wish in WISHES.items():
        one = found[name]
        yield (f"| {name} | {one['plain_ms']} | {one['ours_ms']} | **{one['ratio']}** | ≥ {wish} | "
               f"{one['plain_bytes']} B | {one['ours_bytes']} B |")


def _http(found: dict[str, Any]) -> Iterator[str]:
    yield from _head("Through HTTP", found, "database, act, processes", "requests/s", "p50 ms", "p95 ms", "CPU ms",
                     "of it database", "floor CPU ms", "ratio", "statements")
    for key, name in _databases(found):
        for act in ("task", "start"):
            for servers in ("1 processes", "2 processes"):
                one = found[key][act][servers]
                desk = one["desk"]
                yield (f"| {name}, {act}, {servers[0]} | {desk['requests_per_s']} | {desk['p50_ms']} | "
                       f"{desk['p95_ms']} | {desk['cpu_ms']} | {desk['of_it_database_ms']} | "
                       f"{one['floor']['cpu_ms']} | "
                       f"**{one['ratio']}** | {found[key][act]['statements']} |")
    yield ""
    yield "Where the time of an act goes inside the desk's process (SQLite, profiled, own code of each layer):"
    yield ""
    some = found.get("sqlite") or found["postgresql"]
    for act in ("task", "start"):
        shares = ", ".join(f"{layer} {share:.0%}" for layer, share in some[act]["shares"].items() if share >= 0.005)
        yield f"* {act}: {shares}"


def _lists(found: dict[str, Any]) -> Iterator[str]:
    for key, name in _databases(found):
        sizes = sorted(found[key], key=int)
        first, last = found[key][sizes[0]], found[key][sizes[-1]]
        yield from _head(f"Pages on {name}, CPU ms of the first page by number of tickets", found, "page",
                         *(f"{int(size):,}" for size in sizes), "growth", "statements")
        for page in (one for one in last if isinstance(last[one], dict) and "cpu_ms" in last[one]):
            costs = " | ".join(str(found[key][size][page]["cpu_ms"]) for size in sizes)
            growth = last[page]["cpu_ms"] / max(first[page]["cpu_ms"], 0.01)
            yield f"| {page} | {costs} | {growth:.2f} | {last[page]['statements']} |"


def _answers(found: dict[str, Any]) -> Iterator[str]:
    title = f"The first answer of {len(found['pages'])} pages, {found['size']:,} requests on SQLite: the slowest"
    yield from _head(title, found, "page", "ms, the slowest reader", "statements")
    slowest = sorted(found["pages"].items(), key=lambda one: -one[1]["wall_ms"])[:SLOWEST]
    for page, one in slowest:
        yield f"| {page} | {one['wall_ms']} | {one['statements']} |"


def _search(found: dict[str, Any]) -> Iterator[str]:
    sizes = {found[key]["size"] for key, _ in _databases(found)}
    title = f"Searching the knowledge base, {max(sizes):,} articles in two languages"
    yield from _head(title, found, "what is typed", *(
        f"{name}, {what}" for _, name in _databases(found) for what in ("p50 ms", "p95 ms", "CPU ms")), "statements")
    keys = [key for key, _ in _databases(found)]
    for name, first in found[keys[0]]["searches"].items():
        costs = " | ".join(str(found[key]["searches"][name][what])
                           for key in keys for what in ("p50_ms", "p95_ms", "cpu_ms"))
        yield f"| {name} | {costs} | {first['statements']} |"


def _alarms(found: dict[str, Any]) -> Iterator[str]:
    yield from _head("Alarms", found, "database", "what", "figure")
    for key, name in _databases(found):
        one = found[key]
        yield f"| {name} | a tick, nothing due, few armed | {one['tick_with_few']['cpu_ms']} ms CPU |"
        yield f"| {name} | a tick, nothing due, {one['armed']:,} armed | {one['tick_with_all']['cpu_ms']} ms CPU |"
        for what, fired in one.items():
            if isinstance(fired, dict) and "per_s" in fired:
                yield (f"| {name} | {what}: {fired['alarms']} alarms | {fired['per_s']}/s, "
                       f"{fired['cpu_ms_each']} ms CPU each, late p50 {fired['late_p50_ms']} ms, "
                       f"p99 {fired['late_p99_ms']} ms |")


def _memory(found: dict[str, Any]) -> Iterator[str]:
    yield from _head(f"Memory after {found['minutes']:g} min of load", found, "database", "first answer after",
                     "requests", "web at start", "web after", "scheduler after")
    for key, name in _databases(found):
        one = found[key]
        yield (f"| {name} | {one['started_in_s']} s | {one['requests']} | {one['web_mb_at_start']} MB | "
               f"{one['web_mb']} MB | {one['scheduler_mb']} MB |")
    yield ""
    yield f"Checking a process before it is published: {found['publishing']['cpu_ms_each']} ms CPU."


def _load(found: dict[str, Any]) -> Iterator[str]:
    yield from _head(f"{found['clients']} clients at once for {found['minutes']:g} minutes, {found['tickets']:,} "
                     "requests on SQLite, one web process, clients on the same two cores", found, "page", "answers",
                     "failed", "p50 ms", "p95 ms", "p99 ms", "per second")
    for page, one in found["pages"].items():
        name = "**all**" if page == "all" else page
        yield (f"| {name} | {one['answers']} | {one['failed']} | {one['p50_ms']} | {one['p95_ms']} | {one['p99_ms']} | "
               f"{one['per_s']} |")


def _head(title: str, found: dict[str, Any], *columns: str) -> Iterator[str]:
    quick = ", a quick run" if found["measured"].get("is_quick") else ""
    yield from ("", f"### {title}", "", f"Measured on {found['measured']['on']}{quick}.", "")
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"


def _databases(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, name) for key, name in DATABASES.items() if key in found]


TABLES = {"engine": _engine, "http": _http, "lists": _lists, "answers": _answers, "search": _search, "alarms": _alarms,
          "memory": _memory, "load": _load}
