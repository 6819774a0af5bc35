"""What of the catalogue somebody may see. A thing that is not for them does not exist."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from helpdesk.catalogue.audience import Viewer
from helpdesk.catalogue.records import Area, Classification, Service, get_classification, get_service, list_areas
from helpdesk.errors import NotFound


@dataclass(frozen=True)
class ServiceOffer:
    """A service with those of its classifications that somebody may see."""

    service: Service
    classifications: list[Classification]


@dataclass(frozen=True)
class AreaOffer:
    """An area with those of its services that somebody may see."""

    area: Area
    services: list[ServiceOffer]


def list_offers(session: Session, viewer: Viewer, *, only: Collection[int] | None = None,
                with_empty: bool = False) -> list[AreaOffer]:
    """The catalogue as the viewer sees it, in its order, in one statement.

    only: ids of the services that are wanted. with_empty: also services about which nothing can be reported now.
    """
    found = []
    for area in list_areas(session):
        services = list(_services(area, viewer, with_empty=with_empty)) if viewer.sees(area) else []
        if services:
            found.append(AreaOffer(area, services))
    return found if only is None else only_services(found, only)


def only_services(offers: Iterable[AreaOffer], service_ids: Collection[int]) -> list[AreaOffer]:
    """What of the offers is about these services."""
    some = (AreaOffer(offer.area, [one for one in offer.services if one.service.id in service_ids]) for offer in offers)
    return [offer for offer in some if offer.services]


def get_offer(session: Session, service_key: str, viewer: Viewer) -> ServiceOffer:
    """One service as the viewer sees it. Raises NotFound."""
    service = get_service(session, service_key)
    if not viewer.sees(service.area, service):
        raise NotFound()
    return ServiceOffer(service, _classifications(service, viewer))


def get_offered(session: Session, service_key: str, key: str, viewer: Viewer) -> Classification:
    """A classification with its service and area, if the viewer may see them. Raises NotFound."""
    found = get_classification(session, service_key, key)
    demand_offered(found, viewer)
    return found


def find_by_type(session: Session, request_type: str, viewer: Viewer) -> Classification | None:
    """The first classification with this request type that the viewer may see, with its service."""
    return next((one for area in list_offers(session, viewer) for offer in area.services
                 for one in offer.classifications if one.request_type == request_type), None)


def demand_offered(classification: Classification, viewer: Viewer) -> None:
    """Raise NotFound unless the viewer may see the classification and what it lies in."""
    if not viewer.sees(classification.service.area, classification.service, classification):
        raise NotFound()


def _services(area: Area, viewer: Viewer, *, with_empty: bool) -> Iterator[ServiceOffer]:
    for service in area.services:
        if viewer.sees(service):
            some = _classifications(service, viewer)
            if some or with_empty:
                yield ServiceOffer(service, some)


def _classifications(service: Service, viewer: Viewer) -> list[Classification]:
    return [one for one in service.classifications if viewer.sees(one)]
