"""The message a letter goes out in."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('letter', sa.Column('mail', sa.String(length=80), nullable=False, server_default=''))
    op.create_index(op.f('ix_letter_mail'), 'letter', ['mail'])


def downgrade() -> None:
    op.drop_index(op.f('ix_letter_mail'), table_name='letter')
    op.drop_column('letter', 'mail')
