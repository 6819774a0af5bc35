"""Firms: for whom people act, who let them in, and who of them sees all of the firm's requests.

A firm that somebody names for the first time is not confirmed: the one who named it may make requests for it, and
nothing else. Once an administrator has confirmed who manages it (`register`), its managers let in who asks (`members`)
and invite (`invitations`).
"""

from helpdesk.people.firms.members import (
    accept,
    add,
    change,
    demand_acting,
    get_managed,
    get_member,
    is_colleague,
    is_unconfirmed,
    list_firms,
    list_members,
    list_seen_members,
    read_numbers,
    remove,
    seen_by,
)
from helpdesk.people.firms.records import (
    BASIS_MAX,
    NAME_MAX,
    BadBasis,
    BadFirmName,
    Firm,
    FirmMember,
    LastManager,
    NotConfirmed,
    NotForFirm,
    State,
)

__all__ = [
    "BASIS_MAX", "NAME_MAX", "BadBasis", "BadFirmName", "Firm", "FirmMember", "LastManager", "NotConfirmed",
    "NotForFirm", "State", "accept", "add", "change", "demand_acting", "get_managed", "get_member", "is_colleague",
    "is_unconfirmed", "list_firms", "list_members", "list_seen_members", "read_numbers", "remove", "seen_by"]
