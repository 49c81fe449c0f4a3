"""督办 by hand and by the clock, over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from api.kit import TO_HANDLING, Desk, ok, refusal
from cases.kit import sql, whats
from onedoor.cases.steps.sweep import sweep

REASON = {"reason": "请说明原因，尽快办理。"}


@pytest.fixture
def handling(desk: Desk) -> str:
    number = str(desk.registered()["number"])
    desk.walk(number, *TO_HANDLING)
    return number


def states(number: str) -> list[str]:
    found = sql(
        'SELECT state FROM supervision s JOIN "case" c ON c.id = s.case_id WHERE c.number = %s ORDER BY s.number',
        number,
    )
    return [state for (state,) in found]


def test_a_notice_is_numbered_answered_and_accepted(desk: Desk, handling: str) -> None:
    ok(desk.move("supervisor", handling, "supervise", level="yellow_card", days=2, **REASON))
    ((number, level, reply_by),) = sql("SELECT number, level, reply_by FROM supervision")
    assert number == f"{handling}-D1"
    assert level == "yellow_card"
    assert reply_by > timezone.now() + timedelta(days=1)
    assert "待认可" in refusal(desk.move("supervisor", handling, "accept_reply"), 422, "not_ready")
    ok(desk.move("handler2", handling, "reply_supervision", text="已约双方周三到场，周五前办结。", days=5))
    refusal(desk.move("handler2", handling, "reply_supervision", text="再报一次"), 403, "not_your_move")
    ok(desk.move("supervisor", handling, "demand_more", reason="请附现场照片。", days=1))
    assert states(handling) == ["open"]
    ok(desk.move("unit_lead2", handling, "reply_supervision", text="照片已上传。"))
    ok(desk.move("supervisor", handling, "accept_reply"))
    assert states(handling) == ["accepted"]
    events = ok(desk.get("supervisor", f"/cases/{handling}/events"))["items"]
    said = [(one["name"], one["text"]) for event in events for one in event["statements"]]
    assert ("督办要求", REASON["reason"]) in said
    assert ("督办回告", "照片已上传。") in said
    assert whats() == set()


def test_an_unfair_notice_is_appealed_and_taken_out_by_somebody_else(desk: Desk, handling: str) -> None:
    ok(desk.move("supervisor", handling, "supervise", level="red_card", **REASON))
    ok(desk.move("handler2", handling, "appeal_supervision", reason="当事人外出，约定下周见面。"))
    judged = refusal(
        desk.move("supervisor", handling, "decide_appeal", upheld=True, reason="属实。"), 422, "not_ready"
    )
    assert "以外的人" in judged
    ok(desk.move("director", handling, "decide_appeal", upheld=True, reason="情况属实，予以剔除。"))
    assert states(handling) == ["excluded"]


def test_the_directors_word_is_answered_like_a_notice(desk: Desk, handling: str) -> None:
    ok(desk.move("director", handling, "instruct", text="请住建局三日内拿出方案。", days=3))
    assert sql("SELECT cause, level FROM supervision") == [("instruction", "ordinary")]
    refusal(desk.move("supervisor", handling, "instruct", text="我也批示。"), 403, "not_allowed")
    ok(desk.move("handler2", handling, "reply_supervision", text="方案已报。"))


@pytest.mark.parametrize(
    ("who", "move", "body", "status", "code", "fields"),
    [
        ("clerk", "supervise", {"level": "ordinary", **REASON}, 403, "not_allowed", ()),
        ("handler2", "supervise", {"level": "ordinary", **REASON}, 403, "not_allowed", ()),
        ("supervisor", "supervise", {"level": "purple", **REASON}, 422, "invalid", ("level",)),
        ("supervisor", "supervise", {"level": "ordinary"}, 422, "invalid", ("reason",)),
        ("supervisor", "supervise", {"level": "ordinary", "unit": "gaj", **REASON}, 422, "invalid", ("unit",)),
        ("handler2", "reply_supervision", {"text": "没有人问。"}, 403, "not_your_move", ()),
        ("supervisor", "decide_due", {"granted": True, **REASON}, 422, "not_ready", ()),
    ],
)
def test_what_does_not_fit_is_refused(
    desk: Desk,
    handling: str,
    who: str,
    move: str,
    body: dict[str, object],
    status: int,
    code: str,
    fields: tuple[str, ...],
) -> None:
    refusal(desk.move(who, handling, move, **body), status, code, *fields)
    assert states(handling) == []


def test_another_unit_neither_sees_nor_answers_a_notice(desk: Desk, handling: str) -> None:
    ok(desk.move("supervisor", handling, "supervise", level="ordinary", **REASON))
    refusal(desk.move("handler", handling, "reply_supervision", text="不是我的。"), 404, "not_found")


def test_an_accused_unit_is_never_asked(desk: Desk) -> None:
    case = desk.registered(
        purpose="accusation", kind="appeal", category="petition.other",
        parties=[{"part": "applicant", "name": "田桂香"}, {"part": "respondent", "kind": "organisation", "name": "住建局"}],
    )  # fmt: skip
    sweep(at=timezone.now() + timedelta(days=30))
    told = sql(
        'SELECT DISTINCT audience FROM notice n JOIN "case" c ON c.id = n.case_id WHERE c.number = %s', case["number"]
    )
    named = sql('SELECT named FROM "case" WHERE number = %s', case["number"])
    assert told, "the persons named are told"
    people = sql("SELECT count(*) FROM people_post p JOIN people_unit u ON u.id = p.unit_id WHERE u.code = 'zjj'")
    assert people[0][0] > 0
    for who in ("handler2", "unit_lead2"):
        refusal(desk.get(who, f"/cases/{case['number']}"), 404, "not_found")
    assert all(audience % 4 == 3 for (audience,) in told), named


def test_who_must_decide_in_time_and_does_not_is_deemed_to_have_accepted(desk: Desk) -> None:
    # 行政复议法 §30
    number = str(desk.registered(kind="appeal", category="petition.other", track="reconsideration")["number"])
    desk.walk(number, *TO_HANDLING)
    sweep(at=timezone.now() + timedelta(days=30))
    clocks = {clock["kind"]: clock for clock in ok(desk.get("supervisor", f"/cases/{number}/clocks"))["items"]}
    assert clocks["inform"]["stopped_at"]
    assert sql('SELECT accepted FROM assignment a JOIN "case" c ON c.id = a.case_id WHERE c.number = %s', number) == [
        (True,)
    ]
    assert sql("SELECT count(*) FROM notice WHERE kind = 'deemed_accepted'") == [(1,)]
    assert whats() == set()


def test_what_turns_out_not_to_be_simple_goes_over_and_counts_from_its_beginning(desk: Desk) -> None:
    case = desk.registered(kind="appeal", purpose="petition", category="petition.other", track="simple")
    number = str(case["number"])
    desk.walk(number, *TO_HANDLING)
    ok(desk.move("handler2", number, "decide_acceptance", accepted=True))
    before = {clock["kind"]: clock for clock in ok(desk.get("supervisor", f"/cases/{number}/clocks"))["items"]}
    assert before["handle"]["scheme"] == "petition-simple"
    ok(desk.move("dispatcher", number, "set_track", track="general", reason="争议较大，转普通程序。"))
    after = [c for c in ok(desk.get("supervisor", f"/cases/{number}/clocks"))["items"] if not c["stopped_at"]]
    (handle,) = [clock for clock in after if clock["kind"] == "handle"]
    assert handle["scheme"] == "petition-statutory"
    assert handle["started_at"] == before["handle"]["started_at"]
    assert handle["due_at"] > before["handle"]["due_at"]
    refusal(desk.move("dispatcher", number, "set_track", track="dance", reason="x"), 422, "invalid", "track")
    assert whats() == set()
