"""The reports of the crowd: cases whose words meet with clients, goods, numbers and plots."""

from collections.abc import Iterator
from typing import Any

from engine.demo.content import Facts
from engine.demo.crowd.words import Words, read

# plot: how many there are, how many days ago from and to
REFUSED = 10
PLOTS = {
    "accepted": (62, 3, 88), "expired": (12, 11, 86), "not_solved_then_accepted": (8, 7, 80),
    "specialist_accepted": (17, 9, 86), "specialist_asked_then_accepted": (6, 12, 84), "no_answer": (6, 19, 84),
    "refused": (REFUSED, 2, 85), "withdrawn": (7, 2, 80), "complaint_rejected": (6, 13, 78),
    "complaint_upheld": (3, 14, 70), "complaint_open": (2, 2, 3), "new": (4, 0.015, 0.1), "claimed": (4, 0.05, 0.11),
    "solved_waiting": (4, 0.5, 2.2), "survey_waiting": (4, 2, 4), "waiting_for_client": (4, 0.5, 2.2),
    "with_specialist": (4, 2, 5),
}
PHONE_SHARE = 0.25
ASKED_SHARE = 0.25
NOTED_SHARE = 0.2
ASKING = frozenset({"waiting_for_client", "no_answer"})
PRIORITIES = {"low": 15, "normal": 50, "high": 25, "urgent": 10}
NUMBERS = {"mrn": "MRN: {}.", "lrn": "{own}: {}.", "sent": "SENT: {}.", "vin": "VIN: {}.", "receipt": "UPO: {}."}
ANSWERS = {"mrn": "mrn", "lrn": "lrn", "sent": "sent_number", "receipt": "receipt"}
OWN_NUMBER = {"pl": "Numer własny", "en": "Own number"}


def incidents(words: Words) -> Iterator[Facts]:
    told = read("incidents.toml")
    for plot, (times, least, most) in PLOTS.items():
        for _ in range(times):
            if plot == "refused":
                yield _refusal(words, words.turn("refusal", told["refusals"]), words.days_ago(least, most))
            else:
                yield _incident(words, words.turn("case", told["cases"]), plot, words.days_ago(least, most))


def _incident(words: Words, case: Facts, plot: str, days: float) -> Facts:
    language = "en" if case["trade"] == "english" else "pl"
    client = words.client(case["trade"], language)
    said = {"goods": words.goods(client), "port": words.port()}
    is_about_goods = "{goods}" in case["symptom"]
    firm = words.about(client)["firm"]
    subject = words.turn(f"subject/{case['subjects'][0]}", case["subjects"])
    if "{goods}" not in subject:
        subject = f"{subject} – {firm}"
    answers = {"subject": _begun(subject.format_map(said)), "system": case["system"],
               "environment": case.get("environment", "production"), "failed_channel": case["failed"]}
    sentences = [f"{words.say('since', language)} {case['symptom'].format_map(said)}."]
    if case["number"]:
        number = words.number(case["number"])
        sentences.append(NUMBERS[case["number"]].format(number, own=OWN_NUMBER[language]))
        if case["number"] in ANSWERS:
            answers[ANSWERS[case["number"]]] = number
    sentences.append(words.say("effect_on_goods" if is_about_goods else "effect", language).format_map(said))
    if not is_about_goods:
        sentences.append(f"Sprawa dotyczy firmy {firm}.")
    answers["what_happened"] = " ".join(sentences)
    if case["error"]:
        answers["error_message"] = case["error"]
    return {**_opened(words, client, case, plot, days, answers), **_course(words, language),
            "solution": case["solution"].format_map(said), "second_solution": case["solution"].format_map(said),
            "cause": case["cause"], **_asked(words, plot, language)}


def _refusal(words: Words, case: Facts, days: float) -> Facts:
    client = words.client("customs")
    said = {"goods": words.goods(client)}
    where = {"service": "import", "classification": "import_rejected"}
    answers = {"subject": words.turn(case["reason"], case["subjects"]).format_map(said), "system": "other",
               "environment": "production", "failed_channel": "unknown",
               "what_happened": case["report"].format_map(said)}
    return {**_opened(words, client, where, "refused", days, answers), "priority": "low",
            "refusal_reason": case["reason"], "refusal_explanation": case["explanation"]}


def _opened(words: Words, client: str, where: Facts, plot: str, days: float, answers: Facts) -> dict[str, Any]:
    """Who reports it, where and when."""
    agent = words.agent()
    is_call = words.chance.random() < PHONE_SHARE
    facts = {"request_type": "incident", "plot": plot, "client": client, "service": where["service"],
             "classification": where["classification"], "channel": "phone" if is_call else "portal",
             "opened_days_ago": days, "happened_days_ago": days + words.chance.uniform(0.02, 0.3), "agent": agent,
             "specialist": words.specialist(), "answers": {**answers, "phone": words.phone(client)}}
    return facts | ({"registered_by": agent} if is_call else {})


def _course(words: Words, language: str) -> dict[str, Any]:
    """What is said on the way; each plot takes what it needs."""
    chance = words.chance
    priority, = chance.choices(list(PRIORITIES), weights=list(PRIORITIES.values()))
    course: dict[str, Any] = {"priority": priority}
    for key, kind in (("handover_note", "handover"), ("specialist_question", "specialist_question"),
                      ("specialist_reply", "specialist_reply"), ("not_solved_reason", "not_solved"),
                      ("complaint", "complaint"), ("withdrawal_reason", "withdrawal")):
        course[key] = words.say(kind, language)
    course |= {"complaint_reasons": words.say("complaint_rejected", language),
               "complaint_upheld": words.say("complaint_upheld", language)}
    if chance.random() < NOTED_SHARE:
        course["notes"] = [words.say("note", language)]
    if words.is_rated():
        course["survey"] = words.survey(language)
    return course


def _asked(words: Words, plot: str, language: str) -> Facts:
    """The question to the client, with its answer; most reports say enough without it."""
    question, reply = words.pair("question", "reply", language)
    if plot not in ASKING and words.chance.random() > ASKED_SHARE:
        return {}
    return {"question": question, "reply": reply}


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
