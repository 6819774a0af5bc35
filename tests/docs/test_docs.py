"""The documentation says what is true: links lead somewhere, commands and settings exist, tables are complete."""

import pkgutil
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import click
import pytest

import helpdesk
from engine.actions import OUTCOMES, VERB_PARAMETERS
from engine.demo.play import cast
from engine.diagrams.elements import Kind
from forms.components import Kind as QuestionKind
from forms.values import SHAPES
from helpdesk.database import Record
from helpdesk.settings import PREFIX, Settings
from helpdesk.texts import LETTERS
from helpdesk.tickets import Priority, Status
from sla.calendars import BUILT_IN
from sla.durations import parse_allowed
from sla.promises import PauseReason
from web.cli import commands

ROOT = Path(__file__).parents[2]
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
texts = pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors that a page of Markdown offers for its headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in HEADING.findall(path.read_text(encoding="utf-8"))}


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of the same level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """The words in code of the first column of every table row."""
    rows = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def listed(text: str, start: str) -> set[str]:
    """The words in code of the point of a list that begins so."""
    point = re.search(rf"^\* {re.escape(start)}(.*?)(?=^\* |\Z|\n\n)", text, re.MULTILINE | re.DOTALL)
    assert point is not None, start
    return set(re.findall(r"`([a-z_]+)`", point.group(1)))


@texts
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in (one or other for one, other in LINK.findall(path.read_text(encoding="utf-8"))):
        if link.startswith(("http:", "https:")):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), f"{path.name}: {link}"
        assert not anchor or anchor in anchors(file), f"{path.name}: {link}"


@texts
def test_every_setting_that_is_named_exists(path: Path) -> None:
    known = {f"{PREFIX}{one.name.upper()}" for one in fields(Settings)} | {f"{PREFIX}SETTINGS"}

    named = set(re.findall(rf"{PREFIX}[A-Z0-9_]*[A-Z0-9]", path.read_text(encoding="utf-8")))

    assert named - {f"{PREFIX}BROWSER_MUST_RUN"} <= known


@texts
def test_every_package_file_that_is_named_exists(path: Path) -> None:
    folders = "workflows|feel|helpdesk|sla|forms|engine|mailroom|web|tests|docs"
    named = re.findall(rf"(?<![\w/])((?:{folders})/[\w./-]*\w\.(?:py|md|toml|bpmn|po|json|svg|webp))(?!\w)",
                       path.read_text(encoding="utf-8").replace("/\n", "/"))

    places = (ROOT, ROOT / "docs", ROOT / "docs" / "example")
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_the_command_line_is_told_completely() -> None:
    told = [command.removeprefix("okienko ") for command in first_cells(section(read("README.md"), "The command line"))
            if command.startswith("okienko ") and command != "okienko COMMAND --help"]

    assert sorted(told) == sorted(_paths(commands, ""))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_commands_in_examples_have_these_options(name: str) -> None:
    for line in re.findall(r"^(?:\$ )?okienko ([a-z].*?)(?: +#.*)?$", read(name), re.MULTILINE):
        command: click.Command = commands
        for word in line.split():
            if isinstance(command, click.Group):
                assert word in command.commands, line
                command = command.commands[word]
            elif word.startswith("--"):
                assert word in {option for parameter in command.params for option in parameter.opts}, line


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_what_make_is_asked_for_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))

    assert set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)`", read(name), re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))}


def test_every_verb_is_told_with_its_parameters() -> None:
    verbs = section(read("docs/diagrams.md"), "Verbs")

    rows = re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)*) ?\|", verbs, re.MULTILINE)
    told = {verb: set(re.findall(r"`(\w+)`", parameters)) for verb, parameters in rows}

    assert told == {verb: set(needed | extra) for verb, (needed, extra) in VERB_PARAMETERS.items()}


def test_the_values_of_parameters_are_told_completely() -> None:
    verbs = section(read("docs/diagrams.md"), "Verbs")

    assert listed(verbs, "`status`: ") == set(Status)
    assert listed(verbs, "`priority`: ") == set(Priority)
    assert listed(verbs, "`reason`: ") == set(PauseReason)
    assert listed(verbs, "`outcome`: ") == OUTCOMES
    assert listed(verbs, "`text` of a letter: ") == LETTERS


def test_as_many_elements_are_told_as_may_be_drawn() -> None:
    told = re.findall(r"^\| ([a-z ,]+) \|", section(read("docs/diagrams.md"), "Elements"), re.MULTILINE)

    words = {re.sub(r"(?<!^)(?=[A-Z])", " ", kind.value).lower().replace("sub process", "subprocess") for kind in Kind}
    assert words <= set(told) and len(told) == len(words) + 2  # pools and lanes, notes


def test_every_component_and_identifier_of_a_form_is_told() -> None:
    page = read("docs/forms.md")

    assert set(first_cells(section(page, "Components"))) == {
        *(kind.value for kind in QuestionKind if kind.value not in ("date", "time")), "text", "separator", "group",
        "dynamiclist"}
    named = section(page, "Identifiers").partition("\n\n")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", named)) == SHAPES


def test_calendars_and_durations_in_the_page_on_time_are_right() -> None:
    page = read("docs/time.md")

    assert set(first_cells(section(page, "Calendars"))) == set(BUILT_IN)
    for written in first_cells(section(page, "The notation")):
        parse_allowed(written)


def test_every_table_is_told() -> None:
    for module in pkgutil.walk_packages(helpdesk.__path__, "helpdesk."):
        if not module.name.startswith("helpdesk.migrations"):
            import_module(module.name)
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", section(read("docs/architecture.md"), "Tables"), re.MULTILINE)

    assert {name for row in rows for name in re.findall(r"\w+", row)} == set(Record.metadata.tables)


def test_the_people_of_the_demo_are_told_with_their_passwords() -> None:
    page = read("README.md")

    for member in cast():
        assert re.search(rf"{member.name} +{re.escape(member.email)} +{member.password} +{member.what['en']}\n", page)


def test_pictures_are_small_and_all_of_them_are_shown() -> None:
    pictures = list((ROOT / "docs" / "pictures").glob("*.webp"))

    assert pictures and all(path.stat().st_size <= 100_000 for path in pictures)
    guide = [path for path in pictures if path.name.startswith("guide-")]
    assert guide and all(path.stat().st_size <= 40_000 for path in guide)
    shown = {"README.md": set(pictures) - set(guide), "docs/clients.md": set(guide), "docs/clients.pl.md": set(guide)}
    assert [(text, path.name) for text, paths in shown.items() for path in paths
            if f"pictures/{path.name}" not in read(text)] == []


def test_the_guide_shows_the_files_of_the_example() -> None:
    guide = read("CONTRIBUTING.md")

    catalogue = read("docs/example/catalogue.toml").partition("\n\n")[2]
    assert catalogue in guide


def _paths(group: click.Group, before: str) -> list[str]:
    found = []
    for name, command in group.commands.items():
        path = f"{before} {name}".strip()
        found += _paths(command, path) if isinstance(command, click.Group) else [path]
    return found
