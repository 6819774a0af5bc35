"""A sheet rendered on a bare page, as the site's own template does it."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
PAGE = """<!doctype html><html lang="pl"><title>x</title>
{% from "forms/fields.html" import error_summary, sheet_fields %}<main><h1>x</h1>{{ error_summary(filled) }}
<form method="post" novalidate>{{ sheet_fields(filled, t, kept) }}</form></main></html>"""


def render(filled, kept=None):
    place = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True), undefined=StrictUndefined
    )
    return place.from_string(PAGE).render(filled=filled, kept=kept or {}, t=str)
