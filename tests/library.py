"""The knowledge base of tests: one topic, articles in any state, and what is done with them."""

from collections.abc import Callable
from io import BytesIO

from sqlalchemy.orm import Session

from helpdesk.catalogue import Area, Classification
from helpdesk.fulltext.synonyms import SynonymGroup
from helpdesk.knowledge.articles import (
    Article,
    ArticleVersion,
    State,
    Topic,
    audiences_of,
    get_published,
    list_versions,
)
from helpdesk.knowledge.gaps import MissedSearch, note_misses
from helpdesk.knowledge.pictures import add_picture
from helpdesk.knowledge.writing import editing, topics
from helpdesk.knowledge.writing.content import Content, add_version, write
from helpdesk.people.accounts import Role
from tests.desk import Desk

WHOLE = Content(title_pl="Jak zmienić hasło?", title_en="How do I change my password?", summary_pl="W koncie.",
                summary_en="In the account.", body_pl="## Kroki\n\nProszę wejść w **Moje konto**.",
                body_en="## Steps\n\nOpen **My account**.", keywords="hasło, password")
PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
       b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdc\xccY\xe7\x00\x00\x00\x00IEND\xaeB`\x82")


def with_(**changes: object) -> Content:
    """The usual content with something else in some places."""
    return Content(**{**WHOLE.__dict__, **changes})


def add_topic(session: Session) -> Topic:
    area = session.query(Area).order_by(Area.id).first()
    assert area is not None
    topic = Topic(key="account", area_id=area.id, name_pl="Konto", name_en="Account")
    session.add(topic)
    session.flush()
    return topic


def shelve(desk: Desk, content: Content = WHOLE, *, slug: str = "jak-zmienic-haslo",
           with_draft: bool = False) -> dict[str, object]:
    """Publish an article that nobody had to review, perhaps with a draft and a picture; what its addresses need."""
    with desk.session() as session:
        topic = session.query(Topic).first() or add_topic(session)
        article = Article(slug=slug, topic_id=topic.id, created_at=desk.now)
        session.add(article)
        session.flush()
        version = add_version(session, article, content, author_id=None, now=desk.now)
        version.state = State.APPROVED.value
        editing.put_out(session, version, review_by=(desk.now + editing.GOOD_FOR).date(), now=desk.now)
        amir = desk.person(session, "amir")
        found: dict[str, object] = {"slug": slug, "topic_key": topic.key, "topic_id": topic.id, "version_number": 1}
        if with_draft:
            draft = editing.revise(session, article, by=amir, now=desk.now)
            picture = add_picture(session, article, BytesIO(PNG), name="a.png", by=amir, now=desk.now)
            shown = with_(body_pl=f"![Okno](picture:{picture.id})")
            for one in (version, draft):
                write(session, one, shown, now=desk.now)
            note_misses(session, {("ebok", "pl"): 2}, now=desk.now)
            group = SynonymGroup(words="konto, profil")
            session.add(group)
            session.flush()
            found |= {"classification_id": session.query(Classification).order_by(Classification.id).first().id,  # type: ignore[union-attr]
                      "group_id": group.id, "picture_id": picture.id, "miss_id": session.query(MissedSearch).one().id}
    return found


def place_of(desk: Desk, key: str = "error") -> tuple[int, int]:
    """The ids of a classification of the small catalogue and of its service."""
    found = desk.ask(lambda session: session.query(Classification).filter(Classification.key == key).one())
    return found.id, found.service_id


class Library:
    """What is done with one article of a desk, each act in a transaction of its own; Beth is an editor."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        with desk.session() as session:
            desk.person(session, "beth").roles = [Role.EDITOR.value]
            if session.query(Topic).first() is None:
                add_topic(session)
        self.slug = ""

    def begin(self, by: str = "amir", content: Content = WHOLE) -> ArticleVersion:
        def act(session: Session) -> ArticleVersion:
            return editing.begin(session, content, topic=session.query(Topic).order_by(Topic.id).first(),
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

    def revision(self) -> int:
        return self.desk.ask(lambda session: list_versions(
            session, session.query(Article).filter_by(slug=self.slug).one())[0].revision)

    def in_state(self, state: str) -> str:
        """A new article of Amir's in this state; gives its address."""
        self.begin()
        steps = {"draft": 0, "review": 1, "approved": 2, "published": 3}[state]
        for verb, by, more in ((editing.submit, "amir", {}), (editing.approve, "oskar", {"remark": ""}),
                               (editing.publish, "oskar", {}))[:steps]:
            self.act(verb, by, **more)
        return self.slug

    def deed(self, endpoint: str) -> tuple[str, str, dict[str, object]]:
        """What is done at a route of those who write articles, by whom, so that it succeeds."""
        room, act = endpoint.split(".")
        if endpoint == "articles.hand_over_many":
            return "oskar", "/articles/owners", {"article": self.in_state("published"), "owner": self.id_of("beth")}
        if room == "articles":
            state, who, form = STEPS[act]
            form = {name: self.id_of("beth") if name == "owner" else value for name, value in form.items()}
            return who, f"/articles/{self.in_state(state)}/{act.replace('_', '-')}", form
        if endpoint == "article_gaps.settle":
            miss = shelve(self.desk, slug="inny", with_draft=True)["miss_id"]
            return "oskar", f"/articles/gaps/{miss}/settle", {}
        if endpoint == "article_gaps.settle_kind":
            return "oskar", f"/articles/gaps/kinds/{place_of(self.desk)[0]}/settle", {}
        if room == "article_synonyms":
            with self.desk.session() as session:
                session.add(group := SynonymGroup(words="konto, profil"))
                session.flush()
                number = group.id
            at = {"list_": "", "change": f"/{number}", "remove": f"/{number}/remove"}[act]
            return "oskar", f"/articles/synonyms{at}", {"words": "cło, należność", "seen": "konto, profil"}
        if room == "article_topics":
            return "oskar", *self._on_a_topic(act)
        if endpoint == "article_editor.new":
            return "amir", "/articles/new", {"title_pl": "Nowy artykuł", "topic": "account"}
        slug = self.in_state("draft")
        if endpoint == "article_editor.pictures":
            return "amir", f"/articles/{slug}/pictures", {"picture": (BytesIO(PNG), "a.png")}
        return "amir", f"/articles/{slug}/edit", {
            "title_pl": "Inny tytuł", "topic": "account", "seen": str(self.revision())}


    def id_of(self, key: str) -> int:
        return self.desk.ask(lambda session: self.desk.person(session, key).id)

    def _on_a_topic(self, act: str) -> tuple[str, dict[str, object]]:
        """What is done to the second of two topics."""
        with self.desk.session() as session:
            first = session.query(Topic).order_by(Topic.id).first()
            assert first is not None
            second = topics.add(session, area_id=first.area_id, name_pl="Drugi", name_en="Second",
                                by=self.desk.person(session, "oskar"), now=self.desk.now)
            form = {"area": first.area_id, "name_pl": "Nowy", "name_en": "New", "into": first.id, "where": "up"}
            at = "/articles/topics" if act == "list_" else f"/articles/topics/{second.id}"
        return at if act in {"list_", "change"} else f"{at}/{act}", dict(form)


# What is done to an article: in which state, by whom, with what.
STEPS: dict[str, tuple[str, str, dict[str, object]]] = {
    "revise": ("published", "amir", {}), "submit": ("draft", "amir", {}), "approve": ("review", "oskar", {}),
    "send_back": ("review", "oskar", {"remark": "Brakuje przykładu."}), "publish": ("approved", "oskar", {}),
    "drop": ("draft", "amir", {}), "confirm": ("published", "oskar", {}),
    "hand_over": ("published", "amir", {"owner": "Beth"}),
    "withdraw": ("published", "oskar", {"reason": "Nieaktualny."}),
}
