"""accounts: links that wait to be used, second steps, passkeys, identities, letters to people without an account"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)


def _of_person(table: str, *columns: sa.Column, unique: bool = False, nullable: bool = False) -> None:
    op.create_table(
        table,
        sa.Column('id', KEY, nullable=False),
        sa.Column('person_id', KEY, nullable=nullable),
        *columns,
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f(f'fk_{table}_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
        *([sa.UniqueConstraint('person_id', name=op.f(f'uq_{table}_person_id'))] if unique else []))
    if not unique:
        op.create_index(op.f(f'ix_{table}_person_id'), table, ['person_id'])


def upgrade() -> None:
    op.add_column('person', sa.Column('second_step_at', MOMENT, nullable=True))
    op.add_column('person', sa.Column('rules_agreed_at', MOMENT, nullable=True))
    op.add_column('signed_in', sa.Column('proved_at', MOMENT, nullable=True))
    op.add_column('signed_in', sa.Column('awaits_factor', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('signed_in', sa.Column('agent', sa.String(length=300), nullable=False, server_default=''))
    with op.batch_alter_table('letter') as batch_op:
        batch_op.alter_column('person_id', existing_type=KEY, nullable=True)
    _of_person(
        'proof',
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('details', JSON, nullable=False),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True), nullable=True)
    op.create_index(op.f('ix_proof_expires_at'), 'proof', ['expires_at'])
    _of_person(
        'authenticator',
        sa.Column('secret', sa.String(length=300), nullable=False),
        sa.Column('begun_at', MOMENT, nullable=False),
        sa.Column('confirmed_at', MOMENT, nullable=True),
        sa.Column('last_step', KEY, nullable=False), unique=True)
    _of_person(
        'recovery_code',
        sa.Column('mark', sa.String(length=64), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True))
    _of_person(
        'passkey',
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('credential_id', sa.String(length=1400), nullable=False),
        sa.Column('public_key', sa.Text(), nullable=False),
        sa.Column('sign_count', KEY, nullable=False),
        sa.Column('added_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id')))
    _of_person(
        'identity',
        sa.Column('issuer', sa.String(length=300), nullable=False),
        sa.Column('subject', sa.String(length=255), nullable=False),
        sa.Column('label', sa.String(length=254), nullable=False),
        sa.Column('linked_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_identity_issuer')))


def downgrade() -> None:
    for table in ('identity', 'passkey', 'recovery_code', 'authenticator', 'proof'):
        op.drop_table(table)
    op.execute('DELETE FROM letter WHERE person_id IS NULL')
    with op.batch_alter_table('letter') as batch_op:
        batch_op.alter_column('person_id', existing_type=KEY, nullable=False)
    op.execute('DELETE FROM signed_in WHERE awaits_factor')
    # Never as a copied table: dropping the old one would take what refers to its rows along.
    for column in ('agent', 'awaits_factor', 'proved_at'):
        op.drop_column('signed_in', column)
    for column in ('rules_agreed_at', 'second_step_at'):
        op.drop_column('person', column)
