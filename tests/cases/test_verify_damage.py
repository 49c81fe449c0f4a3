"""Values that a programme may stumble over, and what the command says."""

import json
import math
from pathlib import Path

import pytest

from cases.kit import Record, case_id, findings, sql, whats
from onedoor.cases.verify import command, run
from onedoor.config import last_runs


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_json_cannot_say_is_found(tampering: Record, number: float) -> None:
    sql('UPDATE "case" SET lon = %s WHERE number = %s', number, tampering.full)

    assert whats() == {"内容与事件记载不符"}


def test_values_that_cannot_be_read_do_not_hide_the_rest(tampering: Record) -> None:
    sql("UPDATE \"case\" SET registered_at = 'infinity' WHERE number = %s", tampering.full)
    sql("UPDATE \"case\" SET title = '改' WHERE number = %s", tampering.closed)

    found = {finding.number: finding.what for finding in findings()}

    assert found == {tampering.full: "有不能读出的值（如无限远的时间）", tampering.closed: "内容与事件记载不符"}


@pytest.mark.parametrize("value", ["[]", '"x"', "null", '{"stage": 1, "rows": []}', "1"])
def test_a_spoilt_payload_does_not_stop_it(tampering: Record, value: str) -> None:
    sql("UPDATE event SET payload = %s::jsonb WHERE case_id = %s AND seq = 3", value, case_id(tampering.full))

    assert tampering.full in {finding.number for finding in findings()}


@pytest.mark.parametrize("column", ["named", "division_path", "pending", "present_path"])
@pytest.mark.parametrize("value", ['{"a": 1}', "7", '[{"a": 1}]', "null"])
def test_a_spoilt_list_does_not_stop_it(tampering: Record, column: str, value: str) -> None:
    sql(f'UPDATE "case" SET {column} = %s::jsonb WHERE number = %s', value, tampering.restricted)
    sql(f'UPDATE "case" SET {column} = %s::jsonb WHERE number = %s', value, tampering.full)

    assert {finding.number for finding in findings()} >= {tampering.full}


def test_the_command_answers_in_json_and_by_its_exit_code(
    tampering: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert run([]) == 0
    assert "未发现问题" in capsys.readouterr().out
    sql("UPDATE party SET name = '改名' WHERE case_id = %s AND place = 0", case_id(tampering.full))

    assert run(["--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert run([]) == 1
    text = capsys.readouterr().out

    assert said["ok"] is False
    assert [(one["number"], one["table"]) for one in said["findings"]] == [(tampering.full, "party")]
    assert tampering.full in text
    assert "发现 1 处问题" in text
    assert "改名" not in text + json.dumps(said, ensure_ascii=False)
    assert any("默认分区" in warning for warning in said["warnings"])


def test_a_run_that_breaks_off_is_noted_as_one_that_went_wrong(
    tampering: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEDOOR_DATA", str(tmp_path))
    assert run([]) == 0
    assert (last_runs.last(tmp_path, last_runs.VERIFY) or (0, None))[1] is True

    def worn_out(**_how: object) -> None:
        raise OSError("the disk is worn out")

    monkeypatch.setattr(command, "verify", worn_out)
    with pytest.raises(OSError, match="worn out"):
        run([])
    assert (last_runs.last(tmp_path, last_runs.VERIFY) or (0, None))[1] is False
