"""One thing that keeps a sheet from being published."""

from dataclasses import dataclass

from forms.rules import RULES


@dataclass(frozen=True)
class SheetFinding:
    """component: the key or id of the component, empty for the sheet itself. rule: a key of forms/rules.py."""

    component: str
    rule: str
    pl: str
    en: str


def finding(component: str, rule: str, **facts: object) -> SheetFinding:
    """The finding with both of its sentences filled in."""
    polish, english = RULES[rule]
    return SheetFinding(component, rule, polish.format(**facts), english.format(**facts))
