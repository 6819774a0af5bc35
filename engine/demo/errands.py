"""The plots of the errands: accounts, certificates, accessibility, consents. Each stops where its story does."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from engine.demo.moments import local_day
from engine.demo.parts import opened, rate
from engine.demo.tale import Moments, Tale

SECOND_PERSON = "tomasz_gajda"


def told(tale: Tale) -> Moments:
    """The story's own acts, one after another: who finishes which step, with which answers, after how long."""
    yield from opened(tale)
    yield from _acts(tale, tale.facts.get("acts", ()))
    if "survey" in tale.facts:
        yield from rate(tale)
    if "came_back" in tale.facts:
        yield from _came_back(tale, tale.facts["came_back"])


def _acts(tale: Tale, acts: Iterable[Mapping[str, Any]]) -> Moments:
    for act in acts:
        yield _when(tale, act)
        if "says" in act:
            tale.reply(act["says"], by=_who(tale, act["by"]))
            continue
        tale.complete(act["step"], by=_who(tale, act["by"]), **_answers(tale, act.get("answers", {})))


def _came_back(tale: Tale, facts: Mapping[str, Any]) -> Moments:
    """The client adds something after the end; it goes on in the same request, or in a new one that is linked."""
    yield tale.by_client(facts["hours"], facts["hours"] * 1.1)
    tale.come_back(facts["text"])
    yield from _acts(tale, facts.get("acts", ()))


def _when(tale: Tale, act: Mapping[str, Any]) -> Any:
    if "minutes" in act:
        return tale.minutes(act["minutes"], act["minutes"] * 1.5)
    if act["by"] == "client":
        return tale.by_client(act["hours"], act["hours"] * 1.2)
    return tale.by_specialist(act["hours"], act["hours"] * 1.2)


def _answers(tale: Tale, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What is answered; days are told as days after the opening."""
    days = {key.removesuffix("_in_days"): local_day(tale.opened + timedelta(days=value))
            for key, value in answers.items() if key.endswith("_in_days")}
    return {key: value for key, value in answers.items() if not key.endswith("_in_days")} | days


def _who(tale: Tale, role: str) -> str:
    return {"client": tale.facts["client"], "second_person": SECOND_PERSON}.get(role) or str(tale.facts[role])


ERRANDS: Mapping[str, Callable[[Tale], Moments]] = {"told": told}
ERRAND_TYPES = ("ticket", "account_unlock", "login_change", "one_time_password", "customs_certificate", "pesel_exists",
                "accessibility_request", "emergency_consent")
