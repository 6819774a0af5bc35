"""The report of a replay: the same figures from the log alone and from the database alone, and what differs.

What opened, closed, duration and breach mean is said in `engine.replay.stories`. Months are those of UTC, the zone
of the log. The median of an even number of durations is the mean of the middle two; p90 is the smallest duration that
at least nine tenths of the closed cases do not exceed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from math import ceil
from statistics import median

from sqlalchemy.orm import Session

from engine.replay.cast import Cast
from engine.replay.log import Log
from engine.replay.stories import TARGETS, Stories, Story, tell_from_database, tell_from_log
from sla.calendars import Calendar
from sla.durations import parse_allowed
from sla.speech import say_duration

_WORDS = {
    "pl": {
        "sums": "Spraw: {cases}, zdarzeń: {events}, na końcu otwartych: {still_open}",
        "acts": "Czynności: {acts}", "months": "miesiąc   otwarto  zamknięto",
        "durations": "Czas od otwarcia do zamknięcia: mediana {median}, 90 % spraw najwyżej {p90}",
        "breach": "Cel „{target}” ({allowed}), spraw po terminie: {count} ({percent})",
        "first_answer": "pierwsza odpowiedź", "solution": "rozwiązanie",
        "difference": "{case}{what}: w pliku {in_log}, w bazie {in_database}", "nothing": "nic",
    },
    "en": {
        "sums": "Cases: {cases}, events: {events}, open at the end: {still_open}",
        "acts": "Acts: {acts}", "months": "month     opened  closed",
        "durations": "From opening to closing: median {median}, 90 % of cases at most {p90}",
        "breach": "Target “{target}” ({allowed}), cases in breach: {count} ({percent})",
        "first_answer": "first answer", "solution": "solution",
        "difference": "{case}{what}: {in_log} in the log, {in_database} in the database", "nothing": "nothing",
    },
}


@dataclass(frozen=True)
class Report:
    """The figures of one replay. opened, closed: by month (“2012-03”); breaches: cases by target."""

    cases: int
    events: int
    still_open: int
    acts: Mapping[str, int]
    opened: Mapping[str, int]
    closed: Mapping[str, int]
    median: timedelta | None
    p90: timedelta | None
    breaches: Mapping[str, int]

    @classmethod
    def from_log(cls, log: Log, cast: Cast, calendars: Mapping[str, Calendar]) -> "Report":
        """The report computed from the file alone."""
        return cls.of(tell_from_log(log, cast, calendars).values())

    @classmethod
    def from_database(cls, session: Session) -> "Report":
        """The report computed from the tables alone."""
        return cls.of(tell_from_database(session).values())

    @classmethod
    def of(cls, stories: Iterable[Story]) -> "Report":
        stories = list(stories)
        spans = sorted(story.closed_at - story.opened_at for story in stories if story.closed_at is not None)
        breaches = Counter(target for story in stories for target in story.breached)
        return cls(
            cases=len(stories), events=sum(story.events for story in stories),
            still_open=sum(story.is_open for story in stories),
            acts=_sorted(Counter(deed.act for story in stories for deed in story.deeds)),
            opened=_sorted(Counter(_month(story.opened_at) for story in stories)),
            closed=_sorted(Counter(_month(story.closed_at) for story in stories if story.closed_at is not None)),
            median=median(spans) if spans else None,  # type: ignore[type-var]  # timedeltas add and halve
            p90=spans[ceil(len(spans) * 9 / 10) - 1] if spans else None,
            breaches={target: breaches[target] for target in TARGETS})

    def lines(self, language: str) -> list[str]:
        """The report as a person reads it."""
        words = _WORDS[language]
        acts = ", ".join(f"{act} {count}" for act, count in sorted(self.acts.items(), key=lambda one: -one[1]))
        found = [words["sums"].format(cases=self.cases, events=self.events, still_open=self.still_open),
                 words["acts"].format(acts=acts), words["months"]]
        for month in sorted({*self.opened, *self.closed}):
            found.append(f"{month} {self.opened.get(month, 0):8} {self.closed.get(month, 0):8}")
        if self.median is not None and self.p90 is not None:
            found.append(words["durations"].format(median=say_duration(self.median, language),
                                                   p90=say_duration(self.p90, language)))
        for target, count in self.breaches.items():
            found.append(words["breach"].format(
                target=words[target], allowed=say_duration(parse_allowed(TARGETS[target]), language), count=count,
                percent=say_percent(count, self.cases, language)))
        return found


@dataclass(frozen=True)
class Difference:
    """One thing that the log and the database tell differently; case is empty for a figure of the report."""

    case: str
    what: str
    in_log: object
    in_database: object

    def sentence(self, language: str) -> str:
        words = _WORDS[language]
        told = [words["nothing"] if one is None else str(one) for one in (self.in_log, self.in_database)]
        return words["difference"].format(case=f"{self.case}, " if self.case else "", what=self.what,
                                          in_log=told[0], in_database=told[1])


def compare(in_log: Stories, in_database: Stories) -> list[Difference]:
    """Every figure of the two reports and every fact of the cases that is not the same."""
    found = _differing(Report.of(in_log.values()), Report.of(in_database.values()), case="")
    for case in sorted({*in_log, *in_database}):
        log, database = in_log.get(case), in_database.get(case)
        if log is None or database is None:
            found.append(Difference(case, "case", log and log.opened_at, database and database.opened_at))
        else:
            found += _differing(log, database, case=case)
    return found


def say_percent(part: int, whole: int, language: str) -> str:
    text = f"{100 * part / whole if whole else 0:.1f} %"
    return text.replace(".", ",") if language == "pl" else text


def _differing(log: Report | Story, database: Report | Story, *, case: str) -> list[Difference]:
    found = []
    for place in fields(log):
        one, other = getattr(log, place.name), getattr(database, place.name)
        if one != other:
            found.append(Difference(case, place.name, *_narrowed(one, other)))
    return found


def _narrowed(one: object, other: object) -> tuple[object, object]:
    """Of two long values only what differs."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
        return {key: one.get(key) for key in keys}, {key: other.get(key) for key in keys}
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return sorted(one - other), sorted(other - one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        place = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                     min(len(one), len(other)))
        return (f"{place + 1}/{len(one)}: {_told(one, place)}", f"{place + 1}/{len(other)}: {_told(other, place)}")
    return one, other


def _told(many: tuple[object, ...], place: int) -> str:
    if place >= len(many):
        return "–"
    parts = many[place] if isinstance(many[place], tuple) else (many[place],)
    return " ".join(str(part) for part in parts if part is not None)  # type: ignore[attr-defined]


def _month(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m}"


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items()))
