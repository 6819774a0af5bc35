"""What a stored state is made of, in the present format."""

import msgspec

from engine.diagrams.spiff.timers import Armed
from engine.diagrams.spiff.tokens import Course, Place


class Row(msgspec.Struct, array_like=True):
    """One token or listener; what the fields mean stands at `Token`."""

    token: int
    spec: str
    host: int | None = None
    armed: Armed | None = None
    arrived: list[str] | None = None
    place: Place | None = None
    course: Course | None = None
    lane: str | None = None
    flow: str = ""


class ScopeRows(msgspec.Struct, array_like=True):
    """A scope that runs; caller: token of the task that waits for it, 0 for the outermost."""

    caller: int
    process: str
    rows: list[Row]


class State(msgspec.Struct, array_like=True):
    """A whole instance; ends: the end events of the outermost process that were reached."""

    is_ended: bool
    ends: list[str]
    scopes: list[ScopeRows]
