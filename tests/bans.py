"""What no test may see happen: our packages or the library running code from data, and a socket to the outside.

A violation is raised where it happens and also remembered, so that a test fails even if somebody caught the error.
"""

import builtins
import ipaddress
import pickle
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WATCHED = ("web", "mailroom", "engine", "sla", "forms", "helpdesk", "feel", "workflows", "SpiffWorkflow")
violations: list[str] = []


@contextmanager
def no_code_from_data() -> Iterator[None]:
    """eval, exec, compile and pickle raise when the caller is one of the watched packages."""
    banned: dict[tuple[Any, str], Any] = {
        (builtins, "eval"): _running("eval", builtins.eval), (builtins, "exec"): _running("exec", builtins.exec),
        (builtins, "compile"): _calling("compile", builtins.compile),
        (pickle, "Pickler"): _making("pickle.Pickler", pickle.Pickler),
        (pickle, "Unpickler"): _making("pickle.Unpickler", pickle.Unpickler),
        **{(pickle, name): _calling(f"pickle.{name}", getattr(pickle, name))
           for name in ("dump", "dumps", "load", "loads")},
    }
    originals = {place: getattr(*place) for place in banned}
    for (module, name), guard in banned.items():
        setattr(module, name, guard)
    try:
        yield
    finally:
        for (module, name), original in originals.items():
            setattr(module, name, original)


@contextmanager
def no_socket_outside() -> Iterator[None]:
    """Connecting, sending and looking names up raise unless it is this machine."""
    places: tuple[tuple[Any, str, Any], ...] = (
        (socket.socket, "connect", lambda arguments: arguments[1]),
        (socket.socket, "connect_ex", lambda arguments: arguments[1]),
        (socket.socket, "sendto", lambda arguments: arguments[-1]),
        (socket, "getaddrinfo", lambda arguments: (arguments[0], 0)),
    )
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    for owner, name, address_in in places:
        setattr(owner, name, _sending(name, getattr(owner, name), address_in))
    try:
        yield
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def is_here(address: object) -> bool:
    """Whether a socket address is on this machine: a unix socket, or a loopback or unspecified address."""
    if not isinstance(address, tuple):
        return True
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    if host in (None, "", "localhost", socket.gethostname()):
        return True
    try:
        number = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified


def _refuse(sentence: str) -> None:
    violations.append(sentence)
    raise AssertionError(sentence)


def _check_caller(what: str) -> None:
    """Look at whoever called the guard; C code between them has no frame and does not hide anybody."""
    caller = str(sys._getframe(2).f_globals.get("__name__", ""))
    if caller.partition(".")[0] in WATCHED:
        _refuse(f"{caller} called {what}")


def _calling(what: str, original: Any) -> Any:
    def guard(*arguments: Any, **named: Any) -> Any:
        _check_caller(what)
        return original(*arguments, **named)
    return guard


def _running(what: str, original: Any) -> Any:
    """As `_calling`; without a namespace the code runs in that of its caller, as if there were no guard."""
    def guard(source: Any, scope: Any = None, inner: Any = None, /, **named: Any) -> Any:
        _check_caller(what)
        if scope is None:
            frame = sys._getframe(1)
            scope, inner = frame.f_globals, frame.f_locals if inner is None else inner
        return original(source, scope, scope if inner is None else inner, **named)
    return guard


def _making(what: str, original: Any) -> Any:
    """A class like the original, so that it can still be derived from."""
    class Guarded(original):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            _check_caller(what)
            super().__init__(*arguments, **named)
    Guarded.__name__ = original.__name__
    return Guarded


def _sending(what: str, original: Any, address_in: Any) -> Any:
    def guard(*arguments: Any, **named: Any) -> Any:
        address = address_in(arguments) if len(arguments) > 1 or what == "getaddrinfo" else None
        if not is_here(address):
            _refuse(f"{what} to {address[0]}")
        return original(*arguments, **named)
    return guard
