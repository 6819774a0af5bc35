"""A sheet on a page: every question can be reached, understood and corrected without a script and without a mouse."""

import json
from dataclasses import dataclass

import pytest
from lxml import html

from forms.sheet import parse_sheet
from tests.forms.rendering import render


@dataclass
class Kept:
    id: str
    name: str
    size_text: str


def page(filled, kept=None):
    return html.document_fromstring(render(filled, kept))


def test_every_input_has_a_label_and_every_id_is_used_once(visit, right):
    shown = page(visit.read({"side": "own", "urgent": "true"}, "pl"), {"proofs": [Kept("f1", "zrzut.png", "12 kB")]})

    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    for control in shown.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert shown.xpath("//label[@for=$id]", id=control.get("id")), control.get("name")
    for described in shown.xpath("//@aria-describedby"):
        assert set(described.split()) <= set(ids)


def test_errors_are_summed_up_first_with_links_to_their_questions(visit):
    shown = page(visit.read({"nip": "1", "urgent": "1"}, "pl"))

    summary = shown.xpath("//*[@role='alert']")[0]
    links = {link.get("href"): link.text_content() for link in summary.xpath(".//a")}
    assert summary.xpath("string(h2)") == "Popraw 7 odpowiedzi"
    assert links["#f-nip"] == "NIP: NIP ma 10 cyfr." and "#f-address-city" in links
    assert all(
        shown.xpath("//*[@id=$id][self::input or self::textarea or self::select]", id=link[1:]) for link in links
    )


def test_an_error_stands_at_its_question_and_is_announced_with_it(visit):
    shown = page(visit.read({"nip": "1"}, "pl"))

    nip = shown.get_element_by_id("f-nip")
    assert nip.get("aria-invalid") == "true" and nip.get("aria-describedby") == "f-nip-error"
    assert shown.get_element_by_id("f-nip-error").text_content() == "Błąd: NIP ma 10 cyfr."


def test_what_may_be_left_out_is_said_in_words(visit):
    polish, english = page(visit.blank("pl")), page(visit.blank("en"))

    assert polish.xpath("normalize-space(//label[@for='f-nip'])") == "NIP (opcjonalnie)"
    assert english.xpath("normalize-space(//label[@for='f-nip'])") == "Tax number (NIP) (optional)"
    assert polish.xpath("normalize-space(//label[@for='f-full_name'])") == "Imię i nazwisko"


def test_choices_stand_in_a_fieldset_with_their_question_as_legend(visit, right):
    shown = page(visit.read(right | {"side": ["own"]}, "pl"))

    group = shown.xpath("//fieldset[legend[contains(., 'Po czyjej stronie')]]")[0]
    assert [(option.get("value"), option.get("checked")) for option in group.xpath(".//input")] == [
        ("office", None),
        ("own", "checked"),
    ]


def test_the_browser_is_told_what_is_typed(visit):
    shown = page(visit.blank("pl"))

    def attributes(name):
        return dict(shown.get_element_by_id(f"f-{name}").attrib)

    assert attributes("full_name")["autocomplete"] == "name"
    assert attributes("email")["type"] == "email" and attributes("email")["autocomplete"] == "email"
    assert attributes("cost")["inputmode"] == "decimal" and attributes("visit_on")["type"] == "date"
    assert attributes("proofs")["accept"] == ".png,.pdf" and "multiple" in attributes("proofs")


def test_what_was_typed_is_shown_again_and_never_as_markup(visit, right):
    hostile = '"><script>alert(1)</script></textarea>'
    shown = page(visit.read(right | {"full_name": [hostile], "matter": [hostile], "nip": [hostile]}, "pl"))

    assert not shown.xpath("//script")
    assert shown.get_element_by_id("f-nip").get("value") == hostile
    assert shown.get_element_by_id("f-matter").text.strip() == hostile


def test_texts_of_a_sheet_are_markdown_without_html():
    text = "**ważne** <b onclick=x>nie</b> <script>x</script> [zły](javascript:alert(1)) ![obraz](https://evil.example/x.png)"
    sheet = parse_sheet(
        {"type": "default", "id": "a", "components": [{"type": "text", "text": text, "properties": {"text.en": text}}]}
    )

    shown = page(sheet.blank("pl"))

    assert shown.xpath("string(//strong)") == "ważne"
    assert not shown.xpath("//script | //b | //img | //*[starts-with(@href, 'javascript')]")


def test_labels_of_a_sheet_are_never_markup():
    evil = "<img src=x onerror=alert(1)>'\""
    options = [{"label": evil, "label.en": evil, "value": evil}]
    component = {"label": evil, "description": evil, "properties": {"label.en": evil, "description.en": evil}}
    kinds = ["textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "filepicker"]
    sheet = parse_sheet(
        {
            "type": "default",
            "id": "a",
            "components": [
                component
                | {
                    "type": kind,
                    "key": kind,
                    "validate": {"required": True},
                    "values": options,
                    "conditional": {"hide": f"=not({kinds[0]} = {json.dumps(evil)})"} if number else {},
                }
                for number, kind in enumerate(kinds)
            ],
        }
    )

    shown = page(sheet.read({"textfield": evil}, "pl"), {"filepicker": [Kept(evil, evil, evil)]})

    assert not shown.xpath("//img | //*[@onerror]")
    assert json.loads(shown.xpath("//@data-hide")[0]) == ["not", ["=", ["name", "textfield"], ["value", evil]]]


def test_hidden_questions_are_there_for_the_script_but_out_of_use(visit):
    shown = page(visit.blank("pl"))

    cause = shown.xpath("//*[@data-name='own_cause']")[0]
    assert "hidden" in cause.attrib and all(
        "disabled" in control.attrib for control in cause.xpath(".//input | .//textarea")
    )
    city = shown.get_element_by_id("f-address-city")
    assert not city.xpath("ancestor::div[@hidden]")  # the group alone hides it, so that the group alone brings it back
    assert "disabled" in city.attrib and city.xpath("ancestor::fieldset/@hidden")


def test_a_condition_that_reads_the_ticket_stays_on_the_server(decision):
    shown = render(decision.read({"decision": "yes"}, "pl", {"ticket": {"priority": "secret-priority"}}))

    assert "data-hide" not in shown and "secret-priority" not in shown and "reason" not in shown


def test_the_page_says_which_questions_it_has_asked(visit, right):
    first = page(visit.read(right | {"side": ["own"]}, "pl"))

    asked = first.xpath("//input[@name='_asked'][not(@disabled)]/@value")
    assert asked == ["*", "own_cause"]
    assert "jeszcze 1 pytanie" in first.xpath("string(//*[@role='status'])")
    assert visit.read(right | {"side": ["own"], "own_cause": ["Kabel"], "_asked": asked}, "pl").is_valid


def test_files_already_added_can_be_removed(visit):
    shown = page(visit.blank("pl"), {"proofs": [Kept("f1", "zrzut.png", "12 kB")]})

    box = shown.xpath("//input[@name='remove_file']")[0]
    assert box.get("value") == "f1"
    assert shown.xpath("normalize-space(//label[@for=$id])", id=box.get("id")) == "Remove zrzut.png"


@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_page_speaks_one_language(visit, language):
    text = page(visit.read({}, language)).text_content()

    assert ("Wybierz" in text) is (language == "pl") and ("Choose" in text) is (language == "en")
