"""What a sheet may not be published with, told to its author in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

RULES: Mapping[str, tuple[str, str]] = {
    "unreadable": (
        "Nie można odczytać arkusza: {reason}.",
        "The sheet cannot be read: {reason}.",
    ),
    "no_components": (
        "Arkusz nie ma listy pól „components”.",
        "The sheet has no list of components.",
    ),
    "bad_id": (
        "Identyfikator arkusza ma składać się z małych liter, cyfr i podkreśleń.",
        "The id of the sheet has to be made of small letters, digits and underscores.",
    ),
    "too_many": (
        "Arkusz ma więcej niż {n} elementów.",
        "The sheet has more than {n} components.",
    ),
    "too_deep": (
        "Grupy są zagnieżdżone głębiej niż {n} razy.",
        "Groups are nested deeper than {n} times.",
    ),
    "not_an_object": (
        "Element arkusza nie jest obiektem JSON.",
        "A component of the sheet is not a JSON object.",
    ),
    "unsupported_type": (
        "Elementy typu „{type}” nie są obsługiwane.",
        "Components of type “{type}” are not supported.",
    ),
    "unsupported_setting": (
        "Ustawienie „{setting}” nie jest obsługiwane.",
        "The setting “{setting}” is not supported.",
    ),
    "wrong_type": (
        "Ustawienie „{setting}” ma wartość złego rodzaju.",
        "The setting “{setting}” has a value of the wrong kind.",
    ),
    "bad_key": (
        "Klucz ma składać się z małych liter, cyfr i podkreśleń, a zaczynać od litery.",
        "The key has to be made of small letters, digits and underscores, and begin with a letter.",
    ),
    "reserved_key": (
        "„{key}” jest słowem języka FEEL i nie może być kluczem.",
        "“{key}” is a word of the language FEEL and cannot be a key.",
    ),
    "duplicate_key": (
        "Klucz „{key}” jest użyty więcej niż raz.",
        "The key “{key}” is used more than once.",
    ),
    "missing_label": (
        "Brakuje etykiety.",
        "There is no label.",
    ),
    "missing_english": (
        "Brakuje angielskiej wersji: „{setting}.en”.",
        "The English “{setting}.en” is missing.",
    ),
    "text_too_long": (
        "Tekst „{setting}” ma ponad {n} znaków.",
        "The text “{setting}” has more than {n} characters.",
    ),
    "bad_characters": (
        "Tekst „{setting}” zawiera znaki sterujące.",
        "The text “{setting}” has control characters.",
    ),
    "template": (
        "W tekście „{setting}” są nawiasy klamrowe szablonu; szablony nie są obsługiwane.",
        "The text “{setting}” has the braces of a template; templates are not supported.",
    ),
    "feel_text": (
        "Ustawienie „{setting}” nie może być wyrażeniem FEEL.",
        "The setting “{setting}” cannot be a FEEL expression.",
    ),
    "no_options": (
        "Nie podano odpowiedzi do wyboru.",
        "There are no answers to choose from.",
    ),
    "too_many_options": (
        "Odpowiedzi do wyboru jest więcej niż {n}.",
        "There are more than {n} answers to choose from.",
    ),
    "bad_option": (
        "Wartość odpowiedzi do wyboru ma mieć od 1 do 100 zwykłych znaków.",
        "The value of an answer to choose has to have 1 to 100 ordinary characters.",
    ),
    "duplicate_option": (
        "Wartość „{value}” powtarza się wśród odpowiedzi do wyboru.",
        "The value “{value}” is repeated among the answers to choose from.",
    ),
    "not_feel": (
        "Wyrażenie „{setting}” ma się zaczynać od znaku „=”.",
        "The expression “{setting}” has to begin with “=”.",
    ),
    "bad_feel": (
        "Wyrażenia „{setting}” nie da się odczytać: {reason}",
        "The expression “{setting}” cannot be read: {reason}",
    ),
    "unknown_name": (
        "Wyrażenie „{setting}” czyta pole „{name}”, którego nie ma.",
        "The expression “{setting}” reads the field “{name}”, which does not exist.",
    ),
    "circular": (
        "O pokazaniu tego pola decyduje ono samo, wprost albo przez inne pola.",
        "Whether this field is shown depends on the field itself, directly or through others.",
    ),
    "bad_pattern": (
        "Tego wzorca nie da się odczytać jednakowo w przeglądarce i na serwerze ({reason}).",
        "This pattern cannot be read alike by browsers and by the server ({reason}).",
    ),
    "slow_pattern": (
        "Sprawdzanie tego wzorca mogłoby trwać bardzo długo ({reason}).",
        "Checking this pattern could take very long ({reason}).",
    ),
    "pattern_length": (
        "Pole ze wzorcem może mieć najwyżej {n} znaków.",
        "A field with a pattern may have at most {n} characters.",
    ),
    "unknown_validation": (
        "Nie znamy rodzaju sprawdzania „{value}”.",
        "The validation type “{value}” is not known.",
    ),
    "bad_limit": (
        "Ograniczenie „{setting}” jest niepoprawne: ma być liczbą od {lowest} do {highest}.",
        "The limit “{setting}” is wrong: it has to be a number from {lowest} to {highest}.",
    ),
    "crossed_limits": (
        "Najmniejsza dozwolona wartość jest większa od największej.",
        "The smallest allowed value is larger than the largest one.",
    ),
    "bad_accept": (
        "Typy plików mają być listą rozszerzeń, na przykład „.pdf,.png”.",
        "The file types have to be a list of extensions, for example “.pdf,.png”.",
    ),
    "list_in_list": (
        "Grupa powtarzana leży w innej grupie powtarzanej.",
        "A repeated group lies in another repeated group.",
    ),
    "empty_list": (
        "Grupa powtarzana o nic nie pyta.",
        "The repeated group asks nothing.",
    ),
    "too_many_cells": (
        "Pytań we wszystkich pozycjach razem mogłoby być więcej niż {n}; zmniejsz „max_rows”.",
        "All rows together could have more than {n} questions; make “max_rows” smaller.",
    ),
    "long_name": (
        "Klucz pola razem z kluczem grupy ma ponad {n} znaków.",
        "The key of the field together with that of its group has more than {n} characters.",
    ),
    "bad_default": (
        "Wartość domyślna nie jest poprawną odpowiedzią na to pytanie.",
        "The default value is not a valid answer to this question.",
    ),
    "bad_subject": (
        "Temat zgłoszenia („subject.pl” i „subject.en”) ma być tekstem w obu językach, najwyżej {n} znaków.",
        "The subject (“subject.pl” and “subject.en”) has to be a text in both languages, at most {n} characters.",
    ),
    "unknown_place": (
        "Temat zgłoszenia wspomina pole „{place}”, którego w formularzu nie ma.",
        "The subject names the field “{place}”, which the form does not have.",
    ),
    "bad_autocomplete": (
        "Podpowiedź „{value}” nie jest obsługiwana.",
        "The autocomplete value “{value}” is not supported.",
    ),
}


@dataclass(frozen=True)
class SheetFinding:
    """component: the key or id of the component, empty for the sheet itself. rule: a key of RULES."""

    component: str
    rule: str
    pl: str
    en: str


def finding(component: str, rule: str, **facts: object) -> SheetFinding:
    """The finding with both of its sentences filled in."""
    polish, english = RULES[rule]
    return SheetFinding(component, rule, polish.format(**facts), english.format(**facts))
