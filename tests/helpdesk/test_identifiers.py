"""Numbers that clients quote are read as people write them and refused when a digit is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.identifiers import IDENTIFIERS, BadIdentifier, WrongCheckDigit, WrongShape, mrn, nip, pesel, regon

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
    ("id_sisc", "PL12345632180000", WrongShape),
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


@given(st.sampled_from(sorted(IDENTIFIERS)), st.text(max_size=40))
def test_any_text_is_either_a_number_or_a_bad_identifier(scheme, text):
    read = IDENTIFIERS[scheme]

    assert is_refused(read, text) or read(read(text)) == read(text)
