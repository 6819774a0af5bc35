"""Numbers that clients quote are read as people write them and refused when a digit is wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.identifiers import (
    IDENTIFIERS,
    BadIdentifier,
    WrongCheckDigit,
    WrongInSisc,
    WrongShape,
    WrongSisc,
    id_sisc,
    mrn,
    nip,
    pesel,
    regon,
)

RIGHT = [
    ("nip", "123-456-32-18", "1234563218"),
    ("nip", "PL 5260250274", "5260250274"),
    ("pesel", "44051401359", "44051401359"),
    ("pesel", "02070803628", "02070803628"),
    ("regon", "123456785", "123456785"),
    ("regon", "12345678512347", "12345678512347"),
    ("eori", "pl 123456321800000", "PL123456321800000"),
    ("eori", "DE1234567", "DE1234567"),
    ("eori", "XI123456789000", "XI123456789000"),
    ("id_sisc", "PL123456321800000", "PL123456321800000"),
    ("id_sisc", "00000044051401359", "00000044051401359"),
    ("id_sisc", "44051401359000000", "44051401359000000"),
    ("id_sisc", "pl 4405 1401 3590 000", "PL440514013590000"),
    ("id_sisc", "PL 123-456-32-18 56785", "PL123456321856785"),
    ("id_sisc", "DE123456700000000", "DE123456700000000"),
    ("id_sisc", "XI123456789000000", "XI123456789000000"),
    ("mrn", "06DE586600006143E1", "06DE586600006143E1"),
    ("mrn", "10nl5663962be1e825", "10NL5663962BE1E825"),
    ("mrn", "22GB02I89012847596", "22GB02I89012847596"),
    ("vin", "wvwzzz1jz3w386752", "WVWZZZ1JZ3W386752"),
    ("sent", "SENT20170500000123", "SENT20170500000123"),
    ("certificate", "4f:0a:1b:2c:9d", "4F0A1B2C9D"),
    ("certificate", "0A 1B 2C 3D", "0A1B2C3D"),
    ("certificate", "ab" * 32, "AB" * 32),
]
WRONG = [
    ("nip", "1234563219", WrongCheckDigit),
    ("nip", "0000000000", WrongCheckDigit),
    ("nip", "123456321", WrongShape),
    ("nip", "１２３４５６３２１８", WrongShape),
    ("pesel", "44051401358", WrongCheckDigit),
    ("pesel", "00000000000", WrongCheckDigit),
    ("pesel", "4405140135", WrongShape),
    ("regon", "123456786", WrongCheckDigit),
    ("regon", "12345678512348", WrongCheckDigit),
    ("regon", "000000000", WrongCheckDigit),
    ("regon", "1234567851", WrongShape),
    ("eori", "PL12345", WrongShape),
    ("eori", "US123456", WrongShape),
    ("eori", "DE1234567890123456", WrongShape),
    ("id_sisc", "PL12345632180000", WrongSisc),
    ("id_sisc", "US123456700000000", WrongSisc),
    ("id_sisc", "DE000000000000000", WrongSisc),
    ("id_sisc", "PL1234563218ABCDE", WrongSisc),
    ("id_sisc", "12345678901234567", WrongSisc),
    ("id_sisc", "PL123456321956785", WrongInSisc),
    ("id_sisc", "PL440514013580000", WrongInSisc),
    ("id_sisc", "PL000000000000000", WrongInSisc),
    ("id_sisc", "44051401358000000", WrongInSisc),
    ("id_sisc", "00000044051401358", WrongInSisc),
    ("mrn", "06DE586600006143E2", WrongCheckDigit),
    ("mrn", "06DE586600006143E", WrongShape),
    ("vin", "WVWZZZ1JZ3W38675O", WrongShape),
    ("sent", "20170500000123", WrongShape),
    ("certificate", "4F0A1B2", WrongShape),
    ("certificate", "4F0A1B2G", WrongShape),
    ("certificate", "ab" * 21, WrongShape),
]


def is_refused(read, written):
    try:
        read(written)
    except BadIdentifier:
        return True
    return False


@pytest.mark.parametrize(("scheme", "written", "stored"), RIGHT)
def test_a_right_number_is_stored_in_one_form(scheme, written, stored):
    assert IDENTIFIERS[scheme](written) == stored


@pytest.mark.parametrize(("scheme", "written", "error"), WRONG)
def test_a_wrong_number_is_refused_with_the_cause(scheme, written, error):
    with pytest.raises(error):
        IDENTIFIERS[scheme](written)


def test_a_pesel_whose_day_does_not_exist_is_refused():
    with pytest.raises(WrongCheckDigit):
        pesel("44043101355")


@pytest.mark.parametrize(
    ("read", "number"), [(nip, "1234563218"), (pesel, "44051401359"), (regon, "123456785"), (mrn, "06DE586600006143E1")]
)
@given(place=st.integers(0, 17), digit=st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_always_noticed(read, number, place, digit):
    place %= len(number)
    if not number[place].isdigit() or number[place] == digit:
        return
    wrong = number[:place] + digit + number[place + 1 :]

    # Two remainders of eleven share the check digit 0, so two of the schemes let a few mistakes through.
    assert is_refused(read, wrong) or read in (regon, mrn)


def sum_of(digits, weights):
    """Written otherwise than in the house: by the remainder that the whole number with its check digit leaves."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def holds_nip(digits):
    """Its weighted digits, less the check digit, are a multiple of eleven."""
    return int(digits) > 0 and sum_of(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7, -1)) % 11 == 0


def holds_pesel(digits):
    """Its weighted digits are a multiple of ten, and the six in front are a day."""
    shift, month = divmod(int(digits[2:4]), 20)
    try:
        date((1900, 2000, 2100, 2200, 1800)[shift] + int(digits[:2]), month, int(digits[4:6]))
    except ValueError:
        return False
    return sum_of(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


@given(st.one_of(
    st.from_regex(r"\A[0-9]{15}\Z"), st.from_regex(r"\A[0-9]{11}0000\Z"),
    st.integers(0, 10**9 - 1).flatmap(lambda base: st.integers(0, 99999).map(
        lambda rest: f"{base:09}{sum_of(f'{base:09}', (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 % 10}{rest:05}"))))
def test_the_digits_inside_a_polish_id_sisc_are_looked_at(digits):
    is_right = holds_nip(digits[:10]) or any(
        holds_pesel(one) for one, zeros in ((digits[:11], digits[11:]), (digits[4:], digits[:4])) if zeros == "0000")

    assert is_refused(id_sisc, f"PL{digits}") is not is_right


@given(place=st.integers(0, 9), digit=st.sampled_from("0123456789"))
def test_one_mistyped_digit_of_the_nip_inside_is_noticed(place, digit):
    right = "1234563218"
    wrong = right[:place] + digit + right[place + 1:]

    assert is_refused(id_sisc, f"PL{wrong}56785") is (wrong != right)


def test_what_is_wrong_with_an_id_sisc_is_said_in_a_sentence():
    for typed, said in (("PL123456321956785", "The NIP inside this ID SISC is wrong"),
                        ("PL440514013580000", "The NIP / PESEL inside"), ("44051401358000000", "The PESEL inside"),
                        ("123", "An ID SISC has 17 characters")):
        with pytest.raises(BadIdentifier) as refused:
            id_sisc(typed)
        assert refused.value.sentence(str).startswith(said)


@given(st.sampled_from(sorted(IDENTIFIERS)), st.text(max_size=40))
def test_any_text_is_either_a_number_or_a_bad_identifier(scheme, text):
    read = IDENTIFIERS[scheme]

    assert is_refused(read, text) or read(read(text)) == read(text)
