"""What the people of the demo desk say about the desk itself, and what came of their low ratings."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.demo.scene import Scene
from engine.demo.tale import Moments
from helpdesk.people.accounts import Person, find_person
from helpdesk.ratings import remarks
from helpdesk.ratings.records import LOW, Rating, mark_called
from helpdesk.ratings.remarks import Remark, RemarkKind

CLIENT, LEAD, MANAGER = "clara@example.com", "lena@okienko.example.gov.pl", "marek@okienko.example.gov.pl"
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
