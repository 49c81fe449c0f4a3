"""What the bench says of what it has measured: against the budgets, and from size to size."""

from collections import Counter
from uuid import UUID

import pytest
from bench import flame, run
from bench.clocks import Turned, faults

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


def test_what_was_asked_for_and_is_not_there_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.report(result(10, 1.0), ["list", "sweep"]) == 1
    said = capsys.readouterr().out
    assert "MISSED  sweep: seconds when nothing is due: not measured" in said and "search" not in said
    assert run.report(result(10, 1.0), ["list"]) == 0


def test_without_names_everything_with_a_budget_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def measured(names: list[str], cases: int, _seconds: float) -> run.Result:
        asked.extend(names)
        return result(cases, 1.0)

    monkeypatch.setattr(run, "_measure", measured)
    assert run.run([]) == 1, "of all that, a list alone is there"
    assert {path[0] for _, path, _, _ in run.BUDGETS} <= set(asked)


def test_growth_has_a_column_for_each_size(capsys: pytest.CaptureFixture[str]) -> None:
    run.print_growth({1000: result(1000, 4.0), 1_000_000: {**MACHINE, "cases": 1_000_000}})
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["1,000", "1,000,000", "cases"]
    assert [line.split()[:2] for line in lines[2:]] == [["4.0", "—"], ["5", "—"]], "what nobody measured has no line"


def test_a_turn_or_a_notice_that_is_missing_or_there_twice_is_seen() -> None:
    case = UUID(int=1)
    late = Turned(case, "clock_late", "handle", "unit")
    turned = Counter(
        {
            late: 1,
            late._replace(kind="clock_warned", told=""): 1,
            Turned(case, "clock_escalated", "handle", "director"): 1,
        }
    )
    told = Counter({(case, "clock_late"): 1, (case, "escalated_to_director"): 1})
    due = {(case, "handle")}
    assert not any(faults(due, turned, told).values()), "what is late needs no warning"
    assert faults(due | {(case, "accept")}, turned, told)["turns_missing"] == 1
    assert faults(due, turned + Counter({late: 1}), told)["turns_twice"] == 1
    assert faults(due, turned, Counter({(case, "clock_late"): 1}))["notices_missing"] == 1
    assert faults(due, turned, told + Counter({(case, "clock_late"): 1}))["notices_twice"] == 1
    warned = Counter({late._replace(kind="clock_warned", told=""): 1})
    assert faults(due, warned, Counter())["notices_missing"] == 1


@pytest.mark.parametrize("asked", ["", "10,x", "1.5"])
def test_a_size_that_is_none_is_told(asked: str) -> None:
    with pytest.raises(SystemExit):
        run.run(["list", "--cases", asked])


def test_a_picture_has_the_work_alone_each_by_its_share() -> None:
    lines = [
        "process 1;main (bench/inner.py);lists (bench/reading.py);see (onedoor/gate.py);<listcomp> (onedoor/sql.py) 3",
        "process 1;main (bench/inner.py);lists (bench/reading.py);see (onedoor/gate.py) 3",
        "process 1;main (bench/inner.py);lists (bench/reading.py);answer (django/http.py) 2",
        "process 1;main (bench/inner.py);lists (bench/reading.py);import_module (importlib.py);urls (onedoor/urls.py) 5",
        "process 1;main (bench/inner.py);seeded (bench/seed.py) 92",
    ]
    drawn = flame.drawn(lines, "lists")
    assert "<title>lists 100.0%</title>" in drawn
    assert "<title>see (onedoor/gate.py) 75.0%</title>" in drawn and 'width="899.4"' in drawn
    assert "<title>answer (django/http.py) 25.0%</title>" in drawn and 'x="900.0"' in drawn
    assert "<title>&lt;listcomp&gt; (onedoor/sql.py) 37.5%</title>" in drawn and "<listcomp>" not in drawn
    assert not any(word in drawn for word in ("seeded", "main", "import_module", "urls"))
