"""links between requests that belong together"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'ticket_link',
        sa.Column('id', KEY, nullable=False),
        sa.Column('ticket_id', KEY, nullable=False),
        sa.Column('earlier_id', KEY, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', KEY, nullable=True),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_link_ticket_id')),
        sa.ForeignKeyConstraint(['earlier_id'], ['ticket.id'], name=op.f('fk_ticket_link_earlier_id')),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_ticket_link_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_link')),
        sa.UniqueConstraint('ticket_id', 'earlier_id', 'kind', name='uq_ticket_link_ticket_id_earlier_id_kind'))
    op.create_index(op.f('ix_ticket_link_earlier_id'), 'ticket_link', ['earlier_id'])


def downgrade() -> None:
    op.drop_table('ticket_link')
