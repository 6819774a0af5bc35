"""Full-text search: what people type, and the article they mean. The same on both databases."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from helpdesk.database import Database
from helpdesk.fulltext import finding, postings, words
from helpdesk.fulltext.extracts import Piece
from helpdesk.fulltext.finding import Found, Wish, find
from helpdesk.fulltext.postings import Entry, Text
from helpdesk.fulltext.synonyms import SynonymGroup
from tests.bench.cpu import counting
from tests.conftest import Supply
from tests.helpdesk.fulltext.corpus import (
    ACCOUNT,
    AGENTS,
    CERTIFICATE,
    CORPUS,
    EVERYONE,
    EXCISE,
    FIRM,
    IMPORT,
    OPINION,
    OUTAGE,
    PASSWORD,
    PAYMENT,
    PRINTER,
    RULES,
    SIGNED_IN,
    TRADER,
    TRANSIT,
)
from tests.postgres import database_url

pytestmark = pytest.mark.skipif(words.morfeusz2 is None, reason="there is no dictionary for this platform")


@pytest.fixture(scope="session")
def filled(prepared_sqlite: Path, supply: Supply,
           tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Database]]:
    """The database of a kind with the corpus, made when it is first asked for; what a test changes is rolled back."""
    made: dict[str, Database] = {}

    def of(kind: str) -> Database:
        if kind not in made:
            path = tmp_path_factory.mktemp("filled") / "desk.sqlite"
            if kind == "sqlite":
                shutil.copy(prepared_sqlite, path)
            made[kind] = Database(f"sqlite:///{path}" if kind == "sqlite" else database_url(supply.take()))
            with made[kind].transaction() as session:
                for entry in CORPUS:
                    postings.put(session, entry)
                session.add_all(SynonymGroup(words=words) for words in SYNONYMS)
        return made[kind]

    yield of
    for database in made.values():
        database.engine.dispose()


@pytest.fixture
def session(kind: str, filled: Callable[[str], Database]) -> Iterator[Session]:
    with Session(filled(kind).engine, autoflush=False) as session:
        yield session
        session.rollback()


def look(session: Session, typed: str, *, language: str = "pl", level: int = EVERYONE, **wish: object) -> Found:
    return find(session, typed, Wish(language, level, **wish))  # type: ignore[arg-type]


def told(pieces: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


SYNONYMS = (
    "hasło, kod dostępu, PIN", "ZC415, zgłoszenie przywozowe, zaimportowanie towaru",
    "drukarka, urządzenie wielofunkcyjne",
    "procedura awaryjna, tryb offline, fallback", "raport odbioru, kwit odbiorczy", "XKAPPA, superserwer")
QUERIES = [
    # cases and numbers of nouns
    ("hasło", PASSWORD), ("hasła", PASSWORD), ("hasłem", PASSWORD), ("haseł", PASSWORD), ("drukarkami", PRINTER),
    ("drukarek", PRINTER), ("awariami", OUTAGE), ("awarię", OUTAGE), ("certyfikatów", CERTIFICATE),
    ("kontami użytkowników", ACCOUNT), ("firmom", FIRM), ("przedsiębiorcami", TRADER), ("zwierzę", TRANSIT),
    ("księgowej", TRADER), ("reklamacji", OPINION), ("opłat", PAYMENT), ("cłem", IMPORT), ("tranzytowi", TRANSIT),
    # verbs
    ("usunąć konto", ACCOUNT), ("usunęli mi konto", ACCOUNT), ("jak usunę konto?", ACCOUNT),
    ("chcę zmienić hasło", PASSWORD), ("zmieniłem hasło", PASSWORD), ("zapomniałam hasła", PASSWORD),
    ("zarejestrowałem firmę", FIRM), ("zawiesiłam certyfikat", CERTIFICATE), ("wydrukowałem potwierdzenie", PRINTER),
    ("odrzucili zgłoszenie", IMPORT), ("nie mogę się zalogować", PASSWORD),
    # missing diacritics
    ("haslo", PASSWORD), ("zapomniane haslo", PASSWORD), ("usuniecie konta", ACCOUNT), ("bledy walidacji", IMPORT),
    ("odrzucone zgloszenie", IMPORT), ("przesylki zywych zwierzat", TRANSIT), ("uniewaznienie", CERTIFICATE),
    ("platnosci", PAYMENT), ("naleznosci", PAYMENT), ("nadplata", PAYMENT), ("przedsiebiorca", TRADER),
    ("ksiegowa", TRADER), ("clo", IMPORT), ("wyrobow akcyzowych", EXCISE), ("DRUKARKA NIE DZIALA", PRINTER),
    # typing errors
    ("hsało", PASSWORD), ("hasłoo", PASSWORD), ("dukarka", PRINTER), ("drukraka", PRINTER), ("certyfiakt", CERTIFICATE),
    ("cerytfikat", CERTIFICATE), ("rejestarcja", FIRM), ("procedrua awaryjna", OUTAGE), ("unieważneinie", CERTIFICATE),
    ("walidacjii", IMPORT), ("tarnzyt", TRANSIT), ("przedsiebirca", TRADER), ("regestracja firmy", FIRM),
    # names
    ("ZC415", IMPORT), ("zc415", IMPORT), ("ZC 415", IMPORT), ("zc-415", IMPORT), ("ZC/415", IMPORT),
    ("zc 415", IMPORT), ("zc4", IMPORT), ("IE801", EXCISE), ("ie 801", EXCISE), ("IE818", EXCISE), ("IE8", EXCISE),
    ("WRP0001", FIRM), ("wrp 0001", FIRM), ("WRP-0001", FIRM), ("wrp", FIRM), ("NCTS", TRANSIT),
    ("ncts2", TRANSIT), ("ie029", TRANSIT),
    ("EORI", TRADER), ("eori", TRADER), ("KOM/2026/0001", OUTAGE), ("KOM 2026 0001", OUTAGE),
    ("e-DD", EXCISE), ("edd", EXCISE), ("błąd ZC415", IMPORT),
    # phrases, beginnings, whole sentences
    ('"raport odbioru"', EXCISE), ("„numer zgłoszenia”", PRINTER), ("unieważ", CERTIFICATE), ("mikrorach", PAYMENT),
    ("jak zmienić hasło do portalu", PASSWORD), ("co zrobić gdy system nie działa", OUTAGE),
    ("nie przyszło zwolnienie do tranzytu", TRANSIT), ("na jakiej podstawie odrzucono moje zgłoszenie celne", IMPORT),
    # English, looked for by a Polish reader
    ("forgotten password", PASSWORD), ("passwords", PASSWORD), ("rejected declarations", IMPORT),
    ("revoked certificates", CERTIFICATE), ("overpayment", PAYMENT), ("overpaymnet", PAYMENT),
]


def test_what_people_type_finds_what_they_mean_on_both_databases(session: Session) -> None:
    found = {typed: [hit.article_id for hit in look(session, typed, level=SIGNED_IN).hits] for typed, _ in QUERIES}

    assert {typed: found[typed][:3] for typed, article_id in QUERIES if found[typed][:1] != [article_id]} == {}


def test_a_synonym_comes_after_the_word_itself_wherever_that_stands(session: Session) -> None:
    for number, texts in enumerate([("PIN", "PIN", "PIN"), ("Inne", "", "Tu raz pada hasło."),
                                    ("Kod dostępu", "", ""), ("Kod pocztowy", "", ""), ("Dostęp do archiwum", "", "")]):
        postings.put(session, Entry(100 + number, EVERYONE, [Text("pl", *texts)], "", {"service": [7]}))

    found = look(session, "hasło", own=frozenset({7}))
    others = look(session, "pin")

    assert [hit.article_id for hit in found.hits] == [PASSWORD, 101, 100, 102]
    assert found.also == ("kod dostępu", "PIN")
    assert [hit.article_id for hit in others.hits][:1] == [100] and 103 not in {hit.article_id for hit in others.hits}
    assert told(found.hits[3].title) == "[Kod] [dostępu]"


def test_the_words_of_a_synonym_stand_near_together(session: Session) -> None:
    far = "Kod pocztowy zmienia się rzadko i trzeba go podać w polu adresu, a dostęp do archiwum jest płatny."
    for number, texts in enumerate([("Inne", "", far), ("Inne", "", "Dostępu strzeże tajny kod."),
                                    ("Inne", "", "Kod podany przy dostępie do sieci."),
                                    ("Inne", "", f"{far} To samo hasło."), ("Inne", far + "Słowo. " * 1_000, "")]):
        postings.put(session, Entry(100 + number, EVERYONE, [Text("pl", *texts)]))
    postings.put(session, Entry(105, EVERYONE, [Text("pl", "Inne", "", "")], "kody dostępu"))
    postings.put(session, Entry(106, EVERYONE, [Text("pl", "Inne", "", far + " Słowo." * 1_000)]))

    found = {hit.article_id for hit in look(session, "hasło").hits}

    # In any order and any form, with a word or two between; a long text is not looked through to its end.
    assert found == {PASSWORD, 101, 102, 103, 105, 106}
    assert 100 in {hit.article_id for hit in look(session, "kod pocztowy").hits}
    assert 101 in {hit.article_id for hit in look(session, "pin").hits} and look(session, "pin").is_partial is False


def test_what_has_the_words_of_a_synonym_only_apart_is_as_if_it_had_none(session: Session) -> None:
    session.add(SynonymGroup(words="bazalt, kamień wulkaniczny"))
    session.flush()
    apart = Text("pl", "Inne", "", "Kamień leży na drodze, a krajobraz bywa tam, gdzie się jedzie, wulkaniczny.")
    postings.put(session, Entry(100, EVERYONE, [apart]))
    assert look(session, "bazalt").hits == []

    # Of two words that no article has, those with one of them are told apart.
    postings.put(session, Entry(101, EVERYONE, [Text("pl", "Granit", "", "")]))
    found = look(session, "bazalt granit")

    assert [hit.article_id for hit in found.hits] == [101] and found.is_partial
    postings.put(session, Entry(101, EVERYONE, [Text("pl", "Granit", "", apart.body)]))
    found = look(session, "bazalt granit")
    assert [hit.article_id for hit in found.hits] == [101] and found.is_partial
    postings.put(session, Entry(101, EVERYONE, [Text("pl", "Granit", "", "Kamienie wulkaniczne.")]))
    assert not look(session, "bazalt granit").is_partial


def test_who_has_all_words_comes_before_who_has_a_synonym_of_one(session: Session) -> None:
    postings.put(session, Entry(100, EVERYONE, [Text("pl", "Portal klienta", "Portal.", "Portal i PIN.")], "portal"))
    postings.put(session, Entry(101, EVERYONE, [Text("pl", "Inne", "", "Dawno temu na portalu podano hasło.")]))

    assert [hit.article_id for hit in look(session, "hasło portal").hits][:2] == [101, 100]


def test_a_synonym_changes_at_once_and_is_no_gap(session: Session) -> None:
    assert look(session, "szyfr").unknown == ("szyfr",)

    session.add(SynonymGroup(words="szyfr, hasło"))
    session.flush()
    postings.put(session, Entry(100, EVERYONE, [Text("pl", "Urządzenie wielofunkcyjne", "", "")]))
    found = look(session, "szyfrem")
    corrected = look(session, "drukraka")

    assert (found.hits[0].article_id, found.unknown, found.is_partial) == (PASSWORD, (), False)
    assert corrected.also == ("urządzenie wielofunkcyjne",)
    session.query(SynonymGroup).update({"removed_at": datetime(2026, 1, 1, tzinfo=UTC)})
    assert look(session, "szyfrem").hits == []


def test_a_synonym_leads_nobody_to_what_is_for_agents(session: Session) -> None:
    found = {level: look(session, "superserwer", level=level) for level in (EVERYONE, SIGNED_IN, AGENTS)}

    assert [hit.article_id for hit in found[AGENTS].hits] == [IMPORT]
    for level in (EVERYONE, SIGNED_IN):
        assert (found[level].hits, found[level].also, found[level].unknown) == ([], (), ("superserwer",))


def test_a_story_is_understood_by_synonyms(session: Session) -> None:
    found = look(session, "Od wczoraj nie działa nam urządzenie wielofunkcyjne i nie możemy nic dostać na papierze.",
                 is_story=True)

    assert found.hits[0].article_id == PRINTER


def test_the_reader_s_language_comes_first_then_the_other(session: Session) -> None:
    def languages(typed: str, language: str) -> list[tuple[int, str]]:
        return [(hit.article_id, hit.language) for hit in look(session, typed, language=language).hits]

    assert languages("certificate", "en")[0] == languages("certificate", "pl")[0] == (CERTIFICATE, "en")
    assert languages("EORI", "en")[0] == (TRADER, "en") and languages("EORI", "pl")[0] == (TRADER, "pl")
    assert len({article_id for article_id, _ in languages("EORI", "pl")}) == len(languages("EORI", "pl"))


def test_a_title_says_more_than_a_summary_and_that_more_than_the_rest(session: Session) -> None:
    for number, texts in enumerate([
            ("Inne", "Inne", "Kwarcyt."), ("Inne", "Kwarcyt.", "Inne"), ("Kwarcyt", "Inne", "Inne")]):
        postings.put(session, Entry(100 + number, EVERYONE, [Text("pl", *texts)]))
    postings.put(session, Entry(103, EVERYONE, [Text("pl", "Inne", "Inne", "Inne")], "kwarcyt"))

    assert [hit.article_id for hit in look(session, "kwarcytem").hits] == [102, 103, 101, 100]


def test_a_whole_name_comes_before_those_that_only_begin_so(session: Session) -> None:
    postings.put(session, Entry(100, EVERYONE, [Text("pl", "ZC4159 ZC4158", "ZC4157", "ZC4156")], "ZC4155"))
    postings.put(session, Entry(101, EVERYONE, [Text("pl", "Inne", "Inne", "Zobacz ZC-415.")]))

    assert [hit.article_id for hit in look(session, "zc415").hits] == [IMPORT, 101, 100]


def test_own_services_the_chosen_classification_and_what_helped_come_before_equals(session: Session) -> None:
    for number in (100, 101, 102, 103):
        postings.put(session, Entry(number, EVERYONE, [Text("pl", "Bazalt", "", "")], "", {
            "service": [7] if number == 101 else [], "classification": [9] if number == 100 else []}))

    def order(**wish: object) -> list[int]:
        return [hit.article_id for hit in find(
            session, "bazalt", Wish("pl", **wish), favour=lambda ids: {102: 5}).hits]  # type: ignore[arg-type]

    assert order() == [102, 103, 101, 100]
    assert order(own=frozenset({7})) == [101, 102, 103, 100]
    assert order(own=frozenset({7}), classification_id=9) == [100, 101, 102, 103]
    assert order(within={"service": [7, 8]}) == [101] and order(within={"service": [7], "classification": [9]}) == []


def test_words_one_after_another_are_better_and_in_quotation_marks_they_have_to_be(session: Session) -> None:
    postings.put(session, Entry(100, EVERYONE, [Text("pl", "Inne", "", "Marmur i granit leżą obok siebie.")]))
    postings.put(session, Entry(101, EVERYONE, [
        Text("pl", "Inne", "", "Granit jest twardy. Trzeba go ciąć. Ale marmur nie.")]))

    assert [hit.article_id for hit in look(session, "marmur granit").hits] == [100, 101]
    assert [hit.article_id for hit in look(session, "„marmuru i granitu”").hits] == [100]
    assert [hit.article_id for hit in look(session, '"granit marmur"').hits] == []


def test_what_was_mistyped_is_corrected_and_said(session: Session) -> None:
    for typed, searched in (("zapomniane hsało", "zapomniane hasło"), ("cerytfikat", "certyfikat"), ("EROI", "EORI"),
                            ("overpaymnet", "overpayment"), ("hsało, jak zmienić?", "hasło, jak zmienić?")):
        found = look(session, typed)
        assert found.searched == searched
        assert len(found.corrections) == 1 and found.hits and not found.is_partial and not found.unknown


def test_what_nobody_wrote_about_is_a_gap_and_no_typing_error(session: Session) -> None:
    for typed in ("żyrafa", "wyrafinowanie", "ZC999", "kot", "qqqqqqqq"):
        found = look(session, typed)
        assert (found.hits, found.corrections, found.unknown) == ([], (), (typed,)), typed


def test_if_no_article_has_the_words_those_with_some_are_told_apart(session: Session) -> None:
    found = look(session, "hasło do tranzytu")

    assert found.is_partial and {hit.article_id for hit in found.hits} == {PASSWORD, TRANSIT}
    assert not look(session, "zwolnienie do tranzytu").is_partial


def test_hits_show_where_the_words_are(session: Session) -> None:
    [hit] = look(session, "gwarancjami salda w NCTS-2").hits[:1]
    other = look(session, "zc-415").hits[0]

    assert told(hit.title) == "Brak zwolnienia do tranzytu w [NCTS2]"
    assert "[gwarancji] i [saldo]" in told(hit.extract)
    assert told(other.title) == "Odrzucone zgłoszenie przywozowe [ZC415]"
    assert "podać adres [e-mail]." in told(look(session, "email").hits[0].extract)
    assert "[WRP-0001]" in told(look(session, "wrp0001").hits[0].extract)


def test_what_is_for_agents_is_found_completed_and_corrected_for_nobody_else(session: Session) -> None:
    for typed in ("XKAPPA", "xkap", "pośrednik", "ZKAPPA9", "zkap", "żyrafiarnia", "zyrafiarni", "pośrednki", "dyżrny"):
        for level in (EVERYONE, SIGNED_IN):
            found = look(session, typed, level=level)
            assert (found.hits, found.corrections, found.unknown) == ([], (), (typed,)), (typed, level)
        assert [hit.article_id for hit in look(session, typed, level=AGENTS).hits][:1] in ([IMPORT], [RULES]), typed


def test_a_part_for_agents_is_quoted_to_them_only(session: Session) -> None:
    [agents] = look(session, "dziennik pośrednika zgłoszenie", level=AGENTS).hits[:1]
    everyone = look(session, "dziennik zgłoszenie")

    assert agents.is_internal and "[dziennik] [pośrednika]" in told(agents.extract)
    assert not any(hit.is_internal or "XKAPPA" in told(hit.extract) for hit in everyone.hits)


def test_what_is_replaced_or_dropped_is_forgotten_with_its_words(session: Session) -> None:
    postings.put(session, Entry(PASSWORD, EVERYONE, [Text("pl", "Kwarcyt", "", "")]))
    assert [hit.article_id for hit in look(session, "kwarcyt").hits] == [PASSWORD]
    assert look(session, "zapomniane").hits == []

    for entry in CORPUS:
        postings.drop(session, entry.article_id)

    for table in ("search_word", "search_form", "search_posting", "search_text", "search_subject"):
        assert session.scalar(text(f"SELECT COUNT(*) FROM {table}")) == 0, table


def test_counts_are_of_articles_and_of_each_reader_s_own(session: Session) -> None:
    for _ in range(2):
        for entry in CORPUS:
            postings.put(session, entry)

    rows = session.execute(text("SELECT term, everyone, signed_in, agents FROM search_word WHERE term IN "
                                "('haslo', 'reklamacja', 'zkappa9', 'xkappa', 'zgloszenie') AND language = 'pl'"))
    assert {row[0]: tuple(row[1:]) for row in rows} == {
        "haslo": (1, 1, 1), "reklamacja": (0, 1, 1), "zkappa9": (0, 0, 1), "xkappa": (0, 0, 1), "zgloszenie": (2, 2, 2)}


HOSTILE = (
    "", " ", "\x00", "\x00hasło", "'", '"', '""', "*", "hasło*", "NEAR(hasło, konto)", "a AND b OR NOT c", "%", "_",
    "\\", "; DROP TABLE search_word; --", "':* & |", ":own :kind", "ASKED WITHIN NUMBER", "a" * 10_000,
    "ab " * 4_000,
    "ąęż" * 3_000, "1-2-3-4-5-6-7-8-9", "-" * 500, "😀😀", "\ud800 hasło", "日本語", "\U0010ffff", "e\u0301" * 999,
    "„”")


def test_any_text_is_answered(session: Session) -> None:
    for typed in HOSTILE:
        for is_story in (False, True):
            found = look(session, typed, is_story=is_story)
            assert len(found.hits) <= 10 and len(found.searched) <= len(typed) + 200
            assert ("hasło" in typed) == any(hit.article_id == PASSWORD for hit in found.hits), typed


def test_a_story_finds_what_it_is_about_and_nothing_is_corrected(session: Session) -> None:
    found = look(session, "Dzień dobry, od wczoraj próbuję wysłać zgłoszenie w przywozie i ciągle dostaję komunikat o "
                          "odrzuceniu, w którym są jakieś bledy walidacji. Proszę o pomoc, bo towar stoi na granicy!",
                 is_story=True)

    assert found.hits[0].article_id == IMPORT and found.corrections == ()


def test_a_search_takes_few_statements_however_much_is_typed(session: Session, kind: str,
        filled: Callable[[str], Database]) -> None:
    with counting(filled(kind)) as seen:
        look(session, " ".join(f"nieznane{letter} hsalo{letter} zc{number} za{letter}ogować"
                               for number, letter in enumerate("abcdefghij")))
    assert len(seen) <= 16

    with counting(filled(kind)) as seen:
        look(session, "zgłoszenie celne ZC415")
    assert len(seen) <= 9  # of which two are for synonyms


def test_of_very_common_words_no_more_is_read_than_was_set(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(100, 140):
        title = f"Bazalt {'gnejs' if number == 107 else ''}"
        postings.put(session, Entry(number, EVERYONE, [Text("pl", title, "", "")]))
    monkeypatch.setattr(finding, "MOST_READ", 20)
    read: list[int] = []
    values = finding._values

    def watched(groups: Any, size: int) -> Any:
        told, places = values(groups, size)
        read.append(len(told))
        return told, places

    monkeypatch.setattr(finding, "_values", watched)

    assert [hit.article_id for hit in look(session, "bazalt gnejs").hits] == [107]
    assert len(look(session, "bazalt").hits) == 10
    assert read == [1, 1]


def test_what_another_analyser_wrote_is_to_be_written_anew(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not postings.is_stale(session)

    monkeypatch.setattr(postings, "analyser", lambda: "another")

    assert postings.is_stale(session)
    postings.clear(session)
    postings.remember_analyser(session, postings.NAME)
    assert not postings.is_stale(session) and look(session, "hasło").hits == []
