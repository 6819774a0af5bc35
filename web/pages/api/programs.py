"""Access for programs: a person makes tokens, sees when each was used, and revokes them."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from helpdesk.errors import DeskError
from helpdesk.people.policy import Act
from helpdesk.people.tokens import DAYS, NAME_MAX, Scope, list_tokens, make_token, revoke_token
from web.edge import Page, allow, now, person, row_id, session
from web.forms import try_to
from web.language import gettext, say_error

pages = Blueprint("programs", __name__)


@pages.get("/account/programs")
@allow(Act.USE_DESK)
def show() -> Page:
    """The tokens that are in use, and the form for a new one."""
    return _page()


@pages.post("/account/programs")
@allow(Act.USE_DESK)
def add() -> Page:
    """A new token, shown this once."""
    scope = Scope.WRITE if request.form.get("scope") == Scope.WRITE.value else Scope.READ

    def make() -> Page:
        text = make_token(session(), person(), name=request.form.get("name", ""), scope=scope,
                          days=row_id(request.form.get("days")) or DAYS[0], now=now())
        return make_response(_page(made=text))

    return try_to(make, lambda error, filled: _page(error=error))  # type: ignore[no-any-return]


@pages.post("/account/programs/<int:token_id>/revoke")
@allow(Act.USE_DESK)
def revoke(token_id: int) -> Page:
    """Make a token useless at once."""
    revoke_token(session(), token_id, of=person(), now=now())
    flash(gettext("The token was revoked. The program that had it can do nothing any more."), "success")
    return redirect(url_for("programs.show"))


def _page(*, made: str = "", error: DeskError | None = None) -> str:
    return render_template(
        "account/programs.html", tokens=list_tokens(session(), person(), now=now()), made=made, days=DAYS,
        name_max=NAME_MAX, name=request.form.get("name", "") if error else "", error=say_error(error) if error else "")
