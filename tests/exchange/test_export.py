"""Every ordinary case goes out, as text and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from cases.kit import NOW, TO_CLOSED, person, register_case, walk
from exchange.conftest import ledger, row
from onedoor.cases.sql import rows
from onedoor.exchange import export_cases as exporting
from onedoor.exchange.export_cases import cases_to_export, run
from onedoor.exchange.import_cases import import_cases

pytestmark = pytest.mark.django_db


def exported(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name("事项").to_python()[1:]


def test_what_was_registered_comes_out(county: None, tmp_path: Path) -> None:
    number = register_case(title="𠮷家楼道 <b>堆物</b>")

    assert run([str(tmp_path / "out.xlsx")]) == 0

    line = exported(tmp_path / "out.xlsx")[0]
    assert line[:3] == [number, "已登记", "纠纷"]
    assert line[7] == "𠮷家楼道 <b>堆物</b>"
    assert line[9] == "𠮷**"
    assert line[13] == (NOW + timedelta(hours=8)).replace(tzinfo=None)


def test_a_formula_stays_text(county: None, tmp_path: Path) -> None:
    register_case(title='=HYPERLINK("http://example.invalid","点我")', narrative="=1+1")

    run([str(tmp_path / "out.xlsx")])

    line = exported(tmp_path / "out.xlsx")[0]
    assert line[7] == '=HYPERLINK("http://example.invalid","点我")'
    assert line[8] == "=1+1"


def test_confidential_matters_do_not_come_out_and_nothing_tells_of_them(county: None, tmp_path: Path) -> None:
    ordinary = register_case()
    register_case(confidential=True, title="不可外传")
    register_case(kind="appeal", purpose="accusation", category="petition.discipline", title="举报不可外传")

    run([str(tmp_path / "out.xlsx")])

    assert [line[0] for line in exported(tmp_path / "out.xlsx")] == [ordinary]
    book = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    everything = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    assert "不可外传" not in everything


def test_days_bound_what_comes_out(county: None, tmp_path: Path) -> None:
    late = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)  # 23:59:59 of the same day in Shanghai
    inside = [register_case(at=NOW), register_case(at=late)]
    register_case(at=late + timedelta(seconds=1))

    run([str(tmp_path / "out.xlsx"), "--since", "2026-03-02", "--until", "2026-03-02"])

    assert [line[0] for line in exported(tmp_path / "out.xlsx")] == inside


def test_an_empty_county_gives_an_empty_table_and_the_export_is_logged(county: None, tmp_path: Path) -> None:
    assert run([str(tmp_path / "out.xlsx")]) == 0
    assert exported(tmp_path / "out.xlsx") == []
    assert rows("SELECT action, subject FROM access_log") == [{"action": "export", "subject": "0件"}]
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".xlsx"] == ["out.xlsx"]


def test_a_long_table_goes_on_in_another_sheet(county: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    numbers = [register_case(at=NOW + timedelta(minutes=minute)) for minute in range(3)]

    run([str(tmp_path / "out.xlsx")])

    book = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    assert book.sheet_names == ["事项", "事项2", "说明"]
    assert exported(tmp_path / "out.xlsx")[0][0] == numbers[0]
    assert book.get_sheet_by_name("事项2").to_python()[1][0] == numbers[2]


def test_a_viewer_gets_what_passes_the_gate(county: None) -> None:
    theirs, others = register_case(), register_case()
    walk(theirs, *TO_CLOSED)

    def seen(username: str) -> dict[str, str]:
        viewer = person(username).viewer()
        return {case["number"]: case["applicant"] for case in cases_to_export(None, None, viewer)}

    assert seen("handler2") == {theirs: "𠮷田安"}
    assert seen("handler") == {}
    assert seen("clerk") == {theirs: "𠮷田安", others: "𠮷田安"}
    assert seen("auditor") == {theirs: "", others: ""}  # whose post knows no names


def test_what_was_imported_comes_out_with_its_answer(county: None, tmp_path: Path) -> None:
    import_cases(ledger(tmp_path / "in.xlsx", [row()]), quiet=True)

    run([str(tmp_path / "out.xlsx")])

    line = exported(tmp_path / "out.xlsx")[0]
    assert (line[1], line[8], line[11], line[12]) == ("已办结", "三号楼楼道灯坏了一个月。", "已答复", "已修好。")
    assert line[13:17] == [datetime(2019, 4, 25, 9, 32, 9), "", datetime(2019, 5, 10, 14, 56, 53), ""]  # noqa: DTZ001
    assert line[18] == "留言板 1001"


def test_an_export_that_breaks_off_leaves_nothing_and_spares_the_old_file(
    county: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_case()
    (tmp_path / "out.xlsx").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "_cells", full)

    assert run([str(tmp_path / "out.xlsx")]) == 2
    assert (tmp_path / "out.xlsx").read_bytes() == b"old"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".export-")]
    assert rows("SELECT count(*) AS n FROM access_log") == [{"n": 0}]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    assert run([str(tmp_path / "none" / "out.xlsx")]) == 2
    assert run([str(tmp_path / "out.csv")]) == 2
    (tmp_path / "folder.xlsx").mkdir()
    assert run([str(tmp_path / "folder.xlsx")]) == 2
