"""Numbers that clients quote: each function gives the number as it is stored, or says what is wrong with it."""

import re
import string
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from helpdesk.errors import DeskError


class BadIdentifier(DeskError):
    """This is not a valid {kind} number."""


class WrongShape(BadIdentifier):
    """A {kind} number has a different length or other characters."""


class WrongCheckDigit(BadIdentifier):
    """One of the characters of this {kind} number is wrong: its check digit does not fit."""


class WrongSisc(WrongShape):
    """An ID SISC has 17 characters: PL, the NIP and five digits of the REGON; or a PESEL or an EORI with zeros."""


class WrongInSisc(WrongCheckDigit):
    """The {inside} inside this ID SISC is wrong: its check digit does not fit."""


EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# Northern Ireland trades under its own prefix since the United Kingdom left the Union.
EORI_COUNTRIES = EU | {"XI"}

NIP_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)
PESEL_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
REGON_WEIGHTS = (8, 9, 2, 3, 4, 5, 6, 7)
LONG_REGON_WEIGHTS = (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)
# PESEL keeps the century in the month: 81-92 is 18xx, 01-12 is 19xx, 21-32 is 20xx and so on.
PESEL_CENTURIES = {80: 1800, 0: 1900, 20: 2000, 40: 2100, 60: 2200}

_SPARE = str.maketrans("", "", " -\u00a0\u202f\u2009\u2010\u2011\u2013\t")


def _iso6346_values() -> dict[str, int]:
    """The value of every character in ISO 6346: letters count on from 10 and skip the multiples of 11."""
    letters = [number for number in range(10, 39) if number % 11]
    return {str(digit): digit for digit in range(10)} | dict(zip(string.ascii_uppercase, letters, strict=True))


_ISO6346 = _iso6346_values()


def nip(text: str) -> str:
    """The ten digits of a Polish tax number; dashes, spaces and the prefix PL may be there."""
    number = _compact(text).removeprefix("PL")
    _shape("NIP", number, r"[0-9]{10}")
    _checked("NIP", set(number) != {"0"} and _weighted(number, NIP_WEIGHTS) == int(number[9]))
    return number


def pesel(text: str) -> str:
    """The eleven digits of a personal number; they hold a date of birth that must exist."""
    number = _compact(text)
    _shape("PESEL", number, r"[0-9]{11}")
    _checked("PESEL", -_sum(number, PESEL_WEIGHTS) % 10 == int(number[10]) and _has_birthday(number))
    return number


def regon(text: str) -> str:
    """The nine digits of a company in the statistical register, or the fourteen of one of its places."""
    number = _compact(text)
    _shape("REGON", number, r"[0-9]{9}|[0-9]{14}")
    fits = number[:9] != "0" * 9 and _weighted(number, REGON_WEIGHTS) % 10 == int(number[8])
    if len(number) == 14:
        fits = fits and _weighted(number, LONG_REGON_WEIGHTS) % 10 == int(number[13])
    _checked("REGON", fits)
    return number


def eori(text: str) -> str:
    """A number of a trader in the Union: PL and 15 digits, or another member's prefix and up to 15 characters."""
    number = _compact(text)
    _shape("EORI", number, r"PL[0-9]{15}|(?!PL)[A-Z]{2}[A-Z0-9]{1,15}")
    if number[:2] not in EORI_COUNTRIES:
        raise WrongShape(kind="EORI")
    return number


def id_sisc(text: str) -> str:
    """The seventeen characters by which the customs systems know a client: another number of theirs, filled up.

    PL, NIP and the last five digits of the REGON (zeros without one); a PESEL with zeros on either side, behind PL or
    without it; or the EORI of another country with zeros, whose check digits are that country's own.
    """
    number = _compact(text)
    digits = number.removeprefix("PL")
    is_polish = number.startswith("PL") and len(digits) == 15
    if re.fullmatch(r"[0-9]{17}|PL[0-9]{15}", number, re.ASCII) is None:
        if re.fullmatch(r"(?!PL)[A-Z]{2}(?!0{15})[A-Z0-9]{15}", number, re.ASCII) is None or (
                number[:2] not in EORI_COUNTRIES):
            raise WrongSisc(kind="ID SISC")
        return number
    zeros = "0" * (len(digits) - 11)
    people = [digits[:11] if digits.endswith(zeros) else "", digits[-11:] if digits.startswith(zeros) else ""]
    if any(_is(pesel, one) for one in people) or (is_polish and _is(nip, digits[:10])):
        return number
    if not is_polish and not any(people):
        raise WrongSisc(kind="ID SISC")
    raise WrongInSisc(kind="ID SISC", inside=("NIP / PESEL" if any(people) else "NIP") if is_polish else "PESEL")


def mrn(text: str) -> str:
    """The eighteen characters of a customs declaration: year, country, number, check digit.

    The check digit is that of ISO 6346 over the first seventeen characters. Only members of the
    Union are known to keep to it, so other countries' numbers are taken by their shape.
    """
    number = _compact(text)
    _shape("MRN", number, r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]")
    if number[2:4] in EU:
        total = sum(_ISO6346[character] << place for place, character in enumerate(number[:17]))
        _checked("MRN", total % 11 % 10 == int(number[17]))
    return number


def vin(text: str) -> str:
    """The seventeen characters of a vehicle. European makers do not fill the check digit, so it is not looked at."""
    number = _compact(text)
    _shape("VIN", number, r"[A-HJ-NPR-Z0-9]{17}")
    return number


def sent(text: str) -> str:
    """The reference number of a monitored carriage: SENT and digits.

    How many digits is not published in a form we could check, hence the range.
    """
    number = _compact(text)
    _shape("SENT", number, r"SENT[0-9]{8,20}")
    return number


def certificate(text: str) -> str:
    """The serial number of a certificate, or its fingerprint: hexadecimal digits, with colons or without.

    A serial has at most twenty bytes (RFC 5280); a fingerprint has twenty or thirty-two.
    """
    number = _compact(text).replace(":", "")
    _shape("certificate", number, r"[0-9A-F]{8,40}|[0-9A-F]{64}")
    return number


IDENTIFIERS: Mapping[str, Callable[[str], str]] = {
    "nip": nip, "pesel": pesel, "regon": regon, "eori": eori,
    "id_sisc": id_sisc, "mrn": mrn, "vin": vin, "sent": sent,
    "certificate": certificate,
}


def _compact(text: str) -> str:
    return text.strip().translate(_SPARE).upper()


def _is(read: Callable[[str], str], number: str) -> bool:
    try:
        read(number)
    except BadIdentifier:
        return False
    return True


def _shape(kind: str, number: str, pattern: str) -> None:
    if re.fullmatch(pattern, number, re.ASCII) is None:
        raise WrongShape(kind=kind)


def _checked(kind: str, fits: bool) -> None:
    if not fits:
        raise WrongCheckDigit(kind=kind)


def _sum(number: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def _weighted(number: str, weights: Sequence[int]) -> int:
    return _sum(number, weights) % 11


def _has_birthday(number: str) -> bool:
    year, month, day = int(number[:2]), int(number[2:4]), int(number[4:6])
    century = PESEL_CENTURIES[month // 20 * 20]
    try:
        date(century + year, month % 20, day)
    except ValueError:
        return False
    return True
