"""A ledger in Excel becomes cases, each with its whole life."""

import json
from pathlib import Path

import pytest

from exchange.conftest import HEADER, ledger, row
from onedoor.cases.models import Case, Event, Statement
from onedoor.cases.sql import rows
from onedoor.cases.verify import run as verify
from onedoor.exchange import import_cases as importing
from onedoor.exchange.import_cases import import_cases, run
from onedoor.exchange.mapping import Unusable, read_map

pytestmark = pytest.mark.django_db


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
        ({"at": "昨天"}, "留言时间", "看不懂"),
        ({"at": "2099/1/1 8:00:00"}, "留言时间", "将来"),
        ({"text": ""}, "留言详情", "请填写"),
        ({"text": "水" * 20_001}, "留言详情", "20000"),
        ({"text": "坏\x07字"}, "留言详情", "字符"),
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


def test_a_dry_run_writes_nothing_and_says_the_same(county: None, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", [row(number="1"), row(number="2", at="昨天")])

    report = import_cases(path, dry_run=True, quiet=True)

    assert (report.added, report.refused, Case.objects.count()) == (1, 1, 0)


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


def test_a_map_of_ones_own_says_which_column_is_what(county: None, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        'system = "旧台账"\n[columns]\nexternal_number = "序号"\nnarrative = "事由"\nregistered_at = "日期"\n'
        'applicant = "姓名"\nphone = "电话"\n'
        '[defaults]\nchannel = "visit"\nkind = "dispute"\ncategory = "dispute.land"\n',
        "utf-8",
    )
    path = ledger(
        tmp_path / "a.xlsx",
        [(1, "2024-03-01", "地界不清", "欧阳某", "138 1234 5678"), (2, "2024-03-02", "水渠", "李某", "12")],
        header=("序号", "日期", "事由", "姓名", "电话"),
    )

    report = import_cases(path, columns=read_map(tmp_path / "map.toml"), quiet=True)

    assert (report.added, report.refused) == (1, 1)
    assert (report.faults[0].row, report.faults[0].column) == (3, "电话")
    assert Case.objects.get().kind == "dispute"


def test_a_map_with_unknown_or_missing_parts_is_refused(tmp_path: Path) -> None:
    for text in ("[columns]\nwho = 1", 'system = "x"\n[columns]\nnarrative = "a"', "= nonsense"):
        (tmp_path / "map.toml").write_text(text, "utf-8")
        with pytest.raises(Unusable):
            read_map(tmp_path / "map.toml")


def test_a_ledger_without_a_mapped_column_is_refused(county: None, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", [row()[:5]], header=HEADER[:5])

    with pytest.raises(Unusable, match="对照表"):
        import_cases(path, quiet=True)


def test_the_real_messages_come_alive_and_a_second_import_adds_nothing(county: None, real_messages: Path) -> None:
    first, second = import_cases(real_messages, quiet=True), import_cases(real_messages, quiet=True)

    assert (first.read, first.added, first.faults) == (2816, 2816, [])
    assert (second.added, second.already) == (0, 2816)
    assert rows('SELECT stage, count(*) AS n FROM "case" GROUP BY stage') == [{"stage": "closed", "n": 2816}]
    assert verify(["--json", "--jobs", "1"]) == 0
