"""firms: for whom people act, and for which firm a request is"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'firm',
        sa.Column('id', KEY, nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('nip', sa.String(length=10), nullable=True),
        sa.Column('eori', sa.String(length=17), nullable=True),
        sa.Column('id_sisc', sa.String(length=17), nullable=True),
        sa.Column('added_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_firm')),
        sa.UniqueConstraint('nip', name=op.f('uq_firm_nip')),
        sa.UniqueConstraint('eori', name=op.f('uq_firm_eori')),
        sa.UniqueConstraint('id_sisc', name=op.f('uq_firm_id_sisc')))
    op.create_table(
        'firm_member',
        sa.Column('id', KEY, nullable=False),
        sa.Column('firm_id', KEY, nullable=False),
        sa.Column('person_id', KEY, nullable=False),
        sa.Column('called', sa.String(length=200), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('is_manager', sa.Boolean(), nullable=False),
        sa.Column('sees_all', sa.Boolean(), nullable=False),
        sa.Column('since_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_firm_member_firm_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_firm_member_person_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_firm_member')),
        sa.UniqueConstraint('firm_id', 'person_id', name=op.f('uq_firm_member_firm_id_person_id')))
    op.create_index(op.f('ix_firm_member_person_id'), 'firm_member', ['person_id'])
    # In one statement and not as a batch, which would copy the table under everything that refers to it.
    kind = 'INTEGER' if op.get_bind().dialect.name == 'sqlite' else 'BIGINT'
    op.execute(f'ALTER TABLE ticket ADD COLUMN firm_id {kind} CONSTRAINT fk_ticket_firm_id REFERENCES firm (id)')
    op.create_index(op.f('ix_ticket_firm_id'), 'ticket', ['firm_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_ticket_firm_id'), 'ticket')
    op.execute('ALTER TABLE ticket DROP COLUMN firm_id')
    op.drop_table('firm_member')
    op.drop_table('firm')
