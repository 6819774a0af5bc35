"""What was sent with more than the pages take: the words of it, without the files, and where it came from."""

from io import BytesIO
from typing import IO, Any, cast
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.wsgi import LimitedStream

from web.edge import own_path

# The server lets through twice what the pages take (web.cli); more than that is not read here either.
READ_TIMES = 2


def is_of_files() -> bool:
    """Whether it was too large in all, and not its words alone."""
    return _length() > int(current_app.config["MAX_CONTENT_LENGTH"])


def read_words() -> MultiDict[str, str]:
    """The fields of the form, which is read once more past its files; empty when that cannot be done."""
    length = _length()
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary.isascii() or length > _most():
        return MultiDict()
    parser = MultiPartParser(
        stream_factory=lambda *_args, **_more: _Nowhere(), max_form_parts=current_app.config["MAX_FORM_PARTS"],
        max_form_memory_size=current_app.config["MAX_FORM_MEMORY_SIZE"])
    try:
        body = cast(IO[bytes], LimitedStream(request.environ["wsgi.input"], length))
        form, _files = parser.parse(body, boundary.encode(), length)
    except (RequestEntityTooLarge, ValueError, OSError):
        return MultiDict()
    words = [(name, value.replace("\x00", "")) for name, value in form.items(multi=True) if "\x00" not in name]
    # They are shown on a page, which has to be one that a browser can open.
    is_short = sum(len(value) for _name, value in words) <= current_app.config["MAX_FORM_MEMORY_SIZE"]
    return MultiDict(words if is_short else ())


def way_back() -> str:
    """The page with the form: at the same address where that can be opened, else the page from which it was sent."""
    if current_app.create_url_adapter(request).test(request.path, "GET"):  # type: ignore[union-attr]
        return request.full_path.rstrip("?")
    before = urlsplit(request.referrer or "")
    return own_path(before.path, "/") if before.netloc == request.host else "/"


def _length() -> int:
    return request.content_length or 0


def _most() -> int:
    return READ_TIMES * int(current_app.config["MAX_CONTENT_LENGTH"])


class _Nowhere(BytesIO):
    """Takes the bytes of a file and keeps none."""

    def write(self, data: Any) -> int:
        return len(data)
