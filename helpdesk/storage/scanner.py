"""The virus scanner: clamd, asked by its command INSTREAM (man clamd)."""

import socket
import struct
from dataclasses import dataclass

import structlog

from helpdesk.storage.errors import FoundVirus, Unreachable

log = structlog.get_logger()
SECONDS = 30
PIECE = 64 * 1024
LONGEST_ANSWER = 4096


@dataclass(frozen=True)
class Scanner:
    """A clamd: its host and port, or the path of its socket on this machine (then the port is 0)."""

    host: str
    port: int = 0

    @classmethod
    def at(cls, address: str) -> "Scanner":
        """The scanner at `host:port` or `/path/of/its/socket`. Raises ValueError."""
        if address.startswith("/"):
            return cls(address)
        host, colon, port = address.rpartition(":")
        if not host or not colon or not port.isdecimal() or not 0 < int(port) <= 65_535:
            raise ValueError(f"{address!r} is neither host:port nor the path of a socket")
        return cls(host.strip("[]"), int(port))

    def scan(self, data: bytes) -> None:
        """Raise FoundVirus if the bytes are known as harmful, Unreachable if nobody can say."""
        answer = self._ask(data)
        if answer == "stream: OK":
            return
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            raise FoundVirus(answer.removeprefix("stream: ").removesuffix(" FOUND")[:80])
        # A stream longer than the scanner's own limit, for one: not looked at is not clean.
        log.error("scanner_refused", answer=answer[:80])
        raise Unreachable("scanner")

    def _ask(self, data: bytes) -> str:
        try:
            with self._connect() as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), PIECE):
                    piece = data[start:start + PIECE]
                    line.sendall(struct.pack("!L", len(piece)) + piece)
                line.sendall(struct.pack("!L", 0))
                return _read(line)
        except OSError as error:
            log.error("scanner_unreachable", error=type(error).__name__)
            raise Unreachable("scanner") from error

    def _connect(self) -> socket.socket:
        if self.port:
            return socket.create_connection((self.host, self.port), timeout=SECONDS)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(self.host)
        except OSError:
            line.close()
            raise
        return line


def _read(line: socket.socket) -> str:
    """Everything up to the null sign, or to the end."""
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        piece = line.recv(1024)
        if not piece:
            break
        answer += piece
    return answer.partition(b"\0")[0].decode(errors="replace").strip()
