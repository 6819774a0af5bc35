"""letters are notices in the page too; what people want to be told"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)
UNREAD = 'in_page AND read_at IS NULL'


def upgrade() -> None:
    op.add_column('person', sa.Column('notices', JSON, nullable=False, server_default='{}'))
    op.add_column('letter', sa.Column('way', sa.String(length=10), nullable=False, server_default='at_once'))
    op.add_column('letter', sa.Column('in_page', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('letter', sa.Column('read_at', MOMENT, nullable=True))
    # What was sent before is no news.
    op.execute('UPDATE letter SET read_at = queued_at')
    op.execute(sa.text("UPDATE letter SET in_page = :no WHERE address <> ''").bindparams(sa.bindparam('no', False)))
    op.create_index('ix_letter_unread', 'letter', ['person_id'], sqlite_where=sa.text(UNREAD),
                    postgresql_where=sa.text(UNREAD))


def downgrade() -> None:
    op.drop_index('ix_letter_unread', table_name='letter')
    for column in ('read_at', 'in_page', 'way'):
        op.drop_column('letter', column)
    op.drop_column('person', 'notices')
