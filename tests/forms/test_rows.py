"""A list of several things: each row is asked alike, read alike, and may come and go."""

import re

import pytest

from forms.checks import check_sheet
from forms.rows import change
from forms.sheet import parse_sheet
from tests.forms.rendering import render


def text(key, **settings):
    return {"type": "textfield", "key": key, "label": key, "properties": {"label.en": key.title()}} | settings


def choice(key, *values, **settings):
    options = [{"value": one, "label": one, "label.en": one.title()} for one in values]
    return text(key, type="radio", values=options, **settings)


def documents(*components, properties=None, **settings):
    return {"type": "dynamiclist", "id": "documents", "path": "documents", "label": "Dokumenty",
            "properties": {"label.en": "Documents", "row.pl": "Dokument", "row.en": "Document"} | (properties or {}),
            "components": list(components)} | settings


def sheet(*components):
    return {"type": "default", "id": "report", "schemaVersion": 18, "components": list(components)}


KIND = choice("kind", "mrn", "own", validate={"required": True})
NUMBER = text("number", validate={"required": True}, conditional={"hide": '=kind != "own"'})
MRN = text("mrn", validate={"validationType": "mrn", "required": True}, conditional={"hide": '=kind != "mrn"'})
REASON = text("reason", properties={"label.en": "Reason", "required_if": "=count(documents) > 1"})
REPORT = parse_sheet(sheet(text("place"), documents(KIND, NUMBER, MRN), REASON))
TWO = {"documents": ["4", "7"], "documents.4.kind": ["own"], "documents.4.number": ["A/1"],
       "documents.7.kind": ["own"], "documents.7.number": ["B/2"], "reason": ["both"]}


def test_the_answer_is_a_list_in_the_order_of_the_page():
    filled = REPORT.read(TWO, "pl")

    assert filled.is_valid, filled.errors
    assert filled.answers["documents"] == [{"kind": "own", "number": "A/1"}, {"kind": "own", "number": "B/2"}]
    assert REPORT.short_values(filled.answers)["documents"] == filled.answers["documents"]
    assert REPORT.raw(filled.answers, "pl")["documents.1.number"] == ["B/2"]


def test_a_condition_in_a_row_reads_that_row_and_one_outside_reads_the_list():
    wrong = REPORT.read(TWO | {"documents.7.kind": ["mrn"], "documents.7.mrn": ["26PL"], "reason": []}, "en")

    assert set(wrong.errors) == {"documents.7.mrn", "reason"}
    assert [place for place, _, _ in wrong.problems] == ["f-documents-7-mrn", "f-reason"]
    assert wrong.problems[0][1] == "Document 2, Mrn"
    assert REPORT.read({"documents": ["0"], "documents.0.kind": ["own"], "documents.0.number": ["1"]}, "pl").is_valid


def test_rows_in_which_nothing_was_written_do_not_count():
    filled = REPORT.read({"documents": ["0", "1", "2"], "documents.1.kind": ["own"], "documents.1.number": ["1"]}, "pl")

    assert filled.is_valid
    assert filled.answers["documents"] == [{"kind": "own", "number": "1"}]
    assert REPORT.read({"_asked": ["*"]}, "pl").answers["documents"] == []


@pytest.mark.parametrize(("rows", "field"), [([], "documents"), (["3"], "documents.3.kind")])
def test_as_many_rows_as_are_wanted_have_to_be_filled_in(rows, field):
    wanted = parse_sheet(sheet(documents(KIND, properties={"min_rows": "1"})))

    assert set(wanted.read({"documents": rows or [""]}, "pl").errors) == {field}


def test_no_list_takes_more_rows_than_it_may_have():
    many = {"documents": [str(number) for number in range(21)]} | {f"documents.{n}.kind": ["mrn"] for n in range(21)}
    beyond = REPORT.read({"documents": [str(n) for n in range(900)] + ["x", "-1", "1" * 40]}, "pl")

    assert REPORT.read(many, "en").errors["documents"] == "There can be at most 20 entries."
    assert len(beyond.values["documents"]) < 60


def test_what_is_lacking_may_be_asked_later_but_nothing_wrong_is_taken():
    wanted = parse_sheet(sheet(text("place", validate={"required": True}), documents(KIND, NUMBER, MRN)))

    lacking = wanted.read({"documents": ["0"], "documents.0.kind": ["own"]}, "pl", may_lack=True)
    bad = {"documents": ["0"], "documents.0.kind": ["mrn"], "documents.0.mrn": ["x"]}
    wrong = wanted.read(bad, "pl", may_lack=True)

    assert lacking.is_valid and list(lacking.lacking) == ["place", "documents"]
    assert lacking.answers["documents"] == [{"kind": "own", "number": None}]
    assert set(wrong.errors) == {"documents.0.mrn"}


def test_buttons_change_the_rows_and_keep_what_was_typed():
    more = change(TWO, "add documents")
    less = change(more, "remove documents 4")

    assert more["documents"] == ["4", "7", "8"]
    assert less["documents"] == ["7", "8"] and "documents.4.number" not in less
    assert less["documents.7.number"] == ["B/2"] and less["reason"] == ["both"]
    assert change({"documents": ["0"], "documents.0.kind": ["own"]}, "remove documents 0") == {"documents": [""]}
    assert change(TWO, "drop everything") == TWO


def test_each_row_is_a_fieldset_with_a_number_and_buttons():
    page = render(REPORT.read(TWO | {"documents.7.number": []}, "en"))

    assert re.findall(r'row__legend" data-row-label>(.*?)<', page) == ["Document 1", "Document 2", "Document"]
    assert 'name="_rows" value="add documents"' in page and 'value="remove documents 7"' in page
    assert 'href="#f-documents-7-number"' in page and 'id="f-documents-7-number"' in page
    assert page.index("<template") < page.index("documents.__row__.kind")


@pytest.mark.parametrize(("language", "first", "another"), [
    ("en", "Add document", "Add another"), ("pl", "Dodaj: dokument", "Dodaj następną pozycję")])
def test_the_first_row_is_added_and_every_further_one_is_another(language, first, another):
    def button(typed):
        return re.search(r'data-add-row[^>]*>\s*(.*?)</button>', render(REPORT.read(typed, language))).group(1)

    assert button({"documents": [""]}) == first
    assert button(TWO) == another


def test_answers_are_told_row_by_row():
    answers = REPORT.read(TWO, "pl").answers

    assert REPORT.describe(answers, "pl") == [
        ("Dokument 1: kind", "own"), ("Dokument 1: number", "A/1"),
        ("Dokument 2: kind", "own"), ("Dokument 2: number", "B/2"), ("reason", "both")]
    assert REPORT.tell_typed(TWO, "en")[0] == ("Document 1: Kind", "Own")
    assert {one.section for one in REPORT.tell(answers, "en")} == {"Documents", ""}


FAULTS = [
    (documents(), "empty_list"),
    (documents(KIND, path=""), "bad_key"),
    (documents(KIND, label=""), "missing_label"),
    (documents(KIND, properties={"row.en": ""}), "missing_english"),
    (documents(KIND, properties={"max_rows": "51"}), "bad_limit"),
    (documents(KIND, properties={"max_rows": "0"}), "bad_limit"),
    (documents(KIND, properties={"min_rows": "5", "max_rows": "4"}), "crossed_limits"),
    (documents(KIND, allowAddRemove=False), "unsupported_setting"),
    (documents(KIND, documents(KIND, path="inner")), "list_in_list"),
    (documents(*(text(f"k{n}") for n in range(9)), properties={"max_rows": "50"}), "too_many_cells"),
    (documents(text("a" * 55)), "long_name"),
    (documents(KIND, KIND), "duplicate_key"),
    (documents(text("a", conditional={"hide": "=b = 1"})), "unknown_name"),
    (documents(text("a", conditional={"hide": '=b = "x"'}), text("b", conditional={"hide": '=a = "x"'})), "circular"),
    (documents(text("a", conditional={"hide": "=count(documents) > 1"})), "circular"),
    (documents(text("a", conditional={"hide": "=a = ("})), "bad_feel"),
]


@pytest.mark.parametrize(("component", "rule"), FAULTS)
def test_each_fault_of_a_list_is_found(component, rule):
    assert rule in [found.rule for found in check_sheet(sheet(component))]


def test_a_row_may_read_itself_and_what_is_around_it():
    around = text("side", conditional={"hide": '=some d in documents satisfies d.kind = "mrn"'})
    inside = documents(KIND, text("note", conditional={"hide": '=kind = "own" and place = "x"'}))

    assert check_sheet(sheet(text("place"), inside, around)) == []
    assert [one.rule for one in check_sheet(sheet(inside))] == ["unknown_name"]
