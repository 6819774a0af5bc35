"""Calling: the worker's round that makes the calls which are due, one by one, each with a transaction of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import structlog

from engine.acts import note_incident
from engine.outside import calls, client
from engine.outside.addresses import Address, Addresses
from engine.outside.answering import Reply, settle
from engine.outside.calls import SystemCall
from helpdesk.database import Database
from helpdesk.errors import DeskError
from helpdesk.tickets import AlreadyEnded

log = structlog.get_logger()
MOST_A_ROUND = 200


class GivenUp(DeskError):
    """The system “{system}” could not be asked, after several tries: {why}"""


class Ask(Protocol):
    """The way to another system."""

    def __call__(self, address: Address, operation: str, payload: Mapping[str, Any], *, key: str) -> Reply: ...


def call_due(database: Database, addresses: Addresses, *, now: datetime, most: int = MOST_A_ROUND,
             ask: Ask = client.ask) -> int:
    """Make up to `most` calls that are due; how many processes ran on.

    A system that cannot be reached rests until the next round, so that its silence does not hold the others up.
    """
    moved = 0
    resting: set[str] = set()
    for _ in range(most):
        with database.transaction() as session:
            call = calls.claim(session, now=now, but_not=resting)
        if call is None:
            break
        try:
            reply = _ask(addresses, call, ask)
        except client.CallFailed as failure:
            if isinstance(failure, client.SystemDown):
                resting.add(call.system)
            _put_off(database, call, failure, now=now)
            continue
        moved += _settle(database, call, reply, now=now)
    return moved


def _ask(addresses: Addresses, call: SystemCall, ask: Ask) -> Reply:
    """The reply of the system; one that came before and could not be used is not asked for again."""
    if call.reply is not None:
        return Reply.of(call.reply)
    address = addresses.get(call.system)
    if address is None:
        raise client.SystemDown(reason="the administrator has not told where this system is")
    return ask(address, call.operation, call.payload, key=call.key)


def _settle(database: Database, call: SystemCall, reply: Reply, *, now: datetime) -> bool:
    try:
        return database.run(lambda session: settle(session, call.id, reply, now=now))
    except AlreadyEnded:
        return False
    except Exception as error:  # one that cannot be used must not hold the others up, whatever is wrong with it
        # The answer is kept: the other side has done its part and is not asked again for our failure.
        with database.transaction() as session:
            goes_on = calls.put_off(session, call, str(error), now=now, is_final=bool(reply.refusal),
                                    reply=reply.kept())
        note_incident(database, ticket_id=call.ticket_id, act=call.act, error=error, now=now,
                      waits_for_person=not goes_on)
        log.warning("answer_failed", call_id=call.id, error=type(error).__name__)
        return False


def _put_off(database: Database, call: SystemCall, failure: client.CallFailed, *, now: datetime) -> None:
    log.warning("call_failed", call_id=call.id, system=call.system, tries=call.tries, reason=failure.reason)
    with database.transaction() as session:
        goes_on = calls.put_off(session, call, failure.reason, now=now)
    if not goes_on:
        note_incident(database, ticket_id=call.ticket_id, act=call.act, now=now, waits_for_person=True,
                      error=GivenUp(element_id=call.element_id, system=call.system, why=failure.reason))
