"""The providers that the administrator has named, read from one TOML file."""

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from helpdesk.errors import DeskError
from helpdesk.people.identities import ISSUER_MAX

PLACES_MOST = 10
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
KNOWN = {"issuer": str, "client_id": str, "secret_env": str, "scope": str, "name": dict, "adds_people": bool}


class BadProvider(DeskError):
    """The provider of sign-ins “{provider}” cannot be used: {reason}"""


@dataclass(frozen=True)
class Provider:
    """One provider. secret: "" for a client without one. adds_people: whether newcomers get an account through it."""

    key: str
    issuer: str
    client_id: str
    name_pl: str
    name_en: str
    secret: str = ""
    scope: str = "openid email profile"
    adds_people: bool = True

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_pl


Providers = Mapping[str, Provider]


def read_providers(path: str, environment: Mapping[str, str] | None = None) -> Providers:
    """The providers of the file named by the setting OKIENKO_PROVIDERS, by key. Raises BadProvider."""
    if not path:
        return {}
    environment = os.environ if environment is None else environment
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadProvider(provider=path, reason=str(error)) from error
    if len(content) > PLACES_MOST:
        raise BadProvider(provider=path, reason=f"there are more than {PLACES_MOST}")
    return {key: _provider(key, facts, environment) for key, facts in content.items()}


def is_fit(address: str) -> bool:
    """Whether something may be asked at this address: https, or http on this machine."""
    parts = urlsplit(address)
    if not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _provider(key: str, facts: Any, environment: Mapping[str, str]) -> Provider:
    if not _KEY.fullmatch(key):
        raise BadProvider(provider=key, reason="a key is made of small letters, digits, - and _")
    if not isinstance(facts, dict):
        raise BadProvider(provider=key, reason="it is not a table")
    for name, value in facts.items():
        if name not in KNOWN or type(value) is not KNOWN[name]:
            raise BadProvider(provider=key, reason=f"“{name}” is unknown or of another type")
    names = facts.get("name", {})
    if not facts.get("client_id") or not all(isinstance(names.get(code), str) for code in ("pl", "en")):
        raise BadProvider(provider=key, reason="it needs a client_id, a name.pl and a name.en")
    issuer = facts.get("issuer", "")
    if not is_fit(issuer) or len(issuer) > ISSUER_MAX:
        raise BadProvider(provider=key, reason="the issuer has to be an https address")
    secret_env = facts.get("secret_env", "")
    if secret_env and not environment.get(secret_env):
        raise BadProvider(provider=key, reason=f"the environment has no {secret_env}")
    scope = facts.get("scope", Provider.scope)
    if "openid" not in scope.split():
        raise BadProvider(provider=key, reason="the scope lacks openid")
    return Provider(key=key, issuer=issuer, client_id=facts["client_id"], name_pl=names["pl"], name_en=names["en"],
                    secret=environment.get(secret_env, "") if secret_env else "", scope=scope,
                    adds_people=facts.get("adds_people", True))
