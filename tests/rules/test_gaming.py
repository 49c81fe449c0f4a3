"""Signs of tricks, each at its edge: what is one, and what is honest work that looks alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules.alike import ALIKE, alike_groups, jaccard
from onedoor.rules.findings import check_decision, check_draw, drawn_first, said
from onedoor.rules.gaming import KINDS, look
from onedoor.rules.gaming_answers import Common, no_result, off_topic, too_short
from onedoor.rules.gaming_clocks import clock_reset
from onedoor.rules.gaming_seen import Happened, Seen
from onedoor.rules.refusal import Refused
from onedoor.rules.same_matter import pairs

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOTHING_COMMON = Common(frozenset(), frozenset())
ASKED = "村口小桥栏杆被撞断。桥东侧栏杆断了两米，桥下水深，学生骑车经过很危险，请尽快修复并加装限高架。"
ANSWER = "栏杆断口两米已换成钢护栏，桥头加装限高架和反光标志，费用由肇事方承担。"
HONEST = (
    Happened("accept", AT, 1),
    Happened("dispatch", AT + HOUR, 2, unit=7),
    Happened("sign", AT + 2 * HOUR, 3),
    Happened("report_progress", AT + DAY, 3),
    Happened("conclude", AT + 3 * DAY, 3),
    Happened("close", AT + 4 * DAY, 4),
)


def seen(n: int = 0, **more: Any) -> Seen:
    blank: dict[str, Any] = {
        "id": f"c{n}", "number": f"{n:04}", "unit": 7, "registrar": 1, "division": 5, "category": 9, "files": 0,
        "registered_at": AT, "stage": "closed", "text": ASKED, "answer": ANSWER, "outcome": "put_right",
        "events": HONEST,
    }  # fmt: skip
    return Seen(**(blank | more))


def kinds(cases: Sequence[Seen]) -> set[tuple[str, str]]:
    return {(one.kind, one.case) for one in look(cases)}


def test_honest_work_raises_no_question() -> None:
    assert look([seen()]) == []


@pytest.mark.parametrize(
    ("answer", "short"),
    [
        ("已处理。", True), ("情况属实，已解决。", True), ("该问题已处理完毕，感谢您的反映。", True),
        ("您好！此事已办结，请知悉。", True), ("已换新灯泡三个。", True), ("东街三组路灯换了灯泡三个，已亮。", False),
        ("", False),
    ],
)  # fmt: skip
def test_an_answer_that_is_all_formula_is_too_short(answer: str, short: bool) -> None:
    assert (too_short(seen(answer=answer)) is not None) == short


@pytest.mark.parametrize(
    ("answer", "outcome", "empty"),
    [
        ("您反映的问题已转交相关股室，下一步将尽快安排人员处理。", "put_right", True),
        ("此事已列入明年维修计划，待资金到位后实施。", "served", True),
        ("已转交住建局，窨井盖当日更换完毕。", "put_right", False),
        ("依据条例第十条，该路段不属于本县管养。", "answered", False),
        # what is told to be on its way as a route is not a result claimed
        ("您反映的问题将由法院处理，请尽快起诉。", "to_court", False),
    ],
)
def test_promises_are_no_result(answer: str, outcome: str, empty: bool) -> None:
    assert (no_result(seen(answer=answer, outcome=outcome)) is not None) == empty


def quick(minutes: float, *between: Happened) -> tuple[Happened, ...]:
    return (Happened("sign", AT, 3), *between, Happened("conclude", AT + minutes * MINUTE, 3))


@pytest.mark.parametrize(
    ("events", "files", "found"),
    [
        (quick(30), 0, True), (quick(31), 0, False), (quick(12), 1, False),
        (quick(12, Happened("report_progress", AT + MINUTE, 3)), 0, False),
        (quick(12, Happened("start_session", AT + MINUTE, 3)), 0, False),
    ],
)  # fmt: skip
def test_put_right_within_half_an_hour_with_nothing_to_show(
    events: tuple[Happened, ...],
    files: int,
    found: bool,
) -> None:
    assert (no_result(seen(events=events, files=files)) is not None) == found


def test_an_answer_to_another_matter() -> None:
    elsewhere = "经核对工资台账，用人单位已补发三个月劳动报酬并补缴社会保险，双方当面签收。"
    usual = Common(frozenset(), frozenset("的一了请并和已人三两个月经过"))
    assert off_topic(seen(answer=elsewhere), usual) is not None
    assert off_topic(seen(), usual) is None
    # how a mediation ended says nothing of the matter, and need not
    ended = "经三次调解，双方对比例差距较大，未能达成一致，调解终止，已书面告知双方。"
    assert off_topic(seen(answer=ended, outcome="mediation_ended"), NOTHING_COMMON) is None
    # what half the county writes is no content
    common = Common(frozenset({"尽快"}), frozenset("的了请并和已尽快"))
    assert off_topic(seen(answer="请尽快联系窗口补办户籍手续，已登记在册。"), common) is not None


MATTERS = (
    "桥栏杆撞断两米，学生骑车危险", "废弃厂房墙体倾斜要倒", "楼道堆杂物堵塞消防通道", "垃圾池满溢无人清运",
    "沟渠漂浮秸秆和塑料瓶", "路灯大面积不亮",
)  # fmt: skip
SAME = "接到反映后我局高度重视，执法人员第一时间到达现场核查，对当事人进行了批评教育，同时加强了日常巡查。"


def copies(count: int, texts: Sequence[str] = MATTERS, unit: int = 7) -> list[Seen]:
    return [seen(n, text=texts[n % len(texts)], answer=SAME, unit=unit, division=n, category=n) for n in range(count)]


def test_the_same_answer_to_four_different_matters() -> None:
    assert not {one for one in kinds(copies(3)) if one[0] == "copied"}
    assert {case for kind, case in kinds(copies(4)) if kind == "copied"} == {"c0", "c1", "c2", "c3"}
    # near enough is enough
    varied = [replace(one, answer=one.answer.replace("第一时间", f"{n}日")) for n, one in enumerate(copies(5))]
    assert len({case for kind, case in kinds(varied) if kind == "copied"}) == 5


def test_one_outage_of_many_households_may_have_one_answer() -> None:
    one = [
        seen(n, text=f"三组昨夜停电，{n}号家里冰箱的菜坏了，请查明原因", answer=SAME, division=n) for n in range(12)
    ]
    assert not {case for kind, case in kinds(one) if kind == "copied"}


def test_two_units_with_one_phrase_each_are_two() -> None:
    two = [*copies(2), *(replace(one, id=f"d{n}", number=f"9{n}", unit=8) for n, one in enumerate(copies(4)[2:]))]
    assert not {case for kind, case in kinds(two) if kind == "copied"}


def rated(n: int, minutes: float, unit: int = 7, **more: Any) -> Seen:
    rating = Happened("rate", AT + 10 * DAY + minutes * MINUTE, None, satisfied=True)
    return seen(n, unit=unit, text=MATTERS[n], division=n, events=(*HONEST, rating), **more)


def staff(cases: Sequence[Seen]) -> set[str]:
    return {case for kind, case in kinds(cases) if kind == "staff_rating"}


def test_three_ratings_of_a_unit_within_ten_minutes() -> None:
    assert staff([rated(0, 0), rated(1, 4), rated(2, 10)]) == {"c0", "c1", "c2"}
    assert staff([rated(0, 0), rated(1, 4), rated(2, 10.1)]) == set()
    assert staff([rated(0, 0), rated(1, 4), rated(2, 8, unit=8)]) == set()
    twice = replace(rated(0, 0), events=(*rated(0, 0).events, *rated(0, 3).events[-1:], *rated(0, 5).events[-1:]))
    assert staff([twice]) == set(), "one matter is not three"


def ended(n: int, gap: timedelta, by: int = 4, kind: str = "rate", actor: int | None = None) -> Seen:
    end = AT + n * HOUR
    last = Happened(kind, end + gap, actor, satisfied=True)
    return seen(n, text=MATTERS[n], division=n, unit=n, events=(Happened("settle_on_spot", end, by), last))


def test_rated_the_moment_it_was_closed_again_and_again() -> None:
    assert staff([ended(n, MINUTE) for n in range(3)]) == {"c0", "c1", "c2"}
    assert staff([ended(n, MINUTE) for n in range(2)]) == set()
    assert staff([ended(n, 3 * MINUTE) for n in range(3)]) == set()
    assert staff([ended(n, MINUTE, by=n) for n in range(3)]) == set()


def test_what_was_closed_before_midnight_is_of_that_day() -> None:
    midnight = datetime(2026, 3, 3, tzinfo=ZoneInfo("Asia/Shanghai"))

    def closed(n: int, end: datetime) -> Seen:
        events = (Happened("settle_on_spot", end, 4), Happened("rate", end + MINUTE, satisfied=True))
        return seen(n, text=MATTERS[n], division=n, unit=n, events=events)

    two = [closed(0, midnight - 30 * MINUTE), closed(1, midnight - 15 * MINUTE)]
    assert staff([*two, closed(2, midnight - MINUTE / 2)]) == {"c0", "c1", "c2"}
    assert staff([*two, closed(2, midnight)]) == set()


def test_a_call_back_by_who_registered_minutes_after_the_end() -> None:
    assert staff([ended(0, 15 * MINUTE, kind="follow_up", actor=1)]) == {"c0"}
    assert staff([ended(0, 16 * MINUTE, kind="follow_up", actor=1)]) == set()
    assert staff([ended(0, 5 * MINUTE, kind="follow_up", actor=2)]) == set()
    four = [
        seen(n, text=MATTERS[n], division=n, events=(*HONEST, Happened("follow_up", AT + 9 * DAY + n * MINUTE, 2)))
        for n in range(4)
    ]
    assert staff(four) == {"c0", "c1", "c2", "c3"}, "nobody talks to four in five minutes"
    assert staff(four[:3]) == set()


def turns(*kinds_: str) -> tuple[Happened, ...]:
    unit = {"dispatch": 7}
    return tuple(
        Happened(kind.rstrip("+"), AT + n * HOUR, 1, unit.get(kind), granted=kind.endswith("+"))
        for n, kind in enumerate(kinds_)
    )


@pytest.mark.parametrize(
    ("events", "found"),
    [
        (turns("dispatch", "recall", "dispatch"), False),
        (turns("dispatch", "recall", "dispatch", "recall", "dispatch"), True),
        (turns("suspend", "resume", "suspend"), True),
        (turns("suspend", "decide_extension+"), False),
        (turns("suspend", "decide_extension+", "dispatch", "recall", "dispatch"), True),
        (turns("suspend", "decide_extension", "decide_extension", "decide_extension"), False),
    ],
)
def test_limits_that_begin_anew(events: tuple[Happened, ...], found: bool) -> None:
    assert (clock_reset(seen(events=events)) is not None) == found


def test_sent_to_another_unit_is_no_reset() -> None:
    events = (
        Happened("dispatch", AT, unit=7), Happened("recall", AT), Happened("dispatch", AT, unit=8),
        Happened("recall", AT), Happened("dispatch", AT, unit=7),
    )  # fmt: skip
    assert clock_reset(seen(events=events)) is None


def twins(gap: timedelta, **more: Any) -> list[Seen]:
    return [seen(0), seen(1, **({"text": ASKED.replace("尽快", "抓紧"), "registered_at": AT + gap} | more))]


def parts(cases: Sequence[Seen]) -> set[str]:
    return {case for kind, case in kinds(cases) if kind == "split"}


def test_one_matter_under_two_numbers() -> None:
    assert parts(twins(7 * DAY)) == {"c0", "c1"}
    assert parts(twins(7 * DAY + MINUTE)) == set()
    assert parts(twins(DAY, division=6)) == set()
    assert parts(twins(DAY, category=8)) == set()
    assert parts(twins(DAY, stage="merged")) == set(), "it was put together"
    assert parts(twins(DAY, registrar=2)) == {"c0", "c1"}, "one unit leads both"
    assert parts(twins(DAY, registrar=2, unit=8)) == set()
    assert parts(twins(DAY, text="路灯不亮，三组东头走夜路要打手电，请派人来修。")) == set()


TEXTS = st.lists(st.text("东西南北路灯水管桥墙沟渠一二三", min_size=4, max_size=40), max_size=25)


@given(TEXTS)
def test_groups_hold_only_what_is_alike_and_miss_no_copy(texts: list[str]) -> None:
    groups = alike_groups(texts)
    places = [place for group in groups for place in group]
    assert len(places) == len(set(places)) and all(len(group) > 1 for group in groups)
    for group in groups:
        for place in group:
            near = [jaccard(pairs(texts[place]), pairs(texts[other])) for other in group if other != place]
            assert max(near) >= ALIKE
    together = {frozenset((one, other)) for group in groups for one in group for other in group}
    for one, text in enumerate(texts):
        for other in range(one):
            if texts[other] == text and pairs(text):
                assert frozenset((one, other)) in together


def test_every_question_has_a_sentence() -> None:
    cases = [
        *copies(5), seen(20, answer="已处理。"), seen(21, answer="此事已列入计划，待资金到位后实施。", outcome="served"),
        *(replace(one, id=f"t{n}", number=f"8{n}") for n, one in enumerate(twins(DAY))),
        *(replace(rated(n, n), id=f"r{n}", number=f"7{n}", unit=70) for n in range(3)),
        seen(30, events=turns("suspend", "resume", "suspend"), answer=""),
        seen(31, answer="考生档案补录完毕，报到通知书同日寄出，录取资格得到确认。", text=MATTERS[3], division=40),
    ]  # fmt: skip
    found = look(cases)
    assert {one.kind for one in found} == set(KINDS)
    for one in found:
        assert said(one.kind, one.evidence).endswith("。")
    order = [list(KINDS).index(one.kind) for one in found]
    assert order == sorted(order)
    assert look(cases[::-1]) == found, "the order of reading does not matter"


def test_a_sample_is_drawn_by_the_key_and_by_nobody() -> None:
    ids = [f"f{n}" for n in range(40)]
    first = drawn_first(b"k" * 32, ids)
    assert sorted(first) == sorted(ids) and first == drawn_first(b"k" * 32, ids[::-1])
    assert first != drawn_first(b"o" * 32, ids)


@pytest.mark.parametrize("count", [0, 31, -1])
def test_a_draw_has_a_size(count: int) -> None:
    with pytest.raises(Refused, match="1到30件"):
        check_draw(count)


@pytest.mark.parametrize(
    ("state", "wanted", "reason", "said_"),
    [
        ("open", "guilty", "x", "请选择"), ("confirmed", "confirmed", "x", "已经核实过"),
        ("drawn", "confirmed", "  ", "请写明"), ("open", "not_confirmed", "x" * 501, "500"),
    ],
)  # fmt: skip
def test_what_no_decision_is(state: str, wanted: str, reason: str, said_: str) -> None:
    with pytest.raises(Refused, match=said_):
        check_decision(state, wanted, reason)
    check_decision("drawn", "not_confirmed", "已回访，情况属实。")
