"""Searching the knowledge base: what people type, at ten thousand articles of believable words."""

import random
import re
import time
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from statistics import median, quantiles
from typing import Any

from sqlalchemy import text

from helpdesk.database import Database
from helpdesk.fulltext import postings
from helpdesk.fulltext.finding import Wish, find
from helpdesk.fulltext.postings import Entry, Text
from helpdesk.knowledge.writing import synonyms
from tests.bench.cpu import backends, counting, cpu_of
from tests.bench.desks import KINDS, analyse, new_database

SIZE, COPIES, TIMES, TOGETHER = 10_000, 10, 40, 100
COPIED = {"search_posting": "word_id, article_id, level, weight", "search_subject": "kind, subject_id, article_id",
          "search_text": "article_id, language, level, is_internal, title, summary, keywords, body"}
LENGTH = (60, 400)  # words of an article in each language
SERVICES, AREAS = 40, 8
QUERIES = {
    "one common word": "zgłoszenie", "a rare word, inflected": "opóźnieniami",
    "no diacritics": "odrzucone zgloszenie celne",
    "two common words": "numer dokumentu", "a sentence": "nie mogę wysłać zgłoszenia po zmianie hasła w portalu",
    "a typing error": "certyfiakt", "three typing errors": "hsało certyfiakt zgłosznei", "a name": "ZC1041",
    "a name with a space": "zc 1041", "the beginning of a word": "uprawn", "the beginning of names": "zc1",
    "a phrase": '"numer zgłoszenia"', "English": "password of the account", "nothing has it": "hipopotam",
    "a word with synonyms": "hasło", "words with synonyms of several words": "zgłoszenie przywozowe po awarii",
}
STORY = ("Dzień dobry, od wczoraj próbuję wysłać zgłoszenie celne przez portal i ciągle dostaję komunikat o błędzie "
         "podpisu. Certyfikat odnowiłem w zeszłym tygodniu. Proszę o pilną pomoc, bo towar czeka na granicy.")


HEADS = ("auto", "tele", "mikro", "super", "wielo", "pół", "euro", "nad", "pod", "między", "ekstra", "meta", "neo")


def run(*, size: int = SIZE, kinds: tuple[str, ...] = KINDS) -> dict[str, Any]:
    """By database: what each search costs, in milliseconds."""
    return {kind: _with(kind, size) for kind in kinds}


def _with(kind: str, size: int) -> dict[str, Any]:
    with new_database(kind) as database:
        began = time.perf_counter()
        _fill(database, size)
        analyse(database)
        told: dict[str, Any] = {"size": size, "filled_in_s": round(time.perf_counter() - began, 1)}
        wishes = {name: (typed, Wish("pl", 1, frozenset({1, 2, 3}))) for name, typed in QUERIES.items()}
        wishes["for an agent"] = ("zgłoszenie celne", Wish("pl", 2, frozenset({1, 2, 3})))
        wishes["within an area"] = ("zgłoszenie celne", Wish("pl", 1, within={"area": [1]}))
        wishes["while a form is filled in"] = (STORY, Wish("pl", 1, frozenset({1}), 1, most=5, is_story=True))
        told["searches"] = {name: _measure(database, *wish) for name, wish in wishes.items()}
        return told


def _measure(database: Database, typed: str, wish: Wish) -> dict[str, Any]:
    def once() -> int:
        with database.transaction() as session:
            return len(find(session, typed, wish).hits)

    for _ in range(3):
        hits = once()
    with counting(database) as seen:
        once()
    served = backends(database)
    before, walls, own = cpu_of(served), [], []
    for _ in range(TIMES):
        wall, cpu = time.perf_counter(), time.process_time()
        once()
        walls.append((time.perf_counter() - wall) * 1000)
        own.append((time.process_time() - cpu) * 1000)
    outside = (cpu_of(served) - before) / TIMES * 1000
    return {"p50_ms": round(median(walls), 1), "p95_ms": round(quantiles(walls, n=20)[-1], 1),
            "cpu_ms": round(median(own) + outside, 1), "statements": len(seen), "hits": hits}


def _fill(database: Database, size: int) -> None:
    """Every tenth article is put into the index as the desk does it; the others are copies of its rows."""
    entries = list(_entries(max(1, size // COPIES), random.Random(1)))
    for start in range(0, len(entries), TOGETHER):
        with database.transaction() as session:
            for entry in entries[start:start + TOGETHER]:
                postings.put(session, entry)
    with database.transaction() as session:
        synonyms.load(session, tomllib.loads(
            (files("workflows") / "knowledge" / "synonyms.toml").read_text(encoding="utf-8"))["synonyms"])
        for table, columns in COPIED.items():
            for copy in range(1, COPIES):
                names = columns.replace("article_id", f"article_id + {copy * len(entries)}")
                session.execute(text(f"INSERT INTO {table} ({columns}) SELECT {names} FROM {table} "
                                     f"WHERE article_id <= {len(entries)}"))
        session.execute(text(f"UPDATE search_word SET everyone = everyone * {COPIES}, "
                             f"signed_in = signed_in * {COPIES}, agents = agents * {COPIES}"))


def _entries(size: int, chance: random.Random) -> Iterator[Entry]:
    """Articles of words that the desk's own texts have, the common ones often, as in any language."""
    words = {language: _vocabulary(language) for language in ("pl", "en")}
    for number in range(1, size + 1):
        yield Entry(number, chance.choices((0, 1, 2), (80, 15, 5))[0], [
            Text(language, _said(words[language], 6, chance), _said(words[language], 15, chance),
                 _said(words[language], chance.randint(*LENGTH), chance) + f" ZC{1000 + number // 7}.",
                 internal=_said(words[language], 40, chance) if number % 5 == 0 else "")
            for language in words], _said(words["pl"], 3, chance), {
                "service": chance.sample(range(1, SERVICES + 1), 2), "area": [number % AREAS + 1],
                "classification": [number % 60 + 1]})


def _vocabulary(language: str) -> tuple[list[str], list[float]]:
    found: dict[str, int] = {}
    parts = re.compile(r"^<!-- (pl|en)(?: internal)? -->$", re.MULTILINE)
    for one in (files("workflows") / "knowledge").iterdir():
        if one.name.endswith(".md"):
            pieces = parts.split(one.read_text(encoding="utf-8"))
            for code, said in zip(pieces[1::2], pieces[2::2], strict=True):
                if code == language:
                    for word in re.findall(r"[^\W\d_]{2,}", said):
                        found[word] = found.get(word, 0) + 1
    translations = (files("helpdesk") / "translations" / "pl.po").read_text(encoding="utf-8")
    for word in re.findall(r"[^\W\d_]{3,}", " ".join(re.findall(
            r'^msgstr.*? "(.*)"$' if language == "pl" else r'^msgid "(.*)"$', translations, re.MULTILINE))):
        found.setdefault(word, 1)
    # Few texts have few words: ever rarer ones are made of them.
    words = sorted(found, key=lambda word: (-found[word], word))
    long = [word.lower() for word in words if len(word) > 5]
    words += [head + word for head in HEADS for word in long]
    return words, [1 / (place + 3) for place in range(len(words))]


def _said(words: tuple[list[str], list[float]], number: int, chance: random.Random) -> str:
    said = chance.choices(words[0], words[1], k=number)
    return " ".join(f"{word}." if place % 12 == 11 else word for place, word in enumerate(said)).capitalize()
