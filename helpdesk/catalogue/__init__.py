"""The service catalogue: area → service → classification → request type.

What is here is the whole of it, whoever asks; `helpdesk.catalogue.offers` gives what somebody may see.
"""

from helpdesk.catalogue.files import BadCatalogue, load_catalogue, read_catalogue, write_catalogue
from helpdesk.catalogue.records import (
    Area,
    Bilingual,
    Classification,
    Service,
    get_classification,
    get_service,
    list_areas,
)

__all__ = ["Area", "BadCatalogue", "Bilingual", "Classification", "Service", "get_classification", "get_service",
           "list_areas", "load_catalogue", "read_catalogue", "write_catalogue"]
