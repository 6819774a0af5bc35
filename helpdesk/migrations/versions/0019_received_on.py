"""the day on which a letter came

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('ticket', sa.Column('received_on', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('ticket', 'received_on')
