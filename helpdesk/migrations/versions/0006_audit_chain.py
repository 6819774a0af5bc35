"""the audit log becomes a chain: for every ticket, for the desk, and of seals"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from helpdesk.audit.chain import NOTHING, entry_digest
from helpdesk.database import UtcMoment

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
AT_ONCE = 1000


def upgrade() -> None:
    op.create_table('audit_chain', sa.Column('key', sa.String(length=20), nullable=False),
                    *_head(), sa.PrimaryKeyConstraint('key', name='pk_audit_chain'))
    op.create_table(
        'audit_seal',
        sa.Column('id', KEY, nullable=False), sa.Column('number', KEY, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False), sa.Column('heads', JSON, nullable=False),
        sa.Column('digest', sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_audit_seal'), sa.UniqueConstraint('number', name='uq_audit_seal_number'))
    for column in _head():
        op.add_column('ticket', column)
    op.add_column('audit_entry', sa.Column('place', KEY, server_default='0', nullable=False))
    op.add_column('audit_entry', sa.Column('digest', sa.String(length=80), server_default='', nullable=False))
    _chain_what_is_there()
    op.drop_index('ix_audit_entry_ticket_id', 'audit_entry')
    op.create_index('ix_audit_entry_ticket_place', 'audit_entry', ['ticket_id', 'place'], unique=True)
    for name, table, columns, where, unique in (
            ('ix_audit_entry_desk_place', 'audit_entry', ['place'], 'ticket_id IS NULL', True),
            ('ix_ticket_unsealed', 'ticket', ['id'], 'audit_count > audit_sealed', False)):
        op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where),
                        postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_index('ix_ticket_unsealed', 'ticket')
    op.drop_index('ix_audit_entry_desk_place', 'audit_entry')
    op.drop_index('ix_audit_entry_ticket_place', 'audit_entry')
    op.create_index('ix_audit_entry_ticket_id', 'audit_entry', ['ticket_id'], unique=False)
    for table, columns in (('audit_entry', ('digest', 'place')), ('ticket', ('audit_sealed', 'audit_count', 'audit_head'))):
        for name in columns:
            op.drop_column(table, name)
    op.drop_table('audit_seal')
    op.drop_table('audit_chain')


# The tables as this step sees them; the records may change later.
ENTRY = sa.table('audit_entry', sa.column('id', KEY), sa.column('at', UtcMoment()), sa.column('act', sa.String()),
                 sa.column('by_id', KEY), sa.column('ticket_id', KEY), sa.column('details', JSON),
                 sa.column('place', KEY), sa.column('digest', sa.String()))
TICKET = sa.table('ticket', sa.column('id', KEY), sa.column('audit_head', sa.String()), sa.column('audit_count', KEY))
CHAIN = sa.table('audit_chain', sa.column('key', sa.String()), sa.column('audit_head', sa.String()),
                 sa.column('audit_count', KEY))


def _head() -> list[sa.Column[Any]]:
    return [sa.Column('audit_head', sa.String(length=80), server_default='', nullable=False),
            sa.Column('audit_count', KEY, server_default='0', nullable=False),
            sa.Column('audit_sealed', KEY, server_default='0', nullable=False)]


def _chain_what_is_there() -> None:
    """Chain the entries that are there; one entry says how many there were, for nothing vouches for them before now."""
    connection = op.get_bind()
    total = connection.scalar(sa.select(sa.func.count()).select_from(ENTRY))
    if not total:
        return
    ids = connection.scalars(sa.select(ENTRY.c.ticket_id).where(ENTRY.c.ticket_id.is_not(None)).distinct()).all()
    for ticket_id in ids:
        head, count = _chain(connection, ENTRY.c.ticket_id == ticket_id)
        connection.execute(sa.update(TICKET).where(TICKET.c.id == ticket_id).values(audit_head=head, audit_count=count))
    head, count = _chain(connection, ENTRY.c.ticket_id.is_(None))
    said = {'at': datetime.now(UTC), 'act': 'audit_chained', 'by_id': None, 'ticket_id': None,
            'details': {'entries': total}, 'place': count + 1}
    digest = entry_digest(head, **said)
    connection.execute(sa.insert(ENTRY).values(**said, digest=digest))
    connection.execute(sa.insert(CHAIN).values(key='desk', audit_head=digest, audit_count=count + 1))


def _chain(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[str, int]:
    """Number and chain the entries of one chain, some at a time; its head and how many there are."""
    head, place, last_id = NOTHING, 0, 0
    setting = sa.update(ENTRY).where(ENTRY.c.id == sa.bindparam('id_')).values(
        place=sa.bindparam('place_'), digest=sa.bindparam('digest_'))
    while rows := connection.execute(sa.select(ENTRY).where(which, ENTRY.c.id > last_id).order_by(ENTRY.c.id)
                                     .limit(AT_ONCE)).all():
        marks = []
        for row in rows:
            place += 1
            head = entry_digest(head, ticket_id=row.ticket_id, place=place, at=row.at, act=row.act, by_id=row.by_id,
                                details=row.details)
            marks.append({'id_': row.id, 'place_': place, 'digest_': head})
        connection.execute(setting, marks)
        last_id = rows[-1].id
    return head, place
