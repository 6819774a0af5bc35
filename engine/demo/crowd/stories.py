"""The stories of the crowd, ready to be played beside those that are told one by one."""

from engine.demo.content import Facts
from engine.demo.crowd.errands import errands
from engine.demo.crowd.incidents import incidents
from engine.demo.crowd.words import Words


def crowd() -> list[Facts]:
    """Some three hundred stories over every process, the same ones every time."""
    words = Words()
    return [{"key": f"everyday_{number}", **facts}
            for number, facts in enumerate([*incidents(words), *errands(words)], 1)]
