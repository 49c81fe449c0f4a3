"""What people of 澜平县 have asked the centre online, what they think, and two surveys. All of it is invented."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from onedoor.cases.counting import ZONE
from onedoor.cases.ids import new_id
from onedoor.cases.sql import rows
from onedoor.demo.worktime import DAY, WorkTime
from onedoor.people.models import Unit
from onedoor.people.steps.administering import By
from onedoor.people.tokens import SignedIn, signed_in_as
from onedoor.people.units import public_centre
from onedoor.voices.models import Opinion, Question, Survey
from onedoor.voices.queries.opinions import list_opinions
from onedoor.voices.steps.ask import ask
from onedoor.voices.steps.opinion import hand_in_opinion, mark_opinion, publish_opinion
from onedoor.voices.steps.question import answer_question, publish_answer
from onedoor.voices.steps.survey import answer_survey, publish_results, release_survey, write_survey

# asked so many working days ago, topic, question, answer ("" waits), title under which it is published ("" is not)
_QUESTIONS = (
    (0, "aid", "申请法律援助要看家里收入吗？我是打零工的，被欠了工资。", "", ""),
    (1, "neighbours", "楼上晚上很吵，物业说管不了，我可以找谁？", "", ""),
    (2, "land", "老房子的宅基地证丢了，补办要去哪里、要带什么？", "", ""),
    (6, "money", "朋友借钱不还，只有微信聊天和转账记录，起诉行不行？", "", ""),
    (
        4, "centre", "周末你们大厅有人吗？",
        "周末和节假日有值班人员接待紧急事项，一般事项请工作日来，也可以在网上预约。", "",
    ),
    (
        9, "labour", "没签劳动合同，老板拖欠三个月工资，怎么要？",
        "没签合同也能要工资。考勤、工友证明、转账记录、聊天记录都是证据。可以先到人社窗口投诉，也可以申请劳动仲裁；"
        "拖欠农民工工资申请法律援助，不查经济状况（《法律援助法》第四十二条）。",
        "没签合同，拖欠的工资怎么要",
    ),
    (
        14, "petition", "反映的事情什么时候能有回音？",
        "登记后当场给编号。谁在办、什么时候前办结，在“查进度”里随时看得到。属于信访的，有权处理的单位作出受理或不予受理的决定会书面告诉您。",
        "反映的事怎么知道办到哪里了",
    ),
)  # fmt: skip
# how many days ago, topic, text, mark, reply with which it is published
_OPINIONS = (
    (3, "centre", "取号机旁边没有椅子，老人站着等。", "new", ""),
    (8, "unit", "人社窗口中午十二点前就不叫号了，赶过来的人白跑。", "read", ""),
    (
        20, "centre", "希望二楼调解室门口有楼层指示，第一次来找不到。", "adopted",
        "已在一楼大厅和电梯口加装楼层指示牌。",
    ),
    (
        30, "public", "学校门口下午放学时车多人多，建议错开时间、有人疏导。", "adopted",
        "已转交通和教育部门，放学时段安排人员疏导。",
    ),
)  # fmt: skip
_SATISFACTION: Mapping[str, str] = {
    "title": "到中心办事，您觉得怎么样",
    "introduction": "想知道哪里做得好、哪里要改。不记名，结果结束后公开。",
    "q.0.text": "您来办哪一类事？", "q.0.kind": "single", "q.0.required": "yes",
    "q.0.options": "矛盾纠纷\n信访诉求\n法律咨询和援助\n劳动争议\n其他",
    "q.1.text": "给窗口服务打几分？", "q.1.kind": "scale", "q.1.required": "yes",
    "q.2.text": "哪些地方要改进？", "q.2.kind": "multiple",
    "q.2.options": "等候时间\n指引标识\n服务态度\n讲解是否清楚\n停车",
    "q.3.text": "还想说什么？", "q.3.kind": "text",
}  # fmt: skip
_WINDOW: Mapping[str, str] = {
    "title": "评选优秀服务窗口",
    "introduction": "请选出您最满意的窗口，可以选几个。评的是窗口，不是某一件事。",
    "q.0.text": "您最满意的窗口", "q.0.kind": "multiple", "q.0.required": "yes",
    "q.0.options": "综合受理\n人民调解\n法律援助\n劳动监察\n信访接待",
    "q.1.text": "好在哪里？", "q.1.kind": "text",
}  # fmt: skip
_SAID = ("讲得很清楚，回去就照着办了。", "等的时间长了一点。", "下次还来这里问。", "")


def bring_voices(work: WorkTime, now: datetime) -> None:
    """Nothing where something is there already, or where there is no centre."""
    centre = public_centre()
    if centre is None or Question.objects.exists() or Opinion.objects.exists() or Survey.objects.exists():
        return
    _questions(centre, work)
    _opinions(centre, now)
    _surveys(now)


def _questions(centre: Unit, work: WorkTime) -> None:
    clerk, director = _person("clerk"), _person("director")
    for number, (ago, topic, text, answer, title) in enumerate(_QUESTIONS):
        asked_at = work.at(work.end - ago * DAY - 4000 - 700 * number)
        ask(
            centre=centre, raw={"topic": topic, "text": text, "only_asking": "yes"}, at=asked_at, address=None,
            key=f"demo-question-{number}",
        )  # fmt: skip
        if not answer:
            continue
        # the only one of all that waits with this text
        (question,) = (UUID(str(row["id"])) for row in rows("SELECT id FROM voices_question WHERE text = %s", [text]))
        answered_at = work.at(work.end - ago * DAY + DAY // 2)
        answer_question(actors=clerk.actors, at=answered_at, question=question, answer=answer, plain=True)
        if title:
            raw = {"title": title, "question": text, "answer": answer, "nameless": "yes"}
            publish_answer(actors=director.actors, at=answered_at, question=question, raw=raw, seen=None)


def _opinions(centre: Unit, now: datetime) -> None:
    supervisor = _person("supervisor")
    for number, (ago, topic, text, _, _) in enumerate(_OPINIONS):
        hand_in_opinion(
            centre=centre, raw={"topic": topic, "text": text}, at=now - timedelta(days=ago), address=None,
            key=f"demo-opinion-{number}",
        )  # fmt: skip
    by_text = {one["text"]: one["id"] for one in list_opinions(supervisor.actors).items}
    for ago, _, text, state, reply in _OPINIONS:
        if state != "new":
            mark_opinion(actors=supervisor.actors, opinion=by_text[text], state=state)
        if reply:
            raw = {"text": text, "reply": reply, "nameless": "yes"}
            day = (now - timedelta(days=ago - 5)).astimezone(ZONE).date()
            publish_opinion(actors=supervisor.actors, opinion=by_text[text], raw=raw, today=day)


def _surveys(now: datetime) -> None:
    """One that is open, and one that has ended a week ago with its results published."""
    director = _person("director")
    for content, begins, ends, answers in ((_SATISFACTION, 10, -20, 9), (_WINDOW, 40, 7, 24)):
        survey, begun = new_id(), now - timedelta(days=begins)
        by = By(director.actors[0], begun)
        days = {
            "opens_on": begun.astimezone(ZONE).date().isoformat(),
            "closes_on": (now - timedelta(days=ends)).astimezone(ZONE).date().isoformat(),
        }
        write_survey(by=by, survey=survey, version=0, raw={**content, **days})
        release_survey(by=by, survey=survey, version=1)
        for number in range(answers):
            answer_survey(
                survey=survey, version=1, raw=_answer(content, number), at=begun + timedelta(hours=number + 1),
                address=None, key=f"demo-answer-{number}",
            )  # fmt: skip
        if ends > 0:
            publish_results(by=By(director.actors[0], now), survey=survey, shown=True)


def _answer(content: Mapping[str, str], number: int) -> dict[str, list[str]]:
    """Different for each number, the same each time."""
    said = _SAID[number % len(_SAID)]
    if content is _WINDOW:
        chosen = {number * 3 % 5, number % 3}
        return {"a.0": [str(one) for one in sorted(chosen)], "a.1": [said]}
    improve = sorted({number % 5, number * 2 % 5})
    return {
        "a.0": [str(number * 2 % 5)],
        "a.1": [str(5 - number % 3)],
        "a.2": [str(one) for one in improve],
        "a.3": [said],
    }


def _person(username: str) -> SignedIn:
    found = signed_in_as(rows("SELECT id FROM people_account WHERE username = %s", [username])[0]["id"])
    assert found is not None, "accounts of the demo county are in use"
    return found
