"""A bucket of an S3-compatible store."""

from functools import cached_property
from typing import IO, Any, cast

import structlog

from helpdesk.storage.errors import Unreachable

log = structlog.get_logger()
CONNECT_SECONDS, READ_SECONDS, TRIES = 3, 20, 3


class Bucket:
    """The bytes of files as objects of one bucket, under an own prefix; one client serves all threads."""

    def __init__(self, name: str, *, prefix: str = "", endpoint: str = "", region: str = "", key: str = "",
                 secret: str = "") -> None:
        self.name, self.prefix = name, prefix
        self._endpoint, self._region, self._key, self._secret = endpoint, region, key, secret

    @cached_property
    def client(self) -> Any:
        # The library is large: only a desk with a bucket pays for it.
        import boto3
        from botocore.config import Config
        return boto3.session.Session().client(
            "s3", endpoint_url=self._endpoint or None, region_name=self._region or None,
            aws_access_key_id=self._key or None, aws_secret_access_key=self._secret or None,
            config=Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS,
                          retries={"max_attempts": TRIES, "mode": "standard"}))

    def object_key(self, place: str) -> str:
        return "/".join(filter(None, [self.prefix, place[:2], place]))

    def write(self, place: str, data: bytes) -> None:
        self._ask("put_object", place, Body=data)

    def open(self, place: str) -> IO[bytes] | None:
        found = self._ask("get_object", place)
        return cast("IO[bytes] | None", found and found["Body"])

    def remove(self, place: str) -> None:
        self._ask("delete_object", place)

    def _ask(self, what: str, place: str, **more: Any) -> Any:
        """What the store answers; None if it has no such object."""
        from botocore.exceptions import BotoCoreError, ClientError
        try:
            return getattr(self.client, what)(Bucket=self.name, Key=self.object_key(place), **more)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NoSuchKey":
                return None
            log.error("store_refused", act=what, code=code)
            raise Unreachable("store") from error
        except (BotoCoreError, ValueError) as error:
            log.error("store_unreachable", act=what, error=type(error).__name__)
            raise Unreachable("store") from error
