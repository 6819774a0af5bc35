"""questions of a rating that owners keep, and their answers"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
MOMENT = sa.DateTime(timezone=True)
FORMS = {'radio': 'choice', 'select': 'choice', 'checklist': 'choice', 'checkbox': 'yes_no', 'textfield': 'text',
         'textarea': 'text', 'number': 'text'}
YES_NO = [{'value': 'yes', 'pl': 'tak', 'en': 'yes'}, {'value': 'no', 'pl': 'nie', 'en': 'no'}]


def upgrade() -> None:
    op.create_table(
        'survey_version',
        sa.Column('id', KEY, nullable=False),
        sa.Column('request_type', sa.String(length=60), nullable=False),
        sa.Column('number', KEY, nullable=False),
        sa.Column('sheet', JSON, nullable=False),
        sa.Column('is_current', sa.Boolean(), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('made_by_id', KEY, nullable=True),
        sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_survey_version_made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_version')),
        sa.UniqueConstraint('request_type', 'number', name=op.f('uq_survey_version_request_type_number')))
    op.create_table(
        'survey_question',
        sa.Column('id', KEY, nullable=False),
        sa.Column('digest', sa.String(length=20), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('words', JSON, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_question')),
        sa.UniqueConstraint('digest', name=op.f('uq_survey_question_digest')))
    op.create_table(
        'rating_answer',
        sa.Column('id', KEY, nullable=False),
        sa.Column('rating_id', KEY, nullable=False),
        sa.Column('question_id', KEY, nullable=False),
        sa.Column('value', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['rating_id'], ['rating.id'], name=op.f('fk_rating_answer_rating_id')),
        sa.ForeignKeyConstraint(['question_id'], ['survey_question.id'], name=op.f('fk_rating_answer_question_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rating_answer')))
    op.create_index(op.f('ix_rating_answer_rating_id'), 'rating_answer', ['rating_id'])
    op.create_index(op.f('ix_rating_answer_question_id'), 'rating_answer', ['question_id'])
    with op.batch_alter_table('rating') as batch:
        batch.add_column(sa.Column('survey_id', KEY, nullable=True))
        batch.create_foreign_key(op.f('fk_rating_survey_id'), 'survey_version', ['survey_id'], ['id'])
    _copy_answers(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table('rating') as batch:
        batch.drop_constraint(op.f('fk_rating_survey_id'), type_='foreignkey')
        batch.drop_column('survey_id')
    for table in ('rating_answer', 'survey_question', 'survey_version'):
        op.drop_table(table)


def _copy_answers(connection: sa.Connection) -> None:
    """What was answered beside the stars until now, with the questions of the form that it was answered with."""
    question = sa.table('survey_question', sa.column('id', KEY), sa.column('digest', sa.String), sa.column(
        'kind', sa.String), sa.column('words', JSON))
    answer = sa.table('rating_answer', sa.column('rating_id', KEY), sa.column('question_id', KEY), sa.column(
        'value', sa.Text))
    ids: dict[str, int] = {}
    forms: dict[tuple[int, str], list[Any]] = {}
    for rating_id, answers, version_id, form in list(connection.execute(sa.text(
            'SELECT rating.id, rating.answers, instance.version_id, work_item.form FROM rating '
            'JOIN work_item ON work_item.id = rating.item_id JOIN instance ON instance.id = work_item.instance_id '
            'WHERE rating.given_at IS NOT NULL ORDER BY rating.id').columns(answers=JSON))):
        if (version_id, form) not in forms:
            content = connection.execute(sa.text('SELECT content FROM process_version WHERE id = :id').columns(
                content=JSON), {'id': version_id}).scalar_one()
            forms[version_id, form] = content['forms'].get(form, {}).get('components', [])
        for component in _questions(forms[version_id, form]):
            kind, words = _asked(component)
            for value in _values(answers.get(component['key'])):
                digest = sha256(json.dumps([kind, words], sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
                if digest not in ids:
                    ids[digest] = connection.execute(sa.insert(question).values(
                        digest=digest, kind=kind, words=words).returning(question.c.id)).scalar_one()
                connection.execute(sa.insert(answer).values(rating_id=rating_id, question_id=ids[digest], value=value))


def _questions(components: list[Any]) -> Iterator[Any]:
    for component in components:
        if component.get('type') in FORMS and component.get('key') not in ('stars', 'remark'):
            yield component


def _asked(component: Any) -> tuple[str, dict[str, Any]]:
    properties = component.get('properties') or {}
    label = {'pl': component.get('label') or '', 'en': component.get('label.en') or properties.get(
        'label.en') or component.get('label') or ''}
    kind = FORMS[component['type']]
    options = YES_NO if kind == 'yes_no' else [
        {'value': str(one['value']), 'pl': one.get('label') or '', 'en': one.get('label.en') or one.get('label') or ''}
        for one in component.get('values') or [] if kind == 'choice']
    values = sorted(one['value'] for one in options)
    if values == ['1', '2', '3', '4', '5']:
        kind = 'stars'
    elif values == ['no', 'yes']:
        kind = 'yes_no'
    return kind, {'label': label, 'options': options}


def _values(value: Any) -> list[str]:
    if value is None or value == '':
        return []
    if isinstance(value, bool):
        return ['yes' if value else 'no']
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
