"""announcements, their updates and editions, letters about them, requests that hang on them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'announcement',
        sa.Column('id', KEY, nullable=False),
        sa.Column('year', KEY, nullable=True),
        sa.Column('serial', KEY, nullable=True),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('environment', sa.String(length=12), nullable=False),
        sa.Column('audience', sa.String(length=12), nullable=False),
        sa.Column('is_mailed', sa.Boolean(), nullable=False),
        sa.Column('area_id', KEY, nullable=True),
        sa.Column('channels', JSON, nullable=False),
        sa.Column('offices', sa.String(length=300), nullable=False),
        sa.Column('starts_at', MOMENT, nullable=False),
        sa.Column('expected_end_at', MOMENT, nullable=True),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('ends_by_itself', sa.Boolean(), nullable=False),
        sa.Column('is_called_off', sa.Boolean(), nullable=False),
        sa.Column('title_pl', sa.String(length=160), nullable=False),
        sa.Column('title_en', sa.String(length=160), nullable=False),
        sa.Column('impact_pl', sa.Text(), nullable=False),
        sa.Column('impact_en', sa.Text(), nullable=False),
        sa.Column('advice_pl', sa.Text(), nullable=False),
        sa.Column('advice_en', sa.Text(), nullable=False),
        sa.Column('afterwards_pl', sa.Text(), nullable=False),
        sa.Column('afterwards_en', sa.Text(), nullable=False),
        sa.Column('queueing', sa.String(length=12), nullable=False),
        sa.Column('procedure', sa.String(length=16), nullable=False),
        sa.Column('legal_basis', sa.String(length=300), nullable=False),
        sa.Column('mark', sa.String(length=80), nullable=False),
        sa.Column('valid_from', MOMENT, nullable=True),
        sa.Column('valid_until', MOMENT, nullable=True),
        sa.Column('instruction_pl', sa.Text(), nullable=False),
        sa.Column('instruction_en', sa.Text(), nullable=False),
        sa.Column('ending_pl', sa.Text(), nullable=False),
        sa.Column('ending_en', sa.Text(), nullable=False),
        sa.Column('edition', KEY, nullable=False),
        sa.Column('sequence', KEY, nullable=False),
        sa.Column('revision', KEY, nullable=False),
        sa.Column('written_by_id', KEY, nullable=False),
        sa.Column('changed_by_id', KEY, nullable=False),
        sa.Column('approved_by_id', KEY, nullable=True),
        sa.Column('published_by_id', KEY, nullable=True),
        sa.Column('written_at', MOMENT, nullable=False),
        sa.Column('changed_at', MOMENT, nullable=False),
        sa.Column('approved_at', MOMENT, nullable=True),
        sa.Column('published_at', MOMENT, nullable=True),
        sa.Column('archived_at', MOMENT, nullable=True),
        sa.Column('confirm_by', MOMENT, nullable=True),
        sa.Column('look_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_announcement_approved_by_id')),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_announcement_area_id')),
        sa.ForeignKeyConstraint(['changed_by_id'], ['person.id'], name=op.f('fk_announcement_changed_by_id')),
        sa.ForeignKeyConstraint(['published_by_id'], ['person.id'], name=op.f('fk_announcement_published_by_id')),
        sa.ForeignKeyConstraint(['written_by_id'], ['person.id'], name=op.f('fk_announcement_written_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement')),
        sa.UniqueConstraint('year', 'serial', name=op.f('uq_announcement_year_serial')))
    op.create_index('ix_announcement_look', 'announcement', ['look_at'])
    op.create_index('ix_announcement_state_starts', 'announcement', ['state', 'starts_at'])
    op.create_table(
        'announcement_service',
        sa.Column('announcement_id', KEY, nullable=False),
        sa.Column('service_id', KEY, nullable=False),
        sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_service_announcement_id')),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_announcement_service_service_id')),
        sa.PrimaryKeyConstraint('announcement_id', 'service_id', name=op.f('pk_announcement_service')))
    op.create_index('ix_announcement_service_service_id', 'announcement_service', ['service_id'])
    op.create_table(
        'announcement_update',
        sa.Column('id', KEY, nullable=False),
        sa.Column('announcement_id', KEY, nullable=False),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('by_id', KEY, nullable=True),
        sa.Column('text_pl', sa.Text(), nullable=False),
        sa.Column('text_en', sa.Text(), nullable=False),
        sa.Column('expected_end_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_update_announcement_id')),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_announcement_update_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_update')))
    op.create_index('ix_announcement_update_announcement_id', 'announcement_update', ['announcement_id'])
    op.create_table(
        'announcement_edition',
        sa.Column('announcement_id', KEY, nullable=False),
        sa.Column('edition', KEY, nullable=False),
        sa.Column('content', JSON, nullable=False),
        sa.Column('by_id', KEY, nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_edition_announcement_id')),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_announcement_edition_by_id')),
        sa.PrimaryKeyConstraint('announcement_id', 'edition', name=op.f('pk_announcement_edition')))
    op.create_table(
        'announcement_counter',
        sa.Column('year', KEY, nullable=False, autoincrement=False),
        sa.Column('last', KEY, nullable=False),
        sa.PrimaryKeyConstraint('year', name=op.f('pk_announcement_counter')))
    op.create_table(
        'announcement_watcher',
        sa.Column('announcement_id', KEY, nullable=False),
        sa.Column('person_id', KEY, nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_watcher_announcement_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_announcement_watcher_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('announcement_id', 'person_id', name=op.f('pk_announcement_watcher')))
    op.create_index('ix_announcement_watcher_person_id', 'announcement_watcher', ['person_id'])
    op.create_table(
        'announcement_mailing',
        sa.Column('id', KEY, nullable=False),
        sa.Column('announcement_id', KEY, nullable=False),
        sa.Column('update_id', KEY, nullable=True),
        sa.Column('occasion', sa.String(length=10), nullable=False),
        sa.Column('last_person_id', KEY, nullable=False),
        sa.Column('count', KEY, nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('done_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_announcement_mailing_announcement_id')),
        sa.ForeignKeyConstraint(['update_id'], ['announcement_update.id'], name=op.f('fk_announcement_mailing_update_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_announcement_mailing')),
        sa.UniqueConstraint('announcement_id', 'occasion', 'update_id', name=op.f('uq_announcement_mailing_announcement_id_occasion_update_id')))
    op.create_index('ix_announcement_mailing_announcement_id', 'announcement_mailing', ['announcement_id'])
    op.create_index('ix_announcement_mailing_open', 'announcement_mailing', ['done_at', 'id'])
    op.create_table(
        'outage_ticket',
        sa.Column('id', KEY, nullable=False),
        sa.Column('announcement_id', KEY, nullable=False),
        sa.Column('ticket_id', KEY, nullable=False),
        sa.Column('joined_at', MOMENT, nullable=False),
        sa.Column('by_id', KEY, nullable=True),
        sa.Column('told_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['announcement_id'], ['announcement.id'], name=op.f('fk_outage_ticket_announcement_id')),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_outage_ticket_by_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_outage_ticket_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outage_ticket')))
    op.create_index('ix_outage_ticket_announcement', 'outage_ticket', ['announcement_id', 'told_at'])
    op.create_index('ix_outage_ticket_ticket_id', 'outage_ticket', ['ticket_id'])
    op.create_index('uq_outage_ticket_open', 'outage_ticket', ['ticket_id'],
                    unique=True, sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))
    op.create_table(
        'outage_suspicion',
        sa.Column('id', KEY, nullable=False),
        sa.Column('service_id', KEY, nullable=False),
        sa.Column('reports', KEY, nullable=False),
        sa.Column('noticed_at', MOMENT, nullable=False),
        sa.Column('settled_at', MOMENT, nullable=True),
        sa.Column('settled_by_id', KEY, nullable=True),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_outage_suspicion_service_id')),
        sa.ForeignKeyConstraint(['settled_by_id'], ['person.id'], name=op.f('fk_outage_suspicion_settled_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outage_suspicion')))
    op.create_index('uq_outage_suspicion_open', 'outage_suspicion', ['service_id'],
                    unique=True, sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))


def downgrade() -> None:
    op.drop_table('outage_suspicion')
    op.drop_table('outage_ticket')
    op.drop_table('announcement_mailing')
    op.drop_table('announcement_watcher')
    op.drop_table('announcement_counter')
    op.drop_table('announcement_edition')
    op.drop_table('announcement_update')
    op.drop_table('announcement_service')
    op.drop_table('announcement')
