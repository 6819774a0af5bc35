"""Invented logs in the shape of the real one."""

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

Row = tuple[str, str, str] | tuple[str, str, str, str]  # moment, agent, event, perhaps the customer
Cases = dict[str, list[Row]]

# March 2012: the office in Warsaw works from 6:15 to 14:15 UTC, from 25 March one hour earlier. Easter Monday: 9 April.
SMALL: Cases = {
    "Case 1": [  # plain
        ("2012-03-05T08:00", "Value 1", "Assign seriousness"), ("2012-03-05T08:05", "Value 2", "Take in charge ticket"),
        ("2012-03-06T10:00", "Value 2", "Resolve ticket"), ("2012-03-21T10:00", "Value 3", "Closed")],
    "Case 2": [  # registered by an agent; nobody took it for more than a day of work
        ("2012-03-05T09:00", "Value 1", "Insert ticket"), ("2012-03-06T09:00:01", "Value 1", "Take in charge ticket"),
        ("2012-03-07T09:00", "Value 1", "Wait"), ("2012-03-08T09:00", "Value 1", "Require upgrade"),
        ("2012-03-09T09:00", "Value 2", "Take in charge ticket"), ("2012-03-12T09:00", "Value 2", "Resolve ticket"),
        ("2012-03-27T09:00", "Value 3", "Closed")],
    "Case 3": [  # every rare event, some at the same moment
        ("2012-03-06T09:00", "Value 4", "Take in charge ticket"), ("2012-03-06T09:00", "Value 4", "Create SW anomaly"),
        ("2012-03-07T09:00", "Value 4", "Resolve SW anomaly"), ("2012-03-07T09:00", "Value 5", "RESOLVED"),
        ("2012-03-07T09:00", "Value 5", "INVALID"), ("2012-03-07T09:30", "Value 5", "DUPLICATE"),
        ("2012-03-07T09:30", "Value 5", "VERIFIED"), ("2012-03-08T09:00", "Value 4", "Schedule intervention"),
        ("2012-03-09T09:00", "Value 4", "Closed")],
    "Case 4": [  # never closed, and not solved within 20 working days
        ("2012-03-05T08:00", "Value 1", "Assign seriousness"),
        ("2012-03-05T08:05", "Value 1", "Take in charge ticket")],
    "Case 5": [  # closed twice
        ("2012-03-05T10:00", "Value 1", "Take in charge ticket"), ("2012-03-12T10:00", "Value 3", "Closed"),
        ("2012-04-03T10:00", "Value 3", "Closed")],
    "Case 6": [  # a late act opens it again, and it stays open
        ("2012-03-05T10:00", "Value 1", "Take in charge ticket"), ("2012-03-12T10:00", "Value 3", "Closed"),
        ("2012-03-18T10:00", "Value 5", "VERIFIED"), ("2012-03-18T10:00", "Value 5", "Resolve ticket")],
    "Case 7": [  # opened again with a new solution clock: 18 and 10 working days breach nothing
        ("2012-03-05T10:00", "Value 1", "Take in charge ticket"), ("2012-03-29T10:00", "Value 3", "Closed"),
        ("2012-04-02T10:00", "Value 1", "Take in charge ticket"), ("2012-04-17T10:00", "Value 1", "Resolve ticket"),
        ("2012-05-02T10:00", "Value 3", "Closed")],
    "Case 8": [  # 61 days after closing the process is over
        ("2012-03-05T10:00", "Value 1", "Take in charge ticket"), ("2012-03-06T10:00", "Value 3", "Closed"),
        ("2012-05-06T10:00:01", "Value 1", "Take in charge ticket")],
    "Case 9": [  # what cannot be mapped
        ("2012-03-05T10:00", "Value 1", "Take in charge ticket"), ("2012-03-05T11:00", "Value 1", "Escalate to vendor"),
        ("2012-03-05T12:00", "", "Wait"), ("yesterday", "Value 1", "Wait"),
        ("2012-03-05T13:00", "Value 1", "Wait", ""), ("2012-03-05T14:00", "Value 1", "Insert ticket"),
        ("2012-03-06T10:00", "Value 3", "Closed")],
    "Case 10": [  # waiting stops the clock
        ("2012-03-05T10:00", "Value 1", "Take in charge ticket"), ("2012-03-06T10:00", "Value 1", "Wait"),
        ("2012-05-07T10:00", "Value 1", "Take in charge ticket"), ("2012-05-08T10:00", "Value 1", "Resolve ticket")],
    "Case 11": [  # taken at the very moment the eight hours are used up: in time
        ("2012-03-05T09:30", "Value 1", "Assign seriousness"), ("2012-03-06T09:30", "Value 1", "Take in charge ticket"),
        ("2012-03-07T09:30", "Value 1", "Closed")],
    "Case 12": [  # the customer changes
        ("2012-03-05T10:00", "Value 1", "Take in charge ticket", "Value 70"),
        ("2012-03-06T10:00", "Value 1", "Closed", "Value 80")],
    "Case 13": [  # nobody took it; the log ends after the breach and before it is overdue by half
        ("2012-05-15T10:00", "Value 1", "Assign seriousness")],
    "Case 14": [("2012-05-16T11:00", "Value 1", "Insert ticket")],
}


def xes(cases: Cases) -> str:
    """The log as a file has it."""
    traces = "".join(
        f'<trace>{_text("concept:name", name)}{"".join(_event(place, row) for row in rows)}</trace>'
        for place, (name, rows) in enumerate(cases.items(), 1))
    return ('<?xml version="1.0" encoding="utf-8" ?>\n'
            '<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">\n'
            '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>\n'
            f'<string key="origin" value="invented"/>\n{traces}</log>\n')


def write(path: Path, cases: Cases) -> Path:
    """The log in a file, gzipped if the name ends so."""
    data = xes(cases).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def invented(seed: int, cases: int = 12) -> Cases:
    """A log of wild cases: any event after any other, at working hours, at night, at the same moment."""
    dice = random.Random(seed)
    names = ("Take in charge ticket", "Assign seriousness", "Wait", "Require upgrade", "Create SW anomaly", "VERIFIED",
             "Resolve ticket", "Resolve ticket", "Closed")
    pauses = (timedelta(0), timedelta(minutes=7), timedelta(hours=3), timedelta(hours=8), timedelta(days=2),
              timedelta(days=12), timedelta(days=28))
    found: Cases = {}
    for number in range(cases):
        at = datetime(2013, 2, 1, 6, 15, tzinfo=UTC) + dice.choice((3, 11)) * timedelta(hours=dice.randrange(200))
        rows: list[Row] = []
        for place in range(dice.randrange(2, 10)):
            name = "Insert ticket" if place == 0 and dice.random() < 0.2 else dice.choice(names)
            rows.append((at.strftime("%Y-%m-%dT%H:%M:%S"), f"Value {dice.randrange(1, 5)}", name))
            at += dice.choice(pauses)
        found[f"Case {number}"] = rows
    return found


def _event(place: int, row: Row) -> str:
    at, by, name = row[:3]
    customer = row[3] if len(row) > 3 else f"Value {place}"
    zoned = f"{at}+00:00" if "T" in at else at
    return (f'\n<event>{_text("concept:name", name)}{_text("org:resource", by)}<date key="time:timestamp" '
            f'value="{zoned}"/>{_text("customer", customer)}{_text("product", "Value 3")}'
            f'{_text("seriousness_2", "Value 2")}</event>')


def _text(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>"


def _event(place: int, row: Row) -> str:
    at, by, name = row[:3]
    customer = row[3] if len(row) > 3 else f"Value {place}"
    zoned = f"{at}+00:00" if "T" in at else at
    return (f'\n<event>{_text("concept:name", name)}{_text("org:resource", by)}<date key="time:timestamp" '
            f'value="{zoned}"/>{_text("customer", customer)}{_text("product", "Value 3")}'
            f'{_text("seriousness_2", "Value 2")}</event>')


def _text(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>"
