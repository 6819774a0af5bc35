"""Where the bytes of files lie: a folder, or a bucket of an S3-compatible store; with a virus scanner before it."""

from typing import IO, Protocol

from helpdesk.storage.bucket import Bucket
from helpdesk.storage.errors import FoundVirus, Full, Unreachable
from helpdesk.storage.folder import Folder
from helpdesk.storage.scanner import Scanner

__all__ = ["Bucket", "Folder", "FoundVirus", "Full", "Scanned", "Storage", "Unreachable"]


class Storage(Protocol):
    """Bytes under random names."""

    def write(self, place: str, data: bytes) -> None:
        """Keep the bytes. Raises Full, Unreachable, FoundVirus; then nothing of them is kept."""

    def open(self, place: str) -> IO[bytes] | None:
        """The bytes, to be read once; None if there are none. Raises Unreachable."""

    def remove(self, place: str) -> None:
        """Forget the bytes, if there are any. Raises Unreachable."""


class Scanned:
    """A storage into which nothing comes that the scanner did not let through."""

    def __init__(self, storage: Storage, scanner: Scanner) -> None:
        self.storage, self.scanner = storage, scanner

    def write(self, place: str, data: bytes) -> None:
        self.scanner.scan(data)
        self.storage.write(place, data)

    def open(self, place: str) -> IO[bytes] | None:
        return self.storage.open(place)

    def remove(self, place: str) -> None:
        self.storage.remove(place)
