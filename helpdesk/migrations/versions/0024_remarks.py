"""remarks about the help desk itself"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'remark',
        sa.Column('id', KEY, nullable=False),
        sa.Column('person_id', KEY, nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('closed_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_remark_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_remark')))
    op.create_index(op.f('ix_remark_person_id'), 'remark', ['person_id'])
    op.create_index('ix_remark_state', 'remark', ['state', 'made_at'])
    op.create_table(
        'remark_answer',
        sa.Column('id', KEY, nullable=False),
        sa.Column('remark_id', KEY, nullable=False),
        sa.Column('by_id', KEY, nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('said_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['remark_id'], ['remark.id'], name=op.f('fk_remark_answer_remark_id')),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_remark_answer_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_remark_answer')))
    op.create_index(op.f('ix_remark_answer_remark_id'), 'remark_answer', ['remark_id'])


def downgrade() -> None:
    op.drop_table('remark_answer')
    op.drop_table('remark')
