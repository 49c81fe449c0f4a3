"""A mediation from its opening to the last instalment, through the steps and past the rules that stop it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.kit import HOUR, NOW, case_id, move, register_case, walk, whats
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
)  # fmt: skip
from onedoor.cases.models import Clock, Event, ExternalNumber
from onedoor.mediation.steps import agree, mediate, perform, sessions
from onedoor.rules.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _county(county: None) -> None:
    pass


def clock(number: str, kind: str) -> Clock:
    return Clock.objects.filter(case_id=case_id(number), kind=kind).latest("started_at", "id")


def test_three_instalments_from_consent_to_the_last_payment() -> None:
    number = wage_case()
    mediation = opened(number)
    held(number, booked(number, mediation))
    agreement = drafted(number, mediation)
    sign_all(number, agreement)
    with pytest.raises(Refused, match="这份协议待签署"):
        pay(number, 0, on=date(2026, 3, 3))
    agree.seal_agreement(who=who(MEDIATOR, number, at=NOW + timedelta(days=1, hours=5)), agreement=agreement)
    assert row("mediation", number)["state"] == "agreed"
    assert clock(number, "perform").due_at == datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC)
    # thirty days from the day of taking effect, the day itself not counted; 2 April 2026 is a working day
    assert clock(number, "confirm").due_at == datetime(2026, 4, 2, 15, 59, 59, tzinfo=UTC)

    assert pay(number, 0, on=date(2026, 3, 20), amount=500_000) == "part"
    assert clock(number, "perform").due_at.date() == date(2026, 3, 20)
    assert pay(number, 0, on=date(2026, 3, 21), amount=1_500_000) == "done"
    assert clock(number, "perform").due_at == datetime(2026, 4, 20, 15, 59, 59, tzinfo=UTC)
    with pytest.raises(Refused, match="超过了约定"):
        pay(number, 1, on=date(2026, 4, 19), amount=2_000_001)
    second = str(items(number)[1]["id"])
    late = datetime(2026, 4, 21, 2, tzinfo=UTC)
    perform.urge_performance(who=who(MEDIATOR, number, at=late), item=second, text="电话催促，对方称三日内付清。")
    assert pay(number, 1, on=date(2026, 4, 23)) == "done"
    assert pay(number, 2, on=date(2026, 5, 20)) == "done"
    assert clock(number, "perform").stopped_at is not None
    assert [one["paid"] for one in items(number)] == [2_000_000] * 3
    assert whats() == set()


def test_the_close_of_the_case_leaves_the_rights_of_the_parties_running() -> None:
    number = wage_case()
    effective(number)
    at = NOW + timedelta(days=2)
    walk(
        number,
        ("conclude", MEDIATOR, {"outcome": "agreement_written", "answer": "已达成书面协议。"}),
        ("close", "supervisor", {}),
        at=at,
    )
    assert clock(number, "confirm").stopped_at is None
    assert clock(number, "perform").stopped_at is None
    assert pay(number, 0, on=date(2026, 3, 19)) == "done"
    assert whats() == set()


def test_what_one_side_refuses_cannot_go_on() -> None:
    number = wage_case()
    mediation = open_one(number)
    with pytest.raises(Refused, match="还没有记录工友甲是否同意"):
        booked(number, mediation)
    for party in parties(number)[:3]:
        consent(number, mediation, party)
    assert row("mediation", number)["state"] == "asking"
    consent(number, mediation, parties(number)[3], agrees=False)
    with pytest.raises(Refused, match="明确拒绝调解"):
        booked(number, mediation)
    with pytest.raises(Refused, match="途径"):
        mediate.end_mediation(
            who=who(MEDIATOR, number), mediation=mediation, ending="refused", routes=[], text="公司拒绝。"
        )
    mediate.end_mediation(
        who=who(MEDIATOR, number),
        mediation=mediation,
        ending="refused",
        routes=["依法申请劳动仲裁"],
        text="公司书面拒绝调解。",
    )
    assert row("mediation", number)["state"] == "ended"
    # the same case goes on with another kind of mediation (三调联动)
    open_one(number, kind="administrative", source="own")
    assert whats() == set()


def test_a_refusal_must_be_on_record_before_it_ends_a_mediation() -> None:
    number = wage_case()
    mediation = opened(number)
    with pytest.raises(Refused, match="还没有记录哪一方拒绝"):
        mediate.end_mediation(
            who=who(MEDIATOR, number), mediation=mediation, ending="refused", routes=["起诉"], text="拒绝"
        )


def test_the_court_gets_its_materials_back_and_its_number_is_kept() -> None:
    number = wage_case(track="court_delegated")
    mediation = open_one(
        number, source="court_delegated", entrusted_by="澜平县人民法院", entrusted_number="（2026）引调88号"
    )
    assert ExternalNumber.objects.filter(case_id=case_id(number), number="（2026）引调88号").exists()
    first = clock(number, "handle")
    at = NOW + timedelta(days=3)
    mediate.take_materials(who=who(MEDIATOR, number, at=at), mediation=mediation)
    again = clock(number, "handle")
    assert again.id != first.id and again.started_at == at
    with pytest.raises(Refused, match="先终止"):
        mediate.return_materials(who=who(MEDIATOR, number, at=at), mediation=mediation)
    mediate.end_mediation(
        who=who(MEDIATOR, number, at=at), mediation=mediation, ending="failed", routes=["起诉"], text="数额分歧太大。"
    )
    mediate.return_materials(who=who(MEDIATOR, number, at=at), mediation=mediation)
    # seven days from 5 March 2026: the 12th, a Thursday
    assert clock(number, "file").due_at == datetime(2026, 3, 12, 15, 59, 59, tzinfo=UTC)
    mediate.court_filed(who=who(MEDIATOR, number, at=at + HOUR), mediation=mediation, number="（2026）民初12号")
    assert clock(number, "file").stopped_at is not None
    assert whats() == set()


def test_a_disclosed_relation_needs_the_consent_of_both() -> None:
    number = wage_case()
    mediation = opened(number, disclosure="与申请人工友甲是同乡。")
    with pytest.raises(Refused, match="披露了关系"):
        booked(number, mediation)
    for party in parties(number):
        consent(number, mediation, party, purpose="mediator")
    booked(number, mediation)


def test_a_mediator_of_the_other_side_or_of_its_name_is_refused() -> None:
    number = wage_case(unit="rsj", signs="handler")
    with pytest.raises(Refused, match="没有这名调解员"):
        open_one(number, by="handler")
    parties_ = [
        {"part": "applicant", "kind": "person", "name": "甲"},
        {"part": "respondent", "kind": "person", "name": "何劳和"},
    ]
    number = register_case(parties=parties_)
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "tw-laodong"}), ("sign", MEDIATOR, {}))
    with pytest.raises(Refused, match="同名"):
        open_one(number)
    open_one(number, disclosure="与被申请人同名，不是同一人。")


def test_a_signature_binds_the_text_it_was_given_for() -> None:
    number = wage_case()
    mediation = opened(number)
    first = drafted(number, mediation)
    old = row("agreement", number)["digest"]
    second = drafted(number, mediation, terms="被申请人分三期付清，并赔礼道歉。")
    with pytest.raises(Refused, match="已被新文本代替"):
        agree.sign_agreement(
            who=who(MEDIATOR, number), agreement=first, signer=parties(number)[0], way="drawn", digest=old, drawing=PNG
        )
    with pytest.raises(Refused) as refused:
        agree.sign_agreement(
            who=who(MEDIATOR, number),
            agreement=second,
            signer=parties(number)[0],
            way="drawn",
            digest=old,
            drawing=PNG,
        )
    assert refused.value.code == "conflict"
    with pytest.raises(Refused, match="还没有签署"):
        agree.seal_agreement(who=who(MEDIATOR, number), agreement=second)
    sign_all(number, second)
    with pytest.raises(Refused, match="已经签过"):
        agree.sign_agreement(
            who=who(MEDIATOR, number), agreement=second, signer=parties(number)[0], way="drawn",
            digest=row("agreement", number)["digest"], drawing=PNG,
        )  # fmt: skip


def test_a_sheet_with_fingerprints_needs_its_scan() -> None:
    number = wage_case()
    agreement = drafted(number, opened(number))
    digest, signer = row("agreement", number)["digest"], parties(number)[0]
    given = {"agreement": agreement, "signer": signer, "way": "sheet", "digest": digest}
    with pytest.raises(Refused, match="扫描件"):
        agree.sign_agreement(who=who(MEDIATOR, number), **given)
    agree.sign_agreement(who=who(MEDIATOR, number), **given, attachment=scan(number))
    with pytest.raises(Refused, match="手写签名"):
        agree.sign_agreement(
            who=who(MEDIATOR, number),
            **{**given, "signer": parties(number)[1], "way": "drawn"},
            drawing="data:image/png;base64,AAAA",
        )
    assert whats() == set()


def test_an_oral_agreement_is_in_effect_at_once() -> None:
    number = wage_case()
    mediation = opened(number)
    at = NOW + timedelta(days=1, hours=3)
    agree.agree_orally(
        who=who(MEDIATOR, number, at=at), mediation=mediation,
        raw={"facts": "欠付。", "disputed": "日期。", "terms": "当场付清。", "items": []},
    )  # fmt: skip
    assert row("agreement", number)["effective_at"] == at
    assert clock(number, "confirm").stopped_at is None
    assert whats() == set()


def test_judicial_confirmation_within_thirty_days_and_not_on_the_thirty_first() -> None:
    number = wage_case()
    agreement = effective(number)  # on 3 March 2026
    from onedoor.rules.confirmation import CHECKS

    checks = dict.fromkeys(CHECKS, True)
    given = {"agreement": agreement, "court": "澜平县人民法院", "both": True}
    with pytest.raises(Refused, match="身份关系"):
        perform.apply_confirmation(who=who(MEDIATOR, number), checks={**checks, "no_status": False}, **given)
    with pytest.raises(Refused, match="共同申请"):
        perform.apply_confirmation(who=who(MEDIATOR, number), checks=checks, **{**given, "both": False})
    with pytest.raises(Refused, match="超过30日"):
        perform.apply_confirmation(
            who=who(MEDIATOR, number, at=datetime(2026, 4, 2, 16, tzinfo=UTC)), checks=checks, **given
        )
    last = datetime(2026, 4, 2, 15, 59, tzinfo=UTC)
    key = perform.apply_confirmation(who=who(MEDIATOR, number, at=last), checks=checks, **given)
    assert clock(number, "confirm").stopped_at == last
    # three days from 2 April: the 5th is a Sunday and Qingming, the 6th its day off
    assert clock(number, "confirm_accept").due_at == datetime(2026, 4, 7, 15, 59, 59, tzinfo=UTC)
    perform.confirmation_accepted(
        who=who(MEDIATOR, number, at=datetime(2026, 4, 3, 2, tzinfo=UTC)), key=key, accepted=True, reason=""
    )
    assert clock(number, "confirm_decide").due_at.date() >= date(2026, 4, 18)
    perform.decide_confirmation(
        who=who(MEDIATOR, number, at=datetime(2026, 4, 10, 2, tzinfo=UTC)),
        key=key,
        confirmed=True,
        number="（2026）民特3号",
        reason="",
    )
    assert row("judicial_confirmation", number)["state"] == "confirmed"
    assert whats() == set()


def test_default_only_after_the_day_and_with_the_way_told() -> None:
    number = wage_case()
    effective(number)
    first = str(items(number)[0]["id"])
    at = datetime(2026, 3, 20, 10, tzinfo=UTC)
    with pytest.raises(Refused, match="还没有过"):
        perform.default_item(who=who(MEDIATOR, number, at=at), item=first, text="未付", route="起诉")
    late = datetime(2026, 3, 20, 16, 1, tzinfo=UTC)  # the 21st in Shanghai
    with pytest.raises(Refused, match="途径"):
        perform.default_item(who=who(MEDIATOR, number, at=late), item=first, text="未付", route="")
    perform.default_item(
        who=who(MEDIATOR, number, at=late), item=first, text="仍未付款。", route="可以向人民法院起诉。"
    )
    assert items(number)[0]["state"] == "defaulted"
    assert clock(number, "perform").due_at == datetime(2026, 4, 20, 15, 59, 59, tzinfo=UTC)


def test_a_talk_with_one_side_has_only_that_side() -> None:
    number = wage_case()
    mediation = opened(number)
    session = booked(number, mediation, kind="separate", side="respondent")
    with pytest.raises(Refused, match="只能有这一方"):
        held(number, session, present=parties(number))
    held(number, session, present=[parties(number)[3]], text="底线是一次付五万。")
    found = row("mediation_session", number)
    assert found["text"] == "" and found["sealed"]
    assert "底线".encode() not in bytes(found["sealed"])


def test_only_the_mediator_of_the_case_writes_its_record() -> None:
    number = wage_case()
    session = booked(number, opened(number))
    with pytest.raises(Refused):
        held(number, session, by="clerk")
    with pytest.raises(Refused):
        held(number, session, by="mediator")  # of another committee


def test_recording_wants_both_sides() -> None:
    number = wage_case()
    mediation = opened(number)
    session = booked(number, mediation)
    with pytest.raises(Refused, match="录音录像须各方同意"):
        held(number, session, recorded=True)
    for party in parties(number):
        consent(number, mediation, party, purpose="recording")
    held(number, session, recorded=True)


def test_a_repeated_request_changes_nothing() -> None:
    number = wage_case()
    raw = {"kind": "people", "source": "application", "mediators": [account(MEDIATOR)], "declared": True}
    first = mediate.open_mediation(who=who(MEDIATOR, number, key="k1"), raw=raw)
    assert mediate.open_mediation(who=who(MEDIATOR, number, key="k1"), raw=raw) == first
    assert Event.objects.filter(case_id=case_id(number), kind="open_mediation").count() == 1


def test_the_numbers_of_an_organisation_have_no_gap() -> None:
    numbers = []
    for _ in range(3):
        number = wage_case()
        open_one(number)
        numbers.append(row("mediation", number)["number"])
    assert [one.split("第")[1] for one in numbers] == ["1号", "2号", "3号"]


def test_a_reply_of_a_party_is_kept_until_the_hour() -> None:
    number = wage_case()
    session = booked(number, opened(number))
    signed = who(MEDIATOR, number)
    sessions.reply(
        viewer=signed.viewer, actors=signed.actors, number=number, session=session, party=parties(number)[3],
        comes=True, at=NOW + 7 * HOUR,
    )  # fmt: skip
    held(number, session)
    with pytest.raises(Refused, match="已开过"):
        sessions.reply(
            viewer=signed.viewer, actors=signed.actors, number=number, session=session, party=parties(number)[3],
            comes=False, at=NOW,
        )  # fmt: skip


def test_a_suspended_case_and_a_finished_one_take_no_new_agreement() -> None:
    number = wage_case()
    mediation = opened(number)
    with pytest.raises(Refused, match="调解还在进行"):
        move(number, "conclude", MEDIATOR, outcome="answered", answer="已答复。", at=NOW + timedelta(days=1))
    mediate.end_mediation(
        who=who(MEDIATOR, number), mediation=mediation, ending="failed", routes=["起诉"], text="未能达成。"
    )
    with pytest.raises(Refused, match="没有达成协议"):
        move(number, "conclude", MEDIATOR, outcome="agreement_written", answer="达成。", at=NOW + timedelta(days=1))
    move(number, "conclude", MEDIATOR, outcome="answered", answer="已答复。", at=NOW + timedelta(days=1))
    with pytest.raises(Refused, match="已终止"):
        drafted(number, mediation)
