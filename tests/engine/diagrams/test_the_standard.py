"""Every element of BPMN in every place: it runs as the table says, or is refused by the rule the table says."""

from collections import Counter
from contextlib import suppress

import pytest
from player import Player
from standard_drawing import MODEL, check
from standard_page import PAGE, page
from standard_table import ROWS

from engine.decisions.models import Models
from engine.diagrams.bundle import parse_bundle
from engine.diagrams.errors import BadDiagram
from engine.diagrams.reports import LATER

RUNNING = [row for row in ROWS if not row.refused]
REFUSED = [row for row in ROWS if row.refused]
SIGNS = {"entered": "+", "left": "-", "cancelled": "×"}


class Desk(Player):
    """Calls of other systems are answered when the story says so; decisions are made by the usual model."""

    def _facts(self):
        return super()._facts() | {"decide": self._decide}

    def _perform(self, verb, parameters, element, token):
        return LATER if verb == "call_system" else None

    def _decide(self, element, inputs):
        Models({"usual.dmn": MODEL}).decide(element.properties["decision"], inputs)
        return {}

    def act(self, text):
        what, _, where = text.partition(" ")
        if what == "high":
            self.variables["ticket"] = {"priority": "high"}
        elif what in ("answer", "refuse"):
            token = self.wait(where.removesuffix(" word")).token
            self.run.answer(token, {}) if what == "answer" else self.run.refuse(token, "word")
            self._after()
        else:
            {"complete": self.complete, "fire": self.fire, "message": self.message, "signal": self.signal,
             "escalate": self.escalate}[what](where)  # fmt: skip


@pytest.mark.parametrize("row", RUNNING, ids=lambda row: row.id)
def test_it_runs(row):
    data = row.draw()
    assert check(data) == []
    acts = [act.strip() for act in row.acts.split(",") if act.strip()]
    is_high = "high" in acts

    game = Desk(parse_bundle({"p.bpmn": data}, "p"), saves=True, ticket={"priority": "high" if is_high else "normal"})
    for act in acts:
        assert not game.run.is_ended, act
        game.act(act)

    assert " ".join(SIGNS[step.what] + step.element_id for step in game.trail) == row.trail
    assert game.run.is_ended


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.id)
def test_it_is_refused(row):
    data = row.draw()

    findings = check(data)

    assert {finding.rule for finding in findings} == {row.refused}
    assert all(finding.line > 0 and finding.element for finding in findings)
    assert all(finding.sentence("pl") and finding.sentence("en") for finding in findings)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.id)
def test_what_is_refused_does_not_crash_the_engine(row):
    with suppress(BadDiagram):  # it may refuse in its own words, or know the element all the same
        parse_bundle({"p.bpmn": row.draw()}, "p")


def test_every_row_has_a_name_of_its_own():
    assert [row for row, count in Counter(row.id for row in ROWS).items() if count > 1] == []


def test_the_page_is_what_the_table_gives():
    """If not: make bpmn-doc."""
    assert PAGE.read_text(encoding="utf-8") == page()
