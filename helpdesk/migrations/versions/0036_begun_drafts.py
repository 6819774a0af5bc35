"""drafts of people who are not signed in"""

import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('draft') as batch_op:
        batch_op.alter_column('person_id', existing_type=KEY, nullable=True)
        batch_op.add_column(sa.Column('begun_by', sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_draft_begun_by_place'), ['begun_by', 'place'])


def downgrade() -> None:
    op.execute('DELETE FROM draft WHERE person_id IS NULL')
    with op.batch_alter_table('draft') as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_draft_begun_by_place'), type_='unique')
        batch_op.drop_column('begun_by')
        batch_op.alter_column('person_id', existing_type=KEY, nullable=False)
