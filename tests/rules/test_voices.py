"""What may be asked, thought and answered on open pages; shares and days."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.rules import opinions, questions, surveys
from onedoor.rules.access import Actor, Role
from onedoor.rules.open_text import NO_ID_NUMBER, check_open_text, sounds_grave
from onedoor.rules.refusal import Refused
from rules.kit import EveryDay

MONDAY = date(2026, 3, 2)
ASKED = {"topic": "labour", "text": "试用期不签合同行不行？", "phone": ""}


class RestOnWeekends(EveryDay):
    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5


def refused_fields(call: Any, *args: Any, **named: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        call(*args, **named)
    return set(refused.value.fields)


# ---- open texts


@pytest.mark.parametrize(
    "text",
    [
        "我叫某某，11010519491231002X，想问低保。",
        "身份证１１０１０５１９４９１２３１００２Ｘ",
        "号码是 110105 19491231 002x 请查",
        "110105-19491231-0021",
        "110105200812310021",
    ],
)
def test_an_identity_number_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(Refused, match=NO_ID_NUMBER):
        check_open_text(text, most=100, field="text", label="问题")


@pytest.mark.parametrize(
    "text",
    [
        "编号 99010126030100042X 办到哪里了",  # a case's number: no year of birth begins with 26
        "卡号 6222020200112345678 被扣了钱",
        "电话13800000000或者13900000000",
        "金额 123456789012345678 元",
    ],
)
def test_other_long_numbers_are_not_taken_for_one(text: str) -> None:
    assert check_open_text(text, most=100, field="text", label="问题") == text


def test_grave_words_only_lead_to_a_question() -> None:
    assert sounds_grave("我要举报某某") and not sounds_grave("楼上漏水怎么办")
    grave = {**ASKED, "text": "遇到家暴可以申请什么保护？"}
    assert refused_fields(questions.check_question, grave) == {"only_asking"}
    assert questions.check_question({**grave, "only_asking": "yes"}).text == grave["text"]


# ---- questions


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"topic": "secrets"}, {"topic"}),
        ({"text": " "}, {"text"}),
        ({"text": "问" * 2001}, {"text"}),
        ({"phone": "没有"}, {"phone"}),
        ({"topic": "", "text": "", "phone": "1"}, {"topic", "text", "phone"}),
    ],
)
def test_a_question_is_refused_with_every_faulty_field(changes: dict[str, str], fields: set[str]) -> None:
    assert refused_fields(questions.check_question, {**ASKED, **changes}) == fields


def test_the_telephone_is_made_canonical_and_may_be_left_out() -> None:
    assert questions.check_question({**ASKED, "phone": "138 0000 5678"}).phone == "13800005678"
    assert questions.check_question(ASKED).phone == ""


@pytest.mark.parametrize(
    ("asked_on", "due"),
    [
        (MONDAY, date(2026, 3, 5)),
        (date(2026, 3, 5), date(2026, 3, 10)),  # a Thursday: over the weekend
        (date(2026, 3, 7), date(2026, 3, 11)),  # a Saturday does not count, nor does the day of asking
    ],
)
def test_working_days_are_counted_from_the_day_after(asked_on: date, due: date) -> None:
    assert questions.due_on(asked_on, 3, RestOnWeekends()) == due
    assert not questions.is_late("waiting", due, due)
    assert questions.is_late("waiting", due, due + timedelta(days=1))
    assert not questions.is_late("answered", due, due + timedelta(days=1))


def test_an_end_is_an_end_but_an_answered_one_may_become_a_case() -> None:
    for wanted in ("answered", "became_case", "closed"):
        questions.check_move("waiting", wanted)
    questions.check_move("answered", "became_case")
    for state in ("answered", "became_case", "closed"):
        for wanted in questions.STATES:
            if (state, wanted) != ("answered", "became_case"):
                with pytest.raises(Refused):
                    questions.check_move(state, wanted)


def test_an_accusation_is_not_answered_here() -> None:
    assert refused_fields(questions.check_answer, "可以。", plain=False) == {"plain"}
    assert refused_fields(questions.check_answer, "", plain=True) == {"answer"}
    assert questions.check_answer(" 可以。 ", plain=True) == "可以。"


def test_only_an_answered_question_without_names_is_published() -> None:
    raw = {"title": "要签合同吗", "question": "问", "answer": "答", "nameless": "yes"}
    assert questions.check_published("answered", raw).title == "要签合同吗"
    for state in ("waiting", "closed", "became_case"):
        with pytest.raises(Refused):
            questions.check_published(state, raw)
    assert refused_fields(questions.check_published, "answered", {**raw, "nameless": ""}) == {"nameless"}
    two_lines = {**raw, "title": "一\n二", "answer": "11010519491231002X"}
    assert refused_fields(questions.check_published, "answered", two_lines) == {"title", "answer"}


def test_a_centre_has_its_own_people() -> None:
    clerk = Actor(1, "c", Role.CLERK, 1, 7, 1, (1,))
    assert questions.of_centre((clerk,), questions.ANSWERS, 7) is clerk
    for roles, centre in ((questions.ANSWERS, 8), (questions.PUBLISHES, 7)):
        with pytest.raises(Refused):
            questions.of_centre((clerk,), roles, centre)


def test_the_message_names_neither_question_nor_code() -> None:
    assert questions.message("县中心") == "您向县中心提的问题已有回复，请凭查询码到网页查看。"


def test_who_changes_what_is_published_has_seen_it() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    questions.check_seen(None, None)
    questions.check_seen(at, at)
    with pytest.raises(Refused):
        questions.check_seen(at, None)


# ---- opinions


def test_an_opinion_has_a_topic_and_words() -> None:
    assert opinions.check_opinion({"topic": "public", "text": "路灯太暗。"}).text == "路灯太暗。"
    assert refused_fields(opinions.check_opinion, {"topic": "person", "text": ""}) == {"topic", "text"}
    assert refused_fields(opinions.check_opinion, {"topic": "unit", "text": "11010519491231002X"}) == {"text"}


def test_marks_go_on_and_nothing_becomes_unread() -> None:
    opinions.check_mark("new", "adopted")
    opinions.check_mark("adopted", "read")
    for state, wanted in (("read", "new"), ("read", "read"), ("new", "burnt")):
        with pytest.raises(Refused):
            opinions.check_mark(state, wanted)
    raw = {"text": "意见", "reply": "回复", "nameless": "yes"}
    with pytest.raises(Refused, match="先标为已阅"):
        opinions.check_shown("new", raw)
    assert opinions.check_shown("read", raw).reply == "回复"


# ---- surveys

TYPED: Mapping[str, str] = {
    "title": "满意吗", "introduction": "", "opens_on": "2026-03-02", "closes_on": "2026-03-02",
    "q.0.text": "来办什么", "q.0.kind": "single", "q.0.required": "yes", "q.0.options": "甲\n乙\n\n丙 ", "q.0.place": "2",
    "q.1.text": "打几分", "q.1.kind": "scale", "q.1.options": "不要的", "q.1.place": "1",
    "q.2.text": "", "q.2.kind": "single", "q.2.place": "3",
}  # fmt: skip


def test_a_survey_is_read_in_the_order_of_its_places() -> None:
    read = surveys.check_survey(TYPED)
    assert [one.text for one in read.questions] == ["打几分", "来办什么"], "one without text is none"
    assert read.questions[1].options == ("甲", "乙", "丙") and read.questions[0].options == ()
    assert surveys.from_data(surveys.to_data(read.questions)) == read.questions


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": ""}, {"title"}),
        ({"title": "一\n二"}, {"title"}),
        ({"opens_on": ""}, {"opens_on"}),
        ({"opens_on": "三月"}, {"opens_on"}),
        ({"closes_on": "2026-03-01"}, {"closes_on"}),
        ({"closes_on": "1026-03-01"}, {"closes_on"}),
        ({"q.0.kind": "magic"}, {"q.0.kind"}),
        ({"q.0.options": "甲"}, {"q.0.options"}),
        ({"q.0.options": "甲\n甲"}, {"q.0.options"}),
        ({"q.0.options": "\n".join(map(str, range(21)))}, {"q.0.options"}),
        ({"q.2.options": "甲\n乙"}, {"q.2.text"}),
        ({"q.0.text": "", "q.0.options": "", "q.1.text": "", "q.1.options": ""}, {"q"}),
    ],
)
def test_a_survey_is_refused_at_its_fields(changes: dict[str, str], fields: set[str]) -> None:
    assert refused_fields(surveys.check_survey, {**TYPED, **changes}) == fields


def test_too_many_questions_are_refused() -> None:
    many = {f"q.{n}.{part}": text for n in range(31) for part, text in (("text", "问"), ("kind", "text"))}
    assert refused_fields(surveys.check_survey, {**TYPED, **many}) == {"q"}
    long = {f"q.{n}.{part}": text for n in range(6) for part, text in (("text", "问"), ("kind", "multiple"))}
    long |= {f"q.{n}.options": "\n".join(map(str, range(20))) for n in range(6)}
    assert refused_fields(surveys.check_survey, {**TYPED, **long}) == {"q"}


@pytest.mark.parametrize(
    ("today", "state"),
    [(date(2026, 3, 1), "scheduled"), (MONDAY, "open"), (date(2026, 3, 3), "open"), (date(2026, 3, 4), "closed")],
)
def test_both_days_are_included(today: date, state: str) -> None:
    days = {"opens_on": MONDAY, "closes_on": date(2026, 3, 3), "today": today}
    assert surveys.state_of(released=True, withdrawn=False, **days) == state
    assert surveys.state_of(released=False, withdrawn=False, **days) == "draft"
    assert surveys.state_of(released=True, withdrawn=True, **days) == "withdrawn"


def test_once_answered_only_the_last_day_changes() -> None:
    there = surveys.check_survey(TYPED)
    longer = surveys.check_survey({**TYPED, "closes_on": "2026-04-01"})
    other = surveys.check_survey({**TYPED, "q.1.text": "打多少分"})
    fresh = {"answers": 0, "withdrawn": False, "results_published": False}
    surveys.check_change(there=there, wanted=other, **fresh)
    surveys.check_change(there=there, wanted=longer, **{**fresh, "answers": 1})
    for wanted, changes in (
        (other, {"answers": 1}),
        (other, {"withdrawn": True}),
        (longer, {"results_published": True}),
    ):
        with pytest.raises(Refused):
            surveys.check_change(there=there, wanted=wanted, **{**fresh, **changes})


def test_what_has_ended_is_not_opened_and_few_answers_are_not_published() -> None:
    surveys.check_release("draft", MONDAY, MONDAY)
    for state, today in (("open", MONDAY), ("draft", date(2026, 3, 3))):
        with pytest.raises(Refused):
            surveys.check_release(state, MONDAY, today)
    surveys.check_results_published("closed", 5)
    for state, answers in (("open", 50), ("closed", 4)):
        with pytest.raises(Refused):
            surveys.check_results_published(state, answers)


ASKED_ON = (
    surveys.Question("single", "一", True, ("甲", "乙")),
    surveys.Question("multiple", "二", False, ("甲", "乙", "丙")),
    surveys.Question("scale", "三", False, ()),
    surveys.Question("text", "四", False, ()),
)


def test_an_answer_is_read_by_places() -> None:
    raw = {"a.0": ["1"], "a.1": ["2", "0"], "a.2": ["5"], "a.3": [" 好 "], "a.9": ["x"]}
    read = surveys.check_answers(ASKED_ON, raw)
    assert (read.choices, read.texts) == ({0: (1,), 1: (0, 2), 2: (5,)}, {3: "好"})


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        ({}, {"a.0"}),
        ({"a.0": ["2"]}, {"a.0"}),
        ({"a.0": ["-1"]}, {"a.0"}),
        ({"a.0": ["0", "1"]}, {"a.0"}),
        ({"a.0": ["0"], "a.1": ["7"]}, {"a.1"}),
        ({"a.0": ["0"], "a.2": ["0"]}, {"a.2"}),
        ({"a.0": ["0"], "a.2": ["6"]}, {"a.2"}),
        ({"a.0": ["0"], "a.3": ["11010519491231002X"]}, {"a.3"}),
        ({"a.0": ["0"], "a.3": ["好" * 1001]}, {"a.3"}),
    ],
)
def test_a_lying_form_is_refused_at_its_question(raw: dict[str, list[str]], fields: set[str]) -> None:
    assert refused_fields(surveys.check_answers, ASKED_ON, raw) == fields


def test_a_form_on_which_nothing_was_answered_is_none() -> None:
    assert refused_fields(surveys.check_answers, ASKED_ON[1:], {"a.2": [" "]}) == {"a.0"}


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "—"), (0, 7, "0.0%"), (7, 7, "100.0%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 8, "12.5%"),
        (1, 16, "6.3%"),  # 6.25, the half goes up
        (9999, 10000, "99.9%"), (1, 10000, "0.1%"),
    ],
)  # fmt: skip
def test_shares_are_rounded_half_up_and_all_is_only_all(part: int, whole: int, said: str) -> None:
    assert surveys.share(part, whole) == said


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_no_share_says_all_or_none_of_some(pair: tuple[int, int]) -> None:
    part, whole = pair
    assert (surveys.share(part, whole) == "100.0%") == (part == whole)
    assert (surveys.share(part, whole) == "0.0%") == (part == 0)


def test_the_mean_of_marks() -> None:
    assert surveys.mean({}) == "—"
    assert surveys.mean({5: 1, 4: 1}) == "4.5"
    assert surveys.mean({1: 3, 2: 1}) == "1.3", "1.25, the half goes up"
