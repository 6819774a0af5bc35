"""Sentences about whole files: what cannot be read, is too large, or calls a process that is not there."""

FILES = {
    "not_xml": {
        "pl": "Pliku „{name}” nie da się odczytać, bo nie jest poprawnym XML.",
        "en": "The file “{name}” cannot be read, because it is not well-formed XML."},
    "doctype": {
        "pl": "Plik „{name}” zawiera deklarację DOCTYPE, która w diagramie jest niedozwolona.",
        "en": "The file “{name}” has a DOCTYPE, which is not allowed in a diagram."},
    "entity": {
        "pl": "Plik „{name}” definiuje encje XML, które w diagramie są niedozwolone.",
        "en": "The file “{name}” defines XML entities, which are not allowed in a diagram."},
    "file_too_big": {
        "pl": "Plik „{name}” jest większy niż 1 MB.",
        "en": "The file “{name}” is larger than 1 MB."},
    "not_a_diagram": {
        "pl": "Plik „{name}” nie jest diagramem BPMN.",
        "en": "The file “{name}” is not a BPMN diagram."},
    "too_many_elements": {
        "pl": "Diagram „{name}” ma {count} kroków i strzałek, a może mieć najwyżej {limit}; podziel go na części.",
        "en": "The diagram “{name}” has {count} steps and arrows and may have {limit} at most; split it into parts."},
    "too_much_to_check": {
        "pl": "Procesu „{name}” nie udało się sprawdzić w {seconds} s i {megabytes} MB; uprość go.",
        "en": "The process “{name}” could not be checked in {seconds} s and {megabytes} MB; make it simpler."},
    "too_deep": {
        "pl": "Elementy diagramu są zagnieżdżone głębiej niż na {limit} poziomów.",
        "en": "The elements of the diagram are nested deeper than {limit} levels."},
    "duplicate_id": {
        "pl": "Identyfikator „{id}” występuje więcej niż raz, a każdy element musi mieć własny.",
        "en": "The id “{id}” is used more than once, and every element needs its own."},
    "bad_id": {
        "pl": "Identyfikator „{id}” może mieć tylko litery bez ogonków, cyfry, „_” i „-”, a na początku nie cyfrę.",
        "en": "The id “{id}” may have plain letters, digits, “_” and “-” only and must not start with a digit."},
    "reserved_id": {
        "pl": "Identyfikator „{id}” jest zajęty przez silnik; nazwij element inaczej.",
        "en": "The id “{id}” belongs to the engine; call the element something else."},
    "no_such_process": {
        "pl": "W diagramach nie ma procesu „{id}”.",
        "en": "There is no process “{id}” in the diagrams."},
    "not_executable": {
        "pl": "Proces „{name}” nie jest oznaczony jako wykonywalny.",
        "en": "The process “{name}” is not marked as executable."},
    "unknown_process": {
        "pl": "„{name}” wywołuje proces „{process}”, którego nie ma.",
        "en": "“{name}” calls the process “{process}”, which does not exist."},
    "recursive_call": {
        "pl": "„{name}” wywołuje proces „{process}”, który w ten sposób wywołuje sam siebie.",
        "en": "“{name}” calls the process “{process}”, which so calls itself."},
    "calls_too_deep": {
        "pl": "„{name}” wywołuje proces, choć procesy wywołują się tu już na {limit} poziomach.",
        "en": "“{name}” calls a process, although processes already call each other {limit} levels deep."},
}
