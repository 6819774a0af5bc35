"""The account directory of the stand-in: invented people, kept in memory, forgotten when it ends."""

import secrets
from dataclasses import dataclass, field
from typing import Any

WRONG_MOST = 3
EMERGENCY_PASSWORD = "awaryjne"  # noqa: S105  # of every invented account, told on the page of the stand-in
VALID_HOURS = 24
PEOPLE = (
    # login, PESEL, ID SISC, scope, state
    ("clara@example.com", "85041512345", "PL200251494500000", "extended", "locked"),
    ("colin@example.com", "79112398769", "PL300288623900000", "basic", "open"),
    ("agata.wrona@example.com", "91030345672", "PL100548526700000", "extended", "locked"),
    ("bartosz.glaz@example.com", "68070112344", "PL200585655700000", "basic", "open"),
    ("celina.brzoza@example.com", "95121276544", "PL300622784100000", "extended", "closed"),
)
CERTIFICATES = ("5F01A2B3C4D5", "5F02A2B3C4D5", "5F03A2B3C4D5")


class Refusal(Exception):
    """The directory refuses, with a code that the diagram may catch."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Account:
    """One invented account. state: open, locked or closed. password: whether a one-time one waits, or was used."""

    login: str
    pesel: str
    id_sisc: str
    scope: str
    state: str
    wrong_tries: int = 0
    password: str = ""


@dataclass
class Directory:
    """All of them, and the certificates by serial number: valid, suspended or revoked."""

    accounts: dict[str, Account] = field(
        default_factory=lambda: {facts[0]: Account(*facts) for facts in PEOPLE})
    certificates: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CERTIFICATES, "valid"))
    # What a consultant typed into the directory's own window: only whether it was right is kept.
    checks: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def check_secret(self, login: str, secret: str) -> str:
        """The number of a check of an emergency password; the desk learns the number and never the password."""
        number = f"K{secrets.randbelow(900_000) + 100_000}"
        is_right = secrets.compare_digest(secret.encode(), EMERGENCY_PASSWORD.encode())
        self.checks[number] = (login.strip().lower(), is_right)
        return number

    def find_account(self, *, login: str = "", pesel: str = "", id_sisc: str = "") -> dict[str, Any]:
        wanted = {"login": login.strip().lower(), "pesel": pesel, "id_sisc": id_sisc}
        asked = {name: value for name, value in wanted.items() if value}
        if not asked:
            raise Refusal("unclear")
        for account in self.accounts.values():
            if all(getattr(account, name) == value for name, value in asked.items()):
                return {"is_found": True, "login": account.login, "is_locked": account.state == "locked",
                        "scope": account.scope, "id_sisc": account.id_sisc, "is_own": True}
        return {"is_found": False, "login": None, "is_locked": False, "scope": None, "id_sisc": None, "is_own": False}

    def verify_identity(self, *, login: str, method: str, secret_ref: str = "") -> dict[str, Any]:
        """By an emergency password checked in the directory's window, or by what the consultant has compared."""
        account = self._get(login)
        if account.wrong_tries >= WRONG_MOST:
            raise Refusal("too_many_tries")
        is_right = method != "emergency_password" or self.checks.pop(secret_ref, ("", False)) == (account.login, True)
        account.wrong_tries = 0 if is_right else account.wrong_tries + 1
        return {"is_verified": is_right, "tries_left": WRONG_MOST - account.wrong_tries}

    def unlock_account(self, *, login: str) -> dict[str, Any]:
        account = self._get_open(login)
        account.state, account.wrong_tries = "open", 0
        return {"is_unlocked": True}

    def is_login_free(self, *, login: str) -> dict[str, Any]:
        return {"is_free": login.strip().lower() not in self.accounts}

    def change_login(self, *, login: str, new_login: str) -> dict[str, Any]:
        account, wanted = self._get(login), new_login.strip().lower()
        if wanted in self.accounts and wanted != account.login:
            raise Refusal("taken")
        del self.accounts[account.login]
        account.login = wanted
        self.accounts[wanted] = account
        return {"login": wanted}

    def issue_one_time_password(self, *, login: str, channel: str) -> dict[str, Any]:
        self._get_open(login).password = "waiting"  # noqa: S105  # the directory itself sends it, by the channel
        return {"is_issued": True, "valid_hours": VALID_HOURS}

    def expire_one_time_password(self, *, login: str) -> dict[str, Any]:
        account = self._get(login)
        was_used, account.password = account.password == "used", ""  # noqa: S105
        return {"is_expired": True, "was_used": was_used}

    def suspend_certificate(self, *, serial: str) -> dict[str, Any]:
        return self._set_certificate(serial, "suspended")

    def lift_suspension(self, *, serial: str) -> dict[str, Any]:
        return self._set_certificate(serial, "valid")

    def revoke_certificate(self, *, serial: str) -> dict[str, Any]:
        if self._certificate(serial) == "revoked":
            return {"state": "revoked"}
        return self._set_certificate(serial, "revoked")

    def _set_certificate(self, serial: str, state: str) -> dict[str, Any]:
        if self._certificate(serial) == "revoked":
            raise Refusal("revoked")
        self.certificates[serial.strip().upper()] = state
        return {"state": state}

    def _certificate(self, serial: str) -> str:
        found = self.certificates.get(serial.strip().upper())
        if found is None:
            raise Refusal("not_found")
        return found

    def _get(self, login: str) -> Account:
        account = self.accounts.get(login.strip().lower())
        if account is None:
            raise Refusal("not_found")
        return account

    def _get_open(self, login: str) -> Account:
        account = self._get(login)
        if account.state == "closed":
            raise Refusal("closed")
        return account


@dataclass
class Monitoring:
    """Which of the invented systems are up; whatever is not told to be down is up."""

    down: dict[str, tuple[str, str]] = field(default_factory=lambda: {
        "ais_import": ("2026-11-16T06:10:00+01:00", "KOM/2026/0114")})

    def state_of(self, *, system_key: str) -> dict[str, Any]:
        if not system_key:
            raise Refusal("unknown_system")
        since, announcement = self.down.get(system_key, (None, None))
        return {"is_up": since is None, "since": since, "announcement": announcement}
