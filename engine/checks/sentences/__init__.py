"""What each finding says, in Polish and in English: one plain sentence for the person who drew the process.

{name} is the element as people call it. The rules are keys that never change; the words may.
"""

from collections.abc import Mapping

from engine.checks.sentences.events import EVENTS
from engine.checks.sentences.files import FILES
from engine.checks.sentences.kinds import KINDS
from engine.checks.sentences.people import PEOPLE
from engine.checks.sentences.rounds import ROUNDS
from engine.checks.sentences.shape import SHAPE
from engine.checks.sentences.written import WRITTEN

SENTENCES: Mapping[str, Mapping[str, str]] = {**FILES, **KINDS, **SHAPE, **EVENTS, **WRITTEN, **ROUNDS, **PEOPLE}
