"""one counter for all numbers that begin anew each year"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'year_counter',
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('year', KEY, autoincrement=False, nullable=False),
        sa.Column('last', KEY, nullable=False),
        sa.PrimaryKeyConstraint('kind', 'year', name=op.f('pk_year_counter')))
    op.execute("INSERT INTO year_counter (kind, year, last) SELECT 'KOM', year, last FROM announcement_counter")
    op.execute("INSERT INTO year_counter (kind, year, last) SELECT 'PA', year, last FROM consent_counter")
    op.drop_table('announcement_counter')
    op.drop_table('consent_counter')


def downgrade() -> None:
    for table in ('announcement_counter', 'consent_counter'):
        op.create_table(
            table,
            sa.Column('year', KEY, autoincrement=False, nullable=False),
            sa.Column('last', KEY, nullable=False),
            sa.PrimaryKeyConstraint('year', name=op.f(f'pk_{table}')))
    op.execute("INSERT INTO announcement_counter (year, last) SELECT year, last FROM year_counter WHERE kind = 'KOM'")
    op.execute("INSERT INTO consent_counter (year, last) SELECT year, last FROM year_counter WHERE kind = 'PA'")
    op.drop_table('year_counter')
