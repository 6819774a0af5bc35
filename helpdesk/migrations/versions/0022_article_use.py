"""knowledge: pictures and votes of articles, searches without a hit"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'article_picture',
        sa.Column('id', KEY, nullable=False),
        sa.Column('article_id', KEY, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('media_type', sa.String(length=40), nullable=False),
        sa.Column('size', KEY, nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.Column('by_id', KEY, nullable=False),
        sa.Column('added_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_picture_article_id')),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_article_picture_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_article_picture')))
    op.create_index(op.f('ix_article_picture_article_id'), 'article_picture', ['article_id'])
    op.create_table(
        'article_vote',
        sa.Column('id', KEY, nullable=False),
        sa.Column('article_id', KEY, nullable=False),
        sa.Column('version_number', KEY, nullable=False),
        sa.Column('voter', sa.String(length=64), nullable=False),
        sa.Column('is_helpful', sa.Boolean(), nullable=False),
        sa.Column('spared', sa.Boolean(), nullable=False),
        sa.Column('remark', sa.String(length=1000), nullable=False),
        sa.Column('language', sa.String(length=5), nullable=False),
        sa.Column('voted_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_vote_article_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_article_vote')),
        sa.UniqueConstraint('article_id', 'voter', name=op.f('uq_article_vote_article_id_voter')))
    op.create_index('ix_article_vote_at', 'article_vote', ['voted_at'])
    op.create_table(
        'missed_search',
        sa.Column('id', KEY, nullable=False),
        sa.Column('words', sa.String(length=80), nullable=False),
        sa.Column('language', sa.String(length=5), nullable=False),
        sa.Column('times', KEY, nullable=False),
        sa.Column('first_at', MOMENT, nullable=False),
        sa.Column('last_at', MOMENT, nullable=False),
        sa.Column('done_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_missed_search')),
        sa.UniqueConstraint('words', 'language', name=op.f('uq_missed_search_words_language')))
    op.create_index(op.f('ix_missed_search_last_at'), 'missed_search', ['last_at'])


def downgrade() -> None:
    for name in ('missed_search', 'article_vote', 'article_picture'):
        op.drop_table(name)
