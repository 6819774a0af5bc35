"""Public pages that everybody may look at at once: kept for some seconds, and not said again when nothing moved."""

from collections.abc import Callable
from hashlib import sha256

from flask import current_app, g, make_response, request
from flask import session as cookie
from werkzeug.wrappers import Response as AnyResponse

from web.edge import now
from web.language import language

HTML = "text/html; charset=utf-8"
KEPT_FOR = 30
MOST_KEPT = 200
FLASHES = "_flashes"  # where Flask keeps them


def answer_anybody(stamp: str, render: Callable[[], str | bytes], *, kind: str = HTML) -> AnyResponse:
    """The answer of a page that says the same to everybody who is not signed in.

    stamp: changes whenever what the page says does; the minute is added, because pages tell times as people do.
    Readers and caches on the way may keep the answer for KEPT_FOR seconds; a page for somebody signed in is not kept.
    """
    if g.person is not None or FLASHES in cookie:
        # Words of farewell are one visitor's own.
        return make_response(render(), {"Content-Type": kind})
    named = "|".join((request.full_path, language(), stamp, str(int(now().timestamp()) // 60)))
    tag = sha256(named.encode()).hexdigest()[:32]
    if request.if_none_match.contains(tag):
        response = make_response("", 304)
    else:
        response = make_response(_kept(tag, render), {"Content-Type": kind})
    response.set_etag(tag)
    response.headers["Vary"] = "Cookie, Accept-Language"
    g.kept_for = KEPT_FOR  # last of all: an error is not kept
    return response


def _kept(tag: str, render: Callable[[], str | bytes]) -> str | bytes:
    """What was rendered for another reader of the same minute; a nonce belongs to one answer and is put in anew."""
    kept: dict[str, tuple[str, str | bytes]] = current_app.extensions.setdefault("kept_pages", {})
    found = kept.get(tag)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        body = render()
        kept[tag] = (g.csp_nonce, body)
        return body
    nonce, body = found
    return body.replace(nonce, g.csp_nonce) if isinstance(body, str) else body
