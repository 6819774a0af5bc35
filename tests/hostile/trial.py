"""What becomes of a hostile package: refused with findings, or accepted, and then it rests after every act."""

import json
import re
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from engine.business_rules import decide
from engine.decisions.models import Models
from engine.diagrams.bundle import Bundle, parse_bundle
from engine.diagrams.errors import BadDiagram, EngineError, StepBudgetSpent
from engine.diagrams.run import Run
from engine.gate import Limits, Watch, examine
from engine.packages import ProcessContent, read_package
from helpdesk.errors import DeskError
from sla.durations import parse_allowed
from tests.hostile.case import FIELDS, Case, manifest

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECONDS, MEGABYTES, ACTS = 5.0, 512, 12
ANSWERS = {"choice": 1, "more": True, "moment": NOW + timedelta(days=1), "items": [1, 2, 3]}


@dataclass
class Result:
    """What became of a case.

    outcome: refused, waiting, ended or stopped (an incident that somebody sees). breach: what happened and must not.
    reason: what the engine's own reading says of what was refused.
    """

    case: Case
    outcome: str = ""
    rules: set[str] = field(default_factory=set)
    seconds: float = 0.0
    megabytes: float = 0.0
    breach: str = ""
    reason: str = ""


class Hang(Exception):
    """It took longer than anything may."""


def attempt(case: Case, folder: Path, watch: Watch) -> Result:
    """Publishes the case as `okienko check` would, and plays it if that let it through."""
    result = Result(case)
    try:
        with _measured(result):
            write_package(case, folder)
            package = read_package(folder)
            content, teams = package.processes[0], frozenset(package.teams)
            watch.limits = Limits(wall=case.cpu) if case.cpu is not None else Limits()
            findings, sheets = examine(content, teams, watch=watch)
        result.rules = {finding.rule for finding in findings} | {finding.rule for _, finding in sheets}
        for finding in findings:
            assert finding.sentence("pl") and finding.sentence("en") and finding.rule
        if findings or sheets:
            result.outcome = "refused"
            with _measured(result):
                _read_all_the_same(content, result)
        else:
            _play(content, result)
    except DeskError as error:  # The package could not even be read: a sentence too.
        result.outcome, result.rules = result.outcome or "refused", {type(error).__name__}
    except Exception as error:
        result.breach = f"{type(error).__name__}: {error}"[:200]
    return result


def _read_all_the_same(content: ProcessContent, result: Result) -> None:
    """The engine's own reading refuses what it cannot run by an error of the house too, and not by a crash."""
    try:
        _bundle(content)
    except BadDiagram as error:
        result.reason = re.sub(r'"[^"]*"|[\w.-]*[\d_][\w.-]*', "…", error.reason.rpartition(": ")[2])[:80]


def _bundle(content: ProcessContent) -> Bundle:
    return parse_bundle({name: text.encode() for name, text in content.diagrams.items()}, content.process_id)


def _play(content: ProcessContent, result: Result) -> None:
    try:
        bundle = _bundle(content)
    except BadDiagram as error:
        result.breach = f"accepted, and then {error}"
        return
    variables = {"request": ANSWERS, "step": {"answer": "yes"}, "question": {}, "reply": {}, "ticket": {}}
    facts = {"variables": variables, "now": NOW, "perform": lambda *_: None, "reckon": _reckon}
    models = Models({name: text.encode() for name, text in content.decisions.items()})
    facts["decide"] = partial(decide, models, now=NOW)
    try:
        with _measured(result):
            run = Run.start(bundle, **facts)
        for _ in range(ACTS):
            result.outcome = "ended" if run.is_ended else "waiting"
            wait = next((one for one in run.waits if one.kind in ("task", "timer", "call", "message", "signal")), None)
            if wait is None:
                break
            with _measured(result):
                _do(run, wait)
                run = Run.restore(bundle, state=run.dump(), **facts)
        if not run.is_ended and not run.waits:
            result.breach = "it rests where nobody sees it"
    except StepBudgetSpent as error:
        result.breach = f"accepted, and then {error}"
    except EngineError:
        result.outcome = "stopped"


def _do(run: Run, wait) -> None:
    if wait.kind == "task":
        run.complete(wait.token)
    elif wait.kind == "timer":
        run.fire(wait.token)
    elif wait.kind == "call":
        run.answer(wait.token, {})
    else:
        (run.message if wait.kind == "message" else run.signal)(wait.name)


def _reckon(value, now):
    if isinstance(value, datetime):
        return value
    return now + (value if isinstance(value, timedelta) else parse_allowed(str(value)).time or timedelta(days=1))


@contextmanager
def _measured(result: Result) -> Iterator[None]:
    """One act: its time of processor and the memory it added count, and no act may go on for ever."""
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    usual = signal.signal(signal.SIGALRM, _hang)
    signal.alarm(60)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, usual)
    result.seconds = max(result.seconds, time.process_time() - began)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    result.megabytes = max(result.megabytes, grown)
    if result.seconds > SECONDS or result.megabytes > MEGABYTES:
        result.breach = f"{result.seconds:.1f} s, {result.megabytes:.0f} MB"


def _hang(*_) -> None:
    raise Hang


def write_package(case: Case, folder: Path) -> None:
    """Lays the files of a case into a folder."""
    files = {"package.toml": manifest(case), **{f"forms/{key}.json": _sheet(key) for key in FIELDS}, **case.files}
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _sheet(key: str) -> bytes:
    components = [
        {"type": "textfield", "id": name, "key": name, "label": name, "properties": {"label.en": name}}
        for name in FIELDS[key]
    ]
    return json.dumps({"type": "default", "id": key, "schemaVersion": 18, "components": components}).encode()
