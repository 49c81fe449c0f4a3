"""在线咨询: a question answered is not a case. What may be asked, who answers by when, what becomes of it.

It holds no name. Purpose of the telephone, which need not be given: one text message that there is an answer. Basis:
who asks gives it himself (个人信息保护法 §13(1)). End: it goes with that message; the texts after QUESTION_YEARS. An
accusation or a report of harm is not answered here, it becomes a case (信访工作条例 §30: never reaches the accused).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from onedoor.rules.access import Actor, Role
from onedoor.rules.deadlines import Calendar, last_day
from onedoor.rules.identity import check_phone
from onedoor.rules.open_text import check_open_text, sounds_grave
from onedoor.rules.refusal import CONFLICT, INVALID, NOT_ALLOWED, NOT_READY, STALE_VERSION, Refused, invalid
from onedoor.rules.schemes import Unit

TOPICS: dict[str, str] = {
    "labour": "劳动和工资",
    "family": "婚姻家庭",
    "neighbours": "邻里和物业",
    "land": "土地和房屋",
    "money": "借贷、合同和消费",
    "accident": "交通事故和人身损害",
    "aid": "法律援助和公证",
    "petition": "信访怎么办",
    "centre": "中心怎么办事",
    "other": "其他",
}
STATES: dict[str, str] = {
    "waiting": "待答复",
    "answered": "已答复",
    "became_case": "已登记为事项",
    "closed": "已关闭",
}
_MOVES: dict[str, tuple[str, ...]] = {"waiting": ("answered", "became_case", "closed"), "answered": ("became_case",)}
MOST_TEXT, MOST_ANSWER, MOST_REASON, MOST_TITLE = 2000, 5000, 500, 60

ANSWERS = frozenset({Role.CLERK, Role.DISPATCHER, Role.SUPERVISOR, Role.DIRECTOR})
# What everybody will read is read once more by other eyes.
PUBLISHES = frozenset({Role.SUPERVISOR, Role.DIRECTOR})


@dataclass(frozen=True, slots=True)
class Asked:
    """`phone` is "" where none was given."""

    topic: str
    text: str
    phone: str


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody may read of a question: edited, without names."""

    title: str
    question: str
    answer: str


GRAVE = (
    "您写的像是检举控告，或者有人受到伤害。检举控告请走“提交事项”，从登记起就保密；正在发生危险的请马上拨打 110。"
    "只是想问政策和办法的，请勾选下面的“我只是咨询”再提交。"
)


def check_question(raw: Mapping[str, str]) -> Asked:
    """Reads `topic`, `text`, `phone` and `only_asking`; refuses with every faulty field. A text that speaks of an
    accusation or of harm is taken only with `only_asking`: whoever writes it is first told where it belongs."""
    faults: dict[str, str] = {}
    topic, text, phone = raw.get("topic", ""), "", ""
    if topic not in TOPICS:
        faults["topic"] = "请选择哪一方面的问题。"
    try:
        text = check_open_text(raw.get("text", ""), most=MOST_TEXT, field="text", label="问题")
        if sounds_grave(text) and not raw.get("only_asking"):
            raise invalid("only_asking", GRAVE)
    except Refused as refused:
        faults |= refused.fields
    try:
        phone = check_phone(raw["phone"]) if raw.get("phone", "").strip() else ""
    except Refused as refused:
        faults |= refused.fields
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Asked(topic, text, phone)


def due_on(asked_on: date, days: int, calendar: Calendar) -> date:
    """The last day on which it is answered in time: `days` working days after the day of asking, which does not count
    (民法典 §201①). The number of days is a local rule (待核), not a law's."""
    return last_day(asked_on, days, Unit.WORKING_DAYS, calendar)


def is_late(state: str, due: date, today: date) -> bool:
    return state == "waiting" and today > due


def of_centre(actors: tuple[Actor, ...], roles: frozenset[Role], centre: int) -> Actor:
    """The post by which somebody deals with the questions of that centre; refuses whoever has none."""
    actor = next((one for one in actors if one.role in roles and one.unit == centre), None)
    if actor is None:
        raise Refused(NOT_ALLOWED, "您的岗位不能办理这个中心的咨询。")
    return actor


def check_move(state: str, wanted: str) -> None:
    """Which way a question may go: what has an end keeps it, but an answered one may still become a case."""
    if wanted not in _MOVES.get(state, ()):
        raise Refused(CONFLICT, f"这个问题现为“{STATES[state]}”，不能改为“{STATES[wanted]}”。请刷新后再看。")


def check_answer(answer: str, *, plain: bool) -> str:
    """The answer. `plain`: who answers has said that it is neither an accusation nor a report of harm."""
    if not plain:
        sentence = "请先确认：不是检举控告，也没有人受到伤害。是的话请登记为事项，不在这里答复。"
        raise invalid("plain", sentence)
    return check_open_text(answer, most=MOST_ANSWER, field="answer", label="答复")


def check_reason(reason: str) -> str:
    """Why it is closed without an answer; whoever asked reads it."""
    return check_open_text(reason, most=MOST_REASON, field="reason", label="原因")


def check_published(state: str, raw: Mapping[str, str]) -> Published:
    """Reads `title`, `question`, `answer`; only an answered question is published."""
    if state != "answered":
        raise Refused(NOT_READY, "答复了的问题才能公开。")
    faults: dict[str, str] = {}
    read = {"title": "", "question": "", "answer": ""}
    for field, label, most in (
        ("title", "标题", MOST_TITLE),
        ("question", "问题", MOST_TEXT),
        ("answer", "答复", MOST_ANSWER),
    ):
        try:
            read[field] = check_open_text(raw.get(field, ""), most=most, field=field, label=label)
            if field == "title" and "\n" in read[field]:
                raise invalid(field, "标题只能有一行。")
        except Refused as refused:
            faults |= refused.fields
    if not raw.get("nameless"):
        faults["nameless"] = "请先看过一遍，确认没有姓名、住址、电话和单位等能认出人的内容。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return Published(**read)


def check_seen(there: datetime | None, seen: datetime | None) -> None:
    """Who changes what is published must have seen what is there, by the instant of its publishing."""
    if there != seen:
        raise Refused(STALE_VERSION, "这个问答刚被别人改过。请复制您写的内容，刷新后再改。")


def message(centre: str) -> str:
    """The text message; it names neither topic nor code: a telephone may be read by others."""
    return f"您向{centre}提的问题已有回复，请凭查询码到网页查看。"
