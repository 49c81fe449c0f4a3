"""在线咨询: asked without a name, answered, led to a case, published, told by one message, forgotten."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.kit import EVERYBODY, new_browser
from cases.kit import person, sql
from onedoor.cases import secrets
from onedoor.cases.queries.days import today
from onedoor.people.models import Unit
from onedoor.rules.questions import ANSWERS
from onedoor.voices.steps.ask import MOST_FROM_ADDRESS, MOST_FROM_PHONE
from onedoor.voices.steps.question import answer_question, erase_questions, register_from_question, tell_next
from voices.kit import QUESTION, asked, at_once, newest
from web.kit import Screens, words

ANSWER = {"answer": "不行，试用期也要签书面合同。", "plain": "yes"}
PUBLISHED = {"title": "试用期要签合同吗", "question": "要签吗？", "answer": "要签。", "nameless": "yes", "seen": ""}


def step(screens: Screens, who: str, verb: str, **form: str) -> int:
    return screens.send(who, f"questions/{newest()}/{verb}", **form).status_code


def test_ask_answer_and_read_with_the_code(screens: Screens) -> None:
    code = asked(phone="138 0000 5678")
    ((index, sealed),) = sql("SELECT code_index, phone FROM voices_question")
    assert code.encode() not in bytes(index) and b"13800005678" not in bytes(sealed)
    page = new_browser().get(f"/ask/{code.lower()}")
    assert "待答复" in words(page) and QUESTION["text"] in words(page)
    assert page["Cache-Control"] == "no-store, private" and "13800005678" not in page.content.decode()
    assert QUESTION["text"] in screens.read("clerk", "questions")
    assert step(screens, "clerk", "answer", **ANSWER) == 302
    assert ANSWER["answer"] in words(new_browser().get(f"/ask/{code}"))
    assert QUESTION["text"] not in screens.read("clerk", "questions")
    assert ANSWER["answer"] in screens.read("director", f"questions/{newest()}")
    again = screens.send("supervisor", f"questions/{newest()}/answer", **ANSWER | {"answer": "行。"})
    assert again.status_code == 422 and sql("SELECT answer FROM voices_question") == [(ANSWER["answer"],)]


def test_sent_twice_is_once_and_other_words_are_another_question(screens: Screens) -> None:
    first = asked()
    assert asked() == first and asked(text="补充：公司有二十人。") != first
    assert sql("SELECT count(*) FROM voices_question") == [(2,)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"topic": "magic"}, "请选择哪一方面"),
        ({"text": ""}, "请填写问题"),
        ({"text": "我的身份证 110105 19491231 002x"}, "请不要写身份证号"),
        ({"phone": "12"}, "电话号码格式不对"),
        ({"text": "我要举报某局长"}, "提交事项"),
        ({"centre": "nowhere"}, "请到窗口"),
        ({"text": "乱\x00码"}, "无法识别"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(screens: Screens, changes: dict[str, str], sentence: str) -> None:
    page = new_browser().post("/ask", QUESTION | changes)
    assert page.status_code == 422 and sentence in words(page)
    if "text" not in changes and "centre" not in changes:
        assert QUESTION["text"] in words(page), "what was typed stays"
    assert not sql("SELECT 1 FROM voices_question")


def test_a_grave_word_is_asked_back_and_then_taken(screens: Screens) -> None:
    grave = {"text": "遇到家暴，可以申请什么保护令？"}
    assert 'name="only_asking"' not in new_browser().get("/ask").content.decode()
    assert 'name="only_asking"' in new_browser().post("/ask", QUESTION | grave).content.decode()
    assert asked(**grave, only_asking="yes")


def test_codes_cannot_be_guessed(screens: Screens) -> None:
    code, thief = asked(), new_browser()
    assert {thief.get(f"/ask/{uuid4().hex[:10]}").status_code for _ in range(30)} == {404}
    assert thief.get(f"/ask/{code}").status_code == 429, "not even with the right one"


def test_limits_of_an_address_and_of_a_telephone(screens: Screens) -> None:
    for number in range(MOST_FROM_PHONE):
        asked(key=f"p{number}", phone="13800005678")
    assert new_browser().post("/ask", QUESTION | {"key": "px", "phone": "13800005678"}).status_code == 429
    for number in range(MOST_FROM_ADDRESS - MOST_FROM_PHONE - 1):
        asked(key=f"a{number}")
    assert new_browser().post("/ask", QUESTION | {"key": "ax"}).status_code == 429
    assert sql("SELECT count(*) FROM voices_question") == [(MOST_FROM_ADDRESS - 1,)]
    assert asked(key="a0"), "one that is there already costs nothing"


def test_only_the_centre_that_was_asked_reads_it(screens: Screens) -> None:
    asked(centre="centre-qinghe")
    assert QUESTION["text"] in screens.read("clerk_town", "questions")
    for who in EVERYBODY:
        roles = {actor.role for actor in person(who).actors}
        answer = screens.open(who, f"questions/{newest()}")
        if who in ("clerk_town", "dispatcher_town"):
            assert answer.status_code == 200
            continue
        assert answer.status_code == (404 if roles & ANSWERS else 403), who
        assert QUESTION["text"] not in words(screens.open(who, "questions"))
        assert screens.send(who, f"questions/{newest()}/answer", **ANSWER).status_code == 404, who
    assert sql("SELECT state FROM voices_question") == [("waiting",)]


def test_an_accusation_is_not_answered_by_a_slip(screens: Screens) -> None:
    asked()
    page = screens.send("clerk", f"questions/{newest()}/answer", answer=ANSWER["answer"])
    assert page.status_code == 422 and "请先确认" in words(page) and ANSWER["answer"] in words(page)
    assert sql("SELECT state FROM voices_question") == [("waiting",)]


def test_of_two_who_answer_at_once_one_is_told(committed_county: None, transactional_db: None) -> None:
    asked(key="at-once")
    question = newest()

    def answer(who: str) -> None:
        answer_question(
            actors=person(who).actors, at=datetime.now(UTC), question=question, answer=f"{who}答。", plain=True
        )

    said = at_once(*(lambda who=who: answer(who) for who in ("clerk", "dispatcher", "supervisor", "director")))
    assert said.count("done") == 1 and sum("已答复" in one for one in said) == 3
    sql("DELETE FROM voices_question")


def test_closed_with_a_reason_that_the_asker_reads(screens: Screens) -> None:
    code = asked()
    assert step(screens, "clerk", "close", reason="") == 422
    assert step(screens, "clerk", "close", reason="没有写明是什么合同。") == 302
    assert "没有写明是什么合同。" in words(new_browser().get(f"/ask/{code}"))
    assert step(screens, "clerk", "answer", **ANSWER) == 422, "what is closed stays so"
    assert step(screens, "clerk", "burn") == 404


def test_late_is_marked_from_the_day_after(screens: Screens) -> None:
    asked()
    assert "已超期" not in screens.read("clerk", "questions")
    sql("UPDATE voices_question SET due_on = %s", today())
    assert "已超期" not in screens.read("clerk", "questions")
    sql("UPDATE voices_question SET due_on = %s", today() - timedelta(days=1))
    page = screens.read("clerk", "questions")
    assert "已超期" in page and "1个超期" in page
    assert "1个超期" in screens.read("clerk", "") and "1个超期" not in screens.read("clerk_town", "")


# ---- one message


def test_one_message_and_the_telephone_is_gone(screens: Screens) -> None:
    sent: list[tuple[str, str, str]] = []

    def send(kind: str, address: str, text: str, message: object) -> None:
        sent.append((kind, address, text))

    code = asked(phone="13800005678")
    asked(key="k2", text="没有电话的问题？")
    now = timezone.now() + timedelta(minutes=1)
    assert not tell_next(now=now, send=send), "before there is an answer"
    for (question,) in sql("SELECT id FROM voices_question"):
        screens.send("clerk", f"questions/{question}/answer", **ANSWER)
    assert tell_next(now=now, send=send) and not tell_next(now=now, send=send)
    ((kind, address, text),) = sent
    assert (kind, address) == ("sms", "13800005678")
    assert code not in text and "合同" not in text and "县" in text
    assert sql("SELECT DISTINCT phone, tell_at FROM voices_question") == [(None, None)]


def test_a_message_that_fails_is_tried_three_times_and_the_telephone_goes_all_the_same(screens: Screens) -> None:
    def broken(*_: object) -> None:
        raise OSError("连不上")

    asked(phone="13800005678")
    step(screens, "clerk", "answer", **ANSWER)
    now = timezone.now() + timedelta(minutes=1)
    for _ in range(3):
        assert tell_next(now=now, send=broken) and not tell_next(now=now, send=broken), "leased meanwhile"
        now += timedelta(minutes=4)
    assert not tell_next(now=now, send=broken)
    assert sql("SELECT phone, last_error, tries FROM voices_question") == [(None, "连不上", 3)]
    assert "短信没有发出：连不上" in screens.read("clerk", f"questions/{newest()}")


# ---- to a case


def registered(screens: Screens, who: str = "clerk", **changes: str) -> str:
    """Registers by the form that the question's page leads to; the answer's address, or the page's words."""
    form = screens.open(who, "register", question=newest()).content.decode()
    assert f'name="question" value="{newest()}"' in form and QUESTION["text"] in form
    typed = {
        "question": str(newest()), "narrative": QUESTION["text"], "category": "dispute.labour.other", "channel": "web",
        "kind": "dispute", "anonymous": "yes", "key": f"register-{newest()}", **changes,
    }  # fmt: skip
    done = screens.send(who, "register", **typed)
    return str(done["Location"]) if done.status_code == 302 else words(done)


def test_a_question_that_is_a_matter_becomes_a_case_and_keeps_no_text(screens: Screens) -> None:
    code = asked()
    number = registered(screens).rsplit("/", 1)[1]
    assert sql("SELECT text, state FROM voices_question") == [("", "became_case")]
    ((case,),) = sql('SELECT id FROM "case" WHERE number = %s', number)
    page = words(new_browser().get(f"/ask/{code}"))
    assert number in page and secrets.receipt_code(str(case)) in page and QUESTION["text"] not in page
    assert number in screens.read("clerk", f"questions/{newest()}")
    assert number in screens.read("clerk", "questions", state="became_case")
    assert screens.open("clerk", "register", question=newest()).status_code == 422
    assert step(screens, "clerk", "answer", **ANSWER) == 422


def test_an_accusation_shows_its_number_to_nobody_who_may_not_see_the_case(screens: Screens) -> None:
    code = asked()
    accusation = {"kind": "appeal", "purpose": "accusation", "category": "petition.discipline"}
    number = registered(screens, "supervisor", **accusation).rsplit("/", 1)[1]
    page = new_browser().get(f"/ask/{code}").content.decode()
    assert number not in page and "保密办理" in page
    assert number not in screens.read("clerk", f"questions/{newest()}")
    assert number not in screens.read("clerk", "questions", state="became_case")
    assert number in screens.read("supervisor", f"questions/{newest()}")
    for table in ("voices_question", "access_log"):
        assert not sql(f"SELECT 1 FROM {table} x WHERE x::text LIKE %s", f"%{QUESTION['text']}%"), table


def test_a_case_comes_from_a_question_once_or_not_at_all(screens: Screens) -> None:
    asked()
    registered(screens)
    before = sql('SELECT count(*) FROM "case"')
    raw = {
        "narrative": "再来一次。",
        "category": "dispute.labour.other",
        "channel": "web",
        "kind": "dispute",
        "anonymous": True,
    }
    for who, question, sentence in (
        ("clerk", newest(), "已登记为事项"),
        ("clerk_town", newest(), "没有找到这个问题"),
        ("clerk", uuid4(), "没有找到这个问题"),
        ("director", newest(), "岗位不能"),
        ("mediator", newest(), "没有找到这个问题"),
    ):
        with pytest.raises(Exception, match=sentence):
            register_from_question(
                actors=person(who).actors, at=datetime.now(UTC), raw=raw, question=question, key=str(uuid4())
            )
    assert sql('SELECT count(*) FROM "case"') == before


# ---- for everybody


def test_what_was_published_is_found_and_taken_away(screens: Screens) -> None:
    asked()
    step(screens, "clerk", "answer", **ANSWER)
    assert step(screens, "clerk", "publish", **PUBLISHED) == 422, "clerks answer, others publish"
    assert step(screens, "supervisor", "publish", **PUBLISHED | {"nameless": ""}) == 422
    assert step(screens, "supervisor", "publish", **PUBLISHED | {"answer": "找 11010519491231002X"}) == 422
    assert PUBLISHED["title"] not in words(new_browser().get("/ask"))
    assert step(screens, "supervisor", "publish", **PUBLISHED) == 302
    for query, there in (
        ("", True),
        ("?q=要签", True),
        ("?q=房子", False),
        ("?topic=labour", True),
        ("?topic=land", False),
    ):
        page = new_browser().get(f"/ask{query}")
        assert (PUBLISHED["title"] in words(page)) is there, query
    (address,) = re.findall(r'href="(/ask/answers/[^"]+)"', new_browser().get("/ask").content.decode())
    page = new_browser().get(address)
    assert "要签。" in words(page) and QUESTION["text"] not in words(page), (
        "the edited words, not those that were asked"
    )
    stale = screens.send("director", f"questions/{newest()}/publish", **PUBLISHED)
    assert stale.status_code == 422 and "刚被别人改过" in words(stale)
    seen = re.findall(
        r'name="seen" value="([^"]+)"', screens.open("director", f"questions/{newest()}").content.decode()
    )
    assert step(screens, "director", "publish", **PUBLISHED | {"seen": seen[0], "answer": "要签的。"}) == 302
    assert "要签的。" in words(new_browser().get(address))
    assert step(screens, "director", "withdraw") == 302 and new_browser().get(address).status_code == 404
    assert PUBLISHED["title"] not in words(new_browser().get("/ask"))


def test_what_becomes_a_case_is_not_published_any_more(screens: Screens) -> None:
    asked()
    step(screens, "clerk", "answer", **ANSWER)
    step(screens, "supervisor", "publish", **PUBLISHED)
    registered(screens)
    assert PUBLISHED["title"] not in words(new_browser().get("/ask"))
    assert sql("SELECT text, answer FROM voices_question") == [("", "")]
    assert step(screens, "supervisor", "publish", **PUBLISHED) == 422


def test_a_question_is_forgotten_and_what_was_published_stays(screens: Screens) -> None:
    code = asked(phone="13800005678")
    step(screens, "clerk", "answer", **ANSWER)
    step(screens, "supervisor", "publish", **PUBLISHED)
    now = datetime.now(UTC)
    assert erase_questions(before=now - timedelta(days=1), at=now) == 0
    assert erase_questions(before=now + timedelta(seconds=1), at=now) == 1
    assert erase_questions(before=now + timedelta(seconds=1), at=now) == 0
    kept = sql("SELECT text, answer, phone, code_index, tell_at FROM voices_question")
    assert kept == [("", "", None, None, None)]
    assert new_browser().get(f"/ask/{code}").status_code == 404
    assert screens.open("clerk", f"questions/{newest()}").status_code == 404
    assert PUBLISHED["title"] in words(new_browser().get("/ask"))


def test_the_database_holds_no_half_erased_question(screens: Screens) -> None:
    asked()
    for change in ("erased_at = now()", "state = 'answered'", "state = 'became_case', ended_at = now()"):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(f"UPDATE voices_question SET {change}")


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_a_page_does_not_grow_with_its_rows(screens: Screens, count: int) -> None:
    for number in range(count):
        asked(key=f"n{number}")
        step(screens, "clerk", "answer", **ANSWER)
        step(screens, "supervisor", "publish", **PUBLISHED)
        asked(key=f"w{number}", text=f"等着的{number}？")
    screens.browser("clerk")
    prices = [(lambda: screens.open("clerk", "questions"), 3), (lambda: screens.open("clerk", "questions", state="answered"), 3), (lambda: new_browser().get("/ask"), 5)]  # fmt: skip
    for open_page, price in prices:
        with CaptureQueriesContext(connection) as statements:
            page = open_page()
        assert len(statements) == price, [query["sql"][:90] for query in statements.captured_queries]
        assert len(page.content) < 60_000
        rows = page.content.decode()
        assert rows.count("data-item") + rows.count("/ask/answers/") == count


def test_lists_go_on_page_by_page(screens: Screens) -> None:
    centre = Unit.objects.get(code="centre").pk
    sql(
        "INSERT INTO voices_question (id, centre_id, topic, text, state, asked_at, due_on, answer, reason, tries, last_error)"
        " SELECT gen_random_uuid(), %s, 'other', '第' || n || '问？', 'waiting', now(), current_date + n %% 3, '', '', 0, ''"
        " FROM generate_series(1, 45) n",
        centre,
    )
    seen, query = [], "questions"
    for _ in range(3):
        page = screens.browser("clerk").get(f"/desk/{query}").content.decode()
        seen += re.findall(r"第\d+问", page)
        following = re.findall(r'rel="next" href="([^"]+)"', page)
        query = f"questions{following[0].replace('&amp;', '&')}" if following else ""
    assert len(seen) == len(set(seen)) == 45 and not query
    assert screens.open("clerk", "questions", cursor="nonsense").status_code == 422
