"""`python -m tests.bench [PART …]`: measures, writes the figures to a file and their table into docs/performance.md.

Each part is written as soon as it is done, so that a run that was broken off can go on with the parts it still lacks.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import alarms, answers, engine, lists, memory, searching, tasks
from tests.bench.table import write_table

ROOT = Path(__file__).parent.parent.parent
FIGURES = ROOT / "docs" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    given.add_argument("parts", nargs="*", metavar="PART",
                       help="engine, http, lists, answers, search, alarms, memory; all without one")
    given.add_argument("--minutes", type=float, default=1.0, help="how long the load of the part memory lasts")
    given.add_argument("--quick", action="store_true", help="fewer tickets and alarms, to see that it runs")
    asked = given.parse_args()
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "engine": engine.run, "http": tasks.run,
        "lists": lambda: lists.run(sizes=(1_000, 10_000)) if asked.quick else lists.run(),
        "answers": lambda: answers.run(size=1_000) if asked.quick else answers.run(),
        "search": lambda: searching.run(size=1_000) if asked.quick else searching.run(),
        "alarms": lambda: alarms.run(armed=10_000) if asked.quick else alarms.run(),
        "memory": lambda: memory.run(minutes=0.2 if asked.quick else asked.minutes)}
    if unknown := set(asked.parts) - set(parts):
        given.error(f"there is no part {', '.join(sorted(unknown))}")
    for name in asked.parts or parts:
        began = time.monotonic()
        print(f"{name} …", flush=True)
        found = parts[name]()
        figures = json.loads(FIGURES.read_text()) if FIGURES.is_file() else {}
        figures[name] = found | {"measured": {
            "on": f"{datetime.now(UTC):%Y-%m-%d}", "took_s": round(time.monotonic() - began), "is_quick": asked.quick,
            "python": platform.python_version()}}
        FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
        write_table(PAGE, figures)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
