"""Every ordinary case goes out, as text and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from cases.kit import NOW, register_case
from onedoor.cases.sql import rows
from onedoor.exchange.export_cases import run

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


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    assert run([str(tmp_path / "none" / "out.xlsx")]) == 2
    assert run([str(tmp_path / "out.csv")]) == 2
