"""What a diagram may refer to: forms, teams, verbs, letters and calendars of the desk."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.decisions.errors import BadModel
from engine.decisions.models import Models
from engine.outside.catalogue import Catalogue
from helpdesk.tickets import Priority

TICKET_FIELDS = frozenset({"number", "priority", "status", "service", "classification", "channel", "request_type",
                           "opened_on"})
# What may be read in every diagram, and what is in it. `complaint` is there in the process of complaints.
FACTS = {"ticket": TICKET_FIELDS, "complaint": frozenset({"disputed", "allowed"})}
PRIORITIES = tuple(Priority)
# verb → what is in the variable that its result goes to
RESULTS = {
    "record_attempt": frozenset({"made", "failed"}),
    "find_announcement": frozenset({"is_announced", "number", "has_procedure", "is_suspected"}),
    "count_consents": frozenset({"this_year", "is_unconfirmed"}),
    "grant_consent": frozenset({"number", "valid_until", "is_prolonged"}),
}
CLIENT = "client"  # the lane of the person who asks; the other lanes are teams


@dataclass(frozen=True)
class Known:
    """The names a process owner may use, as they stand at the moment of publishing.

    forms: form key → names of its fields. verbs: verb → parameters that must and that may be given.
    systems: other systems by key, with what they can be asked. decisions: the package's models, or why they cannot be
    read.
    """

    forms: Mapping[str, frozenset[str]]
    teams: Collection[str]
    verbs: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    letters: Collection[str]
    calendars: Collection[str]
    systems: Catalogue
    decisions: Models | BadModel = field(default_factory=lambda: Models({}))
