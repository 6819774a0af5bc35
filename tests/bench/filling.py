"""Filling: a desk with very many believable tickets, copied in bulk from a few that were really played.

Every copy is a whole ticket that the engine can go on with: its rows are those of a played one, under new ids, with
other people, words and moments. Closed tickets older than the newest THICK have only the rows that lists and search
need (ticket, instance, teams, first step, first answer, one entry of the audit), so that half a million fits.
"""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count as counting
from typing import Any

from sqlalchemy import Table, select

from helpdesk.database import Database, Record
from helpdesk.fulltext.search import MOST_WORDS, words_of
from helpdesk.people.accounts import Membership, Person, Team
from helpdesk.tickets import FIRST_NUMBER, NUMBER_PREFIX, Ticket, TicketCounter
from tests.desk import MONDAY, Desk
from tests.engine.test_incident import ask, hand_over, solve

OPEN_SHARE = 0.04
THICK = 5_000
MOST_CLIENTS = 25_000
TOGETHER = 2_000
AGENTS = {"first_line": 25, "second_line": 15}
THIN = {"ticket", "instance", "ticket_team", "work_item", "answer", "audit_entry"}
ONCE = {"work_item", "answer", "audit_entry"}
STAGES = {"new": 25, "taken": 30, "waiting": 20, "specialist": 15, "offered": 10}
FIRST = (  # noqa: SIM905
    "Anna Jan Maria Piotr Zofia Łukasz Żaneta Paweł Ewa Tomasz Agnieszka Michał Świętosława Krzysztof Grażyna").split()
LAST = (  # noqa: SIM905
    "Nowak Kowalska Wiśniewski Wójcik Kowalczyk Kamińska Lewandowski Zielińska Szymański Woźniak Dąbrowska Kozłowski "
    "Jankowska Mazur Krawczyk Piotrowska Grabowski Nowakowska Pawłowski Michalska Król Wieczorek Wróbel").split()
FIRMS = ["Agencja Celna", "Przystań Importowa", "Transport Międzynarodowy", "Skład Podatkowy", "Spedycja", "Hurtownia"]
WHAT = (  # noqa: SIM905
    "zgłoszenie deklaracja przesyłka komunikat certyfikat pełnomocnictwo konto upoważnienie rejestracja odpowiedź "
    "urzędu poświadczenie zamknięcie procedura tranzyt wywóz przywóz gwarancja saldo dokument plik podpis hasło "
    "reprezentacja system portal błąd walidacji status import eksport numer referencyjny").split()


@dataclass
class Plan:
    """A played ticket: its rows by table, with the places in each that a copy changes."""

    opened_at: datetime
    rows: dict[str, list[tuple[list[Any], list[tuple[int, str, Any]]]]] = field(default_factory=dict)


def fill(database: Database, number: int, *, seed: int = 1, open_share: float = OPEN_SHARE,
         mix: Mapping[str, int] = STAGES, clients: int = 0, now: datetime = MONDAY) -> dict[str, int]:
    """Add `number` tickets; how many there are of each stage.

    mix: the stages of open tickets by weight. clients: how many at least. now: when the newest was opened.
    """
    chance = random.Random(seed)
    plans = _play(database)
    staff, people = _people(database, max(clients, min(MOST_CLIENTS, number // 20), 20), chance)
    writer = _Writer(database)
    stages: dict[str, int] = {}
    for place in range(number):
        age = number - place
        stage = _stage(chance, age / number, open_share, mix)
        stages[stage] = stages.get(stage, 0) + 1
        is_thin = stage in {"closed", "refused"} and age > THICK
        opened_at = now - timedelta(minutes=2 * age + chance.random())
        writer.copy(plans[stage], opened_at, people[place % len(people)] if chance.random() < 0.7
                    else chance.choice(people), staff, chance, is_thin=is_thin)
    writer.close()
    return stages


def _stage(chance: random.Random, age: float, open_share: float, mix: Mapping[str, int]) -> str:
    """Most open tickets are among the newest third. age: 0 for the newest, 1 for the oldest."""
    is_open = chance.random() < (open_share * 2.5 if age <= 1 / 3 else open_share * 0.25)
    if is_open:
        return chance.choices(list(mix), list(mix.values()))[0]
    return "closed" if chance.random() < 0.85 else "refused"


def _play(database: Database) -> dict[str, Plan]:
    desk = Desk(database)
    desk.now = MONDAY
    made = {stage: desk.submit() for stage in (*STAGES, "closed", "refused")}
    desk.claim(made["taken"])
    ask(desk, made["waiting"])
    hand_over(desk, made["specialist"])
    for stage in ("offered", "closed"):
        solve(desk, made[stage])
    desk.complete(made["closed"], "accept_solution", by="clara", verdict="accepted")
    desk.complete(made["refused"], "recognise", decision="refuse", refusal_reason="law_advice",
                  explanation="Porad prawnych udziela prawnik.", priority="low")
    return {stage: _read(database, desk.ticket(number).id) for stage, number in made.items()}


def _read(database: Database, ticket_id: int) -> Plan:
    with database.transaction() as session:
        ticket = session.get_one(Ticket, ticket_id)
        people = {person.id: person.email.split("@")[0] for person in session.scalars(select(Person))}
        plan = Plan(ticket.opened_at)
        connection = session.connection()
        clocks: list[int] = []
        copied = {table.name for table in Record.metadata.sorted_tables if "ticket_id" in table.c}
        for table in Record.metadata.sorted_tables:
            if table.name == "ticket":
                found = connection.execute(select(table).where(table.c.id == ticket_id)).all()
            elif "ticket_id" in table.c:
                found = connection.execute(select(table).where(table.c.ticket_id == ticket_id)).all()
            elif table.name == "clock_move":
                found = connection.execute(select(table).where(table.c.clock_id.in_(clocks))).all()
            else:
                continue
            if table.name == "clock":
                clocks = [row.id for row in found]
            plan.rows[table.name] = [_changes(table, row, people, copied) for row in found]
    return plan


def _changes(table: Table, row: Any, people: dict[int, str],
             copied: set[str]) -> tuple[list[Any], list[tuple[int, str, Any]]]:
    values: list[Any] = []
    changes: list[tuple[int, str, Any]] = []
    for place, (column, value) in enumerate(zip(table.c, row, strict=True)):
        to = {key.column.table.name for key in column.foreign_keys}
        if isinstance(value, datetime):
            changes.append((place, "moment", value))
        elif value is None:
            pass
        elif (column.name == "id" and table.name == "ticket") or "ticket" in to:
            changes.append((place, "ticket", None))
        elif column.name == "id":
            changes.append((place, "id", (table.name, value)))
        elif "person" in to:
            changes.append((place, "person", people[value]))
        elif "instance" in to:
            changes.append((place, "instance", None))
        elif table.name == "alarm" and column.name == "token" and row.kind == "clock":
            changes.append((place, "row", ("clock", value)))
        elif found := to & copied:
            changes.append((place, "row", (found.pop(), value)))
        elif table.name == "ticket" and column.name in {"number", "subject"}:
            changes.append((place, column.name, None))
        values.append(json.dumps(value) if isinstance(value, dict | list) else value)
    return values, changes


def _people(database: Database, number: int,
            chance: random.Random) -> tuple[dict[str, list[int]], list[tuple[int, str]]]:
    """More agents for the teams, and that many clients: their ids, and the clients' words."""
    with database.transaction() as session:
        teams = {team.key: team.id for team in session.scalars(select(Team))}
        cast = {person.email.split("@")[0]: person.id for person in session.scalars(select(Person))}
        staff = {"amir": [cast["amir"]], "beth": [cast["beth"]], **{key: [one] for key, one in cast.items()
                                                                    if key not in {"amir", "beth"}}}
        for team, member in (("first_line", "amir"), ("second_line", "beth")):
            for place in range(AGENTS[team]):
                agent = Person(email=f"{team}.{place}@desk.example.com", name=_name(chance), created_at=MONDAY,
                               memberships=[Membership(team_id=teams[team], is_lead=False)])
                session.add(agent)
                session.flush()
                staff[member].append(agent.id)
        clients: list[dict[str, Any]] = []
        for place in range(number):
            name, firm = _name(chance), f"{chance.choice(FIRMS)} {place}"
            client = {"email": f"klient{place}@firma{place % 997}.example.com", "name": name, "firm": firm}
            clients.append(client | {"created_at": MONDAY, "phone": f"+48 600 {place:06d}", "nip": f"{place:010d}",
                                     "language": "pl", "password_hash": "", "roles": [], "is_disabled": False})
        session.connection().execute(Person.__table__.insert(), clients)  # type: ignore[attr-defined]
        rows = session.execute(select(Person.id, Person.name, Person.email, Person.firm).where(
            Person.email.like("klient%"))).all()
    return staff, [(row.id, f"{row.name} {row.email} {row.firm}") for row in rows]


def _name(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


class _Writer:
    """Writes copies in bulk: COPY on PostgreSQL, one prepared statement for many rows on SQLite."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tables = {table.name: table for table in Record.metadata.sorted_tables
                       if table.name == "ticket" or "ticket_id" in table.c or table.name == "clock_move"}
        self.waiting: dict[str, list[list[Any]]] = {name: [] for name in (*self.tables, "ticket_search")}
        with database.engine.connect() as connection:
            last = {name: connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {name}").scalar_one()
                    for name, table in self.tables.items() if "id" in table.c}
            last_number = connection.exec_driver_sql("SELECT last FROM ticket_counter").scalar_one()
        self.ids = {name: counting(number + 1) for name, number in last.items()}
        self.numbers = counting(max(FIRST_NUMBER, last_number) + 1)
        self.number = last_number
        self.done = 0
        raw = database.engine.raw_connection()
        assert raw.dbapi_connection is not None
        self.pooled, self.raw = raw, raw.dbapi_connection
        if database.is_sqlite:
            self.raw.execute("PRAGMA synchronous=OFF")
            self.raw.execute("PRAGMA foreign_keys=OFF")
            self.raw.execute("BEGIN")

    def copy(self, plan: Plan, opened_at: datetime, client: tuple[int, str], staff: dict[str, list[int]],
             chance: random.Random, *, is_thin: bool) -> None:
        self.number = next(self.numbers)
        client_id, client_words = client
        number = f"{NUMBER_PREFIX}{self.number:07d}"
        subject = " ".join(chance.choices(WHAT, k=chance.randint(3, 7))).capitalize()
        facts: dict[str, Any] = {
            "ticket": next(self.ids["ticket"]), "instance": next(self.ids["instance"]), "number": number,
            "subject": subject}
        chosen: dict[str, int] = {"clara": client_id}
        made: dict[tuple[str, int], int] = {}
        shift = opened_at - plan.opened_at
        for name, rows in plan.rows.items():
            if is_thin and name not in THIN:
                continue
            for values, changes in rows[:1] if is_thin and name in ONCE else rows:
                fresh = values.copy()
                for place, what, value in changes:
                    if what == "moment":
                        fresh[place] = self._moment(value + shift)
                    elif what == "person":
                        if value not in chosen:
                            chosen[value] = chance.choice(staff[value])
                        fresh[place] = chosen[value]
                    elif what == "id" and value[0] == "instance":
                        fresh[place] = facts["instance"]
                    elif what == "id" or (what == "row" and not is_thin):
                        if value not in made:
                            made[value] = next(self.ids[value[0]])
                        fresh[place] = made[value]
                    elif what == "row":
                        pass
                    else:
                        fresh[place] = facts[what]
                self.waiting[name].append(fresh)
        said = f"{number} {subject} {client_words} Po wysłaniu widzę pustą stronę zamiast potwierdzenia portal"
        words = words_of(said, most=MOST_WORDS)
        self.waiting["ticket_search"].append([facts["ticket"], " ".join(words)])
        self.done += 1
        if self.done % TOGETHER == 0:
            self._write()

    def close(self) -> None:
        self._write()
        if self.database.is_sqlite:
            self.raw.execute("COMMIT")
            self.raw.execute("PRAGMA foreign_keys=ON")
            self.raw.execute("PRAGMA synchronous=FULL")
        else:
            self.raw.commit()
        self.pooled.close()
        with self.database.transaction() as session:
            session.get_one(TicketCounter, 1).last = self.number
            if not self.database.is_sqlite:
                for name in self.ids:
                    session.connection().exec_driver_sql(
                        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")

    def _moment(self, moment: datetime) -> Any:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if (
            self.database.is_sqlite) else moment

    def _write(self) -> None:
        for name, rows in self.waiting.items():
            if not rows:
                continue
            if name == "ticket_search":
                columns = ["rowid" if self.database.is_sqlite else "ticket_id", "words"]
            else:
                columns = [f'"{column.name}"' for column in self.tables[name].c]
            if self.database.is_sqlite:
                places = ", ".join("?" * len(columns))
                self.raw.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})", rows)
            else:
                with self.raw.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            rows.clear()


def newest_of(database: Database, element_id: str) -> Iterator[tuple[str, int, int]]:
    """Open steps of one element that nobody holds: ticket's number, step, ticket; the newest first."""
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT ticket.number, work_item.id, ticket.id FROM work_item "
            "JOIN ticket ON ticket.id = work_item.ticket_id "
            f"WHERE work_item.state = 'open' AND work_item.holder_id IS NULL AND element_id = '{element_id}' "
            "ORDER BY work_item.id DESC").all()
    yield from found
