"""The guide to the language tells what there is."""

from feel import limits
from feel.expression import FUNCTIONS
from tests.feel.guide import CONSTRUCTS as TOLD
from tests.feel.guide import PAGE, filled
from tests.feel.test_cases import CONSTRUCTS


def test_the_tables_of_the_guide_are_those_of_the_language() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert set(TOLD) == CONSTRUCTS
    assert filled(page) == page, "make them with python -m tests.feel.guide"
    assert all(f"| `{name}` |" in page for name in FUNCTIONS)


def test_the_guide_tells_the_limits() -> None:
    page = PAGE.read_text(encoding="utf-8")

    for limit in (limits.TEXT, limits.DEPTH, limits.NODES, limits.CALLS, limits.STRING, limits.ITEMS, limits.WORK,
                  limits.PATTERN):
        assert f"{limit:,}" in page
