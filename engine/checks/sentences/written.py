"""Sentences about what is written into elements: expressions, times, decisions, verbs."""

WRITTEN = {
    "expression_unreadable": {
        "pl": "Wyrażenia przy „{name}” nie da się odczytać od znaku {position}: {text}",
        "en": "The expression at “{name}” cannot be read from character {position} on ({problem}): {text}"},
    "unknown_name": {
        "pl": "Wyrażenie przy „{name}” czyta „{unknown}”, a nie ma takiego formularza ani wyniku w tym procesie.",
        "en": "The expression at “{name}” reads “{unknown}”, and this process has no such form or result."},
    "unknown_field": {
        "pl": "Przy „{name}” jest mowa o polu „{field}” w „{form}”, a tam go nie ma.",
        "en": "At “{name}” the field “{field}” of “{form}” is mentioned, and it is not there."},
    "not_answered_yet": {
        "pl": "Wyrażenie przy „{name}” czyta odpowiedzi z „{form}”, ale wcześniej nikt ich nie udziela.",
        "en": "The expression at “{name}” reads the answers of “{form}”, but nobody gives them before."},
    "decision_missing": {
        "pl": "Krok „{name}” nie mówi, którą decyzję ma podjąć.",
        "en": "The step “{name}” does not say which decision it makes."},
    "unknown_decision": {
        "pl": "Krok „{name}” podejmuje decyzję „{decision}”, której nie ma w modelach decyzji tego pakietu.",
        "en": "The step “{name}” makes the decision “{decision}”, which no decision model of this package has."},
    "decision_model_refused": {
        "pl": "Krok „{name}” korzysta z modeli decyzji, a pliku {file} nie da się odczytać (wiersz {row}).",
        "en": "The step “{name}” uses decision models, and {file} cannot be read (line {row}): {reason}."},
    "decision_unreadable": {
        "pl": "Przy „{decision}” ({file}, wiersz {row}) jest zapis, którego nie da się obliczyć w kroku „{name}”.",
        "en": "At “{decision}” ({file}, line {row}) there is something “{name}” cannot evaluate: {problem}"},
    "bad_result_name": {
        "pl": "Wynik kroku „{name}” nazywa się „{variable}”, a może mieć tylko litery bez ogonków, cyfry i „_”.",
        "en": "The result of “{name}” is called “{variable}”; it must be one word of plain letters, digits and “_”."},
    "timer_empty": {
        "pl": "Zegar „{name}” nie mówi, ile czekać.",
        "en": "The timer “{name}” does not say how long to wait."},
    "timer_without_quotes": {
        "pl": "Czas przy „{name}” musi stać w cudzysłowie: \"{text}\".",
        "en": "The time at “{name}” must stand in quotes: \"{text}\"."},
    "timer_unreadable": {
        "pl": "Czasu {text} przy „{name}” nie da się odczytać; pisz na przykład \"PT4H\" albo \"P3D @ office\".",
        "en": "The time {text} at “{name}” cannot be read; write for example \"PT4H\" or \"P3D @ office\"."},
    "sla_unreadable": {
        "pl": "Terminu {text} kroku „{name}” nie da się odczytać; pisz na przykład PT4H albo P3D @ office.",
        "en": "The time allowed {text} of the step “{name}” cannot be read; write for example PT4H or P3D @ office."},
    "timer_not_positive": {
        "pl": "Czas {text} przy „{name}” musi być dłuższy niż zero.",
        "en": "The time {text} at “{name}” must be more than zero."},
    "timer_too_long": {
        "pl": "Czas {text} przy „{name}” jest dłuższy niż pięć lat.",
        "en": "The time {text} at “{name}” is longer than five years."},
    "calendar_unknown": {
        "pl": "Czas przy „{name}” liczy się według kalendarza „{calendar}”, którego nie ma.",
        "en": "The time at “{name}” is counted by the calendar “{calendar}”, which does not exist."},
    "cycle_too_short": {
        "pl": "Zegar „{name}” powtarza się częściej niż co minutę ({text}).",
        "en": "The timer “{name}” repeats more often than once a minute ({text})."},
    "cycle_too_many": {
        "pl": "Zegar „{name}” musi mówić, ile razy się powtarza, najwyżej {limit} ({text}).",
        "en": "The timer “{name}” must say how many times it repeats, {limit} at most ({text})."},
    "cycle_must_not_interrupt": {
        "pl": "Zegar „{name}” powtarza się, więc może stać tylko na krawędzi kroku i nie może go przerywać.",
        "en": "The timer “{name}” repeats, so it may stand only at the edge of a step and must not interrupt it."},
    "service_without_verb": {
        "pl": "Krok „{name}” nie mówi, co system ma zrobić.",
        "en": "The step “{name}” does not say what the system is to do."},
    "unknown_verb": {
        "pl": "Krok „{name}” każe wykonać „{verb}”, a takiej czynności nie ma.",
        "en": "The step “{name}” asks for “{verb}”, and there is no such verb."},
    "missing_parameter": {
        "pl": "Krok „{name}” ({verb}) nie podaje „{parameter}”.",
        "en": "The step “{name}” ({verb}) does not give “{parameter}”."},
    "unknown_parameter": {
        "pl": "Krok „{name}” ({verb}) podaje „{parameter}”, którego ta czynność nie zna.",
        "en": "The step “{name}” ({verb}) gives “{parameter}”, which that verb does not know."},
    "unknown_system": {
        "pl": "Krok „{name}” pyta system „{system}”, a znane są: {choices}. Nazwa musi stać wprost, w cudzysłowie.",
        "en": "The step “{name}” asks the system “{system}”, and the known ones are: {choices}. It must be named "
              "plainly, in quotes."},
    "unknown_operation": {
        "pl": "Krok „{name}” chce od systemu „{system}” „{operation}”, a ten umie: {choices}.",
        "en": "The step “{name}” wants “{operation}” of the system “{system}”, which can do: {choices}."},
    "result_taken": {
        "pl": "Wynik kroku „{name}” nazywa się „{result}”, a to jest już nazwa formularza lub zgłoszenia.",
        "en": "The result of the step “{name}” is called “{result}”, which is the name of a form or of the ticket."},
    "unknown_value": {
        "pl": "Krok „{name}” podaje {parameter} = „{value}”, a może to być: {choices}.",
        "en": "The step “{name}” gives {parameter} = “{value}”, and it may be: {choices}."},
    "unknown_letter": {
        "pl": "Krok „{name}” wysyła list „{letter}”, którego nie ma.",
        "en": "The step “{name}” sends the letter “{letter}”, which does not exist."},
}
