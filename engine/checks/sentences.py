"""What each finding says, in Polish and in English: one plain sentence for the person who drew the process.

{name} is the element as people call it. The rules are keys that never change; the words may.
"""

from collections.abc import Mapping

_FILES = {
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

_KINDS = {
    "kind_not_allowed": {
        "pl": "Przy „{name}” jest element „{kind}”, którego tu nie wolno używać.",
        "en": "At “{name}” there is an element “{kind}”, which must not be used here."},
    "plain_task": {
        "pl": "Krok „{name}” nie mówi, kto go wykonuje; zmień go na zadanie człowieka albo systemu.",
        "en": "The step “{name}” does not say who does it; make it a user task or a service task."},
    "script_task": {
        "pl": "Krok „{name}” jest skryptem, a procesy nie zawierają kodu; użyj zadania systemu z gotową czynnością.",
        "en": "The step “{name}” is a script, and processes hold no code; use a service task with a ready verb."},
    "manual_task": {
        "pl": "Kroku ręcznego „{name}” system nie widzi; zmień go na zadanie człowieka z formularzem.",
        "en": "The system cannot see the manual step “{name}”; make it a user task with a form."},
    "complex_gateway": {
        "pl": "Bramka złożona „{name}” nie jest jeszcze obsługiwana.",
        "en": "The complex gateway “{name}” is not supported yet."},
    "ad_hoc_subprocess": {
        "pl": "Podproces „{name}” ma kroki w dowolnej kolejności, czego nie obsługujemy.",
        "en": "The subprocess “{name}” has steps in any order, which is not supported."},
    "transaction": {
        "pl": "Podproces „{name}” jest transakcją, a tych nie obsługujemy.",
        "en": "The subprocess “{name}” is a transaction, and those are not supported."},
    "rounds_not_here": {
        "pl": "„{name}” ma znacznik powtarzania, którego nie może mieć.",
        "en": "“{name}” has a marker for being done several times, which it cannot have."},
    "event_gateway_kind": {
        "pl": "„{name}” ma zaczynać proces albo czekać na wszystkie zdarzenia naraz, czego nie obsługujemy.",
        "en": "“{name}” is to start the process or to wait for all events at once, which is not supported."},
    "handler_start": {
        "pl": "Podproces zaczyna się zdarzeniem „{name}”, które nie mówi, na co czeka.",
        "en": "A subprocess begins with the event “{name}”, which does not say what it waits for."},
    "handler_not_by_this": {
        "pl": "Podprocesu nie może zaczynać zdarzenie „{name}” tego rodzaju ({trigger}).",
        "en": "A subprocess cannot be started by the event “{name}”, which is of this kind: {trigger}."},
    "compensation": {
        "pl": "„{name}” cofa wykonane kroki (kompensacja), czego nie obsługujemy.",
        "en": "“{name}” undoes finished steps (compensation), which is not supported."},
    "conditional_event": {
        "pl": "Zdarzenie „{name}” czeka na warunek, czego nie obsługujemy; użyj bramki.",
        "en": "The event “{name}” waits for a condition, which is not supported; use a gateway."},
    "cancel_event": {
        "pl": "Zdarzenie „{name}” anuluje transakcję, a transakcji nie obsługujemy.",
        "en": "The event “{name}” cancels a transaction, and transactions are not supported."},
    "timer_start": {
        "pl": "Proces nie może zaczynać się o oznaczonym czasie („{name}”); zaczyna go zgłoszenie.",
        "en": "A process cannot start by the clock (“{name}”); a request starts it."},
    "message_start": {
        "pl": "Proces nie może zaczynać się komunikatem („{name}”); zaczyna go zgłoszenie.",
        "en": "A process cannot start with a message (“{name}”); a request starts it."},
    "triggered_start": {
        "pl": "Początek „{name}” musi być zwykłym zdarzeniem, bez niczego, na co czeka.",
        "en": "The start “{name}” must be a plain event that waits for nothing."},
    "several_triggers": {
        "pl": "Zdarzenie „{name}” czeka na kilka rzeczy naraz; zostaw jedną.",
        "en": "The event “{name}” waits for several things at once; leave one."},
    "event_without_trigger": {
        "pl": "Zdarzenie „{name}” nie mówi, na co czeka ani co ogłasza.",
        "en": "The event “{name}” does not say what it waits for or what it tells."},
    "event_not_here": {
        "pl": "Zdarzenie „{name}” nie może być w tym miejscu zdarzeniem tego rodzaju ({trigger}).",
        "en": "The event “{name}” cannot be of this kind ({trigger}) in this place."},
    "data_store": {
        "pl": "Magazynu danych „{name}” nie obsługujemy; użyj obiektu danych albo adnotacji.",
        "en": "The data store “{name}” is not supported; use a data object or an annotation."},
    "data_arrow": {
        "pl": "Przy „{name}” jest strzałka danych, której nie obsługujemy; odpowiedzi formularzy widać wszędzie.",
        "en": "At “{name}” there is a data arrow, which is not supported; answers of forms can be read everywhere."},
    "message_flow": {
        "pl": "Strzałki komunikatu „{name}” nie obsługujemy.",
        "en": "The message flow “{name}” is not supported."},
    "correlation": {
        "pl": "„{name}” opisuje kojarzenie komunikatów, a robi to sam system.",
        "en": "“{name}” describes how messages are matched, which the system does by itself."},
    "nested_lanes": {
        "pl": "Tor „{name}” zawiera inne tory; rysuj tory obok siebie.",
        "en": "The lane “{name}” holds other lanes; draw lanes side by side."},
    "several_pools": {
        "pl": "Basen „{name}” jest drugim w diagramie, a może być tylko jeden.",
        "en": "The pool “{name}” is a second one in the diagram, and there may be only one."},
    "script_beside_step": {
        "pl": "Przy „{name}” jest skrypt ({kind}), a procesy nie zawierają kodu.",
        "en": "At “{name}” there is a script ({kind}), and processes hold no code."},
    "extension_not_allowed": {
        "pl": "Przy „{name}” jest rozszerzenie „{kind}”, którego nie obsługujemy.",
        "en": "At “{name}” there is an extension “{kind}”, which is not supported."},
}

_SHAPE = {
    "no_start": {"pl": "„{name}” nie ma początku.", "en": "“{name}” has no start."},
    "second_start": {
        "pl": "„{name}” jest drugim początkiem, a może być tylko jeden.",
        "en": "“{name}” is a second start, and there may be only one."},
    "flow_unknown_end": {
        "pl": "Strzałka „{name}” prowadzi od albo do elementu „{id}”, którego nie ma.",
        "en": "The arrow “{name}” comes from or leads to the element “{id}”, which does not exist."},
    "flow_crosses_border": {
        "pl": "Strzałka „{name}” przechodzi przez granicę podprocesu lub procesu.",
        "en": "The arrow “{name}” crosses the border of a subprocess or process."},
    "flow_into_start": {
        "pl": "Strzałka „{name}” prowadzi do początku, a do niego nic nie może prowadzić.",
        "en": "The arrow “{name}” leads to a start, and nothing may lead there."},
    "flow_into_boundary": {
        "pl": "Strzałka „{name}” prowadzi do zdarzenia na krawędzi kroku, a może z niego tylko wychodzić.",
        "en": "The arrow “{name}” leads to an event at the edge of a step and may only leave it."},
    "flow_out_of_end": {
        "pl": "Strzałka „{name}” wychodzi z końca, za którym nic już nie ma.",
        "en": "The arrow “{name}” leaves an end, after which there is nothing."},
    "flow_at_handler": {
        "pl": "Strzałka „{name}” prowadzi do podprocesu, który zaczyna się zdarzeniem, albo z niego wychodzi; usuń ją.",
        "en": "The arrow “{name}” leads to or leaves a subprocess that an event starts; take it away."},
    "flow_at_link": {
        "pl": "Strzałka „{name}” prowadzi do wejścia łącznika albo wychodzi z wyjścia; drogą jest sam łącznik.",
        "en": "The arrow “{name}” leads to a link that catches or leaves one that throws; the link itself is the way."},
    "no_event_after_gateway": {
        "pl": "Bramka „{gateway}” czeka na zdarzenia, a za nią stoi „{name}”, które na nic nie czeka samo.",
        "en": "The gateway “{gateway}” waits for events, and behind it stands “{name}”, which is no plain event."},
    "event_after_gateway_shared": {
        "pl": "Do zdarzenia „{name}” za bramką „{gateway}” prowadzi jeszcze inna strzałka.",
        "en": "Another arrow leads to the event “{name}”, which stands behind the gateway “{gateway}”."},
    "condition_no_truth": {
        "pl": "Warunek „{text}” przy „{name}” nie jest ani prawdą, ani fałszem.",
        "en": "The condition “{text}” at “{name}” is neither true nor false."},
    "step_without_default": {
        "pl": "Z „{name}” wychodzą strzałki z warunkami, a żadna nie jest domyślna na wypadek, gdy żaden nie zachodzi.",
        "en": "The arrows that leave “{name}” have conditions, and none is the default for when no condition holds."},
    "endless_loop": {
        "pl": "Pętla przez „{name}” na nic nie czeka i mogłaby trwać bez końca; daj w niej krok albo zdarzenie.",
        "en": "The loop through “{name}” waits for nothing and could run for ever; put a step or an event into it."},
    "too_much_at_once": {
        "pl": "„{name}” może wykonać za jednym razem ponad {limit} kroków; zmniejsz liczbę powtórzeń lub wywołań.",
        "en": "“{name}” may do more than {limit} steps in one go; let it repeat or call less."},
    "unreachable": {
        "pl": "Do „{name}” nie prowadzi żadna droga od początku.",
        "en": "No way leads from the start to “{name}”."},
    "no_way_out": {
        "pl": "Z „{name}” nie wychodzi żadna strzałka, a to nie jest koniec.",
        "en": "No arrow leaves “{name}”, and it is not an end."},
    "end_out_of_reach": {
        "pl": "Od „{name}” nie da się dojść do żadnego końca.",
        "en": "No end can be reached from “{name}”."},
    "no_default_flow": {
        "pl": "Bramka „{name}” nie ma drogi domyślnej na wypadek, gdy żaden warunek nie jest spełniony.",
        "en": "The gateway “{name}” has no default way for when no condition holds."},
    "default_flow_elsewhere": {
        "pl": "Droga domyślna bramki „{name}” ({id}) z niej nie wychodzi.",
        "en": "The default way of the gateway “{name}” ({id}) does not leave it."},
    "default_flow_with_condition": {
        "pl": "Droga domyślna „{name}” ma warunek, który nigdy nie będzie sprawdzony.",
        "en": "The default way “{name}” has a condition, which will never be looked at."},
    "flow_without_condition": {
        "pl": "Droga „{name}” nie mówi, kiedy ją wybrać.",
        "en": "The way “{name}” does not say when it is chosen."},
    "condition_without_choice": {
        "pl": "Strzałka „{name}” ma warunek, choć nie wychodzi z bramki, która wybiera; nikt go nie sprawdzi.",
        "en": "The arrow “{name}” has a condition but does not leave a gateway that chooses; nobody will look at it."},
    "parallel_loop_entry": {
        "pl": "Bramka „{name}” czeka na drogę, która zaczyna się dopiero za nią; pętlę zaczynaj bramką wyboru.",
        "en": "The gateway “{name}” waits for a way that begins only behind it; start a loop with a choosing gateway."},
    "boundary_host": {
        "pl": "Zdarzenie „{name}” nie jest przyczepione do żadnego kroku.",
        "en": "The event “{name}” is not attached to any step."},
    "deadlock": {
        "pl": "„{name}” może czekać bez końca, bo nie wszystkie drogi, na które czeka, zawsze są wybierane.",
        "en": "“{name}” may wait for ever, because not all ways to it are always taken."},
    "not_synchronised": {
        "pl": "W „{name}” spotykają się drogi, które biegną równolegle, więc to, co dalej, zdarzy się kilka razy.",
        "en": "Ways that run in parallel meet in “{name}”, so what follows would happen several times."},
    "unbounded": {
        "pl": "Pętla przez „{name}” rozpoczyna przy każdym obrocie nowe kroki, zanim skończą się poprzednie.",
        "en": "A loop through “{name}” starts new steps in each round before the earlier ones are finished."},
    "side_branch_returns": {
        "pl": "Boczna droga od „{name}” wraca na główną („{other}”), która biegłaby dwa razy; daj jej własny koniec.",
        "en": "The side way from “{name}” returns to the main one (“{other}”), which would run twice; give it an end."},
    "too_complicated": {
        "pl": "„{name}” może przebiegać na zbyt wiele sposobów (ponad {limit}), by to sprawdzić; podziel go na części.",
        "en": "“{name}” can run in so many ways (more than {limit}) that it cannot be checked; split it into parts."},
}

_EVENTS = {
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

_WRITTEN = {
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

_ROUNDS = {
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

_PEOPLE = {
    "step_for_unknown_team": {
        "pl": "Krok „{name}” ma trafić do zespołu „{lane}”, którego nie ma.",
        "en": "The step “{name}” is to go to the team “{lane}”, which does not exist."},
    "task_without_form": {"pl": "Krok „{name}” nie ma formularza.", "en": "The step “{name}” has no form."},
    "unknown_form": {
        "pl": "„{name}” używa formularza „{form}”, którego nie ma.",
        "en": "“{name}” uses the form “{form}”, which does not exist."},
    "reply_without_answer": {
        "pl": "Krok „{name}” kończy odpowiedź klienta, ale formularz „{form}” nie ma na nią pola „{field}”.",
        "en": "A client's reply completes the step “{name}”, but the form “{form}” has no field “{field}” for it."},
    "unknown_priority": {
        "pl": "Krok „{name}” ma priorytet „{priority}”, a może mieć: {choices}.",
        "en": "The step “{name}” has the priority “{priority}” and may have: {choices}."},
    "not_by_unknown": {
        "pl": "Kroku „{name}” nie może wykonać ten, kto wykonał „{id}”, ale takiego innego kroku człowieka nie ma.",
        "en": "The step “{name}” must not be done by who did “{id}”, and there is no such other human step."},
    "not_by_unreadable": {
        "pl": "„{name}” ma mówić, kto nie może go wykonać (not_by): krok człowieka, z identyfikatorami po przecinku.",
        "en": "“{name}” should say who must not do it (not_by): a human step, with ids separated by commas."},
    "one_click_unreadable": {
        "pl": "„{name}” ma mówić, na co można odpowiedzieć z listu (one_click): krok klienta, z nazwą pola.",
        "en": "“{name}” should say what can be answered from a letter (one_click): a client's step, with a field."},
    "one_click_unknown": {
        "pl": "Na krok „{name}” można odpowiedzieć z listu polem „{field}”, którego nie ma w formularzu „{form}”.",
        "en": "The step “{name}” can be answered from a letter by the field “{field}”, which “{form}” does not have."},
    "task_without_lane": {
        "pl": "Krok „{name}” nie leży na żadnym torze, więc nie wiadomo, kto go wykonuje.",
        "en": "The step “{name}” lies in no lane, so nobody knows who does it."},
    "unknown_lane": {
        "pl": "Tor „{name}” ({id}) nie należy do żadnego zespołu ani do klienta.",
        "en": "The lane “{name}” ({id}) belongs to no team and not to the client."},
    "two_lanes": {
        "pl": "Krok „{name}” leży na dwóch torach.",
        "en": "The step “{name}” lies in two lanes."},
    "name_missing": {
        "pl": "„{name}” nie ma polskiej nazwy.",
        "en": "“{name}” has no Polish name."},
    "english_name_missing": {
        "pl": "„{name}” nie ma angielskiej nazwy.",
        "en": "“{name}” has no English name."},
    "no_picture": {
        "pl": "„{name}” nie jest narysowane na diagramie.",
        "en": "“{name}” is not drawn in the diagram."},
}

SENTENCES: Mapping[str, Mapping[str, str]] = {**_FILES, **_KINDS, **_SHAPE, **_EVENTS, **_WRITTEN, **_ROUNDS, **_PEOPLE}
