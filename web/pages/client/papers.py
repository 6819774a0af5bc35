"""Papers: a request as a PDF, and the history of requests as a table for other programs."""

from flask import Blueprint, Response

from helpdesk.errors import NotFound
from helpdesk.people.policy import Act
from web.edge import Page, afterwards, allow, desk, person
from web.language import language
from web.paper.content import request_paper
from web.paper.printing import make_pdf
from web.paper.table import KINDS, pieces
from web.standing.history import read_wish

pages = Blueprint("papers", __name__)


@pages.get("/requests/<number>.pdf")
@allow(Act.SEE_TICKET)
def request_(number: str) -> Page:
    """One request with everything its client may see."""
    paper = request_paper(number)
    return afterwards(lambda: Response(
        make_pdf(paper), mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{paper["number"]}.pdf"'}))


@pages.get("/requests/export.<ending>")
@allow(Act.USE_DESK)
def export(ending: str) -> Page:
    """The whole list that the filters show, as CSV or JSON, sent piece by piece."""
    if ending not in KINDS:
        raise NotFound()
    sent = pieces(ending, read_wish(), person().id, database=desk().database, language=language())
    return Response(sent, mimetype=KINDS[ending],
                    headers={"Content-Disposition": f'attachment; filename="requests.{ending}"'})
