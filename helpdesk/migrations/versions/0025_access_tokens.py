"""tokens with which programs come in"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'access_token',
        sa.Column('id', KEY, nullable=False),
        sa.Column('person_id', KEY, nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('mark', sa.String(length=64), nullable=False),
        sa.Column('scope', sa.String(length=10), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.Column('revoked_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_access_token_person_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_access_token')),
        sa.UniqueConstraint('mark', name=op.f('uq_access_token_mark')))
    op.create_index(op.f('ix_access_token_person_id'), 'access_token', ['person_id'])


def downgrade() -> None:
    op.drop_table('access_token')
