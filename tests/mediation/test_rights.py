"""Who may do what in a mediation, and what is not to be had by a way round."""

import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

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
from onedoor.cases.queries.case_file import events_of
from onedoor.cases.queries.gate import case_for
from onedoor.cases.steps._state import load
from onedoor.mediation.models import Mediator
from onedoor.mediation.queries.file import mediation_file
from onedoor.mediation.steps import agree, harm, mediate, perform, referral, sessions, tidy
from onedoor.mediation.steps.remind import remind
from onedoor.people.models import Post, Unit
from onedoor.rules.confirmation import CHECKS
from onedoor.rules.refusal import Refused
from onedoor.rules.telling import step_message

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CHIEF = "mediator"


@pytest.fixture(autouse=True)
def _county(county: None) -> None:
    pass


def chief() -> None:
    Mediator.objects.update_or_create(account_id=account(CHIEF), defaults={"kind": "chief"})


def in_the_committee(username: str, role: str) -> None:
    """Another post, in the committee that has the case."""
    unit = Unit.objects.get(code="tw-laodong")
    Post.objects.create(account_id=account(username), role=role, unit=unit, division=unit.division)


def test_a_hold_for_a_report_reads_as_one_that_somebody_sets_by_hand() -> None:
    by_hand, by_report = wage_case(), wage_case()
    mediation = opened(by_hand)
    booked(by_hand, mediation)
    mediate.keep_apart(who=who(MEDIATOR, by_hand, at=NOW + 7 * HOUR), mediation=mediation)
    booked(by_report, opened(by_report), begins=NOW + 3 * DAY)
    signed = person("clerk")
    raw = {"ground": "minor", "who": "小李", "signs": "有伤", "number": by_report, "wish": "", "safe_contact": ""}
    harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw=raw, at=timezone.now())
    shown = []
    for number in (by_hand, by_report):
        viewer = person("supervisor").viewer()
        event = events_of(viewer, case_for(viewer, number))[-1]
        assert event["kind"] == "keep_apart"
        shown.append({name: event[name] for name in ("kind", "name", "actor", "unit", "notes", "statements")})
    assert shown[0] == shown[1] and shown[0]["actor"] == "" and shown[0]["unit"] == ""


def test_the_record_of_a_talk_is_no_attachment_and_is_signed_before_who_heard_it() -> None:
    number = wage_case()
    mediation = opened(number)
    session = booked(number, mediation, kind="separate", side="respondent")
    employer = parties(number)[3]
    held(number, session, present=[employer], text="底线五万。")
    at = NOW + 2 * DAY
    with pytest.raises(Refused, match="不扫描成附件"):
        sessions.sign_record(
            who=who(MEDIATOR, number, at=at), session=session, party=employer, way="sheet", attachment=scan(number)
        )
    in_the_committee("handler", "handler")
    with pytest.raises(Refused, match="由听取的调解员办理"):
        sessions.sign_record(
            who=who("handler", number, at=at), session=session, party=employer, way="refused", note="不签"
        )
    sessions.sign_record(who=who(MEDIATOR, number, at=at), session=session, party=employer, way="drawn", drawing=PNG)


def test_who_works_for_a_party_in_any_post_does_not_mediate() -> None:
    number = register_case(
        category="dispute.labour.other",
        parties=[
            {"part": "applicant", "kind": "person", "name": "甲"},
            {"part": "respondent", "kind": "organisation", "name": Unit.objects.get(code="zjj").name},
        ],
    )
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "tw-laodong"}), ("sign", MEDIATOR, {}))
    unit = Unit.objects.get(code="zjj")
    Post.objects.create(account_id=account(MEDIATOR), role="handler", unit=unit, division=unit.division)
    with pytest.raises(Refused, match="须回避"):
        open_one(number)


def test_who_mediates_says_for_whom_an_agent_speaks() -> None:
    """With one side and its own agent it is a talk with that side; with the other's, both sides are there."""
    number = register_case(
        category="dispute.labour.other",
        parties=[
            {"part": "applicant", "kind": "person", "name": "甲"},
            {"part": "respondent", "kind": "person", "name": "乙"},
            {"part": "agent", "kind": "person", "name": "律师丙"},
        ],
    )
    walk(number, ("accept", "clerk", {}), ("dispatch", "dispatcher", {"unit": "tw-laodong"}), ("sign", MEDIATOR, {}))
    mediation = open_one(number)
    first, second, agent = parties(number)
    for party in (first, second):
        consent(number, mediation, party)
    joint = booked(number, mediation)
    with pytest.raises(Refused, match="代表哪一方"):
        held(number, joint, present=[first, agent], text="乙由律师代为参加。")
    held(number, joint, present=[first, agent], agents={agent: "respondent"}, text="乙由律师代为参加。")
    assert row("mediation_session", number)["kind"] == "joint"
    second_time = booked(number, mediation, begins=NOW + 2 * DAY)
    held(number, second_time, begins=NOW + 2 * DAY, present=[first, agent], agents={agent: "applicant"}, text="底线。")
    found = row("mediation_session", number)
    assert (found["kind"], found["side"], found["text"]) == ("separate", "applicant", "")
    alone = booked(number, mediation, begins=NOW + 3 * DAY, kind="separate", side="applicant")
    with pytest.raises(Refused, match="只能有这一方"):
        held(number, alone, begins=NOW + 3 * DAY, present=[first, agent], agents={agent: "respondent"})
    held(number, alone, begins=NOW + 3 * DAY, present=[first, agent], agents={agent: "applicant"})


def test_a_hold_is_lifted_by_the_confidential_posts_alone_whatever_it_was_for() -> None:
    by_hand, by_report = wage_case(), wage_case()
    mediations = {number: opened(number) for number in (by_hand, by_report)}
    mediate.keep_apart(who=who(MEDIATOR, by_hand, at=NOW + 7 * HOUR), mediation=mediations[by_hand])
    signed = person("clerk")
    raw = {"ground": "adult", "who": "小李", "signs": "有伤", "number": by_report, "wish": "yes", "safe_contact": ""}
    report = str(harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw=raw, at=NOW + 7 * HOUR))
    said = set()
    for number, mediation in mediations.items():
        for name in (MEDIATOR, "dispatcher"):
            with pytest.raises(Refused) as refused:
                mediate.meet_again(who=who(name, number, at=NOW + 8 * HOUR), mediation=mediation)
            said.add((name, refused.value.code, refused.value.sentence))
    assert len(said) == 2, "each hears the same of both"
    mediate.meet_again(who=who("supervisor", by_hand, at=NOW + 8 * HOUR), mediation=mediations[by_hand])
    booked(by_hand, mediations[by_hand], begins=NOW + 3 * DAY)
    with pytest.raises(Refused, match="受害线索"):
        mediate.meet_again(who=who("supervisor", by_report, at=NOW + 8 * HOUR), mediation=mediations[by_report])
    viewer = person("supervisor").viewer()
    harm.tell(viewer=viewer, report=report, to="police", receipt="已报告", at=NOW + 9 * HOUR)
    harm.close_harm(viewer=viewer, report=report, text="已处置", at=NOW + 10 * HOUR)
    mediate.end_mediation(
        who=who(MEDIATOR, by_report, at=NOW + 11 * HOUR), mediation=mediations[by_report], ending="handed_over",
        routes=[], text="转。", to="administrative",
    )  # fmt: skip
    after = open_one(by_report, kind="administrative", source="own", at=NOW + 12 * HOUR)
    assert row("mediation", by_report)["apart"], "what held for the last one holds for the next"
    mediate.meet_again(who=who("supervisor", by_report, at=NOW + 13 * HOUR), mediation=after)
    assert not row("mediation", by_report)["apart"]
    mediate.end_mediation(
        who=who(MEDIATOR, by_report, at=NOW + 14 * HOUR), mediation=after, ending="handed_over", routes=[], text="转。",
        to="people",
    )  # fmt: skip
    third = open_one(by_report, kind="people", source="own", at=NOW + 15 * HOUR)
    assert sql("SELECT apart FROM mediation WHERE id = %s", third) == [(False,)], "what was lifted does not come back"
    assert whats() == set()


def test_a_recording_that_nobody_agreed_to_leaves_no_bytes() -> None:
    number = wage_case()
    session = booked(number, opened(number))
    held(number, session)
    sound = b"ID3" + bytes(64)
    with pytest.raises(Refused, match="经各方同意"):
        sessions.keep_recording(
            who=who(MEDIATOR, number, at=NOW + 2 * DAY), session=session, name="录音.mp3", file=io.BytesIO(sound),
            chunks=[sound],
        )  # fmt: skip
    waits = sql("SELECT args->>'sha256' FROM procrastinate_jobs WHERE task_name = 'onedoor.remove_file'")
    assert waits == [(hashlib.sha256(sound).hexdigest(),)]


def test_with_whom_a_mediator_has_talked_alone_is_his_to_know() -> None:
    number = wage_case()
    mediation = opened(number)
    alone = booked(number, mediation, kind="separate", side="respondent")
    held(number, alone, present=[parties(number)[3]], text="底线五万。")
    shown = {}
    for name in (MEDIATOR, "supervisor"):
        viewer = person(name).viewer()
        state = load(case_for(viewer, number))
        (one,) = mediation_file(viewer, state, NOW).mediations[0]["sessions"]
        shown[name] = (one["side_name"], one["present_names"], one["replies"])
    assert shown["supervisor"] == ("", [], [])
    assert shown[MEDIATOR][0] == "被申请方" and shown[MEDIATOR][1]


def test_a_draft_is_given_up_and_what_was_agreed_before_stays() -> None:
    number = wage_case()
    mediation = opened(number)
    agreement = drafted(number, mediation)
    at = NOW + timedelta(days=1, hours=6)
    with pytest.raises(Refused, match="请写明放弃的原因"):
        agree.give_up_draft(who=who(MEDIATOR, number, at=at), agreement=agreement, reason=" ")
    agree.give_up_draft(who=who(MEDIATOR, number, at=at), agreement=agreement, reason="一方不愿签署")
    assert row("agreement", number)["state"] == "given_up"
    with pytest.raises(Refused, match="不能签署"):
        sign_all(number, agreement, at=at)
    assert whats() == set()


def test_who_has_handed_a_matter_over_is_owed_an_answer_though_it_left_by_itself() -> None:
    number = wage_case()
    opened(number, source="court_delegated", entrusted_by="县法院", entrusted_number="引调2号")
    move(number, "withdraw", "supervisor", proof="callback", reason="撤回", at=NOW + 7 * HOUR)
    assert tidy.end_left_behind(at=NOW + 8 * HOUR)
    assert Clock.objects.filter(case_id=case_id(number), kind="report", stopped_at__isnull=True).count() == 1
    assert whats() == set()


def test_reports_and_referrals_that_nobody_touched_any_more_end() -> None:
    signed = person("clerk")
    raw = {"who": "小李", "signs": "有伤", "number": "", "safe_contact": ""}
    for ground, wish in (("adult", "no"), ("adult", "yes"), ("minor", "")):
        given = {**raw, "ground": ground, "wish": wish}
        harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw=given, at=NOW)
    assert harm.end_left_harm(at=NOW + timedelta(days=366)) == 0
    assert harm.end_left_harm(at=NOW + timedelta(days=367)) == 2
    assert sql("SELECT ground FROM harm_report WHERE state <> 'closed'") == [("minor",)], "that waits for a person"
    referral.make_referral(
        viewer=signed.viewer(), actors=signed.actors, at=NOW,
        raw={"service": "legal_aid", "who": "小李", "reached": "电话", "consent": "当面同意", "told": "姓名"},
    )  # fmt: skip
    assert referral.end_left_referrals(at=NOW + timedelta(days=366)) == 0
    assert referral.end_left_referrals(at=NOW + timedelta(days=367)) == 1


def test_the_signature_of_a_mediator_who_was_replaced_carries_nothing() -> None:
    chief()
    number = wage_case()
    mediation = opened(number)
    agreement = drafted(number, mediation)
    sign_all(number, agreement)
    at = NOW + timedelta(days=1, hours=6)
    mediate.change_mediator(
        who=who(MEDIATOR, number, at=at), mediation=mediation, mediators=[account(CHIEF)], reason="回避", declared=True
    )
    with pytest.raises(Refused, match="还没有签署：调解员"):
        agree.seal_agreement(who=who(MEDIATOR, number, at=at), agreement=agreement)
    digest = row("agreement", number)["digest"]
    agree.sign_agreement(
        who=who(CHIEF, number, at=at), agreement=agreement, signer=f"mediator:{account(CHIEF)}", way="drawn",
        digest=digest, drawing=PNG,
    )  # fmt: skip
    agree.seal_agreement(who=who(MEDIATOR, number, at=at), agreement=agreement)


def test_materials_of_a_withdrawn_matter_still_go_back_to_the_court() -> None:
    number = wage_case()
    mediation = opened(number, source="court_delegated", entrusted_by="县法院", entrusted_number="引调1号")
    move(number, "withdraw", "supervisor", proof="callback", reason="撤回", at=NOW + 7 * HOUR)
    assert tidy.end_left_behind(at=NOW + 8 * HOUR)
    mediate.return_materials(who=who(MEDIATOR, number, at=NOW + 9 * HOUR), mediation=mediation)
    assert "report" not in load(case_for(person("supervisor").viewer(), number)).case["mediation"]
    with pytest.raises(Refused):
        case_for(person(MEDIATOR).viewer(), number)
    assert whats() == set()


def test_a_mediator_of_another_organisation_does_not_touch_the_next_mediation() -> None:
    chief()
    number = wage_case()
    first = mediate.open_mediation(
        who=who(MEDIATOR, number),
        raw={
            "kind": "people", "source": "police", "entrusted_by": "县公安局", "mediators": [account(CHIEF)],
            "declared": True,
        },
    )  # fmt: skip
    mediate.end_mediation(
        who=who(CHIEF, number), mediation=first, ending="handed_over", routes=[], text="转。", to="administrative"
    )
    second = open_one(number, kind="administrative", source="own")
    with pytest.raises(Refused, match="不是这次调解的调解员"):
        mediate.end_mediation(who=who(CHIEF, number), mediation=second, ending="failed", routes=["起诉"], text="x")
    mediate.report_back(who=who(CHIEF, number), mediation=first, text="已回复。")


def test_a_compulsory_report_is_not_eased_by_who_wrote_it() -> None:
    signed = person(MEDIATOR)
    raw = {"ground": "minor", "who": "小李", "signs": "有伤", "number": "", "wish": "", "safe_contact": ""}
    report = str(harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw=raw, at=timezone.now()))
    eased = {"report": report, "ground": "adult", "wish": "no", "text": "其实已成年。", "at": timezone.now()}
    with pytest.raises(Refused, match="保密岗位"):
        harm.restate(viewer=signed.viewer(), **eased)
    harm.restate(viewer=person("dispatcher_secret").viewer(), **eased)


def test_what_is_told_twice_stands_once() -> None:
    signed, key = person(MEDIATOR), uuid4()
    raw = {"ground": "minor", "who": "小李", "signs": "有伤", "number": "", "wish": "", "safe_contact": ""}
    report = str(harm.write_harm(viewer=signed.viewer(), actors=signed.actors, raw=raw, at=timezone.now()))
    for _ in range(2):
        harm.tell(viewer=signed.viewer(), report=report, to="police", receipt="回执", at=timezone.now(), key=key)
    assert sql("SELECT count(*) FROM harm_entry") == [(1,)]


@pytest.mark.parametrize("username", ["auditor", "director", "supervisor"])
def test_not_everybody_who_sees_a_case_answers_for_its_parties(username: str) -> None:
    number = wage_case()
    session = booked(number, opened(number))
    signed = who(username, number)
    with pytest.raises(Refused, match="不能“登记参会回复”"):
        sessions.reply(
            viewer=signed.viewer, actors=signed.actors, number=number, session=session, party=parties(number)[0],
            comes=False, at=NOW + 7 * HOUR,
        )  # fmt: skip


def test_a_repeated_request_answers_with_what_it_made() -> None:
    number = wage_case()
    mediation = opened(number)

    def book(key: str, day: int) -> str:
        begins = NOW + day * DAY
        given = {"kind": "joint", "place": "三楼", "starts_at": begins, "ends_at": begins + HOUR}
        return sessions.book_session(who=who(MEDIATOR, number, key=key), mediation=mediation, raw=given)

    first, second = book("k1", 1), book("k2", 2)
    assert first != second and book("k1", 1) == first and book("k2", 2) == second


def test_what_was_changed_is_no_longer_brought_before_the_court_and_leaves_no_clock() -> None:
    number = wage_case()
    first = effective(number)
    mediation = str(row("mediation", number)["id"])
    second = drafted(number, mediation, items=[], terms="公司当场付清。")
    at = NOW + timedelta(days=1, hours=8)
    sign_all(number, second, at=at)
    agree.seal_agreement(who=who(MEDIATOR, number, at=at), agreement=second)
    with pytest.raises(Refused, match="已被新文本代替"):
        perform.apply_confirmation(
            who=who(MEDIATOR, number, at=at), agreement=first, court="县法院", checks=dict.fromkeys(CHECKS, True),
            both=True,
        )  # fmt: skip
    running = Clock.objects.filter(case_id=case_id(number), stopped_at=None).values_list("kind", flat=True)
    assert list(running).count("confirm") == 1 and "perform" not in running
    with pytest.raises(Refused, match="已被新文本代替"):
        pay(number, 0, on=date(2026, 3, 19))
    assert whats() == set()


def test_what_was_broken_and_is_kept_in_part_is_watched_again() -> None:
    number = wage_case()
    effective(number)
    for place, day in ((0, date(2026, 3, 21)), (1, date(2026, 4, 21)), (2, date(2026, 5, 21))):
        at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        perform.default_item(
            who=who(MEDIATOR, number, at=at), item=str(items(number)[place]["id"]), text="未付", route="起诉"
        )
    assert not Clock.objects.filter(case_id=case_id(number), kind="perform", stopped_at=None).exists()
    assert pay(number, 0, on=date(2026, 5, 22), amount=100) == "part"
    assert Clock.objects.filter(case_id=case_id(number), kind="perform", stopped_at=None).count() == 1


def test_who_owes_is_told_in_words_that_are_true_for_him() -> None:
    number = wage_case()
    effective(number)
    Party.objects.filter(id__in=[parties(number)[0], parties(number)[3]]).update(contact="sms", phone=b"x")
    assert remind(at=datetime(2026, 3, 13, 1, tzinfo=UTC)) == 1
    kinds = {kind for (kind,) in sql("SELECT kind FROM applicant_message WHERE kind LIKE 'promise%%'")}
    assert kinds == {"promise_due", "promise_to_others"}
    told = step_message("promise_to_others", number)
    assert "登记" not in told and number[-4:] not in told and "回执码" not in told


def test_a_matter_that_went_elsewhere_was_not_withdrawn() -> None:
    number = wage_case()
    opened(number)
    sql('UPDATE "case" SET stage = %s WHERE number = %s', "accepted", number)
    assert tidy.end_left_behind(at=NOW + 8 * HOUR)
    assert row("mediation", number)["ending"] == "moved"
