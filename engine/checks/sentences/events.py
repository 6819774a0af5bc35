"""Sentences about events: what is thrown without a name, caught by nobody, or caught twice."""

EVENTS = {
    "signal_without_name": {
        "pl": "Sygnał w „{name}” nie ma nazwy.",
        "en": "The signal at “{name}” has no name."},
    "link_without_name": {
        "pl": "Łącznik „{name}” nie mówi, z którym łącznikiem się łączy.",
        "en": "The link “{name}” does not say which link it belongs to."},
    "link_unpaired": {
        "pl": "Łącznik „{name}” ({link}) nie ma w tym miejscu procesu drugiej strony.",
        "en": "The link “{name}” ({link}) has no other side in this part of the process."},
    "link_caught_twice": {
        "pl": "Łącznik „{name}” jest drugim wejściem łącznika „{link}”, a może być tylko jedno.",
        "en": "The link “{name}” is a second way in for “{link}”, and there may be only one."},
    "event_reference_unknown": {
        "pl": "Zdarzenie „{name}” odwołuje się do „{id}”, którego nie ma.",
        "en": "The event “{name}” refers to “{id}”, which does not exist."},
    "message_without_name": {
        "pl": "Komunikat zdarzenia „{name}” nie ma nazwy.",
        "en": "The message of the event “{name}” has no name."},
    "thrown_without_code": {
        "pl": "Zdarzenie „{name}” nie podaje kodu tego, co ogłasza.",
        "en": "The event “{name}” does not give the code of what it tells."},
    "error_not_caught": {
        "pl": "Błędu „{code}” z „{name}” nikt nie przechwytuje.",
        "en": "Nobody catches the error “{code}” of “{name}”."},
    "escalation_not_caught": {
        "pl": "Eskalacji „{code}” z „{name}” nikt nie przechwytuje.",
        "en": "Nobody catches the escalation “{code}” of “{name}”."},
    "error_must_interrupt": {
        "pl": "Błąd „{name}” musi przerywać krok, na którego krawędzi stoi.",
        "en": "The error “{name}” must interrupt the step at whose edge it stands."},
    "caught_twice": {
        "pl": "„{name}” przechwytuje „{code}” po raz drugi na tym samym kroku.",
        "en": "“{name}” catches “{code}” a second time at the same step."},
}
