"""Tables for a spreadsheet: CSV as Excel reads it, a line at a time or whole."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from flask import Response

from helpdesk.years import ZONE

BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
FORMULA = ("=", "+", "-", "@", "\t", "\r")
TYPE = "text/csv; charset=utf-8"


def lines(rows: Iterable[Iterable[Any]], language: str) -> Iterator[str]:
    """The rows as CSV: semicolons in Polish, as a Polish Excel expects, and a mark by which it knows the letters."""
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";" if language == "pl" else ",", lineterminator="\r\n")
    line.write(BOM)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def attached(rows: Iterable[Iterable[Any]], language: str, *, name: str) -> Response:
    """A whole table as a file of that name; the headings are its first row."""
    return Response("".join(lines(rows, language)), content_type=TYPE,
                    headers={"Content-Disposition": f"attachment; filename={name}.csv"})


def cell(value: Any) -> str:
    """A value as a spreadsheet shows it; a text that it would take for a formula stays a text."""
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
