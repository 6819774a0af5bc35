"""Keys of the letters that the desk sends; the mailroom holds their words, a test compares the two."""

LETTERS = frozenset({
    "registered", "question", "reminder", "reply", "solution", "closed_without_answer", "refused", "closed",
    "escalation", "breach", "overdue", "account_deleted", "waiting_for_form", "reopened", "assigned", "withdrawn",
})
