"""Counting periods. Each example names its article; the days are those of the real calendar of 2025 and 2026."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.rules import deadlines, explanations
from onedoor.rules.deadlines import Unit
from onedoor.rules.refusal import INVALID, Refused
from onedoor.rules.scheme_book import SCHEMES
from onedoor.rules.schemes import Period, Scheme, SchemeItem, Threshold

BEIJING = timezone(timedelta(hours=8))
NATIONAL_DAY = {date(2025, 10, day): "国庆节" for day in range(1, 9)} | {date(2025, 10, 6): "中秋节"}
NEW_YEAR = {date(2026, 1, day): "元旦" for day in (1, 2, 3)}
MAKE_UP = {
    date(2025, 9, 28): "国庆节",
    date(2025, 10, 11): "国庆节",
    date(2026, 1, 4): "元旦",
    date(2026, 2, 28): "春节",
}


@dataclass(frozen=True)
class Days:
    """A calendar made by hand: weekends, holidays, make-up days; from `expected_from` on it is a guess."""

    holidays: dict[date, str] = field(default_factory=lambda: NATIONAL_DAY | NEW_YEAR)
    make_up: dict[date, str] = field(default_factory=lambda: MAKE_UP)
    expected_from: date = date(2027, 1, 1)

    def is_working_day(self, day: date) -> bool:
        return day in self.make_up or (day.weekday() < 5 and day not in self.holidays)

    def name_of(self, day: date) -> str:
        return self.holidays.get(day) or self.make_up.get(day, "")

    def is_expected(self, day: date) -> bool:
        return day >= self.expected_from


CALENDAR = Days()


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 20) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=BEIJING)


def due(start: datetime, amount: int, unit: str, *, roll: bool = True) -> datetime:
    return deadlines.due(start, amount, unit, calendar=CALENDAR, zone=BEIJING, roll=roll)


def plan(scheme: str, kind: str, start: datetime) -> deadlines.ClockPlan:
    clock = deadlines.plan(SCHEMES[scheme], kind, start, calendar=CALENDAR, zone=BEIJING)
    assert clock is not None
    return clock


LEGAL_PERIODS = """
petition-statutory accept  2025-09-01 2025-09-16  信访工作条例 §22: 15 日, to a working day
petition-statutory accept  2025-09-19 2025-10-09  信访工作条例 §22: 15 日, into National Day
petition-statutory inform  2025-08-01 2025-08-18  信访工作条例 §23②: 15 日, to a Saturday
petition-statutory object  2025-09-26 2025-10-10  信访工作条例 §23③: 5 工作日, with a make-up Sunday
petition-statutory handle  2025-08-05 2025-10-09  信访工作条例 §34: 60 日, into National Day
petition-simple    handle  2025-09-01 2025-09-15  信访事项简易办理办法: 10 工作日
mediation-30       handle  2025-06-02 2025-07-02  人民调解工作若干规定 §33, 深圳条例 §25: 30 日
labour-arbitration inform  2025-07-01 2025-07-07  劳动争议调解仲裁法 §29: 5 日, to a Sunday
labour-arbitration handle  2025-08-27 2025-10-11  劳动争议调解仲裁法 §43: 45 日, to a make-up Saturday
legal-aid          inform  2025-07-01 2025-07-08  法律援助法 §43: 7 日
legal-aid          handle  2025-07-02 2025-07-07  法律援助法 §43: 3 日, to a Saturday
petition-review    handle  2025-07-04 2025-08-04  信访工作条例 §35: 30 日, to a Sunday
petition-rereview  handle  2025-07-04 2025-08-04  信访工作条例 §36: 30 日
double123-simple   handle  2025-07-01 2025-07-04  玉门: 3 天
double123-complex  meet    2025-09-18 2025-10-09  玉门: 2 周, into National Day
court-delegated    handle  2025-07-01 2025-07-31  特邀调解规定 §27: 30 日
court-entrusted    handle  2025-07-01 2025-07-16  特邀调解规定 §27: 15 日
court-entrusted-summary handle 2025-07-01 2025-07-08  特邀调解规定 §27: 7 日
medical-30wd       handle  2025-09-01 2025-10-17  医疗纠纷预防和处理条例 §38: 30 工作日, two make-up days
mediation-month    handle  2025-08-29 2025-09-29  人民调解工作若干规定 §33: 一个月
mediation-shenzhen handle  2025-09-03 2025-10-09  深圳条例 §25: 30 日, into National Day
court-local        handle  2025-07-01 2025-07-31  济源: 30 日
court-online-ordinary handle 2025-07-01 2025-07-16 在线调解规则 §24: 15 日
court-online-summary handle 2025-07-01 2025-07-08 在线调解规则 §24: 7 日
labour-arbitration limitation 2025-10-09 2026-10-09 劳动争议调解仲裁法 §27: 一年
labour-arbitration set_aside 2025-07-01 2025-07-31 劳动争议调解仲裁法 §49: 30 日
land-arbitration   limitation 2024-07-01 2026-07-01 土地承包仲裁法 §18: 二年
land-arbitration   panel   2025-07-04 2025-07-08  土地承包仲裁法 §27: 2 工作日
land-arbitration   send_award 2025-07-01 2025-07-04 土地承包仲裁法 §45: 3 工作日
reconsideration    limitation 2025-07-01 2025-09-01 行政复议法 §20: 60 日, to a Saturday
reconsideration    correction_notice 2025-09-26 2025-10-10 行政复议法 §31, §88: 5 工作日
reconsideration    sue_directly 2025-07-01 2026-01-04 行政诉讼法 §46: 六个月, into New Year
legal-aid          objection_review 2025-07-01 2025-07-07 法律援助法 §49: 5 日, to a Sunday
commercial-arbitration inform 2025-07-01 2025-07-07 仲裁法 §24: 5 日, to a Sunday
commercial-arbitration set_aside 2025-07-01 2026-01-04 仲裁法 §59: 六个月, into New Year
administrative-mediation inform 2025-09-26 2025-10-10 深圳条例 §45: 5 工作日
administrative-mediation-complex inform 2025-07-01 2025-07-15 深圳条例 §45: 10 工作日
administrative-mediation transfer 2025-07-04 2025-07-09 深圳条例 §46: 3 工作日
protection-order   protection 2025-07-01 2026-01-01 反家庭暴力法 §30: 六个月, which does not roll
protection-order   reconsider 2025-07-01 2025-07-07 反家庭暴力法 §31: 5 日, to a Sunday
labour-mediation   handle  2025-07-01 2025-07-16  劳动争议调解仲裁法 §14: 15 日
labour-inspection  handle  2025-07-01 2025-09-23  劳动保障监察条例 §17: 60 工作日
land-arbitration   inform  2025-09-26 2025-10-10  土地承包仲裁法 §23: 5 工作日
land-arbitration   handle  2025-07-01 2025-09-01  土地承包仲裁法 §47: 60 日, to a Saturday
reconsideration    inform  2025-09-26 2025-10-10  行政复议法 §30, §88: 5 工作日
reconsideration    send_copy 2025-07-01 2025-07-10  行政复议法 §48, §88: 7 工作日
reconsideration    handle  2025-07-01 2025-09-01  行政复议法 §62: 60 日, to a Saturday
reconsideration-simple handle 2025-07-01 2025-07-31  行政复议法 §62: 30 日
dongzhi-general    handle  2025-07-01 2025-07-08  东至: 7 日
dongzhi-complex    handle  2025-07-01 2025-07-21  东至: 20 日
tiered-default     accept  2025-10-11 2025-10-14  四川: 2 工作日, from a make-up Saturday
hotline-weifang    handle  2025-12-29 2026-01-06  潍坊条例 §20: 5 工作日 over the year end, with a make-up Sunday
hotline-bureau-complaint handle 2025-07-01 2025-07-18  某市局: 13 工作日
hotline-shandong   handle  2025-09-26 2025-10-10  山东省政务服务热线管理办法: 5 工作日
hotline-shandong   object  2025-07-04 2025-07-08  山东省政务服务热线管理办法: 2 工作日
ordinary           handle  2025-12-25 2026-01-16  local: 15 工作日 over a year end
ordinary           sign    2025-10-11 2025-10-13  local: 1 工作日 from a make-up Saturday
ordinary           sign    2025-09-26 2025-09-28  local: 1 工作日 to a make-up Sunday
ordinary           sign    2025-10-03 2025-10-09  local: 1 工作日 from the middle of a holiday
"""


@pytest.mark.parametrize("line", LEGAL_PERIODS.strip().splitlines())
def test_the_last_day_of_a_legal_period(line: str) -> None:
    scheme, kind, start, last, article = line.split(maxsplit=4)
    first_day, last_day = date.fromisoformat(start), date.fromisoformat(last)

    clock = plan(scheme, kind, at(first_day.year, first_day.month, first_day.day))

    assert clock.times.due_at == end_of(last_day.year, last_day.month, last_day.day), article


@pytest.mark.parametrize(
    ("scheme", "kind", "hours"),
    [
        ("protection-order", "protect", 72),  # 反家庭暴力法 §28
        ("protection-order", "protect_urgent", 24),
        ("legal-aid", "pass_on", 24),  # 法律援助法 §39
    ],
)
def test_a_legal_period_of_hours_ends_at_the_instant(scheme: str, kind: str, hours: int) -> None:
    start = at(2025, 10, 1)
    assert plan(scheme, kind, start).times.due_at == start + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "last"),
    [
        ((2026, 1, 31), 1, Unit.MONTHS, (2026, 2, 28)),  # 民法典 §202: no corresponding day; a make-up Saturday
        ((2025, 8, 31), 1, Unit.MONTHS, (2025, 9, 30)),
        ((2025, 11, 15), 2, Unit.MONTHS, (2026, 1, 15)),
        ((2025, 12, 31), 2, Unit.MONTHS, (2026, 2, 28)),
        ((2025, 9, 3), 1, Unit.MONTHS, (2025, 10, 9)),  # 民诉法 §85③: 10月3日 rolls forward
        ((2024, 2, 29), 1, Unit.YEARS, (2025, 2, 28)),  # 民法典 §202
        ((2024, 10, 1), 1, Unit.YEARS, (2025, 10, 9)),
        ((2025, 9, 18), 2, Unit.WEEKS, (2025, 10, 9)),
    ],
)
def test_weeks_months_and_years_end_on_the_corresponding_day(
    start: tuple[int, int, int], amount: int, unit: Unit, last: tuple[int, int, int]
) -> None:
    assert due(at(*start), amount, unit) == end_of(*last)


def test_a_period_that_does_not_roll_ends_inside_the_holiday() -> None:
    assert due(at(2025, 9, 19), 15, Unit.CALENDAR_DAYS, roll=False) == end_of(2025, 10, 4)


def test_the_hour_of_the_first_day_does_not_matter() -> None:
    # 民诉法 §85②: 期间开始的日不计算在期间内
    midnight, evening = at(2025, 9, 1, 0, 0), at(2025, 9, 1, 23, 59)
    assert due(midnight, 15, "calendar_days") == due(evening, 15, "calendar_days") == end_of(2025, 9, 16)


def test_the_first_day_is_that_of_the_zone_and_the_answer_is_utc() -> None:
    half_past_midnight = datetime(2025, 9, 1, 16, 30, tzinfo=UTC)  # in Beijing already 2 September

    end = due(half_past_midnight, 15, "calendar_days")

    assert end == end_of(2025, 9, 17)
    assert end.tzinfo is UTC


@pytest.mark.parametrize(("unit", "amount"), [(Unit.HOURS, 24), (Unit.MINUTES, 24 * 60)])
def test_hours_and_minutes_end_at_the_instant_even_on_a_rest_day(unit: Unit, amount: int) -> None:
    # 法律援助法 §39: 二十四小时; 民法典 §201②
    assert due(at(2025, 10, 3, 21, 7), amount, unit) == at(2025, 10, 4, 21, 7)


def test_nonsense_is_not_counted() -> None:
    with pytest.raises(ValueError, match="aware"):
        due(at(2025, 9, 1).replace(tzinfo=None), 1, "calendar_days")
    with pytest.raises(ValueError, match="at least one"):
        due(at(2025, 9, 1), 0, "working_days")
    with pytest.raises(ValueError, match="fortnights"):
        due(at(2025, 9, 1), 1, "fortnights")


# --- against counting by hand

calendars = st.sets(st.integers(0, 600), max_size=250).map(
    lambda days: Days({date(2025, 1, 1) + timedelta(days=day): "假" for day in days}, {})
)
starts = st.integers(0, 365 * 24 * 60).map(lambda minutes: at(2025, 1, 1, 0, 0) + timedelta(minutes=minutes))


@settings(max_examples=50, deadline=None)
@given(calendars, starts, st.integers(1, 60))
def test_working_days_are_as_many_as_a_day_counter_finds(calendar: Days, start: datetime, amount: int) -> None:
    counted, day = 0, start.date()
    while counted < amount:
        day += timedelta(days=1)
        counted += calendar.is_working_day(day)

    end = deadlines.due(start, amount, "working_days", calendar=calendar, zone=BEIJING, roll=True)

    assert end == end_of(day.year, day.month, day.day)


@settings(max_examples=50, deadline=None)
@given(calendars, starts, st.integers(1, 90))
def test_calendar_days_roll_over_rest_days_only(calendar: Days, start: datetime, amount: int) -> None:
    end = deadlines.due(start, amount, "calendar_days", calendar=calendar, zone=BEIJING, roll=True)

    nominal, last = start.date() + timedelta(days=amount), end.astimezone(BEIJING).date()
    between = [nominal + timedelta(days=number) for number in range((last - nominal).days)]
    assert last >= nominal
    assert calendar.is_working_day(last)
    assert not any(calendar.is_working_day(day) for day in between)


def working_hours(calendar: Days, start: datetime, end: datetime) -> int:
    hours = int((end - start) / timedelta(hours=1))
    moments = (start + timedelta(hours=number, minutes=30) for number in range(hours))
    return sum(calendar.is_working_day(moment.date()) for moment in moments)


@settings(max_examples=30, deadline=None)
@given(calendars, starts.map(lambda start: start.replace(minute=0)), st.integers(1, 20))
def test_a_period_of_working_days_warns_when_its_share_of_them_is_used(
    calendar: Days, start: datetime, amount: int
) -> None:
    scheme = Scheme("s", "方案", 1, {"handle": SchemeItem("handle", amount, Unit.WORKING_DAYS, "依据")})

    clock = deadlines.plan(scheme, "handle", start, calendar=calendar, zone=BEIJING)

    assert clock is not None
    assert start < clock.times.warn_at < clock.times.due_at
    assert calendar.is_working_day(clock.times.warn_at.astimezone(BEIJING).date())
    whole = working_hours(calendar, start, clock.times.due_at + timedelta(seconds=1))
    assert abs(working_hours(calendar, start, clock.times.warn_at) - 0.7 * whole) <= 1


# --- warning, light, pause, extension


def test_a_limit_of_one_day_does_not_warn_while_everybody_is_away() -> None:
    # 38 working hours from Tuesday 10:00 to Thursday 9 October 24:00; 70 % of them are 26.6
    clock = plan("ordinary", "sign", at(2025, 9, 30, 10, 0))
    assert clock.times.warn_at == at(2025, 10, 9, 12, 36)


def test_a_small_share_warns_on_the_first_day() -> None:
    # 34 working hours from Monday 14:00 to Tuesday 24:00; a quarter of them is 8.5
    early = Scheme("s", "方案", 1, {"sign": SchemeItem("sign", 1, Unit.WORKING_DAYS, "依据", warn=Threshold(0.25))})
    clock = deadlines.plan(early, "sign", at(2025, 9, 1, 14, 0), calendar=CALENDAR, zone=BEIJING)
    assert clock is not None
    assert clock.times.warn_at == at(2025, 9, 1, 22, 30)


def test_a_period_of_days_warns_after_its_share_of_real_time() -> None:
    clock = plan("petition-statutory", "accept", at(2025, 9, 1, 0, 0))  # 16 days less one second
    assert clock.times.warn_at == datetime(2025, 9, 12, 4, 47, 59, tzinfo=BEIJING)


def test_a_plan_says_what_it_follows() -> None:
    start = at(2025, 9, 1)
    clock = plan("petition-statutory", "handle", start)
    assert (clock.kind, clock.scheme, clock.version) == ("handle", "petition-statutory", 1)
    assert (clock.started_at, clock.basis) == (start, "信访工作条例第三十四条（自受理之日起）")


def test_a_scheme_without_the_limit_plans_nothing() -> None:
    ordinary = SCHEMES["ordinary"]
    assert deadlines.plan(ordinary, "inform", at(2025, 9, 1), calendar=CALENDAR, zone=BEIJING) is None
    assert explanations.explain(ordinary, "inform", at(2025, 9, 1), calendar=CALENDAR, zone=BEIJING) == []


def test_the_light_turns_on_the_boundary() -> None:
    warn_at, due_at, second = at(2025, 9, 5), end_of(2025, 9, 8), timedelta(seconds=1)
    assert deadlines.light(warn_at - second, warn_at, due_at) == "green"
    assert deadlines.light(warn_at, warn_at, due_at) == "yellow"
    assert deadlines.light(due_at, warn_at, due_at) == "yellow"
    assert deadlines.light(due_at + second, warn_at, due_at) == "red"
    assert deadlines.light(warn_at, None, due_at) == "green"
    assert deadlines.light(due_at, None, None) == "none"


def reckon(item: SchemeItem, start: datetime, **happened: object) -> datetime:
    return deadlines.reckon(item, start, calendar=CALENDAR, zone=BEIJING, **happened).due_at  # type: ignore[arg-type]


def pause_back(item: SchemeItem, paused: datetime, resumed: datetime) -> timedelta:
    return deadlines.pause_given_back(item, paused, resumed, calendar=CALENDAR, zone=BEIJING)


def test_a_pause_gives_the_real_time_back() -> None:
    item, paused = SchemeItem("handle", 48, Unit.HOURS, "依据"), at(2025, 9, 2)
    pause = timedelta(days=3, hours=5, minutes=7)

    assert pause_back(item, paused, paused + pause) == pause
    assert reckon(item, at(2025, 9, 1), given_back=pause) == at(2025, 9, 3) + pause

    with pytest.raises(ValueError, match="before"):
        pause_back(item, paused, paused - pause)


def test_a_day_is_given_back_when_the_clock_stood_still_at_its_end() -> None:
    item, paused = SCHEMES["petition-statutory"].items["accept"], at(2025, 9, 2)
    minute, day = timedelta(minutes=1), timedelta(days=1)
    for pause, days in ((minute, 0), (3 * day, 3), (3 * day + minute, 3), (3 * day + timedelta(hours=14), 4)):
        assert pause_back(item, paused, paused + pause) == days * day


def test_after_a_pause_a_period_in_days_still_ends_with_a_working_day() -> None:  # 民法典 §203, 民诉法 §85③
    item = SCHEMES["petition-statutory"].items["accept"]
    assert reckon(item, at(2025, 9, 1), given_back=timedelta(days=3)) == end_of(2025, 9, 19)
    assert reckon(item, at(2025, 9, 1), given_back=timedelta(days=4)) == end_of(2025, 9, 22)  # from a Saturday


def test_of_working_days_an_appraisal_gives_back_working_days() -> None:  # 医疗纠纷预防和处理条例 §38: 鉴定时间不计入
    item, start = SCHEMES["medical-30wd"].items["handle"], at(2025, 9, 1)
    assert reckon(item, start) == end_of(2025, 10, 17)
    # Friday to Monday stood still on one working day; from 26 September to 13 October on seven, two of them made up
    for paused, resumed, days, last in (
        (at(2025, 9, 5), at(2025, 9, 8), 1, end_of(2025, 10, 20)),
        (at(2025, 9, 26), at(2025, 10, 13), 7, end_of(2025, 10, 28)),
    ):
        assert pause_back(item, paused, resumed) == timedelta(days=days)
        assert reckon(item, start, given_back=timedelta(days=days)) == last


def test_an_extension_counts_on_from_the_old_last_day() -> None:
    petition, hotline = SCHEMES["petition-statutory"].items["handle"], SCHEMES["hotline-shandong"].items["handle"]
    # §34: to 9 October, then 30 days to 8 November, a Saturday
    assert reckon(petition, at(2025, 8, 5), extended=30) == end_of(2025, 11, 10)
    assert reckon(hotline, at(2025, 9, 19), extended=3) == end_of(2025, 9, 30)  # over a make-up Sunday


def test_what_happened_counts_the_same_in_whichever_order() -> None:
    item, start = SCHEMES["petition-statutory"].items["handle"], at(2025, 8, 5)
    both = reckon(item, start, extended=30, given_back=timedelta(days=3))
    assert both == end_of(2025, 11, 13)
    assert deadlines.reckon(item, start, calendar=CALENDAR, zone=BEIJING).due_at < reckon(item, start, extended=1)


def test_the_light_may_turn_after_a_period_or_so_long_before_the_end() -> None:
    after = SCHEMES["tiered-default"].items["handle"]  # 四川: yellow after five working days, red after ten
    warn, _, end = deadlines.reckon(after, at(2025, 9, 1), calendar=CALENDAR, zone=BEIJING)
    assert (warn, end) == (end_of(2025, 9, 8), end_of(2025, 9, 15))
    left = SchemeItem("handle", 10, Unit.WORKING_DAYS, "依据", warn=Threshold(left=Period(2, Unit.WORKING_DAYS)))
    assert deadlines.reckon(left, at(2025, 9, 1), calendar=CALENDAR, zone=BEIJING).warn_at == end_of(2025, 9, 11)


@pytest.mark.parametrize(
    ("scheme", "most", "sentence"),
    [
        ("petition-statutory", 30, "“办理”期限最多延长30日，最少1日（信访工作条例第三十四条）。"),
        ("labour-arbitration", 15, "“办理”期限最多延长15日，最少1日（劳动争议调解仲裁法第四十三条）。"),
        ("hotline-shandong", 10, "“办理”期限最多延长10个工作日，最少1个工作日（山东省政务服务热线管理办法）。"),
    ],
)
def test_an_extension_has_a_maximum(scheme: str, most: int, sentence: str) -> None:
    item = SCHEMES[scheme].items["handle"]
    deadlines.check_extension(item, 1)
    deadlines.check_extension(item, most)
    for days in (0, most + 1):
        with pytest.raises(Refused) as refused:
            deadlines.check_extension(item, days)
        assert refused.value.code == INVALID
        assert refused.value.fields == {"days": sentence}


def test_what_no_rule_extends_is_not_extended() -> None:
    with pytest.raises(Refused) as refused:
        deadlines.check_extension(SCHEMES["legal-aid"].items["handle"], 1)
    assert refused.value.fields == {"days": "“办理”期限不能延长（法律援助法第四十三条（决定给予后三日内指派））。"}


# --- in words


def explain(scheme: str, kind: str, start: datetime, **stored: object) -> list[str]:
    return explanations.explain(SCHEMES[scheme], kind, start, calendar=CALENDAR, zone=BEIJING, **stored)  # type: ignore[arg-type]


def test_a_period_of_days_is_explained() -> None:
    assert explain("petition-statutory", "handle", at(2025, 8, 5)) == [
        "“办理”期限60日，方案：信访事项（普通程序）（第1版），依据：信访工作条例第三十四条（自受理之日起）。",
        "2025年8月5日（周二）当日不计入，从次日起算。",
        "连续计算，休息日计入，最后一日为2025年10月4日（周六，国庆节）。",
        "最后一日是休息日，顺延至2025年10月9日（周四）（参照民事诉讼法第八十五条）。",
        "到期时间：2025年10月9日23:59:59。",
        "预警时间：2025年9月20日07:53:59（用去70%的时间）。",
    ]


def test_a_period_of_working_days_is_explained() -> None:
    # 13 h 40 min of the first day and 5 days: 70 % are 93 h 34 min, the last 7 h 54 min of them on 9 October
    assert explain("hotline-shandong", "handle", at(2025, 9, 26)) == [
        "“办理”期限5个工作日，方案：政务服务热线（山东）（第1版），依据：山东省政务服务热线管理办法。",
        "本项属地方规定或尚待核实，以部署方确认为准。",
        "2025年9月26日（周五）当日不计入，从次日起算。",
        "只计工作日，第5个工作日为2025年10月10日（周五）。",
        "不计入休息日9天：周末9月27日、国庆节10月1日至10月5日、中秋节10月6日、国庆节10月7日至10月8日。",
        "计入调休上班日1天：2025年9月28日（周日，国庆节调休上班）。",
        "到期时间：2025年10月10日23:59:59。",
        "预警时间：2025年10月9日07:54:00（用去70%的时间）。",
    ]


def test_each_weekend_skipped_is_named() -> None:
    lines = explain("ordinary", "object", at(2025, 7, 4)) + explain("ordinary", "handle", at(2025, 7, 1))
    assert "不计入休息日2天：周末7月5日至7月6日。" in lines
    assert "不计入休息日6天：周末7月5日至7月6日、周末7月12日至7月13日、周末7月19日至7月20日。" in lines


def test_an_extension_and_a_pause_are_explained() -> None:
    lines = explain("petition-statutory", "handle", at(2025, 8, 5), extended=30, given_back=timedelta(days=2))
    assert lines[4:] == [
        "经批准延长30日，自原到期日接续计算，依据：信访工作条例第三十四条。",
        "2025年10月9日（周四）当日不计入，从次日起算。",
        "连续计算，休息日计入，最后一日为2025年11月8日（周六）。",
        "最后一日是休息日，顺延至2025年11月10日（周一）（参照民事诉讼法第八十五条）。",
        "因暂停计时（或工作日历变化后保留原到期日）共退还2天，到期时间由2025年11月10日23:59:59顺延。",
        "到期时间：2025年11月12日23:59:59。",
        "预警时间：2025年10月24日07:53:59（用去70%的时间，随到期时间顺延）。",
    ]
    worked = explain("medical-30wd", "handle", at(2025, 9, 1), given_back=timedelta(days=2))
    assert (
        "因暂停计时（或工作日历变化后保留原到期日）共退还2个工作日，到期时间由2025年10月17日23:59:59顺延。" in worked
    )


def test_what_must_be_done_the_same_day_says_so() -> None:
    lines = explain("hotline-bureau-urgent", "handle", at(2025, 10, 3))
    assert "须在起算当日（2025年10月3日（周五，国庆节））办结。" in lines
    assert "到期时间：2025年10月3日23:59:59。" in lines


def test_a_year_not_yet_published_is_marked() -> None:
    lines = explain("ordinary", "object", at(2026, 12, 31))
    assert "只计工作日，第2个工作日为2027年1月4日（周一，预计）。" in lines
    assert "2027年没有已公布的放假安排，暂按周末和固定日期的节日预计，公布后可能变化。" in lines


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (SchemeItem("handle", 31, Unit.CALENDAR_DAYS, "依据"), "最后一日是工作日，不需顺延。"),
        (SchemeItem("handle", 15, Unit.CALENDAR_DAYS, "依据", roll=False), "最后一日是休息日，但本期限不顺延。"),
        (SchemeItem("handle", 24, Unit.HOURS, "依据"), "自2025年9月19日10:20:00起连续计算，休息日计入。"),
    ],
)
def test_each_way_of_ending_has_its_sentence(item: SchemeItem, sentence: str) -> None:
    scheme = Scheme("s", "方案", 1, {"handle": item})
    lines = explanations.explain(scheme, "handle", at(2025, 9, 19), calendar=CALENDAR, zone=BEIJING)
    assert sentence in lines
