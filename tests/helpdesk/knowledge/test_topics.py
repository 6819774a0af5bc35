"""Topics: named, put into order, moved, joined and taken away by editors; their old addresses lead on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.catalogue import Area
from helpdesk.errors import NotAllowed
from helpdesk.knowledge import index
from helpdesk.knowledge.articles import Audience, Topic, find_gone_topic, find_topic, list_topics
from helpdesk.knowledge.writing import topics
from helpdesk.knowledge.writing.topics import NoTopicName, SameTopic, TopicNotEmpty
from tests.desk import Desk
from tests.helpdesk.knowledge.test_shipped import HEAD, PARTS, TOPICS, folder_of, load
from tests.library import Library


@pytest.fixture
def library(desk: Desk) -> Library:
    """A published article in the only topic, and a second area."""
    library = Library(desk)
    with desk.session() as session:
        session.add(Area(key="second", name_pl="Drugi obszar", name_en="Second area", position=9))
    library.begin()
    library.publish()
    return library


def act(desk: Desk, verb: Callable[..., object], key: str, *, by: str = "oskar", **arguments: object) -> None:
    with desk.session() as session:
        into = {"into": get(session, str(arguments.pop("into")))} if "into" in arguments else {}
        verb(session, get(session, key), **arguments, **into, by=desk.person(session, by), now=desk.now)


def add(desk: Desk, name: str, *, area: str | None = None) -> str:
    def added(session: Session) -> str:
        area_id = area_of(session, area) if area else get(session, "account").area_id
        return topics.add(session, area_id=area_id, name_pl=name, name_en=name, by=desk.person(session, "oskar"),
                          now=desk.now).key
    return desk.ask(added)


def get(session: Session, key: str) -> Topic:
    found = find_topic(session, key)
    assert found is not None
    return found


def area_of(session: Session, key: str) -> int:
    return session.scalars(select(Area.id).where(Area.key == key)).one()


def order(desk: Desk) -> list[str]:
    return desk.ask(lambda session: [one.key for one in list_topics(session)])


def found_in(desk: Desk, *, topic: str | None = None, area: str | None = None) -> int:
    """How many articles are found by a word within a topic or an area."""
    return desk.ask(lambda session: len(index.find(
        session, "hasło", language="pl", audiences=[Audience.EVERYONE],
        topic_id=get(session, topic).id if topic else None, area_id=area_of(session, area) if area else None)))


def test_a_topic_is_called_otherwise_and_moves_to_another_area_with_its_articles(desk: Desk, library: Library) -> None:
    assert found_in(desk, area="second") == 0
    where = desk.ask(lambda session: area_of(session, "second"))

    for _ in range(2):
        act(desk, topics.change, "account", area_id=where, name_pl=" Moje  konto ", name_en="My account")

    topic = desk.ask(lambda session: find_topic(session, "account"))
    assert topic is not None
    assert (topic.name_pl, topic.name_en, topic.area_id) == ("Moje konto", "My account", where)
    assert found_in(desk, area="second") == found_in(desk, topic="account") == 1


def test_topics_change_places_in_their_area_and_stay_at_its_ends(desk: Desk, library: Library) -> None:
    for name in ("Beta", "Gamma"):
        add(desk, name)
    add(desk, "Obcy", area="second")

    for key, up in (("gamma", True), ("account", True), ("obcy", True), ("beta", False), ("gamma", True)):
        act(desk, topics.move, key, up=up)

    assert order(desk) == ["gamma", "account", "beta", "obcy"]


def test_the_address_of_a_joined_topic_leads_to_the_one_with_its_articles(desk: Desk, library: Library) -> None:
    add(desk, "Beta")
    add(desk, "Gamma")
    with pytest.raises(SameTopic):
        act(desk, topics.join, "account", into="account")

    act(desk, topics.join, "account", into="beta")
    act(desk, topics.join, "beta", into="gamma")

    assert order(desk) == ["gamma"]
    assert found_in(desk, topic="gamma") == 1
    leads_to = desk.ask(lambda session: [getattr(find_gone_topic(session, key), "topic_id", None)
                                         for key in ("account", "beta")])
    assert leads_to == [desk.ask(lambda session: get(session, "gamma").id)] * 2
    # Nobody gets an address that leads elsewhere.
    assert add(desk, "Beta", area="second") == "beta_2"


def test_only_an_empty_topic_is_taken_away(desk: Desk, library: Library) -> None:
    empty = add(desk, "Pusty temat")
    with pytest.raises(TopicNotEmpty):
        act(desk, topics.remove, "account")

    act(desk, topics.remove, empty)

    assert order(desk) == ["account"]
    assert desk.ask(lambda session: find_gone_topic(session, empty)) is not None


def test_only_editors_touch_topics_and_a_topic_has_a_name(desk: Desk, library: Library) -> None:
    add(desk, "Beta")
    area_id = desk.ask(lambda session: area_of(session, "second"))
    named: dict[str, object] = {"area_id": area_id, "name_pl": "A", "name_en": "A"}
    for verb, arguments in ((topics.change, named), (topics.move, {"up": True}), (topics.join, {"into": "account"}),
                            (topics.remove, {})):
        for by in ("amir", "clara", "ada"):
            with pytest.raises(NotAllowed):
                act(desk, verb, "beta", by=by, **arguments)
    for wrong in ({"name_pl": " "}, {"name_en": ""}, {"name_pl": "x" * 161}):
        with pytest.raises(NoTopicName):
            act(desk, topics.change, "beta", **{**named, **wrong})


def test_files_leave_alone_what_editors_have_named_joined_or_placed(desk: Desk, tmp_path: Path) -> None:
    area = desk.ask(lambda session: session.scalars(select(Area.key)).first())
    folder = folder_of(tmp_path, HEAD + PARTS, TOPICS.replace("client_zone", str(area)))
    load(desk, folder)
    first = desk.ask(lambda session: get(session, "t"))
    act(desk, topics.change, "t", area_id=first.area_id, name_pl="Nazwa z biura", name_en="The office’s name")
    load(desk, folder)
    assert desk.ask(lambda session: get(session, "t").name_pl) == "Nazwa z biura"
    other = desk.ask(lambda session: topics.add(
        session, area_id=first.area_id, name_pl="Inny", name_en="Other", by=desk.person(session, "oskar"),
        now=desk.now).key)
    act(desk, topics.join, "t", into=other)

    loaded = load(desk, folder)

    assert (loaded.same, loaded.changed, loaded.added) == (1, 0, 0)
    assert order(desk) == [other]
