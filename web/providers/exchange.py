"""The exchange with a provider: Authorization Code with PKCE, state and nonce. No token outlives it.

Nothing here knows a database: a provider that is slow must not hold a transaction open.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from helpdesk.errors import DeskError
from helpdesk.people.identities import SUBJECT_MAX
from web.providers.directory import Provider, is_fit

SECONDS = 5
ANSWER_MAX = 500_000  # bytes
CODE_MAX = 4_000
LEEWAY = 60  # seconds by which clocks may differ
# Signatures with a key that only the provider has.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderAway(DeskError):
    """{provider} does not answer at the moment. Try again later, or sign in another way."""


class SignInStopped(DeskError):
    """The sign-in at {provider} was stopped. Nothing was changed."""


class SignInRefused(DeskError):
    """The sign-in through {provider} could not be completed. Nothing was changed; start again from the sign-in page."""


@dataclass(frozen=True)
class Begun:
    """A sign-in on its way: where the browser goes, and what has to fit when it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Claims:
    """What the provider says of a person. is_proved: whether it has checked that the address is theirs."""

    issuer: str
    subject: str
    email: str
    is_proved: bool
    name: str
    language: str


def begin(provider: Provider, *, back: str, name: str) -> Begun:
    """Begin a sign-in. back: where the provider sends the browser. name: of the provider, for errors."""
    metadata = _metadata(provider, name)
    nonce, verifier = generate_token(32), generate_token(64)
    with _client(provider, back) as client:
        address, state = client.create_authorization_url(
            metadata["authorization_endpoint"], state=generate_token(32), nonce=nonce, code_verifier=verifier)
    return Begun(address, state, nonce, verifier)


def finish(provider: Provider, begun: Mapping[str, str], answer: Mapping[str, str], *, back: str, name: str,
           now: datetime) -> Claims:
    """Who has signed in there. Raises SignInStopped, SignInRefused, ProviderAway."""
    if not hmac.compare_digest(begun["state"].encode(), answer.get("state", "").encode()):
        raise SignInRefused(provider=name)
    if answer.get("error"):
        raise SignInStopped(provider=name) if answer["error"] == "access_denied" else SignInRefused(provider=name)
    # Whose answer this is, where a provider says it (RFC 9207).
    if not 0 < len(answer.get("code", "")) <= CODE_MAX or answer.get("iss", provider.issuer) != provider.issuer:
        raise SignInRefused(provider=name)
    metadata = _metadata(provider, name)
    try:
        with _client(provider, back) as client:
            token = client.fetch_token(metadata["token_endpoint"], code=answer["code"], timeout=SECONDS,
                                       code_verifier=begun["verifier"], allow_redirects=False)
            said = _read_id_token(provider, metadata, token, begun["nonce"], now=now)
            if "userinfo_endpoint" in metadata:
                said = _with_user_info(client, metadata["userinfo_endpoint"], said)
    except requests.RequestException as error:
        raise ProviderAway(provider=name) from error
    except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as error:
        raise SignInRefused(provider=name) from error
    return _claims(provider, said, name)


def _client(provider: Provider, back: str) -> OAuth2Session:
    return OAuth2Session(
        client_id=provider.client_id, client_secret=provider.secret or None, scope=provider.scope, redirect_uri=back,
        token_endpoint_auth_method="client_secret_basic" if provider.secret else "none",
        code_challenge_method="S256")


def _metadata(provider: Provider, name: str) -> dict[str, Any]:
    """What the provider says of itself, read anew for each sign-in: it may have changed."""
    try:
        found = _read(requests.get(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
                                   timeout=SECONDS, allow_redirects=False, stream=True))
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway(provider=name) from error
    addresses = [found.get(key, "") for key in NEEDED[1:]]
    if found.get("issuer") != provider.issuer or not all(isinstance(one, str) and is_fit(one) for one in addresses):
        raise SignInRefused(provider=name)
    return found


def _read_id_token(provider: Provider, metadata: Mapping[str, Any], token: Mapping[str, Any], nonce: str, *,
                   now: datetime) -> dict[str, Any]:
    keys = KeySet.import_key_set(_read(requests.get(  # type: ignore[arg-type]
        metadata["jwks_uri"], timeout=SECONDS, allow_redirects=False, stream=True)))
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    decoded = jwt.decode(token["id_token"], key=keys, registry=JWSRegistry(
        algorithms=[one for one in ALGORITHMS if one in offered], strict_check_header=False))
    claims = CodeIDToken(
        decoded.claims, decoded.header,
        {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True, "value": provider.client_id},
         "sub": {"essential": True}},
        {"nonce": nonce, "client_id": provider.client_id, "access_token": token.get("access_token")})
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    return dict(claims)


def _with_user_info(client: OAuth2Session, address: str, said: dict[str, Any]) -> dict[str, Any]:
    """The claims with those that the provider gives at a place of their own, if they are of the same person."""
    if not is_fit(address):
        return said
    more = _read(client.get(address, timeout=SECONDS, allow_redirects=False, stream=True))
    if more.get("sub") != said["sub"]:
        raise ValueError("of somebody else")
    return {**more, **said}


def _claims(provider: Provider, said: Mapping[str, Any], name: str) -> Claims:
    subject = said.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MAX:
        raise SignInRefused(provider=name)
    email = said.get("email")
    names = [said.get("name"), " ".join(str(said.get(key) or "") for key in ("given_name", "family_name"))]
    return Claims(
        issuer=provider.issuer, subject=subject, email=email if isinstance(email, str) else "",
        # Only the very word: "true" as a text is what a careless provider passes on from a user.
        is_proved=said.get("email_verified") is True,
        name=next((" ".join(one.split()) for one in names if isinstance(one, str) and one.strip()), ""),
        language=str(said.get("locale") or "")[:2])


def _read(response: requests.Response) -> dict[str, Any]:
    with response:
        if response.status_code != requests.codes.ok:
            raise requests.HTTPError(f"status {response.status_code}")
        body = response.raw.read(ANSWER_MAX + 1, decode_content=True)
    if len(body) > ANSWER_MAX:
        raise ValueError("too long")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found
