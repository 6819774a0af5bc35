"""The lock files: installing one of them changes nothing that another has installed."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(?: ; ([^\\]+))?", re.MULTILINE)


def test_a_library_has_the_same_version_in_every_lock_file() -> None:
    versions: dict[tuple[str, str], set[str]] = {}
    for file in FOLDER.glob("requirements*.txt"):
        for name, version, condition in PINNED.findall(file.read_text(encoding="utf-8")):
            versions.setdefault((name, condition.strip()), set()).add(version)

    assert len(versions) > 100
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
