"""疑点 on PostgreSQL: found by night, drawn for call-back through the record, decided by people."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from cases.kit import DAY, NOW, case_id, findings, move, person, register_case, sql
from figures.kit import closed_case
from onedoor.cases.steps.applicant import applicants_move
from onedoor.figures.models import Finding
from onedoor.figures.queries import seen as queries
from onedoor.figures.queries.findings import call_back_of, evidence_of, finding_for, list_findings, rates
from onedoor.figures.steps.findings import decide_finding, draw_sample, find_gaming
from onedoor.rules.refusal import Refused

AT = NOW + 20 * DAY
PLACES = ("清禾镇禾丰塘村", "清禾镇柳岸头村", "石桥湾镇")
MATTERS = (
    "桥栏杆撞断两米，学生骑车危险，要求尽快修复。", "废弃厂房墙体倾斜要倒，要求封路鉴定。", "楼道堆杂物堵塞消防通道，要求清理。",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_is_called_back_by_itself(settings: Settings) -> None:
    settings.FOLLOW_UP_SHARE = 0


def three_short() -> list[str]:
    return [
        closed_case(NOW + timedelta(days=n), answer="已处理。", narrative=MATTERS[n], address=PLACES[n])
        for n in range(3)
    ]


def short() -> list[Finding]:
    return list(Finding.objects.filter(kind="too_short").order_by("case__number"))


def refused(what: Any, said: str) -> None:
    with pytest.raises(Refused, match=said):
        what()


def test_found_once_and_kept(county: None) -> None:
    numbers = three_short()
    assert find_gaming(at=AT) == 3
    assert [one.case.number for one in short()] == numbers
    assert find_gaming(at=AT + DAY) == 0, "a second night finds nothing new"
    assert all(one.evidence.keys() == {"characters"} for one in short()), "no text of a matter is kept here"


def test_as_many_as_there_are_are_looked_at(county: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A county has more matters in three months than one look takes."""
    numbers = [
        closed_case(NOW + timedelta(days=n), answer="已处理。", narrative=f"第{n}组水渠堵塞。") for n in range(7)
    ]
    monkeypatch.setattr(queries, "MOST", 3)
    monkeypatch.setattr(queries, "OVERLAP", 1, raising=False)
    find_gaming(at=AT)
    assert [one.case.number for one in short()] == numbers
    windows = [[one.number for one in found] for found in queries.looks(AT)]
    backward = numbers[::-1]
    assert windows == [backward[0:3], backward[2:5], backward[4:7]]
    find_gaming(at=AT + DAY)
    assert len(short()) == 7


def test_the_same_day_is_the_countys(county: None) -> None:
    """At eight in the morning another day begins in UTC."""
    for n, (hour, minute) in enumerate(((23, 50), (23, 55), (24, 5))):
        at = NOW.replace(hour=0, minute=0) + timedelta(hours=hour, minutes=minute)
        number = register_case(at=at, narrative=MATTERS[n], address=PLACES[n])
        move(number, "settle_on_spot", "clerk", at=at, outcome="answered", answer="已当面说明办法。", confirmed=True)
        applicants_move(
            case=case_id(number), move="rate", at=at + timedelta(minutes=1), raw={"satisfied": True}, key=f"k{n}"
        )
    find_gaming(at=AT)
    found = Finding.objects.filter(kind="staff_rating")
    assert [one.evidence["how"] for one in found] == ["at_once"] * 3


def test_confidential_matters_are_left_out(county: None) -> None:
    three_short()
    hidden = closed_case(answer="已处理。", narrative=MATTERS[0])
    move(hidden, "restrict", "supervisor", at=AT, level="restricted", reason="隐私。", persons=["supervisor"])
    find_gaming(at=AT)
    assert case_id(hidden) not in {one.case_id for one in Finding.objects.all()}
    # and what becomes so later is not listed any more
    first = short()[0]
    move(
        first.case.number, "restrict", "supervisor", at=AT, level="restricted", reason="隐私。", persons=["supervisor"]
    )
    for who in ("supervisor", "director", "auditor"):
        listed, _ = list_findings(person(who))
        assert first.pk not in {one["id"] for one in listed} and len(listed) == 2
        refused(lambda who=who: finding_for(person(who), first.pk), "没有找到")
        assert sum(one.open for one in rates(person(who))) == 2


def test_a_sample_goes_through_the_record(county: None) -> None:
    three_short()
    find_gaming(at=AT)
    supervisor = person("supervisor")
    drawn = draw_sample(signed=supervisor, kind="too_short", count=2, at=AT)
    assert len(drawn) == 2 and {one.state for one in Finding.objects.filter(pk__in=drawn)} == {"drawn"}
    sampled = {row[0] for row in sql('SELECT id FROM "case" WHERE sampled')}
    assert sampled == {one.case_id for one in Finding.objects.filter(pk__in=drawn)}
    assert sql("SELECT count(*) FROM event WHERE kind = 'sample'") == [(2,)]
    assert sql("SELECT count(*) FROM clock WHERE kind = 'follow_up' AND stopped_at IS NULL") == [(2,)]
    number = Finding.objects.get(pk=drawn[0]).case.number
    refused(lambda: move(number, "archive", "clerk", at=AT), "先回访再归档")
    move(number, "follow_up", "clerk", at=AT + DAY, satisfied=False, text="没有人来过。")
    found = finding_for(supervisor, drawn[0])
    called = call_back_of(supervisor, found)
    assert called is not None and called["satisfied"] is False and called["text"] == "没有人来过。"
    assert call_back_of(person("auditor"), found) is None
    assert findings() == [], "the ledger holds"
    third = draw_sample(signed=supervisor, kind="", count=30, at=AT)
    assert len(third) == 1 and draw_sample(signed=supervisor, kind="", count=5, at=AT) == []


def test_what_was_called_back_already_is_drawn_all_the_same(county: None) -> None:
    closed_case(answer="已处理。", satisfied=True)
    find_gaming(at=AT)
    assert len(draw_sample(signed=person("director"), kind="too_short", count=1, at=AT)) == 1
    assert sql("SELECT count(*) FROM event WHERE kind = 'sample'") == [(0,)]


def test_decided_once_with_a_reason_and_the_share_of_wrong_ones(county: None) -> None:
    three_short()
    find_gaming(at=AT)
    supervisor = person("supervisor")
    first, second, _ = short()

    def decide(finding: Finding, wanted: str, reason: str = "已回访，答复属实。", who: str = "supervisor") -> None:
        decide_finding(signed=person(who), finding=finding.pk, wanted=wanted, reason=reason, at=AT)

    refused(lambda: decide(first, "confirmed", " "), "请写明")
    refused(lambda: decide(first, "guilty"), "请选择")
    for who in ("auditor", "clerk", "handler2", "unit_lead2", "admin", "grid_worker"):
        refused(lambda who=who: decide(first, "confirmed", who=who), "不能核实疑点")
    decide(first, "confirmed", "回访说没有人来过。")
    decide(second, "not_confirmed")
    refused(lambda: decide(first, "not_confirmed"), "已经核实过")
    (rate,) = [one for one in rates(supervisor) if one.kind == "too_short"]
    assert (rate.open, rate.confirmed, rate.not_confirmed, rate.wrong) == (1, 1, 1, "50.0%")
    empty = next(one for one in rates(supervisor) if one.kind == "split")
    assert empty.wrong == "—"
    assert sql("SELECT count(*) FROM points_entry") == [(0,)], "nothing follows by itself"


def test_who_handled_it_does_not_decide(county: None) -> None:
    number = closed_case(answer="已处理。")
    find_gaming(at=AT)
    sql('UPDATE "case" SET creator_id = %s WHERE number = %s', person("supervisor").account, number)
    found = short()[0].pk
    refused(
        lambda: decide_finding(signed=person("supervisor"), finding=found, wanted="confirmed", reason="是。", at=AT),
        "请由别人核实",
    )


def test_the_auditor_sees_that_there_are_some_and_no_text(county: None) -> None:
    three_short()
    find_gaming(at=AT)
    auditor = person("auditor")
    listed, _ = list_findings(auditor)
    assert len(listed) == 3 and {one["title"] for one in listed} == {""}
    (case,) = evidence_of(auditor, finding_for(auditor, short()[0].pk))
    assert case["asked"] == case["answer"] == case["title"] == ""
    (case,) = evidence_of(person("supervisor"), finding_for(person("supervisor"), short()[0].pk))
    assert case["answer"] == "已处理。"
    for who in ("clerk", "handler2", "unit_lead", "grid_lead", "admin", "dispatcher"):
        refused(lambda who=who: list_findings(person(who)), "不能查看疑点")
        refused(lambda who=who: draw_sample(signed=person(who), kind="", count=1, at=AT), "不能抽取疑点")


def test_the_auditor_reads_no_single_rating_in_a_finding(county: None) -> None:
    numbers = three_short()
    for satisfied, number in zip((True, True, True), numbers, strict=True):
        move(number, "follow_up", "clerk", at=NOW + 3 * DAY, satisfied=satisfied, text="他说很好。")
    find_gaming(at=AT)
    for one in short():
        sql(
            "INSERT INTO gaming_finding (id, kind, case_id, cases, evidence, found_at, state, reason, decided_by,"
            " decided_at) VALUES (gen_random_uuid(), 'staff_rating', %s, %s, %s, %s, 'confirmed', %s, %s, %s)",
            one.case_id, f'["{one.case_id}"]', '{"how": "at_once", "times": 3, "minutes": 2}', AT,
            "回访时三人都说满意。", person("supervisor").account, AT,
        )  # fmt: skip
    for who, reads in {"supervisor": True, "auditor": False}.items():
        listed, _ = list_findings(person(who), kind="staff_rating")
        assert len(listed) == 3
        for one in (*listed, finding_for(person(who), listed[0]["id"])):
            told = f"{one['said']} {one['evidence']} {one['cases']} {one['reason']} {one['title']}"
            assert ("满意" in told) == reads and ("at_once" in told) == reads, told
        other, _ = list_findings(person(who), kind="too_short")
        assert all("个字" in one["said"] for one in other), "what an answer is like is told"
