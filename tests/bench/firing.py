"""A worker of the bench that fires what is due without a pause: `python -m tests.bench.firing DATABASE`.

It reads from its input until when alarms will fall due, and stops once that moment has passed and nothing is due.
"""

import sys
import time
from datetime import UTC, datetime

from engine.ticker import fire_due
from engine.versions import Shelf
from helpdesk.database import Database

PAUSE = 0.01


def main() -> None:
    database = Database(sys.argv[1], info={"shelf": Shelf()})
    fire_due(database, now=datetime(2000, 1, 1, tzinfo=UTC))
    print("ready", flush=True)
    until = datetime.fromisoformat(sys.stdin.readline().strip())
    began = time.process_time()
    while True:
        now = datetime.now(UTC)
        # One ticket at a time, so that each alarm says when it was fired.
        if not fire_due(database, now=now, most=1):
            if now > until:
                break
            time.sleep(PAUSE)
    print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    main()
