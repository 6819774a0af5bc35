"""A sheet that could not be asked, read or understood is not published, and its author is told why."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.checks import check_sheet
from forms.patterns import BadPattern, SlowPattern, parse_pattern
from forms.schema import UnreadableSheet
from forms.sheet import BadSheet, parse_sheet

EN = {"label.en": "Name"}


def sheet(*components):
    return {"type": "default", "id": "draft", "components": list(components)}


def text(key="name", **settings):
    return {"type": "textfield", "key": key, "label": "Nazwa", "properties": EN} | settings


def rules(schema, **options):
    return [(finding.component, finding.rule) for finding in check_sheet(schema, **options)]


def test_a_good_sheet_has_no_findings(draft):
    assert check_sheet(draft) == []


ALONE = [
    (text(type="iframe"), "unsupported_type"),
    (text(type="expression"), "unsupported_type"),
    (text(type="date"), "unsupported_type"),
    (text(type=["textfield"]), "wrong_type"),
    (text(key="Name"), "bad_key"),
    (text(key="full-name"), "bad_key"),
    (text(key=""), "bad_key"),
    (text(key="not"), "reserved_key"),
    (text(label=""), "missing_label"),
    (text(properties={}), "missing_english"),
    (text(description="Podpowiedź"), "missing_english"),
    (text(label="=name"), "feel_text"),
    (text(label="Cześć {{name}}"), "template"),
    (text(label="x" * 301), "text_too_long"),
    (text(readonly=True), "unsupported_setting"),
    (text(conditional={"hide": "name = 1"}), "not_feel"),
    (text(conditional={"hide": "=name = ("}), "bad_feel"),
    (text(conditional={"hide": "=other = 1"}), "unknown_name"),
    (text(conditional={"hide": "=name = 1"}), "circular"),
    (text(properties=EN | {"required_if": "=other = 1"}), "unknown_name"),
    (text(properties=EN | {"refused_if": "=other = 1", "refused.pl": "Nie.", "refused.en": "No."}), "unknown_name"),
    (text(properties=EN | {"refused_if": "=name = \"x\"", "refused.pl": "Nie."}), "missing_english"),
    (text(properties=EN | {"refused_if": "=name = \"x\""}), "missing_label"),
    (text(properties=EN | {"autocomplete": "cc-number"}), "bad_autocomplete"),
    (text(validate={"pattern": "("}), "bad_pattern"),
    (text(validate={"pattern": "(?<=a)b"}), "bad_pattern"),
    (text(validate={"pattern": "(a+)+$"}), "slow_pattern"),
    (text(validate={"pattern": "^a$", "maxLength": 201}), "pattern_length"),
    (text(validate={"validationType": "iban"}), "unknown_validation"),
    (text(validate={"maxLength": 20_001}), "bad_limit"),
    (text(validate={"maxLength": 0}), "bad_limit"),
    (text(validate={"minLength": "many"}), "bad_limit"),
    (text(validate={"minLength": 5, "maxLength": 4}), "crossed_limits"),
    (text(type="number", validate={"min": 5, "max": 4}), "crossed_limits"),
    (text(type="number", decimalDigits=21), "bad_limit"),
    (text(type="number", defaultValue="dużo"), "bad_default"),
    (text(type="select"), "no_options"),
    (text(type="select", values=[{"label": "A", "value": "a"}]), "missing_english"),
    (text(type="radio", values=[{"label": "A", "label.en": "A", "value": "a"}] * 2), "duplicate_option"),
    (text(type="radio", values=[{"label": "A", "label.en": "A", "value": ""}]), "bad_option"),
    (text(type="radio", values=["a"]), "bad_option"),
    (text(type="select", valuesKey="names"), "unsupported_setting"),
    (text(type="filepicker", accept="image/*"), "bad_accept"),
    (text(type="datetime", subtype="year"), "unsupported_type"),
    ({"type": "text", "text": "Cześć"}, "missing_english"),
    ({"type": "group", "path": "Bad Path", "components": []}, "bad_key"),
    ("text", "not_an_object"),
]


@pytest.mark.parametrize(("component", "rule"), ALONE)
def test_each_fault_is_found(component, rule):
    assert rule in [found for _, found in rules(sheet(component))]


@pytest.mark.parametrize(("limit", "is_right"), [(19_999, True), (20_000, True), (20_001, False)])
def test_the_longest_text_a_sheet_may_ask_for(limit, is_right):
    assert (rules(sheet(text(type="textarea", validate={"maxLength": limit}))) == []) is is_right


def test_a_finding_names_the_component_and_speaks_both_languages():
    (found,) = check_sheet(sheet(text(validate={"validationType": "iban"})))

    assert (found.component, found.rule) == ("name", "unknown_validation")
    assert found.pl == "Nie znamy rodzaju sprawdzania „iban”."
    assert found.en == "The validation type “iban” is not known."


def test_a_key_is_used_once_and_not_as_a_group_as_well():
    group = {"type": "group", "path": "name", "components": [text("city")]}

    assert rules(sheet(text(), text())) == [("name", "duplicate_key")]
    assert rules(sheet(text(), group)) == [("name", "duplicate_key")]
    assert rules(sheet(text("city"), group)) == []


def test_conditions_in_a_circle_are_found_through_groups():
    group = {"type": "group", "id": "g", "conditional": {"hide": '=second = "x"'}, "components": [text("first")]}

    assert rules(sheet(group, text("second", conditional={"hide": '=first = "x"'}))) == [
        ("first", "circular"),
        ("second", "circular"),
    ]


def test_conditions_may_read_other_sheets_that_are_known():
    hidden = sheet(text(conditional={"hide": '=triage.decision = "no"'}))

    assert rules(hidden) == [] and rules(hidden, known={"triage"}) == []
    assert rules(hidden, known={"ticket"}) == [("name", "unknown_name")]


@pytest.mark.parametrize(
    "source", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}', b" " * 600_000, b"null", b'"x"']
)
def test_what_is_no_sheet_is_told_and_never_breaks(source):
    assert [finding.rule for finding in check_sheet(source)] == ["unreadable"]
    with pytest.raises(UnreadableSheet):
        parse_sheet(source)


def test_a_sheet_may_have_two_hundred_components_and_no_more():
    assert rules(sheet(*(text(f"n{number}") for number in range(200)))) == []
    assert rules(sheet(*(text(f"n{number}") for number in range(201)))) == [("", "too_many")]


def test_groups_are_nested_five_deep_and_no_more():
    inner = text()
    for depth in range(6):
        assert rules(sheet(inner)) == []
        inner = {"type": "group", "components": [inner]} if depth < 5 else inner

    assert rules(sheet({"type": "group", "components": [inner]})) == [("", "too_deep")]


def test_a_faulty_sheet_is_not_used():
    with pytest.raises(BadSheet) as refused:
        parse_sheet(sheet(text(key="Name")))

    assert refused.value.findings[0].rule == "bad_key"


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{2}-\d{3}$",
        r"^(\d{1,3}\.){3}\d{1,3}$",
        r"^[\w.]+@[\w.]+\.[a-z]+$",
        "^(PL|DE)?[0-9]+$",
        "^[^<>]*$",
        "(ab|cd)+x",
    ],
)
def test_ordinary_patterns_are_taken(pattern):
    assert parse_pattern(pattern).pattern == pattern


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*$", "a?" * 40 + "a" * 40, "(a|ab)*c", "a+a+a+b", "^a*a*a*a*b", "(a*)*", "((a{1,9}){1,9}){1,9}b"],
)
def test_patterns_that_could_hang_are_refused(pattern):
    with pytest.raises(SlowPattern):
        parse_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a)", "(?i)a", "a++", r"\Aa", "(?P<x>a)", "[[a]", "a" * 201, "a{99999999999}"]
)
def test_patterns_that_browsers_read_otherwise_are_refused(pattern):
    with pytest.raises(BadPattern):
        parse_pattern(pattern)


@pytest.mark.parametrize("pattern", ["^a+a+a+b", "a+a+b", "(ab|cd)+x", "^(a{1,9}){1,3}b"])
def test_the_slowest_pattern_taken_is_fast_enough(pattern):
    begun = time.perf_counter()

    parse_pattern(pattern).search("a" * 200)

    assert time.perf_counter() - begun < 2


SETTINGS = [
    "type",
    "key",
    "id",
    "label",
    "dateLabel",
    "description",
    "text",
    "path",
    "subtype",
    "values",
    "components",
    "validate",
    "conditional",
    "properties",
    "appearance",
    "decimalDigits",
    "defaultValue",
    "accept",
    "multiple",
]
INNER = [
    "required",
    "minLength",
    "maxLength",
    "min",
    "max",
    "pattern",
    "validationType",
    "hide",
    "required_if",
    "label.en",
    "value",
    "label",
    "suffixAdorner",
    "autocomplete",
]
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["textfield", "group", "number", '=nip = "1"', "=full_name", "nip", "{{", "^a$", "9" * 400, "\ud800"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(SETTINGS + INNER), inner, max_size=4),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=300)
@given(place=st.integers(0, 19), setting=st.sampled_from(SETTINGS), inner=st.sampled_from(["", *INNER]), value=ODD)
def test_a_spoilt_sheet_is_refused_or_works(draft, place, setting, inner, value):
    component = draft["components"][place]
    if inner and isinstance(component.get(setting), dict):
        component = component[setting]
        setting = inner
    before = component.get(setting)
    component[setting] = value

    try:
        if not check_sheet(draft):
            filled = parse_sheet(draft).read({"cost": "1", "nip": "1", "full_name": "x"}, "pl")
            assert str(filled.shown) and str(parse_sheet(draft).blank("en").shown)
    finally:
        component[setting] = before


@pytest.mark.parametrize(("properties", "found"), [
    ({}, []),
    ({"subject.pl": "Sprawa: {name}", "subject.en": "Matter: {name}, {service}"}, []),
    ({"subject.pl": "Sprawa: {name}"}, [("", "bad_subject")]),
    ({"subject.pl": "Sprawa", "subject.en": "x" * 121}, [("", "bad_subject")]),
    ([], []), (["subject"], [("", "bad_subject")]),
    ({"subject.pl": "Sprawa: {other}", "subject.en": "Matter: {other}"}, [("", "unknown_place")])])
def test_a_subject_names_fields_that_there_are_in_both_languages(properties, found):
    assert rules(sheet(text()) | {"properties": properties}) == found


@pytest.mark.parametrize(("answers", "subject"), [
    ({"name": "Lipowy Dwór"}, "Matter: Lipowy Dwór, Portal"), ({}, "Matter, Portal"),
    ({"name": "{service}"}, "Matter: {service}, Portal")])
def test_a_place_nobody_filled_in_takes_the_mark_before_it_along(answers, subject):
    made = parse_sheet(sheet(text()) | {"properties": {
        "subject.pl": "Sprawa: {name}, {service}", "subject.en": "Matter: {name}, {service}"}})

    assert made.subject_of(answers, "en", service="Portal") == subject
