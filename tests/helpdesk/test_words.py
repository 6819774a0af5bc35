"""Polish words: every form of a word is found by the same terms, names stay as they are."""

import pytest

from helpdesk.fulltext import words
from helpdesk.fulltext.words import analyser, fold, lemmas, words_in

needs_dictionary = pytest.mark.skipif(words.morfeusz2 is None, reason="there is no dictionary for this platform")


@needs_dictionary
@pytest.mark.parametrize(("forms", "term"), [
    ("drukarka drukarek drukarkami DRUKARKĄ drukarke", "drukarka"),
    ("awaria awarię awarii awariami awarie", "awaria"),
    ("urząd urzędem urzędów urzedach URZĘDU", "urzad"),
    ("zgłoszenie zgłoszeniami zgloszenia zgloszeniach Zgłoszeń", "zgloszenie"),
    ("zalogować zaloguję zalogowałem zalogowac zalogowalam", "zalogowac"),
    ("błąd błędu bledow błędami", "blad"), ("żółw żółwiem zolwie", "zolw"), ("cło cła cla cłem", "clo"),
    ("hasło hasła haseł hasel hasłem", "haslo"), ("wysłać wysłałem wyslala wyślij", "wyslac"),
])
def test_every_form_of_a_word_has_its_term_with_diacritics_or_without(forms: str, term: str) -> None:
    for form in forms.split():
        assert term in lemmas(form), form


@pytest.mark.parametrize(("text", "term"), [
    ("ZC415", "zc415"), ("zc415", "zc415"), ("ZC-415", "zc415"), ("ZC/415", "zc415"), ("ZC 415", "zc415"),
    ("ZC.415", "zc415"), ("IE801", "ie801"), ("WRP0001", "wrp0001"), ("WRP 0001", "wrp0001"),
    ("ZGL2400001", "zgl2400001"), ("24PL445010E1234567", "24pl445010e1234567"),
    ("525-10-05-123", "5251005123"), ("KOM/2026/0001", "kom20260001"),
    ("EZD", "ezd"), ("KAS", "kas"), ("e-AD", "ead"), ("eAD", "ead"), ("e-mail", "email"), ("NCTS2", "ncts2"),
    ("PUESC-u", "puesc"), ("ais_import", "ais_import"),
])
def test_names_stay_as_they_are_however_they_are_joined(text: str, term: str) -> None:
    assert term in lemmas(text)


def test_a_name_in_small_letters_may_have_a_space_only_where_it_is_looked_for() -> None:
    def terms(is_typed: bool) -> set[str]:
        return {term for word in words_in("zc 415", is_typed=is_typed) for term in word.terms}

    assert "zc415" in terms(True) and "zc415" not in terms(False)


@needs_dictionary
def test_capitals_make_no_name_in_a_text_that_is_all_capitals() -> None:
    assert lemmas("KONTA UŻYTKOWNIKÓW W PORTALU") == ["konto", "uzytkownik", "portal"]


def test_words_that_say_nothing_have_no_term() -> None:
    assert lemmas("Czy to jest tak, że nie ma go u nas?") == []
    assert lemmas("How can I do that?", language="en") == []


def test_english_words_have_their_stems() -> None:
    assert lemmas("Resetting passwords", language="en") == lemmas("reset password", language="en")


@pytest.mark.parametrize("text", [
    "", " ", "\x00", "'\"*()%", "a" * 10_000, "-" * 10_000, "a-" * 5_000, "1" * 100_000, "ąćęłńóśźż" * 100, "\ud800",
    "ع 日本語 😀", "NEAR(", "e\u0301" * 500])
def test_any_text_has_short_terms(text: str) -> None:
    assert all(0 < len(term) <= words.WORD_MAX for term in lemmas(text, most=100))
    assert lemmas(text) == lemmas(text.replace("\x00", " "))


def test_a_long_text_has_no_more_terms_than_asked() -> None:
    assert len(lemmas(" ".join(f"słowo{number}" for number in range(1_000)), most=50)) == 50


@needs_dictionary
def test_where_there_is_no_dictionary_stems_stand_in_and_the_index_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    words._terms.cache_clear()
    before = analyser()
    monkeypatch.setattr(words, "_dictionary", lambda: None)

    assert lemmas("zgłoszeniami") == lemmas("zgłoszenia") != []
    assert lemmas("ZC-415")[-2:] == ["zc415", "415"]
    assert analyser() != before
    words._terms.cache_clear()


@pytest.mark.parametrize(("text", "folded"), [
    ("Zażółć gęślą jaźń", "zazolc gesla jazn"), ("ŁÓDŹ", "lodz"), ("Straße", "straße"), ("Éclair", "eclair"), ("", ""),
    ("ﬁrma", "firma"),
])
def test_text_is_folded_for_searching(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(fold(text)) == folded
