"""words of the desk that notices name, in both languages"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
# Where the words of a fact stand in both languages, by what the text is about.
SOURCES = (('announcement_%', 'title', 'SELECT title_pl, title_en FROM announcement'),
           ('article%', 'title', 'SELECT title_pl, title_en FROM article_version ORDER BY id'),
           ('mass_failure', 'service', 'SELECT name_pl, name_en FROM service'))


def upgrade() -> None:
    connection = op.get_bind()
    letter = sa.table('letter', sa.column('id', KEY), sa.column('text', sa.String), sa.column('facts', JSON))
    for texts, fact, source in SOURCES:
        pairs = {word: {'pl': polish, 'en': english} for polish, english in connection.execute(sa.text(source))
                 for word in (polish, english) if polish and english}
        # What says the same is changed together: a mailing has thousands of letters and few different facts.
        same: dict[str, tuple[dict[str, Any], list[int]]] = {}
        for row in connection.execute(sa.select(letter.c.id, letter.c.facts).where(letter.c.text.like(texts))):
            if isinstance(row.facts.get(fact), str) and row.facts[fact] in pairs:
                same.setdefault(json.dumps(row.facts, sort_keys=True), (row.facts, []))[1].append(row.id)
        for facts, ids in same.values():
            told = {**facts, fact: pairs[facts[fact]]}
            for start in range(0, len(ids), 500):
                connection.execute(sa.update(letter).where(letter.c.id.in_(ids[start:start + 500])).values(facts=told))


def downgrade() -> None:
    connection = op.get_bind()
    letter = sa.table('letter', sa.column('id', KEY), sa.column('text', sa.String), sa.column('facts', JSON))
    for texts, fact, _source in SOURCES:
        for row in list(connection.execute(sa.select(letter.c.id, letter.c.facts).where(letter.c.text.like(texts)))):
            if isinstance(row.facts.get(fact), dict):
                connection.execute(sa.update(letter).where(letter.c.id == row.id).values(
                    facts={**row.facts, fact: row.facts[fact]['pl']}))
