"""Counters: whatever happens to the cases, to the folding and to those who write, they are what a recount says."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.kit import (
    DAY,
    HOUR,
    NOW,
    TO_CLOSED,
    TO_HANDLING,
    case_id,
    findings,
    move,
    person,
    register_case,
    sql,
    walk,
    whats,
)
from onedoor.cases.counted import LAYOUT, MEASURES
from onedoor.cases.models import CounterLayout
from onedoor.cases.queries._counters import tally
from onedoor.cases.queries._figures import LIGHT
from onedoor.cases.queries._plainly import tally_plainly
from onedoor.cases.queries.cases import Filters
from onedoor.cases.queries.figures import limits_of
from onedoor.cases.steps.fold import count_turned, fill_counters, fill_if_needed, fold_some, keep_counters
from onedoor.cases.steps.sweep import sweep
from onedoor.ops import recount
from onedoor.people.models import Division
from onedoor.rules.figures import Period

ALWAYS = Period("", (NOW - 900 * DAY).date(), (NOW + 900 * DAY).date())


def asked() -> Filters:
    since, until = limits_of(ALWAYS)
    return Filters(root=Division.objects.get(parent=None).pk, since=since, until=until)


def counted(who: str = "director") -> dict[str, int]:
    """Of the counters, held against counting plainly."""
    viewer = person(who).viewer()
    found, plainly = (way(viewer, asked(), MEASURES).get("") for way in (tally, tally_plainly))
    counts = {name: n for name, n in found.counts.items() if n} if found else {}
    assert counts == ({name: n for name, n in plainly.counts.items() if n} if plainly else {})
    return counts


def right() -> bool:
    """Counters as `verify` finds them, before and after folding."""
    before = [one for one in findings() if one.table == "counter" or "统计" in one.what]
    keep_counters()
    after = [one for one in findings() if one.table == "counter" or "统计" in one.what]
    assert before == after == []
    return True


def test_a_move_adds_two_rows_and_no_statement(county: None) -> None:
    number = register_case(at=NOW)
    assert sql("SELECT n, counted & 3 FROM counter_delta") == [(1, 3)]
    with CaptureQueriesContext(connection) as seen:
        move(number, "accept", "clerk")
    written = [one["sql"] for one in seen.captured_queries if "counter_delta" in one["sql"]]
    assert len(written) == 1 and 'UPDATE "case"' in written[0] and 'INSERT INTO "event"' in written[0]
    assert [n for (n,) in sql("SELECT n FROM counter_delta ORDER BY id")] == [1, -1, 1]
    assert counted()["accepted"] == 1
    assert right()
    assert sql("SELECT count(*) FROM counter_delta") == [(0,)]
    assert counted()["accepted"] == 1


def test_a_case_that_becomes_restricted_leaves_every_counter(county: None) -> None:
    number = register_case(at=NOW, amount=5000)
    walk(number, *TO_HANDLING)
    register_case(at=NOW, amount=700)
    keep_counters()
    assert counted()["all"] == 2
    move(number, "restrict", "supervisor", level="restricted", reason="涉及个人隐私", persons=["supervisor"])
    assert counted()["all"] == 1
    assert right()
    assert sql("SELECT sum(counts[1]), sum(fen) FROM counter WHERE scope = 0 AND cut = 'day'") == [(1, 700)]
    assert sql("SELECT count(*) FROM counter WHERE counts[1] < 0 OR fen < 0") == [(0,)]
    register_case(at=NOW, confidential=True)
    assert counted()["all"] == 1


def test_what_only_time_brings_about_is_counted_when_it_comes(county: None) -> None:
    soon = timezone.now() - timedelta(days=1)
    number = walk_case(soon)
    keep_counters()
    before = counted()
    assert "handle_late" not in before
    sql(
        "UPDATE clock SET due_at = now() - interval '1 second' WHERE case_id = %s AND kind = 'handle'", case_id(number)
    )
    sql("UPDATE \"case\" SET counted_until = now() - interval '1 second' WHERE id = %s", case_id(number))
    assert counted()["handle_late"] == counted()["late_open"] == 1, "before anybody has looked"
    assert count_turned() == 1 and count_turned() == 0
    assert counted()["handle_late"] == 1
    assert sql('SELECT counted & (1 << 16) FROM "case"') == [(1 << 16,)]
    assert right()


def lights(number: str) -> tuple[dict[str, int], str]:
    """The counters of open matters by light, and the light that the list tells of the matter."""
    found = {name.removeprefix("open_"): n for name, n in counted().items() if name.startswith("open_")}
    ((told,),) = sql(f'SELECT {LIGHT} FROM "case" c WHERE c.number = %s', *[timezone.now()] * 2, number)
    return found, told


def test_the_lights_of_open_matters_turn_with_time_alone(county: None) -> None:
    number = walk_case(timezone.now() - DAY)
    keep_counters()
    assert lights(number) == ({"green": 1}, "green") and right()
    key = case_id(number)
    ((warn, due),) = sql('SELECT warn_at, coalesce(red_at, due_at) FROM "case" WHERE id = %s', key)
    assert warn < due
    ((until,),) = sql('SELECT counted_until FROM "case" WHERE id = %s', key)
    assert until <= warn - timedelta(microseconds=1), "it warns from that instant on"
    # the last instants of green and of yellow have passed, and nobody has looked
    for past, light in (("warn_at", "yellow"), ("due_at", "red")):
        sql(f"UPDATE \"case\" SET {past} = now() - interval '1 second', red_at = NULL WHERE id = %s", key)
        sql("UPDATE \"case\" SET counted_until = now() - interval '1 second' WHERE id = %s", key)
        assert lights(number) == ({light: 1}, light), "asked of the matter itself"
        assert count_turned() == 1 and count_turned() == 0
        keep_counters()
        assert lights(number) == ({light: 1}, light), "counted anew"
    assert sql('SELECT counted_until > now() OR counted_until IS NULL FROM "case" WHERE id = %s', key) == [(True,)]


def test_lights_follow_the_moves(county: None) -> None:
    number = walk_case(NOW)
    sweep(at=timezone.now())
    assert lights(number) == ({"red": 1}, "red") and right()
    walk(number, *TO_CLOSED[len(TO_HANDLING) :])
    assert lights(number)[0] == {} and right()


def walk_case(at: Any) -> str:
    number = register_case(at=at)
    walk(number, *TO_HANDLING, at=at + HOUR)
    return number


def test_the_sweeper_and_the_end_of_limits_keep_the_counters(county: None) -> None:
    for _ in range(3):
        walk(register_case(at=NOW), *TO_HANDLING)
    register_case(at=NOW)
    sweep(at=NOW + 60 * DAY)
    assert right()
    assert counted()["handle_late"] == 3


def test_a_counter_that_was_changed_is_named(county: None) -> None:
    walk(register_case(at=NOW), *TO_CLOSED)
    keep_counters()
    assert whats() == set()
    sql("UPDATE counter SET counts[4] = counts[4] + 2 WHERE scope = 0 AND cut = 'channel'")
    assert [str(one) for one in findings()] == [
        "计数与事项不符（渠道 window，2026-03-02）：登记的事项（并入其他事项的不重复计），多计2件（计数 0/channel/2026-03-02/window）"
    ]
    assert recount.run([]) == 0
    assert whats() == set()
    sql("DELETE FROM counter WHERE scope = 0 AND cut = 'hour'")
    assert any("少计1件" in what for what in whats())
    fill_counters()
    sql("UPDATE counter SET fen = 5 WHERE scope = 0 AND cut = 'day'")
    assert whats() == {"计数与事项不符（合计，2026-03-02）：涉及金额差5分"}
    fill_counters()
    sql('UPDATE "case" SET counted = counted - 2')
    assert whats() == {"统计口径与事项不符"}
    fill_counters()
    assert whats() == set()


def test_filled_of_a_database_that_had_no_counters(county: None) -> None:
    for place, moves in enumerate((TO_CLOSED, TO_HANDLING, TO_HANDLING[:1], ())):
        walk(register_case(at=NOW - place * 20 * DAY, amount=100 + place), *moves, at=NOW - place * 20 * DAY + HOUR)
    register_case(at=NOW, confidential=True)
    keep_counters()
    before = sql("SELECT scope, cut, day, key, counts, fen FROM counter ORDER BY 1, 2, 3, 4")
    sql('UPDATE "case" SET counted = 0, counted_until = NULL')
    sql("TRUNCATE counter")
    sql("UPDATE counter_layout SET layout = 'old'")
    assert fill_if_needed() and not fill_if_needed()
    nothing = [0] * len(MEASURES)
    kept = [row for row in before if list(row[4]) != nothing]
    assert sql("SELECT scope, cut, day, key, counts, fen FROM counter ORDER BY 1, 2, 3, 4") == kept
    assert sql("SELECT layout FROM counter_layout") == [(LAYOUT,)]
    assert whats() == set()


def test_the_release_before_neither_fills_nor_folds_what_a_newer_one_has_filled(county: None) -> None:
    """During an upgrade both workers run: else they would fill the counters in turn, with nobody able to write."""
    register_case()
    number, _, rest = LAYOUT.partition(" ")
    CounterLayout.objects.update(layout=f"{int(number) + 1} {rest} more")
    assert not fill_if_needed() and fold_some() == 0
    CounterLayout.objects.update(layout=f"{int(number) - 1} {rest}")
    assert fill_if_needed()
    register_case()
    assert fold_some() > 0


def test_another_list_has_another_number() -> None:
    """Whoever changes the list takes the next number, and then writes both here."""
    number, _, lists = LAYOUT.partition(" ")
    assert (number, hashlib.sha256(lists.encode()).hexdigest()[:12]) == ("4", "3e8cb553e0d8")


def test_what_was_handed_on_within_its_limit_was_never_late(county: None) -> None:
    """So too what waits for the applicant's correction: its time stands still."""
    handed, waits = register_case(at=NOW), register_case(at=NOW, kind="appeal")
    move(handed, "transfer_out", "clerk", destination="外县法院", basis="管辖规定", reason="不属本县管辖。")
    move(waits, "ask_correction", "clerk", reason="请补身份证明。")
    register_case(at=NOW)
    assert right()
    assert counted()["accept_due"] == 1 and "accept_due.accept_on_time" not in counted(), "only the third"


def test_a_matter_taken_up_again_is_due_by_its_new_limit(county: None) -> None:
    begun = timezone.now() - 2 * DAY
    number = register_case(at=begun)
    walk(number, *TO_CLOSED, at=begun + HOUR)
    assert counted()["handle_due"] == counted()["handle_due.handle_on_time"] == 1
    move(number, "reopen", "supervisor", at=begun + DAY, reason="重办。")
    assert "handle_due" not in counted() and right()
    walk(number, *TO_CLOSED[-2:], at=begun + DAY + HOUR)
    assert counted()["handle_due"] == 1 and right()


def test_what_is_late_stays_so_while_it_is_suspended(county: None) -> None:
    number = walk_case(NOW)
    assert counted()["late_open"] == 1
    now = timezone.now()
    move(number, "request_suspension", "handler2", at=now, days=5, reason="等待鉴定。", cause="appraisal")
    move(number, "suspend", "supervisor", at=now)
    assert counted()["late_open"] == counted()["handle_late"] == counted()["handle_due"] == 1
    assert right()
