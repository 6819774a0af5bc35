"""ratings of ended requests"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'rating',
        sa.Column('id', KEY, nullable=False),
        sa.Column('ticket_id', KEY, nullable=False),
        sa.Column('item_id', KEY, nullable=False),
        sa.Column('person_id', KEY, nullable=False),
        sa.Column('team_id', KEY, nullable=True),
        sa.Column('request_type', sa.String(length=60), nullable=False),
        sa.Column('opened_at', MOMENT, nullable=False),
        sa.Column('invitation', sa.String(length=10), nullable=False),
        sa.Column('asked_at', MOMENT, nullable=True),
        sa.Column('stars', KEY, nullable=True),
        sa.Column('comment', sa.Text(), nullable=False),
        sa.Column('answers', JSON, nullable=False),
        sa.Column('given_at', MOMENT, nullable=True),
        sa.Column('changed_at', MOMENT, nullable=True),
        sa.Column('month', sa.String(length=7), nullable=False),
        sa.Column('called_at', MOMENT, nullable=True),
        sa.Column('called_by_id', KEY, nullable=True),
        sa.Column('call_note', sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_rating_ticket_id')),
        sa.ForeignKeyConstraint(['item_id'], ['work_item.id'], name=op.f('fk_rating_item_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_rating_person_id')),
        sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_rating_team_id')),
        sa.ForeignKeyConstraint(['called_by_id'], ['person.id'], name=op.f('fk_rating_called_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rating')),
        sa.UniqueConstraint('item_id', name=op.f('uq_rating_item_id')))
    op.create_index('ix_rating_invitation', 'rating', ['invitation', 'opened_at'])
    op.create_index('ix_rating_person_asked', 'rating', ['person_id', 'asked_at'])
    op.create_index(op.f('ix_rating_ticket_id'), 'rating', ['ticket_id'])
    op.create_index(op.f('ix_rating_team_id'), 'rating', ['team_id'])
    op.create_index(op.f('ix_rating_given_at'), 'rating', ['given_at'])


def downgrade() -> None:
    op.drop_table('rating')
