"""The errands of the crowd: accounts, certificates, accessibility, consents, deletions and software."""

from collections.abc import Iterator

from engine.demo.content import Facts
from engine.demo.crowd.words import Words, filled, read

# What only the template needs to know.
OF_TEMPLATE = frozenset({"times", "days", "is_rated", "variants", "trade"})


def errands(words: Words) -> Iterator[Facts]:
    for template in read("errands.toml")["errands"]:
        for place in range(template["times"]):
            yield _errand(words, template, place)


def _errand(words: Words, template: Facts, place: int) -> Facts:
    client, agent = words.client(template.get("trade", "any")), words.agent()
    said = words.about(client)
    if "variants" in template:
        said |= template["variants"][place % len(template["variants"])]
    story = filled({key: value for key, value in template.items() if key not in OF_TEMPLATE}, said)
    story = {"plot": "told", "channel": "portal", **story, "client": client, "agent": agent,
             "specialist": words.specialist(), "opened_days_ago": words.days_ago(*template["days"])}
    if story["channel"] == "phone":
        story["registered_by"] = agent
    if template.get("is_rated") and words.is_rated():
        story["survey"] = words.survey("pl")
    return story
