"""Files of tickets, always downloaded and never shown by the browser."""

from urllib.parse import quote

from flask import Blueprint, Response, send_file

from engine.tickets import demand_on
from helpdesk.errors import NotFound
from helpdesk.files import get_file, open_file
from helpdesk.people.policy import Act
from helpdesk.tickets import Ticket
from web.edge import Page, allow, desk, person, session

pages = Blueprint("files", __name__)


@pages.get("/files/<int:file_id>")
@allow(Act.SEE_TICKET)
def download(file_id: int) -> Page:
    """One file, to those who may see its ticket (inside files: staff); a draft's file to its owner."""
    stored = get_file(session(), file_id)
    ticket = session().get(Ticket, stored.ticket_id) if stored.ticket_id else None
    if ticket is not None:
        demand_on(session(), person(), Act.SEE_INSIDE if stored.is_internal else Act.SEE_TICKET, ticket)
    elif stored.draft_id is None or stored.by_id != person().id:
        raise NotFound()
    content = open_file(desk().storage, stored)
    response: Response = send_file(content, mimetype=stored.media_type, as_attachment=True, download_name=stored.name)
    response.content_length = stored.size
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
