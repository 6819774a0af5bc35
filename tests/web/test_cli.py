"""The command line: every command on a desk of its own, as a person calls it."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.resources import as_file
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from engine.diagrams.bundle import BadDiagram
from engine.gate import look
from engine.packages import built_in_folder, built_in_forms, read_built_in
from engine.records import ProcessVersion
from helpdesk.database import Database
from helpdesk.migrations import is_current
from helpdesk.people.accounts import Person, find_person
from tests.conftest import _on_server
from tests.desk import DELETION, Desk
from tests.engine.test_versions import CALL_BACK, RENAMED, path, version_of
from tests.postgres import database_url
from web import cli

BROKEN = sorted((Path(__file__).parents[1] / "engine" / "broken").glob("*.bpmn"))
SECRET = "0f" * 20
ADA = ["user", "add", "ada@urzad.example", "--name", "Ada", "--password", "bardzo długie hasło"]
FIELDS = {"question": ("text", "urgent", "wait_for"), "reply": ("answer",)}


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls `okienko` as a shell does; settings come from the environment."""
    for name in [name for name in os.environ if name.startswith("OKIENKO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OKIENKO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(cli, "PasswordHasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    opened: list[Database] = []

    class Kept(Database):
        def __init__(self, *arguments: Any, **facts: Any) -> None:
            super().__init__(*arguments, **facts)
            opened.append(self)

    monkeypatch.setattr(cli, "Database", Kept)

    def call(*words: str, **environment: str) -> Outcome:
        for name, value in environment.items():
            monkeypatch.setenv(f"OKIENKO_{name}", value)
        monkeypatch.setattr(sys, "argv", ["okienko", *words])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
        for database in opened:
            database.engine.dispose()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Outcome(int(code or 0), said.out, said.err)

    return call


@pytest.fixture
def url(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database with nothing in it."""
    name = f"empty_{uuid4().hex[:12]}"
    address = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    if kind == "postgresql":
        _on_server(f'CREATE DATABASE "{name}"')
        address = database_url(name)
    monkeypatch.setenv("OKIENKO_DATABASE", address)
    yield address
    if kind == "postgresql":
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the web server was started with; it serves nobody."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr("waitress.serve", lambda app, **facts: calls.append(facts))
    return calls


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with the built-in processes, to be changed."""
    folder = tmp_path / "package"
    with as_file(built_in_folder()) as source:
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with as_file(built_in_forms()) as source:
        shutil.copytree(source, folder / "forms", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return folder


def change(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    file.write_text(text, encoding="utf-8")


# --- check


def test_what_comes_with_the_desk_fits(run: Run, package: Path) -> None:
    assert run("check") == (0, "Everything fits.\n", "")
    assert run("check", str(package)).code == 0


@pytest.mark.parametrize("diagram", BROKEN, ids=lambda path: path.stem)
def test_a_broken_diagram_is_named_with_file_line_and_element(run: Run, tmp_path: Path, diagram: Path) -> None:
    folder = tmp_path / "package"
    (folder / "bpmn").mkdir(parents=True)
    shutil.copy(diagram, folder / "bpmn")
    models = diagram.parent / "dmn"
    own = models / f"{diagram.stem}.dmn"
    (folder / "dmn").mkdir()
    shutil.copy(own if own.exists() else models / "usual.dmn", folder / "dmn")
    (folder / "forms").mkdir()
    for key, names in FIELDS.items():
        components = [{"type": "textfield", "key": name, "id": name, "label": name, "properties": {"label.en": name}}
                      for name in names]
        sheet = {"type": "default", "id": key, "schemaVersion": 16, "components": components}
        (folder / "forms" / f"{key}.json").write_text(json.dumps(sheet), encoding="utf-8")
    (folder / "package.toml").write_text(
        f'[teams]\nfirst_line = {{pl = "1", en = "1"}}\nsecond_line = {{pl = "2", en = "2"}}\n'
        f'[[processes]]\nkey = "desk"\nfile = "{diagram.name}"\nprocess_id = "desk"\nname = {{pl = "x", en = "x"}}\n',
        encoding="utf-8")
    text = diagram.read_text(encoding="utf-8")
    kind, element = re.findall(r"<!-- refused: \w+ at (line )?(.*?) ?-->", text)[0]

    found = run("check", str(folder))

    rule = diagram.stem.partition("--")[0]
    line = next(line for line in found.out.splitlines() if f"[{rule}]" in line)
    file, number, named, _ = line.split(":", 3)
    assert found.code == 1 and "finding(s)" in found.err
    assert file == diagram.name
    assert number.isdigit() and (element == "nowhere") == (number == "0" and not named.strip())
    assert named.strip() == ("" if kind or element == "nowhere" else element.strip())


@pytest.mark.parametrize(("file", "before", "after", "named"), [
    ("bpmn/ticket.bpmn", '"form" value="ticket_step"', '"priority" value="low"', ["ticket.bpmn:", "handle"]),
    ("bpmn/ticket.bpmn", '"form" value="ticket_step"', '"form" value="nobody"', ["ticket.bpmn:", "handle"]),
    ("bpmn/ticket.bpmn", 'serviceTaskOperator id="start_clock"', 'serviceTaskOperator id="stat_clock"',
     ["ticket.bpmn:", "start_solution_clock"]),
    ("bpmn/ticket.bpmn", 'ticket_step.act = "resolve"', 'ticket_step.act = = "resolve"',
     ["ticket.bpmn:", "which_act_to_pause_solved"]),
    ("bpmn/ticket.bpmn", "<bpmn:definitions", "<!DOCTYPE x><bpmn:definitions", ["ticket.bpmn:"]),
    ("bpmn/ticket.bpmn", "</bpmn:definitions>", "", ["ticket.bpmn:"]),
    ("forms/survey.json", '"key": "stars"', '"key": "remark"', ["forms/survey.json", "remark"]),
    ("forms/survey.json", '"radio"', '"mystery"', ["forms/survey.json", "mystery"]),
    ("forms/survey.json", "{", "", ["survey.json"]),
    ("forms/survey.json", "{", "[{", ["survey.json"]),
    ("package.toml", '"ticket.bpmn"', '"missing.bpmn"', ["missing.bpmn"]),
    ("package.toml", '"ticket.bpmn"', '"../package.toml"', ["../package.toml"]),
    ("package.toml", "[teams.first_line]", "[teams.first_line", ["package.toml"]),
    ("package.toml", 'process_id = "ticket"', 'process_id = "tiket"', ["ticket.bpmn", "tiket"]),
    ("package.toml", 'process_id = "ticket"', "", ["package.toml", "process_id"]),
    ("package.toml", 'name.pl = "Usunięcie konta"\nname.en = "Deletion of an account"', 'name = "Usunięcie"',
     ["package.toml"]),
    ("package.toml", 'key = "ticket"', 'key = "incident"', ["package.toml", "incident"]),
    ("package.toml", 'en = "First line"', "", ["package.toml", "en"]),
])
def test_whatever_does_not_fit_in_a_package_is_named(
        run: Run, package: Path, file: str, before: str, after: str, named: list[str]) -> None:
    change(package / file, (before, after))

    found = run("check", str(package))

    assert found.code == 1
    assert all(name in found.out + found.err for name in named), found


def test_a_form_nobody_uses_is_named(run: Run, package: Path) -> None:
    shutil.copy(package / "forms" / "survey.json", package / "forms" / "old_survey.json")

    assert "forms/old_survey.json" in run("check", str(package)).out


@pytest.mark.parametrize("damage", [
    lambda folder: (folder / "package.toml").unlink(),
    lambda folder: (folder / "package.toml").write_bytes(b"\xff\xfe"),
    lambda folder: (folder / "package.toml").write_text("processes = 3"),
    lambda folder: (folder / "package.toml").write_text("processes = ['x']"),
    lambda folder: (folder / "package.toml").write_text(""),
    lambda folder: (folder / "bpmn" / "ticket.bpmn").unlink(),
    lambda folder: (folder / "bpmn" / "ticket.bpmn").write_bytes(b"\xff" * 10),
    lambda folder: (folder / "bpmn" / "ticket.bpmn").write_bytes(b" " * 2_000_001),
    lambda folder: (folder / "forms" / "survey.json").write_text("[" * 100_000),
])
def test_a_folder_that_cannot_be_read_is_one_sentence(
        run: Run, package: Path, damage: Callable[[Path], object]) -> None:
    damage(package)

    found = run("check", str(package))

    assert found.code == 1
    assert found.err.startswith("okienko: The package cannot be read: ")


def test_what_the_engine_refuses_after_the_gate_is_a_finding_too(
        run: Run, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(diagrams: object, process_id: str) -> None:
        raise BadDiagram(file=f"{process_id}.bpmn", line=7, reason="handle: this is beyond me")

    # The child of the gate cannot be patched, so the package is looked at here.
    monkeypatch.setattr(import_module("engine.gate.look"), "parse_bundle", refuse)
    monkeypatch.setattr("engine.versions.examine", look)
    found = run("check", str(package))

    assert found.code == 1
    assert "ticket.bpmn:7: handle: The engine cannot run this process: this is beyond me. [engine_refuses]" in found.out


# --- init-db, publish


def test_a_desk_is_made_once_and_again_without_harm(run: Run, url: str) -> None:
    for _ in range(2):
        assert run("init-db").code == 0

    database = Database(url)
    with database.transaction() as session:
        numbers = session.execute(select(ProcessVersion.process_key, ProcessVersion.number)).all()
    assert sorted(map(tuple, numbers)) == sorted((one.key, 1) for one in read_built_in().processes)
    assert is_current(database)
    database.engine.dispose()


def test_the_password_of_the_database_is_not_shown(run: Run) -> None:
    found = run("init-db", DATABASE="postgresql+psycopg://okienko:tajne@127.0.0.1:1/none?connect_timeout=1")

    assert found.code == 1 and found.err.startswith("okienko: The database cannot be used: ")
    assert "tajne" not in found.out + found.err


@pytest.mark.parametrize("words", [["process", "publish", "."], ADA, ["work"], ["serve"]])
def test_nothing_runs_on_a_database_that_was_not_made(run: Run, package: Path, words: list[str]) -> None:
    found = run(*[str(package) if word == "." else word for word in words], SECRET=SECRET)

    assert found.code != 0
    assert "okienko init-db" in found.err


def test_publishing_twice_makes_one_version_and_a_change_the_next(
        run: Run, desk: Desk, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKIENKO_DATABASE", desk.database.url)
    old = desk.submit(DELETION, about="delete_account")
    assert "account_deletion: version 1" in run("process", "publish", str(package)).out

    change(package / "bpmn" / "account_deletion.bpmn", RENAMED, *CALL_BACK)
    for _ in range(2):
        assert "account_deletion: version 2" in run("process", "publish", str(package)).out
    new = desk.submit(DELETION, about="delete_account")

    assert (version_of(desk, old), version_of(desk, new)) == (1, 2)
    desk.complete(new, "check_request", decision="delete")
    assert desk.item(new).element_id == "call_back"
    assert ("now", "Oddzwonimy do Ciebie") in path(desk, new)
    desk.complete(old, "check_request", decision="delete")
    assert desk.item(old).element_id == "deactivate_account"


def test_a_package_with_one_wrong_process_is_not_published_at_all(
        run: Run, desk: Desk, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKIENKO_DATABASE", desk.database.url)
    change(package / "bpmn" / "account_deletion.bpmn", RENAMED)
    change(package / "bpmn" / "ticket.bpmn", ('"form" value="ticket_step"', '"form" value="nobody"'))

    found = run("process", "publish", str(package))

    assert found.code == 1
    assert "ticket.bpmn:" in found.err and "handle" in found.err
    assert desk.ask(lambda session: session.scalar(select(func.max(ProcessVersion.number)))) == 1


# --- people


def test_a_person_is_added_with_roles_and_teams(run: Run, url: str) -> None:
    run("init-db")

    added = run(*ADA, "--role", "administrator", "--team", "first_line", "--lead", "second_line")

    assert added == (0, "Added ada@urzad.example.\n", "")
    database = Database(url)
    with database.transaction() as session:
        person = find_person(session, "ADA@urzad.example")
        assert person is not None and person.password_hash.startswith("$argon2")
        assert person.roles == ["administrator"]
        assert {place.team.key: place.is_lead for place in person.memberships} == {
            "first_line": False, "second_line": True}
    database.engine.dispose()


@pytest.mark.parametrize(("words", "named"), [
    ([*ADA[:-1], "krótkie"], "12"), ([*ADA, "--team", "third_line"], "third_line"),
    ([*ADA, "--role", "king"], "king"), (ADA, "ada@urzad.example"),
])
def test_a_person_who_cannot_be_added_is_not(run: Run, words: list[str], named: str, tmp_path: Path) -> None:
    run("init-db")
    if words == ADA:
        run(*ADA)
    database = Database(f"sqlite:///{tmp_path / 'data' / 'okienko.sqlite'}")
    count = select(func.count()).select_from(Person)
    with database.transaction() as session:
        before = session.scalar(count)

    refused = run(*words)

    assert refused.code != 0 and named in refused.err
    with database.transaction() as session:
        assert session.scalar(count) == before
    database.engine.dispose()


# --- serve, work, demo, settings


@pytest.mark.parametrize("secret", ["", "abc123", "x" * 31, "change-me-" * 5, "Secret" + "1" * 40, "okienko" * 8])
def test_the_desk_does_not_start_without_a_secret_of_its_own(
        run: Run, served: list[dict[str, Any]], secret: str) -> None:
    run("init-db")

    refused = run("serve", SECRET=secret)

    assert refused.code == 1 and served == []
    assert refused.err.startswith("okienko: Set OKIENKO_SECRET") and len(refused.err.splitlines()) == 1
    assert not secret or secret not in refused.err


def test_the_desk_starts_with_a_secret_and_the_demo_makes_its_own(
        run: Run, served: list[dict[str, Any]], tmp_path: Path) -> None:
    run("init-db")

    assert run("serve", SECRET=SECRET, PORT="8123", HOST="127.0.0.1", THREADS="3").code == 0
    assert run("serve", SECRET="", DEMO="1").code == 0

    assert (served[0]["port"], served[0]["host"], served[0]["threads"]) == (8123, "127.0.0.1", 3)
    kept = (tmp_path / "data" / "demo-secret").read_text()
    assert len(kept) == 64
    assert (tmp_path / "data" / "demo-secret").stat().st_mode & 0o077 == 0
    run("serve")
    assert (tmp_path / "data" / "demo-secret").read_text() == kept


def test_a_demo_is_not_mixed_with_real_people(run: Run) -> None:
    run("init-db")
    run(*ADA)

    assert run("demo").code != 0
    assert run("demo", "--if-empty") == (0, "", "")


@pytest.mark.parametrize(("name", "value"), [
    ("PORT", "osiem"), ("PORT", "0"), ("PORT", "65536"), ("PORT", "-1"), ("DEMO", "perhaps"), ("FILE_NUMBER", "0"),
    ("FILE_MEGABYTES", "1.5"), ("TICK_SECONDS", "0"), ("LANGUAGE", "de"), ("PROXIES", "-1"), ("THREADS", ""),
])
def test_a_setting_that_makes_no_sense_is_one_sentence(run: Run, name: str, value: str) -> None:
    refused = run("init-db", **{name: value})

    assert refused.code == 1
    assert refused.err.startswith(f"okienko: The setting OKIENKO_{name} cannot be read: ")


@pytest.mark.parametrize(("text", "named"), [
    ("prot = 80", "prot"), ("port = 'x'", "port"), ("port = true", "port"), ("demo = 1", "demo"),
    ("port = ", "OKIENKO_SETTINGS"), ("[web]\nport = 80", "web"), ("port = 99999", "OKIENKO_PORT"),
])
def test_a_settings_file_that_makes_no_sense_is_one_sentence(
        run: Run, tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "okienko.toml").write_text(text, encoding="utf-8")

    refused = run("init-db", SETTINGS=str(tmp_path / "okienko.toml"))

    assert refused.code == 1
    assert refused.err.startswith(f"okienko: The setting {named} cannot be read: ")


def test_a_missing_settings_file_is_said(run: Run, tmp_path: Path) -> None:
    refused = run("init-db", SETTINGS=str(tmp_path / "nowhere.toml"))

    assert refused.code == 1 and "nowhere.toml" in refused.err


def test_the_environment_goes_before_the_file(run: Run, served: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "okienko.toml").write_text('port = 8200\nthreads = 2\n', encoding="utf-8")
    run("init-db")

    run("serve", SETTINGS=str(tmp_path / "okienko.toml"), SECRET=SECRET, THREADS="5")

    assert (served[0]["port"], served[0]["threads"]) == (8200, 5)


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    assert run("dance").code == 2
    assert run("--help").code == 0


def test_the_stand_in_does_not_start_beside_a_real_desk(run: Run) -> None:
    outcome = run("stand-in", "--port", "0")

    assert outcome.code == 1 and "demo desk only" in outcome.err


def test_the_index_of_articles_is_written_anew_by_hand_and_when_the_dictionary_changed(
        run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("init-db").code == 0
    assert run("search", "rebuild").out == "0 articles.\n"
    written: list[object] = []
    monkeypatch.setattr(cli.index, "rebuild", written.append)

    run("init-db")
    assert written == []

    monkeypatch.setattr("helpdesk.fulltext.postings.analyser", lambda: "another")
    run("init-db")
    assert len(written) == 1
