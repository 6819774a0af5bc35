"""Notices: what people choose is kept, and letters leave when and as they have chosen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from helpdesk import outbox
from helpdesk.notices.choices import BadHours, Choice, Choices, Way, choices_of, choose, way_of
from helpdesk.notices.kinds import ALWAYS, Kind
from helpdesk.outbox import Letter, State
from helpdesk.people.accounts import Person
from helpdesk.settings import Settings
from mailroom.delivery import deliver_due
from tests.desk import Desk

# A Monday in winter: the clocks of Warsaw are an hour ahead of UTC.
NINE = datetime(2026, 11, 16, 8, tzinfo=UTC)


class Sent:
    """A post that remembers."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    def send(self, mail: EmailMessage) -> None:
        self.mails.append(mail)


@pytest.fixture
def post(desk: Desk, tmp_path: Path) -> Callable[..., list[EmailMessage]]:
    """Everything that is due leaves; what left."""
    def deliver(**changed: int) -> list[EmailMessage]:
        settings = replace(Settings(data=str(tmp_path), address="https://pomoc.example.gov.pl"), **changed)
        sent = Sent()
        while deliver_due(desk.database, sent, settings, now=desk.now):
            pass
        return sent.mails
    return deliver


def chosen(desk: Desk, choices: Choices, key: str = "clara") -> None:
    with desk.session() as session:
        choose(session, desk.person(session, key), choices, now=desk.now)


def tell(desk: Desk, *texts: str, to: str = "clara") -> None:
    with desk.session() as session:
        for text in texts:
            outbox.queue(session, to=desk.person(session, to), text=text, now=desk.now, number="ZGL1", subject="x")


@pytest.mark.parametrize(("hour", "quiet", "at", "due"), [
    (8, None, "2026-11-16T09:00", "2026-11-17T08:00"),
    (8, None, "2026-11-16T07:59", "2026-11-16T08:00"),
    (0, None, "2026-11-16T09:00", "2026-11-17T00:00"),
    (None, None, "2026-11-16T09:01", "2026-11-16T10:00"),
    (None, None, "2026-11-16T23:30", "2026-11-17T00:00"),
    (None, (22, 6), "2026-11-16T22:30", "2026-11-17T06:00"),
    (None, (22, 6), "2026-11-16T05:30", "2026-11-16T06:00"),
    # The night in which clocks go back, and the one in which they go forward.
    (8, None, "2026-10-24T12:00", "2026-10-25T08:00"),
    (3, None, "2026-03-28T12:00", "2026-03-29T03:00"),
])
def test_a_digest_comes_at_the_hour_that_the_clocks_on_the_wall_show(
        hour: int | None, quiet: tuple[int, int] | None, at: str, due: str) -> None:
    from helpdesk.years import ZONE
    person = Person(notices={"kinds": {"reply": ["digest", True]}, "hour": hour, "quiet": list(quiet or ())})
    local = datetime.fromisoformat(at).replace(tzinfo=ZONE)

    way, _in_page, leaves_at = way_of(person, Kind.REPLY, now=local.astimezone(UTC))

    assert way is Way.DIGEST
    assert leaves_at == datetime.fromisoformat(due).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize("of", list(Kind))
def test_what_the_law_or_the_account_needs_is_always_sent_at_once_and_the_rest_as_chosen(of: Kind) -> None:
    person = Person(notices={"kinds": {of.value: ["none", False]}, "hour": 8, "quiet": [0, 23]})

    way, in_page, leaves_at = way_of(person, of, now=NINE)

    assert (way, in_page, leaves_at) == ((Way.AT_ONCE, True, NINE) if of in ALWAYS else (Way.NONE, False, NINE))


@pytest.mark.parametrize(("hour", "quiet"), [(24, None), (-1, None), (8, (5, 5)), (8, (0, 24))])
def test_hours_that_do_not_exist_cannot_be_chosen(
        desk: Desk, hour: int, quiet: tuple[int, int] | None) -> None:
    with pytest.raises(BadHours):
        chosen(desk, Choices({}, hour, quiet))


def test_what_is_gathered_leaves_as_one_letter_at_its_hour_and_only_once(
        desk: Desk, post: Callable[..., list[EmailMessage]]) -> None:
    desk.now = NINE
    chosen(desk, Choices({Kind.REPLY: Choice(Way.DIGEST), Kind.SOLUTION: Choice(Way.DIGEST)}, digest_hour=13))
    tell(desk, "reply", "solution", "reply")

    early = post()
    desk.now = NINE + timedelta(hours=4)
    at_its_hour, later = post(), post()

    assert early == later == []
    assert len(at_its_hour) == 1 and "3" in at_its_hour[0]["Subject"]
    assert at_its_hour[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_letter_alone_in_a_digest_is_that_letter(desk: Desk, post: Callable[..., list[EmailMessage]]) -> None:
    desk.now = NINE
    chosen(desk, Choices({Kind.REPLY: Choice(Way.DIGEST)}, digest_hour=None))
    tell(desk, "reply")
    desk.now = NINE + timedelta(hours=1)

    assert ["ZGL1" in mail["Subject"] for mail in post()] == [True]


def test_who_wants_no_letter_sees_it_in_the_page_and_the_other_way_round(
        desk: Desk, post: Callable[..., list[EmailMessage]]) -> None:
    chosen(desk, Choices({Kind.REPLY: Choice(Way.NONE), Kind.REMINDER: Choice(in_page=False)}))
    tell(desk, "reply", "reminder")

    sent = post()

    rows = desk.ask(lambda session: {one.text: (one.state, one.in_page) for one in session.scalars(select(Letter))})
    assert len(sent) == 1
    assert rows == {"reply": (State.UNWANTED.value, True), "reminder": (State.SENT.value, False)}


def test_a_quiet_night_is_told_in_the_morning_but_not_what_protects_the_account(
        desk: Desk, post: Callable[..., list[EmailMessage]]) -> None:
    desk.now = NINE + timedelta(hours=14)
    chosen(desk, Choices({}, quiet=(22, 7)))
    tell(desk, "reply", "solution", "account_unlocked")

    at_night = post()
    desk.now = NINE + timedelta(hours=22)
    in_the_morning = post()

    assert len(at_night) == 1 and at_night[0]["List-Unsubscribe"] is None
    assert len(in_the_morning) == 1 and "2" in in_the_morning[0]["Subject"]


def test_an_avalanche_becomes_one_letter_and_nothing_of_it_is_lost(
        desk: Desk, post: Callable[..., list[EmailMessage]]) -> None:
    numbers = [desk.submit() for _ in range(20)]
    post()
    one_by_one, mails = 0, []
    for number in numbers:
        with desk.session() as session:
            outbox.queue(session, to=desk.person(session, "amir"), text="reply", now=desk.now, number=number,
                         subject="x", ticket_id=desk.ticket(number).id)
        mails += post(avalanche_letters=5, avalanche_minutes=15)
        desk.later(seconds=10)
    one_by_one = len(mails)
    desk.later(minutes=15)
    digest = post(avalanche_letters=5, avalanche_minutes=15)

    told = "".join(mail.get_body(("plain",)).get_content() for mail in [*mails, *digest])  # type: ignore[union-attr]
    assert (one_by_one, len(digest)) == (5, 1)
    assert all(f"/tickets/{number}" in told for number in numbers)
    assert len({mail["Message-ID"] for mail in [*mails, *digest]}) == 6


def test_choices_come_back_as_they_were_given(desk: Desk) -> None:
    wanted = Choices({Kind.REPLY: Choice(Way.DIGEST, in_page=False)}, digest_hour=None, quiet=(21, 6))
    chosen(desk, wanted)

    assert desk.ask(lambda session: choices_of(desk.person(session, "clara"))) == wanted
