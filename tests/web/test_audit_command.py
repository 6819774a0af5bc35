"""okienko audit verify: what is right is told, the first broken place ends with exit code 1."""

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk.database import Database
from tests.web.test_cli import ADA, Run, run
from web.work import _seal

__all__ = ["run"]


@pytest.fixture
def path(tmp_path: Path, run: Run) -> Path:
    run("init-db")
    run(*ADA)
    return tmp_path / "data" / "okienko.sqlite"


def seal(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    _seal(database, datetime.now(UTC))
    database.engine.dispose()


def change(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        assert connection.execute(statement).rowcount == 1
    connection.close()


def test_a_new_desk_is_unbroken_and_has_no_seal_yet(path: Path, run: Run) -> None:
    verified = run("audit", "verify")

    assert verified.code == 0
    assert re.fullmatch(r"0 entries of 0 tickets and \d+ of the desk: unbroken\. No seal yet\.\n", verified.out)


def test_the_last_seal_is_told_and_can_be_compared_with_one_that_was_kept(path: Path, run: Run) -> None:
    seal(path)
    told = run("audit", "verify").out
    kept = re.search(r"1=1:[0-9a-f]{64}", told)
    assert kept is not None and "unbroken; 0 not sealed yet" in told

    assert run("audit", "verify", "--seal", kept.group()).code == 0
    assert run("audit", "verify", "--seal", "1=1:00").code == 1
    assert run("audit", "verify", "--seal", "one").code == 1
    assert run("audit", "verify", "--seal", "²=1:00").code == 1


def test_a_changed_entry_is_named_and_the_exit_code_is_1(path: Path, run: Run) -> None:
    change(path, "UPDATE audit_entry SET act = 'person_disabled' WHERE act = 'password_set'")

    verified = run("audit", "verify")

    assert verified.code == 1 and verified.out == ""
    assert re.search(r"^okienko: The audit log is broken at the desk: entry \d+ \(person_disabled\)", verified.err)


def test_a_ticket_that_is_not_there_is_told(path: Path, run: Run) -> None:
    assert run("audit", "verify", "ZGL0000001").code == 1
