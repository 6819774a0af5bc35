"""Answers as people type them, turned into typed values and back.

Every `read_` function raises Unreadable, whose message is a key of forms/messages.py.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from forms.messages import locale, spoken
from helpdesk.identifiers import IDENTIFIERS, BadIdentifier, WrongCheckDigit, WrongInSisc
from helpdesk.years import ZONE

DIGITS = 20  # of a number, before and after the point together
YEARS = range(1900, 2200)
SHAPES = frozenset({"email", "phone", *IDENTIFIERS})

_REFUSED = re.compile("[\x00\ud800-\udfff]")
# Controls, and the marks that turn the direction of a whole line and so disguise what is written.
_DROPPED = re.compile("[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_SPACES = str.maketrans("", "", " \t\u00a0\u202f\u2009'\u2019")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_LOCAL_DATE = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?")


class Unreadable(ValueError):
    """What was typed cannot be read; `key` names the message that says why, `facts` what it mentions."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


def read_text(typed: str, limit: int, lines: bool = False) -> str:
    """The text in one form: composed characters, line ends as \\n, no control characters, nothing around it."""
    if len(typed) > limit * 4 + 1000:  # far too long to be worth the work of normalising it
        raise Unreadable("too_long", n=limit, now=len(typed))
    if _REFUSED.search(typed):
        raise Unreadable("bad_characters")
    text = unicodedata.normalize("NFC", _DROPPED.sub("", _LINE_ENDS.sub("\n", typed)))
    if not lines:
        text = text.replace("\n", " ").replace("\t", " ")
    text = text.strip()
    if len(text) > limit:
        raise Unreadable("too_long", n=limit, now=len(text))
    return text


def read_number(typed: str, language: str) -> Decimal:
    """A number as it is written in that language: spaces between thousands, a comma or a point before decimals.

    A text that means different numbers to different people, such as 1.234, is refused.
    """
    text = typed.translate(_SPACES).replace("\u2212", "-")
    group = "." if spoken(language) == "pl" else ","
    if re.fullmatch(rf"[+-]?[1-9][0-9]{{0,2}}\{group}[0-9]{{3}}", text, re.ASCII):
        raise Unreadable("which_number")
    for point, thousands in ((",", "."), (".", ",")):
        if re.fullmatch(rf"[+-]?[0-9]{{1,3}}(?:\{thousands}[0-9]{{3}})+\{point}[0-9]+", text, re.ASCII):
            text = text.replace(thousands, "")
    text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", text, re.ASCII) or len(text.lstrip("+-0.")) > DIGITS:
        raise Unreadable("number")
    number = Decimal(text)
    if len(number.as_tuple().digits) > DIGITS or number.as_tuple().exponent < -DIGITS:  # type: ignore[operator]
        raise Unreadable("number")
    return number if number else abs(number)  # there is no minus zero


def read_date(typed: str) -> date:
    """A day: 2027-01-15 as browsers send it, or 15.01.2027 as people type it."""
    text = typed.strip()
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = found.groups()
    elif found := _LOCAL_DATE.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise Unreadable("date")
    if int(year) not in YEARS:
        raise Unreadable("date")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable("date") from None


def read_time(typed: str) -> time:
    """A time of day to the minute: 07:15 or 7.15."""
    found = _TIME.fullmatch(typed.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Unreadable("time")
    return time(int(found[1]), int(found[2]))


def read_moment(typed: str) -> datetime:
    """A local day and time, as the UTC moment it was.

    The hour that comes twice when summer time ends is taken as the first of the two.
    """
    parts = typed.strip().replace("T", " ").split()
    if len(parts) != 2:
        raise Unreadable("datetime")
    try:
        local = datetime.combine(read_date(parts[0]), read_time(parts[1]))
    except Unreadable:
        raise Unreadable("datetime") from None
    moment = local.replace(tzinfo=ZONE).astimezone(UTC)
    if moment.astimezone(ZONE).replace(tzinfo=None) != local:
        raise Unreadable("no_such_moment")
    return moment


def read_shape(text: str, shape: str) -> str:
    """An address, a telephone number or an identifier in the form in which it is stored."""
    if shape == "email":
        return _read_email(text)
    if shape == "phone":
        return _read_phone(text)
    try:
        return IDENTIFIERS[shape](text)
    except WrongInSisc:
        raise Unreadable("id_sisc_inside") from None
    except WrongCheckDigit:
        raise Unreadable("check_digit") from None
    except BadIdentifier:
        raise Unreadable(shape) from None


def _read_email(text: str) -> str:
    local = text.partition("@")[0]
    if len(text) > 254 or len(local) > 64 or not _EMAIL.fullmatch(text):
        raise Unreadable("email")
    return text


def _read_phone(text: str) -> str:
    number = re.sub(r"[\s().\-/\u00a0\u2010-\u2013]", "", text)
    number = "+" + number[2:] if number.startswith("00") else number
    if not re.fullmatch(r"\+?[0-9]{7,15}", number, re.ASCII):
        raise Unreadable("phone")
    return "+48" + number if re.fullmatch(r"[0-9]{9}", number) else number


def write(value: object, language: str) -> str:
    """The value as it stands in a field, so that reading it again gives the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%dT%H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, int, float)):
        plain = f"{Decimal(str(value)):f}"
        return plain.replace(".", ",") if spoken(language) == "pl" else plain
    return str(value)


def tell(value: object, language: str) -> str:
    """The value as a person reads it: local dates, numbers with their separators."""
    place = locale(language)
    if isinstance(value, datetime):
        local = value.astimezone(ZONE)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        text = str(format_datetime(local, "d MMMM y, H:mm", tzinfo=ZONE, locale=place))
        return f"{text} {local:%Z}" if twice else text
    if isinstance(value, time):
        return str(format_time(value, "H:mm", locale=place))
    if isinstance(value, date):
        return str(format_date(value, "d MMMM y", locale=place))
    if isinstance(value, Decimal):
        return str(format_decimal(value, locale=place, decimal_quantization=False))
    return str(value)


def displayable(typed: str) -> str:
    """What was typed, without the characters that no page can carry."""
    return _REFUSED.sub("", _DROPPED.sub("", typed))


def is_plain(text: str) -> bool:
    """Whether every page and database can carry the text as it is."""
    return displayable(text) == text
