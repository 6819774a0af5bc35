"""What clients do, for locust: they look, read, search, ask, answer, and think in between.

CLIENTS names the file with who they are: the sign-in of each and a request of theirs.
"""

import itertools
import json
import os
import random
import re
from pathlib import Path

from locust import HttpUser, between, task

CLIENTS = itertools.cycle(json.loads(Path(os.environ["CLIENTS"]).read_text(encoding="utf-8")))
WORDS = ("hasło", "zmiana adresu", "certyfikat celny", "zgłoszenie celne", "UPO", "ZC415", "konto zablokowane")
INCIDENT = json.loads(os.environ["ANSWERS"])
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ACT = re.compile(r'name="act_id" value="([^"]+)"')
ARTICLE = re.compile(r'href="(/knowledge/[a-z0-9-]+)"')


class Client(HttpUser):
    """A signed-in client; a page every three to nine seconds."""

    wait_time = between(3, 9)

    def on_start(self) -> None:
        who = next(CLIENTS)
        self.number = who["number"]
        self.client.cookies.set("okienko_session", who["token"])
        self.client.cookies.set("okienko_language", random.choice(("pl", "pl", "pl", "en")))

    def look(self, path: str, name: str | None = None) -> str:
        """Read a page; anything but the page is an error."""
        with self.client.get(path, name=name or path, allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}")
            return str(answer.text)

    def send(self, path: str, name: str, form: dict[str, str]) -> str:
        """Send a form; where it leads."""
        with self.client.post(path, data=form, name=name, allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 302:
                answer.failure(f"{answer.status_code}")
            return str(answer.headers.get("Location", ""))

    @task(10)
    def first_page(self) -> None:
        self.look("/")

    @task(8)
    def catalogue(self) -> None:
        self.look("/catalogue")
        self.look("/catalogue/portal")

    @task(6)
    def catalogue_search(self) -> None:
        self.look(f"/catalogue?q={random.choice(WORDS)}", "/catalogue?q=")

    @task(8)
    def knowledge(self) -> None:
        found = ARTICLE.findall(self.look(f"/knowledge?q={random.choice(WORDS)}", "/knowledge?q="))
        if found:
            self.look(random.choice(found), "/knowledge/…")

    @task(8)
    def status(self) -> None:
        self.look("/status")

    @task(10)
    def own_requests(self) -> None:
        self.look("/requests")
        self.look(f"/requests/{self.number}", "/requests/…")

    @task(4)
    def ask(self) -> None:
        """A whole request: form, summary, number."""
        place = "/catalogue/portal/error"
        token = TOKEN.search(self.look(place))
        assert token is not None
        form = {"csrf_token": token.group(1), **INCIDENT}
        self.send(place, f"{place} (send)", form)
        act = ACT.search(self.look(f"{place}/summary"))
        if act is None:
            return
        done = self.send(f"{place}/summary", f"{place}/summary (send)",
                         {"csrf_token": token.group(1), "act_id": act.group(1)})
        if "/done/" in done:
            self.number = done.rsplit("/", 1)[1]
            self.look(done, "/catalogue/done/…")

    @task(3)
    def reply(self) -> None:
        page = self.look(f"/requests/{self.number}", "/requests/…")
        token, act = TOKEN.search(page), ACT.search(page)
        if token and act and 'name="body"' in page:
            self.send(f"/requests/{self.number}/reply", "/requests/…/reply (send)", {
                "csrf_token": token.group(1), "act_id": act.group(1), "body": "Dodaję jeszcze jedną informację."})
