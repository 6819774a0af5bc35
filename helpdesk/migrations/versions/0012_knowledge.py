"""knowledge: topics, articles and their versions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("state IN ('draft', 'review', 'approved')")
IS_PUBLISHED = sa.text("state = 'published'")


def upgrade() -> None:
    op.create_table(
        'topic',
        sa.Column('id', KEY, nullable=False),
        sa.Column('key', sa.String(length=60), nullable=False),
        sa.Column('area_id', KEY, nullable=False),
        sa.Column('position', KEY, nullable=False),
        sa.Column('name_pl', sa.String(length=160), nullable=False),
        sa.Column('name_en', sa.String(length=160), nullable=False),
        sa.Column('description_pl', sa.String(length=600), nullable=False),
        sa.Column('description_en', sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_topic_area_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_topic')),
        sa.UniqueConstraint('key', name=op.f('uq_topic_key')))
    op.create_index(op.f('ix_topic_area_id'), 'topic', ['area_id'])
    op.create_table(
        'article',
        sa.Column('id', KEY, nullable=False),
        sa.Column('slug', sa.String(length=80), nullable=False),
        sa.Column('topic_id', KEY, nullable=False),
        sa.Column('owner_id', KEY, nullable=True),
        sa.Column('ticket_id', KEY, nullable=True),
        *(sa.Column(name, KEY, nullable=False) for name in ('readings', 'helped', 'not_helped', 'spared')),
        sa.Column('reminded_on', sa.Date(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_article_topic_id')),
        sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_article_owner_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_article_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_article')),
        sa.UniqueConstraint('slug', name=op.f('uq_article_slug')))
    op.create_index(op.f('ix_article_topic_id'), 'article', ['topic_id'])
    _create_versions()
    for name, other in (('service', 'service_id'), ('classification', 'classification_id')):
        table = f'article_{name}'
        op.create_table(
            table,
            sa.Column('version_id', KEY, nullable=False),
            sa.Column(other, KEY, nullable=False),
            sa.ForeignKeyConstraint(['version_id'], ['article_version.id'], name=op.f(f'fk_{table}_version_id'),
                                    ondelete='CASCADE'),
            sa.ForeignKeyConstraint([other], [f'{name}.id'], name=op.f(f'fk_{table}_{other}')),
            sa.PrimaryKeyConstraint('version_id', other, name=op.f(f'pk_{table}')))
        op.create_index(op.f(f'ix_{table}_{other}'), table, [other])


def _create_versions() -> None:
    texts = [sa.Column(f'{name}_{language}', kind, nullable=False)
             for name, kind in (('title', sa.String(length=160)), ('summary', sa.String(length=400)),
                                ('body', sa.Text()), ('internal', sa.Text())) for language in ('pl', 'en')]
    op.create_table(
        'article_version',
        sa.Column('id', KEY, nullable=False),
        sa.Column('article_id', KEY, nullable=False),
        sa.Column('number', KEY, nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('audience', sa.String(length=20), nullable=False),
        *texts,
        sa.Column('keywords', sa.String(length=400), nullable=False),
        sa.Column('change', sa.String(length=2000), nullable=False),
        sa.Column('remark', sa.String(length=2000), nullable=False),
        sa.Column('author_id', KEY, nullable=True),
        sa.Column('writer_ids', JSON, nullable=False),
        sa.Column('reviewer_id', KEY, nullable=True),
        sa.Column('review_by', sa.Date(), nullable=True),
        sa.Column('revision', KEY, nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('changed_at', MOMENT, nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in ('reviewed_at', 'published_at', 'ended_at')),
        sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_version_article_id')),
        sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_article_version_author_id')),
        sa.ForeignKeyConstraint(['reviewer_id'], ['person.id'], name=op.f('fk_article_version_reviewer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_article_version')),
        sa.UniqueConstraint('article_id', 'number', name=op.f('uq_article_version_article_id_number')))
    op.create_index(op.f('ix_article_version_article_id'), 'article_version', ['article_id'])
    op.create_index(op.f('ix_article_version_author_id'), 'article_version', ['author_id'])
    op.create_index('uq_article_version_open', 'article_version', ['article_id'], unique=True,
                    sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    op.create_index('uq_article_version_published', 'article_version', ['article_id'], unique=True,
                    sqlite_where=IS_PUBLISHED, postgresql_where=IS_PUBLISHED)
    op.create_index('ix_article_version_state_review', 'article_version', ['state', 'review_by'])


def downgrade() -> None:
    for name in ('article_classification', 'article_service', 'article_version', 'article', 'topic'):
        op.drop_table(name)
