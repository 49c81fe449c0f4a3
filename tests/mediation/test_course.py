"""What holds a mediation together with its case: who mediates and sees it, what it owes to whom it came from, what the
parties want, and what is left behind."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases.kit import HOUR, NOW, case_id, move, person, register_case, sql, walk, whats
from mediation.kit import (
    MEDIATOR,
    PNG,
    account,
    booked,
    consent,
    drafted,
    effective,
    held,
    items,
    open_one,
    opened,
    parties,
    pay,
    row,
    scan,
    sign_all,
    wage_case,
    who,
)
from onedoor.cases.models import Clock, Party
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import load
from onedoor.mediation.models import Mediator, MeetingRoom
from onedoor.mediation.steps import agree, mediate, perform, sessions, tidy
from onedoor.mediation.steps.remind import remind
from onedoor.people.models import Post, Unit
from onedoor.rules.refusal import Refused

pytestmark = pytest.mark.django_db
CHIEF = "mediator"  # of another committee
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _county(county: None) -> None:
    pass


def clock(number: str, kind: str) -> Clock:
    return Clock.objects.filter(case_id=case_id(number), kind=kind).latest("started_at", "id")


def chief() -> None:
    Mediator.objects.update_or_create(account_id=account(CHIEF), defaults={"kind": "chief"})


def sees(username: str, number: str) -> bool:
    try:
        case_for(person(username).viewer(), number)
    except Refused:
        return False
    return True


def test_a_chief_mediator_of_another_committee_sees_and_mediates_what_he_was_chosen_for() -> None:
    number = wage_case()
    with pytest.raises(Refused, match="只在本组织调解"):
        mediate.open_mediation(
            who=who(MEDIATOR, number),
            raw={"kind": "people", "source": "application", "mediators": [account(CHIEF)], "declared": True},
        )
    chief()
    assert not sees(CHIEF, number)
    mediation = mediate.open_mediation(
        who=who(MEDIATOR, number),
        raw={
            "kind": "people", "source": "application", "mediators": [account(CHIEF)], "chosen": True, "declared": True,
        },
    )  # fmt: skip
    assert sees(CHIEF, number)
    for party in parties(number):
        consent(number, mediation, party, by=CHIEF)
    held(number, booked(number, mediation, by=CHIEF), by=CHIEF)
    with pytest.raises(Refused, match="主办单位"):
        move(number, "conclude", CHIEF, outcome="answered", answer="已答复。", at=NOW + 2 * DAY)
    mediate.end_mediation(
        who=who(CHIEF, number, at=NOW + 2 * DAY), mediation=mediation, ending="failed", routes=["起诉"], text="未成。"
    )
    assert not sees(CHIEF, number), "it is over, and he is of another organisation"
    assert whats() == set()


def test_a_mediator_declares_that_he_has_no_relation_or_discloses_it() -> None:
    number = wage_case()
    with pytest.raises(Refused, match="没有亲属、利害关系"):
        open_one(number, declared=False)
    open_one(number, declared=False, disclosure="与工友甲是同乡。")


def test_a_new_mediator_takes_the_seats_and_asks_for_trust_anew() -> None:
    chief()
    number = wage_case()
    mediation = opened(number, disclosure="与工友甲是同乡。")
    for party in parties(number):
        consent(number, mediation, party, purpose="mediator")
    session = booked(number, mediation)
    later = NOW + 7 * HOUR
    mediate.change_mediator(
        who=who(MEDIATOR, number, at=later), mediation=mediation, mediators=[account(CHIEF)], reason="生病",
        disclosure="与公司经理是同学。",
    )  # fmt: skip
    assert sql("SELECT account_id FROM mediation_session_seat WHERE session_id = %s", session) == [(account(CHIEF),)]
    with pytest.raises(Refused, match="披露了关系"):
        booked(number, mediation, begins=NOW + 3 * DAY, by=CHIEF)
    # and he has no second session at that hour
    other = wage_case()
    second = open_one(other)
    mediate.change_mediator(
        who=who(MEDIATOR, other, at=later), mediation=second, mediators=[account(CHIEF)], reason="分担", declared=True
    )
    for party in parties(other):
        consent(other, second, party, by=CHIEF)
    with pytest.raises(Refused, match="已有安排"):
        booked(other, second, begins=NOW + DAY, by=CHIEF)
    assert whats() == set()


def test_a_session_that_overran_into_the_next_one_is_recorded_all_the_same() -> None:
    number, other = wage_case(), wage_case()
    room = MeetingRoom.objects.create(unit=Unit.objects.get(code="centre"), name="调解一室", kind="joint").pk
    first = booked(number, opened(number), room=room, place="")
    mediation = opened(other)
    # the same mediator has the next session in the same room, right after
    booked(other, mediation, begins=NOW + DAY + 2 * HOUR, room=room, place="")
    begins = NOW + DAY
    sessions.hold_session(
        who=who(MEDIATOR, number, at=begins + 4 * HOUR), session=first,
        raw={
            "began_at": begins, "ended_at": begins + 3 * HOUR, "present": parties(number), "rights_told": True,
            "read_back": True, "text": "谈了三个小时。",
        },
    )  # fmt: skip
    assert row("mediation_session", number)["state"] == "held"


def test_a_joint_session_to_which_one_side_came_is_kept_as_a_talk_with_that_side() -> None:
    number = wage_case()
    mediation = opened(number)
    held(number, booked(number, mediation), present=parties(number)[:3], text="公司没有来，工人说最低要五万。")
    found = row("mediation_session", number)
    assert (found["kind"], found["side"], found["text"]) == ("separate", "applicant", "")
    assert "最低要五万".encode() not in bytes(found["sealed"])


def test_nobody_is_invited_without_the_parties_consent() -> None:
    number = wage_case()
    mediation = opened(number)
    session = booked(number, mediation)
    with pytest.raises(Refused, match="人民调解法第二十条"):
        held(number, session, others="村里的老支书")
    for party in parties(number):
        consent(number, mediation, party, purpose="invited")
    held(number, session, others="村里的老支书")


def test_a_court_of_public_opinion_names_its_people_and_an_expert_talk_needs_no_party() -> None:
    number = wage_case()
    mediation = opened(number)
    for party in parties(number):
        consent(number, mediation, party, purpose="invited")
    public = booked(number, mediation, kind="public_court")
    with pytest.raises(Refused, match="参加评议"):
        held(number, public)
    held(number, public, others="评议员五人：教师、村民代表等", text="多数认为应先付两个月工资。")
    expert = booked(number, mediation, begins=NOW + 2 * DAY, kind="expert")
    begins = NOW + 2 * DAY
    sessions.hold_session(
        who=who(MEDIATOR, number, at=begins + 2 * HOUR), session=expert,
        raw={"began_at": begins, "ended_at": begins + HOUR, "present": [], "others": "劳动法律师", "text": "可以推定。"},
    )  # fmt: skip
    assert row("mediation_session", number)["state"] == "held"


def test_a_side_that_has_refused_is_not_asked_to_talk_again() -> None:
    number = wage_case()
    mediation = open_one(number)
    consent(number, mediation, parties(number)[3], agrees=False)
    with pytest.raises(Refused, match="不得再约谈"):
        booked(number, mediation, kind="separate", side="respondent")
    booked(number, mediation, kind="separate", side="applicant")


def test_a_hold_by_hand_puts_joint_sessions_off_and_says_nothing_of_why() -> None:
    number = wage_case()
    mediation = opened(number)
    booked(number, mediation)
    mediate.keep_apart(who=who(MEDIATOR, number), mediation=mediation)
    assert row("mediation_session", number)["cancelled_why"] == "因故改期"
    with pytest.raises(Refused, match="目前不宜安排共同调解"):
        booked(number, mediation, begins=NOW + 2 * DAY)
    booked(number, mediation, begins=NOW + 2 * DAY, kind="separate", side="applicant")
    mediate.meet_again(who=who("supervisor", number), mediation=mediation)
    booked(number, mediation, begins=NOW + 3 * DAY)
    assert whats() == set()


def test_only_the_mediator_himself_signs_as_mediator_and_only_an_organisation_seals() -> None:
    number = wage_case(unit="tw-laodong")
    agreement = drafted(number, opened(number))
    digest = row("agreement", number)["digest"]
    given: dict[str, Any] = {"agreement": agreement, "digest": digest}
    unit = Unit.objects.get(code="tw-laodong")
    Post.objects.create(account_id=account("handler"), role="unit_lead", unit=unit, division=unit.division)
    with pytest.raises(Refused, match="自己的账号"):
        agree.sign_agreement(
            who=who("handler", number),
            **given,
            signer=f"mediator:{account(MEDIATOR)}",
            way="drawn",
            drawing=PNG,
        )
    with pytest.raises(Refused, match="只有单位当事人可以盖章"):
        agree.sign_agreement(who=who(MEDIATOR, number), **given, signer=parties(number)[0], way="seal")
    employer = parties(number)[3]
    with pytest.raises(Refused, match="扫描件"):
        agree.sign_agreement(who=who(MEDIATOR, number), **given, signer=employer, way="seal")
    agree.sign_agreement(who=who(MEDIATOR, number), **given, signer=employer, way="seal", attachment=scan(number))


def test_more_time_wants_the_consent_of_all_where_the_scheme_says_so() -> None:
    number = wage_case()
    mediation = opened(number)
    with pytest.raises(Refused, match="同意延长调解期限"):
        move(number, "request_extension", MEDIATOR, days=10, reason="账目多", at=NOW + DAY)
    for party in parties(number):
        consent(number, mediation, party, purpose="extension")
    move(number, "request_extension", MEDIATOR, days=10, reason="账目多", at=NOW + DAY)
    consent(number, mediation, parties(number)[3], purpose="extension", agrees=False)
    with pytest.raises(Refused, match="同意延长调解期限"):
        move(number, "decide_extension", "director", granted=True, reason="同意", at=NOW + DAY)
    move(number, "decide_extension", "director", granted=False, reason="公司不同意延长", at=NOW + DAY)
    assert whats() == set()


def test_a_case_that_a_court_has_sent_gets_the_courts_procedure_and_is_reported_back() -> None:
    number = wage_case()
    mediation = opened(number, source="court_delegated", entrusted_by="澜平县人民法院", entrusted_number="引调1号")
    assert load(case_for(person(MEDIATOR).viewer(), number)).case["track"] == "court_delegated"
    agreement = drafted(number, mediation)
    sign_all(number, agreement)
    at = NOW + timedelta(days=1, hours=5)
    agree.seal_agreement(who=who(MEDIATOR, number, at=at), agreement=agreement)
    assert clock(number, "report").stopped_at is None
    done = {"outcome": "agreement_written", "answer": "已达成协议。"}
    with pytest.raises(Refused, match="还没有向委派、委托或者移送的机关反馈"):
        move(number, "conclude", MEDIATOR, **done, at=at)
    with pytest.raises(Refused, match="先终止"):
        mediate.return_materials(who=who(MEDIATOR, number, at=at), mediation=mediation)
    mediate.report_back(who=who(MEDIATOR, number, at=at), mediation=mediation, text="协议书副本送立案庭。")
    assert clock(number, "report").stopped_at == at
    move(number, "conclude", MEDIATOR, **done, at=at)
    assert whats() == set()


@pytest.mark.parametrize("source", ["procuratorate", "police", "petition", "other"])
def test_whoever_has_handed_a_matter_over_hears_of_its_end(source: str) -> None:
    number = wage_case()
    mediation = opened(number, source=source, entrusted_by="某机关")
    at = NOW + DAY
    mediate.end_mediation(
        who=who(MEDIATOR, number, at=at), mediation=mediation, ending="failed", routes=["起诉"], text="未成。"
    )
    # five working days from Tuesday 3 March 2026
    assert clock(number, "report").due_at == datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC)
    mediate.report_back(who=who(MEDIATOR, number, at=at), mediation=mediation, text="已书面回复。")
    with pytest.raises(Refused, match="已经反馈"):
        mediate.report_back(who=who(MEDIATOR, number, at=at), mediation=mediation, text="再回复。")
    assert whats() == set()


def test_the_next_kind_of_mediation_is_named_when_one_hands_over() -> None:
    number = wage_case()
    mediation = opened(number)
    given: dict[str, Any] = {"who": who(MEDIATOR, number), "mediation": mediation, "ending": "handed_over"}
    with pytest.raises(Refused, match="由哪一种调解接续"):
        mediate.end_mediation(**given, routes=[], text="转行政调解。")
    with pytest.raises(Refused, match="不能还是原来的"):
        mediate.end_mediation(**given, routes=[], text="转行政调解。", to="people")
    mediate.end_mediation(**given, routes=[], text="转行政调解。", to="administrative")
    assert row("mediation", number)["routes"] == ["由行政调解接续调解"]
    open_one(number, kind="administrative", source="own")


def test_a_medical_dispute_that_is_before_a_court_is_not_taken_up() -> None:
    number = register_case(
        category="dispute.medical",
        parties=[
            {"part": "applicant", "kind": "person", "name": "患者"},
            {"part": "respondent", "kind": "organisation", "name": "县医院"},
        ],
    )
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "tw-laodong"}), ("sign", MEDIATOR, {}))
    with pytest.raises(Refused, match="医疗纠纷预防和处理条例第四十条"):
        open_one(number)
    open_one(number, nowhere_else=True)


def test_the_plan_is_the_only_way_to_record_performance_and_no_case_is_filed_before_it_is_settled() -> None:
    number = wage_case()
    effective(number)
    at = NOW + 2 * DAY
    walk(
        number,
        ("conclude", MEDIATOR, {"outcome": "agreement_written", "answer": "已达成书面协议。"}),
        ("close", "supervisor", {}),
        at=at,
    )
    with pytest.raises(Refused, match="逐项登记"):
        move(number, "record_performance", MEDIATOR, performed=True, text="付清了", at=at)
    with pytest.raises(Refused, match="逐项登记"):
        move(number, "agree_performance", MEDIATOR, on="2026-05-01", at=at)
    move(number, "follow_up", "clerk", satisfied=True, text="满意", at=at)
    pay(number, 0, on=date(2026, 3, 19))
    pay(number, 1, on=date(2026, 4, 19))
    late = datetime(2026, 5, 21, 2, tzinfo=UTC)
    with pytest.raises(Refused, match=r"协议约定了履行期限|还有1项"):
        move(number, "archive", "clerk", at=late)
    perform.default_item(
        who=who(MEDIATOR, number, at=late), item=str(items(number)[2]["id"]), text="仍未付", route="起诉"
    )
    move(number, "archive", "clerk", at=late)
    assert whats() == set()


def test_a_promise_that_was_broken_may_still_be_kept() -> None:
    number = wage_case()
    effective(number)
    late = datetime(2026, 3, 21, 2, tzinfo=UTC)
    perform.default_item(
        who=who(MEDIATOR, number, at=late), item=str(items(number)[0]["id"]), text="未付", route="起诉"
    )
    assert pay(number, 0, on=date(2026, 3, 25)) == "done"


def test_no_second_mediation_beside_an_agreement_in_effect() -> None:
    number = wage_case()
    effective(number)
    with pytest.raises(Refused, match="拟定变更协议"):
        open_one(number, kind="administrative", source="own")


def test_a_mediation_of_a_withdrawn_matter_is_ended_by_itself() -> None:
    number = wage_case()
    session = booked(number, opened(number))
    move(number, "withdraw", "supervisor", proof="callback", reason="申请人撤回", at=NOW + 7 * HOUR)
    assert row("mediation", number)["state"] == "open"
    assert tidy.end_left_behind(at=NOW + 8 * HOUR)
    assert not tidy.end_left_behind(at=NOW + 8 * HOUR)
    found = row("mediation", number)
    assert (found["state"], found["ending"]) == ("ended", "withdrawn")
    assert row("mediation_session", number)["state"] == "cancelled" and session
    assert sql("SELECT count(*) FROM mediation_session_seat WHERE session_id = %s", session) == [(0,)]
    assert whats() == set()


def test_a_session_that_nobody_recorded_gives_its_place_back() -> None:
    number = wage_case()
    booked(number, opened(number))
    over = NOW + timedelta(days=1, hours=2)
    assert not tidy.cancel_forgotten(at=over + timedelta(days=14))
    assert tidy.cancel_forgotten(at=over + timedelta(days=14, seconds=1))
    assert not tidy.cancel_forgotten(at=over + timedelta(days=15))
    assert row("mediation_session", number)["state"] == "cancelled"
    assert whats() == set()


def test_reminders_reach_every_promise_each_once_and_who_wants_messages() -> None:
    numbers = [wage_case() for _ in range(3)]
    for number in numbers:
        effective(number)
    Party.objects.filter(id=parties(numbers[0])[0]).update(contact="sms")
    week_before = datetime(2026, 3, 13, 1, tzinfo=UTC)
    told = [remind(at=week_before, most=2), remind(at=week_before, most=2), remind(at=week_before, most=2)]
    assert told == [2, 1, 0], "beyond one batch too, and nobody twice"
    assert sql("SELECT count(*) FROM applicant_message WHERE kind = 'promise_due'") == [(1,)]
    # the worker stood still for two days: the day before is told late rather than never
    assert remind(at=datetime(2026, 3, 20, 1, tzinfo=UTC)) == 3
    assert remind(at=datetime(2026, 3, 20, 1, tzinfo=UTC)) == 0
    assert remind(at=datetime(2026, 3, 23, 1, tzinfo=UTC)) == 3
    assert remind(at=datetime(2026, 3, 24, 1, tzinfo=UTC)) == 0
