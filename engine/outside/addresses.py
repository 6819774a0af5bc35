"""Addresses: where the other systems are, by the administrator's word alone."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from helpdesk.errors import DeskError

SECONDS = 10
SECONDS_MOST = 60  # less than a call is claimed for
KNOWN = {"address": str, "token_env": str, "seconds": int, "is_private": bool}


class BadAddress(DeskError):
    """The address of the system “{system}” cannot be used: {reason}"""


@dataclass(frozen=True)
class Address:
    """Where one system is.

    base: its https address; http only for a private one. token: sent as a bearer token, "" for none. seconds: how long
    a call may take. is_private: whether it may lie inside the network of the office.
    """

    base: str
    token: str = ""
    seconds: int = SECONDS
    is_private: bool = False

    @property
    def host(self) -> str:
        return urlsplit(self.base).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.base).port or (443 if self.is_tls else 80)

    @property
    def is_tls(self) -> bool:
        return urlsplit(self.base).scheme == "https"

    def path(self, operation: str) -> str:
        return f"{urlsplit(self.base).path.rstrip('/')}/{operation}"


Addresses = Mapping[str, Address]


def read_addresses(path: str, environment: Mapping[str, str] | None = None) -> Addresses:
    """The addresses of the file named by the setting OKIENKO_SYSTEMS, by key of the system; raises BadAddress."""
    if not path:
        return {}
    environment = os.environ if environment is None else environment
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadAddress(system=path, reason=str(error)) from error
    return {key: _address(key, facts, environment) for key, facts in content.items()}


def _address(key: str, facts: Any, environment: Mapping[str, str]) -> Address:
    if not isinstance(facts, dict):
        raise BadAddress(system=key, reason="it is not a table")
    for name, value in facts.items():
        if name not in KNOWN or type(value) is not KNOWN[name]:
            raise BadAddress(system=key, reason=f"{name} is not known, or is not of type "
                                                f"{KNOWN[name].__name__ if name in KNOWN else 'any'}")
    secret = facts.get("token_env", "")
    if secret and not environment.get(secret):
        raise BadAddress(system=key, reason=f"the environment has no {secret}")
    address = Address(facts.get("address", ""), environment.get(secret, "") if secret else "",
                      facts.get("seconds", SECONDS), facts.get("is_private", False))
    problem = _problem(address)
    if problem:
        raise BadAddress(system=key, reason=problem)
    return address


def _problem(address: Address) -> str:
    try:
        parts = urlsplit(address.base)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return "the address cannot be read"
    if not is_whole or parts.username or parts.query or parts.fragment or not address.base.isascii():
        return "the address must be scheme, host, port and path"
    if parts.scheme != "https" and not (parts.scheme == "http" and address.is_private):
        return "only a private address may be without https"
    if not 1 <= address.seconds <= SECONDS_MOST:
        return f"seconds must be between 1 and {SECONDS_MOST}"
    return ""
