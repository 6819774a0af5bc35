"""The years of the desk: its time zone, and the numbers that begin anew each year."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import String, insert, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk.database import Record

ZONE = ZoneInfo("Europe/Warsaw")


class YearCounter(Record):
    """The row that gives out one kind of number in one year."""

    __tablename__ = "year_counter"
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def year_of(now: datetime) -> int:
    """The year in Poland."""
    return now.astimezone(ZONE).year


def next_of_year(session: Session, kind: str, *, now: datetime) -> tuple[int, int]:
    """The year, and the next number of the kind in it; the row is locked until the commit, so none is lost."""
    year = year_of(now)
    row = (YearCounter.kind == kind) & (YearCounter.year == year)
    taken = session.scalar(update(YearCounter).where(row).values(last=YearCounter.last + 1)
                           .returning(YearCounter.last).execution_options(synchronize_session=False))
    if taken is None:
        # Two first ones of a year at once: the second insert fails as a lost race, and its act is done again.
        session.execute(insert(YearCounter).values(kind=kind, year=year, last=1))
        return year, 1
    return year, taken
