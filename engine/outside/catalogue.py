"""The catalogue of systems: what a diagram may ask of whom. Addresses and secrets are the administrator's, not here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Operation:
    """Something a system can be asked to do.

    required, optional: its parameters. gives: the values of an answer. refuses: the codes it may refuse with.
    """

    name: Mapping[str, str]
    required: frozenset[str]
    optional: frozenset[str]
    gives: frozenset[str]
    refuses: frozenset[str]


@dataclass(frozen=True)
class System:
    """Another system, as people call it, and what it can be asked."""

    name: Mapping[str, str]
    operations: Mapping[str, Operation]


Catalogue = Mapping[str, System]


@cache
def built_in_systems() -> Catalogue:
    """The systems of workflows/systems.toml, by key."""
    content = tomllib.loads((files("workflows") / "systems.toml").read_text(encoding="utf-8"))
    return {key: _system(facts) for key, facts in content["systems"].items()}


def system_name(key: str, language: str) -> str:
    """What people call the system."""
    system = built_in_systems().get(key)
    return system.name[language if language in system.name else "pl"] if system else key


def _system(facts: Mapping[str, Any]) -> System:
    return System(_name(facts), {key: _operation(one) for key, one in facts["operations"].items()})


def _operation(facts: Mapping[str, Any]) -> Operation:
    return Operation(_name(facts), *(frozenset(facts.get(part, ())) for part in
                                     ("required", "optional", "gives", "refuses")))


def _name(facts: Mapping[str, Any]) -> Mapping[str, str]:
    return {"pl": str(facts["name"]["pl"]), "en": str(facts["name"]["en"])}
