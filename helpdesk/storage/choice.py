"""Which storage the settings name."""

from helpdesk.settings import BadSetting, Settings
from helpdesk.storage import Scanned, Storage
from helpdesk.storage.bucket import Bucket
from helpdesk.storage.folder import Folder
from helpdesk.storage.scanner import Scanner


def open_storage(settings: Settings) -> Storage:
    """The storage that the settings name. Raises BadSetting."""
    storage: Storage = _bucket(settings) if settings.files else Folder(settings.data_folder / "files")
    return Scanned(storage, _scanner(settings)) if settings.scanner else storage


def _bucket(settings: Settings) -> Bucket:
    kind, _, rest = settings.files.partition("://")
    name, _, prefix = rest.partition("/")
    if kind != "s3" or not name:
        raise BadSetting(name="OKIENKO_FILES", reason=f"{settings.files!r} is not like s3://bucket or s3://bucket/folder")
    return Bucket(name, prefix=prefix.strip("/"), endpoint=settings.s3_endpoint, region=settings.s3_region,
                  key=settings.s3_key, secret=settings.s3_secret)


def _scanner(settings: Settings) -> Scanner:
    try:
        return Scanner.at(settings.scanner)
    except ValueError as error:
        raise BadSetting(name="OKIENKO_SCANNER", reason=str(error)) from error
