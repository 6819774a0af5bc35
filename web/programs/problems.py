"""What programs are told when something is not possible: problem+json, in the language they ask for."""

from typing import Any

from flask import Response, g, json, request

from engine.acts import BadAnswers
from helpdesk.errors import DeskError, NotAllowed
from helpdesk.files import FileRefused
from helpdesk.languages import LANGUAGES
from web.edge import desk
from web.language import gettext


class NoToken(DeskError):
    """Send a valid token: Authorization: Bearer okn_… People make tokens on the page “Access for programs”."""


class TokenTooWeak(NotAllowed):
    """This token may only read."""


class BadBody(DeskError):
    """The body cannot be read at: {reason}. It has to be as the description says."""


class UnknownFields(DeskError):
    """The form does not ask for: {names}"""

    fields: list[str]


def is_program() -> bool:
    """Whether a program asks."""
    return request.path.startswith("/api/")


def asked_language() -> str:
    """The language that the program asks for, else the desk's: whoever it acts for may speak another one."""
    return request.accept_languages.best_match(LANGUAGES) or desk().settings.language


def problem(status: int, title: str, error: DeskError | None = None, detail: str = "") -> Response:
    """The answer of type application/problem+json, with every wrong field by its name."""
    # The language is that of the request and not of the person, who was rolled back with everything else.
    g.person = None
    g.pop("language_of", None)
    content: dict[str, Any] = {"type": "about:blank", "title": gettext(title), "status": status,
                               "detail": _detail(error) if error else gettext(detail)}
    if isinstance(error, BadAnswers):
        filled = error.filled
        content["errors"] = [{"field": name, "message": message} for name, message in filled.errors.items()]
    elif isinstance(error, UnknownFields):
        content["errors"] = [{"field": name, "message": gettext("The form does not ask this.")}
                             for name in error.fields]
    response = Response(json.dumps(content, ensure_ascii=False), status, mimetype="application/problem+json")
    response.headers["Content-Language"] = asked_language()
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Okienko"'
    return response


def _detail(error: DeskError) -> str:
    """The error's sentence; a call with a file that is refused is refused as a whole."""
    said = error.sentence(gettext)
    if not isinstance(error, FileRefused):
        return said
    return " ".join((said, gettext("Nothing was saved; put it right and send the request again.")))
