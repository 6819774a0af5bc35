"""search: an index of words instead of a column that is read through"""

import sqlalchemy as sa
from alembic import op

from helpdesk.fulltext.search import MOST_WORDS, words_of

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

ENDED = "('cancelled', 'closed')"
TOGETHER = 1_000


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        # No positions and no sizes are kept; the beginnings of words are indexed for every length there can be.
        op.execute("CREATE VIRTUAL TABLE ticket_search USING fts5(words, detail=none, columnsize=0,"
                   " tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\", prefix='3 4 5 6 7')")
        insert = sa.text('INSERT INTO ticket_search (rowid, words) VALUES (:ticket_id, :words)')
    else:
        op.execute('CREATE TABLE ticket_search (ticket_id bigint PRIMARY KEY REFERENCES ticket (id), words tsvector NOT NULL)')
        op.execute('CREATE INDEX ix_ticket_search_words ON ticket_search USING gin (words)')
        insert = sa.text('INSERT INTO ticket_search (ticket_id, words) VALUES (:ticket_id, array_to_tsvector(:words))')
    _fill(insert)
    # Not as a batch: that would copy the table under everything that refers to it.
    op.execute('ALTER TABLE ticket DROP COLUMN search_text')
    for name, table, columns, where in LISTED:
        op.execute(f"CREATE INDEX {name} ON {table} ({columns})" + (f" WHERE {where}" if where else ""))


# Every order in which a list is shown has its index; open matters have small ones of their own.
LISTED = (
    ('ix_ticket_open_due', 'ticket', 'due_at, id', f'status NOT IN {ENDED}'),
    ('ix_ticket_ended_id', 'ticket', 'id', f'status IN {ENDED}'),
    ('ix_ticket_opened', 'ticket', 'opened_at, id', ''),
    ('ix_ticket_subject', 'ticket', 'subject, id', ''),
    ('ix_ticket_priority', 'ticket', 'priority, id', ''),
    ('ix_person_name', 'person', 'name, id', ''),
    ('ix_work_item_open_due', 'work_item', 'due_at, id', "state = 'open'"),
    ('ix_work_item_open_ticket', 'work_item', 'ticket_id', "state = 'open'"),
    ('ix_work_item_open_client', 'work_item', 'id', "state = 'open' AND team_id IS NULL"),
)


def _fill(insert: sa.TextClause) -> None:
    bind = op.get_bind()
    as_list = bind.dialect.name != 'sqlite'
    last = 0
    while True:
        rows = bind.execute(sa.text('SELECT id, search_text FROM ticket WHERE id > :last ORDER BY id LIMIT :most'),
                            {'last': last, 'most': TOGETHER}).all()
        if not rows:
            return
        last = rows[-1].id
        many = [(row.id, words_of(row.search_text, most=MOST_WORDS)) for row in rows]
        bind.execute(insert, [{'ticket_id': ticket_id, 'words': words if as_list else ' '.join(words)}
                              for ticket_id, words in many])


def downgrade() -> None:
    for name, *_ in LISTED:
        op.execute(f'DROP INDEX {name}')
    op.execute('DROP TABLE ticket_search')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.add_column(sa.Column('search_text', sa.Text(), nullable=False, server_default=''))
