"""firms are confirmed, people say on what basis they act for one, and firms invite"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = 'DATETIME' if op.get_bind().dialect.name == 'sqlite' else 'TIMESTAMP WITH TIME ZONE'
    kind = 'INTEGER' if op.get_bind().dialect.name == 'sqlite' else 'BIGINT'
    # Nobody has looked at the firms that are there: they wait to be confirmed, like those to come.
    op.execute(f'ALTER TABLE firm ADD COLUMN confirmed_at {moment}')
    op.add_column('firm_member', sa.Column('basis', sa.String(length=500), nullable=False, server_default=''))
    op.execute(f'ALTER TABLE proof ADD COLUMN firm_id {kind} CONSTRAINT fk_proof_firm_id REFERENCES firm (id)')
    op.create_index(op.f('ix_proof_firm_id'), 'proof', ['firm_id'])
    op.create_index(op.f('ix_proof_email'), 'proof', ['email'])


def downgrade() -> None:
    op.drop_index(op.f('ix_proof_email'), 'proof')
    op.drop_index(op.f('ix_proof_firm_id'), 'proof')
    op.execute("DELETE FROM proof WHERE kind = 'firm'")
    op.execute('ALTER TABLE proof DROP COLUMN firm_id')
    op.execute('ALTER TABLE firm_member DROP COLUMN basis')
    op.execute('ALTER TABLE firm DROP COLUMN confirmed_at')
