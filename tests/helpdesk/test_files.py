"""Files: how many, how large, of what kind, and under what names."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.errors import DeskError
from helpdesk.files import (
    MIB,
    EmptyFile,
    FileLimits,
    FileTooBig,
    StoredFile,
    TooManyFiles,
    WrongType,
    add_file,
    drop_draft,
    keep_draft,
    list_draft_files,
    move_to_ticket,
    safe_name,
)
from helpdesk.storage import Folder
from tests.desk import Desk

Add = Callable[..., StoredFile]
LIMITS = FileLimits(number=3, size=MIB)


@pytest.fixture
def storage(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


@pytest.fixture
def add(desk: Desk, storage: Folder) -> Add:
    """Puts a file on Clara's draft."""
    def act(data: bytes, name: str = "a.txt") -> StoredFile:
        with desk.session() as session:
            clara = desk.person(session, "clara").id
            draft = keep_draft(session, clara, "start:1", {}, now=desk.now)
            return add_file(session, storage, BytesIO(data), name=name, by_id=clara, draft_id=draft.id, limits=LIMITS,
                            now=desk.now)
    return act


def archive() -> bytes:
    data = BytesIO()
    with ZipFile(data, "w") as file:
        file.writestr(ZipInfo("a.txt"), "a")  # without the time, so that every worker names the test alike
    return data.getvalue()


def test_three_files_fit_and_the_fourth_does_not(add: Add) -> None:
    for number in range(3):
        add(b"a", f"{number}.txt")

    with pytest.raises(TooManyFiles):
        add(b"a")


@pytest.mark.parametrize("size", [MIB - 1, MIB])
def test_up_to_a_megabyte_fits(add: Add, storage: Folder, size: int) -> None:
    stored = add(b"a" * size)

    assert stored.size == size == storage.path(stored.place).stat().st_size


def test_a_byte_more_does_not_fit_and_nothing_is_written(add: Add, storage: Folder) -> None:
    with pytest.raises(FileTooBig):
        add(b"a" * (MIB + 1))

    assert not storage.folder.exists()


def test_an_empty_file_is_refused(add: Add) -> None:
    with pytest.raises(EmptyFile):
        add(b"")


@pytest.mark.parametrize(("name", "data"), [
    ("a.html", b"<html>"), ("a.svg", b"<svg/>"), ("a.js", b"x"), ("a.exe", b"MZ"), ("a.htm", b"x"), ("a.xhtml", b"x"),
    ("a.pdf.html", b"%PDF-1.4"), ("a.pdf.exe", b"%PDF-1.4"), ("pdf", b"%PDF-1.4"), ("a.", b"x"), (".pdf ", b"x"),
    ("a.pdf\x00.html", b"%PDF-1.4"), ("a.tar.gz", b"x"), ("a.docm", archive()),
    ("a.pdf", b"<script>alert(1)</script>"), ("a.png", b"%PDF-1.4"), ("a.zip", b"%PDF-1.4"), ("a.jpg", b"\x89PNG\r\n"),
    ("a.txt", b"a\x00b"), ("a.csv", b"\x00"), ("a.docx", b"just text"),
])
def test_what_is_not_on_the_list_or_only_pretends_is_refused(add: Add, name: str, data: bytes) -> None:
    with pytest.raises(WrongType):
        add(data, name)


@pytest.mark.parametrize(("name", "data", "our_type"), [
    ("a.zip", archive(), "application/zip"), ("A.PDF", b"%PDF-1.7", "application/pdf"),
    ("a.txt", b"zwyk\xc5\x82y", "text/plain"), ("a.html.pdf", b"%PDF-1.7", "application/pdf"),
    ("a.csv", b"=1+1;2", "text/csv"), ("a.xml", b"<a/>", "application/xml"),
    ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "image/png"), ("a.gif", b"GIF89a" + b"0" * 50, "image/gif"),
])
def test_what_is_on_the_list_is_taken_with_our_type(add: Add, name: str, data: bytes, our_type: str) -> None:
    assert add(data, name).media_type == our_type


@pytest.mark.parametrize(("given_name", "shown"), [
    ("../../etc/passwd.txt", "passwd.txt"), ("..\\..\\boot.txt", "boot.txt"), ("/etc/a.txt", "a.txt"),
    ("\u202etxt.exe", "txt.exe"), ("fdp.\u202etxt", "fdp.txt"), ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
    ("a\u0000.txt", "a.txt"), ("z\u0307.txt", "\u017c.txt"), ("", "plik"), ("...", "plik"), ("a/", "plik"),
    ("x" * 300 + ".txt", "x" * 110 + ".txt"),
])
def test_a_name_is_shown_without_what_deceives(given_name: str, shown: str) -> None:
    assert safe_name(given_name) == shown


@given(st.text(max_size=300))
def test_any_name_is_harmless(name: str) -> None:
    shown = safe_name(name)

    assert 0 < len(shown) <= 120
    assert "/" not in shown and "\\" not in shown and shown not in {".", ".."}
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2069")
    assert not [letter for letter in shown if ord(letter) < 32]
    assert safe_name(shown) == shown


def test_a_file_lies_under_a_name_nobody_can_guess(add: Add, storage: Folder) -> None:
    first, second = add(b"a", "../../../same.txt"), add(b"a", "same.txt")

    assert first.place != second.place and len(first.place) == 48
    assert storage.path(first.place).resolve().is_relative_to(storage.folder.resolve())
    assert "same" not in first.place and first.sha256 == second.sha256


def test_only_what_is_still_on_the_draft_goes_to_the_ticket(desk: Desk, add: Add) -> None:
    ticket_id = desk.ticket(desk.submit()).id
    for number in range(2):
        add(b"a", f"{number}.txt")

    with desk.session() as session:
        draft = keep_draft(session, desk.person(session, "clara").id, "start:1", {}, now=desk.now)
        assert move_to_ticket(session, draft, ticket_id, limits=LIMITS) == 2
        drop_draft(session, draft)
        assert list_draft_files(session, None) == []
        again = keep_draft(session, desk.person(session, "clara").id, "start:1", {}, now=desk.now)
        assert list_draft_files(session, again) == [] and move_to_ticket(session, again, ticket_id, limits=LIMITS) == 0


def test_a_ticket_does_not_take_files_without_end(desk: Desk, add: Add) -> None:
    ticket_id = desk.ticket(desk.submit()).id

    def move() -> None:
        for number in range(3):
            add(b"a", f"{number}.txt")
        with desk.session() as session:
            draft = keep_draft(session, desk.person(session, "clara").id, "start:1", {}, now=desk.now)
            move_to_ticket(session, draft, ticket_id, limits=LIMITS)

    for _ in range(5):
        move()
    with pytest.raises(TooManyFiles):
        move()


def test_errors_of_files_name_the_file() -> None:
    errors: list[DeskError] = [FileTooBig(name="a.txt", megabytes=1), EmptyFile(name="a.txt"),
                               WrongType(name="a.txt", kinds="pdf")]
    # Whether the others were kept is another matter for a page than for a program.
    assert all("a.txt" in str(error) and "kept" not in str(error) for error in errors)
