"""Replaying an event log of a real help desk through the use cases, with a simulated clock.

`replay(database, path)` reads an XES log, makes each case a ticket of the ticket process and each event an act of a
client or agent at the event's own moment, and ends with a report from the database's tables that is compared, case by
case and figure by figure, with what the log alone says.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.replay.cast import Cast
from engine.replay.log import Log, Unmapped, read_log
from engine.replay.player import Player, Progress, prepare_desk
from engine.replay.player import refuse_used as refuse_used
from engine.replay.report import Difference, Report, compare, say_percent
from engine.replay.stories import tell_from_database, tell_from_log
from engine.versions import shelf_of
from helpdesk.database import Database

MOST_UNMAPPED = 0.01
SHOWN = 20

_WORDS = {
    "pl": {
        "unmapped": "Zdarzeń, których nie dało się odtworzyć: {count} z {all} ({percent})",
        "unknown_name": "nieznana nazwa zdarzenia „{detail}”",
        "no_moment": "brak chwili ze strefą czasową ({detail})",
        "no_person": "brak osoby",
        "no_customer": "brak klienta",
        "already_inserted": "zgłoszenie było już zarejestrowane",
        "not_registered": "zgłoszenia nie dało się zarejestrować: {detail}",
        "refused": "proces na to nie pozwala: {detail}",
        "customers": "Spraw, w których zmienia się klient (zgłoszenie zachowuje pierwszego): {count}",
        "same": "Baza danych i plik mówią to samo: wszystkie liczby oraz chwile, osoby i czynności każdej sprawy.",
        "differences": "Różnic między bazą danych a plikiem: {count}",
    },
    "en": {
        "unmapped": "Events that could not be replayed: {count} of {all} ({percent})",
        "unknown_name": "unknown name of an event “{detail}”",
        "no_moment": "no moment with a time zone ({detail})",
        "no_person": "no person",
        "no_customer": "no customer",
        "already_inserted": "the ticket was registered already",
        "not_registered": "the ticket could not be registered: {detail}",
        "refused": "the process does not allow it: {detail}",
        "customers": "Cases that change their customer (the ticket keeps the first): {count}",
        "same": "Database and file say the same: all figures, and each case's moments, people and acts.",
        "differences": "Differences between database and file: {count}",
    },
}


@dataclass(frozen=True)
class Outcome:
    """What a replay gave. report: from the database. differences: to what the file alone says."""

    log: Log
    report: Report
    unmapped: tuple[Unmapped, ...]
    differences: tuple[Difference, ...]

    @property
    def events_read(self) -> int:
        """All events of the file, mapped or not."""
        return sum(len(case.events) for case in self.log.cases) + len(self.unmapped)

    @property
    def is_good(self) -> bool:
        """Whether nothing differs and at most a hundredth of the events was left out."""
        return not self.differences and len(self.unmapped) <= MOST_UNMAPPED * self.events_read

    def lines(self, language: str) -> list[str]:
        """The report, what could not be mapped and why, and the comparison, as a person reads them."""
        words = _WORDS[language]
        found = [*self.report.lines(language), words["unmapped"].format(
            count=len(self.unmapped), all=self.events_read,
            percent=say_percent(len(self.unmapped), self.events_read, language))]
        reasons = Counter(words[one.reason].format(detail=one.detail) for one in self.unmapped)
        found += [f"  {count} × {reason}" for reason, count in reasons.most_common(SHOWN)]
        if self.log.changed_customers:
            found.append(words["customers"].format(count=self.log.changed_customers))
        if not self.differences:
            return [*found, words["same"]]
        return [*found, words["differences"].format(count=len(self.differences)),
                *(f"  {one.sentence(language)}" for one in self.differences[:SHOWN])]


def silent(done: int, total: int, now: datetime) -> None:
    """A progress that nobody watches."""


def replay(database: Database, path: Path | str, *, progress: Progress = silent) -> Outcome:
    """Play the log in the file at an empty desk and compare.

    progress: told after every event how many of all are done, and the simulated moment.
    Raises BadLog, UnreadableLog, NotEmpty.
    """
    read = read_log(Path(path))
    cast = Cast.of(read)
    people = prepare_desk(database, cast, now=read.began_at)
    refused = Player(database, read, cast, people).play(progress)
    # What the desk refused is counted, and then the file is asked what it says without it.
    played = read.without(refused)
    with database.transaction() as session:
        in_database = tell_from_database(session)
        calendars = shelf_of(session).calendars
    in_log = tell_from_log(played, cast, calendars)
    return Outcome(played, Report.of(in_database.values()), played.unmapped, tuple(compare(in_log, in_database)))
