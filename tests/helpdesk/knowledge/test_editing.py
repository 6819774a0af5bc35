"""Articles: drafted, reviewed by somebody else, published, replaced, withdrawn; nothing of it by the wrong person."""

from datetime import date, timedelta

import pytest

from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.knowledge.articles import Audience, State, list_in_states
from helpdesk.knowledge.writing import editing
from helpdesk.knowledge.writing.content import Incomplete, NotAsAllowed
from helpdesk.knowledge.writing.editing import BadDay, ChangedMeanwhile, NoReason, OwnArticle, WrongState
from helpdesk.knowledge.writing.reminders import remind
from helpdesk.outbox import Letter
from tests.desk import Desk
from tests.library import Library, with_


@pytest.fixture
def library(desk: Desk) -> Library:
    return Library(desk)


def test_an_article_is_read_once_a_second_person_has_approved_it(library: Library) -> None:
    library.begin()
    for not_yet in (editing.submit,):
        with pytest.raises(NotFound):
            library.read()
        library.act(not_yet, "amir")
    library.act(editing.approve, "oskar", remark="Dobrze.")
    library.act(editing.publish, "oskar", review_by=date(2027, 3, 1))

    version = library.read(None)

    assert (library.slug, version.title("en")) == ("jak-zmienic-haslo", "How do I change my password?")
    assert (version.state, version.review_by, version.reviewer_id is not None) == (
        State.PUBLISHED, date(2027, 3, 1), True)


@pytest.mark.parametrize(("words", "is_found"), [
    ("", True), ("żółta", True), ("ŻÓŁTA ścieżka", True), ("PATH", True), ("żółta osiem", False), ("%", False)])
def test_an_editor_finds_an_article_by_words_of_its_titles_however_they_are_written(
        library: Library, desk: Desk, words: str, is_found: bool) -> None:
    version = library.begin()
    library.act(editing.keep, "amir", content=with_(title_pl="Żółta ścieżka", title_en="The yellow path"),
                seen=version.revision)

    with desk.session() as session:
        found = list_in_states(session, [State.DRAFT], words=words)

    assert [one.title_pl for one in found] == (["Żółta ścieżka"] if is_found else [])


@pytest.mark.parametrize("author", ["amir", "oskar", "beth"])
def test_nobody_reviews_what_they_have_written(library: Library, author: str) -> None:
    library.begin(author)
    library.act(editing.submit, author)

    with pytest.raises(NotAllowed if author == "amir" else OwnArticle):
        library.act(editing.approve, author, remark="")

    library.act(editing.approve, "oskar" if author != "oskar" else "beth", remark="")
    assert library.states() == ["approved"]


def test_who_helped_to_write_cannot_review_either(library: Library) -> None:
    version = library.begin("amir")
    library.act(editing.keep, "beth", content=with_(summary_pl="Inaczej."),
                seen=version.revision)
    library.act(editing.submit, "amir")

    with pytest.raises(OwnArticle):
        library.act(editing.approve, "beth", remark="")


def test_a_new_version_replaces_the_published_one_which_is_read_until_then(library: Library) -> None:
    library.begin()
    library.publish()
    library.act(editing.revise, "amir")
    with pytest.raises(DeskError):
        library.act(editing.revise, "beth")
    library.act(editing.keep, "amir", content=with_(title_pl="Nowy tytuł"), seen=library.revision())
    assert library.read().title("pl") == "Jak zmienić hasło?"

    library.publish()

    assert library.read().title("pl") == "Nowy tytuł"
    assert library.states() == ["published", "replaced"]
    library.act(editing.withdraw, "oskar", reason="Nieaktualne.")
    with pytest.raises(NotFound):
        library.read("oskar")


def test_of_two_who_edit_at_once_the_second_is_told(library: Library) -> None:
    seen = library.begin().revision
    library.act(editing.keep, "beth", content=with_(title_pl="Pierwszy"), seen=seen)

    with pytest.raises(ChangedMeanwhile, match="Beth Kowalska"):
        library.act(editing.keep, "amir", content=with_(title_pl="Drugi"), seen=seen)


@pytest.mark.parametrize(("field", "text", "error"), [
    ("body_en", "", Incomplete), ("title_pl", " ", Incomplete), ("internal_pl", "Tylko po polsku.", Incomplete),
    ("body_pl", "# Za wysoko", NotAsAllowed), ("body_pl", "[x](javascript:alert(1))", NotAsAllowed),
    ("body_pl", "![](picture:1)", NotAsAllowed), ("body_en", "![a](https://example.com/a.png)", NotAsAllowed)])
def test_only_what_is_whole_and_allowed_goes_to_review(
        library: Library, field: str, text: str, error: type[DeskError]) -> None:
    library.begin(content=with_(**{field: text}))

    with pytest.raises(error):
        library.act(editing.submit, "amir")


def test_each_state_allows_its_own_steps_only(library: Library) -> None:
    library.begin()
    for verb, by, more in ((editing.approve, "oskar", {"remark": ""}), (editing.publish, "oskar", {}),
                           (editing.withdraw, "oskar", {"reason": "Bo tak."})):
        with pytest.raises(WrongState):
            library.act(verb, by, **more)
    library.act(editing.submit, "amir")
    with pytest.raises(NoReason):
        library.act(editing.send_back, "oskar", remark="no")
    library.act(editing.send_back, "oskar", remark="Brakuje przykładu.")
    library.act(editing.submit, "amir")
    library.act(editing.approve, "oskar", remark="")
    for day in (library.desk.now.date(), library.desk.now.date() + timedelta(days=2000)):
        with pytest.raises(BadDay):
            library.act(editing.publish, "oskar", review_by=day)
    library.act(editing.drop, "amir")
    assert library.states() == ["dropped"]


@pytest.mark.parametrize("key", ["clara", "ada", "marek"])
def test_only_who_writes_at_the_desk_begins_an_article(library: Library, key: str) -> None:
    with pytest.raises(NotAllowed):
        library.begin(key)


@pytest.mark.parametrize(("audience", "readers"), [
    (Audience.EVERYONE, {None, "clara", "amir", "oskar", "ada"}),
    (Audience.SIGNED_IN, {"clara", "amir", "oskar", "ada"}),
    (Audience.AGENTS, {"amir", "oskar"})])
def test_an_article_is_there_only_for_its_readers(
        library: Library, audience: Audience, readers: set[str | None]) -> None:
    library.begin(content=with_(audience=audience.value))
    library.publish()

    found = set()
    for key in (None, "clara", "amir", "oskar", "ada"):
        try:
            library.read(key)
            found.add(key)
        except NotFound:
            pass

    assert found == readers


def test_the_owner_is_reminded_of_a_review_once_a_month_until_it_is_done(library: Library) -> None:
    library.begin()
    library.publish()
    desk = library.desk

    def reminded(after_days: int) -> int:
        return desk.ask(lambda session: remind(session, now=desk.now + timedelta(days=after_days)))

    assert [reminded(days) for days in (300, 352, 353, 382, 383)] == [0, 1, 0, 1, 0]
    with desk.session() as session:
        due = session.query(Letter).filter_by(text="article_due").all()
        assert {one.person.name for one in due} == {"Amir Nowak"} and len(due) == 2
    library.act(editing.confirm, "oskar", review_by=date(2028, 1, 1))
    assert reminded(390) == 0
    with desk.session() as session:
        desk.person(session, "amir").is_disabled = True
    assert reminded(400 + 365) == 1
    with desk.session() as session:
        last = session.query(Letter).filter_by(text="article_due").order_by(Letter.id.desc()).first()
        assert last is not None and last.person.name == "Beth Kowalska"
