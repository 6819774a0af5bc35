"""Takes the pictures, or those that are named, and writes docs/pages.md. It needs Chromium on the PATH."""

import shutil
import sys
import tempfile
from itertools import chain
from pathlib import Path

from playwright.sync_api import sync_playwright

from docs.gallery.camera import FOLDER, take
from docs.gallery.demo import demo_desk
from docs.gallery.guide import guide_shots
from docs.gallery.pages import PAGES, page_shots, written
from tests.browser.sights import Found

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(words: list[str]) -> None:
    """Play the demo into a temporary database, serve it, and take every picture whose name holds one of the words."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit(f"There is no Chromium here ({', '.join(BROWSERS)}).")
    (FOLDER / "pages").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, demo_desk(Path(place)) as desk, sync_playwright() as players:
        browser = players.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu", "--lang=pl"])
        # The guide first: it shows the desk as it is before anybody does anything for the other pictures.
        for shot in chain(guide_shots(desk), page_shots(Found(desk), desk.app)):
            if not words or any(word in shot.name for word in words):
                print(f"{shot.name}  {take(browser, desk, shot) // 1000} kB", flush=True)
        browser.close()
        PAGES.write_text(written(desk.app), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
