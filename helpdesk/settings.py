"""Settings: from the environment or one TOML file, each described in one table."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from helpdesk.errors import DeskError
from helpdesk.files import MIB, FileLimits
from helpdesk.languages import LANGUAGES

PREFIX = "OKIENKO_"
WELL_KNOWN = ("change", "secret", "demo", "okienko", "example")  # what people leave in from examples
LEAST_SECRET = 32


def _setting(default: Any, about: str, *, least: int = 0, most: int = 1_000_000) -> Any:
    return field(default=default, metadata={"about": about, "least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """Everything an installation can choose. Each field is OKIENKO_<NAME> in the environment."""

    database: str = _setting("", "Address of the database; empty means SQLite in the data folder.")
    data: str = _setting("var", "Folder for files, demo letters and the SQLite database.")
    secret: str = _setting("", "At least 32 random characters; signs what leaves in links and cookies.")
    address: str = _setting("http://localhost:8080", "The public address; links in letters start with it.")
    office: str = _setting("Okienko (demo)", "The office that runs the desk, as the statements name it.")
    host: str = _setting("127.0.0.1", "The interface the web server listens on.")
    port: int = _setting(8080, "The port the web server listens on.", least=1, most=65_535)
    threads: int = _setting(8, "Threads of the web server.", least=1, most=256)
    demo: bool = _setting(False, "Demo desk: demo people may sign in with one click, letters go to a folder.")
    language: str = _setting("pl", "The language before a person has chosen one: pl or en.")
    smtp: str = _setting("", "SMTP server as host:port; empty means that letters are written into a folder.")
    smtp_user: str = _setting("", "User name at the SMTP server.")
    smtp_password: str = _setting("", "Password at the SMTP server.")
    smtp_tls: bool = _setting(True, "Whether STARTTLS is demanded of the SMTP server.")
    mail_from: str = _setting("pomoc@okienko.example.gov.pl", "The sender of letters.")
    file_number: int = _setting(10, "How many files may be added at once.", least=1, most=100)
    file_megabytes: int = _setting(10, "How large one file may be, in MB.", least=1, most=1_000)
    files: str = _setting("", "Where files lie: empty is the data folder; s3://bucket/folder: [Files](files.md).")
    s3_endpoint: str = _setting("", "Address of the S3-compatible store; empty means that of its vendor.")
    s3_region: str = _setting("", "Region of the store, if it has any.")
    s3_key: str = _setting("", "Access key of the store; empty means what the machine itself offers.")
    s3_secret: str = _setting("", "Secret of the access key.")
    scanner: str = _setting("", "The virus scanner clamd, as host:port or the path of its socket; empty means none.")
    session_hours: int = _setting(12, "How long a sign-in lasts without use, in hours.", least=1, most=8_760)
    sign_in_tries: int = _setting(5, "Failed sign-ins of one address in 15 minutes before a pause.", least=1)
    registration: bool = _setting(True, "Whether people may make accounts themselves.")
    staff_second_step: bool = _setting(
        False, "Whether staff must sign in with a second step: [Accounts](accounts.md#the-second-step).")
    providers: str = _setting(
        "", "TOML file with providers of sign-ins (OpenID Connect): [Accounts](accounts.md#signing-in-elsewhere).")
    requests_per_hour: int = _setting(60, "Requests one client may register in an hour.", least=1)
    tick_seconds: int = _setting(5, "How often due alarms and letters are looked for, in seconds.", least=1, most=3_600)
    reopen_days: int = _setting(
        30, "For how many days after closing a client can add to a request.", least=1, most=3_650)
    tell_names: bool = _setting(False, "Whether clients are told the first name of who works on their request.")
    avalanche_letters: int = _setting(
        5, "Letters of one kind that a person gets one by one; what is more becomes one letter.", least=1, most=100)
    avalanche_minutes: int = _setting(
        15, "Within how many minutes these are counted; 0: only letters that wait at the same moment become one.",
        most=1_440)
    rating_days: int = _setting(
        30, "A person is asked for a rating by letter at most once in so many days.", least=1, most=3_650)
    rating_hours: int = _setting(12, "For how many hours a rating that was given can be changed.", most=720)
    complaint_days: int = _setting(14, "For how many days a solution can be disputed.", least=1, most=3_650)
    complaint_allowed: str = _setting(
        "P10D @ office", "The time for the decision about a complaint, in [the notation](time.md#the-notation).")
    outage_reports: int = _setting(10, "How many reports about one service look like a failure.", least=2, most=100_000)
    outage_minutes: int = _setting(30, "Within how many minutes they must have come.", least=1, most=1_440)
    systems: str = _setting("", "TOML file that tells where other systems are: [Other systems](outside.md).")
    proxies: int = _setting(0, "How many trusted proxies stand before the web server.", most=10)

    @property
    def data_folder(self) -> Path:
        return Path(self.data).expanduser().resolve()

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data_folder / 'okienko.sqlite'}"

    @property
    def limits(self) -> FileLimits:
        return FileLimits(number=self.file_number, size=self.file_megabytes * MIB)


class BadSetting(DeskError):
    """The setting {name} cannot be read: {reason}"""


class NoSecret(DeskError):
    """Set OKIENKO_SECRET to at least 32 random characters (for example: openssl rand -hex 32). It is missing, too short, or the demo's."""  # noqa: E501


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the file named by OKIENKO_SETTINGS, overridden by the environment."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    path = environment.get(f"{PREFIX}SETTINGS")
    if path:
        values |= _read_file(Path(path))
    for one in fields(Settings):
        name = f"{PREFIX}{one.name.upper()}"
        if name in environment:
            values[one.name] = _parse(name, environment[name], type(one.default))
    return _checked(Settings(**values))


def check_secret(settings: Settings) -> None:
    """Refuse to start with a missing, short or default secret, except in the demo."""
    if settings.demo:
        return
    if len(settings.secret) < LEAST_SECRET or settings.secret.lower().startswith(WELL_KNOWN):
        raise NoSecret()


def with_demo_secret(settings: Settings) -> Settings:
    """In the demo, a secret made once for this data folder when none is set."""
    if not settings.demo or settings.secret:
        return settings
    path = settings.data_folder / "demo-secret"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(32), encoding="utf-8")
        path.chmod(0o600)
    return replace(settings, secret=path.read_text(encoding="utf-8"))


def settings_table() -> str:
    """The table of all settings, as the documentation shows it."""
    rows = ["| Setting | Default | What it is |", "|---|---|---|"]
    rows += [f"| `{PREFIX}{one.name.upper()}` | `{one.default!r}` | {one.metadata['about']} |"
             for one in fields(Settings)]
    return "\n".join(rows) + "\n"


def _checked(settings: Settings) -> Settings:
    for one in fields(Settings):
        value, least, most = getattr(settings, one.name), one.metadata["least"], one.metadata["most"]
        if type(value) is int and not least <= value <= most:
            raise BadSetting(name=f"{PREFIX}{one.name.upper()}", reason=f"{value} is not between {least} and {most}")
    if settings.language not in LANGUAGES:
        raise BadSetting(name=f"{PREFIX}LANGUAGE", reason=f"{settings.language!r} is not one of {', '.join(LANGUAGES)}")
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(name=f"{PREFIX}SETTINGS", reason=str(error)) from error
    known = {one.name: type(one.default) for one in fields(Settings)}
    for name, value in content.items():
        if name not in known:
            raise BadSetting(name=name, reason="there is no such setting")
        if type(value) is not known[name]:
            raise BadSetting(name=name, reason=f"{value!r} is not of type {known[name].__name__}")
    return content


def _parse(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in {"1", "0", "true", "false", "yes", "no"}:
            raise BadSetting(name=name, reason=f"{text!r} is neither yes nor no")
        return text.lower() in {"1", "true", "yes"}
    try:
        return kind(text)
    except ValueError as error:
        raise BadSetting(name=name, reason=f"{text!r} is not of type {kind.__name__}") from error
