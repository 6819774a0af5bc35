"""the private addresses of people's calendars can be exchanged"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'calendar_address',
        sa.Column('person_id', KEY, nullable=False),
        sa.Column('generation', KEY, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_address_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_calendar_address')))


def downgrade() -> None:
    op.drop_table('calendar_address')
