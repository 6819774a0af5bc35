"""services that people have chosen"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'interest',
        sa.Column('person_id', KEY, nullable=False),
        sa.Column('service_id', KEY, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_interest_person_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_interest_service_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', 'service_id', name=op.f('pk_interest')))
    op.create_index(op.f('ix_interest_service_id'), 'interest', ['service_id'])
    op.create_table(
        'interest_choice',
        sa.Column('person_id', KEY, nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_interest_choice_person_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_interest_choice')))


def downgrade() -> None:
    op.drop_table('interest_choice')
    op.drop_table('interest')
