"""Kinds of notices: each text that the desk sends belongs to one, and people choose by kind."""

from collections.abc import Mapping
from enum import StrEnum

from helpdesk.texts import OF_ACCOUNTS


class Kind(StrEnum):
    """What a notice is about, as its reader would say it."""

    REGISTERED = "registered"
    QUESTION = "question"
    REPLY = "reply"
    SOLUTION = "solution"
    REMINDER = "reminder"
    DECISION = "decision"
    ANNOUNCEMENT = "announcement"
    SURVEY = "survey"
    REMARK = "remark"
    ACCOUNT = "account"
    HANDED = "handed"
    TEAM = "team"
    RISK = "risk"
    STOPPED = "stopped"


_TEXTS: Mapping[Kind, str] = {
    Kind.REGISTERED: "registered withdrawn complaint_registered",
    Kind.QUESTION: "question to_complete waiting_for_form unlock_call_missed",
    Kind.REPLY: "reply",
    Kind.SOLUTION: "solution refused closed closed_without_answer cancelled",
    Kind.REMINDER: "reminder consent_ends consent_confirm",
    Kind.SURVEY: "survey",
    Kind.REMARK: "remark_new remark_answered",
    Kind.DECISION: "complaint_upheld complaint_rejected accessibility_delayed accessibility_answered "
                   "consent_granted_office consent_prolonged_office consent_ended_office",
    Kind.ANNOUNCEMENT: "announcement_published announcement_updated announcement_ended",
    Kind.ACCOUNT: "account_deleted account_unlocked login_change_announced login_change_announced_new login_changed "
                  "login_change_stopped one_time_password one_time_password_expired certificate_suspended "
                  "certificate_revoked certificate_restored " + " ".join(sorted(OF_ACCOUNTS)),
    Kind.HANDED: "assigned reopened complaint_to_decide article_to_review article_sent_back article_due "
                 "article_handed_over articles_left firm_to_confirm",
    Kind.TEAM: "new_in_team",
    Kind.RISK: "escalation breach overdue announcement_overdue announcement_unconfirmed mass_failure",
    Kind.STOPPED: "incident",
}
KIND_OF: Mapping[str, Kind] = {text: kind for kind, texts in _TEXTS.items() for text in texts.split()}
# The law demands the answer in writing, or the letter protects the account: these are always sent, and at once.
ALWAYS = frozenset({Kind.DECISION, Kind.ACCOUNT})
OF_STAFF = frozenset({Kind.HANDED, Kind.TEAM, Kind.RISK, Kind.STOPPED})
# Letters whose reader can be asked for an answer that one click gives.
ASKING = frozenset({Kind.QUESTION, Kind.SOLUTION, Kind.REMINDER, Kind.SURVEY})


def kind_of(text: str) -> Kind:
    """The kind of a text; one that nobody has given a kind is sent always, like what concerns the account."""
    return KIND_OF.get(text, Kind.ACCOUNT)


def texts_of(*kinds: Kind) -> list[str]:
    return [text for text, kind in KIND_OF.items() if kind in kinds]


def pile_of(text: str) -> str | None:
    """What a letter may become one letter with when there are many: all news for the staff, else its own kind."""
    kind = kind_of(text)
    if kind in ALWAYS:
        return None
    return "staff" if kind in OF_STAFF else kind.value
