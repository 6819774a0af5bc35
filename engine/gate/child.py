"""The process in which packages are looked at: `python -m engine.gate`.

It reads questions from its input and writes answers to its output, each a length of eight bytes and as much msgpack.
It ends when its input does, when nobody has asked for a while, and by itself when a question was too much for it.
"""

import resource
import select
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.gate.look import EngineFinding, look
from engine.packages import ProcessContent
from forms.checks import SheetFinding

SIZE = 8
IDLE = 120.0  # seconds without a question after which it ends


@dataclass(frozen=True)
class Question:
    """A process to look at. cpu: seconds it may take. memory: bytes it may take beyond what the child has."""

    content: dict[str, object]
    teams: list[str]
    cpu: int
    memory: int


@dataclass(frozen=True)
class Told:
    """A finding on its way from the child."""

    file: str
    element: str
    line: int
    rule: str
    facts: dict[str, str]
    is_engines: bool


@dataclass(frozen=True)
class Answer:
    """What was found. is_too_much: it could not be looked at within the limits. broken: why the gate itself failed."""

    findings: list[Told] = field(default_factory=list)
    sheets: list[tuple[str, SheetFinding]] = field(default_factory=list)
    is_too_much: bool = False
    broken: str = ""


def write(stream: BinaryIO, message: Question | Answer) -> None:
    """Sends a message."""
    body = msgspec.msgpack.encode(message)
    stream.write(len(body).to_bytes(SIZE) + body)
    stream.flush()


def read(stream: BinaryIO) -> bytes:
    """The body of the next message, nothing when the other side has gone."""
    head = _whole(stream, SIZE)
    return _whole(stream, int.from_bytes(head)) if head else b""


def _whole(stream: BinaryIO, size: int) -> bytes:
    """Exactly so many bytes: a pipe gives what it has, which may be less."""
    parts = []
    while size:
        part = stream.read(min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def answer(question: Question) -> Answer:
    """Looks at the process; limits are those of the whole process it runs in."""
    try:
        findings, sheets = look(ProcessContent.from_dict(question.content), question.teams)
    except (MemoryError, RecursionError):
        return Answer(is_too_much=True)
    except Exception as error:  # Whatever it is, the desk must be told so and go on.
        return Answer(broken=f"{type(error).__name__}: {error}"[:500])
    told = [Told(**asdict(one), is_engines=isinstance(one, EngineFinding)) for one in findings]
    return Answer(told, sheets)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answers until nobody asks any more."""
    while select.select([questions], [], [], IDLE)[0]:
        body = read(questions)
        if not body:
            return
        question = msgspec.msgpack.decode(body, type=Question)
        _limit(question)
        found = answer(question)
        write(answers, found)
        if found.is_too_much:
            return  # What it holds now may be anything.


def _limit(question: Question) -> None:
    """From now on this process may take that much more; beyond, memory is refused and time kills it."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    if pages:
        size = pages * resource.getpagesize() + question.memory
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + question.cpu, resource.getrlimit(resource.RLIMIT_CPU)[1]))

