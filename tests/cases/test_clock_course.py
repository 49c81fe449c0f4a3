"""What becomes of a case's clocks and notices when something comes between: days off, recalls, extensions, appeals."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases.kit import HOUR, NOW, TO_HANDLING, case_id, move, person, register_case, sql, walk, whats
from cases.test_recompute import AT_ONCE, COUNTY, change, due, fresh_table  # noqa: F401  (a fixture)
from cases.test_sweep import clock, events, notices, supervisions
from onedoor.cases import schemes
from onedoor.cases.models import SchemeRules, SchemeVersion
from onedoor.cases.schemes import book
from onedoor.cases.steps.recompute import recompute
from onedoor.cases.steps.sweep import sweep
from onedoor.ops.sweep import TURN_NAMES, run
from onedoor.rules.refusal import Refused
from onedoor.rules.scheme_book import SCHEMES, to_content
from onedoor.rules.sweeping import EVENTS

DAY = timedelta(days=1)
PETITION: dict[str, Any] = {"kind": "appeal", "purpose": "petition", "category": "petition.other"}
OPEN = ("open", "replied", "appealed")


def clocks(number: str) -> dict[str, tuple[Any, ...]]:
    """By kind the newest: started, due, stopped, extended."""
    found = sql(
        "SELECT kind, started_at, due_at, stopped_at, extended FROM clock WHERE case_id = %s ORDER BY started_at, id",
        case_id(number),
    )
    return {kind: tuple(rest) for kind, *rest in found}


def running(number: str) -> set[str]:
    return {kind for kind, (_, _, stopped, _) in clocks(number).items() if stopped is None}


def waiting(number: str) -> list[tuple[object, ...]]:
    return [one for one in supervisions(number) if one[2] in OPEN]


def handled(number: str, *, at: datetime = NOW + HOUR) -> str:
    walk(number, *TO_HANDLING, at=at)
    return number


@pytest.fixture
def own_scheme(county: None) -> Iterator[Any]:
    """Every matter gets a scheme made from an ordinary one by a change of its content."""

    def write(scheme: str = "ordinary", **changed: Any) -> None:
        content = to_content(SCHEMES[scheme])
        for name, value in changed.items():
            if name == "items":
                for kind, columns in value.items():
                    content["items"].setdefault(kind, {}).update(columns)
            else:
                content[name] = value
        SchemeVersion(code="own", version=1, content=content, reason="x", by=1, at=NOW).save(force_insert=True)
        SchemeRules(content=[{"scheme": "own", "why": "试验"}], reason="x", by=1, at=NOW).save(force_insert=True)
        book(newest=True)

    schemes.scheme_of.cache_clear()
    yield write
    schemes.scheme_of.cache_clear()
    schemes._book = (-schemes.FRESH, schemes.Book(schemes.SCHEMES, schemes.RULES))


# --- the sweeper ends, tells and leaves the record whole


def rounds(at: datetime, most: int = 5) -> int:
    count = [0]

    def stop() -> bool:
        count[0] += 1
        return count[0] > most

    sweep(at=at, stop=stop)
    return count[0]


def test_a_day_off_between_two_steps_of_the_ladder_moves_the_step_and_no_sweep_is_endless(county: None) -> None:
    number = register_case(at=NOW)
    sweep(at=NOW + 2 * DAY)  # Wednesday: late since Tuesday's end; the next step at Wednesday's
    before = clock(number, "accept")[2]
    change(COUNTY, {date(2026, 3, 4): (False, "台风停工")}, at=NOW + 2 * DAY)
    assert recompute(at=NOW + 2 * DAY, settle=AT_ONCE) == 1
    assert clock(number, "accept")[2] == before + DAY  # type: ignore[operator]
    assert rounds(datetime(2026, 3, 4, 17, tzinfo=UTC)) == 1
    assert "clock_escalated" not in events(number)
    assert sweep(at=datetime(2026, 3, 5, 17, tzinfo=UTC)).turns == {"escalated": 1, "reply_overdue": 1}
    assert whats() == set()


def test_what_has_no_turn_when_it_is_looked_at_is_looked_at_later_and_starves_nobody(county: None) -> None:
    stale = register_case(at=NOW)
    other = register_case(at=NOW)
    sql("UPDATE clock SET look_at = %s WHERE case_id = %s", NOW + HOUR, case_id(stale))
    done = sweep(at=NOW + 2 * DAY, batch=1)
    assert done.turns == {"warned": 2, "late": 2}
    assert events(other) == events(stale) == ["clock_warned", "clock_late"]
    sql("UPDATE clock SET look_at = %s WHERE case_id = %s", NOW + HOUR, case_id(stale))
    assert rounds(NOW + 2 * DAY) <= 2
    assert clock(stale, "accept")[2] > NOW + 2 * DAY  # type: ignore[operator]


def test_two_clocks_of_one_suspension_come_back_once_and_the_record_stays_whole(county: None) -> None:
    number = handled(register_case(at=NOW, **PETITION))
    move(number, "decide_acceptance", "handler2", at=NOW + 5 * HOUR, accepted=True)
    move(number, "set_track", "dispatcher", at=NOW + 6 * HOUR, track="reconsideration", reason="x")
    move(number, "request_suspension", "handler2", at=NOW + 8 * HOUR, days=5, reason="等待鉴定。", cause="appraisal")
    move(number, "suspend", "supervisor", at=NOW + 9 * HOUR)
    assert sweep(at=NOW + 6 * DAY).turns == {"pause_over": 1}
    assert sweep(at=NOW + 6 * DAY).cases == 0
    assert whats() == set()


def test_two_paused_clocks(own_scheme: Any) -> None:
    meet = {"limit": "20 working_days", "basis": "试验", "starts": ["accept"], "stops": ["meet"]}
    own_scheme(items={"meet": meet})
    number = handled(register_case(at=NOW))
    move(number, "request_suspension", "handler2", at=NOW + 8 * HOUR, days=5, reason="等待鉴定。", cause="appraisal")
    move(number, "suspend", "supervisor", at=NOW + 9 * HOUR)
    assert running(number) == {"handle", "meet"}
    assert sweep(at=NOW + 6 * DAY).turns == {"pause_over": 1}
    assert sql("SELECT look_at FROM clock WHERE case_id = %s AND look_at IS NOT NULL", case_id(number)) == []
    assert whats() == set()


def test_every_turn_has_its_name_and_a_dry_run_tells_of_a_red_light_before_the_end(
    own_scheme: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert TURN_NAMES.keys() == EVENTS.keys()
    own_scheme(items={"accept": {"red_left": "4 hours"}})
    register_case(at=NOW)
    assert run(["--dry-run", "--at", (NOW + 2 * DAY).isoformat()]) == 0
    assert "红灯1次" in capsys.readouterr().out


# --- where the competent unit accepts


def test_legal_aid_has_seven_days_to_decide_and_three_from_then(county: None) -> None:
    number = handled(register_case(at=NOW, kind="appeal", category="petition.other", track="legal_aid"))
    assert running(number) == {"inform"}
    sweep(at=NOW + 5 * DAY)
    assert not supervisions(number)
    decided = NOW + 6 * DAY
    move(number, "decide_acceptance", "handler2", at=decided, accepted=True)
    assert running(number) == {"handle"}
    assert clocks(number)["handle"][0] == decided
    assert due(number) == date(2026, 3, 11)


def test_between_two_acceptances_the_dispatch_is_watched(county: None) -> None:
    number = register_case(at=NOW, **PETITION)
    move(number, "accept", "clerk", at=NOW + HOUR)
    assert running(number) == {"dispatch"}
    sweep(at=NOW + 3 * DAY)
    assert [cause for cause, *_ in waiting(number)] == ["late"]
    walk(number, *TO_HANDLING[1:], at=NOW + 3 * DAY + HOUR)
    assert running(number) == {"inform"}
    assert not waiting(number)
    assert whats() == set()


def test_what_the_unit_refuses_has_no_limit_any_more(county: None) -> None:
    number = handled(register_case(at=NOW, **PETITION))
    move(number, "decide_acceptance", "handler2", at=NOW + 7 * HOUR, accepted=False, reason="不属", route="诉讼")
    assert running(number) == set()
    with pytest.raises(Refused, match="没有在计的时限"):
        move(number, "request_suspension", "handler2", at=NOW + 8 * HOUR, days=5, reason="外出。")


def test_who_did_not_decide_has_accepted_on_the_last_day_and_answers_for_it(county: None) -> None:
    number = handled(register_case(at=NOW, kind="appeal", category="petition.other", track="reconsideration"))
    inform = clocks(number)["inform"][1]
    sweep(at=NOW + 30 * DAY)
    assert clocks(number)["handle"][0] == inform, "行政复议法 §30: from the day the time was over"
    assert running(number) == {"handle"}
    assert supervisions(number) == [("not_informed", "ordinary", "open", None)], "the notice is not ended at once"
    assert notices(number)["limit_has_consequence"] == 1
    assert whats() == set()


def test_another_track_starts_what_it_has_and_moves_the_day_of_objection(county: None) -> None:
    number = register_case(at=NOW, kind="appeal", category="petition.other", channel="hotline")
    handled(number)
    before = sql("SELECT object_until FROM assignment WHERE case_id = %s", case_id(number))
    assert before == [(datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC),)]
    move(number, "set_track", "dispatcher", at=NOW + 5 * HOUR, track="reconsideration", reason="x")
    assert running(number) == {"inform"}
    assert clocks(number)["inform"][0] == NOW + 3 * HOUR, "from the signature"
    move(number, "set_track", "dispatcher", at=NOW + 6 * HOUR, track="general", reason="x")
    assert running(number) == {"handle"}
    assert clocks(number)["handle"][0] == NOW + HOUR, "from the centre's acceptance"
    codes = sql(
        "SELECT payload->'codes'->>'scheme', payload->'codes'->>'rule' FROM event WHERE case_id = %s"
        " AND kind IN ('register', 'set_track') ORDER BY seq",
        case_id(number),
    )
    assert codes[0] == ("hotline-shandong", "热线转来的诉求")
    assert codes[1] == ("reconsideration", "行政复议普通程序")
    assert whats() == set()


def test_an_extension_is_had_once_whatever_begins_anew(county: None) -> None:
    number = handled(register_case(at=NOW, **PETITION))
    move(number, "decide_acceptance", "handler2", at=NOW + 4 * HOUR, accepted=True)
    move(number, "request_extension", "handler2", at=NOW + 5 * HOUR, days=30, reason="待。")
    move(number, "decide_extension", "unit_lead2", at=NOW + 6 * HOUR, granted=True, reason="同意。")
    move(number, "recall", "dispatcher", at=NOW + 7 * HOUR, reason="改派。")
    walk(number, ("dispatch", "dispatcher", {"unit": "zjj"}), ("sign", "handler2", {}), at=NOW + 8 * HOUR)
    move(number, "decide_acceptance", "handler2", at=NOW + 10 * HOUR, accepted=True)
    assert clocks(number)["handle"][3] == 30
    with pytest.raises(Refused, match="已延期一次"):
        move(number, "request_extension", "handler2", at=NOW + 11 * HOUR, days=30, reason="再。")


# --- notices of supervision


@pytest.mark.parametrize("way", ["decide_appeal", "exclude", "accept_reply"])
def test_what_a_person_has_judged_comes_back_by_itself_no_more(county: None, way: str) -> None:
    number = register_case(at=NOW, kind="incident")
    walk(number, *TO_HANDLING[:-1], at=NOW + HOUR)
    sweep(at=datetime(2026, 3, 3, 17, tzinfo=UTC))
    at = datetime(2026, 3, 4, 1, tzinfo=UTC)
    if way == "decide_appeal":
        move(number, "appeal_supervision", "handler2", at=at, reason="停电。")
        move(number, way, "supervisor", at=at + HOUR, upheld=True, reason="属实，剔除。")
    elif way == "exclude":
        move(number, way, "supervisor", at=at + HOUR, reason="系统故障，剔除。")
    else:
        move(number, "reply_supervision", "handler2", at=at, text="明日签收。", days=1)
        move(number, way, "supervisor", at=at + HOUR)
    told = notices(number)
    sweep(at=datetime(2026, 3, 12, 1, tzinfo=UTC))
    assert len(supervisions(number)) == 1
    assert set(notices(number) - told) <= {"clock_warned"}
    assert whats() == set()


def test_who_raised_a_notice_does_not_take_it_out(county: None) -> None:
    number = handled(register_case(at=NOW))
    move(number, "supervise", "supervisor", at=NOW + 8 * HOUR, level="ordinary", reason="请说明。")
    with pytest.raises(Refused, match="签发人以外"):
        move(number, "exclude", "supervisor", at=NOW + 9 * HOUR, reason="不必了。")
    move(number, "exclude", "director", at=NOW + 9 * HOUR, reason="不必了。")
    assert supervisions(number)[0][2] == "excluded"


def test_another_track_takes_no_more_of_an_extension_than_it_allows(county: None) -> None:
    """劳动争议调解仲裁法 §43: at most fifteen days more; thirty were asked for under 信访工作条例 §34."""
    granted, asked = (handled(register_case(at=NOW, **PETITION)) for _ in range(2))
    for number in (granted, asked):
        move(number, "decide_acceptance", "handler2", at=NOW + 5 * HOUR, accepted=True)
        move(number, "request_extension", "handler2", at=NOW + 5 * HOUR, days=30, reason="待。")
    move(granted, "decide_extension", "unit_lead2", at=NOW + 6 * HOUR, granted=True, reason="同意。")
    for number in (granted, asked):
        move(number, "set_track", "dispatcher", at=NOW + 7 * HOUR, track="labour_arbitration", reason="x")
    assert sql("SELECT extended FROM clock WHERE case_id = %s AND kind = 'handle'", case_id(granted)) == [(15,)]
    with pytest.raises(Refused, match="最多延长15"):
        move(asked, "decide_extension", "unit_lead2", at=NOW + 8 * HOUR, granted=True, reason="同意。")
    move(asked, "decide_extension", "unit_lead2", at=NOW + 8 * HOUR, granted=False, reason="不同意。")
    assert whats() == set()


def test_an_extension_granted_after_the_end_ends_the_notice_and_begins_the_ladder_anew(county: None) -> None:
    number = handled(register_case(at=NOW, kind="incident"))
    end = datetime(2026, 3, 23, 15, 59, 59, tzinfo=UTC)
    move(number, "request_extension", "handler2", at=end - HOUR, days=5, reason="待鉴定。")
    sweep(at=end + HOUR)
    assert waiting(number)
    move(number, "decide_extension", "unit_lead2", at=end + 2 * HOUR, granted=True, reason="同意。")
    assert not waiting(number)
    light, rung, _ = clock(number, "handle")
    assert (light != "red", rung) == (True, 0)
    sweep(at=datetime(2026, 3, 30, 17, tzinfo=UTC))
    assert waiting(number) == [("late", "ordinary", "open", None)]


def test_a_holiday_found_out_afterwards_ends_the_notice(county: None) -> None:
    number = register_case(at=NOW)
    sweep(at=datetime(2026, 3, 3, 17, tzinfo=UTC))
    assert waiting(number)
    change(COUNTY, {date(2026, 3, 3): (False, "停工")}, at=NOW + 2 * DAY)
    recompute(at=datetime(2026, 3, 3, 18, tzinfo=UTC), settle=AT_ONCE)
    assert not waiting(number)
    assert clock(number, "accept")[:2] == ("green", 0)


def test_a_reply_that_does_not_come_is_chased_once_for_each_day_set(county: None) -> None:
    number = handled(register_case(at=NOW, kind="incident"))
    move(number, "supervise", "supervisor", at=NOW + 5 * HOUR, level="ordinary", reason="请说明。")  # by Tuesday
    assert sweep(at=datetime(2026, 3, 3, 15, 59, 59, tzinfo=UTC)).turns == {}
    late = datetime(2026, 3, 3, 16, 0, 0, tzinfo=UTC)
    assert sweep(at=late).turns == {"reply_overdue": 1}
    assert sweep(at=late + 5 * DAY).turns == {}
    assert supervisions(number)[0][1] == "yellow_card"
    assert notices(number)["reply_overdue"] == 2, "the unit's lead and the centre"
    move(number, "demand_more", "supervisor", at=late + 5 * DAY, reason="请回告。", days=1)
    assert sweep(at=late + 9 * DAY).turns == {"reply_overdue": 1}
    assert supervisions(number)[0][1] == "red_card"
    move(number, "reply_supervision", "handler2", at=late + 9 * DAY, text="三日内办结。", days=3)
    assert sql("SELECT promised_on FROM supervision WHERE case_id = %s", case_id(number)) == [(date(2026, 3, 16),)]
    assert whats() == set()


def test_yellow_raises_what_the_ladder_says_and_late_goes_on_from_there(own_scheme: Any) -> None:
    own_scheme(
        ladder=[
            {"on": "warn", "after": "0 working_days", "level": "ordinary", "tell": "unit"},
            {"after": "0 working_days", "level": "yellow_card", "tell": "unit_lead"},
        ]
    )
    number = register_case(at=NOW)
    assert sweep(at=NOW + timedelta(hours=30)).turns == {"warned": 1}
    assert supervisions(number) == [("due_soon", "ordinary", "open", None)]
    assert clock(number, "accept")[:2] == ("yellow", 1)
    assert sweep(at=datetime(2026, 3, 3, 17, tzinfo=UTC)).turns == {"late": 1}
    assert supervisions(number) == [("not_accepted", "yellow_card", "open", None)]
    assert clock(number, "accept") == ("red", 2, None)
    assert whats() == set()


@pytest.mark.parametrize("scheme", ["tiered-default", "tiered-township"])
def test_the_schemes_of_lights_ask_at_yellow_as_they_are_shipped(own_scheme: Any, scheme: str) -> None:
    own_scheme(scheme)
    number = register_case(at=NOW)
    assert sweep(at=datetime(2026, 3, 3, 17, tzinfo=UTC)).turns == {"warned": 1}
    assert supervisions(number) == [("due_soon", "ordinary", "open", None)]
    sweep(at=datetime(2026, 3, 4, 17, tzinfo=UTC))
    assert supervisions(number) == [("not_accepted", "yellow_card", "open", None)]
    assert whats() == set()


def test_lateness_is_told_where_the_ladder_begins_later(own_scheme: Any) -> None:
    own_scheme(ladder=[{"after": "1 working_days", "level": "ordinary", "tell": "unit"}])
    number = register_case(at=NOW)
    sweep(at=datetime(2026, 3, 3, 17, tzinfo=UTC))
    assert notices(number)["clock_late"] == 1
    assert not supervisions(number)


# --- calendars


def test_a_day_off_moves_a_warning_where_the_end_stays(county: None) -> None:
    from onedoor.cases.calendars import calendar_named
    from onedoor.cases.counting import ZONE
    from onedoor.rules.deadlines import reckon

    number = handled(register_case(at=NOW, kind="incident"))
    change(COUNTY, {date(2026, 3, 5): (False, "停工"), date(2026, 3, 21): (True, "补班")})
    recompute(at=NOW + 5 * HOUR, settle=AT_ONCE)
    ((warn, end, started, calendar),) = sql(
        "SELECT warn_at, due_at, started_at, calendar FROM clock WHERE case_id = %s AND kind = 'handle'",
        case_id(number),
    )
    item = SCHEMES["ordinary"].items["handle"]
    times = reckon(item, started, calendar=calendar_named(calendar), zone=ZONE)
    assert (warn, end) == (times.warn_at, times.due_at)
    assert whats() == set()


def test_a_day_off_moves_the_day_of_objection_and_of_reply(county: None) -> None:
    number = register_case(at=NOW, kind="incident")
    walk(number, *TO_HANDLING[:-1], at=NOW + HOUR)
    move(number, "supervise", "supervisor", at=NOW + 4 * HOUR, level="ordinary", reason="请说明。")
    asked = (
        "SELECT a.object_until, s.reply_by FROM assignment a JOIN supervision s ON s.case_id = a.case_id"
        " WHERE a.case_id = %s"
    )
    ((objection, reply),) = sql(asked, case_id(number))
    change(COUNTY, {date(2026, 3, 3): (False, "停工")})
    recompute(at=NOW + 5 * HOUR, settle=AT_ONCE)
    assert sql(asked, case_id(number)) == [(objection + DAY, reply + DAY)]
    assert whats() == set()


@pytest.mark.parametrize("granted", [True, False])
def test_a_date_in_question_stays_as_it_is_until_somebody_decides(county: None, granted: bool) -> None:
    number = handled(register_case(at=NOW, kind="incident"))
    now = datetime(2026, 3, 23, 2, tzinfo=UTC)
    change(COUNTY, {date(2026, 3, 7): (True, "调休上班")}, at=now)
    assert recompute(at=now, settle=AT_ONCE) == 1
    assert recompute(at=now, settle=AT_ONCE) == 0
    move(number, "request_extension", "handler2", at=now, days=1, reason="待。")
    move(number, "decide_extension", "unit_lead2", at=now, granted=True, reason="同意。")
    assert due(number) == date(2026, 3, 24), "an extension counts from the old date"
    move(number, "recall", "dispatcher", at=now + HOUR, reason="重新分流。")
    assert due(number) == date(2026, 3, 24)
    pending = sql('SELECT pending FROM "case" WHERE number = %s', number)[0][0]
    assert '"due"' in str(pending).replace("'", '"')
    assert "to_tell.extension" in str(pending), "and what is to be told stays to be told"
    move(number, "decide_due", "supervisor", at=now + 2 * HOUR, granted=granted, reason="定。")
    assert due(number) == (date(2026, 3, 23) if granted else date(2026, 3, 24))
    assert whats() == set()


@contextmanager
def readings_of_3715(*by_level: tuple[str, str]) -> Iterator[None]:
    """The schemes chosen, each for its level of centre; of other levels no rule speaks."""
    rules = []
    for scheme, level in by_level:
        content = to_content(SCHEMES[scheme]) | {"to_choose": False}
        SchemeVersion(code=scheme, version=2, content=content, reason="x", by=1, at=NOW).save(force_insert=True)
        rules.append({"scheme": scheme, "why": f"第{level}级", "level": level})
    SchemeRules(content=rules, reason="选定读法乙", by=1, at=NOW).save(force_insert=True)
    book(newest=True)
    try:
        yield
    finally:
        schemes._book = (-schemes.FRESH, schemes.Book(schemes.SCHEMES, schemes.RULES))


HANDLE_CLOCK = "SELECT scheme, started_at FROM clock WHERE case_id = %s AND kind = 'handle' AND stopped_at IS NULL"


def sent_up() -> tuple[str, str]:
    """(number, its scheme in the town's centre)."""
    number = register_case(by="clerk_town", at=NOW, kind="incident")
    move(number, "accept", "clerk_town", at=NOW + HOUR)
    ((scheme, _),) = sql(HANDLE_CLOCK, case_id(number))
    move(number, "send_up", "dispatcher_town", at=NOW + 2 * HOUR, reason="本级无力办理。")
    return number, scheme


def test_3715_by_level_goes_by_the_centre_that_has_the_matter(county: None) -> None:
    by_depth = {1: "3715-15", 2: "3715-7", 3: "3715-3"}
    depth = len(person("clerk_town").actors[0].division_path)
    with readings_of_3715(("3715-3", "3"), ("3715-7", "2"), ("3715-15", "1")):
        number, in_town = sent_up()
        assert in_town == by_depth[depth]
        assert sql(HANDLE_CLOCK, case_id(number)) == [(by_depth[depth - 1], NOW + HOUR)]
        rule = "SELECT payload->'codes'->>'rule' FROM event WHERE case_id = %s AND kind = 'send_up'"
        assert sql(rule, case_id(number)) == [(f"第{depth - 1}级",)]
        assert whats() == set()


def test_what_leaves_a_level_with_a_scheme_of_its_own_goes_by_the_common_one(county: None) -> None:
    depth = len(person("clerk_town").actors[0].division_path)
    with readings_of_3715(("3715-3", str(depth))):
        number, in_town = sent_up()
        common = register_case(at=NOW, kind="incident")
        move(common, "accept", "clerk", at=NOW + HOUR)
        ((scheme, _),) = sql(HANDLE_CLOCK, case_id(common))
        assert in_town == "3715-3" != scheme
        assert sql(HANDLE_CLOCK, case_id(number)) == [(scheme, NOW + HOUR)]
        assert whats() == set()


# --- what the parties hear


def test_who_may_sue_because_a_limit_is_over_reads_so(county: None) -> None:
    from onedoor.cases.queries.applicant import applicants_file, matter
    from onedoor.cases.queries.tracking import track

    number = handled(register_case(at=NOW, track="labour_arbitration"))
    move(number, "decide_acceptance", "handler2", at=NOW + 5 * HOUR, accepted=True)
    asked = {"number": number, "last_four": "5678", "address": "10.0.0.1"}
    at = NOW + 60 * DAY  # forty-five days end on 16 April
    assert not any("已于" in line for line in track(**asked, at=at)["explanation"])
    sweep(at=at)
    said = "“办理”期限已于2026年4月16日23:59:59届满：逾期的，当事人可以依法起诉"
    assert any(line.startswith(said) for line in track(**asked, at=at)["explanation"])
    assert any(line.startswith(said) for line in applicants_file(matter(case_id(number)), at)["explanation"])
    assert notices(number)["limit_has_consequence"] == 1


def test_the_applicant_reads_what_he_was_told_and_why(county: None) -> None:
    from onedoor.cases.queries.applicant import applicants_file, matter

    number = handled(register_case(at=NOW, kind="incident"))
    move(number, "request_extension", "handler2", at=NOW + 5 * HOUR, days=5, reason="待鉴定。")
    move(number, "decide_extension", "unit_lead2", at=NOW + 6 * HOUR, granted=True, reason="案情复杂。")
    with pytest.raises(Refused, match="还没有告知当事人"):
        move(number, "conclude", "handler2", at=NOW + 7 * HOUR, outcome="answered", answer="已清理。")
    move(number, "tell", "handler2", at=NOW + 7 * HOUR, text="鉴定要五天，办理期限延到三月三十日。")
    steps = applicants_file(matter(case_id(number)), NOW + 8 * HOUR)["steps"]
    texts = {step["name"]: step["texts"] for step in steps}
    assert texts["已向您告知延期或中止的理由"] == ["鉴定要五天，办理期限延到三月三十日。"]
    assert texts["办理期限已延长"] == ["案情复杂。"], "the decision's reason is his (信访工作条例 §34)"
    assert not any("待鉴定" in text for step in steps for text in step["texts"]), (
        "what offices ask of each other is not"
    )
