"""The command line."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.outside.addresses import Addresses
from engine.packages import read_built_in, read_package
from engine.versions import PackageRefused, Shelf, publish_package
from helpdesk import audit
from helpdesk.audit.proof import Broken, Proof, find_seal, prove
from helpdesk.catalogue import load_catalogue, read_catalogue
from helpdesk.database import Database
from helpdesk.errors import DeskError
from helpdesk.knowledge import index
from helpdesk.knowledge.writing import shipped
from helpdesk.migrations import is_current, upgrade
from helpdesk.people.accounts import Membership, Role, Team, add_person, find_person
from helpdesk.people.signin import set_password
from helpdesk.settings import Settings, check_secret, read_settings, with_demo_secret
from helpdesk.storage.choice import open_storage
from web.check import check_package, check_routes
from web.edge import Desk
from web.journal import keep_journal
from web.work import Round, start_working

# The demo's oldest ticket is about a quarter old; its processes are older.
DEMO_HISTORY = timedelta(days=120)


def main() -> None:
    """The entry point: an error of the desk is one sentence and exit code 1."""
    keep_journal()
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except DeskError as error:
        click.echo(f"okienko: {error}", err=True)
        sys.exit(1)
    except OperationalError as error:
        click.echo(f"okienko: The database cannot be used: {str(error.orig).strip()}", err=True)
        sys.exit(1)


@click.group()
def commands() -> None:
    """Okienko: a help desk in which every request is a process."""


@commands.command()
@click.option("--with-worker", is_flag=True, help="Run scheduler and outbox in this process too.")
@click.option("--with-stand-in", is_flag=True, help="Run the stand-in of other systems too (demo only).")
def serve(with_worker: bool, with_stand_in: bool) -> None:
    """Serve the pages."""
    from waitress import serve as serve_forever

    from web.app import create_app
    from web.overflow import READ_TIMES
    settings = _settings()
    check_secret(settings)
    database = _ready_database(settings)
    app = create_app(Desk(settings, database))
    # What is loaded by now stays for good: the collector need not look at it with every round.
    gc.freeze()
    if with_worker:
        start_working(database, settings, in_background=True,
                      stand_in=_stand_in(settings) if with_stand_in else None)
    click.echo(f"Okienko: {settings.address} (listening on {settings.host}:{settings.port})")
    # The server takes more than the pages do, so that it is a page that says what is too much.
    serve_forever(app, host=settings.host, port=settings.port, threads=settings.threads, ident=None,
                  max_request_body_size=READ_TIMES * app.config["MAX_CONTENT_LENGTH"])


@commands.command()
@click.option("--only", "rounds", multiple=True, type=click.Choice([one.value for one in Round]),
              help="Do only this; may be given several times.")
def work(rounds: tuple[str, ...]) -> None:
    """Run scheduler and outbox: alarms and letters."""
    settings = _settings()
    start_working(_ready_database(settings), settings, in_background=False,
                  only=[Round(one) for one in rounds] or tuple(Round))


@commands.command("stand-in")
@click.option("--port", type=click.IntRange(0, 65_535), default=8091, show_default=True, help="0 takes a free one.")
def stand_in(port: int) -> None:
    """Run a stand-in of the other systems for a demo desk, with failures on demand, on this machine only."""
    from web.standin.server import StandIn
    standing = StandIn(_settings(), port=port)
    click.echo(f"Stand-in of other systems: {standing.address}")
    click.echo(f"Bearer token: {standing.token}")
    standing.serve()


@commands.command("init-db")
def init_db() -> None:
    """Create or migrate the database and publish the built-in processes."""
    settings = _settings()
    database = _database(settings)
    upgrade(database)
    _publish_built_in(database)
    with database.transaction() as session:
        if index.is_stale(session):
            index.rebuild(session)
    click.echo(f"Ready: {database.engine.url.render_as_string(hide_password=True)}")


@commands.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when the desk has people already.")
def demo(if_empty: bool) -> None:
    """Fill an empty desk with invented people and believable work, and tell who can sign in."""
    from engine.demo.play import cast, is_empty, play
    settings = _settings()
    database = _database(settings)
    upgrade(database)
    if is_empty(database):
        database.engine.dispose()
        with _drafted(settings) as draft, click.progressbar(
                length=1000, label="Filling the demo desk", file=sys.stderr) as bar:
            now = datetime.now(UTC)
            _publish_built_in(draft, now=now - DEMO_HISTORY)
            play(draft, now=now, hasher=PasswordHasher(), storage=open_storage(settings),
                 progress=lambda share: bar.update(int(share * 1000) - bar.pos))
    elif not if_empty:
        raise click.ClickException("The desk is not empty; the demo needs an empty database.")
    with database.transaction() as session:
        members = [member for member in cast() if find_person(session, member.email)]
    if not members:
        return
    click.echo(f"\nThe demo desk opens at {settings.address}. These people can sign in (everything is invented):\n")
    for member in members:
        click.echo(f"  {member.name:<16} {member.email:<34} {member.password:<22} {member.what['en']}")
    click.echo()


@commands.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Check the processes of FOLDER, or the built-in ones and that every page names its rule."""
    findings = [*check_package(folder), *(check_routes() if folder is None else ())]
    for finding in findings:
        click.echo(finding)
    if findings:
        click.echo(f"{len(findings)} finding(s)", err=True)
        sys.exit(1)
    click.echo("Everything fits.")


@commands.group()
def process() -> None:
    """Process versions."""


@process.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def publish(folder: Path) -> None:
    """Publish the processes of FOLDER (package.toml, bpmn/, forms/)."""
    settings = _settings()
    package = read_package(folder)
    try:
        with _ready_database(settings).transaction() as session:
            for version in publish_package(session, package, by=None, now=datetime.now(UTC)):
                click.echo(f"{version.process_key}: version {version.number} ({version.digest[:12]})")
    except PackageRefused as error:
        for finding in error.findings:
            click.echo(f"{finding.file}:{finding.line}: {finding.element}: {finding.sentence('en')}", err=True)
        for form, sheet_finding in error.sheets:
            click.echo(f"{form}: {sheet_finding.component}: {sheet_finding.en}", err=True)
        raise


@commands.group()
def catalogue() -> None:
    """The service catalogue."""


@catalogue.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_(file: Path) -> None:
    """Add or update the areas, services and classifications that FILE lists."""
    with _ready_database(_settings()).transaction() as session:
        counts = load_catalogue(session, read_catalogue(file))
        audit.record(session, "catalogue_loaded", by=None, now=datetime.now(UTC), **counts)
    click.echo(", ".join(f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items()) + ".")


@commands.group()
def search() -> None:
    """Full-text search."""


@search.command()
def rebuild() -> None:
    """Write the index of articles anew, with the dictionary that this machine has."""
    with _ready_database(_settings()).transaction() as session:
        number = index.rebuild(session)
    click.echo(f"{number} article{'' if number == 1 else 's'}.")


@commands.group()
def knowledge() -> None:
    """The knowledge base."""


@knowledge.command("load")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def load_articles(folder: Path | None) -> None:
    """Publish the articles of FOLDER (topics.toml, *.md), or those that come with the desk."""
    with _ready_database(_settings()).transaction() as session:
        loaded = shipped.load(session, folder or shipped.built_in(), now=datetime.now(UTC))
    click.echo(f"{loaded.added} added, {loaded.changed} changed, {loaded.same} the same, "
               f"{loaded.left} left because they were edited here.")


@commands.group()
def user() -> None:
    """People."""


@user.command()
@click.argument("email")
@click.option("--name", prompt=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--language", type=click.Choice(["pl", "en"]), default="pl")
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]))
@click.option("--team", "teams", multiple=True, help="Key of a team the person works in.")
@click.option("--lead", "leads", multiple=True, help="Key of a team the person leads.")
def add(email: str, name: str, password: str, language: str, roles: tuple[str, ...], teams: tuple[str, ...],
        leads: tuple[str, ...]) -> None:
    """Add a person with the address EMAIL."""
    now = datetime.now(UTC)
    with _ready_database(_settings()).transaction() as session:
        known = {team.key: team.id for team in session.scalars(select(Team))}
        unknown = {*teams, *leads} - set(known)
        if unknown:
            raise click.ClickException(f"There is no team {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
        person = add_person(session, email=email, name=name, now=now, language=language, roles=sorted(roles))
        person.memberships = [Membership(team_id=known[key], is_lead=key in leads) for key in sorted({*teams, *leads})]
        set_password(session, person, password, hasher=PasswordHasher(), by=None, now=now)
    click.echo(f"Added {person.email}.")


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["pl", "en"]), default="en", help="Language of the report.")
def replay(file: Path, language: str) -> None:
    """Play the event log FILE (XES, gzipped or not) through the desk and report."""
    from engine.replay import refuse_used
    from engine.replay import replay as play_log
    settings = _settings()
    database = _database(settings)
    upgrade(database)
    refuse_used(database)
    database.engine.dispose()
    gc.freeze()
    with _drafted(settings) as draft, click.progressbar(length=1000, label=file.name, file=sys.stderr) as bar:
        outcome = play_log(draft, file,
                           progress=lambda done, total, _now: bar.update(done * 1000 // total - bar.pos))
    for line in outcome.lines(language):
        click.echo(line)
    sys.exit(0 if outcome.is_good else 1)


@commands.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results here.")
@click.option("--details", is_flag=True, help="Tell about every case that did not pass.")
def tck(folder: Path, json_file: Path | None, details: bool) -> None:
    """Run the cases of the public decision test kit (DMN TCK) that lie below FOLDER."""
    from engine.decisions.kit.report import as_json, has_passed, table, told
    from engine.decisions.kit.runner import run_kit
    results = run_kit(folder, now=datetime.now(UTC))
    for line in [*table(results), *(told(results) if details else ())]:
        click.echo(line)
    if json_file:
        json_file.write_text(as_json(results), encoding="utf-8")
    sys.exit(0 if has_passed(results) else 1)


@commands.group("audit")
def audit_log() -> None:
    """The audit log."""


@audit_log.command()
@click.argument("number", required=False)
@click.option("--seal", "kept", metavar="NUMBER=DIGEST",
              help="Compare this seal, kept from the worker's log, with the one in the database.")
def verify(number: str | None, kept: str | None) -> None:
    """Count the whole audit log over again, or that of the ticket NUMBER; exit code 1 at the first broken place."""
    database = _ready_database(_settings())
    proof = prove(database, number=number)
    for line in _tell_proof(proof, number):
        click.echo(line)
    if kept is not None:
        place, _, digest = kept.partition("=")
        if not (place.isascii() and place.isdecimal()) or find_seal(database, int(place)) != digest:
            raise Broken(where=f"seal {place}", what="it is not the one that was kept.")
        click.echo(f"Seal {place} is the one that was kept.")


def _tell_proof(proof: Proof, number: str | None) -> list[str]:
    what = f"{number}: {proof.entries} entries" if number else (
        f"{proof.entries} entries of {proof.tickets} tickets and {proof.desk_entries} of the desk")
    if not proof.sealed_at:
        return [f"{what}: unbroken. No seal yet."]
    return [f"{what}: unbroken; {proof.unsealed} not sealed yet.",
            f"{proof.seals} seals: unbroken. The last one, {proof.sealed_at:%Y-%m-%d %H:%M} UTC: "
            f"{proof.seals}={proof.last_seal}"]


def _stand_in(settings: Settings) -> Addresses:
    """A stand-in of the other systems that runs as long as this process."""
    from web.standin.server import StandIn
    standing = StandIn(settings)
    standing.start()
    click.echo(f"Stand-in of other systems: {standing.address}")
    return standing.addresses()


def _settings() -> Settings:
    return with_demo_secret(read_settings())


def _database(settings: Settings) -> Database:
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    return Database(settings.database_url, info={"shelf": Shelf()})


@contextmanager
def _drafted(settings: Settings) -> Iterator[Database]:
    """An empty database to fill; an embedded one takes its place only when it is full, so that none stays half full."""
    if settings.database:
        yield Database(settings.database_url, info={"shelf": Shelf()})
        return
    path = settings.data_folder / "filling.sqlite"
    path.unlink(missing_ok=True)
    draft = Database(f"sqlite:///{path}", info={"shelf": Shelf()}, is_draft=True)
    upgrade(draft)
    yield draft
    with draft.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    draft.engine.dispose()
    path.replace(settings.data_folder / "okienko.sqlite")


def _ready_database(settings: Settings) -> Database:
    database = _database(settings)
    if not is_current(database):
        raise click.ClickException("The database is not ready; run: okienko init-db")
    return database


def _publish_built_in(database: Database, *, now: datetime | None = None) -> None:
    with database.transaction() as session:
        publish_package(session, read_built_in(), by=None, now=now or datetime.now(UTC))
