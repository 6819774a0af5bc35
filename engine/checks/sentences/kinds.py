"""Sentences about kinds of elements: what may not be drawn, and what to draw instead."""

KINDS = {
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
