"""The built-in processes with something changed in their diagrams, published for a test."""

from dataclasses import replace

from engine.packages import ProcessContent, read_built_in
from engine.records import ProcessVersion
from engine.versions import publish
from tests.desk import Desk


def built_in(key: str) -> ProcessContent:
    return next(content for content in read_built_in().processes if content.key == key)


def altered(key: str, *changes: tuple[str, str]) -> ProcessContent:
    """The built-in process with each first text of its diagram replaced by the second; each must be there once."""
    content = built_in(key)
    (file, text), = content.diagrams.items()
    for before, after in changes:
        assert text.count(before) == 1, (before, text.count(before))
        text = text.replace(before, after)
    return replace(content, diagrams={file: text})


def publish_altered(desk: Desk, key: str, *changes: tuple[str, str]) -> ProcessVersion:
    content = altered(key, *changes)
    with desk.session() as session:
        return publish(session, content, by=desk.person(session, "oskar"), now=desk.now)
