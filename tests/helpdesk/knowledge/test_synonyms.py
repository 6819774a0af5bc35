"""The list of synonyms: kept by editors, tidy and not too long; what they changed is not undone by files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from helpdesk.errors import DeskError, NotAllowed
from helpdesk.fulltext.synonyms import GROUP_MOST, SynonymGroup
from helpdesk.knowledge import index
from helpdesk.knowledge.articles import Audience
from helpdesk.knowledge.gaps import list_misses, note_misses
from helpdesk.knowledge.writing import synonyms
from helpdesk.knowledge.writing.synonyms import (
    GroupChanged,
    TooFewWords,
    TooManyGroups,
    TooManySynonyms,
    UnfitSynonym,
)
from tests.desk import Desk
from tests.helpdesk.knowledge.test_shipped import TOPICS, folder_of, load
from tests.library import shelve

FILE = '[synonyms]\na = ["hasło", "kod dostępu"]\nb = ["konto", "profil"]\n'


def groups(desk: Desk) -> list[str]:
    return desk.ask(lambda session: [one.words for one in synonyms.list_groups(session)])


def do(desk: Desk, act: Callable[..., object], *arguments: object, by: str = "oskar", **more: object) -> None:
    """Do something to the only group, or to none."""
    with desk.session() as session:
        there = [] if act is synonyms.add else [one_group(session)]
        act(session, *there, *arguments, by=desk.person(session, by), now=desk.now, **more)


def one_group(session: Session) -> SynonymGroup:
    [group] = synonyms.list_groups(session)
    return group


def test_what_an_editor_adds_changes_and_takes_away_is_used_at_once(desk: Desk) -> None:
    shelve(desk)
    look = lambda text: desk.ask(lambda session: len(index.find(  # noqa: E731
        session, text, language="pl", audiences=[Audience.EVERYONE])))
    found = [look("kody dostępu")]

    do(desk, synonyms.add, " hasło ,kod   dostępu,, HASLO")
    found.append(look("kody dostępu"))
    do(desk, synonyms.change, "hasło, szyfr", seen="hasło, kod dostępu")
    found += [look("kody dostępu"), look("szyfrem")]
    with pytest.raises(GroupChanged):
        do(desk, synonyms.change, "hasło, inne", seen="hasło, kod dostępu")
    do(desk, synonyms.remove)

    assert (found, look("szyfrem"), groups(desk)) == ([0, 1, 0, 1], 0, [])


def test_what_was_looked_for_in_vain_is_settled_once_it_is_a_synonym(desk: Desk) -> None:
    with desk.session() as session:
        note_misses(session, {("kody dostępu", "pl"): 2, ("ebok", "pl"): 1}, now=desk.now)

    do(desk, synonyms.add, "hasło, kod dostępu")

    assert [one.words for one in desk.ask(list_misses)] == ["ebok"]


@pytest.mark.parametrize(("typed", "error"), [
    ("", TooFewWords), ("hasło", TooFewWords), ("hasło, Haslo", TooFewWords), ("hasło, nie do", UnfitSynonym),
    ("hasło, ?!", UnfitSynonym), ("hasło, " + "a" * 61, UnfitSynonym),
    ("hasło, bardzo długa nazwa zwykłego hasła konta", UnfitSynonym),
    (", ".join(f"słowo{number}" for number in range(GROUP_MOST + 1)), TooManySynonyms)])
def test_a_group_is_neither_empty_nor_endless(desk: Desk, typed: str, error: type[DeskError]) -> None:
    with pytest.raises(error):
        do(desk, synonyms.add, typed)

    assert groups(desk) == []


def test_the_list_ends_somewhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonyms, "MOST_GROUPS", 1)
    do(desk, synonyms.add, "hasło, szyfr")

    with pytest.raises(TooManyGroups):
        do(desk, synonyms.add, "konto, profil")


@pytest.mark.parametrize("by", ["amir", "clara", "ada"])
def test_only_editors_keep_the_list(desk: Desk, by: str) -> None:
    do(desk, synonyms.add, "hasło, szyfr")
    for act, arguments, more in ((synonyms.add, ["a1, b1"], {}), (synonyms.remove, [], {}),
                                 (synonyms.change, ["hasło, x1"], {"seen": "hasło, szyfr"})):
        with pytest.raises(NotAllowed):
            do(desk, act, *arguments, by=by, **more)


def test_files_bring_groups_and_leave_those_alone_that_editors_touched(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "synonyms.toml").write_text(FILE, encoding="utf-8")
    folder = folder_of(tmp_path, "", TOPICS.replace("client_zone", "x"))
    (folder / "one.md").unlink()
    (folder / "topics.toml").unlink()
    load(desk, folder)
    assert groups(desk) == ["hasło, kod dostępu", "konto, profil"]
    with desk.session() as session:
        first, second = synonyms.list_groups(session)
        oskar = desk.person(session, "oskar")
        synonyms.change(session, first, "hasło, PIN", seen=first.words, by=oskar, now=desk.now)
        synonyms.remove(session, second, by=oskar, now=desk.now)

    load(desk, folder)

    assert groups(desk) == ["hasło, PIN"]
