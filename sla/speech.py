"""How a person says time: what is left of a promise, a moment, a duration; in Polish and in English.

Amounts are rounded down: never more is promised than there is.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sla.calendars import Calendar, Windows, elapsed
from sla.clocks import Reading
from sla.durations import Allowed

HOME_ZONE = "Europe/Warsaw"

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_LONG = timedelta(hours=10)  # from here on nobody counts minutes
_VERY_LONG = timedelta(hours=48)  # from here on the wall clock is told in days

_MONTHS = {
    "pl": (
        *("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca"),
        *("lipca", "sierpnia", "września", "października", "listopada", "grudnia"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
# Days from today: (as it stands, after "do").
_NEAR_DAYS = {
    "pl": {-1: ("wczoraj", "wczoraj"), 0: ("dziś", "dziś"), 1: ("jutro", "jutra")},
    "en": {-1: ("yesterday", "yesterday"), 0: ("today", "today"), 1: ("tomorrow", "tomorrow")},
}
_PAUSES = {
    "pl": {
        "waiting_for_client": "czekamy na klienta",
        "solution_offered": "czekamy na ocenę rozwiązania",
        "complaint": "trwa rozpatrywanie reklamacji",
        "planned_break": "zaplanowana przerwa",
        "known_failure": "trwa znana awaria",
    },
    "en": {
        "waiting_for_client": "waiting for the client",
        "solution_offered": "waiting for the solution to be judged",
        "complaint": "a complaint is being decided",
        "planned_break": "planned break",
        "known_failure": "a known failure lasts",
    },
}
_WORDS = {
    "pl": {
        "paused": "wstrzymane",
        "paused_late": "po terminie, wstrzymane",
        "met": "termin dotrzymany",
        "missed": "termin przekroczony o {late}",
        "missed_barely": "termin przekroczony",
        "late": "po terminie o {late}",
        "late_since": "po terminie od {moment}",
        "left": "{left}, do {moment}",
    },
    "en": {
        "paused": "paused",
        "paused_late": "overdue, paused",
        "met": "kept in time",
        "missed": "missed by {late}",
        "missed_barely": "missed",
        "late": "overdue by {late}",
        "late_since": "overdue since {moment}",
        "left": "{left}, until {moment}",
    },
}
_OPEN = {
    "pl": {"always": "całą dobę", "working": "dni robocze", "days": "pon. wt. śr. czw. pt. sob. niedz."},
    "en": {"always": "day and night", "working": "working days", "days": "Mon Tue Wed Thu Fri Sat Sun"},
}
# One, few (2–4, 22–24, …), many. Hours and minutes are abbreviated and only their adjective changes.
_DAYS = ("dzień", "dni", "dni")
_NOMINATIVE = {"day": ("roboczy", "robocze", "roboczych"), "hour": ("robocza", "robocze", "roboczych")}
_ACCUSATIVE = {"day": ("roboczy", "robocze", "roboczych"), "hour": ("roboczą", "robocze", "roboczych")}
# "zostało 2 godz. roboczych": what is left of hours is told like an amount of stuff.
_LEFT = {"day": ("roboczy", "robocze", "roboczych"), "hour": ("robocza", "roboczych", "roboczych")}
_CASES = {"nominative": _NOMINATIVE, "accusative": _ACCUSATIVE, "left": _LEFT}
_REMAINED = {"day": ("został", "zostały", "zostało"), "hour": ("została", "zostało", "zostało")}


@dataclass(frozen=True, slots=True)
class _Amount:
    """A duration cut to what a person says: days, or hours and minutes."""

    days: int
    hours: int
    minutes: int
    is_working: bool

    @property
    def is_nothing(self) -> bool:
        return not (self.days or self.hours or self.minutes)


def say_left(
    reading: Reading, calendar: Calendar | None, now: datetime, lang: str, *, zone: ZoneInfo | None = None
) -> str:
    """How the promise stands: what is left and until when, how late it is, why it waits, or how it ended.

    calendar: of the reading's target, None for the wall clock. zone: of the moments said; the calendar's if not given.
    """
    words = _WORDS[_language(lang)]
    due = reading.due_at
    where = zone or ZoneInfo(calendar.zone if calendar else HOME_ZONE)
    if reading.stopped_at is not None:
        return words["met"] if reading.met else _say_late(reading, calendar, "missed", "missed_barely", lang)
    if reading.is_paused:
        return _say_pause(reading, lang)
    if due is None or due <= now:
        barely = say_moment(due or now, now, where, lang, after_do=True)
        return _say_late(reading, calendar, "late", "late_since", lang).format(moment=barely)
    amount = _amount_left(reading, calendar, now, due)
    return words["left"].format(left=_say_left(amount, lang), moment=say_moment(due, now, where, lang, after_do=True))


def say_remaining(reading: Reading, calendar: Calendar | None, now: datetime, lang: str) -> str:
    """What is left of a running promise, by itself: "zostało 16 dni roboczych"; empty when nothing is."""
    due = reading.due_at
    return _say_left(_amount_left(reading, calendar, now, due), lang) if due is not None and due > now else ""


def say_moment(moment: datetime, now: datetime, zone: ZoneInfo, lang: str, *, after_do: bool = False) -> str:
    """A moment by the wall clock of `zone`: "dziś 14:05", "jutro 9:15", "23 listopada 2026, 9:15".

    after_do: in the case that follows the Polish "do" and "od" ("jutra 9:15").
    """
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local.hour}:{local.minute:02d}"
    near = _NEAR_DAYS[_language(lang)].get((local.date() - today).days)
    if near is not None:
        return f"{near[after_do]} {clock}"
    return f"{say_day(local.date(), lang)}, {clock}"


def say_day(day: date, lang: str) -> str:
    """A date in words: "23 listopada 2026", "23 November 2026"."""
    return f"{day.day} {_MONTHS[_language(lang)][day.month - 1]} {day.year}"


def say_duration(allowed: Allowed | timedelta, lang: str, *, working: bool = False) -> str:
    """A duration by itself: "20 dni roboczych", "4 godz. robocze", "4 working hours".

    working: whether a timedelta is working time; an Allowed says so itself.
    """
    if isinstance(allowed, timedelta):
        return _say(_amount(allowed, is_working=working), "nominative", lang)
    is_working = allowed.calendar is not None and allowed.calendar != "always"
    if allowed.is_in_days:
        return _say(_Amount(allowed.days, 0, 0, is_working), "nominative", lang)
    return _say(_amount(timedelta(days=allowed.days) + allowed.time, is_working=is_working), "nominative", lang)


def say_hours(calendar: Calendar, lang: str) -> str:
    """When a calendar is open: "całą dobę", "dni robocze 7:15–15:15", "pon.–czw. 8:00–16:00, pt. 8:00–14:00"."""
    names = _OPEN[_language(lang)]
    if calendar.is_always:
        return names["always"]
    runs: list[tuple[int, int]] = []  # weekdays in a row with the same windows
    for day, windows in enumerate(calendar.windows):
        if windows and runs and runs[-1][1] == day - 1 and calendar.windows[runs[-1][0]] == windows:
            runs[-1] = runs[-1][0], day
        elif windows:
            runs.append((day, day))
    return ", ".join(f"{_say_days(first, last, calendar, names)} {_say_windows(calendar.windows[first])}"
                     for first, last in runs)


def _say_days(first: int, last: int, calendar: Calendar, names: dict[str, str]) -> str:
    if (first, last) == (0, 4) and calendar.holidays is not None:
        return names["working"]
    days = names["days"].split()
    return days[first] if first == last else f"{days[first]}–{days[last]}"


def _say_windows(windows: Windows) -> str:
    return ", ".join(f"{one.opens // 60}:{one.opens % 60:02d}–{one.closes // 60}:{one.closes % 60:02d}"
                     for one in windows)


def _language(lang: str) -> str:
    return "pl" if lang.lower().startswith("pl") else "en"


def _plural(number: int) -> int:
    """Which of one, few, many a Polish number takes."""
    if number == 1:
        return 0
    return 1 if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else 2


def _amount(time: timedelta, *, is_working: bool) -> _Amount:
    if time >= _VERY_LONG and not is_working:
        return _Amount(time.days, 0, 0, is_working)
    hours, rest = divmod(time, _HOUR)
    return _Amount(0, hours, 0 if time >= _LONG else rest // _MINUTE, is_working)


def _is_working(calendar: Calendar | None) -> bool:
    return calendar is not None and not calendar.is_always


def _amount_left(reading: Reading, calendar: Calendar | None, now: datetime, due: datetime) -> _Amount:
    """What is left of a running clock; the last working day is told in hours."""
    is_working = _is_working(calendar)
    days = reading.remaining_days
    if days is not None and int(days) >= 1:
        return _Amount(int(days), 0, 0, is_working)
    counted = calendar if reading.allowed.calendar else None
    return _amount(elapsed(now, due, counted), is_working=is_working)


def _amount_late(reading: Reading, calendar: Calendar | None) -> _Amount:
    is_working = _is_working(calendar)
    days = reading.remaining_days
    if days is not None and -days >= 1:
        return _Amount(int(-days), 0, 0, is_working)
    due = reading.due_at
    counted = calendar if reading.allowed.calendar else None
    late = timedelta(0)
    for since, until in reading.runs:
        if due is not None and until > due:
            late += elapsed(max(since, due), until, counted)
    return _amount(late, is_working=is_working)


def _say_late(reading: Reading, calendar: Calendar | None, kind: str, barely: str, lang: str) -> str:
    words = _WORDS[_language(lang)]
    late = _amount_late(reading, calendar)
    return words[barely] if late.is_nothing else words[kind].format(late=_say(late, "accusative", lang))


def _say_pause(reading: Reading, lang: str) -> str:
    language = _language(lang)
    state = _WORDS[language]["paused_late" if reading.breached_at else "paused"]
    reason = _PAUSES[language].get(reading.paused_because or "")
    return f"{state}: {reason}" if reason else state


def _say_left(amount: _Amount, lang: str) -> str:
    if _language(lang) == "en":
        return f"{_say(amount, 'left', lang)} left"
    unit, number = _leading(amount)
    verb = "zostało" if amount.is_nothing else _REMAINED[unit][_plural(number)]
    return f"{verb} {_say(amount, 'left', lang)}"


def _leading(amount: _Amount) -> tuple[str, int]:
    """The unit and the number that verb and adjective agree with."""
    if amount.days:
        return "day", amount.days
    if amount.hours and amount.minutes:
        return "hour", max(amount.minutes, 5)  # "1 godz. 1 min roboczych": a compound is always many
    return "hour", amount.hours or amount.minutes


def _say(amount: _Amount, case: str, lang: str) -> str:
    if _language(lang) == "en":
        return _say_in_english(amount)
    if amount.is_nothing:
        return "mniej niż 1 min"
    unit, number = _leading(amount)
    if amount.days:
        said = f"{amount.days} {_DAYS[_plural(amount.days)]}"
    else:
        parts = ((amount.hours, "godz."), (amount.minutes, "min"))
        said = " ".join(f"{count} {name}" for count, name in parts if count)
    return f"{said} {_CASES[case][unit][_plural(number)]}" if amount.is_working else said


def _say_in_english(amount: _Amount) -> str:
    if amount.is_nothing:
        return "less than 1 minute"
    parts = ((amount.days, "day"), (amount.hours, "hour"), (amount.minutes, "minute"))
    said = [(count, name if count == 1 else name + "s") for count, name in parts if count]
    working = "working " if amount.is_working else ""
    return " ".join(f"{count} {working if number == 0 else ''}{name}" for number, (count, name) in enumerate(said))
