"""The words of the crowd: who asks, which numbers they quote and when; one chance draws them all, always the same."""

import string
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from random import Random
from typing import Any

from engine.demo.content import read_people
from helpdesk import identifiers
from helpdesk.identifiers import BadIdentifier

SEED = 20260105
# How much likelier the last weeks are than the first: 1 would spread the stories evenly.
LATELY = 1.7
# Younger stories keep their hour of the day (see moments.SETTLED_DAYS), so theirs must be close to that of the present.
SETTLED_DAYS = 10
STARS = {5: 52, 4: 27, 3: 11, 2: 6, 1: 4}
RATED_SHARE = 0.7


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


class Words:
    """Draws clients, numbers, moments and sentences. Choices take turns, so that neighbours differ."""

    def __init__(self) -> None:
        self.chance = Random(SEED)
        self._words = read("words.toml")
        self._people = {person["key"]: person for person in read_people()}
        self._turns: dict[str, Iterator[Any]] = {}

    # --- people

    def client(self, trade: str, language: str = "pl") -> str:
        """The next client of that trade; "any" is every client who speaks the language."""
        keys = [key for key, told in self._words["clients"].items()
                if self._people[key]["language"] == language and trade in {"any", *told["trades"]}]
        return str(self.turn(f"client/{trade}/{language}", keys))

    def agent(self) -> str:
        return str(self.chance.choice(self._words["agents"]))

    def specialist(self) -> str:
        return str(self.chance.choice(self._words["specialists"]))

    def language(self, client: str) -> str:
        return str(self._people[client]["language"])

    def phone(self, client: str) -> str:
        return str(self._people[client]["phone"])

    def goods(self, client: str) -> str:
        return str(self.turn(f"goods/{client}", self._words["clients"][client]["goods"]))

    def port(self) -> str:
        return str(self.turn("port", self._words["ports"]))

    def about(self, client: str) -> dict[str, str]:
        """What errands say of their client: names, addresses and numbers, the firm's and the person's."""
        person = self._people[client]
        first_name, last_name = person["name"].split(" ", 1)
        before, after = person["email"].split("@")
        return {"name": person["name"], "first_name": first_name, "last_name": last_name, "email": person["email"],
                "old_email": f"{before}.dawny@{after}", "phone": person["phone"], "firm": person["firm"],
                "nip": person["nip"], "id_sisc": f"PL{person['nip']}00000", "pesel": self._pesel(),
                "serial": f"{self.chance.randrange(16**12):012X}", "port": self.port()}

    # --- sentences

    def turn(self, name: str, choices: Sequence[Any]) -> Any:
        """The next of the choices, shuffled anew each time all have had their turn."""
        return next(self._turns.setdefault(name, self._turns_of(choices)))

    def say(self, kind: str, language: str) -> str:
        """The next sentence of that kind."""
        return str(self.turn(f"{language}/{kind}", self._words[language][kind]))

    def pair(self, one: str, other: str, language: str) -> tuple[str, str]:
        """The next sentences of two kinds that belong together."""
        said = self._words[language]
        first, second = self.turn(f"{language}/{one}/{other}", list(zip(said[one], said[other], strict=True)))
        return str(first), str(second)

    def survey(self, language: str) -> dict[str, Any]:
        """Stars and a remark that fits them."""
        stars, = self.chance.choices(list(STARS), weights=list(STARS.values()))
        remarks = self._words["remarks"][language][str(stars)]
        return {"stars": stars, "remark": self.turn(f"{language}/{stars}", remarks)}

    def is_rated(self) -> bool:
        return self.chance.random() < RATED_SHARE

    # --- moments and numbers

    def days_ago(self, least: float, most: float) -> float:
        """How long ago a story was opened, between the two, rather late than early."""
        days: float = least + (most - least) * self.chance.random() ** LATELY
        if 1 < days < SETTLED_DAYS:
            days = max(least, round(days) + self.chance.uniform(-0.15, 0.2))
        return round(days, 3)

    def number(self, kind: str) -> str:
        """A number with a valid check digit that is nobody's."""
        return {"mrn": self._mrn, "lrn": self._lrn, "sent": self._sent, "vin": self._vin,
                "receipt": self._receipt}[kind]()

    def _mrn(self) -> str:
        return self._checked(f"26PL99{self.chance.randrange(10**8):08}{self.chance.choice(string.ascii_uppercase)}"
                             f"{self.chance.randrange(10**2):02}", identifiers.mrn)

    def _pesel(self) -> str:
        """Somebody who will be born in the 23rd century: the number is valid and cannot be anybody's."""
        birthday = f"{self.chance.randrange(100):02}{self.chance.randint(61, 72)}{self.chance.randint(1, 28):02}"
        return self._checked(f"{birthday}{self.chance.randrange(10**4):04}", identifiers.pesel)

    def _lrn(self) -> str:
        return f"{''.join(self.chance.choices(string.ascii_uppercase, k=3))}/{self.chance.randint(100, 9999)}"

    def _sent(self) -> str:
        return f"SENT2026{self.chance.randrange(10**8):08}"

    def _vin(self) -> str:
        # No maker has the world code 0ZZ.
        return f"0ZZDM0AA{self.chance.randint(1, 9)}TX{self.chance.randrange(10**6):06}"

    def _receipt(self) -> str:
        return f"UPO-{self.chance.randrange(10**7):07}"

    @staticmethod
    def _checked(begun: str, check: Callable[[str], str]) -> str:
        """The number with the check digit that fits it."""
        for digit in string.digits:
            try:
                return check(begun + digit)
            except BadIdentifier:
                continue
        raise AssertionError(begun)

    def _turns_of(self, choices: Sequence[Any]) -> Iterator[Any]:
        while True:
            yield from self.chance.sample(choices, len(choices))


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """The same facts with every {word} in their texts replaced."""
    if isinstance(value, str):
        return value.format_map(words)
    if isinstance(value, Mapping):
        return {key: filled(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, words) for one in value]
    return value

