"""All hostile packages, by family."""

from collections import Counter
from collections.abc import Iterable

from tests.hostile import files, shapes, spoilt, texts
from tests.hostile.case import FAMILIES, Case
from tests.hostile.trial import Result

MODULES = (files, shapes, spoilt, texts)


def all_cases() -> dict[str, list[Case]]:
    """The cases of every family, in the same order every time."""
    return {name: list(make()) for name, make in sorted(FAMILIES.items())}


def met(results: Iterable[Result]) -> Counter[str]:
    """How often each rule has refused one."""
    return Counter(rule for result in results for rule in result.rules)
