"""Sentences about the shape of a process: starts, arrows, choices, and ways that never end or never meet."""

SHAPE = {
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
