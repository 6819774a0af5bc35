"""Event logs in XES (IEEE 1849), gzipped or not: read as a stream, with nothing in the file trusted."""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lxml import etree

from helpdesk.errors import DeskError

MOST_BYTES = 256_000_000  # unpacked; a log of 400,000 events
CHUNK = 64 * 1024
GZIP = b"\x1f\x8b"


class BadLog(DeskError):
    """{file}, line {line}, column {column}: {reason}. {advice}"""


class UnreadableLog(DeskError):
    """{file} cannot be read: {reason}. {advice}"""


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event as the file has it; line: where it starts."""

    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class RawCase:
    """One trace as the file has it: its own attributes and its events, in the file's order."""

    attributes: Mapping[str, str]
    line: int
    events: list[RawEvent] = field(default_factory=list)


class Readable(Protocol):
    """What a parser takes its bytes from."""

    def read(self, size: int = -1, /) -> bytes: ...


def read_cases(path: Path) -> Iterator[RawCase]:
    """The cases of a log, one after the other. Raises BadLog (a place in the file) or UnreadableLog."""
    with _opened(path) as stream:
        try:
            yield from _cases(stream, path.name)
        except etree.XMLSyntaxError as error:
            line, column = error.position
            raise BadLog(file=path.name, line=line or 0, column=column or 0, reason=str(error.msg),
                         advice="Export the log anew, or mend the file at this place.") from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableLog(file=path.name, reason="the gzip file is damaged or not complete",
                                advice="Fetch it again.") from error


def _cases(stream: Readable, file: str) -> Iterator[RawCase]:
    events: list[RawEvent] = []
    root: etree._Element | None = None
    for what, node in _parsed(stream):
        if root is None:
            root = node
            _check_root(root, file)
        if what == "start":
            continue
        name, parent = _local(node), node.getparent()
        if name == "event" and parent is not None and _local(parent) == "trace":
            events.append(RawEvent(_attributes(node), _line(node)))
            _forget(node)
        elif parent is root:
            if name == "trace":
                yield RawCase(_attributes(node), _line(node), events)
                events = []
            _forget(node)


def _parsed(stream: Readable) -> Iterator[tuple[str, etree._Element]]:
    parser = etree.iterparse(
        stream, events=("start", "end"), load_dtd=False, no_network=True, resolve_entities=False, dtd_validation=False,
        remove_comments=True, remove_pis=True, huge_tree=False, recover=False)
    yield from parser


def _check_root(root: etree._Element, file: str) -> None:
    if root.getroottree().docinfo.doctype:  # type: ignore[attr-defined]  # the stubs do not know it
        raise BadLog(file=file, line=1, column=0, reason="a DOCTYPE is not allowed in a log",
                     advice="Remove it; an event log needs none.")
    if _local(root) != "log":
        raise BadLog(file=file, line=_line(root), column=0, reason=f"no event log begins with <{_local(root)}>",
                     advice="Give a file in the XES format.")


def _attributes(node: etree._Element) -> dict[str, str]:
    """The attributes of a trace or event by key; nested ones and those without a value do not count."""
    return {child.get("key", ""): child.get("value", "") for child in node if child.get("value") is not None}


def _forget(node: etree._Element) -> None:
    """Free the memory of what was read; the parent keeps an empty element only until the next one."""
    parent = node.getparent()
    node.clear()
    while parent is not None and (before := node.getprevious()) is not None and _local(before) == _local(node):
        parent.remove(before)


def _local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _line(node: etree._Element) -> int:
    line = node.sourceline
    return line if isinstance(line, int) else 0


@contextmanager
def _opened(path: Path) -> Iterator[Readable]:
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UnreadableLog(file=path.name, reason=error.strerror or "it cannot be opened",
                            advice="Check the path.") from error
    with raw:
        is_packed = raw.read(len(GZIP)) == GZIP
        raw.seek(0)
        yield _Measured(gzip.GzipFile(fileobj=raw) if is_packed else raw, path.name)


class _Measured:
    """A stream that ends with an error when it gives more than a log may have."""

    def __init__(self, stream: Readable, file: str) -> None:
        self._stream, self._file, self._left = stream, file, MOST_BYTES

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size if 0 < size <= CHUNK else CHUNK)
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableLog(file=self._file, reason=f"it is larger than {MOST_BYTES // 1_000_000} MB when unpacked",
                                advice="Split it into logs of fewer cases.")
        return data
