"""Areas, services and classifications, and finding them by their keys."""

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, false, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk.database import Record
from helpdesk.errors import NotFound
from helpdesk.statements.prepared import Prepared, columns_of, objects

KEY_MAX, NAME_MAX, DESCRIPTION_MAX, KEYWORDS_MAX, HOURS_MAX, AUDIENCE_MAX = 60, 160, 600, 400, 200, 400


class Bilingual:
    """A record with a name and a description in Polish and English."""

    name_pl: Mapped[str] = mapped_column(String(NAME_MAX))
    name_en: Mapped[str] = mapped_column(String(NAME_MAX))
    description_pl: Mapped[str] = mapped_column(String(DESCRIPTION_MAX), default="")
    description_en: Mapped[str] = mapped_column(String(DESCRIPTION_MAX), default="")

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_pl

    def description(self, language: str) -> str:
        return self.description_en if language == "en" else self.description_pl


class Entry(Bilingual):
    """What areas, services and classifications have in common beside their words: a place, and who sees it.

    keywords: other words that people look for, with commas. audience: as `helpdesk.catalogue.audience` reads it.
    is_hidden: nobody sees it, and no new request can be made; requests that were made keep it.
    """

    key: Mapped[str] = mapped_column(String(KEY_MAX))
    audience: Mapped[str] = mapped_column(String(AUDIENCE_MAX), default="", server_default="")
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    position: Mapped[int] = mapped_column(default=0)


class Area(Entry, Record):
    """A part of the client's life: excise, customs, the client zone…"""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    services: Mapped[list["Service"]] = relationship(
        order_by="Service.position, Service.id", back_populates="area")


class Service(Entry, Record):
    """A system or service that clients need help with.

    hours: when it is attended, in words, where the promises of its requests do not say it all.
    """

    __tablename__ = "service"
    __table_args__ = (UniqueConstraint("key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    keywords: Mapped[str] = mapped_column(String(KEYWORDS_MAX), default="")
    hours_pl: Mapped[str] = mapped_column(String(HOURS_MAX), default="", server_default="")
    hours_en: Mapped[str] = mapped_column(String(HOURS_MAX), default="", server_default="")
    area: Mapped[Area] = relationship(back_populates="services")
    classifications: Mapped[list["Classification"]] = relationship(
        order_by="Classification.position, Classification.id", back_populates="service")

    def hours(self, language: str) -> str:
        return self.hours_en if language == "en" else self.hours_pl


class Classification(Entry, Record):
    """What exactly the matter is; it decides the request type, so the process."""

    __tablename__ = "classification"
    __table_args__ = (UniqueConstraint("service_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    request_type: Mapped[str] = mapped_column(String(60))
    keywords: Mapped[str] = mapped_column(String(KEYWORDS_MAX), default="", server_default="")
    service: Mapped[Service] = relationship(back_populates="classifications")


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
    """The classification with its service and its area."""
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
