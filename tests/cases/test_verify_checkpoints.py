"""What a chain cannot show by itself: that its end, or a whole case, was taken away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from cases.kit import DAY, NOW, Record, case_id, move, register_case, sql, whats
from onedoor.cases import checkpoints
from onedoor.cases.checkpoints import checkpoint_files, read_checkpoints, write_checkpoint
from onedoor.cases.ledger import GENESIS, GOVERNED, event_hash
from onedoor.cases.steps._record import EVENT_COLUMNS
from onedoor.cases.verify import verify, work

TABLES = {**dict.fromkeys(GOVERNED, "case_id"), "case": "id", "event": "case_id", "visible": "case_id"}


def copy_of(number: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a case, as an intruder may have kept them from last week's backup."""
    key = case_id(number)
    return {
        table: sql(f'SELECT row_to_json(r)::text FROM "{table}" r WHERE {column} = %s', key)
        for table, column in TABLES.items()
    }


def put_back(number: str, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    remove(number)
    for table, found in rows.items():
        for (row,) in found:
            sql(f'INSERT INTO "{table}" SELECT * FROM json_populate_record(NULL::"{table}", %s::json)', row)


def remove(number: str) -> None:
    key = case_id(number)
    for table, column in TABLES.items():
        sql(f'DELETE FROM "{table}" WHERE {column} = %s', key)


def test_a_removed_tail_is_found(tampering: Record) -> None:
    write_checkpoint(NOW)
    before = copy_of(tampering.full)
    move(tampering.full, "report_progress", "handler2", text="双方约定周五清理。")
    put_back(tampering.full, before)
    assert whats() == set()  # nobody has yet written down that there was more

    move(tampering.full, "report_progress", "handler2", text="双方约定周五清理。")
    write_checkpoint(NOW + DAY)
    put_back(tampering.full, before)

    (found,) = verify().findings
    assert (found.number, found.what) == (tampering.full, "检查点所载的事件已不存在")


def test_another_end_in_place_of_the_first_is_found(tampering: Record) -> None:
    before = copy_of(tampering.full)
    move(tampering.full, "report_progress", "handler2", text="双方约定周五清理。")
    write_checkpoint(NOW)
    put_back(tampering.full, before)
    move(tampering.full, "report_progress", "handler2", text="双方没有约定。")

    (found,) = verify().findings

    assert (found.number, found.what) == (tampering.full, "事件与检查点不符")


def test_a_removed_case_is_found(tampering: Record) -> None:
    gone = case_id(tampering.closed)
    write_checkpoint(NOW)
    remove(tampering.closed)

    found = verify().findings

    assert {finding.what for finding in found} == {
        "检查点所载的事项已不存在",
        "检查点所载的事件已不存在",
        "现有 4 件事项，检查点曾载 5 件",
    }
    assert {finding.case for finding in found} == {"", str(gone)}


def test_a_chain_made_anew_with_the_key_is_found(tampering: Record) -> None:
    write_checkpoint(NOW)
    key, previous = case_id(tampering.into), GENESIS
    sql("UPDATE event SET occurred_at = occurred_at - INTERVAL '1 day' WHERE case_id = %s", key)
    columns = ", ".join(EVENT_COLUMNS)
    for row in sql(f"SELECT {columns} FROM event WHERE case_id = %s ORDER BY seq", key):
        event = dict(zip(EVENT_COLUMNS, row, strict=True))
        event["payload"] = checkpoints.orjson.loads(event["payload"])
        event["previous"] = previous
        previous = event_hash(settings.LEDGER_KEY, event)
        sql("UPDATE event SET previous = %s, hash = %s WHERE id = %s", event["previous"], previous, event["id"])
    sql('UPDATE "case" SET head = %s WHERE id = %s', previous, key)

    assert whats() == {"事件与检查点不符"}


def test_a_checkpoint_holds_what_changed_since_the_last(tampering: Record) -> None:
    write_checkpoint(NOW)
    move(tampering.full, "report_progress", "handler2", text="已清理一半。")
    new = case_id(register_case())
    write_checkpoint(NOW)  # at the same second
    write_checkpoint(NOW + DAY)

    first, second, third = read_checkpoints()

    assert [one.serial for one in (first, second, third)] == [1, 2, 3]
    assert [one.cases for one in (first, second, third)] == [5, 6, 6]
    assert (first.heads, third.heads) == (5, 0)
    assert {case for case, _seq, _head in second.records()} == {case_id(tampering.full).bytes, new.bytes}
    assert not (first.faults or second.faults or third.faults)
    assert whats() == set()


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("place", [5, 200, -1, -40])
def test_a_changed_checkpoint_is_found(tampering: Record, place: int) -> None:
    flip(write_checkpoint(NOW), place)

    (found,) = verify().findings

    assert "签名不符" in found.what


@pytest.mark.parametrize("size", [0, 10, 150, 300])
def test_a_cut_checkpoint_is_found(tampering: Record, size: int) -> None:
    path = write_checkpoint(NOW)
    path.write_bytes(path.read_bytes()[:size])

    assert any("签名不符" in what for what in whats())


def test_a_checkpoint_under_another_key_is_found(tampering: Record, settings: Settings) -> None:
    key = settings.LEDGER_KEY
    settings.LEDGER_KEY = bytes(32)
    write_checkpoint(NOW)
    settings.LEDGER_KEY = key

    assert any("签名不符" in what for what in whats())


@pytest.mark.parametrize("lost", [0, 1])
def test_a_missing_checkpoint_is_found(tampering: Record, lost: int) -> None:
    paths = [write_checkpoint(NOW + place * DAY) for place in range(3)]
    paths[lost].unlink()

    assert any("有缺失" in what for what in whats())


def test_a_checkpoint_in_place_of_another_is_found(tampering: Record) -> None:
    first, second = write_checkpoint(NOW), write_checkpoint(NOW + DAY)
    kept = second.read_bytes()
    first.unlink()
    second.unlink()
    write_checkpoint(NOW + DAY)
    second.write_bytes(kept)

    assert any("不相衔接" in what for what in whats())


def test_a_damaged_checkpoint_does_not_stop_the_next(tampering: Record) -> None:
    flip(write_checkpoint(NOW), 300)
    write_checkpoint(NOW + DAY)

    first, second = read_checkpoints()

    assert first.faults
    assert not second.faults
    assert second.heads == 5


def test_a_killed_writer_leaves_nothing_that_counts(tampering: Record) -> None:
    settings.CHECKPOINTS.mkdir()
    (settings.CHECKPOINTS / "000001-20260302T010000Z.new").write_bytes(b"half")

    write_checkpoint(NOW)

    assert [path.suffix for path in settings.CHECKPOINTS.iterdir() if path.name != ".lock"] == [".heads"]
    assert whats() == set()


@pytest.fixture
def several_processes(
    record: Record, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Record]:
    """Each case a range of its own, outside any transaction."""
    monkeypatch.setattr(work, "BATCH", 1)
    with django_db_blocker.unblock():
        yield record
        connection.close()


def test_processes_share_the_work_and_see_one_moment(several_processes: Record) -> None:
    write_checkpoint(NOW)
    assert checkpoint_files()
    seen: list[int] = []

    report = verify(jobs=2, progress=lambda done, _all: seen.append(done))

    assert report.findings == []
    assert (report.cases, seen) == (5, [1, 2, 3, 4, 5])
    assert report.events == verify().events


def test_processes_report_in_the_order_of_ids(several_processes: Record) -> None:
    sql("UPDATE party SET name = name || '改' WHERE place = 0")
    try:
        numbers = [finding.number for finding in verify(jobs=2).findings]
    finally:
        sql("UPDATE party SET name = rtrim(name, '改') WHERE place = 0")

    assert len(numbers) == 5
    assert numbers == sorted(numbers, key=case_id)
    assert verify(jobs=2).ok


def test_a_checkpoint_sees_one_moment(several_processes: Record) -> None:
    with checkpoints.snapshot() as cursor:
        assert cursor.execute("SHOW transaction_isolation").fetchone() == ("repeatable read",)
