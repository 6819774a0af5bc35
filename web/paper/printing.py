"""Printing: data becomes a PDF within a bounded time, a few at once."""

import json
import subprocess
import sys
from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Any

import structlog

from helpdesk.errors import DeskError

log = structlog.get_logger()
SECONDS, AT_ONCE, WAITS = 30, 2, 20
_places = BoundedSemaphore(AT_ONCE)


class CannotPrint(DeskError):
    """The PDF could not be made at this moment. Print the page itself, or try again in a minute."""


def make_pdf(data: Mapping[str, Any]) -> bytes:
    """The paper as a PDF; data: see web.paper.content. Raises CannotPrint."""
    if not _places.acquire(timeout=WAITS):
        raise CannotPrint()
    try:
        # Our own program, and nothing of the data is in the command.
        done = subprocess.run([sys.executable, "-m", "web.paper"], input=json.dumps(data, ensure_ascii=False).encode(),
                              capture_output=True, timeout=SECONDS, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        log.error("paper_not_made", error=type(error).__name__)
        raise CannotPrint() from error
    finally:
        _places.release()
    return done.stdout
