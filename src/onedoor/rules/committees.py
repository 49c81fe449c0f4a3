"""人民调解委员会 and mediators: what the law asks of them.

人民调解法 §8: three to nine members, one chair, women among them, where several peoples live also members of
minorities (which nobody writes down here: no field for ethnicity, DESIGN §2); §9: a term of three years; §10: who they
are is made known; §14: mediators are impartial adults.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

COMMITTEE_KINDS = {
    "joint": "联合",
    "labour": "劳动人事争议",
    "medical": "医患纠纷",
    "land": "农村土地",
    "water": "水事",
    "property": "物业",
    "traffic": "道路交通",
    "family": "婚姻家庭",
    "village": "村（社区）",
    "township": "乡镇街道",
    "enterprise": "企事业单位",
    "other": "其他",
}
MEDIATOR_KINDS = {
    "peoples": "人民调解员",
    "chief": "首席调解员",
    "court_invited": "特邀调解员",
    "industry": "行业专业调解员",
    "administrative": "行政调解人员",
    "judicial": "司法调解人员",
}
OFFICES = {"chair": "主任", "deputy": "副主任", "member": "委员"}
FEWEST, MOST = 3, 9
TERM_YEARS = 3


@dataclass(frozen=True, slots=True)
class MemberFacts:
    office: str
    woman: bool
    until: date | None


def term_ends(began: date) -> date:
    """The last day of a term; one that began on 29 February ends with 28 February."""
    try:
        return began.replace(year=began.year + TERM_YEARS)
    except ValueError:
        return began.replace(year=began.year + TERM_YEARS, day=28)


def faults_of(members: Iterable[MemberFacts], term_began: date | None, today: date) -> list[str]:
    """What the committee lacks, in sentences; none when it is as the law wants it."""
    now = [one for one in members if one.until is None or one.until >= today]
    faults = []
    if not FEWEST <= len(now) <= MOST:
        faults.append(f"委员应为3至9人，现有{len(now)}人（人民调解法第八条）。")
    if not any(one.office == "chair" for one in now):
        faults.append("应设主任一人（人民调解法第八条）。")
    if now and not any(one.woman for one in now):
        faults.append("应有妇女成员（人民调解法第八条）。")
    if term_began is None:
        faults.append("还没有填写本届开始的日期。")
    elif term_ends(term_began) < today:
        faults.append(f"任期三年，已于{term_ends(term_began):%Y年%m月%d日}届满，请换届（人民调解法第九条）。")
    return faults
