"""问卷: written, previewed, opened, answered by nobody in particular, counted, published, withdrawn."""

import io
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from api.kit import EVERYBODY, new_browser
from cases.kit import sql
from onedoor.cases.queries.days import today
from onedoor.rules.refusal import Refused
from onedoor.voices.models import Survey
from onedoor.voices.queries.surveys import results_of
from onedoor.voices.steps.survey import (
    MOST_FROM_ADDRESS,
    answer_survey,
    erase_survey_texts,
    release_survey,
    withdraw_survey,
    write_survey,
)
from voices.kit import DAY, TYPED, answered, at_once, by, ended, opened, typed
from web.kit import Screens, form_of, words

ANSWER: dict[str, Any] = {"a.0": "1", "a.1": "4", "a.2": ["0", "2"], "a.3": "都好。", "version": "1"}


def sent(survey: UUID, key: str = "f1", **changes: Any) -> Any:
    return new_browser().post(f"/survey/{survey}", ANSWER | {"key": key} | changes)


def test_from_an_empty_form_to_an_open_survey(screens: Screens) -> None:
    page = screens.open("director", "surveys/new")
    key = form_of(page)["key"]
    form = {**typed(), "key": key, "version": "0"}
    more = screens.send("director", "surveys/new", **form, do="more").content.decode()
    assert 'name="q.6.text"' in more and TYPED["title"] in more and not Survey.objects.exists()
    preview = words(screens.send("director", "surveys/new", **form, do="preview"))
    assert "预览（还没有保存）" in preview and "5分最好" in preview and not Survey.objects.exists()
    wrong = screens.send("director", "surveys/new", **form | {"q.0.options": "甲"}, do="save")
    assert wrong.status_code == 422 and "2到20个" in words(wrong)
    for _ in range(2):
        assert screens.send("director", "surveys/new", **form, do="save").status_code == 302, "sent twice is once"
    survey = Survey.objects.get()
    assert new_browser().get(f"/survey/{survey.pk}").status_code == 404, "a draft"
    assert TYPED["title"] not in words(new_browser().get("/"))
    assert screens.send("director", f"surveys/{survey.pk}/release", version="1").status_code == 302
    for path in ("/", "/ask", f"/survey/{survey.pk}"):
        assert TYPED["title"] in words(new_browser().get(path)), path


def test_others_have_nothing_to_do_here(screens: Screens) -> None:
    survey = opened()
    paths = (
        "surveys",
        "surveys/new",
        f"surveys/{survey}",
        f"surveys/{survey}/results",
        f"surveys/{survey}/results.xlsx",
    )
    for who in EVERYBODY:
        may = who in ("director", "admin")
        for path in paths[:4]:
            assert screens.open(who, path).status_code == (200 if may else 403), (who, path)
        if not may:
            assert screens.open(who, paths[4]).status_code == 403
            for what in ("release", "withdraw", "publish"):
                assert screens.send(who, f"surveys/{survey}/{what}", version="1").status_code == 403
    with pytest.raises(Refused, match="系统管理员和中心主任"):
        withdraw_survey(by=by("supervisor"), survey=survey)
    assert screens.open("director", f"surveys/{uuid4()}").status_code == 404


def test_it_opens_and_closes_by_its_days(screens: Screens) -> None:
    survey = opened()
    for begins, ends, status, word in ((1, 3, 404, ""), (0, 0, 200, "必答"), (-3, -1, 200, "结果没有公开")):
        sql("UPDATE voices_survey SET opens_on = %s, closes_on = %s", today() + begins * DAY, today() + ends * DAY)
        page = new_browser().get(f"/survey/{survey}")
        assert page.status_code == status and word in words(page)
        assert sent(survey, key=f"{begins}").status_code == (404 if begins == 1 else 200 if ends == 0 else 422)
    assert sql("SELECT count(*) FROM voices_surveyanswer") == [(1,)]
    with pytest.raises(Refused, match="已经过了"):
        late = uuid4()
        write_survey(by=by(), survey=late, version=0, raw=typed(begins=-3, ends=-1))
        release_survey(by=by(), survey=late, version=1)


def test_an_answer_knows_no_person_and_is_one_for_each_form(screens: Screens) -> None:
    survey = opened()
    assert sent(survey).status_code == sent(survey, **{"a.0": "0"}).status_code == 200
    ((answer, choices, texts),) = sql("SELECT id, choices, texts FROM voices_surveyanswer")
    assert (choices, texts) == ('{"0": [1], "1": [4], "2": [0, 2]}', '{"3": "都好。"}') and answer.version == 4
    columns = sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'voices_surveyanswer'")
    assert {name for (name,) in columns} == {"id", "survey_id", "version", "form_index", "choices", "texts"}


def test_the_limit_of_an_address_is_for_each_survey(screens: Screens) -> None:
    one, other = opened(), opened(title="另一份")
    said = [sent(one, key=f"f{number}").status_code for number in range(MOST_FROM_ADDRESS + 1)]
    assert said == [200] * MOST_FROM_ADDRESS + [429]
    assert sent(other).status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"a.0": ""}, "这一题必答"),
        ({"a.0": "2"}, "没有这个选项"),
        ({"a.1": "6"}, "没有这个选项"),
        ({"a.0": ["0", "1"]}, "只能选一个"),
        ({"a.3": "我是 11010519491231002X"}, "请不要写身份证号"),
        ({"version": "2"}, "刚改过"),
        ({"version": "٣"}, "刚改过"),
    ],
)
def test_a_lying_form_is_refused(screens: Screens, changes: dict[str, Any], sentence: str) -> None:
    survey = opened()
    page = sent(survey, **changes)
    assert page.status_code == 422 and sentence in words(page)
    assert not sql("SELECT 1 FROM voices_surveyanswer")


def test_once_answered_the_questions_stay(screens: Screens) -> None:
    survey = opened()
    assert write_survey(by=by(), survey=survey, version=1, raw=typed(**{"q.3.text": "还想说"}))
    assert sent(survey).status_code == 422, "a form of the older version"
    assert sent(survey, version="2").status_code == 200
    with pytest.raises(Refused, match="已有人作答"):
        write_survey(by=by(), survey=survey, version=2, raw=typed())
    later = typed(ends=9, **{"q.3.text": "还想说"})
    assert write_survey(by=by(), survey=survey, version=2, raw=later)
    assert sent(survey, key="f2", version="2").status_code == 200, "a later end is no new version of the questions"
    with pytest.raises(Refused, match="刚改过"):
        write_survey(by=by(), survey=survey, version=1, raw=typed(ends=8, **{"q.3.text": "还想说"}))


def test_nobody_answers_questions_that_change_under_him(committed_county: None, transactional_db: None) -> None:
    """Either the change comes first, and the answer is told; or the answer, and the change is."""
    for turn in range(6):
        survey = opened()

        def change(survey: UUID = survey) -> None:
            write_survey(by=by(), survey=survey, version=1, raw=typed(**{"q.0.text": "换了一题"}))

        def answer(survey: UUID = survey) -> None:
            raw = {"a.0": ["1"]}
            answer_survey(survey=survey, version=1, raw=raw, at=datetime.now(UTC), address=None, key="k")

        said = at_once(*((change, answer) if turn % 2 else (answer, change)))
        assert sorted(one == "done" for one in said) == [False, True], said
        versions = sql(
            "SELECT s.version, a.version FROM voices_survey s LEFT JOIN voices_surveyanswer a ON a.survey_id = s.id"
            " WHERE s.id = %s",
            survey,
        )
        assert versions in ([(2, None)], [(1, 1)])
    sql("DELETE FROM voices_surveyanswer")
    sql("DELETE FROM voices_survey")


def test_results_are_shown_from_five_on(screens: Screens) -> None:
    survey = opened()
    answered(survey, 4, text="话")
    page = screens.read("director", f"surveys/{survey}/results")
    assert "满5份才显示" in page and "话1" not in page
    assert screens.open("director", f"surveys/{survey}/results.xlsx").status_code == 422
    answered(survey, 7, text="话")
    page = screens.read("director", f"surveys/{survey}/results")
    assert "共7份答卷" in page and "甲 4 57.1%" in page and "乙 3 42.9%" in page
    assert "5分 7 100.0%" in page and "平均5.0分" in page and "话6" in page


def test_what_was_written_comes_in_no_order_of_its_own(screens: Screens) -> None:
    survey = opened(**{"q.2.text": "哪些好", "q.2.kind": "text", "q.2.options": ""})
    for number in range(30):
        raw = {"a.0": ["0"], "a.2": [f"好{number:02d}"], "a.3": [f"话{number:02d}"]}
        answer_survey(survey=survey, version=1, raw=raw, at=datetime.now(UTC), address=None, key=f"{number}")
    _, results = results_of(Survey.objects.get(pk=survey))
    goods, words_ = ([text[-2:] for text in results[place].texts] for place in (2, 3))
    assert sorted(goods) == sorted(words_) == [f"{number:02d}" for number in range(30)]
    assert goods != words_ and goods != sorted(goods) and words_ != sorted(words_)


def test_results_are_published_after_the_end_without_what_was_written(screens: Screens) -> None:
    survey = opened()
    answered(survey, 5, text="某某人真好")
    screens.send("director", f"surveys/{survey}/publish")
    assert Survey.objects.get().results_published_at is None, "not while it is open"
    ended(survey)
    assert "结果没有公开" in words(new_browser().get(f"/survey/{survey}"))
    screens.send("director", f"surveys/{survey}/publish")
    page = words(new_browser().get(f"/survey/{survey}"))
    assert "甲 3 60.0%" in page and "某某人" not in page
    assert TYPED["title"] in words(new_browser().get("/ask"))
    with pytest.raises(Refused, match="结果已经公开"):
        write_survey(by=by(), survey=survey, version=1, raw=typed(begins=-9, ends=5))
    screens.send("director", f"surveys/{survey}/hide")
    assert "结果没有公开" in words(new_browser().get(f"/survey/{survey}"))


def test_withdrawn_is_gone_for_everybody(screens: Screens) -> None:
    survey = opened()
    screens.send("director", f"surveys/{survey}/withdraw")
    assert new_browser().get(f"/survey/{survey}").status_code == 404 and sent(survey).status_code == 404
    assert TYPED["title"] not in words(new_browser().get("/ask"))
    screens.send("director", f"surveys/{survey}/release", version="1")
    assert new_browser().get(f"/survey/{survey}").status_code == 404, "it cannot be undone"


def test_the_workbook_holds_counts_and_runs_nothing(screens: Screens) -> None:
    survey = opened(title="=1+1")
    answered(survey, 5, text='=HYPERLINK("http://evil.example")')
    answer = screens.open("director", f"surveys/{survey}/results.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="results.xlsx"'
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["统计", "第4题"]
    rows = book.get_sheet_by_name("统计").to_python()
    assert rows[0][0] == "=1+1" and ["甲", 3.0, "60.0%"] in [row[:3] for row in rows]
    written = [row[0] for row in book.get_sheet_by_name("第4题").to_python()[1:]]
    assert len(written) == 5 and all(str(one).startswith("=HYPERLINK") for one in written)
    assert b"<f>" not in answer.content
    assert sql("SELECT count(*) FROM access_log WHERE action = 'survey' AND reason = '下载问卷结果'") == [(1,)]


def test_what_was_written_is_forgotten_and_counts_stay(screens: Screens) -> None:
    survey = opened()
    answered(survey, 5, text="话")
    ended(survey)
    assert erase_survey_texts(before=today() - DAY) == 0
    assert erase_survey_texts(before=today()) == 5 and erase_survey_texts(before=today()) == 0
    count, results = results_of(Survey.objects.get())
    assert count == 5 and results[0].answered == 5 and results[3].texts == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_price_of_a_page_does_not_grow_with_its_rows(screens: Screens, count: int) -> None:
    for number in range(count):
        answered(opened(title=f"第{number}份"), 6, text="话")
    newest = Survey.objects.order_by("-id").first()
    assert newest is not None
    screens.browser("director")
    for path, price in (("surveys", 2), (f"surveys/{newest.pk}", 2), (f"surveys/{newest.pk}/results", 3)):
        with CaptureQueriesContext(connection) as statements:
            page = screens.open("director", path)
        assert len(statements) == price, [query["sql"][:90] for query in statements.captured_queries]
    with CaptureQueriesContext(connection) as statements:
        page = new_browser().get(f"/survey/{newest.pk}")
    assert len(statements) == 2 and len(page.content) < 60_000
    assert len(re.findall(r"第\d份", screens.read("director", "surveys"))) == count


def test_lists_go_on_page_by_page(screens: Screens) -> None:
    for number in range(23):
        write_survey(by=by(), survey=uuid4(), version=0, raw=typed(begins=number % 2, title=f"第{number}份"))
    page = screens.open("director", "surveys").content.decode()
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    page += screens.browser("director").get(f"/desk/surveys{following}").content.decode()
    seen = re.findall(r"第\d+份", page)
    assert len(seen) == len(set(seen)) == 23
