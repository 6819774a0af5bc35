"""What the desk tells people of their data."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from helpdesk import files
from tests.web.conftest import Browser


def test_the_privacy_page_tells_the_times_that_the_desk_applies(
        browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    page = browse().get("/privacy")
    assert "30 days after the last change" in page and "until 12 hours without use have passed" in page
    assert "uodo.gov.pl" in page and "okienko_session" in page and "does not delete it by itself" in page

    monkeypatch.setattr("web.pages.client.about.DRAFT_LASTS", timedelta(days=11))
    assert files.DRAFT_LASTS.days != 11
    assert "11 days after the last change" in browse().get("/privacy")


def test_every_page_leads_to_the_privacy_page(browse: Callable[..., Browser]) -> None:
    assert 'href="/privacy">Prywatność</a>' in browse(language="pl").get("/")
