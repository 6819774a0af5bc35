"""The kit's results for people, as a table, and for machines, as JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from engine.decisions.kit.runner import Result, Verdict

_VERDICTS = (Verdict.PASSED, Verdict.FAILED, Verdict.REFUSED)


def table(results: Sequence[Result]) -> Iterator[str]:
    """The lines of a table: passed, failed and refused cases of each model and in all."""
    counts: dict[str, Counter[Verdict]] = {}
    for result in results:
        counts.setdefault(result.folder, Counter())[result.verdict] += 1
    width = max([len("in all"), *map(len, counts)])
    yield f"{'model':<{width}}  passed  failed  refused"
    for folder, count in counts.items():
        yield _row(folder, count, width)
    total: Counter[Verdict] = sum(counts.values(), Counter())
    yield _row("in all", total, width)
    share = 100 * total[Verdict.PASSED] / max(1, total.total())
    yield f"{total[Verdict.PASSED]} of {total.total()} cases passed ({share:.1f} %)."


def told(results: Sequence[Result]) -> Iterator[str]:
    """One line about each case that did not pass."""
    return (f"{result.folder}: {result.case}: {result.verdict}: {result.detail}" for result in results
            if result.verdict is not Verdict.PASSED)


def has_passed(results: Sequence[Result]) -> bool:
    """Whether there were cases, and all of them passed."""
    return bool(results) and all(result.verdict is Verdict.PASSED for result in results)


def _row(name: str, count: Counter[Verdict], width: int) -> str:
    passed, failed, refused = (count[verdict] for verdict in _VERDICTS)
    return f"{name:<{width}}  {passed:>6}  {failed:>6}  {refused:>7}"


def as_json(results: Sequence[Result]) -> str:
    """The same, with every case that did not pass."""
    total = Counter(result.verdict for result in results)
    models: dict[str, dict[str, int]] = {}
    for result in results:
        model = models.setdefault(result.folder, {str(verdict): 0 for verdict in _VERDICTS})
        model[result.verdict] += 1
    return json.dumps({
        "total": {str(verdict): total[verdict] for verdict in _VERDICTS},
        "models": models,
        "not_passed": [{"model": result.folder, "case": result.case, "verdict": str(result.verdict),
                        "detail": result.detail} for result in results if result.verdict is not Verdict.PASSED],
    }, ensure_ascii=False, indent=1)
