"""beginnings: forms are found by theirs without reading others"""

from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('CREATE INDEX ix_search_form_beginning ON search_form (substr(form, 1, 7))')


def downgrade() -> None:
    op.execute('DROP INDEX ix_search_form_beginning')
