"""What ends a case's clocks, and what does not."""

from datetime import timedelta

import pytest

from cases.kit import HOUR, NOW, TO_CLOSED, TO_HANDLING, case_id, move, register_case, sql, walk, whats
from cases.test_clock_course import DAY, handled, running, waiting
from cases.test_recompute import due
from cases.test_sweep import notices, supervisions
from onedoor.cases.steps.applicant import applicants_move
from onedoor.cases.steps.sweep import sweep


def test_who_has_rated_need_not_be_called(county: None) -> None:
    number = register_case(at=NOW)
    walk(number, *TO_CLOSED, at=NOW + HOUR)
    assert "follow_up" in running(number)
    applicants_move(case=case_id(number), move="rate", at=NOW + 10 * HOUR, raw={"satisfied": True}, key="k")
    assert "follow_up" not in running(number)
    sweep(at=NOW + 15 * DAY)
    assert not supervisions(number)


@pytest.mark.parametrize("way", ["rate", "follow_up", "reopen"])
def test_a_call_back_that_was_drawn_later_ends_as_any_other(county: None, way: str) -> None:
    number = register_case(at=NOW)
    sql('UPDATE "case" SET sampled = FALSE WHERE number = %s RETURNING 1', number)
    walk(number, *TO_CLOSED, at=NOW + HOUR)
    assert "follow_up" not in running(number)
    move(number, "sample", "supervisor", at=NOW + 8 * HOUR)
    assert "follow_up" in running(number)
    if way == "rate":
        applicants_move(case=case_id(number), move="rate", at=NOW + 9 * HOUR, raw={"satisfied": True}, key="k")
    elif way == "reopen":
        move(number, "reopen", "supervisor", at=NOW + 9 * HOUR, reason="重办。")
    else:
        move(number, "follow_up", "clerk", at=NOW + 9 * HOUR, satisfied=True)
    assert "follow_up" not in running(number)


def test_what_is_settled_on_the_spot_is_followed_up_too(county: None) -> None:
    number = register_case(at=NOW)
    move(number, "settle_on_spot", "clerk", at=NOW + HOUR, outcome="answered", answer="x", confirmed=True)
    assert running(number) == {"follow_up"}
    second = register_case(at=NOW)
    route = {"outcome": "guided", "answer": "x", "route": "诉讼", "confirmed": True}
    move(second, "settle_on_spot", "clerk", at=NOW + HOUR, **route)
    assert "follow_up" not in running(second), "it waits for a second pair of eyes"
    move(second, "close", "supervisor", at=NOW + 2 * HOUR)
    assert running(second) == {"follow_up"}


def test_the_mediators_confirmation_ends_with_the_mediation_that_he_opens(county: None) -> None:
    from mediation.kit import opened
    from onedoor.people.models import Post

    number = handled(register_case(at=NOW, track="court_online"))
    assert "confirm_mediation" in running(number)
    post = Post.objects.get(account__username="handler2")
    Post.objects.create(account=post.account, role="mediator", unit=post.unit, division=post.division)
    opened(number, "handler2")
    assert "confirm_mediation" not in running(number)


@pytest.mark.parametrize("away", ["recall", "designate"])
def test_an_objection_that_ends_otherwise_is_ruled_on_by_nobody(county: None, away: str) -> None:
    number = register_case(at=NOW)
    walk(number, *TO_HANDLING[:-1], ("object", "handler2", {"reason": "不属本单位职责。"}), at=NOW + HOUR)
    assert "rule" in running(number)
    given = {"unit": "zjj"} if away == "designate" else {}
    move(number, away, "dispatcher", at=NOW + 5 * HOUR, reason="异议成立，重新分流。", **given)
    assert "rule" not in running(number)


def test_a_suspension_that_stops_no_clock_comes_back_into_view(county: None) -> None:
    number = handled(register_case(at=NOW, kind="dispute", category="dispute.medical"))
    move(number, "request_suspension", "handler2", at=NOW + 8 * HOUR, days=5, reason="一方当事人外出。")
    move(number, "suspend", "supervisor", at=NOW + 9 * HOUR)
    assert sql("SELECT paused_at FROM clock WHERE case_id = %s AND kind = 'handle'", case_id(number)) == [(None,)]
    assert sweep(at=NOW + 5 * DAY).cases == 0
    assert sweep(at=NOW + 6 * DAY).turns == {"pause_over": 1}
    assert ("suspension_over", "ordinary", "open", None) in supervisions(number)
    assert notices(number)["suspension_over"] == 2
    move(number, "resume", "handler2", at=NOW + 6 * DAY + HOUR, reason="已返回。")
    assert not waiting(number)
    assert sweep(at=NOW + 6 * DAY + HOUR).turns == {}
    assert whats() == set()


def test_a_minute_of_review_gives_back_no_day(county: None) -> None:
    number = handled(register_case(at=NOW, kind="incident"))
    before = due(number)
    move(number, "conclude", "handler2", at=NOW + 5 * DAY, outcome="answered", answer="x")
    move(number, "send_back", "supervisor", at=NOW + 5 * DAY + timedelta(minutes=1), reason="x")
    assert due(number) == before
    move(number, "conclude", "handler2", at=NOW + 7 * DAY, outcome="answered", answer="x")  # a Monday
    move(number, "send_back", "supervisor", at=NOW + 9 * DAY, reason="x")
    assert due(number) == before + 2 * DAY


@pytest.mark.parametrize("end", ["transfer_out", "archive"])
def test_nothing_is_asked_about_a_matter_that_has_ended(county: None, end: str) -> None:
    number = register_case(at=NOW)
    if end == "transfer_out":
        sweep(at=NOW + 2 * DAY)
        assert waiting(number)
        move(number, end, "clerk", at=NOW + 2 * DAY + HOUR, destination="县公安局", basis="依法移送")
    else:
        walk(number, *TO_CLOSED, at=NOW + HOUR)
        move(number, "supervise", "supervisor", at=NOW + 8 * HOUR, level="ordinary", reason="请说明。")
        assert waiting(number)
        move(number, "follow_up", "clerk", at=NOW + 8 * HOUR, satisfied=True)
        move(number, end, "clerk", at=NOW + 9 * HOUR)
    assert not waiting(number)
    assert whats() == set()


@pytest.mark.parametrize("end", ["conclude", "withdraw"])
def test_nobody_is_asked_about_a_suspension_that_was_over_before_its_time(county: None, end: str) -> None:
    number = handled(register_case(at=NOW, kind="incident"))
    move(number, "request_suspension", "handler2", at=NOW + 8 * HOUR, days=5, reason="等待鉴定。", cause="appraisal")
    move(number, "suspend", "supervisor", at=NOW + 9 * HOUR)
    if end == "conclude":
        move(number, "tell", "handler2", at=NOW + DAY, text="已电话告知。")
        move(number, end, "handler2", at=NOW + DAY, outcome="answered", answer="x")
    else:
        move(number, end, "supervisor", at=NOW + DAY, proof="callback", reason="x")
    assert sweep(at=NOW + 7 * DAY).turns["pause_over"] == 0
    assert not supervisions(number)
    assert whats() == set()
