"""Collects every text of the pages and the errors; `python -m tests.translations` brings the catalogue up to date."""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "helpdesk" / "translations" / "pl.po"
PACKAGES = ("feel", "helpdesk", "sla", "forms", "engine", "mailroom", "web")
METHODS = [("web/**.py", "python"), ("helpdesk/**.py", "python"), ("engine/**.py", "python"),
           ("web/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"web/templates/**.html": {"extensions": "jinja2.ext.do", "trimmed": "true", "silent": "false"}}
EMPTY_HEADERS = tuple(f'"{name}' for name in (
    "POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator", "Report-Msgid-Bugs-To",
    "Language-Team"))
# Errors that only programs and logs meet.
NOT_SHOWN = {"Invalid"}


def collect() -> Catalog:
    """Every text that a person may be shown, with its source text as the key."""
    catalogue = Catalog(locale="pl", charset="utf-8")
    for _file, _line, message, comments, context in extract_from_dir(
            str(ROOT), METHODS, OPTIONS, keywords=KEYWORDS, directory_filter=_is_ours):
        catalogue.add(message, context=context, auto_comments=comments)
    for sentence in _error_sentences():
        catalogue.add(sentence)
    return catalogue


def read() -> Catalog:
    return read_po(BytesIO(CATALOGUE.read_bytes()), locale="pl")


def update() -> None:
    """Add new texts to the catalogue without a translation, and drop those that are gone."""
    wanted = collect()
    known = read() if CATALOGUE.is_file() else Catalog(locale="pl")
    fresh = Catalog(locale="pl", charset="utf-8", project="Okienko", fuzzy=False, header_comment="# Polish texts.")
    for message in sorted(wanted, key=lambda one: str(one.id)):
        if message.id:
            old = known.get(message.id[0] if isinstance(message.id, tuple) else message.id)
            fresh.add(message.id, old.string if old is not None else None)
    buffer = BytesIO()
    write_po(buffer, fresh, width=120, no_location=True, omit_header=False, sort_output=True)
    text = buffer.getvalue().decode()
    kept = [line for line in text.splitlines() if not line.startswith(EMPTY_HEADERS)]
    CATALOGUE.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _is_ours(folder: str | Path) -> bool:
    name = Path(folder).name
    return not name.startswith(".") and name not in {"node_modules", "tests", "docs", "static", "migrations", "assets"}


def _error_sentences() -> Iterator[str]:
    """The first docstring line of every class of the error family, found by its bases."""
    found: list[tuple[str, str]] = []
    bases_of: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    bases = [ast.unparse(base).split(".")[-1] for base in node.bases]
                    # Two packages may have an error of the same name: both are shown.
                    found.append((node.name, (ast.get_docstring(node) or "").strip().split("\n")[0]))
                    bases_of.setdefault(node.name, []).extend(bases)
    for name, sentence in sorted(found):
        if name not in NOT_SHOWN and _is_error(name, bases_of) and sentence:
            yield sentence


def _is_error(name: str, bases_of: dict[str, list[str]]) -> bool:
    return name == "DeskError" or any(_is_error(base, bases_of) for base in bases_of.get(name, []) if base != name)


if __name__ == "__main__":
    update()
