"""consents to the emergency procedure"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'consent',
        sa.Column('id', KEY, nullable=False),
        sa.Column('year', KEY, nullable=False),
        sa.Column('serial', KEY, nullable=False),
        sa.Column('ticket_id', KEY, nullable=False),
        sa.Column('service_id', KEY, nullable=False),
        sa.Column('identifier', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('mark', sa.String(length=20), nullable=False),
        sa.Column('prolongations', KEY, nullable=False),
        sa.Column('granted_by_id', KEY, nullable=True),
        sa.Column('valid_from', MOMENT, nullable=False),
        sa.Column('valid_until', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_consent_ticket_id')),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_consent_service_id')),
        sa.ForeignKeyConstraint(['granted_by_id'], ['person.id'], name=op.f('fk_consent_granted_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
        sa.UniqueConstraint('year', 'serial', name=op.f('uq_consent_year_serial')),
        sa.UniqueConstraint('ticket_id', name=op.f('uq_consent_ticket_id')),
    )
    op.create_index('ix_consent_firm', 'consent', ['identifier', 'year'])
    op.create_index(op.f('ix_consent_service_id'), 'consent', ['service_id'])
    op.create_table(
        'consent_counter',
        sa.Column('year', KEY, autoincrement=False, nullable=False),
        sa.Column('last', KEY, nullable=False),
        sa.PrimaryKeyConstraint('year', name=op.f('pk_consent_counter')),
    )


def downgrade() -> None:
    op.drop_table('consent_counter')
    op.drop_table('consent')
