"""The language of the page, and words in it."""

from flask import Flask, g, request

from helpdesk.errors import DeskError
from helpdesk.files import FileRefused
from helpdesk.languages import LANGUAGES, choose_language, translations
from web.edge import LANGUAGE_COOKIE, desk


def language() -> str:
    """The page's language: chosen in this browser, else the person's, else the browser's, else the desk's.

    Asked for every word of a page, so it is found out once for whoever is signed in.
    """
    who = g.get("person")
    known: tuple[object, str] | None = g.get("language_of")
    if known is None or known[0] is not who:
        known = g.language_of = (who, _language())
    return known[1]


def _language() -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    if g.get("person") is not None:
        return choose_language(g.person.language, desk().settings.language)
    return request.accept_languages.best_match(LANGUAGES) or desk().settings.language


def gettext(text: str, **facts: object) -> str:
    said = translations(language()).gettext(text)
    return said.format(**facts) if facts else said


def ngettext(one: str, many: str, number: int) -> str:
    return translations(language()).ngettext(one, many, number)


def say_error(error: DeskError) -> str:
    """The error's sentence in the page's language; of a file, also that the page has kept the others."""
    said = error.sentence(gettext)
    return " ".join((said, gettext("The other files were kept."))) if isinstance(error, FileRefused) else said


def install(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: translations(language()).gettext(text), ngettext, newstyle=True)
