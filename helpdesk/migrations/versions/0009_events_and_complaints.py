"""events on their way to tickets, signals waited for, complaints"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'ticket_event',
        sa.Column('id', KEY, nullable=False),
        sa.Column('ticket_id', KEY, nullable=False),
        sa.Column('sender_id', KEY, nullable=True),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('payload', JSON, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('tries', KEY, nullable=False),
        sa.Column('try_at', MOMENT, nullable=False),
        sa.Column('queued_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_event_ticket_id')),
        sa.ForeignKeyConstraint(['sender_id'], ['ticket.id'], name=op.f('fk_ticket_event_sender_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_event')))
    op.create_index('ix_ticket_event_due', 'ticket_event', ['state', 'try_at'])
    op.create_index(op.f('ix_ticket_event_ticket_id'), 'ticket_event', ['ticket_id'])
    op.create_table(
        'signal_wait',
        sa.Column('ticket_id', KEY, nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_signal_wait_ticket_id')),
        sa.PrimaryKeyConstraint('ticket_id', 'name', name=op.f('pk_signal_wait')))
    op.create_index('ix_signal_wait_name', 'signal_wait', ['name'])
    op.create_table(
        'complaint',
        sa.Column('id', KEY, nullable=False),
        sa.Column('ticket_id', KEY, nullable=False),
        sa.Column('disputed_id', KEY, nullable=False),
        sa.Column('solved_at', MOMENT, nullable=False),
        sa.Column('status_before', sa.String(length=30), nullable=False),
        sa.Column('outcome', sa.String(length=20), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('decided_at', MOMENT, nullable=True),
        sa.Column('decided_by_id', KEY, nullable=True),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_complaint_ticket_id')),
        sa.ForeignKeyConstraint(['disputed_id'], ['ticket.id'], name=op.f('fk_complaint_disputed_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_complaint_decided_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint')),
        sa.UniqueConstraint('ticket_id', name=op.f('uq_complaint_ticket_id')))
    op.create_index(op.f('ix_complaint_disputed_id'), 'complaint', ['disputed_id'])
    op.create_index('uq_complaint_open', 'complaint', ['disputed_id'], unique=True,
                    sqlite_where=sa.text("outcome = ''"), postgresql_where=sa.text("outcome = ''"))


def downgrade() -> None:
    op.drop_table('complaint')
    op.drop_table('signal_wait')
    op.drop_table('ticket_event')
