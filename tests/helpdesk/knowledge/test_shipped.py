"""Articles from files: the built-in ones load, the same again does nothing, mistakes are named."""

from pathlib import Path

import pytest

from engine.demo.content import read_catalogue
from helpdesk.catalogue import load_catalogue
from helpdesk.knowledge.articles import Audience, get_published, list_published
from helpdesk.knowledge.writing import shipped
from helpdesk.knowledge.writing.shipped import BadArticle, Loaded
from tests.desk import Desk

HEAD = '''+++
topic = "t"
title = { pl = "Tytuł", en = "Title" }
summary = { pl = "Krótko.", en = "In short." }
+++
'''
PARTS = "<!-- pl -->\nPo polsku.\n<!-- en -->\nIn English.\n"
TOPICS = '[[topics]]\nkey = "t"\narea = "client_zone"\nname.pl = "Temat"\nname.en = "Topic"\n'


def folder_of(tmp_path: Path, text: str, topics: str = TOPICS) -> Path:
    (tmp_path / "one.md").write_text(text, encoding="utf-8")
    (tmp_path / "topics.toml").write_text(topics, encoding="utf-8")
    return tmp_path


def load(desk: Desk, folder: Path) -> Loaded:
    return desk.ask(lambda session: shipped.load(session, folder, now=desk.now))


def test_the_articles_that_come_with_the_desk_are_published_once(desk: Desk) -> None:
    with desk.session() as session:
        load_catalogue(session, read_catalogue())
    number = sum(one.name.endswith(".md") for one in shipped.built_in().iterdir())

    first = desk.ask(lambda session: shipped.load(session, shipped.built_in(), now=desk.now))
    second = desk.ask(lambda session: shipped.load(session, shipped.built_in(), now=desk.now))

    assert (first, second) == (Loaded(added=number), Loaded(same=number)) and number >= 5
    published = desk.ask(lambda session: list_published(session, audiences=Audience))
    assert len(published) == number
    assert all(getattr(one, f"{name}_{language}") for one in published for name in ("title", "summary", "body")
               for language in ("pl", "en"))


def test_a_changed_file_becomes_a_new_version(desk: Desk, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, HEAD + PARTS)
    load(desk, folder)
    folder_of(tmp_path, HEAD + PARTS.replace("In English", "In good English"))

    assert load(desk, folder) == Loaded(changed=1)

    version = desk.ask(lambda session: get_published(session, "one", audiences=[Audience.EVERYONE]))
    assert (version.number, version.body_en) == (2, "In good English.")


@pytest.mark.parametrize(("text", "said"), [
    (PARTS, "does not begin with a head"), (HEAD.replace("topic =", "topik =") + PARTS, "topik"),
    (HEAD.replace('"t"', '"u"') + PARTS, "no topic u"), (HEAD + "<!-- pl -->\nTylko.", "body_en"),
    (HEAD + PARTS + "<!-- pl -->\nDrugi raz.", "twice"), (HEAD + "Przed.\n" + PARTS, "belongs to no language"),
    (HEAD.replace("+++\n", '+++\nservices = ["nothing"]\n', 1) + PARTS, "nothing"),
    (HEAD.replace("+++\n", '+++\naudience = "friends"\n', 1) + PARTS, "friends"),
    (HEAD.replace("+++\n", "+++\nx = \n", 1) + PARTS, "Invalid"),
    (HEAD + PARTS + "![x](picture:1)", "picture:1"),
    (HEAD + PARTS + "<!-- pl internal -->\nTylko.", "internal_en")])
def test_a_file_with_a_mistake_is_named_with_the_reason(desk: Desk, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadArticle, match=said) as refused:
        load(desk, folder_of(tmp_path, text))

    assert "one.md" in str(refused.value)
