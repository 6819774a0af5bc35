"""Migrations: the database brought to the present shape, step by step, by Alembic."""

from collections.abc import Callable
from importlib.resources import as_file, files
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from helpdesk.database import Database


def upgrade(database: Database) -> None:
    """Bring the database to the newest revision; does nothing if it is there."""
    run(database, command.upgrade, "head")


def run(database: Database, what: Callable[..., None], revision: str) -> None:
    """Let Alembic do something (`upgrade`, `downgrade`) up to a revision."""
    with as_file(files("helpdesk.migrations")) as folder, database.engine.begin() as connection:
        config = _config(str(folder))
        config.attributes["connection"] = connection
        what(config, revision)


def is_current(database: Database) -> bool:
    """Whether the database has the newest revision."""
    with as_file(files("helpdesk.migrations")) as folder, database.engine.connect() as connection:
        head = ScriptDirectory.from_config(_config(str(folder))).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head


def write_revision(database: Database, metadata: Any, message: str) -> None:
    """Write a new migration from the difference between the records and the database."""
    with as_file(files("helpdesk.migrations")) as folder, database.engine.begin() as connection:
        config = _config(str(folder))
        config.attributes.update(connection=connection, metadata=metadata)
        command.revision(config, message, autogenerate=True)


def _config(folder: str) -> Config:
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config
