"""Keys of the letters that the desk sends; the mailroom holds their words, a test compares the two."""

LETTERS = frozenset({
    "registered", "to_complete", "question", "reminder", "reply", "solution", "closed_without_answer", "refused",
    "closed", "escalation", "breach", "overdue", "account_deleted", "waiting_for_form", "reopened", "assigned",
    "new_in_team",
    "withdrawn", "cancelled", "incident",
    "account_unlocked", "unlock_call_missed", "login_change_announced", "login_change_announced_new", "login_changed",
    "login_change_stopped", "one_time_password", "one_time_password_expired", "certificate_suspended",
    "certificate_revoked", "certificate_restored", "accessibility_delayed", "accessibility_answered",
    "article_due", "article_to_review", "article_sent_back", "article_handed_over", "articles_left",
    "complaint_registered", "survey", "remark_new", "remark_answered", "complaint_to_decide",
    "complaint_upheld", "complaint_rejected",
    "announcement_published", "announcement_updated", "announcement_ended", "announcement_overdue",
    "announcement_unconfirmed", "mass_failure", "consent_ends", "consent_confirm",
    "consent_granted_office", "consent_prolonged_office", "consent_ended_office",
    "firm_to_confirm",
})
# Letters about an account at the desk itself; no process sends them, because their links act on the account.
OF_ACCOUNTS = frozenset({
    "register_confirm", "register_known", "account_made", "password_reset", "password_changed", "address_confirm",
    "address_announced", "address_known", "address_changed", "authenticator_added", "authenticator_removed",
    "passkey_added", "passkey_removed", "recovery_codes_made", "recovery_code_used", "second_step_removed",
    "identity_linked", "identity_unlinked",
    "firm_join_asked", "firm_accepted", "firm_refused", "firm_removed", "firm_changed",
    "firm_confirmed", "firm_not_confirmed", "firm_corrected", "firm_invited", "firm_invited_newcomer",
    "firm_invitation_accepted",
})
# Those that may go to an address that an answer names. They are of fixed words and the ticket's number only, so that
# nobody can make the desk write their own words to a stranger.
TO_ADDRESSES = frozenset({
    "login_change_announced", "login_change_announced_new", "login_changed", "login_change_stopped",
    "certificate_suspended", "certificate_revoked", "certificate_restored",
})
# Those to an office, by the address that the desk's own list has for it: what they say of a consent is theirs to know.
TO_OFFICES = frozenset({"consent_granted_office", "consent_prolonged_office", "consent_ended_office"})
