"""Diagrams as XML, for the read-only drawing."""

from flask import Blueprint, Response, request

from engine.versions import shelf_of
from helpdesk.people.policy import Act
from web.edge import Page, allow, session

pages = Blueprint("diagrams", __name__)


@pages.get("/diagrams/<int:version_id>.bpmn")
@allow(Act.USE_DESK)
def show(version_id: int) -> Page:
    """The diagram of a process version, or that of the called process an element is in; no data of any ticket."""
    version = shelf_of(session()).take(session(), version_id)
    element = version.element(request.args.get("of", "")) or version.bundle.elements[version.start_element]
    return Response(version.content.diagrams[element.file], mimetype="application/xml")
