"""受害线索: signs that somebody is being hurt, met with while another matter is handled.

未成年人保护法 §11(2): for a minor reporting is compulsory, at once, to the police, civil affairs, education and
others. 反家庭暴力法 §14: for a person without full capacity it is compulsory, to the police; who reports is kept
secret. 人民调解法 §25: where violence threatens the police is told in time. Any other adult decides for himself.

The report is a record of its own. The matter in which the signs were met says nothing of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from onedoor.rules.access import Role
from onedoor.rules.refusal import INVALID, NOT_READY, Refused, invalid

GROUNDS = {
    "minor": "未成年人（必须立即报告）",
    "no_capacity": "无民事行为能力或者限制民事行为能力人（必须及时报案）",
    "threat": "可能发生暴力或者违法犯罪（及时报告公安机关）",
    "adult": "成年人，没有紧迫危险（由本人决定）",
}
COMPULSORY = frozenset({"minor", "no_capacity", "threat"})
TOLD_TO = {
    "police": "公安机关",
    "civil_affairs": "民政部门",
    "education": "教育行政部门",
    "women": "妇联",
    "procuratorate": "检察机关",
}
REFERRALS = {
    "psychological": "心理服务",
    "women_children": "妇女儿童权益维护",
    "legal_aid": "法律援助",
    "shelter": "临时庇护",
    "medical": "就医",
    "protection_order": "申请人身安全保护令",
}
HARM_STATES = {"open": "待处理", "reported": "已报告", "declined": "本人不愿报告", "closed": "已了结"}
WISHES = {"": "未询问", "yes": "愿意报告", "no": "不愿报告"}
# Who meets people and may write one down; who may read others' is the centre's confidential posts.
WRITES = frozenset(
    {
        Role.CLERK, Role.DISPATCHER, Role.MEDIATOR, Role.HANDLER, Role.UNIT_LEAD, Role.SUPERVISOR, Role.GRID_WORKER,
        Role.GRID_LEAD, Role.DIRECTOR,
    }
)  # fmt: skip
# What the person is told whatever he decides (反家庭暴力法 §§16, 18, 19, 23).
TOLD_ANYWAY = "可以申请人身安全保护令，请求公安机关出具告诫书，到临时庇护场所，申请法律援助。"
KEPT_FOR = timedelta(days=3 * 366)  # after it is closed; 待核, no text that was read settles it
# One that nobody must report, and that nobody has touched for so long, is over too; 待核.
LEFT_FOR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Signs:
    ground: str
    who: str
    signs: str
    safe_contact: str
    wish: str
    number: str  # of the matter, empty for none


def check_signs(given: Signs) -> str:
    """The state that a new report has. Refuses what is missing; the wish of an adult who is in no danger must have
    been asked."""
    faults: dict[str, str] = {}
    if given.ground not in GROUNDS:
        faults["ground"] = "请选择情形。"
    if not given.who:
        faults["who"] = "请写明是谁，不知道姓名的写怎样能找到。"
    if not given.signs:
        faults["signs"] = "请写明看到、听到了什么，不作判断。"
    if given.wish not in WISHES:
        faults["wish"] = "请选择本人的意愿。"
    if given.ground == "adult" and not given.wish:
        faults["wish"] = "成年人由本人决定，请先单独询问本人。"
    if faults:
        raise Refused(INVALID, next(iter(faults.values())), faults)
    return "declined" if given.ground == "adult" and given.wish == "no" else "open"


def check_told(ground: str, wish: str, state: str, to: str, receipt: str) -> None:
    """To whom it was reported. Against the will of an adult who is in no danger nobody reports."""
    if state == "closed":
        raise Refused(NOT_READY, "这份报告已经了结。")
    if ground == "adult" and wish != "yes":
        raise Refused(NOT_READY, "本人不愿报告，不能代他报告；情形有变化的，请改写情形。")
    if to not in TOLD_TO:
        raise invalid("to", "请选择报告的机关。")
    if not receipt:
        raise invalid("receipt", "请写明何时、向谁报告，以及回执或者接报人。")


def to_the_police(ground: str, state: str, told: frozenset[str]) -> bool:
    """Whether the police has still to be told: a school or another office is none."""
    return ground in COMPULSORY and state != "closed" and "police" not in told


def is_eased(before: str, after: str) -> bool:
    """Whether a report that was compulsory would no longer be."""
    return before in COMPULSORY and after not in COMPULSORY


def restated(state: str, ground: str, wish: str, told: frozenset[str]) -> str:
    """改写情形: the state that it then has. What has turned out to be worse, or what the person wishes by now."""
    if state == "closed":
        raise Refused(NOT_READY, "这份报告已经了结。")
    if ground not in GROUNDS:
        raise invalid("ground", "请选择情形。")
    if wish not in WISHES or (ground == "adult" and not wish):
        raise invalid("wish", "成年人由本人决定，请先单独询问本人。")
    if told:
        return "reported"
    return "declined" if ground == "adult" and wish == "no" else "open"


# Words in a narrative beside a child that make the platform ask whether a report is due (未成年人保护法 §11). The
# question goes to the person at the desk and is kept nowhere.
_CHILD = ("未成年", "孩子", "小孩", "儿童", "学生", "幼儿", "婴儿", "女儿", "儿子", "孙女", "孙子")
_HURT = (
    "殴打",
    "打骂",
    "虐待",
    "家暴",
    "性侵",
    "猥亵",
    "强奸",
    "遗弃",
    "拐卖",
    "伤害",
    "打伤",
    "体罚",
    "自残",
    "关在",
)
FULL_AGE = 18


def ages_of(id_numbers: Iterable[str], today: date) -> list[int]:
    """Full years of those whose identity number of 18 characters says when they were born."""
    ages = []
    for number in id_numbers:
        try:
            born = datetime.strptime(number.strip()[6:14], "%Y%m%d").date()  # noqa: DTZ007  a day of birth has no zone
        except ValueError:
            continue
        if len(number.strip()) == 18:
            ages.append(today.year - born.year - ((today.month, today.day) < (born.month, born.day)))
    return ages


def may_be_due(narrative: str, ages: Iterable[int], *, someone_hurt: bool) -> bool:
    """Whether to ask if a compulsory report is due: somebody under 18 among the parties or in the words, and signs of
    harm. A hint; a person decides."""
    child = any(age < FULL_AGE for age in ages) or any(word in narrative for word in _CHILD)
    return child and (someone_hurt or any(word in narrative for word in _HURT))


MAY_BE_DUE = (
    "请留意：这件事可能涉及未成年人受到侵害。如果是，必须立即向公安机关报告，并在右上角菜单“受害线索报告”里记下；"
    "那份记录单独保密，不会出现在这件事项里。"
)
# A compulsory report that the police has not been told of is called to mind this often.
REMIND_EVERY = timedelta(hours=24)


def check_closing(ground: str, told: frozenset[str], text: str) -> None:
    """A compulsory report is closed only after the police has been told."""
    if ground in COMPULSORY and "police" not in told:
        raise Refused(NOT_READY, "这种情形必须先向公安机关报告，才能了结。")
    if not text:
        raise invalid("text", "请写明处理的结果。")


def erased_by(now: datetime) -> datetime:
    """What was closed before that is erased."""
    return now - KEPT_FOR
