"""Questions of a rating: kept by process owners in versions, asked beside the stars, and read as they were asked."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from engine.acts import BadAnswers, Typed
from engine.clients import rating as ratings
from engine.clients import survey
from engine.clients.survey import Asking, BadQuestions, asked_in, with_questions
from forms.sheet import parse_sheet
from helpdesk.errors import NotAllowed, NotFound
from helpdesk.ratings.questions import QuestionKind, read_outcomes
from helpdesk.ratings.records import find_given
from helpdesk.ratings.results import Scope
from helpdesk.ratings.surveys import EVERY, list_versions
from tests.desk import Desk
from tests.helpdesk.test_ratings import TWELVE_HOURS, ended

POLITE = Asking(QuestionKind.STARS, {"pl": "Czy rozmowa była uprzejma?", "en": "Was the talk polite?"})
AGAIN = Asking(QuestionKind.CHOICE, {"pl": "Ile razy trzeba było pisać?", "en": "How often did you have to write?"},
               {"pl": ("raz", "kilka razy"), "en": ("once", "several times")}, required=True)
IN_TIME = Asking(QuestionKind.YES_NO, {"pl": "Czy zdążyliśmy?", "en": "Were we in time?"})
WORDS = Asking(QuestionKind.TEXT, {"pl": "Czego zabrakło?", "en": "What was missing?"})


def keep(desk: Desk, asked: Sequence[Asking], request_type: str = "incident", by: str = "oskar") -> list[str]:
    """Keep the questions; gives the keys of their answers."""
    with desk.session() as session:
        kept = survey.keep(session, request_type, asked, by=desk.person(session, by), now=desk.now)
        return [one["key"] for one in kept.sheet["components"]]


def outcomes(desk: Desk) -> dict[str, tuple[int, dict[str, int], list[str]]]:
    scope = Scope(since=desk.now - timedelta(days=30), until=desk.now + timedelta(days=1))
    return desk.ask(lambda session: {
        one.question.label("en"): (one.number, dict(one.counts), [text for text, _ in one.texts])
        for one in read_outcomes(session, scope)})


def test_the_owners_questions_are_asked_checked_and_counted(desk: Desk) -> None:
    keys = keep(desk, [AGAIN, POLITE, IN_TIME, WORDS])
    numbers = {by: ended(desk, by=by) for by in ("clara", "colin")}
    with pytest.raises(BadAnswers) as refused:
        desk.complete(numbers["clara"], "survey", by="clara", stars="5")

    for by, said in {"clara": ("a1", "4", "yes", "Nic."), "colin": ("a2", "5", "no", "")}.items():
        desk.complete(numbers[by], "survey", by=by, stars="5", **dict(zip(keys, said, strict=True)))

    assert [name for name, *_ in refused.value.filled.problems] == [f"f-{keys[0]}"]
    assert outcomes(desk) == {
        "How often did you have to write?": (2, {"a1": 1, "a2": 1}, []),
        "Was the talk polite?": (2, {"4": 1, "5": 1}, []),
        "Were we in time?": (2, {"yes": 1, "no": 1}, []), "What was missing?": (1, {}, ["Nic."])}


def test_what_was_answered_is_read_and_changed_with_the_questions_of_then(desk: Desk) -> None:
    keys = keep(desk, [AGAIN])
    number = ended(desk)
    desk.complete(number, "survey", by="clara", stars="4", **{keys[0]: "a1"})
    keep(desk, [IN_TIME])

    with desk.session() as session:
        found = find_given(session, desk.ticket(number).id)
        assert found is not None
        sheet, _ = ratings.sheet_of(session, found)
        told = sheet.describe(found.answers, "en")
        ratings.change(session, found, Typed.of(stars="5", **{keys[0]: "a2"}), by=desk.person(session, "clara"),
                       allowed=TWELVE_HOURS, now=desk.now)

    assert ("How often did you have to write?", "once") in told
    assert outcomes(desk) == {"How often did you have to write?": (1, {"a2": 1}, [])}


def test_a_type_has_its_own_questions_or_those_of_all_types_or_what_the_process_offers(desk: Desk) -> None:
    def asked() -> set[str]:
        number = ended(desk)
        with desk.session() as session:
            item = desk.item(number, "survey")
            version = ratings.shelf_of(session).take(session, desk.instance(number).version_id)
            sheet = ratings.sheet_of_step(session, version, item)
            assert sheet is not None
            return {question.label["en"] for question in sheet.questions}

    bare = asked()
    keep(desk, [WORDS], EVERY)
    of_all = asked()
    keep(desk, [IN_TIME])
    own = asked()
    keep(desk, [])
    none = asked()
    with desk.session() as session:
        survey.drop(session, "incident", by=desk.person(session, "oskar"), now=desk.now)

    always = {"How do you rate the handling of this matter?", "Remarks"}
    assert bare == always | {"Were our explanations clear?", "Did we deal with the matter in a reasonable time?"}
    assert of_all == asked() == always | {"What was missing?"}
    assert own == always | {"Were we in time?"} and none == always
    assert len(desk.ask(lambda session: list_versions(session, "incident"))) == 2


def test_what_the_process_requires_stays_for_its_diagram_may_decide_by_it() -> None:
    own = parse_sheet({"type": "default", "id": "survey", "components": [
        {"type": "radio", "key": "stars", "label": "Gwiazdki", "properties": {"label.en": "Stars"},
         "values": [{"value": "1", "label": "1", "label.en": "1"}], "validate": {"required": True}},
        {"type": "checkbox", "key": "again", "label": "Jeszcze?", "properties": {"label.en": "Again?"},
         "validate": {"required": True}},
        {"type": "textfield", "key": "aside", "label": "Poza tym?", "properties": {"label.en": "Aside?"}},
        {"type": "textarea", "key": "remark", "label": "Uwagi", "properties": {"label.en": "Remarks"}}]})

    sheet = with_questions(own, "stars", survey.checked([IN_TIME]))

    assert [question.label["en"] for question in sheet.questions] == ["Stars", "Again?", "Were we in time?", "Remarks"]


def test_wrong_questions_are_named_and_only_owners_keep_them(desk: Desk) -> None:
    wrong = [Asking(QuestionKind.TEXT, {"pl": "Czego?", "en": ""}), POLITE, POLITE,
             Asking(QuestionKind.CHOICE, {"pl": "Ile?", "en": "How many?"}, {"pl": ("raz",), "en": ("once", "twice")})]

    with pytest.raises(BadQuestions) as refused:
        keep(desk, wrong)
    with pytest.raises(NotAllowed):
        keep(desk, [POLITE], by="lena")
    with pytest.raises(NotFound):
        keep(desk, [POLITE], "nothing")

    assert set(refused.value.problems) == {"label_en-0", "label_pl-2", "options_pl-3"}
    assert asked_in(survey.checked([AGAIN, POLITE, IN_TIME, WORDS])) == [AGAIN, POLITE, IN_TIME, WORDS]
