"""The plots: how a story goes on, act by act. Each yields the moment of its next act before it acts."""

from collections.abc import Callable, Iterable, Mapping

from engine.demo.deletions import DELETIONS
from engine.demo.errands import ERRAND_TYPES, ERRANDS
from engine.demo.parts import (
    accept,
    asked,
    hand_over,
    messages,
    offer,
    opened,
    rate,
    specialist_solves,
    specialist_takes,
    take,
    withdraw_after,
)
from engine.demo.tale import Moments, Tale

Plot = Callable[[Tale], Moments]


def new(tale: Tale) -> Moments:
    yield from opened(tale)


def claimed(tale: Tale) -> Moments:
    """Taken up a little while ago; everything since opening fits into the time there was."""
    yield from opened(tale)
    yield tale.share(0.15, 0.3)
    tale.claim("recognise", by=tale.agent)
    for body in tale.facts.get("notes", ()):
        yield tale.share(0.4, 0.55)
        tale.note(body, by=tale.agent)
    for said in tale.facts.get("messages", ()):
        yield tale.share(0.65, 0.9)
        tale.reply(said["text"], by=tale.facts["client"] if said["by"] == "client" else tale.agent)


def late(tale: Tale) -> Moments:
    """Nobody finishes it: lead and manager have heard of it."""
    yield from opened(tale)
    if "agent" in tale.facts:
        yield from take(tale, "recognise")
        yield from messages(tale, 2, 5)


def solved_waiting(tale: Tale) -> Moments:
    yield from opened(tale)
    if "question" in tale.facts:
        yield from asked(tale)
    yield from offer(tale)


def survey_waiting(tale: Tale) -> Moments:
    yield from solved_waiting(tale)
    yield tale.by_client(0.3, 9)
    accept(tale)


def accepted(tale: Tale) -> Moments:
    yield from solved_waiting(tale)
    yield from messages(tale, 0.5, 3)
    yield tale.by_client(0.3, 40)
    accept(tale)
    yield from rate(tale)


def waiting_for_client(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from take(tale, "recognise")
    yield tale.minutes(4, 20)
    tale.complete("recognise", by=tale.agent, decision="ask", question=tale.facts["question"],
                  priority=tale.priority)


def no_answer(tale: Tale) -> Moments:
    yield from waiting_for_client(tale)
    yield from messages(tale, 20, 26)


def refused(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from take(tale, "recognise")
    yield tale.minutes(4, 20)
    tale.complete("recognise", by=tale.agent, decision="refuse", refusal_reason=tale.facts["refusal_reason"],
                  explanation=tale.facts["refusal_explanation"], priority=tale.priority)


def not_solved_then_accepted(tale: Tale) -> Moments:
    yield from solved_waiting(tale)
    yield tale.by_client(1, 30)
    tale.complete("accept_solution", by=tale.facts["client"], verdict="not_solved",
                  reason=tale.facts["not_solved_reason"])
    yield from _second_try(tale)


def complaint_open(tale: Tale) -> Moments:
    """The client disputes the solution; nobody has decided yet."""
    yield from solved_waiting(tale)
    yield tale.by_client(2, 30)
    tale.complain()


def complaint_rejected(tale: Tale) -> Moments:
    """The client disputes the solution; it stands."""
    yield from complaint_open(tale)
    yield tale.by_specialist(10, 40)
    tale.decide("rejected", reasons=tale.facts["complaint_reasons"], by="beth")
    yield from rate(tale)


def complaint_upheld(tale: Tale) -> Moments:
    """The client disputes the solution and is right: the first line looks again."""
    yield from complaint_open(tale)
    yield tale.by_specialist(6, 24)
    tale.decide("upheld", reasons=tale.facts["complaint_upheld"], by="beth")
    yield from _second_try(tale)


def with_specialist(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from hand_over(tale)
    yield from messages(tale, 2, 6)
    yield from specialist_takes(tale, "specialist_work")


def specialist_accepted(tale: Tale) -> Moments:
    yield from with_specialist(tale)
    yield from specialist_solves(tale, 3, 28)
    yield tale.by_client(0.3, 40)
    accept(tale)
    yield from rate(tale)


def specialist_asked_then_accepted(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from hand_over(tale)
    yield from specialist_takes(tale, "specialist_work")
    yield tale.by_specialist(0.5, 4)
    tale.complete("specialist_work", by=tale.specialist, decision="ask", question=tale.facts["specialist_question"])
    yield tale.by_client(2, 20)
    tale.reply(tale.facts["specialist_reply"], by=tale.facts["client"])
    yield tale.by_specialist(1, 3)
    tale.claim("specialist_work", by=tale.specialist)
    yield from specialist_solves(tale, 2, 12)
    yield from messages(tale, 1, 4)
    yield tale.by_client(0.3, 30)
    accept(tale)
    yield from rate(tale)


def withdrawn(tale: Tale) -> Moments:
    yield from opened(tale)
    if "agent" in tale.facts:
        yield from take(tale, "recognise")
    yield from withdraw_after(tale, 0.2, 1.2)


def _second_try(tale: Tale) -> Moments:
    """The first line solves it again, this time for good."""
    yield tale.minutes(10, 70)
    tale.claim("recognise", by=tale.agent)
    yield tale.minutes(10, 60)
    tale.complete("recognise", by=tale.agent, decision="solve", solution=tale.facts["second_solution"],
                  priority=tale.priority)
    yield tale.by_client(0.3, 30)
    accept(tale)
    yield from rate(tale)


def _by_name(plots: Iterable[Plot]) -> dict[str, Plot]:
    return {plot.__name__: plot for plot in plots}


PLOTS: Mapping[str, Mapping[str, Plot]] = {
    "incident": {
        **_by_name((new, claimed, late, solved_waiting, survey_waiting, accepted, waiting_for_client, no_answer,
                    refused, not_solved_then_accepted, complaint_open, complaint_rejected, complaint_upheld,
                    with_specialist, specialist_accepted, specialist_asked_then_accepted, withdrawn)),
        # The client stays silent and the process goes on by itself.
        "expired": solved_waiting,
    },
    "account_deletion": _by_name(DELETIONS),
    **dict.fromkeys(ERRAND_TYPES, ERRANDS),
}


def start(tale: Tale) -> Moments:
    """The tale's moments, by its plot."""
    return PLOTS[tale.facts["request_type"]][tale.facts["plot"]](tale)
