"""calls of other systems"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')


def upgrade() -> None:
    op.create_table(
        'system_call',
        sa.Column('id', KEY, nullable=False),
        sa.Column('ticket_id', KEY, nullable=False),
        sa.Column('instance_id', KEY, nullable=False),
        sa.Column('token', sa.BigInteger(), nullable=False),
        sa.Column('element_id', sa.String(length=120), nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('operation', sa.String(length=60), nullable=False),
        sa.Column('payload', JSON, nullable=False),
        sa.Column('key', sa.String(length=40), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('reply', JSON, nullable=True),
        sa.Column('tries', KEY, nullable=False),
        sa.Column('try_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('error', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['instance_id'], ['instance.id'], name=op.f('fk_system_call_instance_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_system_call_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_system_call')),
        sa.UniqueConstraint('instance_id', 'token', name=op.f('uq_system_call_instance_id_token')),
        sa.UniqueConstraint('key', name=op.f('uq_system_call_key')))
    op.create_index('ix_system_call_due', 'system_call', ['state', 'try_at'])
    op.create_index(op.f('ix_system_call_ticket_id'), 'system_call', ['ticket_id'])


def downgrade() -> None:
    op.drop_table('system_call')
