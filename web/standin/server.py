"""The stand-in as a server: on this machine only, and only beside a demo desk."""

import json
import secrets
import threading
from collections.abc import Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from string import Template
from typing import Any, cast
from urllib.parse import parse_qs

from engine.outside.addresses import Address
from engine.outside.answering import Reply
from helpdesk.errors import DeskError
from helpdesk.settings import Settings
from web.standin.accounts import EMERGENCY_PASSWORD
from web.standin.systems import FAILURES, Order, Systems

LOOPBACK = "127.0.0.1"
BODY_MOST = 64 * 1024
SLOW_SECONDS = 60
TIMES_MOST = 1_000


class NotInDemo(DeskError):
    """The stand-in of other systems runs beside a demo desk only."""


class StandIn:
    """The running stand-in. Start it with `with`, or for good with `start`."""

    def __init__(self, settings: Settings, *, port: int = 0, systems: Systems | None = None) -> None:
        """port: 0 takes any free one. Raises NotInDemo."""
        if not settings.demo:
            raise NotInDemo()
        self.systems = systems or Systems()
        self.token = secrets.token_hex(16)
        self._server = _Server((LOOPBACK, port), _Handler)
        self._server.stand_in = self

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def addresses(self, *, seconds: int = 5) -> dict[str, Address]:
        """Where the desk finds the systems it stands in for."""
        return {key: Address(f"{self.address}/{key}", self.token, seconds, is_private=True)
                for key in ("directory", "monitoring")}

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="stand-in", daemon=True).start()

    def serve(self) -> None:
        """Serve until interrupted."""
        self._server.serve_forever()

    def stop(self) -> None:
        self._server.is_over.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> "StandIn":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    stand_in: StandIn

    def __init__(self, place: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(place, handler)
        self.is_over = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 30

    @property
    def systems(self) -> Systems:
        return cast(_Server, self.server).stand_in.systems

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what is asked may name people."""

    def do_GET(self) -> None:
        if not self._is_for_us():
            return
        self._page("")

    def do_POST(self) -> None:
        if not self._is_for_us():
            return
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > BODY_MOST:
            self._say(413, {})
            return
        body = self.rfile.read(int(size)).decode("utf-8", "replace")
        if self.path in ("/check", "/order"):
            self._from_page({name: values[0] for name, values in parse_qs(body).items()})
        else:
            self._call(body)

    def _is_for_us(self) -> bool:
        """Not for a page of somebody else that a browser on this machine happens to show."""
        own = cast(_Server, self.server).stand_in.address
        is_own = f"http://{self.headers.get('Host')}" == own and self.headers.get("Origin", own) == own
        if not is_own:
            self._say(403, {})
        return is_own

    def _call(self, body: str) -> None:
        if self.headers.get("Authorization") != f"Bearer {cast(_Server, self.server).stand_in.token}":
            self._say(401, {})
            return
        system, _, operation = self.path.strip("/").partition("/")
        try:
            values = json.loads(body)
            order = self.systems.take_order(system, operation, values)
            if order is not None and self._spoils(order):
                return
            reply = self.systems.answer(system, operation, values, key=self.headers.get("Idempotency-Key", ""))
        except (ValueError, TypeError, LookupError, AttributeError):
            self._say(400, {})
            return
        if order is not None and order.kind == "silent":
            self.close_connection = True
            return
        self._reply(reply)
        if order is not None and order.kind == "twice":
            self._reply(reply)

    def _spoils(self, order: Order) -> bool:
        """Answer with the failure; False for those that let the operation be done first."""
        if order.kind == "refuse":
            self._reply(Reply(refusal=order.code))
        elif order.kind == "error":
            self._say(500, {"error": "closed", "detail": "SELECT * FROM accounts"})
        elif order.kind == "garbage":
            self._send(200, b"<html>to nie JSON", "text/html")
        elif order.kind == "large":
            self._send(200, b'{"login": "' + b"x" * (BODY_MOST * 4) + b'"}', "application/json")
        elif order.kind == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1/")
            self.end_headers()
        elif order.kind == "slow":
            cast(_Server, self.server).is_over.wait(SLOW_SECONDS)
        elif order.kind == "down":
            self.close_connection = True
        return order.kind not in ("silent", "twice")

    def _from_page(self, form: Mapping[str, str]) -> None:
        if self.path == "/check":
            number = self.systems.directory.check_secret(form.get("login", ""), form.get("secret", ""))
            self._page(f"<p><strong>Numer sprawdzenia: {escape(number)}</strong></p>")
            return
        times = form.get("times", "1")
        if form.get("kind") in FAILURES and times.isdecimal() and 0 < int(times) <= TIMES_MOST:
            self.systems.order(form.get("system", ""), form.get("operation", "*"),
                               Order(form["kind"], int(times), form.get("code", "closed")))
            self._page("<p><strong>Zamówiono awarię.</strong></p>")
        else:
            self._page("<p><strong>Nie ma takiej awarii.</strong></p>")

    def _page(self, said: str) -> None:
        accounts = "".join(f"<tr><td>{escape(one.login)}</td><td>{escape(one.state)}</td></tr>"
                           for one in self.systems.directory.accounts.values())
        options = "".join(f"<option>{kind}</option>" for kind in FAILURES)
        text = Template((files("web.standin") / "page.html").read_text(encoding="utf-8")).substitute(
            said=said, password=EMERGENCY_PASSWORD, accounts=accounts, options=options, failures=" | ".join(FAILURES))
        self._send(200, text.encode(), "text/html; charset=utf-8")

    def _reply(self, reply: Reply) -> None:
        self._say(422, {"error": reply.refusal}) if reply.refusal else self._say(200, dict(reply.values))

    def _say(self, status: int, content: Mapping[str, Any]) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
