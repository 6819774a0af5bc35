"""topics are edited, and their old addresses lead on"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('topic', sa.Column('changed_at', MOMENT, nullable=True))
    op.add_column('article', sa.Column('placed_at', MOMENT, nullable=True))
    op.create_table(
        'topic_address',
        sa.Column('key', sa.String(length=60), nullable=False),
        sa.Column('topic_id', KEY, nullable=True),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_topic_address_topic_id')),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_topic_address')))
    op.create_index(op.f('ix_topic_address_topic_id'), 'topic_address', ['topic_id'])


def downgrade() -> None:
    op.drop_table('topic_address')
    op.drop_column('article', 'placed_at')
    op.drop_column('topic', 'changed_at')
