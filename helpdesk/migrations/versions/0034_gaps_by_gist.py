"""searches for the same are counted together, and kinds of requests can be settled"""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    # What was counted until now keeps its words for a gist; it is joined with nothing.
    op.add_column('missed_search', sa.Column('gist', sa.String(length=160), nullable=False, server_default=''))
    op.execute('UPDATE missed_search SET gist = words')
    with op.batch_alter_table('missed_search', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_missed_search_words_language'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_missed_search_gist_language'), ['gist', 'language'])
        batch_op.alter_column('gist', server_default=None, existing_type=sa.String(length=160))
    op.create_table(
        'settled_kind',
        sa.Column('classification_id', KEY, autoincrement=False, nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['classification_id'], ['classification.id'],
                                name=op.f('fk_settled_kind_classification_id')),
        sa.PrimaryKeyConstraint('classification_id', name=op.f('pk_settled_kind')))


def downgrade() -> None:
    op.drop_table('settled_kind')
    # Of those for the same that were written in the same words, one stays.
    op.execute('DELETE FROM missed_search WHERE EXISTS (SELECT 1 FROM missed_search AS other WHERE '
               'other.words = missed_search.words AND other.language = missed_search.language '
               'AND other.id < missed_search.id)')
    with op.batch_alter_table('missed_search', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_missed_search_gist_language'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_missed_search_words_language'), ['words', 'language'])
        batch_op.drop_column('gist')
