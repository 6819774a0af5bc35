"""The service catalogue: area → service → classification → request type."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk.database import Record
from helpdesk.errors import DeskError, NotFound
from helpdesk.prepared import Prepared, columns_of, objects


class Bilingual:
    """A record with a name and a description in Polish and English."""

    name_pl: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    description_pl: Mapped[str] = mapped_column(String(600), default="")
    description_en: Mapped[str] = mapped_column(String(600), default="")

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_pl

    def description(self, language: str) -> str:
        return self.description_en if language == "en" else self.description_pl


class Area(Bilingual, Record):
    """A part of the client's life: excise, customs, the client zone…"""

    __tablename__ = "area"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    services: Mapped[list["Service"]] = relationship(order_by="Service.position", back_populates="area")


class Service(Bilingual, Record):
    """A system or service that clients need help with."""

    __tablename__ = "service"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    keywords: Mapped[str] = mapped_column(String(400), default="")
    position: Mapped[int] = mapped_column(default=0)
    area: Mapped[Area] = relationship(back_populates="services")
    classifications: Mapped[list["Classification"]] = relationship(
        order_by="Classification.position", back_populates="service")


class Classification(Bilingual, Record):
    """What exactly the matter is; it decides the request type, so the process."""

    __tablename__ = "classification"
    __table_args__ = (UniqueConstraint("service_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    request_type: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)
    service: Mapped[Service] = relationship(back_populates="classifications")


class BadCatalogue(DeskError):
    """The catalogue cannot be read: {reason}"""


def list_areas(session: Session) -> list[Area]:
    """The whole catalogue, in its order."""
    query = select(Area).order_by(Area.position, Area.id).options(
        joinedload(Area.services).joinedload(Service.classifications))
    return list(session.scalars(query).unique())


def get_service(session: Session, key: str) -> Service:
    service = session.scalar(select(Service).where(Service.key == key).options(
        joinedload(Service.area), joinedload(Service.classifications)))
    if service is None:
        raise NotFound()
    return service


def get_classification(session: Session, service_key: str, key: str) -> Classification:
    rows = _NAMED.read(session, {"service_key": service_key, "key": key})
    if not rows:
        raise NotFound()
    found, service, area = objects(session, rows[0], Classification, Service, Area)
    assert isinstance(found, Classification)
    set_committed_value(found, "service", service)
    set_committed_value(service, "area", area)
    return found


# The start of every request asks it.
_NAMED = Prepared(
    select(*columns_of(Classification, Service, Area)).join_from(Classification, Service)
    .join(Area, Area.id == Service.area_id)
    .where(Service.key == bindparam("service_key"), Classification.key == bindparam("key")))


def read_catalogue(path: Path) -> dict[str, Any]:
    """The content of a catalogue file. Raises BadCatalogue."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCatalogue(reason=str(error)) from error


def load_catalogue(session: Session, content: Mapping[str, Any]) -> dict[str, int]:
    """Add or update areas, services and classifications from a mapping such as catalogue.toml; how many of each.

    Raises BadCatalogue when something is missing or names an area that does not exist.
    """
    try:
        _load(session, content)
        services = content.get("services", [])
        return {"area": len(content.get("areas", [])), "service": len(services),
                "classification": sum(len(one["classifications"]) for one in services)}
    except (KeyError, TypeError, AttributeError) as error:
        raise BadCatalogue(reason=f"{error} is missing or not as it should be") from error


def _load(session: Session, content: Mapping[str, Any]) -> None:
    for place, facts in enumerate(content.get("areas", [])):
        area = session.scalar(select(Area).where(Area.key == facts["key"])) or Area(key=facts["key"])
        _describe(area, facts, place)
        session.add(area)
    session.flush()
    area_ids = {area.key: area.id for area in session.scalars(select(Area))}
    for place, facts in enumerate(content.get("services", [])):
        service = session.scalar(select(Service).where(Service.key == facts["key"])) or Service(key=facts["key"])
        _describe(service, facts, place)
        service.area_id = area_ids[facts["area"]]
        keywords = facts.get("keywords", [])
        service.keywords = keywords if isinstance(keywords, str) else ", ".join(keywords)
        session.add(service)
        session.flush()
        _load_classifications(session, service, facts["classifications"])
    session.flush()


def _load_classifications(session: Session, service: Service, many: list[Mapping[str, Any]]) -> None:
    known = {one.key: one for one in session.scalars(
        select(Classification).where(Classification.service_id == service.id))}
    for place, facts in enumerate(many):
        one = known.get(facts["key"]) or Classification(key=facts["key"], service_id=service.id)
        _describe(one, facts, place)
        one.request_type = facts["request_type"]
        session.add(one)


def _describe(record: Any, facts: Mapping[str, Any], place: int) -> None:
    described = facts.get("description") or facts.get("hint") or {}
    record.position = place
    record.name_pl, record.name_en = facts["name"]["pl"], facts["name"]["en"]
    record.description_pl, record.description_en = described.get("pl", ""), described.get("en", "")
