"""Where the time of an act goes, by the package whose code runs."""

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path

LAYERS = {
    "sqlalchemy": "SQLAlchemy", "psycopg": "database driver", "psycopg_binary": "database driver",
    "flask": "Flask and Werkzeug", "werkzeug": "Flask and Werkzeug", "itsdangerous": "Flask and Werkzeug",
    "SpiffWorkflow": "SpiffWorkflow", "wtforms": "forms", "jinja2": "templates", "markupsafe": "templates",
    "engine": "engine", "helpdesk": "helpdesk", "sla": "sla", "forms": "forms", "feel": "feel", "web": "web"}
ROOT = Path(__file__).parent.parent.parent


def shares(do: Callable[[], object], *, times: int) -> dict[str, float]:
    """Each layer's share of the profiled time, its own code only; what is C counts to SQLite or to Python."""
    profile = cProfile.Profile()
    for _ in range(times):
        profile.enable()
        do()
        profile.disable()
    found: dict[str, float] = {}
    for (file, _, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        layer = _layer(file, name)
        found[layer] = found.get(layer, 0.0) + own
    total = sum(found.values())
    return {layer: round(own / total, 3) for layer, own in sorted(found.items(), key=lambda pair: -pair[1])}


def _layer(file: str, name: str) -> str:
    if file == "~":
        return "database driver" if "sqlite3" in name or "psycopg" in name else "Python"
    path = Path(file)
    if "site-packages" in path.parts:
        package = path.parts[path.parts.index("site-packages") + 1]
        return LAYERS.get(package, "Python")
    if path.is_relative_to(ROOT):
        return LAYERS.get(path.relative_to(ROOT).parts[0], "the bench")
    return "Python"
