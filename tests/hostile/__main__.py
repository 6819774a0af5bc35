"""`make hostile`: every hostile package, a table of what became of them, exit 1 if anything happened that must not."""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from engine.checks.sentences import SENTENCES
from engine.gate import Watch
from tests.hostile.corpus import all_cases, met
from tests.hostile.trial import Result, attempt


def main() -> int:
    watch, results = Watch(), list[Result]()
    for name, cases in all_cases().items():
        own = []
        for case in cases:
            with tempfile.TemporaryDirectory() as folder:
                own.append(attempt(case, Path(folder), watch))
        results += own
        print(_row(name, own), flush=True)
    watch.close()
    print(_row("all", results))
    for result in results:
        if result.breach:
            print(f"BREACH {result.case.name}: {result.breach}")
    print("\nWhat the engine's own reading said of what was refused:")
    for reason, number in Counter(result.reason for result in results if result.reason).most_common():
        print(f"{number:6} {reason}")
    seldom = {rule: met(results)[rule] for rule in SENTENCES if met(results)[rule] < 5}
    print("Rules met fewer than five times:", seldom or "none")
    return int(any(result.breach for result in results) or bool(seldom))


def _row(name: str, results: list[Result]) -> str:
    outcomes = Counter(result.outcome for result in results)
    told = "  ".join(f"{outcomes[outcome]:5} {outcome}" for outcome in ("refused", "waiting", "ended", "stopped"))
    seconds = max((result.seconds for result in results), default=0.0)
    megabytes = max((result.megabytes for result in results), default=0.0)
    return f"{name:28} {len(results):5}  {told}  {seconds:6.2f} s {megabytes:5.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
