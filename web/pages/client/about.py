"""What the desk says about itself: how accessible it is."""

from flask import Blueprint, render_template

from helpdesk.people.policy import Act
from web.edge import allow, desk

pages = Blueprint("about", __name__)


@pages.get("/accessibility")
@allow(Act.VISIT)
def accessibility() -> str:
    """The accessibility statement."""
    settings = desk().settings
    return render_template("accessibility.html", office=settings.office, site_address=settings.address,
                           desk_mail=settings.mail_from)
