"""The index of articles: what is published is found by those who may read it, and can be written anew."""

from pathlib import Path

import pytest

from helpdesk.fulltext import postings, words
from helpdesk.knowledge import index
from helpdesk.knowledge.articles import Article, Audience, find_published
from helpdesk.knowledge.index import Found
from helpdesk.knowledge.writing import shipped
from tests.desk import Desk

ARTICLE = '''+++
topic = "account"
audience = "everyone"
keywords = "logowanie, PIN2"
title = { pl = "Zapomniane hasło", en = "A forgotten password" }
summary = { pl = "Jak ustawić **nowe**.", en = "How to set a new one." }
+++
<!-- pl -->
## Odzyskiwanie

Proszę wybrać [odnośnik](https://example.com/tajny-adres) na stronie.
<!-- en -->
Choose the link on the page.
<!-- pl internal -->
Sprawdzić blokadę w dzienniku.
<!-- en internal -->
Look for a lock in the journal.
'''
TOPICS = '[[topics]]\nkey = "account"\narea = "client_zone"\nname.pl = "Konto"\nname.en = "Account"\n'
ALL = frozenset(Audience)


@pytest.fixture
def filled(desk: Desk, tmp_path: Path) -> Desk:
    (tmp_path / "topics.toml").write_text(TOPICS, encoding="utf-8")
    (tmp_path / "password.md").write_text(ARTICLE, encoding="utf-8")
    desk.ask(lambda session: shipped.load(session, tmp_path, now=desk.now))
    return desk


def look(desk: Desk, text: str, *, language: str = "pl",
         audiences: frozenset[Audience] = frozenset({Audience.EVERYONE}), **rest: int) -> Found:
    return desk.ask(lambda session: index.find(session, text, language=language, audiences=audiences, **rest))


@pytest.mark.skipif(words.morfeusz2 is None, reason="there is no dictionary for this platform")
def test_a_published_article_is_found_in_both_languages_by_what_its_readers_may_read(filled: Desk) -> None:
    [hit] = look(filled, "zapomnianego hasla")
    assert (hit.version.article.slug, hit.language) == ("password", "pl")
    assert [piece.text for piece in hit.title if piece.is_hit] == ["Zapomniane", "hasło"]
    assert [hit.language for hit in look(filled, "forgotten passwords")] == ["en"]
    assert len(look(filled, "nowe", language="en")) == len(look(filled, "pin2")) == 1
    assert look(filled, "tajny").is_gap and look(filled, "nieistniejące hasło").is_partial

    assert look(filled, "blokada").hits == ()
    [hit] = look(filled, "blokada", audiences=ALL)
    assert hit.is_internal and any(piece.text == "blokadę" for piece in hit.extract)


def test_an_article_is_found_within_its_topic_and_area_only(filled: Desk) -> None:
    [hit] = look(filled, "hasło")
    topic = hit.version.article.topic

    assert len(look(filled, "hasło", area_id=topic.area_id, topic_id=topic.id)) == 1
    assert len(look(filled, "hasło", topic_id=topic.id + 1)) == 0
    assert len(look(filled, "hasło", area_id=topic.area_id + 1)) == 0


def test_what_helped_comes_before_equals(filled: Desk, tmp_path: Path) -> None:
    (tmp_path / "password-two.md").write_text(ARTICLE, encoding="utf-8")
    filled.ask(lambda session: shipped.load(session, tmp_path, now=filled.now))
    first, second = (hit.version.article.slug for hit in look(filled, "hasło"))

    with filled.session() as session:
        session.query(Article).filter_by(slug=second).one().helped = 9

    assert [hit.version.article.slug for hit in look(filled, "hasło")] == [second, first]


def test_the_index_is_dropped_and_written_anew(filled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled.session() as session:
        version = find_published(session, session.query(Article).one().id)
        assert version is not None
        index.drop(session, version.article_id)
    assert look(filled, "hasło").hits == ()

    monkeypatch.setattr(postings, "analyser", lambda: "another")
    assert filled.ask(index.is_stale)
    assert filled.ask(index.rebuild) == 1

    assert not filled.ask(index.is_stale)
    assert len(look(filled, "hasło")) == 1
