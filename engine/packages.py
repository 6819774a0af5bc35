"""Process packages: a folder of diagrams, decisions and forms, read into one content-addressed value."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from helpdesk.errors import DeskError

MOST_BYTES = 2_000_000
_DECISION = re.compile(r"""name=["']decision["']\s+value=(?:"([^"]*)"|'([^']*)')""")
_IMPORT = re.compile(r"<(\w+:)?import\s")


class BadPackage(DeskError):
    """The package cannot be read: {reason}"""


@dataclass(frozen=True)
class ProcessContent:
    """Everything that makes a process: diagrams, forms, decisions, names. It is what a version stores."""

    key: str
    process_id: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    diagrams: Mapping[str, str]
    forms: Mapping[str, Any]
    decisions: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        # Content without decisions is written as it was before there were any, so that its digest stays.
        decisions = {"decisions": dict(self.decisions)} if self.decisions else {}
        return {"key": self.key, "process_id": self.process_id, "name": dict(self.name),
                "description": dict(self.description), "diagrams": dict(self.diagrams), "forms": dict(self.forms),
                **decisions}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "ProcessContent":
        return cls(**content)

    @property
    def digest(self) -> str:
        """The hash that names this content; equal content has an equal digest."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Package:
    """A folder of processes with the teams they name."""

    processes: tuple[ProcessContent, ...]
    teams: Mapping[str, Mapping[str, str]]
    forms: Mapping[str, Any]


def built_in_folder() -> Traversable:
    return files("workflows")


def built_in_forms() -> Traversable:
    return files("forms") / "definitions"


def read_package(folder: Traversable, forms: Traversable | None = None) -> Package:
    """The package in a folder: package.toml, bpmn/*.bpmn, dmn/*.dmn, and forms/*.json or a forms folder elsewhere."""
    try:
        facts = tomllib.loads(_text(folder / "package.toml"))
    except (OSError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadPackage(reason=f"package.toml: {error}") from error
    sheets = dict(_read_forms(forms if forms is not None else folder / "forms"))
    models = dict(_read_models(folder / "dmn"))
    try:
        processes = tuple(_read_process(folder, one, sheets, models) for one in facts["processes"])
        teams = {key: {"pl": name["pl"], "en": name["en"]} for key, name in facts.get("teams", {}).items()}
    except (LookupError, TypeError, AttributeError, OSError) as error:
        raise BadPackage(reason=f"package.toml or a file it names is incomplete ({error})") from error
    for twice in {one.key for one in processes if sum(other.key == one.key for other in processes) > 1}:
        raise BadPackage(reason=f"package.toml has two processes with the key {twice}")
    return Package(processes, teams, sheets)


def read_built_in() -> Package:
    return read_package(built_in_folder(), built_in_forms())


def _read_process(folder: Traversable, facts: Mapping[str, Any], sheets: Mapping[str, Any],
                  models: Mapping[str, str]) -> ProcessContent:
    diagrams = {file: _diagram(folder, file) for file in map(str, [facts["file"], *facts.get("calls", [])])}
    text = "\n".join(diagrams.values())
    # The digest covers only the forms the diagram names, so that another process's form makes no new version.
    used = {key: sheet for key, sheet in sheets.items() if f'value="{key}"' in text or f"value='{key}'" in text}
    name = {"pl": str(facts["name"]["pl"]), "en": str(facts["name"]["en"])}
    return ProcessContent(key=str(facts["key"]), process_id=str(facts["process_id"]), name=name,
                          description=dict(facts.get("description", {})), diagrams=diagrams, forms=used,
                          decisions=dict(_used_models(text, models)))


def _diagram(folder: Traversable, file: str) -> str:
    if "/" in file or "\\" in file:
        raise BadPackage(reason=f"package.toml names {file}, but diagrams lie in the folder bpmn")
    return _text(folder / "bpmn" / file)


def _read_models(folder: Traversable) -> Iterator[tuple[str, str]]:
    if folder.is_dir():
        for entry in sorted(folder.iterdir(), key=lambda one: one.name):
            if entry.name.endswith(".dmn"):
                yield entry.name, _text(entry)


def _used_models(diagram: str, models: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The models that hold a decision the diagram names; if one of them imports others, all of the folder."""
    named = {one or other for one, other in _DECISION.findall(diagram)}
    used = {file: text for file, text in models.items()
            if any(f'="{name}"' in text or f"='{name}'" in text for name in named)}
    yield from models.items() if any(_IMPORT.search(text) for text in used.values()) else used.items()


def _read_forms(folder: Traversable) -> Iterator[tuple[str, Any]]:
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".json"):
            try:
                sheet = json.loads(_text(entry))
            except (ValueError, RecursionError) as error:
                raise BadPackage(reason=f"{entry.name}: {error}") from error
            if not isinstance(sheet, dict):
                raise BadPackage(reason=f"{entry.name} is not a form")
            yield entry.name.removesuffix(".json"), sheet


def _text(entry: Traversable) -> str:
    data = entry.read_bytes()
    if len(data) > MOST_BYTES:
        raise BadPackage(reason=f"{entry.name} is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadPackage(reason=f"{entry.name} is not UTF-8 text") from error
