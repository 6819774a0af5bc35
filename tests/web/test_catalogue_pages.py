"""The first page, the catalogue and my services, as different people see them; what is not theirs does not exist."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest

from helpdesk.catalogue import get_classification, get_service, load_catalogue
from helpdesk.interests import chosen_ids
from tests.desk import INCIDENT, Desk
from tests.web.conftest import Browser
from tests.web.test_costs import read

PUBLIC = 20
Browse = Callable[..., Browser]
TWO_MORE = {
    "areas": [{"key": "customs", "name": {"pl": "Cło", "en": "Customs"}}],
    "services": [{"key": key, "area": "customs", "name": {"pl": name, "en": name}, "classifications": [
        {"key": f"{key}_error", "name": {"pl": f"{name}: błąd", "en": f"{name}: error"}, "request_type": "incident"}]}
        for key, name in (("import", "AIS/IMPORT"), ("export", "AES/ECS2"))],
}


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_somebody_not_signed_in_finds_a_form_and_may_fill_it_in(desk: Desk, browse: Browse) -> None:
    nobody = browse()

    start = nobody.get("/")
    assert "How can we help you?" in start and "tel:" in start and "/catalogue/portal/error" in start
    assert "We answer within 4 hours, day and night" in text(nobody.get("/catalogue/portal"))
    assert "/catalogue/portal/error" in nobody.get("/catalogue?q=blad portalu")
    assert "You sign in or make an account only when you send it" in nobody.get("/catalogue/portal/error")

    # Nothing was filled in, so there is nothing to look through; what is one's own asks who one is.
    assert nobody.client.get("/catalogue/portal/error/summary").location == "/catalogue/portal/error"
    assert nobody.client.get("/my-services").location.startswith("/sign-in?")
    assert nobody.client.get("/catalogue?client=1").status_code == 403


@pytest.mark.parametrize(("who", "where"), [
    ("amir", "/worklist"), ("marek", "/worklist"), ("ada", "/people"), ("oskar", "/incidents"), ("clara", None)])
def test_everybody_who_works_here_begins_with_their_own_work(browse: Browse, who: str, where: str | None) -> None:
    assert browse(who).client.get("/").location == where


def test_what_is_found_while_one_types_is_a_piece_of_a_page(desk: Desk, browse: Browse) -> None:
    piece = browse("clara").get("/catalogue/search?q=<script>")
    found = browse().get("/catalogue/search?q=usun konto")

    assert "<html" not in piece + found and "<script>" not in piece and "&lt;script&gt;" in piece
    assert "/catalogue/portal/delete_account" in found


def test_my_services_come_first_and_everything_is_one_click_away(desk: Desk, browse: Browse) -> None:
    with desk.session() as session:
        load_catalogue(session, TWO_MORE)
        ids = {key: get_service(session, key).id for key in ("import", "export", "portal")}
    clara = browse("clara")
    assert "Which systems do you use?" in clara.get("/")

    # 1. all of an area, then one less, then one from its own page
    clara.post("/my-services", {"whole_area": "customs"})
    clara.post("/my-services", {"service": [str(ids["import"])]})
    clara.post("/my-services/portal/follow")
    chosen = desk.ask(lambda session: chosen_ids(session, desk.person(session, "clara")))
    assert chosen == {ids["import"], ids["portal"]}

    # 2. what the choice drives
    shown = clara.get("/catalogue")
    assert "/catalogue/import" in shown and "/catalogue/export" not in shown and "/catalogue?all=1" in shown
    assert "/catalogue/export" in clara.get("/catalogue?all=1")
    assert "Which systems do you use?" not in clara.get("/")

    # 3. and back
    clara.post("/my-services/portal/unfollow")
    clara.post("/my-services")
    assert "/catalogue/export" in clara.get("/catalogue")
    assert "Which systems do you use?" not in clara.get("/")


def test_the_offer_to_choose_can_be_put_away(desk: Desk, browse: Browse) -> None:
    colin = browse("colin")
    assert "Which systems do you use?" in colin.get("/")

    colin.post("/my-services/later")

    assert "Which systems do you use?" not in colin.get("/") and "You have chosen none" in colin.get("/")


def test_the_first_page_tells_what_waits_for_the_client(desk: Desk, browse: Browse) -> None:
    asked, sent = desk.submit(), desk.submit()
    desk.complete(asked, "recognise", decision="ask", question="Jaki numer?", priority="normal")
    start = browse("clara").get("/")

    assert start.index(asked) < start.index(sent)
    assert text(start).count("Waits for you") == 1 and "With: First line" in text(start)
    history = text(browse("clara").get("/requests"))
    assert history.count("Your turn:") == 1 and history.count("promised by") == 1
    assert asked not in browse("colin").get("/")
    assert "My open requests" in browse("amir").get("/start")


def test_a_thing_that_is_not_for_somebody_has_no_page_no_form_and_no_request(desk: Desk, browse: Browse) -> None:
    colin, clara = browse("colin"), browse("clara")
    colin.post("/catalogue/portal/error", {key: str(value) for key, value in INCIDENT.items()})
    with desk.session() as session:
        desk.person(session, "clara").nip = "2002514945"
        get_classification(session, "portal", "error").audience = "firms: 2002514945"

    for path in ("/catalogue/portal/error", "/catalogue/portal/error/summary"):
        colin.get(path, status=404)
        colin.post(path, {"act_id": "x"}, status=404)
    for browser in (colin, browse()):
        for path in ("/", "/catalogue", "/catalogue?q=blad+portalu", "/catalogue/search?q=blad+portalu",
                     "/catalogue/portal"):
            assert "/catalogue/portal/error" not in browser.get(path)
    assert "/catalogue/portal/error" in clara.get("/catalogue/portal")
    clara.get("/catalogue/portal/error")
    with desk.session() as session:
        get_service(session, "portal").is_hidden = True
    clara.get("/catalogue/portal", status=404)
    clara.post("/my-services/portal/follow", status=404)


def test_public_pages_take_few_statements_and_no_more_with_more_requests(desk: Desk, browse: Browse) -> None:
    paths = ("/", "/start", "/catalogue", "/catalogue?q=blad", "/catalogue/portal", "/my-services")
    browsers = {key: browse(key) for key in ("clara", "amir", None)}
    desk.submit()

    def cost() -> dict[tuple[str | None, str], int]:
        return {(key, path): read(browser, desk, path) for key, browser in browsers.items() for path in paths}
    cost()
    few = cost()
    for _ in range(3):
        desk.submit()
        desk.submit(by="colin")

    assert cost() == few
    assert max(few.values()) <= PUBLIC, few


def test_the_administrator_edits_exports_and_reads_the_catalogue_and_loses_nothing(desk: Desk, browse: Browse) -> None:
    ada = browse("ada")
    area_id = desk.ask(lambda session: get_service(session, "portal").area_id)

    # 1. everything that is wrong, each with a link to its field; what was typed is still there
    page = ada.post(f"/catalogue-editor/service/new?in={area_id}",
                    {"name_pl": "Łączność", "audience_kind": "firms", "keywords": "fale, radio"}, status=422)
    assert "There are 2 problems" in page and 'href="#name_en"' in page and 'href="#audience-everyone"' in page
    assert 'value="Łączność"' in page and 'value="fale, radio"' in page

    # 2. added for one firm, then exported, hidden by a file, and shown again by another
    ada.post(f"/catalogue-editor/service/new?in={area_id}",
             {"name_pl": "Łączność", "name_en": "Radio", "audience_kind": "firms", "firms": "200-251-49-45"})
    written = ada.client.get("/catalogue-editor/catalogue.toml").text
    assert 'audience = "firms: 2002514945"' in written and 'name.pl = "Łączność"' in written
    hidden = written.replace('audience = "firms: 2002514945"', "hidden = true")
    ada.send("/catalogue-editor/load", {"file": (BytesIO(hidden.encode()), "catalogue.toml")})
    assert desk.ask(lambda session: get_service(session, "radio").is_hidden)
    ada.send("/catalogue-editor/load", {"file": (BytesIO(written.encode()), "catalogue.toml")})
    assert not desk.ask(lambda session: get_service(session, "radio").is_hidden)

    # 3. a file that does not fit says why
    page = ada.send("/catalogue-editor/load", {"file": (BytesIO(b"[[areas]]\nkey='x'"), "x.toml")}, status=422).text
    assert "The catalogue cannot be read: x, name: pl is missing" in page
