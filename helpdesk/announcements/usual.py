"""The usual words of each kind, to begin from; whoever writes replaces what stands in brackets."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from helpdesk.announcements.content import Content
from helpdesk.announcements.kinds import TROUBLES, Kind
from helpdesk.catalogue import Service

# Field → (Polish, English). {services}: what is ticked.
_WORDS: Mapping[Kind, Mapping[str, tuple[str, str]]] = {
    Kind.CENTRAL_FAILURE: {
        "title": ("Awaria: {services}", "Failure: {services}"),
        "impact": ("Nie działa: {services}. Nie można [wysyłać dokumentów ani odbierać odpowiedzi].",
                   "{services} does not work. It is not possible to [send documents or receive answers]."),
        "advice": ("Trwa usuwanie przyczyny. Nie wysyłaj ponownie dokumentów, które już wysłano: mogą powstać "
                   "duplikaty.",
                   "The cause is being removed. Please do not send again what was sent: that makes duplicates."),
        "afterwards": ("Po przywróceniu działania sprawdź, czy wysłane dokumenty otrzymały potwierdzenie.",
                       "Once it works again, please check whether what you sent was confirmed."),
        "ending": ("Awaria została usunięta. Wszystko działa.", "The failure was removed. Everything works."),
    },
    Kind.LOCAL_FAILURE: {
        "title": ("Awaria lokalna: {services}", "Local failure: {services}"),
        "impact": ("W podanych urzędach nie działa: {services}. W pozostałych urzędach wszystko działa.",
                   "At the offices named, {services} does not work. Everything works at the others."),
        "advice": ("Skorzystaj z innego urzędu albo poczekaj na usunięcie awarii.",
                   "Please use another office or wait until the failure is removed."),
        "ending": ("Awaria w podanych urzędach została usunięta.", "The failure at the offices named was removed."),
    },
    Kind.DIFFICULTY: {
        "title": ("Utrudnienia: {services}", "Difficulties: {services}"),
        "impact": ("{services}: działa wolniej niż zwykle. [Odpowiedzi przychodzą z opóźnieniem].",
                   "{services} works more slowly than usual. [Answers come late]."),
        "advice": ("Poczekaj na odpowiedź i nie wysyłaj dokumentu ponownie.",
                   "Please wait for the answer and do not send again."),
        "ending": ("Utrudnienia ustąpiły.", "The difficulties are over."),
    },
    Kind.PLANNED_BREAK: {
        "title": ("Przerwa techniczna: {services}", "Planned break: {services}"),
        "impact": ("W podanych godzinach nie będzie działać: {services}. Powodem są prace [aktualizacyjne].",
                   "{services} will not work in the hours given. The reason is [an update]."),
        "advice": ("Pilne dokumenty wyślij przed przerwą.", "Please send what is urgent before the break."),
        "ending": ("Prace zakończono zgodnie z planem.", "The work ended as planned. Everything works."),
    },
    Kind.CHANGE: {
        "title": ("Zmiana: {services}", "Change: {services}"),
        "impact": ("Od podanego dnia zmieni się [co i dla kogo].", "From the day given [what] changes [for whom]."),
    },
    Kind.INFORMATION: {
        "title": ("Informacja: {services}", "Information: {services}"),
        "impact": ("[Treść informacji].", "[What people should know]."),
    },
}

NOBODY = {"pl": "[usługa]", "en": "[service]"}


def usual_content(kind: Kind, services: Collection[Service], *, now: datetime) -> Content:
    """A draft of this kind about these services, with its usual words and times."""
    words: dict[str, Any] = {}
    for field, texts in _WORDS[kind].items():
        for place, code in enumerate(("pl", "en")):
            named = ", ".join(service.name(code) for service in services) or NOBODY[code]
            words[f"{field}_{code}"] = texts[place].format(services=named)
    begin = now.replace(second=0, microsecond=0)
    content = Content(kind=kind, service_ids=frozenset(service.id for service in services), starts_at=begin, **words)
    if kind is Kind.PLANNED_BREAK:
        night = begin.replace(minute=0) + timedelta(days=7)
        return replace(content, starts_at=night, expected_end_at=night + timedelta(hours=2), ends_by_itself=True)
    return content if kind in TROUBLES else replace(content, is_mailed=False)
