"""The virus scanner: what it finds is not kept, and what it did not look at is not kept either."""

import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from helpdesk.files import FileLimits, HasVirus, NotScanned, add_file, keep_draft
from helpdesk.storage import Folder, Scanned
from helpdesk.storage.scanner import Scanner
from tests.desk import Desk

pytestmark = pytest.mark.one_database
# The harmless text that every scanner knows (EICAR), in two parts so that no scanner finds it in this file.
HARMFUL = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Talk:
    """A server that speaks clamd's INSTREAM: it answers by what it was given."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.answer, self.seen = answer, b""
        self.line = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.line.getsockname()[1]}"
        self.thread = Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self.line.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as said:
                if said.read(10) != b"zINSTREAM\0":
                    return
                self.seen = b""
                while size := struct.unpack("!L", said.read(4))[0]:
                    self.seen += said.read(size)
                caller.sendall(self.answer(self.seen))

    def close(self) -> None:
        self.line.shutdown(socket.SHUT_RDWR)
        self.line.close()
        self.thread.join(timeout=10)


@pytest.fixture
def talk() -> Iterator[Callable[[Callable[[bytes], bytes]], Talk]]:
    made: list[Talk] = []

    def start(answer: Callable[[bytes], bytes]) -> Talk:
        made.append(Talk(answer))
        return made[-1]

    yield start
    for one in made:
        one.close()


def clamd(data: bytes) -> bytes:
    return b"stream: Eicar-Test-Signature FOUND\0" if HARMFUL in data else b"stream: OK\0"


def add(desk: Desk, storage: Scanned, data: bytes) -> None:
    with desk.session() as session:
        clara = desk.person(session, "clara").id
        draft = keep_draft(session, clara, "start:1", {}, now=desk.now)
        add_file(session, storage, BytesIO(data), name="a.txt", by_id=clara, draft_id=draft.id, limits=FileLimits(),
                 now=desk.now)


def test_a_clean_file_is_kept_and_a_harmful_one_is_not(
        desk: Desk, tmp_path: Path, talk: Callable[..., Talk]) -> None:
    scanner = talk(clamd)
    storage = Scanned(Folder(tmp_path / "files"), Scanner.at(scanner.address))
    long = b"tak " * 100_000

    add(desk, storage, long)
    assert scanner.seen == long
    with pytest.raises(HasVirus) as told:
        add(desk, storage, b"przed " + HARMFUL)

    assert told.value.facts == {"name": "a.txt", "virus": "Eicar-Test-Signature"}
    assert [path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file()] == [long]


@pytest.mark.parametrize("answer", [
    b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK\n nonsense\0", b"x" * 10_000])
def test_what_was_not_looked_at_is_not_kept(
        desk: Desk, tmp_path: Path, talk: Callable[..., Talk], answer: bytes) -> None:
    storage = Scanned(Folder(tmp_path / "files"), Scanner.at(talk(lambda data: answer).address))

    with pytest.raises(NotScanned):
        add(desk, storage, b"tak")

    assert not (tmp_path / "files").exists()


def test_without_the_scanner_nothing_is_kept(desk: Desk, tmp_path: Path) -> None:
    for address in ("127.0.0.1:9", str(tmp_path / "no.socket")):
        with pytest.raises(NotScanned):
            add(desk, Scanned(Folder(tmp_path / "files"), Scanner.at(address)), b"tak")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("clamd") is None, reason="clamd is not on this machine")
def test_a_real_clamd_is_understood(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "signatures"
    folder.mkdir()
    (folder / "own.ndb").write_text(f"Own.Harmful:0:*:{HARMFUL.hex()}\n")
    (tmp_path / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}\nTemporaryDirectory {tmp_path}\n"
        f"LocalSocket {tmp_path}/clamd.socket\nForeground yes\n")
    server = subprocess.Popen([str(shutil.which("clamd")), "-c", str(tmp_path / "clamd.conf")],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not (tmp_path / "clamd.socket").exists():
            assert server.poll() is None and time.monotonic() < until, "clamd does not start"
            time.sleep(0.1)
        storage = Scanned(Folder(tmp_path / "files"), Scanner.at(str(tmp_path / "clamd.socket")))

        add(desk, storage, b"tak")
        with pytest.raises(HasVirus):
            add(desk, storage, HARMFUL)
    finally:
        server.kill()
        server.wait()
