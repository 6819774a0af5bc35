"""who sees an entry of the catalogue, hidden entries, hours and keywords"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

TABLES = ('area', 'service', 'classification')


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default='', nullable=False)


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, _text('audience', 400))
        op.add_column(table, sa.Column('is_hidden', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('service', _text('hours_pl', 200))
    op.add_column('service', _text('hours_en', 200))
    op.add_column('classification', _text('keywords', 400))


def downgrade() -> None:
    op.drop_column('classification', 'keywords')
    op.drop_column('service', 'hours_en')
    op.drop_column('service', 'hours_pl')
    for table in TABLES:
        op.drop_column(table, 'is_hidden')
        op.drop_column(table, 'audience')
