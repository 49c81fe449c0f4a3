"""What the bench says of what it has measured: against the budgets, and from size to size."""

import pytest
from bench import run

MACHINE = {"machine": "m", "at": "2026-01-01T00:00:00+00:00"}


def result(cases: int, milliseconds: float) -> run.Result:
    return {**MACHINE, "cases": cases, "list": {"p95": milliseconds, "statements": 5}}


def test_a_budget_is_met_or_missed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.report(result(10, 50.0)) == 0
    assert "ok      list: p95 in the server, ms: 50.0 (budget ≤ 50)" in capsys.readouterr().out
    assert run.report(result(10, 50.1)) == 1
    said = capsys.readouterr().out
    assert "MISSED  list: p95 in the server, ms: 50.1" in said and "search" not in said
    assert run.report({**result(10, 1.0), "sync": {"reports": {"per_second": 1999}}}) == 1, "more is better"


def test_growth_has_a_column_for_each_size(capsys: pytest.CaptureFixture[str]) -> None:
    run.print_growth({1000: result(1000, 4.0), 1_000_000: {**MACHINE, "cases": 1_000_000}})
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["1,000", "1,000,000", "cases"]
    assert [line.split()[:2] for line in lines[2:]] == [["4.0", "—"], ["5", "—"]], "what nobody measured has no line"


@pytest.mark.parametrize("asked", ["", "10,x", "1.5"])
def test_a_size_that_is_none_is_told(asked: str) -> None:
    with pytest.raises(SystemExit):
        run.run(["list", "--cases", asked])
