"""Files that come with requests, and the drafts that keep them while a form is being filled in."""

import hashlib
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, cast

import filetype
from sqlalchemy import ForeignKey, String, Table, UniqueConstraint, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpdesk import audit
from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.statements.prepared import Prepared, columns_of, found
from helpdesk.storage import FoundVirus, Full, Storage, Unreachable

MIB = 1024 * 1024
PIECE = 64 * 1024
DRAFT_LASTS = timedelta(days=30)
BEGUN_LASTS = timedelta(days=1)  # what somebody typed who is not signed in
UNOWNED_LASTS = timedelta(days=1)
CLEANED_AT_ONCE = 20
# Our own list decides the type that is stored and sent back, never the sender's word.
TYPES = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "txt": "text/plain", "csv": "text/csv", "log": "text/plain", "xml": "application/xml", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
# What the first bytes must be for types that have such bytes; the office formats are zip archives inside.
SIGNATURES = {"pdf": {"pdf"}, "png": {"png"}, "jpg": {"jpg"}, "jpeg": {"jpg"}, "gif": {"gif"}, "zip": {"zip"},
              "docx": {"docx", "zip"}, "xlsx": {"xlsx", "zip"}, "odt": {"odt", "zip"}, "ods": {"ods", "zip"}}
PICTURES = {"image/png", "image/jpeg", "image/gif"}
PLAIN = {"txt", "csv", "log", "xml"}


@dataclass(frozen=True)
class FileLimits:
    """How many files a ticket may have, and how large each may be, in bytes."""

    number: int = 10
    size: int = 10 * MIB


class StoredFile(Record):
    """A file of a draft or of a ticket, stored under a random name."""

    __tablename__ = "stored_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    field: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(64), unique=True)
    is_internal: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]


    @property
    def is_picture(self) -> bool:
        """Whether a browser can show it as a picture."""
        return self.media_type in PICTURES


class Draft(Record):
    """What a person has typed at one place (a start form, a step, a reply) and not sent yet.

    person_id: None for somebody who is not signed in; then begun_by is the hash of what their browser knows it by.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "place"), UniqueConstraint("begun_by", "place"))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    begun_by: Mapped[str | None] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(80))
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime]


class FileRefused(DeskError):
    """The file was not added."""


class TooManyFiles(FileRefused):
    """At most {number} files may be added to one request."""


class FileTooBig(FileRefused):
    """The file “{name}” is larger than {megabytes} MB."""


class EmptyFile(FileRefused):
    """The file “{name}” is empty."""


class WrongType(FileRefused):
    """Files of this kind cannot be added: “{name}”. You can add {kinds}."""


class NotItsKind(WrongType):
    """The file “{name}” is not what its name says, or it is damaged. Save it again on your computer, or add another one."""  # noqa: E501


class NoRoom(DeskError):
    """There is no room for files at this moment. Send it without the file “{name}”, or try again later."""


class HasVirus(FileRefused):
    """The file “{name}” was not added: the virus scanner found “{virus}” in it."""


class NotScanned(DeskError):
    """The file “{name}” could not be checked for viruses at this moment, so it was not added. Send without it, or try again later."""  # noqa: E501


class NotFetched(DeskError):
    """The file cannot be fetched at this moment. It is not lost; try again in a moment."""


class NotStored(DeskError):
    """Files cannot be stored at this moment. Send without the file “{name}”, or try again later."""


def safe_name(name: str) -> str:
    """The name as it is shown: composed, without folders, control characters or direction marks, at most 120 long."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(letter for letter in name if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    name = name.strip(" .") or "plik"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:110]}.{ending[:9]}" if dot else name[:120]


_FILES = cast(Table, StoredFile.__table__)
# Built once: every act with a form does this.
_MOVE = Prepared(update(_FILES).where(_FILES.c.draft_id == bindparam("of_draft")).values(
    draft_id=None, ticket_id=bindparam("to_ticket"), message_id=bindparam("to_message"),
    is_internal=bindparam("is_internal")))
_DROP = Prepared(delete(Draft).where(Draft.id == bindparam("row")))
_FILES_OF_DRAFT = Prepared(select(*columns_of(StoredFile)).where(
    StoredFile.draft_id == bindparam("of_draft")).order_by(StoredFile.id))
_AT_PLACE = Prepared(select(*columns_of(Draft)).where(
    Draft.person_id == bindparam("person_id"), Draft.place == bindparam("place")))


def find_draft(session: Session, person_id: int, place: str) -> Draft | None:
    rows = _AT_PLACE.read(session, {"person_id": person_id, "place": place})
    return found(session, Draft, rows[0]) if rows else None


def find_drafts(session: Session, person_id: int, places: Collection[str]) -> dict[str, Draft]:
    """The drafts of this person at these places, by place."""
    found_ = session.scalars(select(Draft).where(Draft.person_id == person_id, Draft.place.in_(places)))
    return {draft.place: draft for draft in found_}


def keep_draft(session: Session, person_id: int, place: str, typed: dict[str, Any], *, now: datetime) -> Draft:
    """The draft of this person at this place, with what they have typed now."""
    draft = find_draft(session, person_id, place) or Draft(person_id=person_id, place=place)
    draft.typed, draft.changed_at = typed, now
    session.add(draft)
    session.flush()
    return draft


def list_drafts(session: Session, person_id: int, *, most: int) -> list[Draft]:
    """The person's drafts in which something was typed, the newest first."""
    found = session.scalars(select(Draft).where(Draft.person_id == person_id)
                            .order_by(Draft.changed_at.desc(), Draft.id.desc()).limit(most))
    return [one for one in found if one.typed]


def find_draft_of(session: Session, person_id: int, draft_id: int) -> Draft | None:
    return session.scalar(select(Draft).where(Draft.id == draft_id, Draft.person_id == person_id))


def throw_away(session: Session, draft: Draft, *, by_id: int, now: datetime) -> None:
    """Forget what was typed and attached, because the person wants it."""
    audit.record(session, "draft_thrown_away", by=by_id, now=now)
    drop_draft(session, draft)


def drop_draft(session: Session, draft: Draft, *, has_files: bool = True) -> None:
    """Forget a draft whose content has been sent; files still on it stay stored but belong to nobody."""
    if has_files:
        _MOVE.send(session, {
            "of_draft": draft.id, "to_ticket": None, "to_message": None, "is_internal": False})
    _DROP.send(session, {"row": draft.id})
    session.expunge(draft)


def add_file(session: Session, storage: Storage, stream: IO[bytes], *, name: str, by_id: int, limits: FileLimits,
             now: datetime, draft_id: int | None = None, ticket_id: int | None = None,
             field: str = "attachments") -> StoredFile:
    """Store one file on a draft or a ticket after checking number, size and kind."""
    name = safe_name(name)
    _, dot, ending = name.lower().rpartition(".")
    if not dot or ending not in TYPES:
        raise WrongType(name=name, kinds=", ".join(sorted(TYPES)))
    if count_files(session, draft_id=draft_id, ticket_id=ticket_id) >= limits.number:
        raise TooManyFiles(number=limits.number)
    data = _read_bounded(stream, limits.size)
    if data is None:
        raise FileTooBig(name=name, megabytes=limits.size // MIB)
    if not data:
        raise EmptyFile(name=name)
    if not _is_of_kind(ending, data):
        raise NotItsKind(name=name)
    place = secrets.token_hex(24)
    _store(storage, place, data, name)
    stored = StoredFile(draft_id=draft_id, ticket_id=ticket_id, by_id=by_id, field=field, name=name,
                        media_type=TYPES[ending], size=len(data), sha256=hashlib.sha256(data).hexdigest(),
                        place=place, added_at=now)
    session.add(stored)
    session.flush()
    return stored


def count_files(session: Session, *, draft_id: int | None, ticket_id: int | None) -> int:
    query = select(func.count()).select_from(StoredFile)
    query = query.where(StoredFile.draft_id == draft_id) if draft_id else query.where(
        StoredFile.ticket_id == ticket_id)
    return session.scalar(query) or 0


def list_draft_files(session: Session, draft: Draft | None) -> list[StoredFile]:
    if draft is None:
        return []
    return [found(session, StoredFile, row) for row in _FILES_OF_DRAFT.read(session, {"of_draft": draft.id})]


def list_ticket_files(session: Session, ticket_id: int, *, with_internal: bool) -> list[StoredFile]:
    query = select(StoredFile).where(StoredFile.ticket_id == ticket_id).order_by(StoredFile.id)
    if not with_internal:
        query = query.where(StoredFile.is_internal.is_(False))
    return list(session.scalars(query))


def remove_draft_file(session: Session, draft: Draft, file_id: int) -> None:
    """Take one file off a draft; the bytes go with the next cleaning."""
    session.execute(update(StoredFile).where(StoredFile.id == file_id, StoredFile.draft_id == draft.id)
                    .values(draft_id=None))


def move_to_ticket(session: Session, draft: Draft, ticket_id: int, *, limits: FileLimits,
                   message_id: int | None = None, is_internal: bool = False) -> int:
    """Give the draft's files to the ticket; how many there were."""
    moved = _MOVE.send(session, {
        "of_draft": draft.id, "to_ticket": ticket_id, "to_message": message_id, "is_internal": is_internal})
    if moved and count_files(session, draft_id=None, ticket_id=ticket_id) > limits.number * 5:
        raise TooManyFiles(number=limits.number * 5)
    return moved


def get_file(session: Session, file_id: int) -> StoredFile:
    stored = session.get(StoredFile, file_id)
    if stored is None:
        raise NotFound()
    return stored


def open_file(storage: Storage, stored: StoredFile) -> IO[bytes]:
    """The bytes of a file. Raises NotFound, NotFetched."""
    try:
        content = storage.open(stored.place)
    except Unreachable as error:
        raise NotFetched() from error
    if content is None:
        raise NotFound()
    return content


def clean(session: Session, storage: Storage, *, now: datetime) -> int:
    """Forget what is unfinished too long, and remove some files that belong to nothing; how many went.

    A file is removed only a day after it was added: the act that takes it may still be under way.
    """
    old = select(Draft.id).where(Draft.changed_at < now - DRAFT_LASTS)
    session.execute(update(StoredFile).where(StoredFile.draft_id.in_(old)).values(draft_id=None))
    session.execute(delete(Draft).where(Draft.changed_at < now - DRAFT_LASTS))
    session.execute(delete(Draft).where(Draft.person_id.is_(None), Draft.changed_at < now - BEGUN_LASTS))
    unowned = list(session.scalars(select(StoredFile).where(
        StoredFile.draft_id.is_(None), StoredFile.ticket_id.is_(None), StoredFile.added_at < now - UNOWNED_LASTS)
        .order_by(StoredFile.id).limit(CLEANED_AT_ONCE)))
    for stored in unowned:
        storage.remove(stored.place)
        session.delete(stored)
    return len(unowned)


def _read_bounded(stream: IO[bytes], most: int) -> bytes | None:
    data = stream.read(most + 1)
    return None if len(data) > most else data


def _store(storage: Storage, place: str, data: bytes, name: str) -> None:
    try:
        storage.write(place, data)
    except Full as error:
        raise NoRoom(name=name) from error
    except FoundVirus as error:
        raise HasVirus(name=name, virus=error.name) from error
    except Unreachable as error:
        raise (NotScanned if error.what == "scanner" else NotStored)(name=name) from error


def _is_of_kind(ending: str, data: bytes) -> bool:
    if ending in PLAIN:
        return b"\x00" not in data[:PIECE]
    guessed = filetype.guess(data[:8192])
    return guessed is not None and guessed.extension in SIGNATURES[ending]
