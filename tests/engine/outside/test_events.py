"""Messages and signals that reach a ticket from beside its diagram: delivered once, each to whoever waits."""

import threading

from sqlalchemy import select

from engine.outside import messages
from engine.outside.delivering import deliver_due
from engine.outside.events import EventState, SignalWait, TicketEvent, queue_message, queue_signal
from engine.packages import ProcessContent
from helpdesk.tickets import lock_ticket
from tests.desk import Desk
from tests.engine.outside.asking import draw, end, flow, request, task


def catching(trigger: str) -> ProcessContent:
    """start → wait for the message or signal `back_up` → look → done."""
    caught = (f'<bpmn:intermediateCatchEvent id="back" name="back"><bpmn:{trigger}EventDefinition '
              f'{trigger}Ref="back_up"/></bpmn:intermediateCatchEvent>')
    return draw(caught, task("look"), end("done"), flow("start", "back"), flow("back", "look"), flow("look", "done"),
                definitions=f'<bpmn:{trigger} id="back_up" name="back_up"/>')


def throwing() -> ProcessContent:
    """start → look → throw the signal `back_up` → done."""
    thrown = ('<bpmn:intermediateThrowEvent id="tell" name="tell"><bpmn:signalEventDefinition signalRef="back_up"/>'
              '</bpmn:intermediateThrowEvent>')
    return draw(task("look"), thrown, end("done"), flow("start", "look"), flow("look", "tell"), flow("tell", "done"),
                definitions='<bpmn:signal id="back_up" name="back_up"/>')


def events(desk: Desk) -> list[TicketEvent]:
    return desk.ask(lambda session: list(session.scalars(select(TicketEvent).order_by(TicketEvent.id))))


def test_a_message_moves_the_ticket_and_leaves_what_it_brings(desk: Desk) -> None:
    number = request(desk, catching("message"))

    def send(name: str) -> bool:
        return desk.database.run(lambda session: messages.send(
            session, lock_ticket(session, desk.ticket(number).id, now=desk.now), name, {"since": "7:00"}, now=desk.now))

    assert not send("something else") and send("back_up") and not send("back_up")
    assert desk.item(number).element_id == "look"
    assert desk.instance(number).variables["back"] == {"since": "7:00"}
    assert desk.acts(number).count("message_received") == 1


def test_a_queued_message_is_delivered_once_by_any_number_of_workers(desk: Desk) -> None:
    number = request(desk, catching("message"))
    with desk.session() as session:
        queue_message(session, desk.ticket(number).id, "back_up", now=desk.now, payload={"since": "7:00"})

    workers = [threading.Thread(target=deliver_due, args=(desk.database,), kwargs={"now": desk.now}) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    deliver_due(desk.database, now=desk.now)

    assert desk.trail(number).count(("left", "back")) == 1 and desk.item(number).element_id == "look"
    assert [event.state for event in events(desk)] == [EventState.HEARD]


def test_a_message_nobody_waits_for_is_kept_as_unheard(desk: Desk) -> None:
    number = request(desk, throwing())
    with desk.session() as session:
        queue_message(session, desk.ticket(number).id, "back_up", now=desk.now)

    assert deliver_due(desk.database, now=desk.now) == 0

    assert [event.state for event in events(desk)] == [EventState.UNHEARD]


def test_a_signal_is_heard_by_every_other_ticket_that_waits(desk: Desk) -> None:
    waiting = [request(desk, catching("signal")) for _ in range(3)]
    sender = request(desk, throwing())
    desk.withdraw(waiting[2])

    desk.complete(sender, "look", remark="Wszystko działa.")
    assert desk.open_items(waiting[0]) == []
    assert deliver_due(desk.database, now=desk.now) == 2

    assert [desk.item(number).element_id for number in waiting[:2]] == ["look", "look"]
    assert desk.ask(lambda session: list(session.scalars(select(SignalWait)))) == []
    assert {event.sender_id for event in events(desk)} == {desk.ticket(sender).id}
    assert deliver_due(desk.database, now=desk.now) == 0


def test_only_tickets_that_wait_have_a_row(desk: Desk) -> None:
    waiting, other = request(desk, catching("signal")), request(desk, throwing())

    rows = desk.ask(lambda session: [(row.ticket_id, row.name) for row in session.scalars(select(SignalWait))])

    assert rows == [(desk.ticket(waiting).id, "back_up")] and desk.ticket(other).id not in dict(rows)


def test_a_signal_leaves_only_with_the_transaction_that_throws_it(desk: Desk) -> None:
    request(desk, catching("signal"))
    sender = request(desk, throwing())

    class Lost(Exception):
        pass

    try:
        with desk.session() as session:
            queue_signal(session, "back_up", sender_id=desk.ticket(sender).id, now=desk.now)
            raise Lost
    except Lost:
        pass

    assert events(desk) == []
