"""Languages: Polish first, English complete; the catalogue of texts is read from its source file."""

from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = ("pl", "en")


def _(text: str) -> str:
    """Marks a text for translation; it is translated where it is shown."""
    return text


@cache
def translations(language: str) -> NullTranslations:
    """The texts of a language; English is the language of the source texts."""
    source = files("helpdesk") / "translations" / f"{language}.po"
    if language not in LANGUAGES or not source.is_file():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return Translations(compiled)


def choose_language(wanted: str | None, otherwise: str) -> str:
    return wanted if wanted in LANGUAGES else otherwise
