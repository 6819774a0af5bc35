"""What the demonstration desk is made of: catalogue, people and stories, read from the files beside this one."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, NamedTuple

Facts = Mapping[str, Any]

# What the members of the cast are, as the demo's first page says it.
_CAST: Mapping[str, tuple[str, str]] = {
    "clara": ("klientka", "client"),
    "colin": ("inny klient", "another client"),
    "amir": ("konsultant pierwszej linii", "agent of the first line"),
    "beth": ("specjalistka drugiej linii", "specialist of the second line"),
    "lena": ("kierowniczka obu zespołów", "lead of both teams"),
    "oskar": ("właściciel procesów", "owner of the processes"),
    "ada": ("administratorka", "administrator"),
    "marek": ("dyrektor", "manager"),
}


class CastMember(NamedTuple):
    """Somebody the guides know by first name, with the password of the demo; `what` is in Polish and English."""

    name: str
    email: str
    password: str
    what: Mapping[str, str]


def read_catalogue() -> Facts:
    return _read("catalogue.toml")


def read_people() -> list[Facts]:
    return list(_read("people.toml")["people"])


def read_stories() -> list[Facts]:
    return [*_read("stories.toml")["stories"], *_read("errands.toml")["stories"]]


def read_announcements() -> list[Facts]:
    return list(_read("announcements.toml")["announcements"])


def password_of(key: str) -> str | None:
    """The password of a member of the cast; nobody else has one."""
    return f"{key}-okienko-demo" if key in _CAST else None


def cast() -> list[CastMember]:
    """Everybody who can sign in to the demo with a password."""
    people = {person["key"]: person for person in read_people()}
    return [CastMember(people[key]["name"], people[key]["email"], f"{key}-okienko-demo", {"pl": polish, "en": english})
            for key, (polish, english) in _CAST.items()]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
