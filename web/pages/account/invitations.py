"""Invitations to act for a firm: what the link in the letter shows, and the answer of whoever was invited."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.people import proofs
from helpdesk.people.accounts import find_person, get_person
from helpdesk.people.firms import invitations
from helpdesk.people.policy import Act
from helpdesk.people.proofs import Kind, ProofGone
from mailroom.replies import find_account_letter
from web.edge import Page, ShowAgain, allow, desk, now, person, session
from web.language import gettext, say_error

pages = Blueprint("invitations", __name__)


@pages.get("/firms/invited/<int:letter_id>/<code>")
@allow(Act.VISIT)
def show(letter_id: int, code: str) -> Page:
    """Who invites to which firm, and the way to accept: signed in with the address that was invited."""
    letter = find_account_letter(session(), letter_id, code, desk().settings, text="firm_invited_newcomer")
    proof = proofs.find_open(session(), letter.facts["proof"], Kind.FIRM, now=now())
    if proof is None:
        return render_template("firms/invitation_gone.html", sentence=say_error(ProofGone())), 410
    is_me = g.person is not None and g.person.email == proof.email
    return render_template(
        "firms/invited.html", proof=proof, firm=invitations.firm_of(session(), proof), is_me=is_me,
        inviter=get_person(session(), proof.details["by"]),
        has_account=find_person(session(), proof.email) is not None, may_register=desk().settings.registration)


@pages.post("/account/firms/invitations/<int:proof_id>")
@allow(Act.USE_DESK)
def answer(proof_id: int) -> Page:
    """Accept an invitation that waits for me, or decline it."""
    try:
        proof = invitations.get_invitation(session(), proof_id, of=person(), now=now())
        firm = invitations.firm_of(session(), proof)
        if request.form.get("answer") == "decline":
            invitations.decline(session(), proof, by=person(), now=now())
            flash(gettext("The invitation was declined."), "success")
        else:
            invitations.accept(session(), proof, by=person(), now=now())
            flash(gettext("You now act for the firm “{firm}”.", firm=firm.name), "success")
    except ProofGone as error:
        kept: DeskError = error
        raise ShowAgain(error, lambda: render_template(
            "firms/invitation_gone.html", sentence=say_error(kept)), 410) from error
    return redirect(url_for("firms.list_"))
