"""Polish first, English complete: every text has its translation, with the same places and all three plurals."""

import re
from collections import Counter
from importlib.resources import files

import pytest
from babel.messages.catalog import Message

from helpdesk.languages import translations
from tests.translations import collect, read

PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|%%")


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else message.id


def test_every_text_has_a_polish_translation() -> None:
    known = {_first(message): message for message in read() if message.id}

    missing = [_first(message) for message in collect()
               if message.id and (_first(message) not in known or not _strings(known[_first(message)]))]

    assert missing == []


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    wanted = {_first(message) for message in collect()}

    assert [_first(message) for message in read() if message.id and _first(message) not in wanted] == []


def test_translations_keep_the_named_places() -> None:
    for message in read():
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = Counter(PLACE.findall(sources[-1]))
        for text in _strings(message):
            assert set(PLACE.findall(text)) <= set(allowed), (message.id, text)
            if not isinstance(message.id, tuple):
                assert Counter(PLACE.findall(text)) == allowed, (message.id, text)


@pytest.mark.parametrize(("number", "said"), [(1, "1 otwarty krok"), (2, "2 otwarte kroki"), (5, "5 otwartych kroków"),
                                              (12, "12 otwartych kroków"), (22, "22 otwarte kroki")])
def test_polish_plurals_have_three_forms(number: int, said: str) -> None:
    text = translations("pl").ngettext("%(num)s open step", "%(num)s open steps", number)

    assert text % {"num": number} == said


def test_english_is_the_language_of_the_sources() -> None:
    assert translations("en").gettext("My requests") == "My requests"
    assert not (files("helpdesk") / "translations" / "en.po").is_file()


def _strings(message: Message) -> list[str]:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [text for text in strings if text] if all(strings) else []
