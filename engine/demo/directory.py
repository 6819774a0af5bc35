"""The other systems as they were in the past that the demonstration plays: they always answered."""

from collections.abc import Mapping
from typing import Any

from engine.outside.addresses import Address
from engine.outside.answering import Reply

ADDRESSES = {"directory": Address("https://directory.example.gov.pl"),
             "monitoring": Address("https://monitoring.example.gov.pl")}
_SAID: Mapping[str, Mapping[str, Any]] = {
    "unlock_account": {"is_unlocked": True}, "is_login_free": {"is_free": True},
    "issue_one_time_password": {"is_issued": True, "valid_hours": 24},
    "expire_one_time_password": {"is_expired": True, "was_used": False},
    "suspend_certificate": {"state": "suspended"}, "lift_suspension": {"state": "valid"},
    "revoke_certificate": {"state": "revoked"}, "state_of": {"is_up": True, "since": "", "announcement": ""},
}


def ask(address: Address, operation: str, payload: Mapping[str, Any], *, key: str) -> Reply:
    """What they said; every account that was looked for was there, and every system was up."""
    if operation == "find_account":
        return Reply({"is_found": True, "login": payload.get("login", "dawne.konto@example.com"), "is_locked": True,
                      "scope": "extended", "id_sisc": None, "is_own": True})
    if operation == "change_login":
        return Reply({"login": payload["new_login"]})
    return Reply(_SAID[operation])
