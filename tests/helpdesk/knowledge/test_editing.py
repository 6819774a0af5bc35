"""Articles: drafted, reviewed by somebody else, published, replaced, withdrawn; nothing of it by the wrong person."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.catalogue import Area
from helpdesk.errors import DeskError, NotAllowed, NotFound
from helpdesk.knowledge import editing
from helpdesk.knowledge.articles import (
    Article,
    ArticleVersion,
    Audience,
    State,
    Topic,
    audiences_of,
    get_published,
    list_versions,
)
from helpdesk.knowledge.editing import (
    BadDay,
    ChangedMeanwhile,
    Content,
    Incomplete,
    NoReason,
    NotAsAllowed,
    OwnArticle,
    WrongState,
)
from helpdesk.people.accounts import Role
from tests.desk import Desk

WHOLE = Content(title_pl="Jak zmienić hasło?", title_en="How do I change my password?", summary_pl="W koncie.",
                summary_en="In the account.", body_pl="## Kroki\n\nProszę wejść w **Moje konto**.",
                body_en="## Steps\n\nOpen **My account**.", keywords="hasło, password")


class Library:
    """What is done with one article of a desk, each act in a transaction of its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        with desk.session() as session:
            desk.person(session, "beth").roles = [Role.EDITOR.value]
            area = session.query(Area).first()
            assert area is not None
            session.add(Topic(key="account", area_id=area.id, name_pl="Konto", name_en="Account"))
        self.slug = ""

    def begin(self, by: str = "amir", content: Content = WHOLE) -> ArticleVersion:
        def act(session: Session) -> ArticleVersion:
            return editing.begin(session, content, topic=session.query(Topic).one(),
                                 by=self.desk.person(session, by), now=self.desk.now)
        version = self.desk.ask(act)
        self.slug = version.article.slug
        return version

    def act(self, verb: Callable[..., object], by: str, **arguments: object) -> None:
        """Do `verb` to the newest version."""
        with self.desk.session() as session:
            article = session.query(Article).filter_by(slug=self.slug).one()
            version = list_versions(session, article)[0]
            subject = article if verb is editing.revise else version
            verb(session, subject, by=self.desk.person(session, by), now=self.desk.now, **arguments)

    def publish(self, author: str = "amir", editor: str = "oskar") -> None:
        self.act(editing.submit, author)
        self.act(editing.approve, editor, remark="")
        self.act(editing.publish, editor)

    def read(self, key: str | None = "clara") -> ArticleVersion:
        return self.desk.ask(lambda session: get_published(
            session, self.slug, audiences=audiences_of(self.desk.person(session, key) if key else None)))

    def states(self) -> list[str]:
        return self.desk.ask(lambda session: [one.state for one in list_versions(
            session, session.query(Article).filter_by(slug=self.slug).one())])


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
    library.act(editing.keep, "beth", content=Content(**{**WHOLE.__dict__, "summary_pl": "Inaczej."}),
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
    revision = library.desk.ask(lambda session: list_versions(session, session.query(Article).one())[0].revision)
    library.act(editing.keep, "amir", content=Content(**{**WHOLE.__dict__, "title_pl": "Nowy tytuł"}), seen=revision)
    assert library.read().title("pl") == "Jak zmienić hasło?"

    library.publish()

    assert library.read().title("pl") == "Nowy tytuł"
    assert library.states() == ["published", "replaced"]
    library.act(editing.withdraw, "oskar", reason="Nieaktualne.")
    with pytest.raises(NotFound):
        library.read("oskar")


def test_of_two_who_edit_at_once_the_second_is_told(library: Library) -> None:
    seen = library.begin().revision
    library.act(editing.keep, "beth", content=Content(**{**WHOLE.__dict__, "title_pl": "Pierwszy"}), seen=seen)

    with pytest.raises(ChangedMeanwhile, match="Beth Kowalska"):
        library.act(editing.keep, "amir", content=Content(**{**WHOLE.__dict__, "title_pl": "Drugi"}), seen=seen)


@pytest.mark.parametrize(("field", "text", "error"), [
    ("body_en", "", Incomplete), ("title_pl", " ", Incomplete), ("internal_pl", "Tylko po polsku.", Incomplete),
    ("body_pl", "# Za wysoko", NotAsAllowed), ("body_pl", "[x](javascript:alert(1))", NotAsAllowed),
    ("body_pl", "![](picture:1)", NotAsAllowed), ("body_en", "![a](https://example.com/a.png)", NotAsAllowed)])
def test_only_what_is_whole_and_allowed_goes_to_review(
        library: Library, field: str, text: str, error: type[DeskError]) -> None:
    library.begin(content=Content(**{**WHOLE.__dict__, field: text}))

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
    library.begin(content=Content(**{**WHOLE.__dict__, "audience": audience.value}))
    library.publish()

    found = set()
    for key in (None, "clara", "amir", "oskar", "ada"):
        try:
            library.read(key)
            found.add(key)
        except NotFound:
            pass

    assert found == readers
