"""A catalogue file is loaded from the command line; what does not fit is one sentence and changes nothing."""

from pathlib import Path

import pytest

from helpdesk.catalogue import BadCatalogue, get_classification, load_catalogue, read_catalogue
from tests.desk import Desk

EXAMPLE = Path(__file__).parents[3] / "docs" / "example" / "catalogue.toml"


def test_a_catalogue_file_is_added_and_can_be_loaded_again(desk: Desk) -> None:
    for _ in range(2):
        with desk.session() as session:
            counts = load_catalogue(session, read_catalogue(EXAMPLE))

        assert counts == {"area": 1, "service": 1, "classification": 1}
    assert desk.ask(lambda session: get_classification(session, "sign_in", "password_reset").request_type
                    ) == "password_reset"


def test_a_service_in_an_unknown_area_is_refused(desk: Desk) -> None:
    service = {"key": "x", "area": "nowhere", "name": {"pl": "X", "en": "X"}, "classifications": []}

    with pytest.raises(BadCatalogue), desk.session() as session:
        load_catalogue(session, {"services": [service]})


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text("areas = [", encoding="utf-8")

    with pytest.raises(BadCatalogue):
        read_catalogue(path)
