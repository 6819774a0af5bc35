"""The client: the one way by which the desk asks another system. The standard library's HTTP, held on a short lead.

A name is resolved once and the connection goes to that very address, so that a second answer of the name server cannot
lead elsewhere. Redirects are not followed, proxies of the environment are not used, size and time are limited, and
what a system writes in an error is shown to nobody.
"""

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv6Address, ip_address
from typing import Any

from engine.outside.addresses import Address
from engine.outside.answering import Reply
from engine.outside.calls import short_values
from helpdesk.errors import DeskError

ANSWER_MOST = 64 * 1024
REFUSALS = frozenset({409, 422})
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class CallFailed(DeskError):
    """The other system could not be asked: {reason}"""

    reason: str


class SystemDown(CallFailed):
    """The other system cannot be reached: {reason}"""


def ask(address: Address, operation: str, payload: Mapping[str, Any], *, key: str) -> Reply:
    """What the system says to one question. key: makes a repeated question count once there.

    Raises SystemDown when it cannot be reached or does not answer in time, CallFailed when its answer is of no use.
    """
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity",
               "Idempotency-Key": key, "User-Agent": "Okienko", "Connection": "close"}
    if address.token:
        headers["Authorization"] = f"Bearer {address.token}"
    where = resolve(address)
    connection = _Pinned(address, where)
    try:
        with _deadline(connection, address.seconds) as is_late:
            connection.request("POST", address.path(operation), body=body, headers=headers)
            with connection.getresponse() as response:
                status, data = response.status, _read(response)
    except (OSError, HTTPException, ValueError) as error:
        late = is_late()
        raise SystemDown(reason="no answer in time" if late or isinstance(error, TimeoutError)
                         else f"no connection ({type(error).__name__})") from error
    finally:
        connection.close()
    if is_late():
        raise SystemDown(reason="no answer in time")
    return _understand(status, data)


def resolve(address: Address) -> tuple[socket.AddressFamily, tuple[Any, ...]]:
    """The one network address to connect to; raises CallFailed when the administrator does not allow it."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SystemDown(reason="the name of the system cannot be resolved") from error
    for family, _, _, _, place in found:
        if not (address.is_private or is_public(str(place[0]))):
            raise CallFailed(reason="the address is a private one, and that is not allowed for this system")
        return family, tuple(place)
    raise SystemDown(reason="the name of the system cannot be resolved")


def is_public(host: str) -> bool:
    """Whether a numeric address lies in the public network, and not in ours, on this machine or nowhere."""
    number = ip_address(host.partition("%")[0])
    if isinstance(number, IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
        number = inner or number
    return number.is_global and not number.is_multicast


class _Pinned(HTTPConnection):
    """A connection to the address that was resolved, and with TLS to the name that was asked for."""

    def __init__(self, address: Address, where: tuple[socket.AddressFamily, tuple[Any, ...]]) -> None:
        super().__init__(address.host, address.port, timeout=address.seconds)
        self.address, self.where = address, where

    def connect(self) -> None:
        family, place = self.where
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(self.address.seconds)
        self.sock.connect(place)
        if self.address.is_tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.address.host)

    def cut(self) -> None:
        """End whatever it waits for."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.sock.close()


@contextmanager
def _deadline(connection: _Pinned, seconds: float) -> Iterator[Callable[[], bool]]:
    """Cuts the connection after so many seconds in all: a timeout alone counts anew with every byte."""
    fired = threading.Event()

    def cut() -> None:
        fired.set()
        connection.cut()

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield fired.is_set
    finally:
        timer.cancel()
        timer.join()


def _read(response: HTTPResponse) -> bytes:
    data = response.read(ANSWER_MOST + 1)
    if len(data) > ANSWER_MOST:
        raise CallFailed(reason=f"the answer is larger than {ANSWER_MOST // 1024} kB")
    return data


def _understand(status: int, data: bytes) -> Reply:
    """The reply in a response; whatever is neither an answer nor a refusal is a failure."""
    if status in REFUSALS:
        code = _mapping(data).get("error")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise CallFailed(reason=f"the refusal (HTTP {status}) has no code")
        return Reply(refusal=code)
    if not 200 <= status < 300:
        raise CallFailed(reason=f"the system answered HTTP {status}")
    values = _mapping(data)
    if not all(_NAME.fullmatch(name) for name in values):
        raise CallFailed(reason="the answer has names that are not plain")
    try:
        return Reply(short_values(values))
    except ValueError as error:
        raise CallFailed(reason="the answer is not made of short values") from error


def _mapping(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise CallFailed(reason="the answer is not JSON") from error
    if not isinstance(found, dict):
        raise CallFailed(reason="the answer is not a mapping")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)
