"""Timers and promises: durations that can be read, in limits that cannot hurt."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from engine.checks.drawing import BPMN, Drawn, Node, Package
from engine.checks.expressions import Answered, check_names, constant, read
from engine.checks.findings import Finding, found
from engine.checks.kinds import refused_as
from engine.checks.known import Known
from engine.diagrams.xml import local_name
from sla.durations import LONGEST_DAYS, BadDuration, parse_allowed

SHORTEST_CYCLE = timedelta(minutes=1)
MOST_CYCLES = 1000
LONGEST = timedelta(days=LONGEST_DAYS)

_TIMES = ("timeDate", "timeDuration", "timeCycle")
_BARE = re.compile(r"[-+]?(R[0-9]*/)?[-+]?P[0-9T]")
_CYCLE = re.compile(r"R(?P<count>[0-9]*)/(?P<period>.+)", re.ASCII)
_AMOUNTS = re.compile(r"([0-9]+)([WDHMS])", re.ASCII)
_SECONDS = {"W": 604800, "D": 86400, "H": 3600, "M": 60, "S": 1}


def check_timers(package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    """Every drawn timer and every promise (`sla`) beside a step."""
    for node in package.nodes():
        if refused_as(node):
            continue
        if node.trigger == "timer":
            yield from _check_timer(node, package, known, answered)
        if node.properties.get("sla"):
            yield from check_allowed(node, node.properties["sla"], known, unreadable="sla_unreadable")


def _check_timer(node: Node, package: Package, known: Known, answered: Answered) -> Iterator[Finding]:
    times = [x for x in node.triggers[0].iterchildren(f"{BPMN}*") if local_name(x) in _TIMES]
    text = (times[0].text or "").strip() if len(times) == 1 else ""
    if not text:
        yield found("timer_empty", node)
        return
    if _BARE.match(text):
        yield found("timer_without_quotes", node, text=text)
        return
    expression = read(node, text)
    if isinstance(expression, Finding):
        yield expression
        return
    yield from check_names(expression, node, package, known, answered[node.id])
    may_repeat = (node.kind == "boundaryEvent" or node.begins_handler) and not node.is_interrupting
    if local_name(times[0]) == "timeCycle" and not may_repeat:
        yield found("cycle_must_not_interrupt", node)
    value = constant(expression)
    if value is not None:
        yield from _check_value(node, local_name(times[0]), text, value, known)
    elif not expression.names:
        yield found("timer_unreadable", node, text=text)


def _check_value(node: Node, kind: str, text: str, value: object, known: Known) -> Iterator[Finding]:
    """A timer whose value is known before the process runs."""
    if kind == "timeDate":
        is_moment = isinstance(value, datetime) or type(value) is date
        yield from () if is_moment else (found("timer_unreadable", node, text=text),)
    elif kind == "timeCycle":
        yield from _check_cycle(node, value, known)
    elif isinstance(value, timedelta):
        yield from _check_length(node, text, value)
    elif isinstance(value, str):
        yield from check_allowed(node, value, known)
    else:
        yield found("timer_unreadable", node, text=text)


def _check_cycle(node: Node, value: object, known: Known) -> Iterator[Finding]:
    cycle = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if cycle is None:
        yield found("timer_unreadable", node, text=value)
        return
    # No number means for ever. A number of ten digits is not worth computing.
    if not cycle["count"] or len(cycle["count"]) > 9 or not 0 < int(cycle["count"]) <= MOST_CYCLES:
        yield found("cycle_too_many", node, text=value, limit=MOST_CYCLES)
    yield from check_allowed(node, cycle["period"], known, at_least=SHORTEST_CYCLE)


def check_allowed(
    drawn: Drawn, text: str, known: Known, *, at_least: timedelta | None = None, unreadable: str = "timer_unreadable"
) -> Iterator[Finding]:
    """A time allowed, written in the one notation: readable, positive, within five years, in a calendar we have."""
    try:
        allowed = parse_allowed(text)
    except BadDuration:
        yield found(_why(text) or unreadable, drawn, text=text)
        return
    if allowed.calendar and allowed.calendar not in known.calendars:
        yield found("calendar_unknown", drawn, calendar=allowed.calendar)
    elif at_least and not allowed.days and allowed.time < at_least:
        yield found("cycle_too_short", drawn, text=text)


def _why(text: str) -> str | None:
    """Which limit a refused duration breaks, None when it is not written as a duration at all."""
    if re.match(r"\s*(-P|P-|PT-)", text):
        return "timer_not_positive"
    try:
        parse_allowed(text, may_be_zero=True)
    except BadDuration:
        seconds = sum(int(amount) * _SECONDS[unit] for amount, unit in _AMOUNTS.findall(text[:80].partition("@")[0]))
        is_plain = re.match(r"\s*P[0-9WDTHMS]+\s*(@|$)", text) is not None
        return "timer_too_long" if is_plain and seconds > LONGEST.total_seconds() else None
    return "timer_not_positive"


def _check_length(drawn: Drawn, text: str, value: timedelta) -> Iterator[Finding]:
    if value <= timedelta(0):
        yield found("timer_not_positive", drawn, text=text)
    elif value > LONGEST:
        yield found("timer_too_long", drawn, text=text)


