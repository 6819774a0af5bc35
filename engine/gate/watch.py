"""Asks the process that looks at packages, and outlives it."""

import atexit
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock, Timer

import msgspec

from engine.checks import Finding
from engine.gate.child import Answer, Question, read, write
from engine.gate.look import EngineFinding, Sheets
from engine.packages import ProcessContent
from helpdesk.errors import DeskError


class GateBroken(DeskError):
    """The process could not be checked, so it cannot be published: {reason}"""

    reason: str


@dataclass(frozen=True)
class Limits:
    """How much looking at one process may take. cpu and wall: seconds. memory: bytes beyond what the child starts with.

    wall is generous: a busy machine is not the drawing's fault.
    """

    cpu: int = 5
    wall: float = 30.0
    memory: int = 512 * 1024 * 1024


class Watch:
    """One child, kept warm between questions; safe for threads, which wait for each other.

    The child is a new program, not a fork: a fork of a server with threads inherits locks that nobody will ever open.
    """

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, content: ProcessContent, teams: Collection[str]) -> Answer:
        """What the child found; that it was too much when it did not live to tell."""
        question = Question(content.to_dict(), sorted(teams), self.limits.cpu, self.limits.memory)
        with self._lock:
            for is_last in (False, True):
                is_fresh = self._child is None
                found = self._try(question)
                if found is not None:
                    return found
                # A warm child may have ended of idleness just now; a fresh one died of the question.
                if is_fresh or is_last:
                    break
            return Answer(is_too_much=True)

    def close(self) -> None:
        """Ends the child."""
        with self._lock:
            self._end()

    def _try(self, question: Question) -> Answer | None:
        child = self._child = self._child or self._begin()
        assert child.stdin is not None and child.stdout is not None
        alarm = Timer(self.limits.wall, child.kill)
        alarm.daemon = True
        alarm.start()
        try:
            write(child.stdin, question)  # type: ignore[arg-type]
            body = read(child.stdout)  # type: ignore[arg-type]
            found = msgspec.msgpack.decode(body, type=Answer) if body else None
        except (OSError, msgspec.MsgspecError):
            found = None
        finally:
            alarm.cancel()
        if found is None or found.is_too_much:
            self._end()
        return found

    def _begin(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "engine.gate"]
        return subprocess.Popen(  # noqa: S603  # our own program, and nothing of the question is in the command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            for stream in (child.stdin, child.stdout):
                try:
                    if stream is not None:
                        stream.close()
                except OSError:
                    pass  # What it was not told any more does not matter.
            child.wait()


_WATCH = Watch()
atexit.register(_WATCH.close)


def examine(
    content: ProcessContent, teams: Collection[str], *, watch: Watch | None = None
) -> tuple[list[Finding], Sheets]:
    """Everything in the process that does not fit, as `look` finds it, or that it is too much to be looked at.

    Raises GateBroken if the gate itself fails.
    """
    watch = watch or _WATCH
    found = watch.ask(content, teams)
    if found.broken:
        raise GateBroken(reason=found.broken)
    if found.is_too_much:
        return [_too_much(content, watch.limits)], []
    findings = [
        (EngineFinding if one.is_engines else Finding)(one.file, one.element, one.line, one.rule, one.facts)
        for one in found.findings
    ]
    return findings, found.sheets


def _too_much(content: ProcessContent, limits: Limits) -> Finding:
    facts = {"name": content.name.get("pl", content.key), "name_en": content.name.get("en", content.key)}
    facts |= {"seconds": str(limits.cpu), "megabytes": str(limits.memory // 1024 // 1024)}
    return Finding(next(iter(content.diagrams), ""), "", 0, "too_much_to_check", facts)
