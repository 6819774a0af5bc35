"""words that mean the same"""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'synonym_group',
        sa.Column('id', KEY, nullable=False),
        sa.Column('key', sa.String(length=60), nullable=True),
        sa.Column('words', sa.String(length=744), nullable=False),
        sa.Column('changed_at', MOMENT, nullable=True),
        sa.Column('removed_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_synonym_group')),
        sa.UniqueConstraint('key', name=op.f('uq_synonym_group_key')))


def downgrade() -> None:
    op.drop_table('synonym_group')
