"""The scheduler: APScheduler as a tick and nothing more; what is due stands in the database."""

from collections.abc import Callable, Mapping
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler


def start_ticking(rounds: Mapping[str, tuple[Callable[[], None], float]], *, in_background: bool) -> BaseScheduler:
    """Call each round every so many seconds, never twice at once; blocks unless `in_background`.

    rounds: name → (what to call, seconds between calls). Missed ticks are not made up for: a round does all
    that is due.
    """
    scheduler = BackgroundScheduler(timezone=UTC) if in_background else BlockingScheduler(timezone=UTC)
    for name, (call, seconds) in rounds.items():
        scheduler.add_job(call, "interval", seconds=seconds, id=name, coalesce=True, max_instances=1,
                          misfire_grace_time=None)
    scheduler.start()
    return scheduler
