"""The knowledge base on pages: read, found, judged, suggested while one types, and written without losing a word."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest

from helpdesk.files import find_draft
from helpdesk.knowledge import gaps
from helpdesk.knowledge.articles import Article, ArticleVersion, Topic
from helpdesk.knowledge.gaps import MissedSearch, list_unanswered, list_unhelpful
from helpdesk.knowledge.votes import ArticleVote
from helpdesk.knowledge.writing import editing
from helpdesk.knowledge.writing.content import TEXTS
from helpdesk.outbox import Letter
from tests.desk import INCIDENT, Desk
from tests.library import PNG, Library, place_of, shelve, with_
from tests.web.conftest import Browser

Browse = Callable[..., Browser]
pytestmark = pytest.mark.one_database
SECRET = "Sprawdzić tożsamość w katalogu."
INSIDE = {"internal_pl": SECRET, "internal_en": "Check the identity in the directory: quokka."}
FORM = {key: str(value) for key, value in INCIDENT.items()}


def counts(desk: Desk) -> tuple[int, int, int]:
    article = desk.ask(lambda session: session.query(Article).order_by(Article.id).first())
    assert article is not None
    return article.helped, article.not_helped, article.spared


def test_an_article_is_read_in_both_languages_with_the_way_to_the_right_form(desk: Desk, browse: Browse) -> None:
    classification, service = place_of(desk)
    shelve(desk, with_(service_ids=(service,), classification_ids=(classification,)))

    polish, english = (browse(None, language).get("/knowledge/jak-zmienic-haslo") for language in ("pl", "en"))

    assert "<strong>Moje konto</strong>" in polish and "<strong>My account</strong>" in english
    assert '<a class="button" href="/catalogue/portal/error">' in english
    for page in (browse().get("/knowledge"), browse().get("/knowledge/topics/account"), browse().get("/start")):
        assert "How do I change my password?" in page


def test_what_is_for_agents_reaches_nobody_else_anywhere(desk: Desk, browse: Browse) -> None:
    classification, _service = place_of(desk)
    shelve(desk, with_(**INSIDE, classification_ids=(classification,)))
    shelve(desk, with_(title_en="Only for us: wombat", audience="agents"), slug="only-for-us")

    for key in ("clara", "ada", None):
        for path in ("/knowledge", "/knowledge/jak-zmienic-haslo", "/knowledge?q=quokka", "/knowledge?q=wombat",
                     "/knowledge?q=password", "/start", "/knowledge/topics/account"):
            page = browse(key).get(path).replace("q=quokka", "").replace("q=wombat", "")
            assert "directory" not in page and "Only for us" not in page and SECRET not in page, (key, path)
        browse(key).get("/knowledge/only-for-us", status=404)
        given = browse(key).post("/knowledge/suggestions", {
            "text": "identity in the directory quokka wombat", "classification": str(classification)})
        assert "directory" not in given and "Only for us" not in given
    amir = browse("amir")
    assert "directory: quokka" in amir.get("/knowledge/jak-zmienic-haslo")
    assert "How do I change" in re.sub("<.*?>", "", amir.get("/knowledge?q=quokka"))
    assert "Only for us" in amir.get("/knowledge/only-for-us")


def test_a_picture_is_seen_by_whoever_may_read_the_text_that_shows_it(desk: Desk, browse: Browse) -> None:
    library = Library(desk)
    slug = library.in_state("draft")
    browse("amir").send(f"/articles/{slug}/pictures", {"picture": (BytesIO(PNG), "a.png")})
    browse("amir").send(f"/articles/{slug}/pictures", {"picture": (BytesIO(PNG), "b.png")})
    browse("amir").send(f"/articles/{slug}/pictures", {"picture": (BytesIO(b"<svg>"), "c.png")}, status=422)
    assert browse("clara").client.get("/knowledge/pictures/1").status_code == 404

    library.act(editing.keep, "amir", seen=library.revision(), content=with_(
        body_pl="![Okno](picture:1)", internal_pl="![Tajne](picture:2)", internal_en="![Secret](picture:2)"))
    library.publish()

    seen = {(key, number): browse(key).client.get(f"/knowledge/pictures/{number}").status_code
            for key in (None, "clara", "amir", "marek") for number in (1, 2)}
    assert seen == {(None, 1): 200, (None, 2): 404, ("clara", 1): 200, ("clara", 2): 404, ("amir", 1): 200,
                    ("amir", 2): 200, ("marek", 1): 200, ("marek", 2): 200}
    assert '<img src="/knowledge/pictures/1" alt="Okno"' in browse(None, "pl").get(f"/knowledge/{slug}")


def test_each_person_and_each_visit_counts_once(desk: Desk, browse: Browse) -> None:
    shelve(desk)
    clara, stranger = browse("clara"), browse()
    for browser, said in ((clara, "yes"), (clara, "yes"), (clara, "no"), (stranger, "yes"), (stranger, "yes")):
        browser.get("/knowledge/jak-zmienic-haslo")
        browser.post("/knowledge/jak-zmienic-haslo/helped", {"helped": said})
    assert counts(desk) == (1, 1, 0)

    clara.post("/knowledge/jak-zmienic-haslo/helped", {"helped": "no", "remark": "Brakuje zrzutu ekranu."})
    clara.post("/knowledge/jak-zmienic-haslo/helped", {"helped": "no", "remark": "x" * 1001}, status=422)

    assert counts(desk) == (1, 1, 0)
    assert "Brakuje zrzutu ekranu." in browse("oskar").get("/articles/jak-zmienic-haslo")
    with desk.session() as session:
        assert all(vote.voter.isalnum() and len(vote.voter) == 40 for vote in session.query(ArticleVote))


def test_articles_are_suggested_beside_the_form_and_end_it_kindly(desk: Desk, browse: Browse) -> None:
    classification, _service = place_of(desk)
    shelve(desk, with_(classification_ids=(classification,)))
    shelve(desk, with_(title_en="Empty page after sending a declaration", title_pl="Pusta strona po wysłaniu",
                       body_pl="Pusta strona zamiast potwierdzenia: wyczyścić pamięć."), slug="empty-page")
    clara = browse("clara")
    assert "How do I change my password?" in clara.get("/catalogue/portal/error")
    given = clara.post("/knowledge/suggestions", {
        "text": "Po wysłaniu widzę pustą stronę zamiast potwierdzenia", "classification": str(classification)})
    assert given.index("Empty page after sending") >= 0 and "How do I change" in given

    page = clara.post("/catalogue/portal/error", FORM)
    assert "Empty page after sending" in page and "This solved it" in page
    answer = clara.post("/knowledge/empty-page/solved", {"classification": str(classification)})

    assert "We are glad that this helped" in answer
    with desk.session() as session:
        assert find_draft(session, desk.person(session, "clara").id, f"start:{classification}") is None
        spared = session.query(Article).filter_by(slug="empty-page").one()
        assert (spared.helped, spared.spared) == (1, 1)


def test_what_is_looked_for_in_vain_is_listed_without_what_tells_of_a_person(desk: Desk, browse: Browse) -> None:
    shelve(desk)
    for words in ("Zupełnie Nieznanego Słowa", "nieznane zupełnie słowo", "44051401359", "jan@example.com żyrafa",
                  "500 123 456 zwrot", "mrn 24PL351010E00012A4", "sprawa anny nowak", "lewandowski zwrot"):
        browse("clara").get(f"/knowledge?q={words}")
    desk.later(minutes=2)
    browse("clara").get("/knowledge/jak-zmienic-haslo")

    page = browse("oskar").get("/articles/gaps")

    with desk.session() as session:
        assert [(one.words, one.times) for one in session.query(MissedSearch)] == [("zupełnie nieznanego słowa", 2)]
    assert "zupełnie nieznanego słowa" in page
    with desk.session() as session:
        assert session.query(Article).one().readings == 1


def test_an_article_begun_from_a_gap_knows_what_was_looked_for_and_settles_it(desk: Desk, browse: Browse) -> None:
    shelve(desk)
    classification, service = place_of(desk)
    desk.complete(desk.submit(), decision="solve", priority="normal", solution="Proszę wyczyścić pamięć.")
    with desk.session() as session:
        gaps.note_misses(session, {("zwrot kaucji", "pl"): 2, ("zwroty kaucji", "pl"): 1}, now=desk.now)
        miss = session.query(MissedSearch).one()
        assert miss.times == 3
    oskar = browse("oskar")

    form = oskar.get(f"/articles/new?miss={miss.id}&kind={classification}")
    oskar.post("/articles/new", {"title_pl": "Zwrot kaucji", "topic": "account", "miss": str(miss.id),
                                 "kind": str(classification)})
    oskar.post(f"/articles/gaps/kinds/{classification}/settle")
    page = oskar.get("/articles/gaps")

    assert "Looked for in vain: “zwroty kaucji”, 3 times" in form
    with desk.session() as session:
        draft = session.query(ArticleVersion).filter_by(title_pl="Zwrot kaucji").one()
        assert (draft.keywords, [one.id for one in draft.classifications], [one.id for one in draft.services]) == (
            "zwroty kaucji", [classification], [service])
        assert list_unanswered(session, now=desk.now) == []
    assert "Everything that was looked for was found." in page and "Every solution named an article." in page
    desk.later(days=1)
    desk.complete(desk.submit(), decision="solve", priority="normal", solution="Jeszcze raz.")
    assert [one.without for one in desk.ask(lambda session: list_unanswered(session, now=desk.now))] == [1]


def test_an_article_is_made_of_a_solution_and_personal_data_is_warned_about(desk: Desk, browse: Browse) -> None:
    shelve(desk)
    number = desk.submit()
    amir = browse("amir")
    assert "Make an article" not in amir.get(f"/tickets/{number}")
    desk.complete(number, decision="solve", priority="normal",
                  solution="Pani Wójcik, proszę zadzwonić pod +48 22 555 01 01 i wyczyścić pamięć.")
    assert "Make an article" in amir.get(f"/tickets/{number}")
    assert desk.ask(lambda session: [one.without for one in list_unanswered(session, now=desk.now)]) == [1]

    page = amir.post(f"/articles/from/{number}")

    assert "Is there something personal in the text?" in page
    assert "+48 22 555 01 01" in page and "Wójcik" in page
    assert "Po wysłaniu zgłoszenia widzę pustą stronę" in page
    browse("beth").post(f"/articles/from/{number}", status=404)


def test_an_agent_cites_an_article_in_the_reply(desk: Desk, browse: Browse) -> None:
    classification, _service = place_of(desk)
    shelve(desk, with_(classification_ids=(classification,)))
    shelve(desk, with_(classification_ids=(classification,), audience="agents"), slug="inside")
    number = desk.submit()
    amir = browse("amir")

    page = amir.get(f"/tickets/{number}?cite=jak-zmienic-haslo")

    assert "Jak zmienić hasło?: http://localhost:8080/knowledge/jak-zmienic-haslo</textarea>" in page
    assert "/knowledge/inside</textarea>" not in amir.get(f"/tickets/{number}?cite=inside")


def typed(library: Library, **changes: str) -> dict[str, str]:
    texts = {name: str(getattr(with_(), name)) for name in TEXTS}
    return {**texts, "topic": "account", "seen": str(library.revision()), **changes}


def test_of_two_who_write_the_second_sees_the_others_text_and_keeps_their_own(desk: Desk, browse: Browse) -> None:
    library = Library(desk)
    slug = library.in_state("draft")
    seen = str(library.revision())
    browse("beth").post(f"/articles/{slug}/edit", typed(library, body_pl="Tekst Beth.", seen=seen))

    page = browse("amir").post(f"/articles/{slug}/edit", typed(library, body_pl="Tekst Amira.", seen=seen), status=409)

    assert "Beth Kowalska has saved this article" in page
    assert "Tekst Beth." in page and "Tekst Amira.</textarea>" in page
    again = re.search(r'name="seen" value="(\d+)"', page)
    assert again is not None
    browse("amir").post(f"/articles/{slug}/edit", typed(library, body_pl="Tekst Amira i Beth.", seen=again[1]))
    assert "Tekst Amira i Beth." in browse("beth").get(f"/articles/{slug}/edit")


def test_what_cannot_go_to_review_is_said_in_words_and_kept(desk: Desk, browse: Browse) -> None:
    library = Library(desk)
    slug = library.in_state("draft")
    bad = typed(library, summary_en="", body_pl="Dobry początek. [zły](javascript:alert(1))", then="review")

    page = browse("amir").post(f"/articles/{slug}/edit", bad, status=422)

    assert "fill in: In short, English." in page and "Dobry początek." in page
    assert "What you typed the last time could not be saved" in browse("amir").get(f"/articles/{slug}/edit")
    page = browse("amir").post(f"/articles/{slug}/edit", {**bad, "summary_en": "In short."}, status=422)
    assert "The link to “javascript:alert(1” is not allowed" in page


def test_the_whole_way_of_an_article_on_pages(desk: Desk, browse: Browse) -> None:
    library = Library(desk)
    amir, oskar = browse("amir"), browse("oskar")
    amir.post("/articles/new", {"title_pl": "Żółw na rampie", "topic": "account"})
    library.slug = "zolw-na-rampie"
    amir.post("/articles/zolw-na-rampie/edit", typed(library, then="review"))
    assert "Somebody else reviews it" in amir.get("/articles/zolw-na-rampie")
    oskar.post("/articles/zolw-na-rampie/send-back", {"remark": ""}, status=422)
    oskar.post("/articles/zolw-na-rampie/send-back", {"remark": "Proszę dodać przykład."})
    assert "Proszę dodać przykład." in amir.get("/articles/zolw-na-rampie/edit")
    amir.post("/articles/zolw-na-rampie/edit", typed(library, body_pl="Z przykładem.", then="review"))

    oskar.post("/articles/zolw-na-rampie/approve", {"then": "publish", "review_by": "2027-01-01"})

    assert "Z przykładem." in browse("clara", "pl").get("/knowledge/zolw-na-rampie")
    with desk.session() as session:
        assert [(one.person.name, one.text) for one in session.query(Letter).order_by(Letter.id)] == [
            ("Beth Kowalska", "article_to_review"), ("Amir Nowak", "article_sent_back"),
            ("Beth Kowalska", "article_to_review")]
    browse("oskar").post("/articles/zolw-na-rampie/revise")
    assert "version 2" in oskar.get("/articles?tab=drafts")
    assert "Z przykładem." in oskar.get("/articles/zolw-na-rampie/versions/1")


def test_what_did_not_help_and_what_is_due_is_listed(desk: Desk, browse: Browse) -> None:
    shelve(desk)
    with desk.session() as session:
        session.query(Article).one().not_helped = 5
    assert desk.ask(lambda session: len(list_unhelpful(session))) == 1
    assert desk.ask(lambda session: len(gaps.list_due(session, now=desk.now))) == 0

    page = desk.ask(lambda session: gaps.list_due(session, now=desk.now + timedelta(days=366)))

    assert [one.article.slug for one in page] == ["jak-zmienic-haslo"]
    assert "How do I change my password?" in browse("oskar").get("/articles/gaps")


def test_the_address_of_a_topic_that_was_joined_or_taken_away_leads_on(desk: Desk, browse: Browse) -> None:
    shelve(desk)
    oskar = browse("oskar")
    area = desk.ask(lambda session: session.query(Topic).one().area_id)
    for name in ("Nowe konto", "Pusty"):
        oskar.post("/articles/topics", {"area": str(area), "name_pl": name, "name_en": name})
    ids = desk.ask(lambda session: {one.key: one.id for one in session.query(Topic)})

    oskar.post(f"/articles/topics/{ids['account']}/join", {"into": ""}, status=422)
    oskar.post(f"/articles/topics/{ids['account']}/join", {"into": str(ids["nowe_konto"])})
    oskar.post(f"/articles/topics/{ids['nowe_konto']}/remove", status=422)
    oskar.post(f"/articles/topics/{ids['pusty']}/remove")

    for gone, place in (("account", "/knowledge/topics/nowe_konto"), ("pusty", "/knowledge")):
        answer = browse().client.get(f"/knowledge/topics/{gone}")
        assert (answer.status_code, answer.headers["Location"]) == (301, place)
    browse().get("/knowledge/topics/nobodys", status=404)
    assert "How do I change my password?" in browse().get("/knowledge/topics/nowe_konto")


def test_articles_without_an_owner_are_given_to_somebody(desk: Desk, browse: Browse) -> None:
    shelve(desk)
    shelve(desk, slug="drugi")
    oskar, amir = browse("oskar"), desk.ask(lambda session: desk.person(session, "amir").id)
    assert "drugi" in oskar.get("/articles?tab=unowned")

    oskar.post("/articles/owners", {"owner": str(amir)}, status=422)
    oskar.post("/articles/owners", {"article": ["drugi", "jak-zmienic-haslo"], "owner": str(amir)})

    assert "There are no such articles" in oskar.get("/articles?tab=unowned")
    assert "Hand it over" in browse("amir").get("/articles/drugi")
    assert "Hand it over" not in browse("lena").get("/articles/drugi")


def test_whoever_may_write_finds_the_articles_in_the_menu_and_only_what_they_may_do(desk: Desk, browse: Browse) -> None:
    library = Library(desk)
    slug = library.in_state("draft")
    for key, is_there in (("amir", True), ("lena", True), ("oskar", True), ("beth", True), ("marek", False),
                          ("ada", False), ("clara", False)):
        assert ('href="/articles"' in browse(key).get("/account")) is is_there, key

    lists = {key: browse(key).get("/articles?tab=drafts") for key in ("lena", "oskar")}
    assert all("New article" in page for page in lists.values())
    assert [key for key, page in lists.items() if "/articles/gaps" in page or "/articles/synonyms" in page] == ["oskar"]
    drafts = {key: browse(key).get(f"/articles/{slug}") for key in ("amir", "lena", "oskar")}
    assert [key for key, page in drafts.items() if "Give the draft up" in page] == ["amir", "oskar"]
    browse("lena").post(f"/articles/{slug}/drop", status=403)

    library.act(editing.submit, "amir")

    waiting = {key: browse(key).get(f"/articles/{slug}") for key in ("amir", "lena", "oskar")}
    assert [key for key, page in waiting.items() if "Take it back" in page] == ["amir"]
    assert [key for key, page in waiting.items() if "Approve and publish" in page] == ["oskar"]
    browse("lena").post(f"/articles/{slug}/send-back", {"remark": "Nie moje."}, status=403)
