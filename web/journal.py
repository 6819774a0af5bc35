"""The journal: one line for each event on standard error, ids and names of events only."""

import sys
from typing import Any

import structlog

INFO = 20


def keep_journal() -> None:
    """Write what is logged as lines; a traceback has no local variables, because they hold what people wrote."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(INFO),
        logger_factory=_to_standard_error,
    )


def _to_standard_error(*_: Any) -> structlog.PrintLogger:
    # Looked up for each line: tests and servers may replace the stream.
    return structlog.PrintLogger(sys.stderr)
