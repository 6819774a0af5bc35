"""The way out of the house, tried against the stand-in over real sockets: what is a reply, and what is refused."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from engine.outside import client
from engine.outside.addresses import Address, BadAddress, read_addresses
from engine.outside.answering import Reply
from engine.outside.calling import call_due
from engine.outside.catalogue import built_in_systems
from engine.outside.client import CallFailed, SystemDown, ask
from helpdesk.settings import Settings
from tests.desk import Desk
from tests.engine.outside.asking import ACCOUNT, request, the_call
from web.standin.accounts import EMERGENCY_PASSWORD
from web.standin.server import NotInDemo, StandIn
from web.standin.systems import Order

LOGIN = {"login": ACCOUNT}


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(Settings(demo=True)) as standing:
        yield standing


@pytest.fixture
def directory(stand_in: StandIn) -> Address:
    return stand_in.addresses(seconds=1)["directory"]


def test_an_answer_is_values(directory: Address) -> None:
    assert ask(directory, "unlock_account", LOGIN, key="a") == Reply({"is_unlocked": True})


def test_a_refusal_is_a_code(directory: Address) -> None:
    assert ask(directory, "unlock_account", {"login": "nikt@example.com"}, key="a") == Reply(refusal="not_found")


@pytest.mark.parametrize(("failure", "error", "words"), [
    ("error", CallFailed, "HTTP 500"), ("garbage", CallFailed, "not JSON"), ("large", CallFailed, "larger"),
    ("redirect", CallFailed, "HTTP 302"), ("slow", SystemDown, "in time"), ("down", SystemDown, "no connection"),
    ("silent", SystemDown, "no connection")])
def test_a_failure_on_demand_is_told_apart(stand_in: StandIn, directory: Address, failure: str,
                                           error: type[CallFailed], words: str) -> None:
    stand_in.systems.order("directory", "*", Order(failure))

    with pytest.raises(error, match=words) as caught:
        ask(directory, "unlock_account", LOGIN, key="a")

    # What the system writes in an error is nobody's business here.
    assert "accounts" not in str(caught.value) and type(caught.value) is error
    assert ask(directory, "unlock_account", LOGIN, key="a") == Reply({"is_unlocked": True})


def test_a_login_can_order_its_own_failure(directory: Address) -> None:
    with pytest.raises(CallFailed, match="HTTP 500"):
        ask(directory, "unlock_account", {"login": "error@example.com"}, key="a")


def test_an_answer_sent_twice_is_read_once(stand_in: StandIn, directory: Address) -> None:
    stand_in.systems.order("directory", "*", Order("twice"))

    assert ask(directory, "unlock_account", LOGIN, key="a") == Reply({"is_unlocked": True})


def test_a_lost_answer_is_given_again_and_nothing_is_done_twice(stand_in: StandIn, directory: Address) -> None:
    stand_in.systems.order("directory", "change_login", Order("silent"))
    change = {"login": ACCOUNT, "new_login": "nowa@example.com"}
    with pytest.raises(SystemDown):
        ask(directory, "change_login", change, key="a")

    assert ask(directory, "change_login", change, key="a") == Reply({"login": "nowa@example.com"})
    assert ask(directory, "change_login", change, key="b") == Reply(refusal="not_found")


def test_a_wrong_token_is_a_failure(directory: Address) -> None:
    with pytest.raises(CallFailed, match="HTTP 401"):
        ask(replace(directory, token="other"), "unlock_account", LOGIN, key="a")


def test_bytes_that_trickle_do_not_outlast_the_time_allowed() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        trickle = threading.Thread(target=_trickle, args=(server,))
        trickle.start()
        started = time.monotonic()

        with pytest.raises(SystemDown, match="in time"):
            ask(Address(f"http://127.0.0.1:{server.getsockname()[1]}", seconds=1, is_private=True), "x", {}, key="a")

        assert time.monotonic() - started < 10
        trickle.join()


def _trickle(server: socket.socket) -> None:
    """Send a byte ten times a second for as long as somebody listens, half a minute at most."""
    with closing(server.accept()[0]) as connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(300):
            connection.sendall(b"x")
            time.sleep(0.1)


@pytest.mark.parametrize("host", [
    "127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fd00::1", "fe80::1%eth0", "::ffff:10.0.0.1", "2002:0a00:0001::", "::"])
def test_what_is_not_public_is_known(host: str) -> None:
    assert not client.is_public(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700::1111"])
def test_what_is_public_is_known(host: str) -> None:
    assert client.is_public(host)


def test_a_private_address_is_refused_unless_the_administrator_allows_it(directory: Address) -> None:
    with pytest.raises(CallFailed, match="private"):
        ask(replace(directory, is_private=False), "unlock_account", LOGIN, key="a")


def test_a_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch, directory: Address) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    named = replace(directory, base=directory.base.replace("127.0.0.1", "directory.example.gov.pl"))

    with pytest.raises(CallFailed):  # the stand-in listens to its own name only
        ask(named, "unlock_account", LOGIN, key="a")

    assert asked == ["directory.example.gov.pl"]


@pytest.mark.parametrize(("line", "problem"), [
    ('address = "http://directory.example.gov.pl"', "https"), ('address = "ftp://x"', "https"),
    ('address = "https://u:p@x/"', "scheme"), ('address = "https://x:99999/"', "read"), ('address = ""', "scheme"),
    ('address = "https://x/"\nseconds = 61', "seconds"), ('address = "https://x/"\nhost = "y"', "host"),
    ('address = "https://x/"\ntoken_env = "NOT_THERE"', "NOT_THERE")])
def test_an_address_that_makes_no_sense_stops_the_start(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "systems.toml"
    file.write_text(f"[directory]\n{line}\n")

    with pytest.raises(BadAddress, match=problem):
        read_addresses(str(file), {})


def test_addresses_are_read_with_their_secret_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "systems.toml"
    file.write_text('[directory]\naddress = "http://10.0.0.8:8080/api/"\ntoken_env = "TOKEN"\nis_private = true\n')

    found = read_addresses(str(file), {"TOKEN": "secret"})["directory"]

    assert (found.host, found.port, found.path("find_account"), found.token) == (
        "10.0.0.8", 8080, "/api/find_account", "secret")
    assert read_addresses("") == {}


def test_the_stand_in_never_runs_beside_a_real_desk() -> None:
    with pytest.raises(NotInDemo):
        StandIn(Settings(demo=False))


def test_the_stand_in_can_do_all_of_the_catalogue_and_gives_what_it_says(stand_in: StandIn) -> None:
    number = stand_in.systems.directory.check_secret(ACCOUNT, EMERGENCY_PASSWORD)
    sample = {"login": ACCOUNT, "method": "emergency_password", "secret_ref": number, "new_login": "nowa@example.com",
              "channel": "sms", "serial": "5F01A2B3C4D5", "system_key": "ais_import"}
    for key, system in built_in_systems().items():
        for name, operation in system.operations.items():
            if name == "change_login":
                continue
            values = {one: sample[one] for one in sorted(operation.required | operation.optional) if one in sample}

            reply = stand_in.systems.answer(key, name, values, key=f"{key}.{name}")

            assert reply.refusal == "" and set(reply.values) == operation.gives, name


def test_an_emergency_password_is_checked_in_the_directory_s_own_window(stand_in: StandIn) -> None:
    right = stand_in.systems.directory.check_secret(ACCOUNT, EMERGENCY_PASSWORD)
    wrong = stand_in.systems.directory.check_secret(ACCOUNT, "hasło")

    verdicts = [stand_in.systems.answer("directory", "verify_identity", {
        "login": ACCOUNT, "method": "emergency_password", "secret_ref": one}, key=str(position)).values
        for position, one in enumerate((wrong, right, right))]

    assert [verdict["is_verified"] for verdict in verdicts] == [False, True, False]


def test_a_ticket_goes_through_a_system_that_fails_first(desk: Desk, stand_in: StandIn) -> None:
    number = request(desk)
    stand_in.systems.order("directory", "unlock_account", Order("error", times=2))
    addresses = stand_in.addresses()

    for _ in range(3):
        call_due(desk.database, addresses, now=desk.now)
        desk.now = max(desk.now, the_call(desk, number).try_at)

    assert desk.item(number).element_id == "look"
    assert stand_in.systems.directory.accounts[ACCOUNT].state == "open"
    assert the_call(desk, number).tries == 3


def test_a_page_of_somebody_else_cannot_order_failures(stand_in: StandIn) -> None:
    place = stand_in.address.removeprefix("http://")
    connection = HTTPConnection(place)
    form = "system=directory&operation=*&kind=error&times=1"

    with closing(connection):
        connection.request("POST", "/order", body=form, headers={"Origin": "https://example.com"})
        with connection.getresponse() as response:
            status = response.status

    assert status == 403 and stand_in.systems.orders == {}


def test_its_page_orders_failures_and_checks_emergency_passwords(stand_in: StandIn) -> None:
    connection = HTTPConnection(stand_in.address.removeprefix("http://"))

    with closing(connection):
        connection.request("POST", "/order", body="system=directory&operation=*&kind=error&times=2")
        with connection.getresponse() as response:
            assert "Zamówiono awarię" in response.read().decode()
        connection.request("POST", "/check", body=f"login={ACCOUNT}&secret={EMERGENCY_PASSWORD}")
        with connection.getresponse() as response:
            page = response.read().decode()

    number, = stand_in.systems.directory.checks
    assert number in page and stand_in.systems.orders["directory", "*"].times == 2
