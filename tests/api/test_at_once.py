"""Two people at the same moment: each gets an answer, one change is made, nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection
from django.http import HttpResponse

from api.kit import MATTER, TO_HANDLING, Desk, ok, one_file, refusal
from cases.kit import sql

Answer = TypeVar("Answer")
ALREADY_SIGNED = "本单位的任务现为“已签收”，不能“签收”。"


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    """All calls in threads of their own, let go together; the answers in their order."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        try:
            connection.ensure_connection()
            start.wait(timeout=10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, call) for call in calls]]


def mover(desk: Desk, who: str, number: str, move: str, **body: object) -> Callable[[], HttpResponse]:
    """A call that is ready to go, with a client of its own."""
    own = Desk()
    own.tokens = dict(desk.tokens)
    own.signed(who)
    return lambda: own.move(who, number, move, **body)


def test_one_after_the_other_the_second_gets_the_same_answer(desk: Desk) -> None:
    # pytest-django makes the test database for a run in which some test asks for `db`, as this one does
    number = desk.registered()["number"]
    desk.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "rsj"}), ("handler", "sign", {}))
    assert refusal(desk.move("unit_lead", number, "sign"), 409, "wrong_stage") == ALREADY_SIGNED


def test_two_handlers_of_one_unit_sign_at_the_same_moment(committed_desk: Desk) -> None:
    desk = committed_desk
    for _ in range(3):
        number = desk.registered()["number"]
        desk.walk(number, ("clerk", "accept", {}), ("dispatcher", "dispatch", {"unit": "rsj"}))
        answers = at_once(*(mover(desk, who, number, "sign") for who in ("handler", "unit_lead")))
        good, late = sorted(answers, key=lambda answer: answer.status_code)
        assert ok(good)["stage"] == "handling"
        assert refusal(late, 409, "wrong_stage") == ALREADY_SIGNED
        case = ok(desk.get("clerk", f"/cases/{number}"))
        assert case["version"] == 4
        assert [event["kind"] for event in ok(desk.get("clerk", f"/cases/{number}/events"))["items"]].count(
            "sign"
        ) == 1


def test_two_dispatchers_send_one_case_to_two_units(committed_desk: Desk) -> None:
    desk = committed_desk
    number = desk.registered()["number"]
    desk.walk(number, ("clerk", "accept", {}))
    answers = at_once(
        mover(desk, "dispatcher", number, "dispatch", unit="rsj"),
        mover(desk, "dispatcher_secret", number, "dispatch", unit="zjj"),
    )
    good, late = sorted(answers, key=lambda answer: answer.status_code)
    lead = ok(good)["lead_unit"]
    assert "待签收" in refusal(late, 409, "wrong_stage")
    case = ok(desk.get("clerk", f"/cases/{number}"))
    assert case["lead_unit"] == lead
    assert len(case["assignments"]) == 1


def test_two_who_saw_the_same_version_do_not_overwrite_each_other(committed_desk: Desk) -> None:
    desk = committed_desk
    number = desk.registered()["number"]
    version = desk.walk(number, *TO_HANDLING)["version"]
    answers = at_once(
        *(mover(desk, who, number, "report_progress", text=who, version=version) for who in ("handler2", "unit_lead2"))
    )
    good, late = sorted(answers, key=lambda answer: answer.status_code)
    assert ok(good)["version"] == version + 1
    refusal(late, 409, "stale_version")


def test_registrations_at_once_get_numbers_of_their_own(committed_desk: Desk) -> None:
    desk = committed_desk
    desk.signed("clerk")
    answers = at_once(*(lambda: posted(desk, None) for _ in range(8)))
    assert len({ok(answer, 201)["number"] for answer in answers}) == 8


def test_one_key_in_eight_threads_makes_one_case(committed_desk: Desk) -> None:
    desk = committed_desk
    desk.signed("clerk")
    before = sql('SELECT count(*) FROM "case"')[0][0]
    answers = at_once(*(lambda: posted(desk, "one-key") for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert sql('SELECT count(*) FROM "case"')[0][0] == before + 1


def posted(desk: Desk, key: str | None) -> HttpResponse:
    own = Desk()
    own.tokens = dict(desk.tokens)
    return own.post("clerk", "/cases", MATTER, key=key)


def test_one_key_makes_one_move_and_one_attachment(committed_desk: Desk) -> None:
    desk = committed_desk
    number = desk.registered()["number"]

    def fresh() -> Desk:
        own = Desk()
        own.tokens = dict(desk.tokens)
        return own

    moves = at_once(
        *(lambda: fresh().post("clerk", f"/cases/{number}/moves/accept", {}, key="one-move") for _ in range(4))
    )
    assert {ok(answer)["version"] for answer in moves} == {2}
    uploads = at_once(
        *(lambda: fresh().upload("clerk", number, one_file("a.txt", b"x"), key="one-file") for _ in range(4))
    )
    assert sorted(answer.status_code for answer in uploads) == [200, 200, 200, 201]
    assert len(ok(desk.get("clerk", f"/cases/{number}"))["attachments"]) == 1


def test_mergers_that_cross_do_not_wait_for_each_other(committed_desk: Desk) -> None:
    desk = committed_desk
    for _ in range(4):
        one, other = desk.registered()["number"], desk.registered()["number"]
        answers = at_once(
            mover(desk, "clerk", one, "merge", into=other, reason="同一事项"),
            mover(desk, "dispatcher", other, "merge", into=one, reason="同一事项"),
        )
        good, late = sorted(answers, key=lambda answer: answer.status_code)
        assert ok(good)["stage"] == "merged"
        refusal(late, 422, "invalid", "into")
        stages = sorted(ok(desk.get("clerk", f"/cases/{number}"))["stage"] for number in (one, other))
        assert stages == ["merged", "registered"]


def test_a_restriction_ends_the_access_of_those_who_wait_at_that_moment(committed_desk: Desk) -> None:
    desk = committed_desk
    for _ in range(3):
        number = desk.registered()["number"]
        desk.walk(number, *TO_HANDLING)
        restrict = mover(
            desk, "supervisor", number, "restrict", level="accusation", persons=["supervisor", "dispatcher_secret"],
            accused_units=["zjj"], reason="实为检举",
        )  # fmt: skip
        restricted, progress = at_once(restrict, mover(desk, "handler2", number, "report_progress", text="已到现场"))
        assert ok(restricted)["stage"] == "accepted"
        if progress.status_code != 200:  # who came first is open; who came second sees nothing any more
            refusal(progress, 404, "not_found")
        refusal(desk.get("handler2", f"/cases/{number}"), 404, "not_found")


def test_windows_that_take_visits_at_once_get_different_numbers(committed_desk: Desk) -> None:
    def window() -> Callable[[], list[str]]:
        own = Desk()
        own.signed("clerk")
        visit = {"purpose": "service", "persons": 1, "asked": "办证。"}
        return lambda: [ok(own.post("clerk", "/visits", visit), 201)["number"] for _ in range(3)]

    numbers = sorted(number[-3:] for taken in at_once(*(window() for _ in range(6))) for number in taken)
    assert numbers == [f"{place:03d}" for place in range(1, 19)]
