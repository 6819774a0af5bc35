"""Who sees an entry of the catalogue: everyone, whoever is signed in, certain firms, certain roles.

An audience is written in a line, in the file of the catalogue as in the table: "" (everyone), "signed_in",
"firms: 2002514945, 3002886239", "roles: staff, lead".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from helpdesk.catalogue.records import AUDIENCE_MAX, Entry
from helpdesk.errors import DeskError
from helpdesk.people.accounts import Person, Role


class Kind(StrEnum):
    """The four kinds of audience."""

    EVERYONE = ""
    SIGNED_IN = "signed_in"
    FIRMS = "firms"
    ROLES = "roles"


# What a person may be at the desk, and how it is known.
ROLES: Mapping[str, Callable[[Person], bool]] = {
    "staff": lambda who: who.is_staff,
    "agent": lambda who: bool(who.memberships),
    "lead": lambda who: bool(who.led_team_ids),
    "manager": lambda who: who.has_role(Role.MANAGER),
    "owner": lambda who: who.has_role(Role.OWNER),
    "administrator": lambda who: who.has_role(Role.ADMINISTRATOR),
}


class BadAudience(DeskError):
    """“{text}” does not say who may see it: write signed_in, firms: and their numbers, or roles: and their names."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees something. names: the numbers of firms, or the keys of roles."""

    kind: Kind = Kind.EVERYONE
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind.value}: {', '.join(self.names)}" if self.names else self.kind.value


@lru_cache(maxsize=1024)
def parse_audience(text: str) -> Audience:
    """The audience that `text` writes. Raises BadAudience."""
    word, _, rest = text.partition(":")
    names = tuple(dict.fromkeys(name for part in rest.split(",") if (name := "".join(part.split()).replace("-", ""))))
    try:
        found = Audience(Kind(word.strip()), names)
    except ValueError:
        raise BadAudience(text=text[:80]) from None
    is_named = found.kind in {Kind.FIRMS, Kind.ROLES}
    is_known = found.kind is not Kind.ROLES or set(names) <= set(ROLES)
    if is_named != bool(names) or not is_known or len(str(found)) > AUDIENCE_MAX or not all(map(str.isalnum, names)):
        raise BadAudience(text=text[:80])
    return found


class Viewer:
    """Somebody who looks at the catalogue: nobody signed in, one person, or an agent together with a client.

    Whoever registers a request for a client may choose what the client may see, and what is there for agents.
    """

    def __init__(self, *people: Person | None) -> None:
        self._people = [person for person in people if person is not None and not person.is_disabled]

    @cached_property
    def _firms(self) -> frozenset[str]:
        return frozenset(person.nip for person in self._people if person.nip)

    @cached_property
    def _roles(self) -> frozenset[str]:
        return frozenset(name for name, is_it in ROLES.items() if any(is_it(person) for person in self._people))

    def sees(self, *entries: Entry) -> bool:
        """Whether all the entries are shown to them: an entry and what it lies in."""
        return all(not entry.is_hidden and self._belongs(parse_audience(entry.audience)) for entry in entries)

    def _belongs(self, audience: Audience) -> bool:
        if audience.kind is Kind.EVERYONE:
            return True
        if audience.kind is Kind.FIRMS:
            return not self._firms.isdisjoint(audience.names)
        if audience.kind is Kind.ROLES:
            return not self._roles.isdisjoint(audience.names)
        return bool(self._people)


def firm_numbers(text: str) -> Iterable[str]:
    """The numbers of firms that somebody typed: with commas, spaces or lines between them."""
    return [number for number in text.replace("-", "").replace(",", " ").replace(";", " ").split() if number]
