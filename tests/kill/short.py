"""A small process whose timers and clock fall due within seconds, so that many alarms ring while workers are killed."""

from datetime import datetime

from sqlalchemy.orm import Session

from engine.packages import ProcessContent
from engine.versions import publish
from helpdesk.catalogue import load_catalogue
from tests.desk import CATALOGUE
from tests.kill.drawing import boundary, diagram, forms, node, service, timer

KEY = "short"
PLACE = "/catalogue/portal/short"
REMIND_AFTER, BREACH_AFTER, LATE_AFTER, ASK_AFTER = "PT2S", "PT3S", "PT5S", "PT2S"


def publish_short(session: Session, now: datetime) -> None:
    """Make the process a request type of the small catalogue."""
    offer(session, KEY, draw_short(), {"short_report": "subject", "short_step": "word"}, now=now)


def offer(session: Session, key: str, drawn: str, fields: dict[str, str], *, now: datetime) -> None:
    """Publish a diagram and put it into the small catalogue under its own key. fields: form → its one field."""
    publish(session, ProcessContent(key=key, process_id=key, name={"pl": key, "en": key}, description={},
                                    diagrams={f"{key}.bpmn": drawn}, forms=forms(fields)), by=None, now=now)
    where = CATALOGUE["services"][0]
    place = {"key": key, "name": {"pl": key, "en": key}, "request_type": key}
    load_catalogue(session, {**CATALOGUE, "services": [{**where, "classifications": [place]}]})


def draw_short() -> str:
    """An agent's step that reminds, breaches and expires; then the client's, which is asked for once more."""
    nodes = {
        "asked": node("startEvent", "asked", form="short_report"),
        "start_solution_clock": service("start_solution_clock", "start_clock", clock="solution", allowed=BREACH_AFTER),
        "handle": node("userTask", "handle", form="short_step"),
        "remind_due": timer("remind_due", "handle", REMIND_AFTER, interrupts=False),
        "remind": service("remind", "notify", to="client", text="reminder"),
        "reminded": node("endEvent", "reminded"),
        "breached": boundary("breached", "handle", False, '<bpmn:escalationEventDefinition id="breached_event" '
                              'escalationRef="escalation_breach"/>'),
        "report_breach": service("report_breach", "notify", to="lead", text="breach"),
        "reported": node("endEvent", "reported"),
        "too_late": timer("too_late", "handle", LATE_AFTER, interrupts=True),
        "note_late": service("note_late", "add_note", text="too late"),
        "solved": node("exclusiveGateway", "solved"),
        "stop_solution_clock": service("stop_solution_clock", "stop_clock", clock="solution"),
        "confirm": node("userTask", "confirm", form="short_step"),
        "ask_due": timer("ask_due", "confirm", ASK_AFTER, interrupts=False),
        "ask_again": service("ask_again", "notify", to="client", text="waiting_for_form"),
        "asked_again": node("endEvent", "asked_again"),
        "close_accepted": service("close_accepted", "close", outcome="accepted"),
        "accepted": node("endEvent", "accepted"),
    }
    ways = ["asked start_solution_clock handle solved stop_solution_clock confirm close_accepted accepted",
            "remind_due remind reminded", "breached report_breach reported", "too_late note_late solved",
            "ask_due ask_again asked_again"]
    clients = {"asked", "confirm", "ask_due", "ask_again", "asked_again", "close_accepted", "accepted"}
    return diagram(KEY, nodes, ways, clients=clients)
