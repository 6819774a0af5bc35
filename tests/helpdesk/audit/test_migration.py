"""The entries that were there before the chain are chained by the migration, and it says how many they were."""

from alembic import command
from sqlalchemy import select, text

from helpdesk.audit import AuditEntry
from helpdesk.audit.proof import prove
from helpdesk.migrations import run
from tests.desk import Desk

BEFORE_THE_CHAIN = "0004"


def test_old_entries_are_chained_and_the_start_is_told(desk: Desk) -> None:
    numbers = [desk.submit(by=by) for by in ("clara", "colin")]
    for number in numbers:
        desk.claim(number)
    acts = [desk.acts(number) for number in numbers]
    total = desk.ask(lambda session: len(session.scalars(select(AuditEntry.id)).all()))
    run(desk.database, command.downgrade, BEFORE_THE_CHAIN)
    with desk.database.engine.connect() as connection:
        columns = list(connection.execute(text("SELECT * FROM audit_entry")).keys())
        assert "act" in columns and "place" not in columns

    run(desk.database, command.upgrade, "head")

    proof = prove(desk.database)
    assert [desk.acts(number) for number in numbers] == acts
    assert proof.entries + proof.desk_entries == total + 1
    last = desk.ask(lambda session: session.scalars(
        select(AuditEntry).where(AuditEntry.ticket_id.is_(None)).order_by(AuditEntry.place.desc())).first())
    assert last is not None and (last.act, last.details) == ("audit_chained", {"entries": total})
    desk.note(numbers[0], "Dalej jak dotąd.")
    assert prove(desk.database).entries == proof.entries + 1
