"""What the clock does: lights, ladder, pauses; once each, whatever happens to the sweeper."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from cases.kit import HOUR, NOW, TO_CLOSED, TO_HANDLING, case_id, move, person, register_case, sql, walk, whats
from onedoor.cases import schemes
from onedoor.cases.models import SchemeRules, SchemeVersion
from onedoor.cases.queries.cases import Filters, list_cases
from onedoor.cases.schemes import book
from onedoor.cases.steps.sweep import Swept, sweep
from onedoor.rules.refusal import Refused
from onedoor.rules.scheme_book import SCHEMES, to_content
from onedoor.rules.sweeping import EVENTS

DAY = timedelta(days=1)


def events(number: str) -> list[str]:
    return [
        kind
        for (kind,) in sql("SELECT kind FROM event WHERE case_id = %s ORDER BY seq", case_id(number))
        if kind in EVENTS.values()
    ]


def clock(number: str, kind: str) -> tuple[object, ...]:
    return sql("SELECT light, rung, look_at FROM clock WHERE case_id = %s AND kind = %s", case_id(number), kind)[0]


def notices(number: str) -> Counter[str]:
    return Counter(kind for (kind,) in sql("SELECT kind FROM notice WHERE case_id = %s", case_id(number)))


def supervisions(number: str) -> list[tuple[object, ...]]:
    return sql(
        "SELECT cause, level, state, issued_by FROM supervision WHERE case_id = %s ORDER BY number", case_id(number)
    )


def test_a_limit_warns_then_is_late_then_climbs_the_ladder_each_once(county: None) -> None:
    # registered on a Monday at nine: to be accepted by the end of Tuesday
    number = register_case(at=NOW)
    assert sweep(at=NOW + HOUR).cases == 0

    assert sweep(at=NOW + timedelta(hours=30)).turns == {"warned": 1}
    assert sweep(at=NOW + timedelta(hours=30)).cases == 0, "nothing is done twice"
    assert clock(number, "accept")[:2] == ("yellow", 0)

    assert sweep(at=NOW + 2 * DAY).turns == {"late": 1}
    assert clock(number, "accept")[:2] == ("red", 1)
    assert supervisions(number) == [("not_accepted", "ordinary", "open", None)]

    assert sweep(at=NOW + 3 * DAY).turns == {"escalated": 1}
    assert sweep(at=NOW + 30 * DAY).turns == {"escalated": 1, "reply_overdue": 1}
    assert supervisions(number) == [("not_accepted", "red_card", "open", None)]
    assert clock(number, "accept") == ("red", 3, None)
    assert events(number) == [
        "clock_warned", "clock_late", "clock_escalated", "reply_overdue", "clock_escalated",
    ]  # fmt: skip
    assert notices(number) == {
        "clock_warned": 1, "clock_late": 1, "escalated_to_lead": 1, "escalated_to_director": 1, "reply_overdue": 1,
    }  # fmt: skip
    assert sweep(at=NOW + 300 * DAY).cases == 0
    assert whats() == set()


def test_a_sweeper_that_did_not_run_for_weeks_catches_up_in_order(county: None) -> None:
    number = register_case(at=NOW)
    assert sweep(at=NOW + 30 * DAY).turns == {"warned": 1, "late": 1, "escalated": 2}
    assert events(number) == ["clock_warned", "clock_late", "clock_escalated", "clock_escalated"]
    since = [row["since"] for row in _codes(number)]
    assert since == sorted(since)


@pytest.fixture
def red_before_the_end(county: None) -> Iterator[None]:
    """Accepting is red when four hours are left, by a scheme that every matter gets."""
    content = to_content(SCHEMES["ordinary"])
    content["items"]["accept"]["red_left"] = "4 hours"
    SchemeVersion(code="urgent-trial", version=1, content=content, reason="试验", by=1, at=NOW).save(force_insert=True)
    rules = [{"scheme": "urgent-trial", "why": "试验"}]
    SchemeRules(content=rules, reason="试验", by=1, at=NOW).save(force_insert=True)
    book(newest=True)
    yield
    schemes._book = (-schemes.FRESH, schemes.Book(schemes.SCHEMES, schemes.RULES))


def test_a_light_that_turns_red_before_the_end_is_told_once_and_lateness_still(red_before_the_end: None) -> None:
    number = register_case(at=NOW)
    red = datetime(2026, 3, 3, 11, 59, 59, tzinfo=UTC)
    assert sql("SELECT red_at, due_at - red_at FROM clock") == [(red, 4 * HOUR)]
    assert sql('SELECT c.red_at, v.red_at FROM "case" c JOIN visible v ON v.case_id = c.id LIMIT 1') == [(red, red)]
    assert sweep(at=red - timedelta(seconds=1)).turns == {"warned": 1}
    assert sweep(at=red).turns == {"urgent": 1}
    assert clock(number, "accept")[:2] == ("urgent", 0)
    assert not supervisions(number), "nobody is late yet"
    assert sweep(at=red + HOUR).cases == 0
    assert sweep(at=red + 5 * HOUR).turns == {"late": 1}
    assert events(number) == ["clock_warned", "clock_urgent", "clock_late"]
    assert notices(number) == {"clock_warned": 1, "clock_urgent": 1, "clock_late": 1}
    assert whats() == set()


def test_who_comes_too_late_to_warn_says_so_once(red_before_the_end: None) -> None:
    number = register_case(at=NOW)
    assert sweep(at=NOW + 2 * DAY).turns == {"warned": 1, "urgent": 1, "late": 1}
    assert notices(number) == {"clock_late": 1}


def test_lists_show_red_before_the_end_and_go_by_it(red_before_the_end: None) -> None:
    number = register_case(at=NOW)
    red = datetime(2026, 3, 3, 11, 59, 59, tzinfo=UTC)

    def numbers(light: str, now: datetime) -> list[str]:
        page = list_cases(person("clerk").viewer(), Filters(light=light, now=now, order="due"))
        return [item["number"] for item in page.items]

    assert (numbers("yellow", red), numbers("red", red)) == ([number], [])
    after = red + timedelta(seconds=1)
    assert (numbers("yellow", after), numbers("red", after)) == ([], [number])


def _codes(number: str) -> list[dict[str, str]]:
    found = sql("SELECT payload->'codes' FROM event WHERE case_id = %s ORDER BY seq", case_id(number))
    import json

    return [json.loads(codes) for (codes,) in found if codes and "since" in codes]


def test_the_end_itself_still_keeps_the_limit(county: None) -> None:
    number = register_case(at=NOW)
    ((due,),) = sql("SELECT due_at FROM clock WHERE case_id = %s", case_id(number))
    sweep(at=due)
    assert clock(number, "accept")[0] == "yellow"
    sweep(at=due + timedelta(seconds=1))
    assert clock(number, "accept")[0] == "red"


def test_what_is_done_ends_its_supervision(county: None) -> None:
    number = register_case(at=NOW)
    sweep(at=NOW + 3 * DAY)
    move(number, "accept", "clerk", at=NOW + 3 * DAY + HOUR)
    assert [row[2] for row in supervisions(number)] == ["ended"]
    assert clock(number, "accept")[2] is None
    assert whats() == set()


def test_a_unit_that_does_not_sign_is_asked_and_an_objection_waits_for_its_ruling(county: None) -> None:
    number = register_case(at=NOW)
    walk(number, *TO_HANDLING[:-1], at=NOW + HOUR)
    sweep(at=NOW + 3 * DAY)
    assert ("not_signed", "yellow_card", "open", None) in supervisions(number)

    other = register_case(at=NOW)
    walk(other, *TO_HANDLING[:-1], ("object", TO_HANDLING[-1][1], {"reason": "不属本单位职责。"}), at=NOW + HOUR)
    assert clock(other, "rule")[0] == "green"
    sweep(at=NOW + 3 * DAY)
    assert ("objection_unanswered", "yellow_card", "open", None) in supervisions(other)
    assert not any(cause == "not_signed" for cause, *_ in supervisions(other))


def test_a_suspension_that_is_over_comes_back_into_view_once(county: None) -> None:
    number = register_case(at=NOW)
    walk(number, *TO_HANDLING, at=NOW + HOUR)
    who = TO_HANDLING[-1][1]
    move(number, "request_suspension", who, at=NOW + 8 * HOUR, days=5, reason="等待鉴定。", cause="appraisal")
    move(number, "suspend", "supervisor", at=NOW + 9 * HOUR)
    assert sweep(at=NOW + 4 * DAY).cases == 0
    assert sweep(at=NOW + 6 * DAY).turns == {"pause_over": 1}
    assert sweep(at=NOW + 6 * DAY).cases == 0
    assert supervisions(number) == [("suspension_over", "ordinary", "open", None)]
    before = sql("SELECT due_at FROM clock WHERE case_id = %s AND kind = 'handle'", case_id(number))[0][0]
    move(number, "resume", who, at=NOW + 9 * HOUR + 10 * DAY, reason="鉴定已完成。")
    after = sql("SELECT due_at FROM clock WHERE case_id = %s AND kind = 'handle'", case_id(number))[0][0]
    assert after - before >= 10 * DAY
    assert clock(number, "handle")[2] is not None
    assert whats() == set()


def test_a_sweep_that_takes_long_dates_each_notice_when_it_is_written(county: None) -> None:
    """Whoever has meanwhile marked all as read has not read what comes after."""
    for _ in range(2):
        register_case(at=NOW)
    goes_by = iter(NOW + 3 * DAY + minutes * timedelta(minutes=7) for minutes in range(1, 9))
    sweep(at=NOW + 3 * DAY, clock=lambda: next(goes_by), batch=1)
    written = {at for (at,) in sql("SELECT created_at FROM notice WHERE kind = 'clock_late'")}
    assert written == {NOW + 3 * DAY + timedelta(minutes=7), NOW + 3 * DAY + timedelta(minutes=14)}
    assert whats() == set()


def test_a_dry_run_tells_and_changes_nothing(county: None) -> None:
    number = register_case(at=NOW)
    found = sweep(at=NOW + 30 * DAY, dry_run=True)
    assert [(name, kind, turn.kind) for name, kind, turn in found.found][:2] == [
        (number, "accept", "warned"),
        (number, "accept", "late"),
    ]
    assert events(number) == []
    assert clock(number, "accept")[:2] == ("green", 0)


def test_who_has_the_page_open_is_not_sent_back_because_a_light_turned(county: None) -> None:
    from cases.kit import person
    from onedoor.cases.steps.make_move import make_move
    from onedoor.rules.refusal import STALE_VERSION, Refused

    number = register_case(at=NOW)
    sweep(at=NOW + 30 * DAY)
    who = person("clerk")
    given = {"viewer": who.viewer(), "actors": who.actors, "number": number, "raw": {}}
    state = make_move(move="accept", at=NOW + 30 * DAY, version=1, **given)  # type: ignore[arg-type]
    assert state.case["stage"] == "accepted"
    with pytest.raises(Refused) as refused:
        make_move(move="merge", at=NOW + 30 * DAY, version=1, **{**given, "raw": {"reason": "x", "into": number}})  # type: ignore[arg-type]
    assert refused.value.code == STALE_VERSION


# --- several at once, and killed


@pytest.fixture
def many(committed_county: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[str]]:
    with django_db_blocker.unblock():
        yield [register_case(at=NOW) for _ in range(60)]
        connection.close()


def test_two_sweepers_do_each_thing_once(many: list[str]) -> None:
    done: list[Swept] = []

    def run() -> None:
        try:
            done.append(sweep(at=NOW + 30 * DAY, batch=7))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # what another one held when the last one looked is found by the next sweep
    done.append(sweep(at=NOW + 30 * DAY))
    assert sum(one.turns["late"] for one in done) >= len(many)
    for number in many:
        assert events(number) == ["clock_warned", "clock_late", "clock_escalated", "clock_escalated"]
        assert notices(number)["clock_late"] == 1


SWEEPER = """
import django; django.setup()
from datetime import datetime
from onedoor.cases.steps.sweep import sweep
print("ready", flush=True)
sweep(at=datetime.fromisoformat({at!r}), batch=3)
"""


def test_killed_in_the_middle_and_started_again_each_light_and_notice_is_there_once(many: list[str]) -> None:
    at = NOW + 30 * DAY
    for delay in (0.02, 0.05, 0.1):
        process = subprocess.Popen(
            [sys.executable, "-c", SWEEPER.format(at=at.isoformat())],
            env={**os.environ, "DATABASE_URL": _url(), "DJANGO_SETTINGS_MODULE": "onedoor.config.settings"},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    sweep(at=at)
    assert sum(
        events(number) == ["clock_warned", "clock_late", "clock_escalated", "clock_escalated"] for number in many
    ) == len(many)
    for number in many:
        assert notices(number) == {
             "clock_late": 1, "escalated_to_lead": 1, "escalated_to_director": 1,
        }  # fmt: skip
    assert whats() == set()


def _url() -> str:
    parts = connection.get_connection_params()
    return f"postgresql://{parts['user']}:{parts.get('password', '')}@/{parts['dbname']}?host={parts['host']}"


def test_the_command_says_what_would_happen(county: None, capsys: pytest.CaptureFixture[str]) -> None:
    from onedoor.ops.sweep import run

    number = register_case(at=NOW)
    assert run(["--dry-run", "--at", (NOW + 2 * DAY).isoformat()]) == 0
    said = capsys.readouterr().out
    assert "将会处理1件事项：预警1次，超期1次" in said
    assert number in said
    assert run(["--at", "noon"]) == 2
    assert run(["--at", (datetime.now(UTC) + DAY).isoformat()]) == 2
    assert "将来的时间" in capsys.readouterr().out
    assert events(number) == []


def test_an_agreement_that_is_not_performed_in_time_is_supervised_until_somebody_says_what_became_of_it(
    county: None,
) -> None:
    number = register_case(at=NOW)
    conclude, close = TO_CLOSED[-2:]
    agreed = {"outcome": "agreement_written", "answer": "双方同意六月底前付清。"}
    walk(number, *TO_HANDLING, (*conclude[:2], agreed), close, at=NOW + HOUR)
    move(number, "agree_performance", "handler2", at=NOW + 9 * HOUR, on="2026-06-30")
    move(number, "agree_performance", "clerk", at=NOW + 10 * HOUR, on="2026-03-20")
    asked = "SELECT due_at FROM clock WHERE case_id = %s AND kind = 'perform' AND stopped_at IS NULL"
    assert sql(asked, case_id(number)) == [(datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC),)]
    move(number, "follow_up", "clerk", at=NOW + 11 * HOUR, satisfied=True)
    with pytest.raises(Refused, match="先登记履行情况"):
        move(number, "archive", "clerk", at=NOW + 12 * HOUR)

    sweep(at=datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC))
    assert not [cause for cause, *_ in supervisions(number) if cause == "not_performed"]
    sweep(at=datetime(2026, 3, 20, 16, tzinfo=UTC))
    assert ("not_performed", "ordinary", "open", None) in supervisions(number)

    later = datetime(2026, 3, 23, 2, tzinfo=UTC)
    with pytest.raises(Refused, match="途径"):
        move(number, "record_performance", "handler2", at=later, performed=False, text="对方拒绝支付。")
    given = {"performed": False, "text": "对方拒绝支付。", "route": "可以向人民法院起诉。"}
    move(number, "record_performance", "handler2", at=later, **given)
    assert ("not_performed", "ordinary", "ended", None) in supervisions(number)
    assert notices(number)["not_performed"] == 1
    assert move(number, "archive", "clerk", at=later + HOUR) == "archived"
    assert whats() == set()


@pytest.mark.parametrize("day", ["2026-03-01", "2066-01-01", "下个月", ""])
def test_a_day_of_performance_lies_ahead(county: None, day: str) -> None:
    number = register_case(at=NOW)
    conclude, close = TO_CLOSED[-2:]
    agreed = {"outcome": "agreement_oral", "answer": "双方同意六月底前付清。"}
    walk(number, *TO_HANDLING, (*conclude[:2], agreed), close, at=NOW + HOUR)
    with pytest.raises(Refused) as refused:
        move(number, "agree_performance", "handler2", at=NOW + 9 * HOUR, on=day)
    assert set(refused.value.fields or ()) == {"on"}
