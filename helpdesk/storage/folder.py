"""A folder of files under random names."""

import errno
from pathlib import Path
from typing import IO

from helpdesk.storage.errors import Full

FULL = {errno.ENOSPC, errno.EDQUOT}


class Folder:
    """A folder on this machine, or one that all machines of the desk share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, place: str) -> Path:
        return self.folder / place[:2] / place

    def write(self, place: str, data: bytes) -> None:
        target = self.path(place)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:
            self.remove(place)
            if error.errno in FULL:
                raise Full() from error
            raise

    def open(self, place: str) -> IO[bytes] | None:
        try:
            return self.path(place).open("rb")
        except FileNotFoundError:
            return None

    def remove(self, place: str) -> None:
        self.path(place).unlink(missing_ok=True)
