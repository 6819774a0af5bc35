"""Remarks about the help desk itself: made by anybody signed in, answered by leads and managers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.people.policy import Act, may
from helpdesk.ratings import remarks
from helpdesk.ratings.remarks import BODY_MAX, RemarkKind, RemarkState
from web.edge import Page, allow, now, person, session
from web.forms import or_again
from web.language import gettext, say_error

pages = Blueprint("remarks", __name__)
LISTED = 50


@pages.route("/remarks", methods=["GET", "POST"])
@allow(Act.USE_DESK)
def list_() -> Page:
    """My remarks, and the form for a new one."""
    if request.method == "GET":
        return _list_page()

    def make() -> Page:
        kinds = {kind.value: kind for kind in RemarkKind}
        made = remarks.make(session(), kind=kinds.get(request.form.get("kind", ""), RemarkKind.REMARK),
                            body=request.form.get("body", ""), by=person(), now=now())
        flash(gettext("Thank you. Your remark has the number {number}; we will answer it.", number=made.number),
              "success")
        return redirect(url_for("remarks.show", remark_id=made.id))

    return or_again(make, lambda error: _list_page(error))


@pages.get("/remarks/all")
@allow(Act.ANSWER_REMARKS)
def every() -> Page:
    """Everybody's remarks, by state: those without an answer first."""
    state = next((one for one in RemarkState if one.value == request.args.get("state")), RemarkState.NEW)
    return render_template("remarks/every.html", state=state, counts=remarks.count_remarks(session()),
                           rows=remarks.list_remarks(session(), states=frozenset({state}), most=LISTED))


@pages.get("/remarks/<int:remark_id>")
@allow(Act.USE_DESK)
def show(remark_id: int) -> Page:
    """One remark with its answers."""
    return _page(remark_id)


@pages.post("/remarks/<int:remark_id>/answer")
@allow(Act.ANSWER_REMARKS)
def answer(remark_id: int) -> Page:
    """Answer it."""
    def send() -> Page:
        remark = remarks.get_remark(session(), remark_id, by=person())
        remarks.answer(session(), remark, request.form.get("body", ""), by=person(), now=now())
        flash(gettext("The answer was sent."), "success")
        return redirect(url_for("remarks.show", remark_id=remark_id))

    return or_again(send, lambda error: _page(remark_id, error))


@pages.post("/remarks/<int:remark_id>/close")
@allow(Act.ANSWER_REMARKS)
def close(remark_id: int) -> Page:
    """Close it."""
    remarks.close(session(), remarks.get_remark(session(), remark_id, by=person()), by=person(), now=now())
    flash(gettext("The remark is closed."), "success")
    return redirect(url_for("remarks.every"))


def _list_page(error: DeskError | None = None) -> str:
    return render_template("remarks/list.html", rows=remarks.list_remarks(session(), of=person(), most=LISTED),
                           kinds=list(RemarkKind), body_max=BODY_MAX, error=say_error(error) if error else "",
                           typed=request.form)


def _page(remark_id: int, error: DeskError | None = None) -> str:
    remark = remarks.get_remark(session(), remark_id, by=person())
    return render_template("remarks/show.html", remark=remark, may_answer=may(person(), Act.ANSWER_REMARKS),
                           body_max=BODY_MAX, error=say_error(error) if error else "", typed=request.form)
