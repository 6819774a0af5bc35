"""Running the kit: every case against the models beside it, and what came out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from engine.decisions.errors import BadModel, DecisionRefused, UnknownDecision
from engine.decisions.kit.cases import Case, Expectation, Suite, find_suites, read_suite
from engine.decisions.kit.values import is_same
from engine.decisions.models import Models, Outcome
from engine.decisions.reading import read_model
from engine.decisions.records import Model
from feel import FeelError
from feel.values import Value


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """How one case went. detail: what was found instead, or why it was refused."""

    folder: str
    case: str
    verdict: Verdict
    detail: str = ""


def run_kit(folder: Path, *, now: datetime) -> list[Result]:
    """The results of all test cases below a folder. now: for formulas that ask for it."""
    return [result for file in find_suites(folder) for result in run_suite(file, now=now)]


def run_suite(file: Path, *, now: datetime) -> Iterator[Result]:
    """The results of the test cases in one file. A model that cannot be read refuses all its cases."""
    name = file.parent.name
    try:
        suite = read_suite(file)
    except BadModel as error:
        yield Result(name, file.name, Verdict.REFUSED, str(error))
        return
    try:
        models = _models(suite)
    except (BadModel, OSError) as error:
        yield from (Result(name, f"{file.stem}/{case.id}", Verdict.REFUSED, str(error)) for case in suite.cases)
        return
    for case in suite.cases:
        yield _run(models, suite, case, now)


def _models(suite: Suite) -> Models:
    """The model of the suite with what it imports; what else lies in the folder need not be right."""
    files = {file.name: file.read_bytes() for file in sorted(suite.file.parent.glob("*.dmn"))}
    if suite.model not in files:
        raise BadModel(file=suite.model, line=0, reason="the model is not there")
    return Models({name: files[name] for name in sorted(_reached(suite.model, files))})


def _reached(name: str, files: Mapping[str, bytes]) -> set[str]:
    """The files a model needs: itself, and all whose namespace it imports, and so on."""
    read: dict[str, Model] = {}
    for file, data in files.items():
        try:
            read[file] = read_model(data, file=file)
        except BadModel:
            if file == name:
                raise
    reached, todo = set[str](), [name]
    while todo:
        file = todo.pop()
        if file not in reached:
            reached.add(file)
            wanted = {one.namespace for one in read[file].imports}
            todo += [other for other, model in read.items() if model.namespace in wanted]
    return reached


def _run(models: Models, suite: Suite, case: Case, now: datetime) -> Result:
    name, place = suite.file.parent.name, f"{suite.file.stem}/{case.id}"
    for expectation in case.expectations:
        try:
            found = _outcome(models, suite, case, expectation, now)
        except (DecisionRefused, UnknownDecision, FeelError) as error:
            return Result(name, place, Verdict.REFUSED, f"{expectation.name}: {error}")
        wanted = None if expectation.is_error else expectation.expected
        if not is_same(found.value, wanted):
            notes = "; ".join(str(note) for note in found.notes[:3])
            detail = f"{expectation.name}: {_shown(found.value)} instead of {_shown(wanted)}"
            return Result(name, place, Verdict.FAILED, f"{detail} ({notes})" if notes else detail)
    return Result(name, place, Verdict.PASSED)


def _outcome(models: Models, suite: Suite, case: Case, expectation: Expectation, now: datetime) -> Outcome:
    invoked = case.invoked if case.kind != "decision" and case.invoked else expectation.name
    outcome = models.decide(invoked, case.inputs, file=suite.model, decided=case.inputs, now=now)
    # A service with several results gives a context, of which the case may name one.
    value = outcome.value
    if case.kind == "decisionService" and isinstance(value, dict) and expectation.name in value:
        return Outcome(value[expectation.name], outcome.notes)
    return outcome


def _shown(value: Value) -> str:
    shown = repr(value)
    return shown if len(shown) <= 200 else f"{shown[:200]}…"
