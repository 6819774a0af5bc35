"""Event logs are read as a stream; a bad file says where it is bad and what to do."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from replay_logs import SMALL, write, xes

from engine.replay import xes as reading
from engine.replay.log import ACTS, Reason, read_log
from engine.replay.xes import BadLog, UnreadableLog


@pytest.mark.parametrize("name", ["small.xes", "small.xes.gz"])
def test_a_log_is_read_gzipped_or_not(tmp_path: Path, name: str) -> None:
    log = read_log(write(tmp_path / name, SMALL))

    assert len(log.cases) == len(SMALL)
    opening = log.cases[0].opening
    assert (opening.case, opening.at, opening.by, opening.customer, opening.product, opening.seriousness) == (
        "Case 1", datetime(2012, 3, 5, 8, tzinfo=UTC), "Value 1", "Value 1", "Value 3", "2")
    assert [event.at for event in log.events] == sorted(event.at for event in log.events)


def test_every_kind_of_event_is_in_the_small_log() -> None:
    assert set(ACTS) <= {row[2] for rows in SMALL.values() for row in rows}


def test_what_cannot_be_mapped_is_counted_with_its_reason(tmp_path: Path) -> None:
    log = read_log(write(tmp_path / "small.xes", SMALL))

    assert sorted((one.case, one.number, one.reason) for one in log.unmapped) == [
        ("Case 9", 2, Reason.UNKNOWN_NAME), ("Case 9", 3, Reason.NO_PERSON), ("Case 9", 4, Reason.NO_MOMENT),
        ("Case 9", 5, Reason.NO_CUSTOMER), ("Case 9", 6, Reason.ALREADY_INSERTED)]


@pytest.mark.parametrize("moment", [
    "2012-03-05T09:00", "2012-03-05", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "",
    "2012-13-01T00:00Z"])
def test_a_moment_without_zone_or_sense_is_not_guessed(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "log.xes"
    text = xes({"A": [("2012-03-05T08:00", "Value 1", "Wait"), ("2012-03-05T09:00", "Value 1", "Wait")]})
    path.write_text(text.replace("2012-03-05T09:00+00:00", moment))

    log = read_log(path)

    assert [(one.number, one.reason) for one in log.unmapped] == [(2, Reason.NO_MOMENT)]


def test_moments_of_other_zones_and_out_of_order_come_in_the_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    text = xes({"A": [("2012-03-05T08:00", "Value 1", "Wait"), ("2012-03-05T08:30", "Value 1", "Closed")]})
    path.write_text(text.replace("T08:30+00:00", "T08:30+02:00"))

    log = read_log(path)

    assert [(event.act, event.at.hour, event.number) for event in log.events] == [("close", 6, 2), ("wait", 8, 1)]


def test_cases_of_the_same_name_and_without_one_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    rows = [("2012-03-05T08:00", "Value 1", "Wait")]
    path.write_text(xes({"A": rows, "B": rows, "A (2)": rows, "C": rows}).replace(
        '"B"', '"A"').replace('<string key="concept:name" value="C"/>', ""))  # type: ignore[arg-type]

    assert [case.name for case in read_log(path).cases] == ["A", "A (2)", "A (2) (2)", "#4"]


def test_a_truncated_file_says_where_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text(xes(SMALL)[:3000])

    with pytest.raises(BadLog) as refused:
        read_log(path)

    assert refused.value.facts["line"] == xes(SMALL)[:3000].count("\n") + 1
    assert "log.xes, line" in str(refused.value) and "Export the log anew" in str(refused.value)


@pytest.mark.parametrize("text", [
    '<!DOCTYPE log [<!ENTITY a "b">]><log><trace/></log>',
    '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log><trace/></log>',
    "<html><body/></html>", "no xml at all", ""])
def test_what_is_not_a_log_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.xes"
    path.write_text(text)

    with pytest.raises(BadLog):
        read_log(path)


def test_a_gzip_file_that_is_not_complete_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    data = gzip.compress(xes(SMALL).encode())
    path.write_bytes(data[: len(data) // 2])

    with pytest.raises(UnreadableLog, match=r"log\.xes\.gz cannot be read: the gzip file"):
        read_log(path)


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    data = bytearray(gzip.compress(xes(SMALL).encode()))
    data[40:60] = b"\xff" * 20
    path.write_bytes(data)

    with pytest.raises((UnreadableLog, BadLog)):
        read_log(path)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(b"<log>" + b" " * 400_000 + b"</log>"))
    monkeypatch.setattr(reading, "MOST_BYTES", 300_000)

    with pytest.raises(UnreadableLog, match="larger than"):
        read_log(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="Check the path"):
        read_log(tmp_path / "none.xes")


def test_a_log_with_nothing_to_replay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="no event of it can be replayed"):
        read_log(write(tmp_path / "log.xes", {"A": [("2012-03-05T08:00", "Value 1", "Nothing known")]}))


def test_memory_is_freed_as_cases_and_events_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    cases = {f"Case {number}": SMALL["Case 3"] for number in range(300)}
    path.write_text(xes({**cases, "long": SMALL["Case 3"] * 300}))
    most = {"log": 0, "trace": 0}

    with reading._opened(path) as stream:
        parsed = reading._parsed(stream)
        root = next(parsed)[1]
        for what, node in parsed:
            parent = node.getparent()
            if what == "end" and parent is not None and reading._local(node) in ("trace", "event"):
                reading._forget(node)
                most[reading._local(parent)] = max(most[reading._local(parent)], len(parent))

    # What the parser has read ahead is there, and nothing older.
    assert most["log"] < 60 and most["trace"] < 300 and len(root) < 5
