"""Filling in before signing in: what was typed is kept, small and for a day, and becomes the person's own."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from helpdesk.catalogue import Classification
from helpdesk.files import Draft, StoredFile, clean
from helpdesk.languages import translations
from helpdesk.people.signin import hash_token, set_password
from helpdesk.settings import Settings
from tests.desk import INCIDENT, Desk
from tests.web.account.conftest import Post
from tests.web.conftest import CHEAP, Browser
from web.edge import BEGUN_COOKIE

FORM = "/catalogue/portal/error"
TYPED = {key: str(value) for key, value in INCIDENT.items()}
PASSWORD = "zielona brama nad rzeką"


def enter(somebody: Browser, desk: Desk, key: str = "clara", back: str = "/") -> str:
    """Sign in by the page; gives the page that comes then."""
    with desk.session() as session:
        set_password(session, desk.person(session, key), PASSWORD, hasher=CHEAP, by=None, now=desk.now)
    return somebody.post("/sign-in", {"email": f"{key}@example.com", "password": PASSWORD, "next": back})


def drafts(desk: Desk) -> list[Draft]:
    return desk.ask(lambda session: list(session.scalars(select(Draft).order_by(Draft.id))))


def send(somebody: Browser) -> str:
    page = somebody.get(f"{FORM}/summary")
    act_id = re.search(r'name="act_id" value="([^"]+)"', page)
    assert act_id is not None, page
    number = re.search(r"ZGL\d{7}", somebody.post(f"{FORM}/summary", {"act_id": act_id.group(1)}))
    assert number is not None
    return number.group(0)


def test_a_form_is_filled_in_checked_and_sent_after_signing_in(browse: Callable[..., Browser], desk: Desk) -> None:
    somebody = browse()
    page = somebody.get(FORM)
    assert "Files are added after signing in" in page and 'type="file"' not in page and "data-kept " not in page

    # 1. what is wrong is told at once; what is right is seen once more, with the way to signing in
    assert "error-summary" in somebody.post(FORM, TYPED | {"what_happened": "krótko"}, status=422)
    summary = somebody.post(FORM, TYPED)
    assert "Sign in and send" in summary and TYPED["what_happened"] in summary and "act_id" not in summary
    token = somebody.client.get_cookie(BEGUN_COOKIE)
    assert token is not None and token.http_only
    [begun] = drafts(desk)
    assert (begun.person_id, begun.begun_by) == (None, hash_token(token.value))
    assert somebody.send(f"{FORM}/summary", follow=False, status=302).location.startswith("/sign-in?next=")
    assert "kept in this browser for a day" in somebody.get("/sign-in")

    # 2. signed in, it is theirs, and no longer the browser's
    page = enter(somebody, desk, back=f"{FORM}/summary")
    assert "is yours now" in page and "Send the request" in page and f'href="{FORM}#f-attachments">Add files' in page
    assert somebody.client.get_cookie(BEGUN_COOKIE) is None
    [own] = drafts(desk)
    assert own.begun_by is None and own.person_id == desk.ask(lambda session: desk.person(session, "clara").id)
    assert desk.ticket(send(somebody)).subject == TYPED["subject"]
    assert drafts(desk) == []


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["pl", "en"])
def test_what_was_typed_outlasts_making_an_account(browse: Callable[..., Browser], desk: Desk, settings: Settings,
                                                   language: str) -> None:
    ewa = browse(language=language)
    kept = ewa.post(FORM, {"subject": "Nie działa wysyłka", "next": "later"})
    assert "/sign-in" in kept and 'name="password"' in kept

    assert translations(language).gettext("What you filled in is kept in this browser for a day. After signing in here "
                                          "it is yours and can be sent.") in ewa.get("/register")
    ewa.post("/register", {"name": "Ewa Nowak", "email": "ewa@example.com", "password": PASSWORD, "language": language,
                           "agrees": "1"})
    ewa.post(Post(desk, settings).link("register_confirm"))
    page = ewa.post("/sign-in", {"email": "ewa@example.com", "password": PASSWORD})

    # Who was on the way nowhere comes to what is unfinished.
    assert translations(language).gettext(
        "Forms that you have begun and not sent. You can finish them on any device on which you sign in.") in page
    assert f'href="{FORM}"' in page and "/throw-away" in page
    assert "Nie działa wysyłka" in ewa.get(FORM)


def ask_for_account(somebody: Browser, desk: Desk, settings: Settings, name: str = "ewa") -> str:
    """Ask for an account in this browser; gives the link of the letter."""
    somebody.post("/register", {"name": "Ewa Nowak", "email": f"{name}@example.com", "password": PASSWORD,
                                "language": "pl", "agrees": "1"})
    return Post(desk, settings).link("register_confirm")


def sign_in(somebody: Browser, name: str = "ewa") -> str:
    return somebody.post("/sign-in", {"email": f"{name}@example.com", "password": PASSWORD})


def test_what_was_typed_follows_the_account_to_the_device_on_which_the_letter_is_opened(
        browse: Callable[..., Browser], desk: Desk, settings: Settings) -> None:
    at_home, on_telephone = browse(), browse()
    at_home.post(FORM, TYPED)
    link = ask_for_account(at_home, desk, settings)
    assert "also on another device" in at_home.get("/register/sent")

    on_telephone.post(link)
    assert TYPED["what_happened"] not in on_telephone.get(FORM)  # a link alone shows nobody anything
    page = sign_in(on_telephone)

    assert "is yours now" in page and f'href="{FORM}"' in page
    assert desk.ticket(send(on_telephone)).subject == TYPED["subject"]
    assert drafts(desk) == [] and TYPED["what_happened"] not in at_home.get(FORM)


@pytest.mark.one_database
def test_only_what_was_typed_before_asking_for_the_account_follows_it_and_once(
        browse: Callable[..., Browser], desk: Desk, settings: Settings) -> None:
    library, elsewhere, hers = browse(), browse(), browse()
    other = "/catalogue/portal/log"
    library.post(FORM, TYPED)
    link = ask_for_account(library, desk, settings)
    desk.later(minutes=5)

    # 1. whoever sits down at the same browser afterwards keeps what they type, and so does every other browser
    library.post(other, {"subject": "Ktoś inny", "next": "later"})
    elsewhere.post(other, {"subject": "Całkiem gdzie indziej", "next": "later"})
    hers.post(link)
    desk.later(minutes=5)
    sign_in(hers)
    assert [one.typed["subject"] for one in drafts(desk) if one.person_id] == [[TYPED["subject"]]]

    # 2. signing in once more brings nothing more
    hers.post("/sign-out")
    desk.later(minutes=5)
    sign_in(hers)
    assert len([one for one in drafts(desk) if one.person_id]) == 1
    assert "Ktoś inny" in library.get(other) and "Całkiem gdzie indziej" in elsewhere.get(other)


@pytest.mark.one_database
def test_after_a_day_nothing_follows_the_account_and_ones_own_is_not_written_over(
        browse: Callable[..., Browser], desk: Desk, settings: Settings) -> None:
    late, twice, hers = browse(), browse(), browse()
    late.post(FORM, TYPED)
    link = ask_for_account(late, desk, settings, "jan")
    desk.later(hours=23)
    hers.post(link)
    desk.later(hours=2)
    assert "is yours now" not in sign_in(hers, "jan") and not [one for one in drafts(desk) if one.person_id]

    twice.post(FORM, TYPED | {"subject": "W domu"})
    link = ask_for_account(twice, desk, settings)
    hers = browse()
    hers.post(FORM, TYPED | {"subject": "Na telefonie"})
    hers.post(link)
    sign_in(hers)
    assert 'value="Na telefonie"' in hers.get(FORM) and 'value="W domu"' in twice.get(FORM)


def test_an_unfinished_form_of_ones_own_is_never_written_over(browse: Callable[..., Browser], desk: Desk) -> None:
    browse("clara").post(FORM, {"subject": "To było moje", "next": "later"})
    one, other = browse(), browse()
    for somebody in (one, other):
        somebody.post(FORM, TYPED | {"subject": "Sprzed zalogowania"})

    # 1. both are there, and the form asks which is meant
    page = enter(one, desk, back=f"{FORM}/summary")
    assert "Before signing in you have filled in something else" in page and 'value="To było moje"' in page
    assert 'value="Sprzed zalogowania"' in one.post(FORM, {"subject": "Sprzed zalogowania", "next": "anew"})
    assert "Before signing in" not in one.get(FORM)

    # 2. or one's own is meant, and what was begun is forgotten
    enter(other, desk)
    page = other.post(FORM, {"next": "saved"})
    assert "Before signing in" not in page and "Sprzed zalogowania" in page  # the first browser's choice
    assert [one.begun_by for one in drafts(desk)] == [None]


@pytest.mark.one_database
def test_what_says_the_same_as_ones_own_form_is_no_choice(browse: Callable[..., Browser], desk: Desk) -> None:
    browse("clara").post(FORM, TYPED)
    somebody = browse()
    somebody.post(FORM, TYPED)

    page = enter(somebody, desk, back=f"{FORM}/summary")

    assert "Before signing in" not in page and "Send the request" in page
    assert somebody.client.get_cookie(BEGUN_COOKIE) is None
    assert [one.begun_by for one in drafts(desk)] == [None]


@pytest.mark.one_database
def test_what_is_begun_is_small_few_and_short_lived(browse: Callable[..., Browser], desk: Desk,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    # 1. too much for a stranger: it stays on the page, and nothing is stored
    page = browse().post(FORM, TYPED | {"what_happened": "słowo " * 17_000}, status=422)
    assert "can only be kept once you are signed in" in page and "słowo słowo" in page
    assert drafts(desk) == []

    # 2. from one address a few forms in an hour; those already begun go on
    somebody = browse()
    somebody.post(FORM, {**TYPED})
    for _ in range(19):
        browse().post(FORM, {**TYPED})
    refused = browse().post(FORM, {**TYPED}, status=422)
    assert "can only be kept once you are signed in" in refused and TYPED["what_happened"] in refused
    assert "Sign in and send" in somebody.post(FORM, {**TYPED})
    assert len(drafts(desk)) == 20
    desk.later(hours=1, minutes=1)
    monkeypatch.setattr("helpdesk.begun.AT_ONCE_MOST", 20)
    browse().post(FORM, {**TYPED}, status=422)

    # 3. after a day it is gone, and with the next cleaning from the table
    desk.later(days=1)
    assert TYPED["what_happened"] not in somebody.get(FORM)
    enter(somebody, desk)
    assert "Nothing is unfinished" in somebody.get("/drafts")
    with desk.session() as session:
        clean(session, None, now=desk.now)  # type: ignore[arg-type]
    assert drafts(desk) == []


@pytest.mark.one_database
@pytest.mark.parametrize("hide", [{"audience": "signed_in"}, {"is_hidden": True}])
def test_what_is_not_for_everyone_asks_to_sign_in_first(browse: Callable[..., Browser], desk: Desk,
                                                        hide: dict[str, Any]) -> None:
    with desk.session() as session:
        session.execute(update(Classification).where(Classification.key == "error").values(**hide))
    somebody = browse()

    for path in (FORM, f"{FORM}/summary", "/catalogue/portal/no_such_thing", "/catalogue/portal/change?client=1"):
        assert somebody.client.get(path).location.startswith("/sign-in?next=/catalogue/portal/"), path
    assert somebody.send(FORM, TYPED, follow=False, status=302).location.startswith("/sign-in")
    assert drafts(desk) == []


@pytest.mark.one_database
def test_nobody_stores_a_file_before_signing_in(browse: Callable[..., Browser], desk: Desk) -> None:
    def paper() -> tuple[BytesIO, str]:
        return BytesIO(b"%PDF-1.4 x"), "umowa.pdf"

    # 1. as the page's script sends one whose session has ended: it is told, and nothing is kept
    browse().send(FORM, TYPED | {"next": "upload", "attachments": paper()}, status=400)
    assert drafts(desk) == []

    # 2. with the form: the words are kept, the file is not
    browse().post(FORM, TYPED | {"attachments": paper()})
    assert len(drafts(desk)) == 1
    assert desk.ask(lambda session: session.scalars(select(StoredFile)).all()) == []


@pytest.mark.one_database
def test_what_another_browser_began_is_nobodys_to_see(browse: Callable[..., Browser], desk: Desk, app: Flask) -> None:
    somebody, another = browse(), browse()
    somebody.post(FORM, TYPED)
    another.client.set_cookie(BEGUN_COOKIE, "a guess")

    assert TYPED["what_happened"] not in another.get(FORM)
    enter(another, desk, "colin")
    assert "Nothing is unfinished" in another.get("/drafts")

    # After signing out the browser has nothing of what became the person's.
    enter(somebody, desk)
    somebody.post("/sign-out")
    assert TYPED["what_happened"] not in somebody.get(FORM)


def test_files_that_a_form_demands_are_asked_for_after_signing_in(browse: Callable[..., Browser], desk: Desk) -> None:
    with desk.session() as session:
        found = session.scalar(select(Classification).where(Classification.request_type == "pesel_exists"))
        assert found is not None
        form = f"/catalogue/{found.service.key}/{found.key}"
    somebody = browse()
    typed = {"first_name": "Ewa", "last_name": "Nowak", "pesel": "44051401359", "wanted_email": "ewa@example.com",
             "had_account": "no"}

    # 1. everything else is demanded at once
    assert 'href="#f-statement"' in somebody.post(form, typed, status=422)
    assert "Sign in and send" in somebody.post(form, typed | {"statement": "true"})

    # 2. the summary leads back to the form, which asks for the file now
    page = enter(somebody, desk, back=f"{form}/summary")
    assert 'name="screenshot"' in page and 'value="44051401359"' in page
    picture = BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    whole = typed | {"statement": "true", "screenshot": (picture, "ekran.png")}
    assert "Send the request" in somebody.post(form, whole)
