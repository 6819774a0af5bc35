"""Reads the first format of stored states, in which tokens hung in a tree with helpers of the library between them."""

from collections.abc import Iterator

import msgspec

from engine.diagrams.spiff.rows import Row, ScopeRows, State
from engine.diagrams.spiff.timers import Armed

ROOT = -1
SPLIT, JOIN = ".BoundaryEventSplit", ".EndJoin"


class FirstRow(msgspec.Struct, array_like=True):
    """One task; parent: index of an earlier row, or ROOT. arrived: names of the elements tokens came from."""

    token: int
    parent: int
    spec: str
    state: int
    armed: Armed | None = None
    arrived: list[str] | None = None


class FirstScope(msgspec.Struct, array_like=True):
    caller: int
    process: str
    rows: list[FirstRow]


class FirstState(msgspec.Struct, array_like=True):
    is_ended: bool
    ends: list[str]
    scopes: list[FirstScope]


_DECODER = msgspec.msgpack.Decoder(FirstState)


def read_first(body: bytes) -> State:
    """The state in the present format. Flows on which tokens wait are still names of elements, marked with a ">".

    Raises LookupError or MsgspecError when it is damaged.
    """
    state = _DECODER.decode(body)
    scopes = [ScopeRows(one.caller, one.process, list(_rows(one.rows))) for one in state.scopes]
    return State(state.is_ended, state.ends, scopes)


def _rows(rows: list[FirstRow]) -> Iterator[Row]:
    """An activity and its boundary events had a common parent; now the events belong to the activity."""
    activity = {row.parent: row.token for row in rows if row.parent != ROOT and _stem(rows, row) == row.spec}
    for number, row in enumerate(rows):
        if not ROOT <= row.parent < number:
            raise LookupError(row.parent)
        if row.spec.endswith((SPLIT, JOIN)):
            continue
        host = None if row.parent == ROOT or activity[row.parent] == row.token else activity[row.parent]
        arrived = [f"{name}>" for name in row.arrived] if row.arrived is not None else None
        yield Row(row.token, row.spec, host, row.armed, arrived)


def _stem(rows: list[FirstRow], row: FirstRow) -> str:
    """The activity that the helper above a row was made for."""
    return rows[row.parent].spec.removesuffix(SPLIT) if 0 <= row.parent < len(rows) else ""
