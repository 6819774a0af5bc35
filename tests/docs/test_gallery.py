"""The gallery of pages is complete: whatever can be opened is in docs/pages.md with both of its pictures."""

from pathlib import Path

from docs.gallery.camera import FOLDER
from docs.gallery.pages import PAGES, page_names, usual_sights, written
from helpdesk.database import Database
from helpdesk.settings import Settings
from tests.browser.sights import NO_PAGES
from web.app import create_app
from web.edge import Desk

MOST_BYTES = 6_000_000
MAKE_THEM = 'make pictures ARGS="part-of-the-name", then commit docs/pages.md and docs/pictures/pages'


def test_every_page_is_in_the_gallery_with_both_pictures(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    app = create_app(Desk(Settings(data=str(tmp_path), secret="x" * 40), database))
    database.engine.dispose()
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    pictures = {path.stem: path.stat().st_size for path in (FOLDER / "pages").iterdir()}

    assert routes - NO_PAGES.keys() == usual_sights().keys(), "new pages belong into tests/browser/sights.py"
    assert sorted(pictures) == sorted(page_names()), MAKE_THEM
    assert PAGES.read_text(encoding="utf-8") == written(app), MAKE_THEM
    assert sum(pictures.values()) <= MOST_BYTES
