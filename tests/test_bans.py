"""The bans hold: what they forbid raises, what others need still works."""

import builtins
import pickle
import socket
from collections.abc import Iterator
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest

from tests import bans

pytest_plugins = ("pytester",)


@pytest.fixture
def broken_bans() -> Iterator[list[str]]:
    """The violations of this test, which do not fail it."""
    seen: list[str] = bans.violations[:]
    yield seen
    bans.violations.clear()


def call_from(package: str, source: str) -> Any:
    """What a function `act` of a module in `package` gives."""
    module = ModuleType(package)
    module.__dict__.update(pickle=pickle, BytesIO=BytesIO)
    builtins.exec(f"def act():\n    return {source}\n", module.__dict__)
    return module.act()


FORBIDDEN = ["eval('1')", "exec('1')", "compile('1', 'x', 'eval')", "list(map(eval, ['1']))", "pickle.dumps(1)",
             "pickle.loads(b'I1\\n.')", "pickle.load(BytesIO(b'I1\\n.'))", "pickle.dump(1, BytesIO())",
             "pickle.Pickler(BytesIO())", "pickle.Unpickler(BytesIO())"]


@pytest.mark.parametrize("source", FORBIDDEN)
@pytest.mark.parametrize("package", ["engine.fake", "web", "SpiffWorkflow.bpmn.fake"])
def test_code_from_data_raises_in_our_packages_and_in_the_library(
        broken_bans: list[str], package: str, source: str) -> None:
    with pytest.raises(AssertionError, match=f"{package} called"):
        call_from(package, source)

    assert len(bans.violations) == 1


@pytest.mark.parametrize("source", FORBIDDEN)
def test_others_may_go_on(source: str) -> None:
    call_from("jinja2.fake", source)
    call_from("engineering", source)

    assert bans.violations == []


def test_code_without_a_namespace_runs_in_that_of_its_caller() -> None:
    here = 20  # noqa: F841  # read by the code below

    assert eval("here + 1") == 21
    assert eval("here + 1", {"here": 1}) == 2
    assert eval("here + there", {"here": 1}, {"there": 2}) == 3


@pytest.mark.parametrize("address", [("192.0.2.1", 25), ("2001:db8::1", 25, 0, 0), ("198.51.100.7", 53)])
def test_a_socket_to_the_outside_raises(broken_bans: list[str], address: tuple[Any, ...]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as ours:
        for act in (lambda: ours.connect(address), lambda: ours.connect_ex(address), lambda: ours.sendto(b"", address)):
            with pytest.raises(AssertionError, match="to "):
                act()
    with pytest.raises(AssertionError, match=r"getaddrinfo to mail\.example\.com"):
        socket.create_connection(("mail.example.com", 25))

    assert len(bans.violations) == 4


def test_a_socket_to_this_machine_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    first, second = socket.socketpair()
    first.close()
    second.close()

    assert bans.violations == []


def test_a_violation_that_somebody_swallowed_still_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.conftest import _no_code_from_data, _no_socket_outside, _nothing_was_banned\n")
    pytester.makepyfile("""
        import socket

        def test_swallows():
            try:
                socket.create_connection(("192.0.2.1", 25))
            except AssertionError:
                pass
    """)

    outcome = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    outcome.assert_outcomes(passed=1, errors=1)
    bans.violations.clear()
