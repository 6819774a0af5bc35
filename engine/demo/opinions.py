"""What the people of the demo desk say about the desk itself, what they are asked, and what came of low ratings."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clients import survey
from engine.clients.survey import Asking
from engine.demo.scene import Scene
from engine.demo.tale import Moments
from helpdesk.people.accounts import Person, find_person
from helpdesk.ratings import remarks
from helpdesk.ratings.questions import QuestionKind
from helpdesk.ratings.records import LOW, Rating, mark_called
from helpdesk.ratings.remarks import Remark, RemarkKind

CLIENT, LEAD, MANAGER = "clara@example.com", "lena@okienko.example.gov.pl", "marek@okienko.example.gov.pl"
ASKED_OF = "incident"
QUESTIONS = (
    Asking(QuestionKind.CHOICE, {"pl": "Ile razy trzeba było do nas pisać lub dzwonić w tej sprawie?",
                                 "en": "How often did you have to write or call about this matter?"},
           {"pl": ("raz", "dwa razy", "trzy razy lub więcej"), "en": ("once", "twice", "three times or more")}),
    Asking(QuestionKind.YES_NO, {"pl": "Czy nasze wyjaśnienia były zrozumiałe?", "en": "Were our explanations clear?"}),
    Asking(QuestionKind.TEXT, {"pl": "Co pomogłoby znaleźć odpowiedź bez zgłoszenia?",
                               "en": "What would have helped you find the answer without a request?"}),
)
WISHES = ("Przykład poprawnego pliku XML w bazie wiedzy.", "Lista kodów błędów z krótkim opisem.",
          "Informacja o awarii od razu na stronie startowej.")
# days ago, kind, what was said, the answer or nothing, whether it is closed
SAID = (
    (61, RemarkKind.PRAISE, "Odpowiedź przyszła w kwadrans, i to w niedzielę. Bardzo dziękuję!",
     "Dziękujemy za dobre słowo. Przekażemy je konsultantom z nocnej zmiany.", True),
    (33, RemarkKind.WISH, "Przydałby się formularz, w którym można dodać kilka numerów MRN naraz.",
     "Dziękujemy, to dobry pomysł. Formularz zgłoszenia błędu przyjmie listę numerów od przyszłego miesiąca.", False),
    (2, RemarkKind.REMARK,
     "Gdy dzwoniłam, przez dziesięć minut nikt nie odbierał. Warto podawać przewidywany czas oczekiwania.",
     "", False),
)


def opinions(scene: Scene) -> Iterator[Moments]:
    """Remarks with their answers, and the oldest low rating that a lead calls about: each in its own time."""
    for said in SAID:
        yield _remark(scene, *said)
    yield _call_back(scene)


def keep_questions(session: Session, *, by: Person, now: datetime) -> None:
    """What the clients of incidents are asked beside the stars."""
    survey.keep(session, ASKED_OF, QUESTIONS, by=by, now=now)


def answers_beside(stars: int, turn: int) -> dict[str, str]:
    """What somebody with so many stars answers to these questions; turn: which of several such people it is."""
    often, clear, wish = (one["key"] for one in survey.checked(QUESTIONS)["components"])
    said = {often: "a1" if stars == 5 or turn % 3 == 0 else "a2" if stars > LOW else "a3",
            clear: "yes" if stars > LOW + turn % 2 else "no"}
    return said | ({wish: WISHES[turn // 3 % len(WISHES)]} if turn % 3 == 1 else {})


def _remark(scene: Scene, days: int, kind: RemarkKind, body: str, answer: str, is_closed: bool) -> Moments:
    yield scene.end - timedelta(days=days, hours=3)
    remark_id = scene.act(lambda session: remarks.make(
        session, kind=kind, body=body, by=_person(session, CLIENT), now=scene.now).id)
    if answer:
        yield scene.now + timedelta(hours=20)
        scene.act(lambda session: remarks.answer(
            session, _remark_of(session, remark_id), answer, by=_person(session, LEAD), now=scene.now))
    if is_closed:
        yield scene.now + timedelta(days=1)
        scene.act(lambda session: remarks.close(
            session, _remark_of(session, remark_id), by=_person(session, MANAGER), now=scene.now))


def _call_back(scene: Scene) -> Moments:
    yield scene.end - timedelta(days=5)
    scene.act(lambda session: _mark_oldest(session, now=scene.now))


def _mark_oldest(session: Session, *, now: datetime) -> None:
    low = session.scalars(select(Rating).where(Rating.stars <= LOW).order_by(Rating.given_at).limit(1)).first()
    if low is not None:
        mark_called(session, low, note="Przeproszono i wyjaśniono, skąd wzięło się opóźnienie.",
                    by=_person(session, LEAD), now=now)


def _remark_of(session: Session, remark_id: int) -> Remark:
    return session.get_one(Remark, remark_id)


def _person(session: Session, email: str) -> Person:
    person = find_person(session, email)
    assert person is not None, "the cast is there"
    return person
