"""repair: what is passed over, when an incident was tried last, and since when it waits for a person"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.add_column('instance', sa.Column('passing_over', JSON, server_default='{}', nullable=False))
    op.add_column('incident', sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('incident', sa.Column('waits_for_person_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_incident_mended_at', 'incident', ['mended_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_incident_mended_at', 'incident')
    op.drop_column('incident', 'waits_for_person_at')
    op.drop_column('incident', 'tried_at')
    op.drop_column('instance', 'passing_over')
