"""What a sheet says to the person who fills it in, in both languages and in the right plural."""

from collections.abc import Mapping

from babel import Locale

LANGUAGES = ("pl", "en")

# A message is a sentence, or one sentence for each plural form of the fact `n`.
Message = str | Mapping[str, str]

MESSAGES: Mapping[str, Mapping[str, Message]] = {
    "required": {"pl": "Wpisz odpowiedź.", "en": "Enter an answer."},
    "choose_one": {"pl": "Wybierz jedną odpowiedź.", "en": "Choose one answer."},
    "choose_some": {"pl": "Zaznacz co najmniej jedną odpowiedź.", "en": "Choose at least one answer."},
    "tick": {"pl": "Zaznacz to pole, żeby przejść dalej.", "en": "Tick this box to go on."},
    "add_file": {"pl": "Dodaj plik.", "en": "Add a file."},
    "one_file": {"pl": "Można dodać tylko jeden plik.", "en": "Only one file can be added."},
    "too_many_files": {
        "pl": {"one": "Można dodać najwyżej {n} plik.", "few": "Można dodać najwyżej {n} pliki.",
               "many": "Można dodać najwyżej {n} plików.", "other": "Można dodać najwyżej {n} pliku."},
        "en": {"one": "At most {n} file can be added.", "other": "At most {n} files can be added."},
    },
    "not_a_choice": {"pl": "Wybierz odpowiedź z listy.", "en": "Choose an answer from the list."},
    "bad_characters": {
        "pl": "Tekst zawiera znaki, których nie można zapisać. Wpisz go ponownie.",
        "en": "The text has characters that cannot be stored. Type it again.",
    },
    "too_long": {
        "pl": {"one": "Wpisz najwyżej {n} znak. Teraz jest {now}.",
               "few": "Wpisz najwyżej {n} znaki. Teraz jest {now}.",
               "many": "Wpisz najwyżej {n} znaków. Teraz jest {now}.",
               "other": "Wpisz najwyżej {n} znaku. Teraz jest {now}."},
        "en": {"one": "Enter at most {n} character. There are {now} now.",
               "other": "Enter at most {n} characters. There are {now} now."},
    },
    "too_short": {
        "pl": {"one": "Wpisz co najmniej {n} znak.", "few": "Wpisz co najmniej {n} znaki.",
               "many": "Wpisz co najmniej {n} znaków.", "other": "Wpisz co najmniej {n} znaku."},
        "en": {"one": "Enter at least {n} character.", "other": "Enter at least {n} characters."},
    },
    "pattern": {
        "pl": "Wpisz odpowiedź w takiej postaci, jak opisano.", "en": "Enter the answer in the form described.",
    },
    "number": {"pl": "Wpisz liczbę, na przykład 1234,5.", "en": "Enter a number, for example 1234.5."},
    "whole_number": {"pl": "Wpisz liczbę całkowitą, na przykład 12.", "en": "Enter a whole number, for example 12."},
    "which_number": {
        "pl": "Wpisz liczbę bez kropki między tysiącami, a część ułamkową po przecinku, na przykład 1234,5.",
        "en": "Enter the number without a comma between thousands, and decimals after a point, for example 1234.5.",
    },
    "decimals": {
        "pl": {"one": "Wpisz najwyżej {n} cyfrę po przecinku.", "few": "Wpisz najwyżej {n} cyfry po przecinku.",
               "many": "Wpisz najwyżej {n} cyfr po przecinku.", "other": "Wpisz najwyżej {n} cyfry po przecinku."},
        "en": {"one": "Enter at most {n} decimal place.", "other": "Enter at most {n} decimal places."},
    },
    "too_small": {"pl": "Wpisz liczbę nie mniejszą niż {limit}.", "en": "Enter a number that is {limit} or more."},
    "too_large": {"pl": "Wpisz liczbę nie większą niż {limit}.", "en": "Enter a number that is {limit} or less."},
    "date": {"pl": "Wpisz datę, na przykład 15.01.2027.", "en": "Enter a date, for example 15/01/2027."},
    "time": {"pl": "Wpisz godzinę, na przykład 7:15.", "en": "Enter a time, for example 7:15."},
    "datetime": {
        "pl": "Wpisz datę i godzinę, na przykład 15.01.2027 7:15.",
        "en": "Enter a date and a time, for example 15/01/2027 7:15.",
    },
    "no_such_moment": {
        "pl": "Takiej godziny tego dnia nie było: zegary przestawiono do przodu. Wpisz inną.",
        "en": "There was no such time on that day: the clocks went forward. Enter another.",
    },
    "email": {
        "pl": "Wpisz adres e-mail, na przykład imie@example.pl.",
        "en": "Enter an e-mail address, for example name@example.com.",
    },
    "phone": {
        "pl": "Wpisz numer telefonu, na przykład +48 22 555 01 00.",
        "en": "Enter a telephone number, for example +48 22 555 01 00.",
    },
    "nip": {"pl": "NIP ma 10 cyfr.", "en": "A NIP has 10 digits."},
    "pesel": {"pl": "PESEL ma 11 cyfr.", "en": "A PESEL number has 11 digits."},
    "regon": {"pl": "REGON ma 9 albo 14 cyfr.", "en": "A REGON number has 9 or 14 digits."},
    "eori": {
        "pl": "EORI to kod kraju Unii i najwyżej 15 znaków; polski: PL i 15 cyfr.",
        "en": "An EORI is the code of an EU country and up to 15 characters; a Polish one is PL and 15 digits.",
    },
    "id_sisc": {
        "pl": "ID SISC ma 17 znaków: PL, NIP i 5 cyfr REGON albo PESEL lub EORI uzupełnione zerami.",
        "en": "An ID SISC has 17 characters: PL, the NIP and 5 digits of the REGON, or a PESEL or EORI with zeros.",
    },
    "id_sisc_inside": {
        "pl": "NIP albo PESEL w tym numerze ID SISC jest błędny: nie zgadza się cyfra kontrolna. Sprawdź każdy znak.",
        "en": "The NIP or PESEL in this ID SISC is wrong: its check digit does not fit. Check every character.",
    },
    "mrn": {
        "pl": "MRN ma 18 znaków: rok, kod kraju, numer i cyfrę kontrolną.",
        "en": "An MRN has 18 characters: year, country code, number and check digit.",
    },
    "vin": {"pl": "VIN ma 17 znaków, bez liter I, O i Q.", "en": "A VIN has 17 characters, with no letters I, O or Q."},
    "sent": {"pl": "Numer SENT to litery SENT i cyfry.", "en": "A SENT number is the letters SENT and digits."},
    "certificate": {
        "pl": "Numer seryjny to 8–40 cyfr szesnastkowych (0–9, A–F); odcisk SHA-256 ma ich 64.",
        "en": "A serial number is 8 to 40 hexadecimal digits (0–9, A–F); a SHA-256 fingerprint has 64.",
    },
    "check_digit": {
        "pl": "W numerze jest pomyłka: nie zgadza się cyfra kontrolna. Sprawdź każdy znak.",
        "en": "There is a mistake in the number: its check digit does not fit. Check every character.",
    },
    "row": {"pl": "Pozycja", "en": "Entry"},
    "add_first": {"pl": "Dodaj: {row}", "en": "Add {row}"},
    "add_row": {"pl": "Dodaj następną pozycję", "en": "Add another"},
    "remove_row": {"pl": "Usuń", "en": "Remove"},
    "row_added": {"pl": "Dodano: {row}.", "en": "Added: {row}."},
    "row_removed": {"pl": "Usunięto: {row}.", "en": "Removed: {row}."},
    "fewest_rows": {
        "pl": {"one": "Wypełnij co najmniej {n} pozycję.", "few": "Wypełnij co najmniej {n} pozycje.",
               "many": "Wypełnij co najmniej {n} pozycji.", "other": "Wypełnij co najmniej {n} pozycji."},
        "en": {"one": "Fill in at least {n} entry.", "other": "Fill in at least {n} entries."},
    },
    "most_rows": {
        "pl": {"one": "Może być najwyżej {n} pozycja.", "few": "Mogą być najwyżej {n} pozycje.",
               "many": "Może być najwyżej {n} pozycji.", "other": "Może być najwyżej {n} pozycji."},
        "en": {"one": "There can be at most {n} entry.", "other": "There can be at most {n} entries."},
    },
    "optional": {"pl": "(opcjonalnie)", "en": "(optional)"},
    "error": {"pl": "Błąd:", "en": "Error:"},
    "problem": {
        "pl": {"one": "Popraw {n} odpowiedź", "few": "Popraw {n} odpowiedzi", "many": "Popraw {n} odpowiedzi",
               "other": "Popraw {n} odpowiedzi"},
        "en": {"one": "There is a problem with {n} answer", "other": "There are problems with {n} answers"},
    },
    "newly_asked": {
        "pl": {"one": "Z Twoich odpowiedzi wynika jeszcze {n} pytanie. To, co wpisano, zostało zachowane.",
               "few": "Z Twoich odpowiedzi wynikają jeszcze {n} pytania. To, co wpisano, zostało zachowane.",
               "many": "Z Twoich odpowiedzi wynika jeszcze {n} pytań. To, co wpisano, zostało zachowane.",
               "other": "Z Twoich odpowiedzi wynika jeszcze {n} pytania. To, co wpisano, zostało zachowane."},
        "en": {"one": "Your answers lead to {n} more question. What you entered has been kept.",
               "other": "Your answers lead to {n} more questions. What you entered has been kept."},
    },
    "at_most": {
        "pl": {"one": "Najwyżej {n} znak.", "few": "Najwyżej {n} znaki.", "many": "Najwyżej {n} znaków.",
               "other": "Najwyżej {n} znaku."},
        "en": {"one": "At most {n} character.", "other": "At most {n} characters."},
    },
    "choose": {"pl": "Wybierz", "en": "Choose"},
    "yes": {"pl": "tak", "en": "yes"},
    "no": {"pl": "nie", "en": "no"},
    "files": {
        "pl": {"one": "{n} plik", "few": "{n} pliki", "many": "{n} plików", "other": "{n} pliku"},
        "en": {"one": "{n} file", "other": "{n} files"},
    },
}

_LOCALES = {"pl": Locale("pl"), "en": Locale("en", "GB")}


def spoken(language: str) -> str:
    """The language of the sheet that answers to a tag such as `en-GB`; Polish is spoken by default."""
    return "en" if language.lower().startswith("en") else "pl"


def locale(language: str) -> Locale:
    """How numbers and dates are written in that language."""
    return _LOCALES[spoken(language)]


def say(key: str, language: str, **facts: object) -> str:
    """The message `key` with its facts filled in; the fact `n` decides the plural."""
    message = MESSAGES[key][spoken(language)]
    if not isinstance(message, str):
        n = facts["n"]
        message = message[locale(language).plural_form(n if isinstance(n, int) else 0)]
    return message.format(**facts)
