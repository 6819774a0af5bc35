"""The firms of the demo desk: who manages them and who else acts for them; an invitation and a founder that wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from engine.demo.scene import Scene
from engine.demo.tale import Moments
from helpdesk.people import firms
from helpdesk.people.firms import Firm, invitations, register


@dataclass(frozen=True)
class Named:
    """A firm, its manager, and the others with whether they see all its requests."""

    name: str
    nip: str
    manager: str
    basis: str
    others: dict[str, tuple[str, bool]]


ADMINISTRATOR = "ada"
FIRMS = (
    Named("Przystań Importowa Wójcik sp. z o.o.", "2002514945", "clara", "Prezes zarządu, odpis z KRS",
          {"celina_brzoza": ("Agentka celna, upoważnienie z 12 stycznia", True),
           "julia_sowinska": ("Księgowa, umowa o obsługę rachunkową", False)}),
    Named("Brzozowa Agencja Celna", "3006227841", "celina_brzoza", "Właścicielka, wpis w CEIDG",
          {"clara": ("Współpracowniczka, pełnomocnictwo nr 3", False)}),
)
# Named on the last days, so that it still waits for the administrator.
UNCONFIRMED = Named("Siedem Kotów Auto-Import", "4006599135", "dariusz_kot", "Właściciel, wpis w CEIDG", {})
INVITED = ("anna.bielik@example.com", "clara")


def found(scene: Scene) -> None:
    """Let the firms be there before the first story; the scene knows from then on who acts for which."""
    ids = scene.act(lambda session: [_found(session, scene, one).id for one in FIRMS])
    for one, firm_id in zip(FIRMS, ids, strict=True):
        scene.firms.setdefault(one.manager, []).insert(0, firm_id)
        for key in one.others:
            scene.firms.setdefault(key, []).append(firm_id)


def lately(scene: Scene) -> Iterator[Moments]:
    """An invitation, and a firm that nobody has confirmed: each in its own time."""
    yield _invite(scene)
    yield _add(scene)


def _found(session: Session, scene: Scene, one: Named) -> Firm:
    manager, now = scene.person(session, one.manager), scene.now
    ada = scene.person(session, ADMINISTRATOR)
    founder = firms.add(session, manager, name=one.name, numbers=_numbers(one), basis=one.basis, now=now)
    register.confirm(session, founder, by=ada, now=now)
    for key, (basis, sees_all) in one.others.items():
        place = firms.add(session, scene.person(session, key), name=one.name, numbers=_numbers(one), basis=basis,
                          now=now)
        firms.accept(session, place, by=manager, now=now)
        firms.change(session, place, is_manager=False, sees_all=sees_all, by=manager, now=now)
    return founder.firm


def _invite(scene: Scene) -> Moments:
    yield scene.end - timedelta(days=1, hours=4)
    email, key = INVITED

    def act(session: Session) -> None:
        invitations.invite(session, scene.firms[key][0], email=email, sees_all=True, by=scene.person(session, key),
                           now=scene.now)
    scene.act(act)


def _add(scene: Scene) -> Moments:
    yield scene.end - timedelta(hours=20)
    one = UNCONFIRMED
    scene.act(lambda session: firms.add(session, scene.person(session, one.manager), name=one.name,
                                        numbers=_numbers(one), basis=one.basis, now=scene.now))


def _numbers(one: Named) -> dict[str, str]:
    return {"nip": one.nip, "eori": f"PL{one.nip}00000"}
