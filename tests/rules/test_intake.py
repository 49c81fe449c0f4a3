"""What a registration must hold; correction, guidance, withdrawal, merging, sending out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onedoor.rules.intake import Registration, check_registration
from onedoor.rules.refusal import INVALID, NOT_ALLOWED, NOT_READY, WRONG_STAGE, Refused
from rules.fitting import CODE, REASON, guidance_proposed
from rules.kit import (
    NOW,
    Matter,
    accepted,
    clerk,
    clerk2,
    dispatched,
    dispatcher,
    handler,
    handling,
    party,
    rsj,
    supervisor,
    target,
    town_centre,
)

PLAIN = Registration(
    kind="dispute", purpose="", channel="window", anonymous=False, confidential=False,
    parts=("applicant", "respondent"), occurred_at=NOW, amount=0, people_involved=1,
)  # fmt: skip


def faults(**different: object) -> set[str]:
    with pytest.raises(Refused) as caught:
        check_registration(replace(PLAIN, **different), NOW)  # type: ignore[arg-type]
    assert caught.value.code == INVALID
    assert all(sentence.endswith("。") for sentence in caught.value.fields.values())
    return set(caught.value.fields)


@pytest.mark.parametrize(
    ("different", "confidentiality"),
    [
        ({}, "ordinary"),
        ({"confidential": True}, "restricted"),
        ({"purpose": "accusation"}, "accusation"),
        ({"purpose": "accusation", "confidential": True}, "accusation"),
        ({"anonymous": True, "parts": ()}, "ordinary"),
        ({"parts": ("applicant", *("representative",) * 5)}, "ordinary"),
        ({"parts": ("applicant",) * 200}, "ordinary"),
        ({"amount": 10**15, "people_involved": 1_000_000}, "ordinary"),
        ({"amount": None, "people_involved": None, "occurred_at": None}, "ordinary"),
    ],
)
def test_a_registration_starts_with_its_confidentiality(different: dict[str, object], confidentiality: str) -> None:
    assert check_registration(replace(PLAIN, **different), NOW) == confidentiality  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("different", "field"),
    [
        ({"kind": "complaint"}, "kind"),
        ({"channel": ""}, "channel"),
        ({"purpose": "other"}, "purpose"),
        ({"parts": ("respondent",)}, "parties"),
        ({"parts": ("applicant", "friend")}, "parties"),
        ({"parts": ("applicant", *("representative",) * 6)}, "parties"),
        ({"parts": ("applicant",) * 201}, "parties"),
        ({"occurred_at": NOW + timedelta(seconds=1)}, "occurred_at"),
        ({"amount": -1}, "amount"),
        ({"amount": 10**15 + 1}, "amount"),
        ({"people_involved": 0}, "people_involved"),
        ({"people_involved": 1_000_001}, "people_involved"),
    ],
)
def test_what_a_registration_cannot_hold(different: dict[str, object], field: str) -> None:
    assert faults(**different) == {field}


def test_every_faulty_field_is_named_at_once() -> None:
    assert faults(kind="x", channel="x", amount=-1, parts=()) == {"kind", "channel", "amount", "parties"}


def test_somebody_must_ask() -> None:
    assert Matter(parties=(party(1, "respondent"),)).refuses("accept", clerk).code == NOT_READY
    Matter(parties=(), anonymous=True).move("accept", clerk)


def test_a_correction_stops_the_time_for_acceptance() -> None:
    matter = Matter()
    due = matter.clock("accept").due_at
    matter.move("ask_correction", clerk, reason="缺少合同。")
    assert matter.clock("accept").paused_at == matter.at
    assert matter.refuses("accept", clerk).code == WRONG_STAGE
    matter.wait(days=2)
    matter.move("supplement", clerk, text="合同一份")
    assert matter.facts.clock("correction") is None
    assert matter.clock("accept").due_at == due + timedelta(days=2)
    matter.move("ask_correction", clerk, reason="还缺身份证。")
    assert matter.clock("correction").started_at == matter.at


def test_a_correction_lapses_when_its_time_is_over_and_by_a_second_person() -> None:
    matter = Matter()
    matter.move("ask_correction", clerk, reason="缺少合同。")
    matter.at = matter.clock("correction").due_at
    assert matter.refuses("lapse", clerk2, route="可以重新提出").code == NOT_READY
    matter.wait(seconds=1)
    refused = matter.refuses("lapse", clerk, route="可以重新提出")
    assert refused.sentence == "逾期未补正须由通知补正的人以外的第二人办理。"
    matter.move("lapse", clerk2, route="可以重新提出")
    assert (matter.stage, matter.facts.outcome, matter.facts.pending) == ("guided", "guided", {})


def test_guidance_needs_a_second_person() -> None:
    matter = Matter()
    matter.move("guide", dispatcher, route="向人民法院起诉", **REASON)
    assert matter.told[-1].kind == "guidance_to_confirm"
    assert matter.refuses("guide", clerk, route="仲裁", **REASON).code == NOT_READY
    assert matter.refuses("confirm_guidance", dispatcher).sentence == "告知引导须由提出人以外的第二人确认。"
    assert matter.refuses("confirm_guidance", clerk).code == NOT_ALLOWED
    matter.move("decline_guidance", supervisor, reason="应当受理")
    for move in ("confirm_guidance", "decline_guidance"):
        assert matter.refuses(move, supervisor, reason="x").sentence == "还没有人提出告知引导。"


def test_guidance_that_waits_holds_the_dispatch_up_and_acceptance_ends_it() -> None:
    matter = accepted()
    matter.move("guide", clerk, route="向人民法院起诉", **REASON)
    assert matter.refuses("dispatch", dispatcher, unit=rsj).code == NOT_READY
    early = guidance_proposed()
    early.move("accept", clerk)
    early.move("dispatch", dispatcher, unit=rsj)


@pytest.mark.parametrize(
    ("proof", "field"), [("code", "code"), ("signature", "proof"), ("callback", "proof"), ("word", "proof")]
)
def test_a_withdrawal_needs_one_of_three_proofs_that_holds(proof: str, field: str) -> None:
    matter = handling()
    refused = matter.refuses("withdraw", clerk, proof=proof, code="wrong", proof_holds=proof == "word")
    assert set(refused.fields) == {field}
    if proof != "word":
        matter.move("withdraw", clerk, proof=proof, proof_holds=True)
        assert matter.stage == "withdrawn"
        assert matter.part(rsj).stage == "released"
        assert matter.told[-1].unit == rsj.id
        assert matter.facts.clock("sign") is None


def test_what_is_never_withdrawn() -> None:
    for different in ({"confidentiality": "accusation"}, {"someone_hurt": True}):
        matter = Matter(**different)
        assert matter.refuses("withdraw", supervisor, **CODE).code == NOT_READY
    spot = {"outcome": "withdrawn", "answer": "申请人撤回", **CODE}
    assert matter.refuses("settle_on_spot", clerk, **spot).sentence == "事项中有人受到伤害，不能撤回。"


def test_who_handles_a_case_does_not_withdraw_it() -> None:
    handled = replace(handling().part(rsj), signed_by=clerk.account, stage="released")
    matter = accepted(assignments=(handled,))
    assert matter.refuses("withdraw", clerk, **CODE).code == NOT_READY
    spot = {"outcome": "withdrawn", "answer": "申请人撤回", **CODE}
    assert matter.refuses("settle_on_spot", clerk, **spot).code == NOT_READY
    matter.move("withdraw", clerk2, **CODE)


@pytest.mark.parametrize("late", [0, 1])
def test_a_withdrawal_can_be_revoked_for_thirty_days_to_the_second(late: int) -> None:
    matter = dispatched()
    matter.move("withdraw", clerk, **CODE)
    matter.wait(days=30, seconds=late)
    if late:
        assert matter.refuses("revoke_withdrawal", clerk, **REASON).code == NOT_READY
        return
    matter.move("revoke_withdrawal", clerk, **REASON)
    assert (matter.stage, matter.facts.outcome, matter.facts.lead_unit) == ("accepted", "", None)
    assert matter.clock("handle").paused_at is None
    assert matter.facts.clock("sign") is None, "no limit runs for a unit that no longer has it"


def test_a_revoked_withdrawal_returns_to_where_it_was_taken_from() -> None:
    matter = Matter()
    matter.move("ask_correction", clerk, reason="缺少合同。")
    matter.move("withdraw", clerk, **CODE)
    matter.move("revoke_withdrawal", clerk, **REASON)
    assert matter.stage == "registered"
    assert matter.facts.clock("correction") is None
    assert matter.clock("accept").paused_at is None


@pytest.mark.parametrize(
    "into",
    [
        None,
        target("A"),
        target(stage="closed"),
        target(stage="merged"),
        target(stage="archived"),
        target(present_centre=town_centre.id),
        target(confidentiality="restricted"),
    ],
)
def test_what_a_case_is_not_merged_into(into: object) -> None:
    matter = Matter()
    assert set(matter.refuses("merge", clerk, into=into, **REASON).fields) == {"into"}
    spot = {"outcome": "merged", "answer": "同一事项"}
    assert set(matter.refuses("settle_on_spot", clerk, into=into, **spot).fields) == {"into"}


def test_a_merged_case_ends_in_the_other() -> None:
    matter = accepted()
    decision = matter.move("merge", clerk, into=target(), **REASON)
    assert decision.codes == {"into": "B"}
    assert matter.columns["merged_into"] == "id-B"
    assert all(clock.stopped_at for clock in matter.facts.clocks)


def test_a_handler_has_no_hand_in_the_intake() -> None:
    for move in ("accept", "guide", "merge", "withdraw", "transfer_out", "settle_on_spot"):
        assert Matter().refuses(move, handler).code == NOT_ALLOWED
