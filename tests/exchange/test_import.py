"""A ledger in Excel becomes cases, each with its whole life."""

import json
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
import xlsxwriter
from django.db import connection
from django.utils import timezone

from exchange.conftest import HEADER, encrypted, ledger, row
from onedoor.cases.models import Case, Event, Statement
from onedoor.cases.sql import rows
from onedoor.cases.verify import run as verify
from onedoor.exchange import import_cases as importing
from onedoor.exchange.import_cases import import_cases, run
from onedoor.exchange.mapping import Unusable

pytestmark = pytest.mark.django_db
CELL = datetime(2019, 4, 25, 9, 32, 9)  # noqa: DTZ001  a cell of Excel's own kind has no zone


def test_a_message_goes_through_its_whole_life(county: None, tmp_path: Path) -> None:
    report = import_cases(ledger(tmp_path / "a.xlsx", [row()]), quiet=True)

    assert (report.read, report.added, report.faults) == (1, 1, [])
    case = Case.objects.get()
    assert (case.stage, case.outcome, case.title) == ("closed", "answered", "楼道灯坏了")
    assert case.registered_at.isoformat() == "2019-04-25T01:32:09+00:00"
    assert case.concluded_at is not None and case.concluded_at.isoformat() == "2019-05-10T06:56:53+00:00"
    assert list(Event.objects.order_by("seq").values_list("kind", flat=True)) == [
        "register", "accept", "dispatch", "sign", "conclude", "close",
    ]  # fmt: skip
    assert Statement.objects.get(kind="answer").text == "已修好。"
    assert verify(["--json"]) == 0


def test_times_that_the_ledger_does_not_tell_stay_empty(county: None, tmp_path: Path) -> None:
    import_cases(ledger(tmp_path / "a.xlsx", [row()]), quiet=True)

    case = Case.objects.get()
    assert (case.accepted_at, case.closed_at) == (None, None)
    assert rows("SELECT signed_at FROM assignment") == [{"signed_at": None}]


def test_a_reply_dated_with_a_day_counts_as_of_its_end(county: None, tmp_path: Path) -> None:
    same_day = row(at="2020/1/9 10:00:00", answered="2020/1/9")

    assert import_cases(ledger(tmp_path / "a.xlsx", [same_day]), quiet=True).added == 1
    case = Case.objects.get()
    assert case.concluded_at is not None and case.concluded_at.isoformat() == "2020-01-09T15:59:59+00:00"


def test_a_message_without_a_reply_waits_as_registered(county: None, tmp_path: Path) -> None:
    assert import_cases(ledger(tmp_path / "a.xlsx", [row(answer="", answered="")]), quiet=True).added == 1
    assert Case.objects.get().stage == "registered"


@pytest.mark.parametrize(
    ("changed", "column", "part"),
    [
        ({"number": ""}, "留言编号", "没有编号"),
        ({"at": ""}, "留言时间", "没有登记时间"),
        ({"number": "9" * 61}, "留言编号", "60"),
        ({"at": "昨天"}, "留言时间", "看不懂"),
        ({"at": "0001/1/1 8:00:00"}, "留言时间", "看不懂"),
        ({"at": "2019/2/30 8:00:00"}, "留言时间", "看不懂"),
        ({"at": "2099/1/1 8:00:00"}, "留言时间", "将来"),
        ({"text": ""}, "留言详情", "请填写"),
        ({"text": "水" * 20_001}, "留言详情", "20000"),
        ({"text": "坏\x07字"}, "留言详情", "字符"),
        ({"name": "坏\x07字"}, "留言用户", "字符"),
        ({"answer": "答" * 20_001}, "答复意见", "20000"),
        ({"answered": ""}, "答复时间", "没有答复时间"),
        ({"answered": "2019/4/20 8:00:00"}, "答复时间", "早于"),
        ({"answered": "2099/4/20 8:00:00"}, "答复时间", "将来"),
    ],
)
def test_a_bad_row_is_named_by_row_and_column_and_stops_nothing(
    county: None, tmp_path: Path, changed: dict[str, str], column: str, part: str
) -> None:
    bad = row(**changed)
    path = ledger(tmp_path / "a.xlsx", [row(number="1"), bad, row(number="3")])

    report = import_cases(path, quiet=True)

    assert (report.read, report.added, report.refused) == (3, 2, 1)
    fault = report.faults[0]
    assert (fault.row, fault.column) == (3, column)
    assert part in fault.sentence
    assert Case.objects.count() == 2


def test_all_faults_of_a_row_are_told_at_once(county: None, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", [row(name="坏\x07", at="昨天", text="", answered="后天")])

    told = [fault.column for fault in import_cases(path, quiet=True).faults]

    assert sorted(told) == sorted(["留言用户", "留言时间", "留言详情", "答复时间"])


def test_a_good_row_with_the_number_of_a_bad_one_still_comes_in(county: None, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", [row(number="1", at="昨天"), row(number="1")])

    report = import_cases(path, quiet=True)

    assert (report.added, report.already, report.refused) == (1, 0, 1)


def test_a_reply_dated_today_without_a_time_is_not_in_the_future(county: None, tmp_path: Path) -> None:
    today = timezone.localdate()

    assert import_cases(ledger(tmp_path / "a.xlsx", [row(answered=f"{today:%Y/%m/%d}")]), quiet=True).added == 1
    case = Case.objects.get()
    assert case.concluded_at is not None and case.concluded_at <= timezone.now()


@pytest.mark.parametrize(
    "told",
    ["2019-04-25T09:32:09+08:00", "2019年4月25日 9:32:09", "2019.4.25 09:32:09", CELL],
)
def test_a_time_is_understood_however_it_is_written(county: None, tmp_path: Path, told: object) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet()
        for place, line in enumerate((HEADER, row(at=told))):
            sheet.write_row(place, 0, line)

    assert import_cases(tmp_path / "a.xlsx", quiet=True).added == 1
    assert Case.objects.get().registered_at.isoformat() == "2019-04-25T01:32:09+00:00"


@pytest.mark.parametrize("number", ["a\r\nb", " a ", 2549])
def test_a_number_is_found_again_as_the_record_keeps_it(county: None, tmp_path: Path, number: object) -> None:
    path = ledger(tmp_path / "a.xlsx", [row(number=number)])

    assert [import_cases(path, quiet=True).added for _ in range(2)] == [1, 0]


def test_a_second_import_at_once_is_refused(county: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ledger(tmp_path / "a.xlsx", [row()])
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [importing._LOCK])
        with pytest.raises(Unusable, match="另一个导入"):
            import_cases(path, quiet=True)


def test_a_second_run_adds_nothing(county: None, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", [row(number="1"), row(number="2"), row(number="2")])

    first, second = import_cases(path, quiet=True), import_cases(path, quiet=True)

    assert (first.added, first.already) == (2, 1)
    assert (second.added, second.already) == (0, 3)
    assert Case.objects.count() == 2


def test_an_import_killed_between_two_chunks_goes_on_where_it_stopped(
    county: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    path = ledger(tmp_path / "a.xlsx", [row(number=str(number)) for number in range(5)])
    writer, calls = importing.flush, []

    def dies(states: list[object]) -> None:
        calls.append(len(states))
        if len(calls) == 2:
            raise KeyboardInterrupt
        writer(states)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "flush", dies)
    with pytest.raises(KeyboardInterrupt):
        import_cases(path, quiet=True)
    monkeypatch.setattr(importing, "flush", writer)

    report = import_cases(path, quiet=True)

    assert (report.already, report.added, Case.objects.count()) == (2, 3, 5)
    assert verify(["--json"]) == 0


def test_a_dry_run_writes_nothing_and_says_the_same(
    county: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ledger(tmp_path / "a.xlsx", [row(number="1"), row(number="2", at="昨天"), row(number="3"), row(number="1")])
    monkeypatch.setattr(importing, "CHUNK", 2)  # the last row repeats one of another chunk

    dry = import_cases(path, dry_run=True, quiet=True)

    assert (dry.added, dry.already, dry.refused, Case.objects.count()) == (2, 1, 1, 0)
    assert rows("SELECT count(*) AS n FROM serial") == [{"n": 0}]
    real = import_cases(path, quiet=True)
    assert (real.added, real.already, real.faults) == (dry.added, dry.already, dry.faults)


def test_the_command_answers_with_codes_and_json(
    county: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing.connection, "close", lambda: None)  # the test's own transaction lives on it
    path = ledger(tmp_path / "a.xlsx", [row(), row(number="2", at="昨天")])

    assert run([str(path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["added"], told["refused"]) == (2, 1, 1)
    assert told["faults"][0]["row"] == 3

    assert run([str(tmp_path / "none.xlsx")]) == 2
    (tmp_path / "not.xlsx").write_bytes(b"nothing of the kind")
    assert run([str(tmp_path / "not.xlsx")]) == 2
    assert run([str(ledger(tmp_path / "b.xlsx", [], header=("甲", "乙")))]) == 2
    assert run([str(ledger(tmp_path / "c.xlsx", [], header=())), "--json"]) == 2
    assert "没有内容" in json.loads(capsys.readouterr().out)["error"]
    (tmp_path / "secret.xlsx").write_bytes(encrypted())
    assert run([str(tmp_path / "secret.xlsx")]) == 2
    assert "密码" in capsys.readouterr().err


def test_the_real_messages_come_alive_and_a_second_import_adds_nothing(county: None, real_messages: Path) -> None:
    first, second = import_cases(real_messages, quiet=True), import_cases(real_messages, quiet=True)

    assert (first.read, first.added, first.faults) == (2816, 2816, [])
    assert (second.added, second.already) == (0, 2816)
    assert rows('SELECT stage, count(*) AS n FROM "case" GROUP BY stage') == [{"stage": "closed", "n": 2816}]
    assert verify(["--json", "--jobs", "1"]) == 0


def test_the_labelled_messages_are_registered_under_their_categories(county: None, labelled_messages: Path) -> None:
    report = import_cases(labelled_messages, quiet=True)

    # one message is there twice, under two labels: its first row counts
    assert (report.read, report.added, report.already, report.faults) == (448, 447, 1, [])
    assert set(Case.objects.values_list("stage", flat=True)) == {"registered"}
    assert Case.objects.filter(category__code="petition.construction").count() == 94
