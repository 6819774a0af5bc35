"""The archive in which a person takes their data: JSON for programs, a page to read, and the files they sent."""

import json
import shutil
import tempfile
import zipfile
from typing import IO, Any

import structlog
from flask import render_template
from sqlalchemy.orm import Session

from engine.clients.own_data import MOST_LETTERS, gather, list_own_files
from helpdesk.errors import DeskError
from helpdesk.files import MIB, StoredFile, open_file
from helpdesk.outbox import list_letters
from helpdesk.people.accounts import Person
from mailroom.letters import subjects
from web.edge import desk, now

log = structlog.get_logger()
# All files together; those beyond it are named, and can be downloaded from their requests.
MOST_BYTES = 500 * MIB


def make_archive(session: Session, person: Person) -> IO[bytes]:
    """The archive as a temporary file, which is gone when it is closed."""
    archive = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer that sends it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zip_:
        data = gather(session, person, now=now())
        data["files"] = _put_files(session, person, zip_)
        named = subjects(session, list_letters(session, person_id=person.id, most=MOST_LETTERS), desk().settings)
        for letter in data["letters"]:
            letter["subject"] = named.get(letter["id"], "")
        zip_.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        zip_.writestr("index.html", render_template("own_data/archive.html", data=data))
    archive.seek(0)
    return archive


def _put_files(session: Session, person: Person, zip_: zipfile.ZipFile) -> list[dict[str, Any]]:
    told, left = [], MOST_BYTES
    for stored, number in list_own_files(session, person):
        path = f"files/{number or 'drafts'}/{stored.id}-{stored.name}"
        fits = stored.size <= left
        is_here = fits and _put(zip_, path, stored)
        left -= stored.size if is_here else 0
        told.append({"name": stored.name, "request": number, "size": stored.size, "sha256": stored.sha256,
                     "added_at": stored.added_at.isoformat(), "path": path if is_here else None})
    return told


def _put(zip_: zipfile.ZipFile, path: str, stored: StoredFile) -> bool:
    """Whether the bytes were put in; a file that cannot be fetched does not keep the rest from its owner."""
    try:
        content = open_file(desk().storage, stored)
    except DeskError as error:
        log.warning("own_file_not_fetched", file_id=stored.id, error=type(error).__name__)
        return False
    with content, zip_.open(path, "w") as place:
        shutil.copyfileobj(content, place)
    return True
