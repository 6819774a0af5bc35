"""The policy: one table of who may do what. Routes name their rule, use cases enforce it."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from helpdesk.errors import NotAllowed, NotFound
from helpdesk.people.accounts import Person, Role
from helpdesk.people.firms import is_colleague
from helpdesk.tickets import Ticket


class Relation(StrEnum):
    """What a person is to a ticket, or to the desk as a whole."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed_in"
    CLIENT = "client"
    COLLEAGUE = "colleague"
    AGENT = "agent"
    MEMBER = "member"
    REGISTRAR = "registrar"
    LEAD = "lead"
    MANAGER = "manager"
    OWNER = "owner"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


class Act(StrEnum):
    """Everything that may be allowed or not."""

    VISIT = "visit"
    USE_DESK = "use_desk"
    FILL_IN = "fill_in"
    SUBMIT = "submit"
    SEE_TICKET = "see_ticket"
    SEE_INSIDE = "see_inside"
    REPLY = "reply"
    NOTE = "note"
    WITHDRAW = "withdraw"
    COMPLAIN = "complain"
    COME_BACK = "come_back"
    CLAIM = "claim"
    ASSIGN = "assign"
    ANSWER_AS_CLIENT = "answer_as_client"
    COMPLETE_REQUEST = "complete_request"
    REGISTER_FOR_OTHERS = "register_for_others"
    SEE_WORKLIST = "see_worklist"
    SEE_TEAM_WORK = "see_team_work"
    REPAIR = "repair"
    SEE_INCIDENTS = "see_incidents"
    SEE_RATINGS = "see_ratings"
    ANSWER_REMARKS = "answer_remarks"
    PUBLISH = "publish"
    READ_INSIDE = "read_inside"
    WRITE_ARTICLES = "write_articles"
    EDIT_ARTICLES = "edit_articles"
    ADMINISTER = "administer"
    JOIN_OUTAGE = "join_outage"
    LEAVE_OUTAGE = "leave_outage"
    WRITE_ANNOUNCEMENTS = "write_announcements"
    DECIDE_ANNOUNCEMENTS = "decide_announcements"
    SEE_CONSENTS = "see_consents"


R = Relation
# Acts on a ticket need a relation to that ticket; the others a relation to the desk.
RULES: Mapping[Act, frozenset[Relation]] = {
    Act.VISIT: frozenset({R.ANYBODY}),
    Act.USE_DESK: frozenset({R.SIGNED_IN}),
    # Only what the catalogue shows to everyone; sending it is another act.
    Act.FILL_IN: frozenset({R.ANYBODY}),
    Act.SUBMIT: frozenset({R.SIGNED_IN}),
    Act.SEE_TICKET: frozenset({R.CLIENT, R.COLLEAGUE, R.MEMBER, R.REGISTRAR, R.LEAD, R.MANAGER}),
    Act.SEE_INSIDE: frozenset({R.MEMBER, R.REGISTRAR, R.LEAD, R.MANAGER}),
    Act.REPLY: frozenset({R.CLIENT, R.MEMBER, R.LEAD}),
    Act.NOTE: frozenset({R.MEMBER, R.REGISTRAR, R.LEAD, R.MANAGER}),
    Act.WITHDRAW: frozenset({R.CLIENT}),
    Act.COMPLAIN: frozenset({R.CLIENT}),
    Act.COME_BACK: frozenset({R.CLIENT}),
    Act.CLAIM: frozenset({R.MEMBER, R.LEAD}),
    Act.ASSIGN: frozenset({R.LEAD}),
    Act.ANSWER_AS_CLIENT: frozenset({R.CLIENT}),
    Act.COMPLETE_REQUEST: frozenset({R.CLIENT, R.MEMBER, R.REGISTRAR, R.LEAD}),
    Act.REGISTER_FOR_OTHERS: frozenset({R.AGENT, R.LEAD}),
    Act.SEE_WORKLIST: frozenset({R.AGENT, R.LEAD, R.MANAGER}),
    Act.SEE_TEAM_WORK: frozenset({R.LEAD, R.MANAGER}),
    Act.REPAIR: frozenset({R.LEAD, R.OWNER}),
    Act.SEE_INCIDENTS: frozenset({R.LEAD, R.OWNER}),
    Act.SEE_RATINGS: frozenset({R.LEAD, R.MANAGER, R.OWNER}),
    Act.ANSWER_REMARKS: frozenset({R.LEAD, R.MANAGER}),
    Act.PUBLISH: frozenset({R.OWNER}),
    # Articles: what is for agents only; proposing and writing; reviewing, publishing and withdrawing.
    Act.READ_INSIDE: frozenset({R.AGENT, R.LEAD, R.MANAGER, R.OWNER, R.EDITOR}),
    Act.WRITE_ARTICLES: frozenset({R.AGENT, R.LEAD, R.OWNER, R.EDITOR}),
    Act.EDIT_ARTICLES: frozenset({R.OWNER, R.EDITOR}),
    Act.ADMINISTER: frozenset({R.ADMINISTRATOR}),
    Act.JOIN_OUTAGE: frozenset({R.CLIENT, R.MEMBER, R.REGISTRAR, R.LEAD}),
    Act.LEAVE_OUTAGE: frozenset({R.MEMBER, R.LEAD}),
    Act.WRITE_ANNOUNCEMENTS: frozenset({R.AGENT, R.LEAD, R.MANAGER}),
    Act.DECIDE_ANNOUNCEMENTS: frozenset({R.LEAD, R.MANAGER}),
    # Which of them is decided by the teams that had to do with each.
    Act.SEE_CONSENTS: frozenset({R.AGENT, R.LEAD, R.MANAGER}),
}
TO_TICKET = frozenset({R.CLIENT, R.REGISTRAR, R.MEMBER, R.LEAD, R.MANAGER})
ON_TICKETS = frozenset({Act.SEE_TICKET, Act.SEE_INSIDE, Act.REPLY, Act.NOTE, Act.WITHDRAW, Act.COMPLAIN, Act.COME_BACK,
                        Act.CLAIM, Act.ASSIGN, Act.ANSWER_AS_CLIENT, Act.COMPLETE_REQUEST, Act.REPAIR, Act.JOIN_OUTAGE,
                        Act.LEAVE_OUTAGE})


def relations(person: Person | None, ticket: Ticket | None = None,
              team_ids: Collection[int] = ()) -> frozenset[Relation]:
    """What the person is. team_ids: the teams that have or had a step of the ticket."""
    found = {R.ANYBODY}
    if person is None or person.is_disabled:
        return frozenset(found)
    found.add(R.SIGNED_IN)
    for role, relation in ((Role.MANAGER, R.MANAGER), (Role.OWNER, R.OWNER), (Role.EDITOR, R.EDITOR),
                           (Role.ADMINISTRATOR, R.ADMINISTRATOR)):
        if person.has_role(role):
            found.add(relation)
    if person.memberships:
        found.add(R.AGENT)
    if ticket is None:
        return frozenset(found | ({R.LEAD} if person.led_team_ids else set()))
    if ticket.client_id == person.id:
        found.add(R.CLIENT)
    if person.memberships and ticket.registered_by_id == person.id != ticket.client_id:
        # Who took the call can look the ticket up again, whichever team has it.
        found.add(R.REGISTRAR)
    if person.team_ids & set(team_ids):
        found.add(R.MEMBER)
    if person.led_team_ids & set(team_ids):
        found.add(R.LEAD)
    # Asked last, and only of those who are nothing else to the ticket: it takes a look into the database.
    if not found & TO_TICKET and is_colleague(person, ticket.firm_id):
        found.add(R.COLLEAGUE)
    return frozenset(found)


def may(person: Person | None, act: Act, ticket: Ticket | None = None, team_ids: Collection[int] = ()) -> bool:
    """Whether the table allows it."""
    if act in ON_TICKETS and ticket is None:
        raise ValueError(f"{act} is decided for a ticket")
    return bool(RULES[act] & relations(person, ticket if act in ON_TICKETS else None, team_ids))


def demand(person: Person | None, act: Act, ticket: Ticket | None = None, team_ids: Collection[int] = ()) -> None:
    """Raise NotAllowed unless the table allows it; a ticket that may not be seen does not exist."""
    if may(person, act, ticket, team_ids):
        return
    if ticket is not None and not may(person, Act.SEE_TICKET, ticket, team_ids):
        raise NotFound()
    raise NotAllowed()
