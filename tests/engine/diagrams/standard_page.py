"""Makes docs/bpmn.md from the table of rows: `make bpmn-doc`."""

import sys
from itertools import groupby
from pathlib import Path

from standard_drawing import check
from standard_table import ROWS

PAGE = Path(__file__).parents[3] / "docs" / "bpmn.md"
TEST = "test_the_standard.py::test_it_runs"
HEAD = """# BPMN

What of BPMN 2.0.2 runs here and what is refused. This page is made by `make bpmn-doc` from the table of
[standard_table.py](../tests/engine/diagrams/standard_table.py): each row is a small diagram. A row that runs was
accepted by the check of publishing, played to its end with the state saved and loaded after every act, and left the
trail it should, by the test `{test}[…]` of the name beside it. A row that is refused is refused before it runs, at the
element, with the sentence beside it.

Tokens move as chapter 13 of the standard says. Decisions of ours, where it leaves a choice or a desk needs one:

* **Manual tasks and plain tasks are refused.** The standard says that no engine carries them out. A desk must see each
  step somebody has to do, and a step that is passed over in silence is worse than none.
* **Data objects are a picture.** Variables live with the instance and every expression can read them, so data arrows
  would say nothing, and are refused.
* **A thrown message** goes to everything in the same ticket that waits for it when it is thrown. A **signal** too, and
  the desk tells it to other tickets. An **escalation** goes to the nearest that catches it. One that a clock throws
  goes to everything that waits for it and has nothing inside that does.
* **An event subprocess** that interrupts cancels everything in its scope, other event subprocesses included. It catches
  errors of its scope before an event at the edge of the scope does.
* **A step that is done several times** is in the trail as a whole and once for each time. What is written in a round is
  seen by the round as its own, and outside as the latest.
* **A loop in which no token ever waits** is refused, whatever its condition: nobody could stop it.

"""


def page():
    """The whole page."""
    parts = [HEAD.format(test=TEST)]
    for section, rows in groupby(ROWS, key=lambda row: row.section):
        parts.append(f"## {section}\n\n| Element | Place | |\n|---|---|---|\n")
        parts += [f"| {row.element} | {row.place} | {verdict(row)} |\n" for row in rows]
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def verdict(row):
    if row.refused:
        sentence = check(row.draw())[0].sentence("en").replace("|", "\\|")
        return f"refused: {sentence}" + (f" ({row.note})" if row.note else "")
    return f"**runs** ({row.note or f'`{row.id}`'})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{len(ROWS)} rows\n")
