"""Sentences about steps that run several times."""

ROUNDS = {
    "rounds_unclear": {
        "pl": "„{name}” ma być wykonane wiele razy, a nie mówi jasno, dla której listy, ile razy albo jak długo.",
        "en": "“{name}” is done several times and does not say clearly for which list, how often or how long."},
    "rounds_throw_events": {
        "pl": "„{name}” ma ogłaszać zdarzenie po każdym powtórzeniu, czego nie obsługujemy.",
        "en": "“{name}” is to tell an event after each time it is done, which is not supported."},
    "rounds_not_a_number": {
        "pl": "„{name}” ma być wykonane „{text}” razy, a to nie jest liczba.",
        "en": "“{name}” is to be done “{text}” times, which is not a number."},
    "rounds_not_a_list": {
        "pl": "„{name}” ma być wykonane dla każdej pozycji z „{text}”, a to nie jest lista.",
        "en": "“{name}” is to be done for each item of “{text}”, which is not a list."},
    "rounds_too_many": {
        "pl": "„{name}” może być wykonane najwyżej {limit} razy.",
        "en": "“{name}” may be done {limit} times at most."},
    "rounds_without_result": {
        "pl": "„{name}” zbiera wyniki, a nie mówi, co daje każde powtórzenie.",
        "en": "“{name}” collects results and does not say what each time gives."},
    "rounds_name_taken": {
        "pl": "Nazwa „{word}” przy „{name}” nie może być nazwą pozycji ani wyników: jest zajęta albo niezwykła.",
        "en": "The word “{word}” at “{name}” cannot name items or results: it is taken, or not a plain word."},
}
