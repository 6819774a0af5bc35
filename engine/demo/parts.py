"""What many plots have in common: a request is opened, taken up, answered, handed over, rated."""

from engine.demo.opinions import ASKED_OF, answers_beside
from engine.demo.tale import Moments, Tale

LEAD_OF_SECOND_LINE = "tomasz_gajda"


def opened(tale: Tale) -> Moments:
    yield tale.opened
    tale.submit()


def take(tale: Tale, element_id: str) -> Moments:
    """The first line takes the step and writes down what it thinks."""
    yield tale.taken_up()
    tale.claim(element_id, by=tale.agent)
    for body in tale.facts.get("notes", ()):
        yield tale.minutes(2, 8)
        tale.note(body, by=tale.agent)


def asked(tale: Tale) -> Moments:
    """The first line asks and gets its answer."""
    yield from take(tale, "recognise")
    yield tale.minutes(4, 15)
    tale.complete("recognise", by=tale.agent, decision="ask", question=tale.facts["question"],
                  priority=tale.priority)
    yield tale.by_client(0.5, 20)
    tale.reply(tale.facts["reply"], by=tale.facts["client"])


def offer(tale: Tale) -> Moments:
    """The first line solves it."""
    if "question" in tale.facts:
        yield tale.minutes(5, 40)
        tale.claim("recognise", by=tale.agent)
    else:
        yield from take(tale, "recognise")
    yield tale.minutes(5, 35)
    tale.complete("recognise", by=tale.agent, decision="solve", solution=tale.facts["solution"],
                  priority=tale.priority)


def hand_over(tale: Tale) -> Moments:
    yield from take(tale, "recognise")
    yield tale.minutes(5, 25)
    tale.complete("recognise", by=tale.agent, decision="hand_over", note=tale.facts["handover_note"],
                  priority=tale.priority)


def specialist_takes(tale: Tale, element_id: str) -> Moments:
    """A specialist takes the step, or gets it from the lead."""
    yield tale.by_specialist(0.5, 5)
    if tale.seed % 3 != 1:
        tale.claim(element_id, by=tale.specialist)
    else:
        tale.assign(element_id, to=tale.specialist, by=LEAD_OF_SECOND_LINE)


def specialist_solves(tale: Tale, least: float, most: float) -> Moments:
    yield tale.by_specialist(least, most)
    tale.complete("specialist_work", by=tale.specialist, decision="solve", solution=tale.facts["solution"],
                  cause=tale.facts["cause"])


def messages(tale: Tale, least: float, most: float) -> Moments:
    """The conversation beside the steps, some hours apart."""
    for said in tale.facts.get("messages", ()):
        is_client = said["by"] == "client"
        yield tale.by_client(least, most) if is_client else tale.minutes(least * 20, most * 20)
        tale.reply(said["text"], by=tale.facts["client"] if is_client else tale.agent)


def accept(tale: Tale) -> None:
    tale.complete("accept_solution", by=tale.facts["client"], verdict="accepted")


def rate(tale: Tale) -> Moments:
    """The client gives stars, if the story has any: at once or a day later."""
    survey = tale.facts.get("survey")
    if not survey:
        return
    yield tale.minutes(1, 6) if tale.seed % 2 else tale.by_client(2, 24)
    beside = answers_beside(survey["stars"], tale.seed) if tale.facts["request_type"] == ASKED_OF else {}
    tale.complete("survey", by=tale.facts["client"], stars=str(survey["stars"]), remark=survey.get("remark") or None,
                  **beside)


def withdraw_after(tale: Tale, least: float, most: float) -> Moments:
    yield tale.minutes(least * 60, most * 60)
    tale.withdraw()
