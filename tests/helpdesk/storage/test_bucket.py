"""Files in an S3-compatible store: a server of its own process, reached over HTTP as any store is."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import boto3
import pytest

from helpdesk.files import FileLimits, NotFetched, NotStored, StoredFile, add_file, clean, keep_draft, open_file
from helpdesk.settings import BadSetting, Settings, read_settings
from helpdesk.storage import Bucket, Folder, Scanned, Storage, Unreachable
from helpdesk.storage.choice import open_storage
from tests.desk import Desk

pytestmark = pytest.mark.one_database
KEY, SECRET = "desk", "not-a-secret"
NAME = "zażółć gęślą jaźń.txt"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The address of a running store with one bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MOTO_S3_CUSTOM_ENDPOINTS": ""}
    server = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(port, server)
        client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id=KEY,
                              aws_secret_access_key=SECRET)
        client.create_bucket(Bucket="files")
        client.close()
        yield address
    finally:
        server.kill()
        server.wait()


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < until, "the store does not start"
            time.sleep(0.1)


def settings(address: str, files: str = "s3://files/desk") -> Settings:
    return Settings(files=files, s3_endpoint=address, s3_region="us-east-1", s3_key=KEY, s3_secret=SECRET)


@pytest.fixture
def bucket(store: str) -> Iterator[Bucket]:
    bucket = open_storage(settings(store))
    assert isinstance(bucket, Bucket)
    yield bucket
    bucket.client.close()


def add(desk: Desk, storage: Storage, data: bytes) -> StoredFile:
    with desk.session() as session:
        clara = desk.person(session, "clara").id
        draft = keep_draft(session, clara, "start:1", {}, now=desk.now)
        return add_file(session, storage, BytesIO(data), name=NAME, by_id=clara, draft_id=draft.id,
                        limits=FileLimits(), now=desk.now)


def test_a_file_goes_to_the_store_and_comes_back(desk: Desk, bucket: Bucket) -> None:
    data = os.urandom(9).hex().encode() * 200_000

    stored = add(desk, bucket, data)

    with open_file(bucket, stored) as content:
        assert content.read() == data
    names = [one["Key"] for one in bucket.client.list_objects_v2(Bucket="files", Prefix="desk/")["Contents"]]
    assert f"desk/{stored.place[:2]}/{stored.place}" in names and not any("za" in name for name in names)


def test_what_belongs_to_nothing_leaves_the_store(desk: Desk, bucket: Bucket) -> None:
    stored = add(desk, bucket, b"stare")
    desk.now += timedelta(days=32)

    with desk.session() as session:
        assert clean(session, bucket, now=desk.now) == 1

    assert bucket.open(stored.place) is None
    bucket.remove(stored.place)  # a second time does no harm


def test_a_store_that_is_away_or_refuses_is_told_in_a_sentence(
        desk: Desk, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = add(desk, bucket, b"tak")
    monkeypatch.setattr("helpdesk.storage.bucket.TRIES", 1)
    away = Bucket("files", endpoint="http://127.0.0.1:9", region="us-east-1", key=KEY, secret=SECRET)
    other = open_storage(settings(bucket.client.meta.endpoint_url, "s3://nothing"))

    for storage in (away, other):
        with pytest.raises(NotStored) as told:
            add(desk, storage, b"nie")
        assert told.value.facts["name"] == NAME
    with pytest.raises(NotFetched):
        open_file(away, stored)
    with pytest.raises(Unreachable):
        other.remove(stored.place)
    for one in (away, other):
        assert isinstance(one, Bucket)
        one.client.close()


def test_the_settings_say_where_files_lie(tmp_path: Path) -> None:
    folder, scanned = open_storage(Settings(data=str(tmp_path))), open_storage(
        Settings(data=str(tmp_path), scanner="127.0.0.1:3310"))

    assert isinstance(folder, Folder) and isinstance(scanned, Scanned) and isinstance(scanned.storage, Folder)


@pytest.mark.parametrize("wrong", [
    {"OKIENKO_FILES": "files"}, {"OKIENKO_FILES": "s3://"}, {"OKIENKO_FILES": "http://store/files"},
    {"OKIENKO_SCANNER": "3310"}, {"OKIENKO_SCANNER": "host:many"}, {"OKIENKO_SCANNER": "host:0"}])
def test_settings_that_name_no_place_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadSetting):
        open_storage(read_settings(wrong))
