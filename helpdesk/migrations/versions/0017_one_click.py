"""steps that one click answers"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('work_item', sa.Column('one_click', sa.String(length=200), nullable=False, server_default=''))


def downgrade() -> None:
    op.drop_column('work_item', 'one_click')
