"""a consent knows who asked and who decided; refusals are kept beside the consents"""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
GIVEN_BY = 'fk_consent_granted_by_id', 'fk_consent_decided_by_id'


def upgrade() -> None:
    op.add_column('consent', sa.Column('firm', sa.String(length=160), server_default='', nullable=False))
    op.add_column('consent', sa.Column('declarations', KEY, nullable=True))
    op.add_column('consent', sa.Column('decided_at', MOMENT, nullable=True))
    op.execute('UPDATE consent SET decided_at = valid_from')
    _change('granted_by_id', 'decided_by_id', GIVEN_BY[0], GIVEN_BY[1], is_optional=True)


def downgrade() -> None:
    op.execute("DELETE FROM consent WHERE state = 'refused'")
    op.execute("UPDATE consent SET state = 'ended' WHERE state = 'overdue'")
    _change('decided_by_id', 'granted_by_id', GIVEN_BY[1], GIVEN_BY[0], is_optional=False)
    for column in ('decided_at', 'declarations', 'firm'):
        op.drop_column('consent', column)


def _change(old: str, new: str, old_key: str, new_key: str, *, is_optional: bool) -> None:
    """Rename who decided, and let a refusal have no number and no validity, or not."""
    with op.batch_alter_table('consent') as batch_op:
        batch_op.drop_constraint(old_key, type_='foreignkey')
        batch_op.alter_column(old, new_column_name=new, existing_type=KEY, existing_nullable=True)
        batch_op.alter_column('serial', existing_type=KEY, nullable=is_optional)
        batch_op.alter_column('valid_from', existing_type=MOMENT, nullable=is_optional)
        batch_op.alter_column('valid_until', existing_type=MOMENT, nullable=is_optional)
        batch_op.alter_column('decided_at', existing_type=MOMENT, nullable=not is_optional)
    # By itself: in one go with the new name SQLite's copy of the table would be without it.
    with op.batch_alter_table('consent') as batch_op:
        batch_op.create_foreign_key(new_key, 'person', [new], ['id'])
