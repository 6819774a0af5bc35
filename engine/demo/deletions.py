"""The plots of the deletion of an account."""

from engine.demo.moments import in_office, local_day
from engine.demo.parts import messages, opened, rate, specialist_takes, take, withdraw_after
from engine.demo.tale import LATE_BY, SWITCHED_OFF_LATE, Moments, Tale


def new(tale: Tale) -> Moments:
    yield from opened(tale)


def withdrawn(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from withdraw_after(tale, 0.5, 1.9)


def deleted_basic(tale: Tale) -> Moments:
    yield from _checked(tale, decision="delete")
    yield from _switched_off(tale)


def refused(tale: Tale) -> Moments:
    yield from _checked(tale, decision="refuse", explanation=tale.facts["refusal_explanation"])


def waiting_for_form(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from messages(tale, 3, 8)


def no_form(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from messages(tale, 60, 70)


def form_check(tale: Tale) -> Moments:
    """The form has come; the first line is looking at it."""
    yield from opened(tale)
    yield from _filed(tale, tale.facts["form_reference"], 9, 30)
    if tale.facts.get("notes") or tale.seed % 2:
        yield from take(tale, "check_form")


def form_refused(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from _filed(tale, tale.facts["form_reference"], 10, 110)
    yield from _form_checked(tale, decision="refuse", explanation=tale.facts["refusal_explanation"])


def deactivation(tale: Tale) -> Moments:
    """The specialist has it in hand, or soon will."""
    yield from opened(tale)
    yield from _filed(tale, tale.facts["form_reference"], 10, 50)
    yield from _form_checked(tale, decision="correct")
    if tale.seed % 2:
        yield from specialist_takes(tale, "deactivate_account")


def deleted_extended(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from _filed(tale, tale.facts["form_reference"], 12, 140)
    yield from messages(tale, 3, 9)
    yield from _form_checked(tale, decision="correct")
    yield from _switched_off(tale)


def form_corrected_then_deleted(tale: Tale) -> Moments:
    yield from opened(tale)
    yield from _filed(tale, tale.facts["form_reference"], 12, 100)
    yield from _form_checked(tale, decision="incorrect", remark=tale.facts["correction"])
    yield from _filed(tale, tale.facts["corrected_form_reference"], 4, 60)
    yield tale.minutes(10, 80)
    tale.complete("check_form", by=tale.agent, decision="correct")
    yield from _switched_off(tale)


DELETIONS = (new, withdrawn, deleted_basic, refused, waiting_for_form, no_form, form_check, form_refused,
             deactivation, deleted_extended, form_corrected_then_deleted)


def _checked(tale: Tale, **answers: object) -> Moments:
    yield from opened(tale)
    yield from take(tale, "check_request")
    yield tale.minutes(5, 25)
    tale.complete("check_request", by=tale.agent, identity_confirmed=tale.facts["identity_confirmed"], **answers)


def _filed(tale: Tale, reference: str, least: float, most: float) -> Moments:
    yield tale.by_client(least, most)
    tale.file_form(reference)


def _form_checked(tale: Tale, **answers: object) -> Moments:
    yield from take(tale, "check_form")
    yield tale.minutes(5, 30)
    tale.complete("check_form", by=tale.agent, **answers)


def _switched_off(tale: Tale) -> Moments:
    if tale.key in SWITCHED_OFF_LATE:
        yield in_office(tale.now + LATE_BY, 0.3)
        tale.claim("deactivate_account", by=tale.specialist)
    else:
        yield from specialist_takes(tale, "deactivate_account")
    yield tale.by_specialist(0.2, 1)
    tale.reply(tale.facts["closing_message"], by=tale.specialist)
    yield tale.minutes(1, 4)
    tale.complete("deactivate_account", by=tale.specialist, done=True, deactivated_on=local_day(tale.now))
    yield from rate(tale)
